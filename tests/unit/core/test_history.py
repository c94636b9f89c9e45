from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import settings

from inpaint_studio.core.blob_store import Payload
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.commands import (
    PaintMask,
    SetLayerProps,
    ShowCandidate,
)
from inpaint_studio.core.document import Document
from inpaint_studio.core.history import Command, History
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer
from inpaint_studio.core.mask_patch import MaskPatch
from tests.documents import noise_document
from tests.editing_machine import EditingMachine

PLENTY = 1 << 30


@dataclass(frozen=True)
class Note:
    label: str
    nbytes: int = 10

    def held(self, is_done: bool) -> list[Payload]:
        return []

    def redo(self, document: Document) -> Change:
        return Change(ChangeKind.layers)

    def undo(self, document: Document) -> Change:
        return Change(ChangeKind.layers)

    def merged_with(self, later: Command) -> Command | None:
        return None


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
