from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from inpaint_studio.core.brush import BrushSettings, Sample, Stroke
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.commands import (
    AddLayer,
    DeleteLayer,
    PaintMask,
    ReplaceResult,
    SetLayerProps,
    ShowCandidate,
    Together,
)
from inpaint_studio.core.document import Document
from inpaint_studio.core.history import Command, History
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, ResultLayer
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.geometry import Bounds, Point
from tests.documents import made_up_result, noise_document, result_layer, state_of

PLENTY = 1 << 30


@dataclass(frozen=True)
class Note:
    label: str
    nbytes: int = 10

    def redo(self, document: Document) -> Change:
        return Change(ChangeKind.layers)

    def undo(self, document: Document) -> Change:
        return Change(ChangeKind.layers)

    def merged_with(self, later: Command) -> Command | None:
        return None


class EditingMachine(RuleBasedStateMachine):
    """Any sequence of steps, undone and redone in any order, gives the very same document."""

    def __init__(self) -> None:
        super().__init__()
        self.document = noise_document(48, 40)
        self.history = History(PLENTY)
        self.states = [state_of(self.document)]

    def remember(self) -> None:
        del self.states[self.history.position :]
        self.states.append(state_of(self.document))

    def do(self, command: Command) -> None:
        self.history.do(self.document, command, merge=False)
        self.remember()

    @rule(
        x=st.integers(-10, 60),
        y=st.integers(-10, 50),
        size=st.floats(1, 40),
        erase=st.booleans(),
        kind=st.sampled_from(MaskKind),
    )
    def paint(self, x: int, y: int, size: float, erase: bool, kind: MaskKind) -> None:
        layer = self.document.mask(kind)
        stroke = Stroke(layer.raster, BrushSettings(size=size, erase=erase), self.document.frame)
        stroke.extend(Sample(Point(x, y)))
        stroke.extend(Sample(Point(x + 15, y + 4), 0.5))
        stroke.finish()
        self.history.record(PaintMask("Paint mask", layer.id, stroke.take_patch()))
        self.remember()

    @rule(x=st.integers(0, 30), y=st.integers(0, 20))
    def add_result(self, x: int, y: int) -> None:
        layer = result_layer(Bounds(x, y, 18, 14))
        mask = self.document.mask(MaskKind.repaint)
        cleared = np.zeros((14, 18), np.uint8)
        patch = MaskPatch.replacing(mask.raster, Bounds(x, y, 18, 14), cleared)
        steps = (AddLayer("Add", layer, 1), PaintMask("Clear", mask.id, patch))
        self.do(Together("Remove", steps))

    @precondition(lambda self: self.results())
    @rule(data=st.data())
    def change_a_result(self, data: st.DataObject) -> None:
        layer = data.draw(st.sampled_from(self.results()))
        index = self.document.layers.index(layer.id)
        after = made_up_result(layer.result.bounds, candidates=4, seed=9)
        self.do(
            data.draw(
                st.sampled_from(
                    [
                        DeleteLayer("Delete", layer, index),
                        ShowCandidate("Choose", layer.id, layer.candidate, 2),
                        ReplaceResult("More", layer.id, layer.result, after, 3, layer.candidate),
                    ]
                )
            )
        )

    @rule(data=st.data(), opacity=st.integers(0, 255), visible=st.booleans())
    def set_props(self, data: st.DataObject, opacity: int, visible: bool) -> None:
        layer = data.draw(st.sampled_from(list(self.document.layers)))
        after = replace(layer.props, opacity=opacity, visible=visible)
        self.do(SetLayerProps("Opacity", layer.id, layer.props, after))

    @rule()
    def undo(self) -> None:
        if self.history.can_undo:
            self.history.undo(self.document)

    @rule()
    def redo(self) -> None:
        if self.history.can_redo:
            self.history.redo(self.document)

    @invariant()
    def is_bit_exact(self) -> None:
        assert state_of(self.document) == self.states[self.history.position]

    def results(self) -> list[ResultLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, ResultLayer)]


TestEditing = EditingMachine.TestCase
TestEditing.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)


def test_over_budget_the_oldest_is_forgotten_and_never_the_newest() -> None:
    document, history = noise_document(), History(25)
    for name in "abc":
        history.do(document, Note(name))
    assert history.labels == ["b", "c"]
    history.do(document, Note("huge", nbytes=1000))
    assert history.labels == ["huge"]
    assert history.can_undo


def test_a_new_step_gives_up_the_undone_ones() -> None:
    document, history = noise_document(), History(PLENTY)
    for name in "abc":
        history.do(document, Note(name))
    history.undo(document)
    history.undo(document)
    history.do(document, Note("d"))
    assert history.labels == ["a", "d"]
    assert not history.can_redo


def test_a_moving_slider_is_one_step_until_saved() -> None:
    document, history = noise_document(), History(PLENTY)
    layer = next(iter(document.layers))
    before = layer.props
    for opacity in (200, 150, 100):
        after = replace(layer.props, opacity=opacity)
        history.do(document, SetLayerProps("Opacity", layer.id, layer.props, after))
    assert history.labels == ["Opacity"]
    history.mark_saved()
    after = replace(layer.props, opacity=50)
    history.do(document, SetLayerProps("Opacity", layer.id, layer.props, after))
    assert len(history.labels) == 2
    history.undo(document)
    assert history.is_saved
    history.undo(document)
    assert layer.props == before


def test_a_slider_let_go_and_moved_again_is_two_steps() -> None:
    document, history = noise_document(), History(PLENTY)
    layer = next(iter(document.layers))
    for opacity in (200, 150):
        after = replace(layer.props, opacity=opacity)
        history.do(document, SetLayerProps("Opacity", layer.id, layer.props, after))
        history.settle()
    assert history.labels == ["Opacity", "Opacity"]


def test_saved_mark_follows_undo_and_redo() -> None:
    document, history = noise_document(), History(PLENTY)
    assert history.is_saved
    history.do(document, Note("a"))
    assert not history.is_saved
    history.mark_saved()
    history.undo(document)
    assert not history.is_saved
    history.redo(document)
    assert history.is_saved
    history.undo(document)
    history.do(document, Note("b"))
    assert not history.is_saved
    history.undo(document)
    assert not history.is_saved


def test_saved_mark_survives_forgetting() -> None:
    document, history = noise_document(), History(25)
    for name in "abcd":
        history.do(document, Note(name))
    history.mark_saved()
    history.undo(document)
    assert not history.is_saved
    history.redo(document)
    assert history.is_saved


def test_nothing_to_undo_says_so() -> None:
    with pytest.raises(IndexError, match="nothing to undo"):
        History(1).undo(noise_document())


def test_commands_refuse_the_wrong_kind_of_layer() -> None:
    document = noise_document()
    picture = next(iter(document.layers))
    with pytest.raises(TypeError, match="not a mask"):
        PaintMask("Paint", picture.id, MaskPatch(())).redo(document)
    with pytest.raises(TypeError, match="no candidates"):
        ShowCandidate("Choose", picture.id, 0, 1).redo(document)


def test_mask_layers_are_not_painted() -> None:
    document = noise_document()
    assert [layer.props.name for layer in document.layers.painted] == ["noise.png"]
    assert isinstance(document.mask(MaskKind.avoid), MaskLayer)
    assert LayerProps("x").visible
