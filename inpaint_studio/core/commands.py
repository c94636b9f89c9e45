"""The steps of a history. Class names are what a person does; all work is in `redo`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from inpaint_studio.core.blob_store import Payload
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditResult
from inpaint_studio.core.history import Command, payloads
from inpaint_studio.core.layer import Layer, LayerProps, MaskLayer, ResultLayer
from inpaint_studio.core.layer_payload import LayerPayload
from inpaint_studio.core.mask_patch import MaskPatch

PROPS_NBYTES = 256
"""A round figure for steps that keep no pixels."""


@dataclass(frozen=True)
class PaintMask:
    """Any change of a mask's pixels: a stroke, clear, invert, ..."""

    label: str
    layer_id: int
    patch: MaskPatch

    @property
    def nbytes(self) -> int:
        """A round figure: the patch is a payload."""
        return PROPS_NBYTES

    def held(self, is_done: bool) -> list[Payload]:
        """The patch, which serves both ways."""
        return [self.patch]

    def redo(self, document: Document) -> Change:
        """Apply the patch."""
        layer = document.layers.find(self.layer_id)
        if not isinstance(layer, MaskLayer):
            raise TypeError(f"layer {self.layer_id} is not a mask")
        self.patch.apply(layer.raster)
        return Change(ChangeKind.mask, self.patch.bounds)

    def undo(self, document: Document) -> Change:
        """Apply the patch once more: a XOR undoes itself."""
        return self.redo(document)

    def merged_with(self, later: Command) -> Command | None:
        """Strokes are steps of their own."""
        return None


@dataclass(frozen=True, eq=False)
class AddLayer:
    """A new layer at a position, 0 at the bottom."""

    label: str
    layer: Layer
    index: int

    @property
    def nbytes(self) -> int:
        """A round figure: the layer is the document's, or a payload."""
        return PROPS_NBYTES

    def held(self, is_done: bool) -> list[Payload]:
        """The layer, while it is undone."""
        return [] if is_done else [self._payload]

    def redo(self, document: Document) -> Change:
        """Insert it."""
        document.layers.insert(self.index, self.layer)
        return _layers_changed(self.layer)

    def undo(self, document: Document) -> Change:
        """Take it out again."""
        document.layers.remove(self.layer.id)
        return _layers_changed(self.layer)

    @cached_property
    def _payload(self) -> LayerPayload:
        return LayerPayload(self.layer)

    def merged_with(self, later: Command) -> Command | None:
        """Never merges."""
        return None


@dataclass(frozen=True, eq=False)
class DeleteLayer:
    """Take a layer out. `index` is where it is now."""

    label: str
    layer: Layer
    index: int

    @property
    def nbytes(self) -> int:
        """A round figure: the layer is a payload, or the document's."""
        return PROPS_NBYTES

    def held(self, is_done: bool) -> list[Payload]:
        """The layer, while it is deleted."""
        return [self._payload] if is_done else []

    def redo(self, document: Document) -> Change:
        """Remove it."""
        document.layers.remove(self.layer.id)
        return _layers_changed(self.layer)

    def undo(self, document: Document) -> Change:
        """Put it back where it was."""
        document.layers.insert(self.index, self.layer)
        return _layers_changed(self.layer)

    @cached_property
    def _payload(self) -> LayerPayload:
        return LayerPayload(self.layer)

    def merged_with(self, later: Command) -> Command | None:
        """Never merges."""
        return None


@dataclass(frozen=True, eq=False)
class MoveLayer:
    """Put a layer at another place in the stack. Positions count from 0 at the bottom."""

    label: str
    layer_id: int
    before: int
    after: int

    @property
    def nbytes(self) -> int:
        """A round figure."""
        return PROPS_NBYTES

    def redo(self, document: Document) -> Change:
        """Move it to its new place."""
        return self._move(document, self.after)

    def undo(self, document: Document) -> Change:
        """Move it back."""
        return self._move(document, self.before)

    def _move(self, document: Document, index: int) -> Change:
        layer = document.layers.remove(self.layer_id)
        document.layers.insert(index, layer)
        return _layers_changed(layer)

    def merged_with(self, later: Command) -> Command | None:
        """Never merges."""
        return None


@dataclass(frozen=True)
class SetLayerProps:
    """Name, visibility, opacity: props before and after."""

    label: str
    layer_id: int
    before: LayerProps
    after: LayerProps

    @property
    def nbytes(self) -> int:
        """A round figure."""
        return PROPS_NBYTES

    def redo(self, document: Document) -> Change:
        """Set the new props."""
        return self._set(document, self.after)

    def undo(self, document: Document) -> Change:
        """Set the old props."""
        return self._set(document, self.before)

    def _set(self, document: Document, props: LayerProps) -> Change:
        layer = document.layers.find(self.layer_id)
        layer.props = props
        return _layers_changed(layer)

    def merged_with(self, later: Command) -> Command | None:
        """A slider that goes on moving is one step."""
        if not isinstance(later, SetLayerProps) or later.layer_id != self.layer_id:
            return None
        if later.label != self.label:
            return None
        return SetLayerProps(self.label, self.layer_id, self.before, later.after)


@dataclass(frozen=True)
class ShowCandidate:
    """Step to another candidate of a result."""

    label: str
    layer_id: int
    before: int
    after: int

    @property
    def nbytes(self) -> int:
        """A round figure."""
        return PROPS_NBYTES

    def redo(self, document: Document) -> Change:
        """Show the new one."""
        return self._show(document, self.after)

    def undo(self, document: Document) -> Change:
        """Show the old one."""
        return self._show(document, self.before)

    def _show(self, document: Document, candidate: int) -> Change:
        layer = _result_layer(document, self.layer_id)
        layer.show_candidate(candidate)
        return _layers_changed(layer)

    def merged_with(self, later: Command) -> Command | None:
        """Leafing through candidates is one step."""
        if not isinstance(later, ShowCandidate) or later.layer_id != self.layer_id:
            return None
        return ShowCandidate(self.label, self.layer_id, self.before, later.after)


@dataclass(frozen=True, eq=False)
class ReplaceResult:
    """Give a result layer another result (more candidates), showing `candidate` of it."""

    label: str
    layer_id: int
    before: EditResult
    after: EditResult
    candidate: int
    candidate_before: int

    @property
    def nbytes(self) -> int:
        """A round figure: the two results share their pixels, and the layer holds them."""
        return PROPS_NBYTES

    def redo(self, document: Document) -> Change:
        """Set the new result."""
        return self._set(document, self.after, self.candidate)

    def undo(self, document: Document) -> Change:
        """Set the old result."""
        return self._set(document, self.before, self.candidate_before)

    def _set(self, document: Document, result: EditResult, candidate: int) -> Change:
        layer = _result_layer(document, self.layer_id)
        layer.result = result
        layer.show_candidate(candidate)
        return _layers_changed(layer)

    def merged_with(self, later: Command) -> Command | None:
        """Never merges."""
        return None


@dataclass(frozen=True, eq=False)
class Together:
    """Several steps that are one to the person."""

    label: str
    steps: tuple[Command, ...]

    @property
    def nbytes(self) -> int:
        """Memory of all steps beside their payloads."""
        return sum(step.nbytes for step in self.steps)

    def held(self, is_done: bool) -> list[Payload]:
        """The payloads of all steps."""
        return [payload for step in self.steps for payload in payloads(step, is_done)]

    def redo(self, document: Document) -> Change:
        """Do them in order."""
        return _merged([step.redo(document) for step in self.steps])

    def undo(self, document: Document) -> Change:
        """Take them back in reverse order."""
        return _merged([step.undo(document) for step in reversed(self.steps)])

    def merged_with(self, later: Command) -> Command | None:
        """Never merges."""
        return None


def _result_layer(document: Document, layer_id: int) -> ResultLayer:
    layer = document.layers.find(layer_id)
    if not isinstance(layer, ResultLayer):
        raise TypeError(f"layer {layer_id} has no candidates")
    return layer


def _merged(changes: list[Change]) -> Change:
    result = changes[0]
    for change in changes[1:]:
        result = result.merged_with(change)
    return result


def _layers_changed(layer: Layer) -> Change:
    if isinstance(layer, MaskLayer):
        return Change(ChangeKind.layers | ChangeKind.mask, layer.bounds)
    return Change(ChangeKind.layers | ChangeKind.pixels, layer.bounds)
