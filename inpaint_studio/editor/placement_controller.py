"""Places layers by numbers and by commands: position, size, angle, flip, turn, reset, nudge."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.commands import Together
from inpaint_studio.core.document import Document
from inpaint_studio.core.group_commands import adding
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import Layer, MaskLayer, PlacedLayer
from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.core.placement_commands import PlaceLayer, ShiftMask
from inpaint_studio.editor.layer_copies import copies_of
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds


@dataclass(frozen=True)
class Targets:
    """What a move of the active layer moves: a mask, or a layer, or all layers of a group."""

    document: Document
    active: Layer
    placed: tuple[PlacedLayer, ...] = ()

    @property
    def mask(self) -> MaskLayer | None:
        """The mask to be moved."""
        return self.active if isinstance(self.active, MaskLayer) else None

    @property
    def single(self) -> PlacedLayer | None:
        """The one layer that can also be scaled and turned."""
        layer = self.active
        return layer if isinstance(layer, PlacedLayer) and not layer.home.is_empty else None

    @property
    def bounds(self) -> Bounds:
        """The upright rectangle around what is seen of them."""
        if self.mask is not None:
            return self.mask.raster.content_bounds()
        return Bounds.union_of(
            layer.placement.bounds_of(layer.home, layer.home) for layer in self.placed
        )


class PlacementController(QObject):
    """Turns wishes about where layers lie into steps of the history.

    `refused(str)` says in the user's words why a layer stays. Numbers that go on changing are one
    step until `session.settle()`.
    """

    refused = Signal(str)

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def targets(self) -> Targets | None:
        """What is moved with the active layer, None without one."""
        document, layer = self._session.document, self._session.active_layer
        if document is None or layer is None:
            return None
        block = document.layers.block(layer.id)
        return Targets(document, layer, tuple(m for m in block if isinstance(m, PlacedLayer)))

    def why_fixed(self, targets: Targets) -> str:
        """Why the targets can't be moved, in the user's words; "" where they can."""
        document = targets.document
        for layer in (targets.active, *targets.placed):
            lock = document.layers.lock_on(layer)
            if lock is not None:
                text = self.tr("“{0}” is locked. Unlock it in the Layers panel to move it.")
                return text.format(lock.props.name)
        if not document.layers.is_shown(targets.active):
            return self.tr("“{0}” is hidden. Show it first.").format(targets.active.props.name)
        if targets.bounds.is_empty:
            return self.tr("“{0}” has nothing in it to move.").format(targets.active.props.name)
        return ""

    def may_change(self, targets: Targets) -> bool:
        """Whether the targets can be moved; says why where they can't."""
        reason = self.why_fixed(targets)
        if reason:
            self.refused.emit(reason)
        return not reason

    def place(self, places: dict[PlacedLayer, Placement], label: str) -> None:
        """Put layers, if they are still there, where they are to lie, as one step."""
        document = self._session.document
        steps: list[Command] = [
            PlaceLayer(label, layer.id, layer.placement, after)
            for layer, after in places.items()
            if document is not None and layer.id in document.layers and layer.placement != after
        ]
        if steps:
            self._session.do(steps[0] if len(steps) == 1 else Together(label, tuple(steps)))

    def place_copies(self, targets: Targets, places: dict[PlacedLayer, Placement]) -> None:
        """Put copies of the targets above them where they are to lie, and go on with those."""
        document, active = targets.document, targets.active
        if active.id not in document.layers:
            return
        block = document.layers.block(active.id)
        copies = copies_of(block, self.tr("{0} copy"))
        for layer, copy in zip(block, copies, strict=True):
            if isinstance(layer, PlacedLayer) and isinstance(copy, PlacedLayer):
                copy.placement = places.get(layer, layer.placement)
        index = document.layers.index(active.id) + 1
        self._session.do(adding(self.tr("Duplicate layer"), copies, index))
        self._session.set_active_layer(copies[-1].id)

    def shift_mask(self, mask: MaskLayer, dx: int, dy: int) -> None:
        """Move a mask by whole px."""
        if dx or dy:
            self._session.do(ShiftMask(self.tr("Move mask"), mask.id, dx, dy))

    def set_position(self, *, x: int | None = None, y: int | None = None) -> None:
        """Move the active layer so that the left or top of what is seen of it lies there."""
        targets = self.targets()
        if targets is None or not self.may_change(targets):
            return
        bounds = targets.bounds
        dx = 0 if x is None else x - bounds.x
        dy = 0 if y is None else y - bounds.y
        if targets.mask is not None:
            self.shift_mask(targets.mask, dx, dy)
        else:
            self.place({t: t.placement.moved(dx, dy) for t in targets.placed}, self.tr("Move"))

    def set_scale(self, *, across: float | None = None, down: float | None = None) -> None:
        """Scale the active layer about its middle, as factors above 0; flips stay."""
        layer = self._single()
        if layer is None:
            return
        now = layer.placement
        after = replace(
            now,
            scale_x=_like(now.scale_x, across),
            scale_y=_like(now.scale_y, down),
        )
        after = after.within_limits(layer.home).on_whole_pixels(layer.home)
        self.place({layer: after}, self.tr("Scale"))

    def set_rotation(self, degrees: float) -> None:
        """Turn the active layer about its middle to that angle, clockwise."""
        layer = self._single()
        if layer is not None:
            after = replace(layer.placement, rotation=degrees).on_whole_pixels(layer.home)
            self.place({layer: after}, self.tr("Rotate"))

    def turn(self, degrees: float) -> None:
        """Turn the active layer by an angle, clockwise, as a step of its own."""
        layer = self._single()
        if layer is not None:
            self.place({layer: layer.placement.turned(layer.home, degrees)}, self.tr("Rotate"))
            self._session.settle()

    def flip(self, *, across: bool) -> None:
        """Mirror the active layer left to right (`across`) or top to bottom."""
        layer = self._single()
        if layer is not None:
            after = layer.placement.flipped(layer.home, across=across)
            self.place({layer: after}, self.tr("Flip"))
            self._session.settle()

    def reset(self) -> None:
        """Put the active layer, or all of a group, back where it first lay."""
        targets = self.targets()
        if targets is None or not self.may_change(targets):
            return
        if targets.mask is not None:
            self.refused.emit(self.tr("A mask has only been moved: undo does that."))
            return
        self.place(dict.fromkeys(targets.placed, HOME), self.tr("Reset transform"))
        self._session.settle()

    def _single(self) -> PlacedLayer | None:
        """The active layer where it can be scaled and turned; says why where it can't."""
        targets = self.targets()
        if targets is None or not self.may_change(targets):
            return None
        if targets.single is None:
            self.refused.emit(self.tr("Choose a picture or a result: masks and groups only move."))
        return targets.single


def _like(scale: float, wanted: float | None) -> float:
    """A factor with the sign of another one."""
    if wanted is None:
        return scale
    return -wanted if scale < 0 else wanted
