"""Moves, scales and turns the active layer; moves masks and groups."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import Layer, MaskLayer
from inpaint_studio.editor.background_painting import BackgroundPainting
from inpaint_studio.editor.placement_controller import PlacementController, Targets
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.layer_drags import MOVING, LayerDrag, Lifted, MaskDrag
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent, Tool
from inpaint_studio.editor.tools.transform_drag import Box, Grip, Step
from inpaint_studio.geometry import Bounds, Point

HANDLE_REACH = 9.0
"""Logical px around a handle in which it is hit."""
TURN_REACH = 32.0
"""Logical px around a corner in which, outside of the box, it turns."""
SNAP_REACH = 6.0
"""Logical px within which a moved layer snaps to the frame."""
DRAG_START = 3.0
"""Logical px that the pointer must move before a press becomes a drag."""
SEEN = 16
"""Pixels with less alpha than this are clicked through."""


@dataclass(frozen=True)
class MoveChoices:
    """What the tool's options say. `picks`: a click takes the topmost layer under it, with Ctrl
    not; else the other way round."""

    picks: bool = False
    snaps: bool = True


class MoveTool(QObject, Tool):
    """Drags what the active layer shows. A drag is one step; so is a series of nudges.

    Inside: move, Shift keeps to one axis, Alt moves a copy. Corners scale in proportion, sides
    stretch, Shift the other way round, Alt about the middle. Outside a corner: turn, Shift by 15°.
    Ctrl on a press picks the layer under it. Signals: `lift_changed()` when what is `lifted` has
    changed without the pointer, `dragged_on()` when it has with it, `refused(str)` when a layer
    stays, in the user's words. The canvas sets `view_scale` (logical px per document px).
    `placements` does the same by numbers.
    """

    lift_changed = Signal()
    dragged_on = Signal()
    refused = Signal(str)

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.placements = PlacementController(session, self)
        self.placements.refused.connect(self.refused)
        self._painting = BackgroundPainting(session, self)
        self._painting.changed.connect(self.lift_changed)
        self._press: PointerEvent | None = None
        self._drag: LayerDrag | MaskDrag | None = None
        self._is_nudging = False
        self.choices = MoveChoices()
        self.view_scale = 1.0
        session.document_replaced.connect(self.cancel)

    @property
    def lifted(self) -> Lifted | None:
        """The layers that are to be drawn apart: dragged, or not yet made as they now lie."""
        waiting, dragged = self._painting.waiting, self._dragged
        if dragged is None:
            return Lifted(dict(waiting)) if waiting else None
        return dragged if dragged.is_copy else Lifted({**waiting, **dragged.places})

    @property
    def _dragged(self) -> Lifted | None:
        return None if self._drag is None else self._drag.lifted

    @property
    def step(self) -> Step | None:
        """How far the running drag has moved what it moves."""
        return None if self._drag is None or self._drag.grip != MOVING else self._drag.step

    @property
    def dragged(self) -> Grip | None:
        """What is held by the running drag."""
        return None if self._drag is None or self._is_nudging else self._drag.grip

    @property
    def box(self) -> Box | None:
        """The box of the active layer as it is shown; None where it can't be scaled and turned."""
        targets = self.placements.targets()
        layer = None if targets is None else targets.single
        if targets is None or layer is None or not targets.document.layers.is_shown(layer):
            return None
        places = {} if self._dragged is None else self._dragged.places
        return Box(layer.home, places.get(layer, layer.placement))

    @property
    def is_placed(self) -> bool:
        """Whether anything that is moved with the active layer lies elsewhere than at first."""
        targets = self.placements.targets()
        return targets is not None and any(
            not layer.placement.is_identity for layer in targets.placed
        )

    @property
    def bounds(self) -> Bounds:
        """Where what the active layer moves is seen; empty for nothing."""
        targets = self.placements.targets()
        if targets is None:
            return Bounds(0, 0, 0, 0)
        if self._dragged is not None:
            places = self._dragged.places.items()
            return Bounds.union_of(place.bounds_of(t.home, t.home) for t, place in places)
        return targets.bounds

    @property
    def is_open(self) -> bool:
        """Whether nudges can still be taken back by Escape."""
        return self._is_nudging

    def grip_at(self, position: Point) -> Grip | None:
        """What a press at `position` (document coordinates) would take hold of."""
        if self._drag is not None and not self._is_nudging:
            return self._drag.grip
        box = self.box
        if box is None:
            return MOVING if self._session.active_layer is not None else None
        reach, turn_reach = HANDLE_REACH / self.view_scale, TURN_REACH / self.view_scale
        return box.grip_at(position, reach, turn_reach) or MOVING

    def begin(self, event: PointerEvent) -> None:
        """Pick the layer under the pointer if asked to; the drag starts with the first motion."""
        self.settle()
        self._press = event
        grip = self.grip_at(event.position)
        if (grip is None or grip == MOVING) and self.choices.picks is not (
            Modifier.ctrl in event.modifiers
        ):
            document = self._session.document
            layer = None if document is None else topmost_at(document, event.position)
            if layer is not None:
                self._session.set_active_layer(layer.id)

    def motion(self, event: PointerEvent) -> None:
        """Drag on."""
        press = self._press
        if press is None:
            return
        if self._drag is None:
            if event.view_position.distance_to(press.view_position) < DRAG_START:
                return
            self._drag = self._started(press)
            if self._drag is None:
                # Said once, not for every motion.
                self._press = None
                return
        # The key that picked the layer is still held then, and the reason not to snap is another.
        held = Modifier.ctrl in event.modifiers and Modifier.ctrl not in press.modifiers
        snaps = self.choices.snaps and not held
        self._drag.motion(event, SNAP_REACH / self.view_scale if snaps else 0.0)
        self.dragged_on.emit()

    def end(self, event: PointerEvent) -> None:
        """Finish the drag and record it."""
        self.motion(event)
        self._finish()

    def cancel(self) -> None:
        """Leave everything where it was."""
        drag, self._drag = self._drag, None
        self._press, self._is_nudging = None, False
        if drag is not None:
            drag.cancel()
            self.lift_changed.emit()

    def finish(self) -> None:
        """See `settle`."""
        self.settle()

    def nudge(self, dx: int, dy: int) -> None:
        """Move by whole px, for the arrow keys. Call `settle` when the key is let go."""
        if self._press is not None:
            return
        if self._drag is None:
            targets = self.placements.targets()
            if targets is None or not self.placements.may_change(targets):
                return
            self._drag = self._drag_of(targets, MOVING, Point(0, 0), copy=False)
            self._is_nudging = True
        self._drag.nudge(dx, dy)
        self.lift_changed.emit()

    def settle(self) -> None:
        """The series of nudges is over: record it."""
        if self._is_nudging:
            self._finish()
            self.lift_changed.emit()

    def _finish(self) -> None:
        drag, self._drag = self._drag, None
        self._press, self._is_nudging = None, False
        if drag is not None:
            drag.end()
            self._session.settle()

    def _started(self, press: PointerEvent) -> LayerDrag | MaskDrag | None:
        targets = self.placements.targets()
        if targets is None:
            self.refused.emit(self.tr("Choose the layer to move in the Layers panel."))
            return None
        grip = self.grip_at(press.position) or MOVING
        if not self.placements.may_change(targets):
            return None
        copies = grip == MOVING and Modifier.alt in press.modifiers
        return self._drag_of(targets, grip, press.position, copy=copies)

    def _drag_of(
        self, targets: Targets, grip: Grip, at: Point, *, copy: bool
    ) -> LayerDrag | MaskDrag:
        if targets.mask is not None:
            return MaskDrag(self._session, self.tr("Move mask"), targets, at)
        return LayerDrag(self.placements, targets, grip, at, copy=copy)


def topmost_at(document: Document, position: Point) -> Layer | None:
    """The topmost visible layer that has pixels at a point of the document."""
    pixel = Bounds.enclosing(position.x, position.y, position.x, position.y)
    pixel = Bounds(pixel.x, pixel.y, 1, 1)
    for layer in reversed(document.layers.shown):
        if isinstance(layer, MaskLayer):
            continue
        for raster in layer.rasters:
            if raster.bounds.contains(pixel) and raster.view(pixel)[0, 0, 3] >= SEEN:
                return layer
    return None
