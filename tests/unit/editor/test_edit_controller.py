from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import DeleteLayer, PaintMask
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, Intent, RunReport
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.group_commands import grouping
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, MaskSettings, ResultLayer
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.jobs import Job
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import to_rgb
from inpaint_studio.models.families import Family
from tests.documents import assert_well_formed, noise_document, state_of
from tests.fake_engine import FakeEngine, constant_result
from tests.model_infos import model

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


def test_results_gather_in_the_group_of_the_active_layer(editor: Editor) -> None:
    picture = next(iter(editor.document.layers))
    group = GroupLayer(LayerProps("Group"))
    editor.session.do(grouping(editor.document, "Group", [picture.id], group))
    editor.session.set_active_layer(picture.id)
    for job, spot in ((1, SPOT), (2, Bounds(60, 40, 9, 9)), (3, SPOT)):
        editor.paint(spot)
        before = state_of(editor.document)
        editor.edits.generate()
        editor.engine.finish(job)
        assert_well_formed(editor.document.layers)
        shown = flatten(editor.document.layers.painted, spot)
        assert (shown[..., :3] == 100).all()
        editor.session.undo()
        assert state_of(editor.document) == before
        editor.session.redo()
        editor.session.set_active_layer(picture.id)
    first, second, third = sorted(editor.results(), key=lambda layer: layer.id)
    block = [picture, second, first, third, group]
    assert editor.document.layers.block(group.id) == block


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
    editor.paint(Bounds(60, 40, 8, 8))
    editor.edits.generate()
    editor.engine.finish(1)
    editor.engine.finish(2)
    assert told == [True, False]


def test_what_is_being_made_is_not_made_twice(editor: Editor, qtbot: QtBot) -> None:
    editor.paint()
    editor.edits.generate()
    with qtbot.waitSignal(editor.edits.refused) as refused:
        editor.edits.generate()
    assert refused.args is not None
    assert "being made already" in refused.args[0]
    assert list(editor.engine.requests) == [1]
    assert len(editor.edits.jobs) == 1


def test_the_next_edit_waits_and_sees_what_the_first_one_left(editor: Editor) -> None:
    near, late = Bounds(34, 20, 8, 10), Bounds(60, 40, 6, 6)
    editor.paint()
    editor.edits.generate()
    editor.paint(near)
    editor.edits.generate()
    editor.paint(late)
    assert list(editor.engine.requests) == [1]
    assert [job.number for job in editor.edits.jobs] == [1, -1]
    editor.engine.finish(1)
    (piece,) = editor.engine.requests[2].pieces
    painted = np.argwhere(piece.mask)
    rows, columns = painted[:, 0] + piece.context.y, painted[:, 1] + piece.context.x
    found = Bounds.from_corners(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert found == near
    left = flatten(editor.document.layers.painted, piece.context)
    np.testing.assert_array_equal(piece.image, to_rgb(left))
    editor.engine.finish(2)
    assert editor.document.mask(MaskKind.repaint).raster.content_bounds() == late
    assert len(editor.results()) == 2
    assert not editor.edits.is_busy


def test_a_waiting_edit_goes_on_after_a_failure_and_can_be_taken_back(editor: Editor) -> None:
    editor.paint()
    editor.edits.generate()
    for x in (50, 70, 90):
        editor.paint(Bounds(x, 40, 6, 6))
        editor.edits.generate()
    editor.edits.cancel_job(-2)
    editor.engine.fail(1, "The engine stopped.")
    assert list(editor.engine.requests) == [1, 2]
    assert [job.number for job in editor.edits.jobs] == [2, -3]
    editor.edits.cancel()
    editor.engine.obey_cancel(2)
    assert list(editor.engine.requests) == [1, 2]
    assert not editor.edits.is_busy


def test_an_instruction_about_everything_follows_on_the_first_one(editor: Editor) -> None:
    editor.edits.settings.choose_model(model(Family.flux2_klein))
    editor.edits.settings.choose_intent(Intent.instruct)
    editor.edits.generate()
    editor.edits.generate()
    editor.engine.finish(1)
    assert not editor.engine.requests[2].pieces[0].mask.any()


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
    first = editor.engine.requests[1].params.seed
    assert editor.engine.requests[2].params.seed == first + 3
    editor.engine.finish(2)
    assert layer.result.num_candidates == 6
    assert layer.candidate == 3
    editor.edits.more(layer)
    assert editor.engine.requests[3].params.seed == first + 6
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


def test_an_edge_is_mended_by_a_layer_of_its_own(editor: Editor) -> None:
    editor.edits.settings.choose_model(model())
    editor.paint()
    editor.edits.generate()
    editor.engine.finish(1)
    (layer,) = editor.results()
    before = state_of(editor.document)
    editor.edits.repair(layer)
    assert [job.label for job in editor.edits.jobs] == ["Mended edge"]
    asked = editor.engine.requests[2]
    assert (asked.params.strength, asked.params.num_candidates) == (0.35, 1)
    editor.engine.finish(2)
    first, mended = editor.results()
    assert first is layer
    assert mended.props.name == "Mended edge"
    editor.session.undo()
    assert state_of(editor.document) == before
    editor.session.redo()
    # The band is no mask that anybody painted.
    editor.edits.discard(mended)
    assert state_of(editor.document) == before


def test_several_masks_are_used_cleared_and_brought_back_each_by_itself(editor: Editor) -> None:
    editor.paint()
    others = []
    for spot, settings in (
        (Bounds(28, 26, 12, 10), MaskSettings(grow=4, feather=6)),
        (Bounds(60, 10, 5, 5), MaskSettings(is_used=False)),
    ):
        mask = MaskLayer(LayerProps("Mask"), settings=settings)
        mask.raster.writable(spot)[...] = 180
        editor.document.layers.insert(len(editor.document.layers), mask)
        others.append(mask)
    before = state_of(editor.document)
    editor.edits.generate()
    (piece,) = editor.engine.requests[1].pieces
    assert piece.mask.max() == 255
    assert not piece.mask[Bounds(60, 10, 5, 5).relative_to(piece.context).slices()].any()
    editor.engine.finish(1)
    assert editor.document.layers.masks(MaskKind.repaint)[0].raster.content_bounds().is_empty
    assert others[0].raster.content_bounds().is_empty
    assert not others[1].raster.content_bounds().is_empty
    (layer,) = editor.results()
    editor.edits.discard(layer)
    assert state_of(editor.document) == before
    editor.session.undo()
    editor.session.undo()
    assert state_of(editor.document) == before


def test_a_mask_deleted_meanwhile_does_not_matter(editor: Editor) -> None:
    editor.paint()
    mask = MaskLayer(LayerProps("Mask"))
    mask.raster.writable(Bounds(30, 22, 6, 6))[...] = 255
    editor.document.layers.insert(len(editor.document.layers), mask)
    editor.edits.generate()
    editor.session.do(DeleteLayer("Delete", mask, editor.document.layers.index(mask.id)))
    editor.engine.finish(1)
    (layer,) = editor.results()
    editor.edits.discard(layer)
    restored = editor.document.mask(MaskKind.repaint).raster
    assert restored.content_bounds() == SPOT.union(Bounds(30, 22, 6, 6))


def test_results_are_named_by_intent_and_prompt(editor: Editor) -> None:
    editor.edits.settings.choose_model(model())
    editor.edits.settings.choose_intent(Intent.fill)
    editor.edits.settings.change(prompt=" a red chair\non the lawn, photo, natural light, 35 mm ")
    editor.paint()
    editor.edits.generate()
    editor.engine.finish(1)
    (layer,) = editor.results()
    assert layer.props.name == "Fill: a red chair on the lawn, photo, natural…"
    assert editor.session.history.labels[-1] == layer.props.name


def test_the_request_holds_what_was_chosen(editor: Editor) -> None:
    editor.edits.settings.choose_model(model())
    editor.edits.settings.change(prompt="a chair", candidates=2, seed=11)
    editor.paint()
    with_params: list[EditParams] = []
    editor.edits.submitted.connect(with_params.append)
    editor.edits.generate()
    params = editor.engine.requests[1].params
    assert with_params == [params]
    assert (params.prompt, params.seed, params.num_candidates) == ("a chair", 11, 2)


def test_jobs_are_listed_in_their_order_and_cancelled_one_by_one(editor: Editor) -> None:
    for x in (20, 50, 80):
        editor.paint(Bounds(x, 20, 6, 6))
        editor.edits.generate()
    editor.engine.job_started.emit(1)
    editor.engine.job_progressed.emit(1, 0.5, "Generating")
    first, second, _third = editor.edits.jobs
    assert first == Job(1, "Remove", 0.5, "Generating", is_running=True)
    assert second == Job(-1, "Remove")
    editor.edits.cancel_job(-1)
    editor.edits.cancel_job(99)
    assert [job.number for job in editor.edits.jobs] == [1, -2]
    editor.edits.cancel_job(1)
    assert editor.engine.cancelled == [1]
    editor.engine.obey_cancel(1)
    assert [job.number for job in editor.edits.jobs] == [2]


def test_previews_are_cut_out_by_the_mask_at_their_own_size(editor: Editor) -> None:
    shown: list[tuple[Bounds, np.ndarray]] = []
    ended: list[bool] = []
    editor.edits.previewed.connect(lambda *preview: shown.append(preview))
    editor.edits.preview_ended.connect(lambda: ended.append(True))
    editor.paint()
    editor.edits.generate()
    editor.engine.job_started.emit(1)
    context = editor.engine.requests[1].pieces[0].context
    picture = np.full((context.height // 2, context.width // 2, 3), (10, 20, 30), np.uint8)
    editor.engine.job_previewed.emit(1, (context, picture))
    ((bounds, pixels),) = shown
    assert bounds == context
    assert pixels.shape == (*picture.shape[:2], 4)
    middle = SPOT.relative_to(context).center
    assert pixels[int(middle.y / 2), int(middle.x / 2)].tolist() == [30, 20, 10, 255]
    assert not pixels[0, 0].any()
    editor.engine.job_previewed.emit(99, (context, picture))
    assert len(shown) == 1
    editor.engine.finish(1)
    assert ended == [True]


def test_what_was_changed_on_the_way_is_told(editor: Editor, qtbot: QtBot) -> None:
    editor.paint()
    editor.edits.generate()
    result = constant_result(editor.engine.requests[1])
    noted = replace(result, run=RunReport(notices=("Parts of the model were moved.",)))
    with qtbot.waitSignal(editor.edits.noticed) as noticed:
        editor.engine.job_finished.emit(1, noted)
    assert noticed.args == ["Parts of the model were moved."]
