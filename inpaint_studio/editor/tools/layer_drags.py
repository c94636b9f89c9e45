"""What goes on between press and release of the move tool: layers or a mask follow the pointer."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.core.layer import PlacedLayer
from inpaint_studio.core.placement import Placement
from inpaint_studio.core.placement_commands import ShiftMask, shift_mask
from inpaint_studio.editor.placement_controller import PlacementController, Targets
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.editor.tools.transform_drag import (
    Box,
    Grip,
    Step,
    scaled,
    snapped,
    step_of,
    turned,
)
from inpaint_studio.geometry import Bounds, Point

MOVING = Grip(Handle.inside)


@dataclass(frozen=True, eq=False)
class Lifted:
    """Layers that are shown elsewhere than the document has them, until that is decided.

    `is_copy`: the layers themselves stay where they are and are shown there as well.
    """

    places: dict[PlacedLayer, Placement]
    is_copy: bool = False


class LayerDrag:
    """Moves layers, or scales or turns one. The document stays as it is until `end`."""

    def __init__(
        self,
        controller: PlacementController,
        targets: Targets,
        grip: Grip,
        at: Point,
        *,
        copy: bool,
    ) -> None:
        self._controller = controller
        self._targets = targets
        self._starts = {layer: layer.placement for layer in targets.placed}
        self._pressed_at = at
        self._bounds = targets.bounds
        self.grip = grip
        self.lifted = Lifted(dict(self._starts), copy)
        self.step = Step(0, 0)

    def motion(self, event: PointerEvent, tolerance: float) -> None:
        """Follow the pointer; within `tolerance` px a move snaps to the frame."""
        dx = event.position.x - self._pressed_at.x
        dy = event.position.y - self._pressed_at.y
        single = self._targets.single
        if self.grip == MOVING or single is None:
            self._move(step_of(dx, dy, along_axis=Modifier.shift in event.modifiers), tolerance)
        else:
            box = Box(single.home, self._starts[single])
            self.lifted = Lifted({single: self._shaped(box, dx, dy, event)})

    def nudge(self, dx: int, dy: int) -> None:
        """Move on by whole px, without snapping."""
        self._move(Step(self.step.dx + dx, self.step.dy + dy), 0.0)

    def end(self) -> None:
        """Put the layers where they are shown, as one step."""
        places = self.lifted.places
        if places == self._starts:
            return
        if self.lifted.is_copy:
            self._controller.place_copies(self._targets, places)
        else:
            self._controller.place(places, self._label())

    def cancel(self) -> None:
        """The document has not changed."""

    def _move(self, step: Step, tolerance: float) -> None:
        if tolerance:
            step = snapped(step, self._bounds, self._targets.document.frame, tolerance)
        self.step = step
        places = {layer: start.moved(step.dx, step.dy) for layer, start in self._starts.items()}
        self.lifted = Lifted(places, self.lifted.is_copy)

    def _shaped(self, box: Box, dx: float, dy: float, event: PointerEvent) -> Placement:
        handle, shift = self.grip.handle, Modifier.shift in event.modifiers
        if self.grip.turns:
            return turned(box, self._pressed_at, event.position, in_steps=shift)
        return scaled(
            box,
            handle,
            dx,
            dy,
            keeps_ratio=handle.is_corner is not shift,
            about_middle=Modifier.alt in event.modifiers,
        )

    def _label(self) -> str:
        if self.grip == MOVING:
            return self._controller.tr("Move")
        return self._controller.tr("Rotate") if self.grip.turns else self._controller.tr("Scale")


class MaskDrag:
    """Moves a mask by whole px, live: it has no pixels that would have to be made anew."""

    grip = MOVING
    lifted: Lifted | None = None

    def __init__(self, session: EditorSession, label: str, targets: Targets, at: Point) -> None:
        assert targets.mask is not None
        self._session = session
        self._label = label
        self._document = targets.document
        self._mask_id = targets.mask.id
        self._bounds: Bounds = targets.bounds
        self._pressed_at = at
        self.step = Step(0, 0)

    def motion(self, event: PointerEvent, tolerance: float) -> None:
        """Follow the pointer."""
        dx = event.position.x - self._pressed_at.x
        dy = event.position.y - self._pressed_at.y
        step = step_of(dx, dy, along_axis=Modifier.shift in event.modifiers)
        if tolerance:
            step = snapped(step, self._bounds, self._document.frame, tolerance)
        self._show(step)

    def nudge(self, dx: int, dy: int) -> None:
        """Move on by whole px."""
        self._show(Step(self.step.dx + dx, self.step.dy + dy))

    def end(self) -> None:
        """Record the move."""
        if self._is_open and self.step[:2] != (0, 0):
            dx, dy = self.step[:2]
            self._session.record(ShiftMask(self._label, self._mask_id, dx, dy))

    def cancel(self) -> None:
        """Put the mask back."""
        self._show(Step(0, 0))

    @property
    def _is_open(self) -> bool:
        return self._document is self._session.document and self._mask_id in self._document.layers

    def _show(self, step: Step) -> None:
        dx, dy = step.dx - self.step.dx, step.dy - self.step.dy
        self.step = step
        if (dx or dy) and self._mask_id in self._document.layers:
            change = shift_mask(self._document, self._mask_id, dx, dy)
            if self._document is self._session.document:
                self._session.report(change)
