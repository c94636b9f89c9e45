"""What an expansion asks for next and where its results go: all of a plan, or one step again."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication

from inpaint_studio.core.commands import AddLayer, DeleteLayer, Together
from inpaint_studio.core.compose import Paintable
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, EditRequest, EditResult, StepPlace
from inpaint_studio.core.expansion import (
    SEAM_LIMIT,
    Backdrop,
    can_mend,
    mending_request,
    request_anew,
    step_request,
)
from inpaint_studio.core.frame_commands import FillFrame
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import LayerProps, MaskLayer, ResultLayer
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.edit_controller import best_candidate
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan

_runs = itertools.count(1)
_tr = QCoreApplication.translate


@dataclass(frozen=True, eq=False)
class Order:
    """A request to be. `request` may be called on any thread; None where there is nothing to do.

    `pixels`: px of the picture that it will copy, on which its time depends.
    """

    pixels: int
    request: Callable[[], EditRequest | None]


class ExpansionRun(Protocol):
    """One thing that an expansion controller works through, step by step.

    `document`: what it changes. `mends`: whether joins that show get a second pass. What changes or
    reads the document is for the GUI's thread; all commands of a run merge into one step.
    """

    document: Document
    mends: bool

    @property
    def place(self) -> StepPlace:
        """The step whose turn it is."""
        ...

    @property
    def is_whole(self) -> bool:
        """Whether the document still holds what the next result would stand on."""
        ...

    def next_order(self) -> Order | None:
        """What to ask for now; None when all is done."""
        ...

    def layer_for(self, result: EditResult, *, mends: bool = False) -> ResultLayer:
        """The layer of what the step, or the mending of its join, came to. Any thread."""
        ...

    def placing(self, layer: ResultLayer) -> Command:
        """How such a layer joins the document."""
        ...

    def mending_order(self, result: EditResult) -> Order | None:
        """What to ask for to hide the join of the step just placed; None if it is well as it is."""
        ...

    def step_done(self) -> None:
        """Go on to the next step."""
        ...

    def fraction(self, of_step: float) -> float:
        """How much of the work is done, 0..1."""
        ...


@dataclass
class PlanRun:
    """All steps of a plan, each on what the last one made. `index`: how far it is."""

    document: Document
    plan: ExpansionPlan
    params: EditParams
    area: Uncovered
    mends: bool
    number: int = field(default_factory=lambda: next(_runs))
    expansion: str = field(default_factory=lambda: uuid.uuid4().hex)
    index: int = 0
    _made: set[StepPlace] = field(default_factory=set)

    @property
    def place(self) -> StepPlace:
        """The step whose turn it is."""
        return StepPlace(self.expansion, self.index + 1, len(self.plan.steps))

    @property
    def is_whole(self) -> bool:
        """Whether all layers it made are still in the document."""
        return self._made <= {layer.result.place for layer in results_of(self.document)}

    @property
    def is_done(self) -> bool:
        """Whether no steps are left."""
        return self.index >= len(self.plan.steps)

    def next_order(self) -> Order | None:
        """The step's own, on all there is."""
        if self.is_done:
            return None
        context = self.plan.steps[self.index].context
        backdrop = Backdrop.of(self.document, context)
        make = partial(step_request, backdrop, self.plan, self.index, self.area, self.params)
        return Order(context.area, make)

    def layer_for(self, result: EditResult, *, mends: bool = False) -> ResultLayer:
        """A layer with the name of its step."""
        return _layer_of(result, replace(self.place, mends=mends))

    def placing(self, layer: ResultLayer) -> Command:
        """Above all others."""
        if layer.result.place is not None:
            self._made.add(layer.result.place)
        layers = list(self.document.layers)
        top = max(i for i, other in enumerate(layers) if not isinstance(other, MaskLayer))
        label = _tr("ExpansionRun", "Expand")
        return FillFrame(self.number, Together(label, (AddLayer(label, layer, top + 1),)))

    def mending_order(self, result: EditResult) -> Order | None:
        """On all there is."""
        return _mending(self, self.document.layers.painted, result)

    def step_done(self) -> None:
        """The next one's turn."""
        self.index += 1

    def fraction(self, of_step: float) -> float:
        """By the px that the steps work at."""
        done = sum(step.size.area for step in self.plan.steps[: self.index])
        now = self.plan.steps[self.index].size.area
        return (done + now * of_step) / self.plan.working_pixels


@dataclass
class StepAgain:
    """One step of an expansion once more, on what lies below its layer; all above it stays."""

    document: Document
    layer: ResultLayer
    mends: bool
    number: int = field(default_factory=lambda: next(_runs))
    _is_done: bool = False

    @property
    def place(self) -> StepPlace:
        """The step."""
        assert self.layer.result.place is not None
        return self.layer.result.place

    @property
    def is_whole(self) -> bool:
        """Whether the layer is still there."""
        return self.layer.id in self.document.layers

    def next_order(self) -> Order | None:
        """The step's own request, with another seed."""
        if self._is_done:
            return None
        result = self.layer.result
        below = self.document.layers.painted_below(self.layer.id)
        backdrop = Backdrop.of(self.document, result.pieces[0].context, below)
        return Order(backdrop.context.area, partial(request_anew, backdrop, result))

    def layer_for(self, result: EditResult, *, mends: bool = False) -> ResultLayer:
        """A layer like the old one; a mending of its join has its own name."""
        layer = _layer_of(result, replace(self.place, mends=mends))
        layer.parent_id, layer.placement = self.layer.parent_id, self.layer.placement
        if not mends:
            layer.props = self.layer.props
        return layer

    def placing(self, layer: ResultLayer) -> Command:
        """Instead of the old one and of the mending of its join; a new mending above it."""
        index = self.document.layers.index
        label = _tr("ExpansionRun", "Redo step {0}").format(self.place.number)
        if layer.result.place != self.place:
            add = AddLayer(label, layer, index(self.layer.id) + 1)
            return FillFrame(self.number, Together(label, (add,)))
        mending = replace(self.place, mends=True)
        menders = [other for other in results_of(self.document) if other.result.place == mending]
        gone = sorted((self.layer, *menders), key=lambda other: index(other.id), reverse=True)
        steps: list[Command] = [DeleteLayer(label, other, index(other.id)) for other in gone]
        steps.append(AddLayer(label, layer, index(self.layer.id)))
        self.layer = layer
        return FillFrame(self.number, Together(label, tuple(steps)))

    def mending_order(self, result: EditResult) -> Order | None:
        """On the step and all below it."""
        layers = [*self.document.layers.painted_below(self.layer.id), self.layer]
        return _mending(self, layers, result)

    def step_done(self) -> None:
        """There is only one."""
        self._is_done = True

    def fraction(self, of_step: float) -> float:
        """That of the step."""
        return of_step


def _layer_of(result: EditResult, place: StepPlace) -> ResultLayer:
    return ResultLayer(
        LayerProps(step_name(place)), replace(result, place=place), best_candidate(result)
    )


def _mending(run: ExpansionRun, layers: Sequence[Paintable], result: EditResult) -> Order | None:
    """A pass along the join if it shows, is wished for, and the backend can."""
    shows = result.seam_ratio(best_candidate(result)) > SEAM_LIMIT
    # Tiles are drawn over a layout anyway; it alone does without a second pass of its own.
    lasts = result.params.refines
    if not (shows and lasts and run.mends and can_mend(result.params)):
        return None
    backdrop = Backdrop.of(run.document, result.pieces[0].context, layers)
    return Order(backdrop.context.area, partial(mending_request, backdrop, result))


def results_of(document: Document) -> list[ResultLayer]:
    """The results in a document, bottom first, in groups or not."""
    return [layer for layer in document.layers if isinstance(layer, ResultLayer)]


def step_of(document: Document, layer: ResultLayer) -> ResultLayer | None:
    """The layer of the step that a layer is, or whose join it mends; None if there is none."""
    place = layer.result.place
    if place is None:
        return None
    if not place.mends:
        return layer
    step = replace(place, mends=False)
    return next((other for other in results_of(document) if other.result.place == step), None)


def mending_of(document: Document, layer: ResultLayer) -> ResultLayer | None:
    """The second pass along the join of the step that a layer is; None if there is none."""
    if layer.result.place is None:
        return None
    place = replace(layer.result.place, mends=True)
    return next((other for other in results_of(document) if other.result.place == place), None)


def step_name(place: StepPlace) -> str:
    """What the layer of a step is called."""
    name = (
        _tr("ExpansionRun", "Join {0} of {1}")
        if place.mends
        else _tr("ExpansionRun", "Expand {0} of {1}")
    )
    return name.format(place.number, place.count)
