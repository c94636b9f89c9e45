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
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.frame_commands import SetFrame
from inpaint_studio.core.layer import MaskLayer, ResultLayer
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.expand_controller import ExpandController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, PlanSettings
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
        self.again: list[ResultLayer] = []
        self.expansions = ExpandController(self.session, self.engine, self.again.append)
        self.told: list[tuple[object, ...]] = []
        for name in ("busy_changed", "finished", "stopped", "failed", "refused"):
            signal = getattr(self.expansions, name)
            signal.connect(lambda *values, name=name: self.told.append((name, *values)))
        self.session.open(noise_document())
        if frame != PICTURE:
            self.session.do(SetFrame(PICTURE, frame))

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    def plan(self, sizes: SizeRule | None = None) -> ExpansionPlan:
        plan = self.expansions.make_plan(sizes, PLENTY)
        assert plan is not None
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
    plan = editor.plan()
    editor.expansions.start(plan, PATCH)
    editor.finish_all()
    assert editor.told == [("busy_changed", True), ("busy_changed", False), ("finished",)]
    assert len(editor.results()) == len(plan.steps) == 8
    picture = editor.picture()
    assert picture[..., 3].min() == 255
    inside = PICTURE.relative_to(FRAME).slices()
    np.testing.assert_array_equal(picture[inside], editor.original())
    assert editor.expansions.make_plan(None, PLENTY) is None
    assert "already fills" in str(editor.told[-1])


def test_all_of_it_is_one_step_of_the_history(editor: Editor) -> None:
    before = state_of(editor.document)
    editor.expansions.start(editor.plan(), PATCH)
    editor.finish_all()
    done = state_of(editor.document)
    assert editor.session.history.labels == ["Expand frame", "Expand"]
    editor.session.undo()
    assert state_of(editor.document) == before
    editor.session.redo()
    assert state_of(editor.document) == done


def test_each_step_sees_what_the_last_one_made(editor: Editor) -> None:
    plan = editor.plan()
    editor.expansions.start(plan, PATCH)
    for job in range(1, 8):
        editor.engine.finish(job)
    (piece,) = editor.engine.requests[8].pieces
    assert piece.context == plan.steps[7].context
    np.testing.assert_array_equal(piece.avoid > 0, piece.mask > 0)
    assert (piece.image[piece.mask == 0] == 50).any()


def test_masks_hold_only_what_was_uncovered(editor: Editor) -> None:
    editor.expansions.start(editor.plan(), PATCH)
    editor.finish_all()
    total = sum(int((mask_of(r) > 0).sum()) for r in editor.engine.requests.values())
    assert total == FRAME.area - PICTURE.area
    assert all(r.params.intent is Intent.expand for r in editor.engine.requests.values())


def test_cancel_keeps_finished_steps_and_resume_goes_on(editor: Editor) -> None:
    editor.expansions.start(editor.plan(), PATCH)
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
    editor.expansions.start(editor.plan(), PATCH)
    editor.expansions.cancel()
    editor.engine.finish(1)
    assert editor.told[-1] == ("stopped", 1)
    assert len(editor.results()) == 1
    assert not editor.expansions.is_busy


def test_undo_while_it_runs_stops_it(editor: Editor) -> None:
    before = state_of(editor.document)
    editor.expansions.start(editor.plan(), PATCH)
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
    editor.expansions.start(editor.plan(), PATCH)
    editor.engine.finish(1)
    editor.engine.fail(2, "The engine stopped.")
    assert editor.told[-1] == ("failed", "The engine stopped.", "details")
    assert len(editor.results()) == 1
    assert editor.expansions.can_resume


def test_another_document_drops_the_run(editor: Editor) -> None:
    editor.expansions.start(editor.plan(), PATCH)
    editor.session.open(noise_document(seed=3))
    assert editor.engine.cancelled == [1]
    editor.engine.finish(1)
    assert not editor.results()
    assert editor.expansions.plan is None
    assert editor.told[-1] == ("busy_changed", False)


def test_progress_counts_all_steps(editor: Editor) -> None:
    seen: list[tuple[float, str]] = []
    editor.expansions.progressed.connect(lambda *values: seen.append(values))
    plan = editor.plan()
    editor.expansions.start(plan, PATCH)
    editor.engine.job_progressed.emit(1, 0.5, "Filling")
    editor.engine.finish(1)
    editor.engine.job_progressed.emit(2, 0.0, "Filling")
    first = plan.steps[0].size.area / plan.working_pixels
    assert [fraction for fraction, _ in seen] == pytest.approx([first / 2, first])
    assert seen[1][1] == "Step 2 of 8 · Filling"
    assert editor.expansions.current_step == 1


def test_one_step_can_be_made_again(editor: Editor) -> None:
    editor.expansions.start(editor.plan(), PATCH)
    editor.finish_all()
    editor.expansions.rerun(2)
    assert editor.again == [editor.results()[2]]
    editor.session.undo()
    editor.expansions.rerun(2)
    assert len(editor.again) == 1


def test_layers_are_named_by_their_steps_and_lie_below_the_masks(editor: Editor) -> None:
    editor.expansions.start(editor.plan(), PATCH)
    editor.finish_all()
    assert [layer.props.name for layer in editor.results()][:2] == [
        "Expand 1 of 8",
        "Expand 2 of 8",
    ]
    assert all(isinstance(layer, MaskLayer) for layer in list(editor.document.layers)[-2:])


def test_a_visible_seam_is_drawn_once_more_where_a_model_can(editor: Editor) -> None:
    editor.expansions.start(editor.plan(TINY), MODEL)
    first = mask_of(editor.engine.requests[1])
    editor.finish_with_seam(1, 1.5)
    mending = editor.engine.requests[2]
    assert mending.params.strength == MENDING_STRENGTH
    assert mending.pieces[0].context == editor.engine.requests[1].pieces[0].context
    band = mask_of(mending)
    assert (band[first > 0] > 0).any()
    assert (band[first == 0] > 0).any()
    editor.finish_with_seam(2, 1.5)
    assert editor.results()[1].props.name.startswith("Seam 1 of")
    assert editor.expansions.current_step == 1
    assert editor.engine.requests[3].params.strength == 1.0


def test_patch_fill_and_good_seams_get_no_second_pass(editor: Editor) -> None:
    editor.expansions.start(editor.plan(), PATCH)
    editor.finish_with_seam(1, 1.9)
    assert editor.expansions.current_step == 1
    other = Editor()
    other.expansions.mends_seams = False
    other.expansions.start(other.plan(TINY), MODEL)
    other.finish_with_seam(1, 1.9)
    assert other.expansions.current_step == 1


def test_cancelling_the_second_pass_keeps_the_step(editor: Editor) -> None:
    editor.expansions.start(editor.plan(TINY), MODEL)
    editor.finish_with_seam(1, 1.5)
    editor.expansions.cancel()
    editor.engine.obey_cancel(2)
    assert editor.told[-1] == ("stopped", 1)
    editor.expansions.resume()
    assert editor.expansions.current_step == 1


def test_each_step_draws_with_its_own_seed(editor: Editor) -> None:
    editor.expansions.start(editor.plan(TINY), MODEL)
    editor.finish_all()
    seeds = [request.params.seed for request in editor.engine.requests.values()]
    assert len(set(seeds)) == len(seeds)
    assert seeds[0] == 5


def test_far_larger_frames_are_laid_out_and_refined(qtbot: QtBot) -> None:
    editor = Editor(Bounds(-150, -80, 400, 250))
    plan = editor.plan(TINY)
    editor.expansions.start(plan, MODEL)
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
    editor.expansions.start(editor.plan(), PATCH)
    editor.finish_all()
    assert len(editor.results()) == 1
    assert editor.picture()[..., 3].min() == 255


def test_nothing_to_continue_is_refused(qtbot: QtBot) -> None:
    editor = Editor(Bounds(500, 500, 50, 50))
    assert editor.expansions.make_plan(None, PLENTY, PlanSettings()) is None
    assert "no picture" in str(editor.told[-1])


def test_without_a_document_nothing_happens(qtbot: QtBot) -> None:
    editor = Editor()
    plan = editor.plan()
    editor.session.open(None)
    editor.expansions.start(plan, PATCH)
    editor.expansions.resume()
    editor.expansions.cancel()
    assert editor.expansions.make_plan(None, PLENTY) is None
    assert not editor.engine.requests


def test_cancel_between_two_steps_begins_no_other(editor: Editor) -> None:
    editor.expansions.step_finished.connect(lambda _index, _layer: editor.expansions.cancel())
    editor.expansions.start(editor.plan(), PATCH)
    editor.engine.finish(1)
    assert editor.told[-1] == ("stopped", 1)
    assert editor.engine.cancelled == []
    assert len(editor.engine.requests) == 1


def test_going_on_with_other_wishes_starts_anew(editor: Editor) -> None:
    editor.expansions.start(editor.plan(), PATCH)
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
