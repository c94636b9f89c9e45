from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskKind, ResultLayer
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from tests.documents import noise_document, state_of
from tests.fake_engine import FakeEngine

SPOT = Bounds(20, 20, 12, 10)


class Editor:
    def __init__(self) -> None:
        self.session = EditorSession(1 << 30)
        self.engine = FakeEngine()
        self.edits = EditController(self.session, self.engine)
        self.session.open(noise_document())

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    def paint(self, bounds: Bounds = SPOT) -> None:
        mask = self.document.mask(MaskKind.repaint)
        wanted = mask.raster.read(bounds) | 255
        patch = MaskPatch.replacing(mask.raster, bounds, wanted)
        self.session.do(PaintMask("Paint mask", mask.id, patch))

    def results(self) -> list[ResultLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, ResultLayer)]


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    return Editor()


def test_a_result_is_a_layer_with_the_best_candidate_and_one_undo_step(editor: Editor) -> None:
    editor.paint()
    before = state_of(editor.document)
    editor.edits.generate()
    editor.engine.finish(1)
    (layer,) = editor.results()
    assert layer.candidate == 1
    assert layer.props.name == "Remove"
    assert editor.session.active_layer is layer
    assert editor.document.mask(MaskKind.repaint).raster.content_bounds().is_empty
    after = state_of(editor.document)
    editor.session.undo()
    assert state_of(editor.document) == before
    editor.session.redo()
    assert state_of(editor.document) == after


def test_the_result_lies_above_the_picture_and_below_the_masks(editor: Editor) -> None:
    editor.paint()
    editor.edits.generate()
    editor.engine.finish(1)
    assert [type(layer).__name__ for layer in editor.document.layers] == [
        "ImageLayer",
        "ResultLayer",
        "MaskLayer",
        "MaskLayer",
    ]


def test_strokes_painted_meanwhile_stay(editor: Editor) -> None:
    editor.paint()
    editor.edits.generate()
    later = Bounds(70, 40, 8, 8)
    editor.paint(later)
    editor.engine.finish(1)
    assert editor.document.mask(MaskKind.repaint).raster.content_bounds() == later


def test_nothing_masked_says_so_and_asks_nobody(editor: Editor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(editor.edits.refused) as refused:
        editor.edits.generate()
    assert "Nothing is masked" in str(refused.args)
    assert not editor.engine.requests


def test_a_result_for_a_closed_document_is_dropped(editor: Editor) -> None:
    editor.paint()
    editor.edits.generate()
    editor.session.open(noise_document(seed=5))
    assert editor.engine.cancelled == [1]
    editor.engine.finish(1)
    assert not editor.results()
    assert not editor.edits.is_busy


def test_failure_and_cancel_leave_the_document_alone(editor: Editor, qtbot: QtBot) -> None:
    editor.paint()
    before = state_of(editor.document)
    editor.edits.generate()
    with qtbot.waitSignal(editor.edits.failed) as failed:
        editor.engine.fail(1, "The engine stopped.")
    assert failed.args == ["The engine stopped.", "details"]
    editor.edits.generate()
    editor.edits.cancel()
    editor.engine.obey_cancel(2)
    assert state_of(editor.document) == before
    assert not editor.edits.is_busy


def test_busy_is_told_once_for_several_jobs(editor: Editor) -> None:
    told: list[bool] = []
    editor.edits.busy_changed.connect(told.append)
    editor.paint()
    editor.edits.generate()
    editor.edits.generate()
    editor.engine.finish(1)
    editor.engine.finish(2)
    assert told == [True, False]


def test_leafing_through_candidates_is_one_step(editor: Editor) -> None:
    editor.paint()
    editor.edits.generate()
    editor.engine.finish(1)
    (layer,) = editor.results()
    steps = len(editor.session.history.labels)
    editor.edits.step_candidate(layer, 1)
    editor.edits.step_candidate(layer, 1)
    assert layer.candidate == 0
    assert len(editor.session.history.labels) == steps + 1
    editor.session.undo()
    assert layer.candidate == 1


def test_more_adds_candidates_made_with_another_seed(editor: Editor) -> None:
    editor.paint()
    editor.edits.generate()
    editor.engine.finish(1)
    (layer,) = editor.results()
    editor.edits.more(layer)
    assert editor.engine.requests[2].params.seed == 1
    editor.engine.finish(2)
    assert layer.result.num_candidates == 6
    assert layer.candidate == 3
    editor.edits.more(layer)
    assert editor.engine.requests[3].params.seed == 2
    editor.session.undo()
    assert layer.result.num_candidates == 3


def test_discard_brings_the_mask_back(editor: Editor) -> None:
    editor.paint()
    masked = editor.document.mask(MaskKind.repaint).raster.read(editor.document.frame)
    editor.edits.generate()
    editor.engine.finish(1)
    (layer,) = editor.results()
    editor.edits.discard(layer)
    assert not editor.results()
    mask = editor.document.mask(MaskKind.repaint).raster.read(editor.document.frame)
    assert (mask == masked).all()
