"""The steps of a history. Class names are what a person does; all work is in `redo`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from inpaint_studio.core.blob_store import Payload
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditResult
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import Layer, LayerProps, MaskLayer, ResultLayer
from inpaint_studio.core.layer_payload import LayerPayload, ResultPayload
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.core.step import LayerExchange, Step


@dataclass(frozen=True)
class PaintMask(Step):
    """Any change of a mask's pixels: a stroke, clear, invert, ..."""

    label: str
    layer_id: int
    patch: MaskPatch

    def held(self, is_done: bool) -> list[Payload]:
        """The patch, which serves both ways."""
        return [self.patch]

    def redo(self, document: Document) -> Change:
        """Apply the patch."""
        layer = document.layers.find(self.layer_id)
        if not isinstance(layer, MaskLayer):
            raise TypeError(f"layer {self.layer_id} is not a mask")
        self.patch.apply(layer.raster)
        return Change(ChangeKind.mask, layer.spread(self.patch.bounds))

    def undo(self, document: Document) -> Change:
        """Apply the patch once more: a XOR undoes itself."""
        return self.redo(document)


@dataclass(frozen=True, eq=False)
class AddLayer(Step):
    """A new layer at a position, 0 at the bottom."""

    label: str
    layer: Layer
    index: int

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


@dataclass(frozen=True, eq=False)
class DeleteLayer(Step):
    """Take a layer out. `index` is where it is now."""

    label: str
    layer: Layer
    index: int

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


class SetLayerProps(LayerExchange[LayerProps]):
    """Name, visibility, opacity: props before and after."""

    def _set(self, document: Document, value: LayerProps) -> Change:
        layer = document.layers.find(self.layer_id)
        layer.props = value
        change = _layers_changed(layer)
        # What a group does, it does to all that is in it.
        return replace(change, dirty=document.layers.bounds_of(layer.id))


class ShowCandidate(LayerExchange[int]):
    """Step to another candidate of a result. Leafing through them is one step."""

    def _set(self, document: Document, value: int) -> Change:
        layer = _result_layer(document, self.layer_id)
        layer.show_candidate(value)
        return _layers_changed(layer)


class AddCandidates(Step):
    """Add more candidates to a result layer, showing `candidate` of all.

    The step holds them only while it is undone: then nobody else does.
    """

    def __init__(
        self, label: str, layer_id: int, more: EditResult, candidate: int, candidate_before: int
    ) -> None:
        self.label = label
        self._layer_id = layer_id
        self._more = ResultPayload(more)
        self._shown = candidate_before, candidate
        self._seconds = 0.0, more.seconds
        self._count_before = 0

    def held(self, is_done: bool) -> list[Payload]:
        """The candidates, while they are taken back."""
        return [] if is_done else [self._more]

    def redo(self, document: Document) -> Change:
        """Put them behind those that the layer has."""
        layer = _result_layer(document, self._layer_id)
        self._count_before = layer.result.num_candidates
        self._seconds = layer.result.seconds, self._seconds[1]
        layer.result = layer.result.with_more(self._more.take())
        layer.show_candidate(self._shown[1])
        return _layers_changed(layer)

    def undo(self, document: Document) -> Change:
        """Take them out again."""
        layer = _result_layer(document, self._layer_id)
        both, (before, more) = layer.result, self._seconds
        self._more.put(both.only(slice(self._count_before, None), more))
        layer.result = both.only(slice(self._count_before), before)
        layer.show_candidate(self._shown[0])
        return _layers_changed(layer)


@dataclass(frozen=True, eq=False)
class Together(Step):
    """Several steps that are one to the person."""

    label: str
    steps: tuple[Command, ...]

    @property
    def nbytes(self) -> int:
        """Memory of all steps beside their payloads."""
        return sum(step.nbytes for step in self.steps)

    def held(self, is_done: bool) -> list[Payload]:
        """The payloads of all steps."""
        return [payload for step in self.steps for payload in step.held(is_done)]

    def redo(self, document: Document) -> Change:
        """Do them in order."""
        return _merged([step.redo(document) for step in self.steps])

    def undo(self, document: Document) -> Change:
        """Take them back in reverse order."""
        return _merged([step.undo(document) for step in reversed(self.steps)])


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
