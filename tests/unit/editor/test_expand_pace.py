from __future__ import annotations

from dataclasses import replace

import pytest

from inpaint_studio.core.edit import EditParams, EditResult, PatchFillOptions
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.expand_pace import ExpandPace, patch_work
from inpaint_studio.editor.preflight import Pace
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, plan_expansion
from inpaint_studio.settings import PATCH_PACE, Settings
from tests.documents import MODEL

PLAN = plan_expansion(Bounds(0, 0, 1500, 800), Bounds(300, 0, 900, 800), None, 1 << 40)
ONE = EditChoices(patch_candidates=1)


def result_of(seconds: float) -> EditResult:
    return EditResult(EditParams(options=PatchFillOptions((3,))), MODEL, (), seconds)


def one_candidate(result: EditResult) -> EditResult:
    piece = type("Piece", (), {"candidates": (None,)})()
    return replace(result, pieces=(piece,))  # pyright: ignore[reportArgumentType]


def test_an_estimate_grows_with_work_and_candidates() -> None:
    pace = ExpandPace(Settings(), Pace())
    first = pace.seconds(PLAN, ONE)
    assert 0.5 < first < 10
    half = ExpansionPlan(PLAN.frame, PLAN.known, PLAN.steps[:1])
    assert pace.seconds(half, ONE) == pytest.approx(first / 2)
    assert pace.seconds(PLAN, EditChoices(patch_candidates=3)) == pytest.approx(3 * first)


def test_what_was_measured_is_remembered_in_the_settings() -> None:
    settings = Settings()
    pace = ExpandPace(settings, Pace())
    step = PLAN.steps[0]
    for _ in range(12):
        pace.learn(step, one_candidate(result_of(8.0)))
    assert pace.seconds(PLAN, ONE) == pytest.approx(16.0, rel=0.01)
    anew = ExpandPace(settings, Pace())
    assert anew.seconds(PLAN, ONE) == pytest.approx(16.0, rel=0.01)
    assert settings.get(PATCH_PACE) == pytest.approx(8.0 / patch_work(step) * 1e6, rel=0.01)


def test_a_pace_beyond_belief_is_held_to_the_limits() -> None:
    settings = Settings()
    ExpandPace(settings, Pace()).learn(PLAN.steps[0], one_candidate(result_of(1e9)))
    assert settings.get(PATCH_PACE) == PATCH_PACE.maximum
