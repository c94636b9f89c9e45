from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import (
    DiffusionOptions,
    EditParams,
    EditRequest,
    Intent,
    PatchFillOptions,
    SeamReport,
)
from inpaint_studio.core.expansion import MENDING_STRENGTH, TILE_STRENGTH
from inpaint_studio.core.expansion_plan import plan_for
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.frame_commands import SetFrame
from inpaint_studio.core.layer import MaskLayer, ResultLayer
from inpaint_studio.core.placement import Placement
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.expand_controller import ExpandController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan
from inpaint_studio.imaging.size_rule import SizeRule
from tests.documents import noise_document, state_of
from tests.fake_engine import FakeEngine, constant_result

PLENTY = 1 << 40
PICTURE = Bounds(0, 0, 96, 64)
FRAME = Bounds(-20, -10, 130, 90)
PATCH = EditParams(options=PatchFillOptions((3,)))
MODEL = EditParams(prompt="meadow", seed=5, options=DiffusionOptions(Path("model")))
TINY = SizeRule(8, 32 * 32, 64 * 64, 16, 128)


class Editor:
    """An editor with a picture in a larger frame."""

    def __init__(self, frame: Bounds = FRAME) -> None:
        self.session = EditorSession(1 << 30)
        self.engine = FakeEngine()
        self.expansions = ExpandController(self.session, self.engine)
        self.told: list[tuple[object, ...]] = []
        for name in ("busy_changed", "finished", "stopped", "failed", "refused", "redone"):
            signal = getattr(self.expansions, name)
            signal.connect(lambda *values, name=name: self.told.append((name, *values)))
        self.session.open(noise_document())
        if frame != PICTURE:
            self.session.do(SetFrame(PICTURE, frame))

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    @property
    def area(self) -> Uncovered:
        return Uncovered.of(self.document)

    def plan(self, sizes: SizeRule | None = None) -> ExpansionPlan:
        plan = plan_for(self.area, sizes, PLENTY)
        assert plan is not None
        return plan

    def start(self, params: EditParams, sizes: SizeRule | None = None, *, mends: bool = True):
        plan = self.plan(sizes)
        self.expansions.start(plan, params, self.area, mends=mends)
        return plan

    def finish_all(self) -> None:
        job = len(self.engine.requests)
        while self.expansions.is_busy:
            self.engine.finish(job)
            job += 1

    def finish_with_seam(self, job: int, ratio: float) -> None:
        result = constant_result(self.engine.requests[job])
        reports = (SeamReport(0, ratio, 0, 1),) * result.num_candidates
        pieces = tuple(replace(piece, reports=reports) for piece in result.pieces)
        self.engine.job_finished.emit(job, replace(result, pieces=pieces))

    def results(self) -> list[ResultLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, ResultLayer)]

    def original(self) -> np.ndarray:
        return self.document.layers.painted[0].rasters[0].pixels

    def picture(self) -> np.ndarray:
        return flatten(self.document.layers.painted, self.document.frame)


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    return Editor()


def mask_of(request: EditRequest) -> np.ndarray:
    (piece,) = request.pieces
    return piece.mask


def test_a_frame_is_filled_step_by_step_and_old_pixels_stay(editor: Editor) -> None:
    plan = editor.start(PATCH)
    editor.finish_all()
    assert editor.told == [("busy_changed", True), ("busy_changed", False), ("finished",)]
    assert len(editor.results()) == len(plan.steps) == 8
    picture = editor.picture()
    assert picture[..., 3].min() == 255
    inside = PICTURE.relative_to(FRAME).slices()
    np.testing.assert_array_equal(picture[inside], editor.original())
    assert plan_for(editor.area, None, PLENTY) is None


def test_all_of_it_is_one_step_of_the_history(editor: Editor) -> None:
    before = state_of(editor.document)
    editor.start(PATCH)
    editor.finish_all()
    done = state_of(editor.document)
    assert editor.session.history.labels == ["Expand frame", "Expand"]
    editor.session.undo()
    assert state_of(editor.document) == before
    editor.session.redo()
    assert state_of(editor.document) == done


def test_each_step_sees_what_the_last_one_made(editor: Editor) -> None:
    plan = editor.start(PATCH)
    for job in range(1, 8):
        editor.engine.finish(job)
    (piece,) = editor.engine.requests[8].pieces
    assert piece.context == plan.steps[7].context
    np.testing.assert_array_equal(piece.avoid > 0, piece.mask > 0)
    assert (piece.image[piece.mask == 0] == 50).any()


def test_masks_hold_only_what_was_uncovered(editor: Editor) -> None:
    editor.start(PATCH)
    editor.finish_all()
    total = sum(int((mask_of(r) > 0).sum()) for r in editor.engine.requests.values())
    assert total == FRAME.area - PICTURE.area
    assert all(r.params.intent is Intent.expand for r in editor.engine.requests.values())


def test_cancel_keeps_finished_steps_and_resume_goes_on(editor: Editor) -> None:
    editor.start(PATCH)
    editor.engine.finish(1)
    editor.engine.finish(2)
    editor.expansions.cancel()
    assert editor.engine.cancelled == [3]
    editor.engine.obey_cancel(3)
    assert editor.told[-1] == ("stopped", 2)
    assert len(editor.results()) == 2
    assert editor.expansions.can_resume
    editor.expansions.resume()
    editor.finish_all()
    assert editor.told[-1] == ("finished",)
    assert editor.session.history.labels == ["Expand frame", "Expand"]


def test_a_result_that_was_faster_than_the_cancel_is_kept(editor: Editor) -> None:
    editor.start(PATCH)
    editor.expansions.cancel()
    editor.engine.finish(1)
    assert editor.told[-1] == ("stopped", 1)
    assert len(editor.results()) == 1
    assert not editor.expansions.is_busy


def test_undo_while_it_runs_stops_it(editor: Editor) -> None:
    before = state_of(editor.document)
    editor.start(PATCH)
    editor.engine.finish(1)
    editor.engine.finish(2)
    editor.session.undo()
    assert editor.engine.cancelled == [3]
    editor.engine.finish(3)
    assert state_of(editor.document) == before
    assert not editor.expansions.is_busy
    assert not editor.expansions.can_resume
    editor.session.redo()
    assert editor.expansions.can_resume


def test_failure_says_so_and_keeps_what_is_done(editor: Editor) -> None:
    editor.start(PATCH)
    editor.engine.finish(1)
    editor.engine.fail(2, "The engine stopped.")
    assert editor.told[-1] == ("failed", "The engine stopped.", "details")
    assert len(editor.results()) == 1
    assert editor.expansions.can_resume


def test_another_document_drops_the_run(editor: Editor) -> None:
    editor.start(PATCH)
    editor.session.open(noise_document(seed=3))
    assert editor.engine.cancelled == [1]
    editor.engine.finish(1)
    assert not editor.results()
    assert editor.expansions.plan is None
    assert editor.told[-1] == ("busy_changed", False)


def test_progress_counts_all_steps(editor: Editor) -> None:
    seen: list[tuple[float, str]] = []
    editor.expansions.progressed.connect(lambda *values: seen.append(values))
    plan = editor.start(PATCH)
    editor.engine.job_progressed.emit(1, 0.5, "Filling")
    editor.engine.finish(1)
    editor.engine.job_progressed.emit(2, 0.0, "Filling")
    first = plan.steps[0].size.area / plan.working_pixels
    assert [fraction for fraction, _ in seen] == pytest.approx([first / 2, first])
    assert seen[1][1] == "Step 2 of 8 · Filling"
    assert editor.expansions.current_step == 1


def test_one_step_is_made_again_on_what_lay_below_it(editor: Editor) -> None:
    editor.start(PATCH)
    editor.finish_all()
    layers = editor.results()
    layers[2].placement = Placement(dx=3)
    before, first = state_of(editor.document), editor.engine.requests[3]
    editor.expansions.redo(layers[2])
    again = editor.engine.requests[9]
    np.testing.assert_array_equal(again.pieces[0].image, first.pieces[0].image)
    np.testing.assert_array_equal(again.pieces[0].mask, first.pieces[0].mask)
    np.testing.assert_array_equal(again.pieces[0].avoid, first.pieces[0].avoid)
    assert again.params == replace(first.params, seed=first.params.seed + 1)
    editor.engine.finish(9)
    made = editor.results()
    assert editor.told[-2:] == [("busy_changed", False), ("redone", made[2].id)]
    assert made[2] is not layers[2]
    assert made[2].props == layers[2].props
    assert made[2].placement == Placement(dx=3)
    assert [*made[:2], *made[3:]] == [*layers[:2], *layers[3:]]
    assert editor.session.history.labels[-1] == "Redo step 3"
    editor.session.undo()
    assert state_of(editor.document) == before
    assert editor.results() == layers


def test_a_step_is_found_after_the_run_is_forgotten(editor: Editor) -> None:
    editor.start(PATCH)
    editor.finish_all()
    document = editor.document
    editor.session.open(noise_document(seed=3))
    editor.session.open(document)
    editor.expansions.redo(editor.results()[0])
    editor.engine.finish(9)
    assert len(editor.results()) == 8
    assert editor.results()[0].result.params.seed == 1


def test_redoing_a_step_renews_the_mending_of_its_join(editor: Editor) -> None:
    editor.start(MODEL, TINY)
    editor.finish_with_seam(1, 1.5)
    editor.finish_all()
    step, join = editor.results()[:2]
    before = state_of(editor.document)
    assert step.result.place is not None
    assert join.result.place == replace(step.result.place, mends=True)
    editor.expansions.redo(join)
    last = len(editor.engine.requests)
    editor.finish_with_seam(last, 1.6)
    mending = editor.engine.requests[last + 1]
    assert mending.params.strength == MENDING_STRENGTH
    assert (mask_of(mending) > 0).any()
    editor.engine.finish(last + 1)
    new_step, new_join = editor.results()[:2]
    assert new_step is not step
    assert new_join is not join
    assert new_join.result.place == join.result.place
    assert editor.session.history.labels[-1] == "Redo step 1"
    editor.session.undo()
    assert state_of(editor.document) == before


def test_a_join_that_no_longer_shows_loses_its_mending(editor: Editor) -> None:
    editor.start(MODEL, TINY)
    editor.finish_with_seam(1, 1.5)
    editor.finish_all()
    count = len(editor.results())
    editor.expansions.redo(editor.results()[0])
    editor.engine.finish(len(editor.engine.requests))
    assert len(editor.results()) == count - 1
    assert not any(layer.result.place.mends for layer in editor.results() if layer.result.place)


def test_what_can_not_be_redone_says_why(editor: Editor) -> None:
    editor.start(PATCH)
    editor.engine.finish(1)
    (layer,) = editor.results()
    editor.expansions.redo(layer)
    assert "Still expanding" in str(editor.told[-1])
    editor.expansions.cancel()
    editor.engine.obey_cancel(2)
    layer.props = replace(layer.props, locked=True)
    editor.expansions.redo(layer)
    assert "locked" in str(editor.told[-1])
    assert len(editor.engine.requests) == 2


def test_cancelling_a_redo_changes_nothing_and_deleting_its_layer_stops_it(
    editor: Editor,
) -> None:
    editor.start(PATCH)
    editor.finish_all()
    before = state_of(editor.document)
    editor.expansions.redo(editor.results()[7])
    editor.expansions.cancel()
    editor.engine.obey_cancel(9)
    assert state_of(editor.document) == before
    assert not editor.expansions.is_busy
    editor.expansions.redo(editor.results()[7])
    editor.session.undo()
    assert editor.engine.cancelled == [9, 10]
    editor.engine.finish(10)
    assert not editor.results()


def test_previews_are_cut_out_by_the_steps_mask(editor: Editor) -> None:
    seen: list[tuple[Bounds, np.ndarray]] = []
    ended: list[bool] = []
    editor.expansions.previewed.connect(lambda *values: seen.append(values))
    editor.expansions.preview_ended.connect(lambda: ended.append(True))
    plan = editor.start(PATCH)
    context, mask = plan.steps[0].context, mask_of(editor.engine.requests[1])
    picture = np.full((context.height, context.width, 3), 90, np.uint8)
    editor.engine.job_previewed.emit(1, (context, picture))
    editor.engine.job_previewed.emit(7, (context, picture))
    ((bounds, pixels),) = seen
    assert bounds == context
    np.testing.assert_array_equal(pixels[..., 3], mask)
    assert not ended
    editor.engine.finish(1)
    assert ended


def test_layers_are_named_by_their_steps_and_lie_below_the_masks(editor: Editor) -> None:
    editor.start(PATCH)
    editor.finish_all()
    assert [layer.props.name for layer in editor.results()][:2] == [
        "Expand 1 of 8",
        "Expand 2 of 8",
    ]
    assert all(isinstance(layer, MaskLayer) for layer in list(editor.document.layers)[-2:])


def test_a_visible_seam_is_drawn_once_more_where_a_model_can(editor: Editor) -> None:
    editor.start(MODEL, TINY)
    first = mask_of(editor.engine.requests[1])
    editor.finish_with_seam(1, 1.5)
    mending = editor.engine.requests[2]
    assert mending.params.strength == MENDING_STRENGTH
    assert mending.pieces[0].context == editor.engine.requests[1].pieces[0].context
    band = mask_of(mending)
    assert (band[first > 0] > 0).any()
    assert (band[first == 0] > 0).any()
    editor.finish_with_seam(2, 1.5)
    assert editor.results()[1].props.name.startswith("Join 1 of")
    assert editor.expansions.current_step == 1
    assert editor.engine.requests[3].params.strength == 1.0


def test_patch_fill_and_good_seams_get_no_second_pass(editor: Editor) -> None:
    editor.start(PATCH)
    editor.finish_with_seam(1, 1.9)
    assert editor.expansions.current_step == 1
    other = Editor()
    other.start(MODEL, TINY, mends=False)
    other.finish_with_seam(1, 1.9)
    assert other.expansions.current_step == 1


def test_cancelling_the_second_pass_keeps_the_step(editor: Editor) -> None:
    editor.start(MODEL, TINY)
    editor.finish_with_seam(1, 1.5)
    editor.expansions.cancel()
    editor.engine.obey_cancel(2)
    assert editor.told[-1] == ("stopped", 1)
    editor.expansions.resume()
    assert editor.expansions.current_step == 1


def test_each_step_draws_with_its_own_seed(editor: Editor) -> None:
    editor.start(MODEL, TINY)
    editor.finish_all()
    seeds = [request.params.seed for request in editor.engine.requests.values()]
    assert len(set(seeds)) == len(seeds)
    assert seeds[0] == 5


def test_far_larger_frames_are_laid_out_and_refined(qtbot: QtBot) -> None:
    editor = Editor(Bounds(-150, -80, 400, 250))
    editor.start(MODEL, TINY)
    layout = editor.engine.requests[1]
    assert layout.pieces[0].context == editor.document.frame
    assert layout.params.strength == 1.0
    editor.engine.finish(1)
    tile = editor.engine.requests[2]
    assert tile.params.strength == TILE_STRENGTH
    assert tile.params.feather == 0
    editor.engine.finish(2)
    assert len(np.unique(mask_of(editor.engine.requests[3]))) > 10
    editor.finish_all()
    assert editor.picture()[..., 3].min() == 255
    old = editor.picture()[PICTURE.relative_to(editor.document.frame).slices()]
    np.testing.assert_array_equal(old, editor.original())


def test_ragged_edges_are_filled_around_what_is_there(qtbot: QtBot) -> None:
    editor = Editor(PICTURE)
    pixels = editor.original()
    rows, columns = np.mgrid[:64, :96]
    pixels[columns < rows // 6] = 0
    editor.start(PATCH)
    editor.finish_all()
    assert len(editor.results()) == 1
    assert editor.picture()[..., 3].min() == 255


def test_nothing_to_continue_is_refused(qtbot: QtBot) -> None:
    editor = Editor(Bounds(500, 500, 50, 50))
    with pytest.raises(EditRefusedError, match="no picture"):
        plan_for(editor.area, None, PLENTY)


def test_without_a_document_nothing_happens(qtbot: QtBot) -> None:
    editor = Editor()
    plan, area = editor.plan(), editor.area
    editor.session.open(None)
    editor.expansions.start(plan, PATCH, area)
    editor.expansions.resume()
    editor.expansions.cancel()
    assert not editor.engine.requests


def test_cancel_between_two_steps_begins_no_other(editor: Editor) -> None:
    editor.expansions.step_finished.connect(lambda _index, _layer: editor.expansions.cancel())
    editor.start(PATCH)
    editor.engine.finish(1)
    assert editor.told[-1] == ("stopped", 1)
    assert editor.engine.cancelled == []
    assert len(editor.engine.requests) == 1


def test_going_on_with_other_wishes_starts_anew(editor: Editor) -> None:
    editor.start(PATCH)
    editor.engine.finish(1)
    editor.expansions.cancel()
    editor.engine.obey_cancel(2)
    area = Uncovered.of(editor.document)
    editor.expansions.go(editor.plan(), replace(PATCH, seed=7), area)
    assert editor.expansions.current_step == 1
    editor.expansions.cancel()
    editor.engine.obey_cancel(3)
    editor.expansions.go(editor.plan(), MODEL, area)
    assert editor.expansions.current_step == 0


@pytest.fixture
def threaded(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """As for large steps, whose pixels are copied on a thread."""
    monkeypatch.setattr("inpaint_studio.editor.expand_controller.AT_ONCE", 0)
    return editor


def test_large_steps_are_copied_on_a_thread(threaded: Editor, qtbot: QtBot) -> None:
    plan = threaded.start(PATCH)
    assert not threaded.engine.requests
    for job in range(1, len(plan.steps) + 1):
        qtbot.waitUntil(lambda job=job: job in threaded.engine.requests)
        threaded.engine.finish(job)
    qtbot.waitUntil(lambda: not threaded.expansions.is_busy)
    assert threaded.told[-1] == ("finished",)
    assert threaded.picture()[..., 3].min() == 255


def test_cancel_while_pixels_are_copied_asks_for_nothing(threaded: Editor, qtbot: QtBot) -> None:
    threaded.start(PATCH)
    threaded.expansions.cancel()
    qtbot.waitUntil(lambda: not threaded.expansions.is_busy)
    assert threaded.told[-1] == ("stopped", 0)
    assert not threaded.engine.requests
    assert threaded.expansions.can_resume


def test_another_document_while_pixels_are_copied(threaded: Editor, qtbot: QtBot) -> None:
    threaded.start(PATCH)
    threaded.session.open(noise_document(seed=3))
    threaded.session.do(SetFrame(PICTURE, FRAME))
    threaded.start(PATCH)
    qtbot.waitUntil(lambda: bool(threaded.engine.requests))
    assert len(threaded.engine.requests) == 1
    threaded.engine.finish(1)
    qtbot.waitUntil(lambda: len(threaded.engine.requests) == 2)
    assert len(threaded.results()) == 1
    threaded.expansions.cancel()
    threaded.engine.obey_cancel(2)
