from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor import expand_recipe
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.expand_recipe import PATCH_BYTES_PER_PIXEL, Recipe, free_pixels
from inpaint_studio.editor.machine import Machine, free_memory_bytes
from inpaint_studio.imaging.outpaint_plan import FREE_SIZE_PIXELS, ExpansionPlan, StepKind
from tests.model_infos import model

GIB = 1 << 30


def area(side: int, growth: int) -> Uncovered:
    pixels = np.full((side, side, 4), 255, np.uint8)
    document = Document.from_pixels(pixels, Origin("x.png"))
    document.frame = document.frame.pad(growth)
    return Uncovered.of(document)


def plan_of(recipe: Recipe, side: int = 2600, growth: int = 1300) -> ExpansionPlan:
    plan = recipe.plan(area(side, growth))
    assert plan is not None
    return plan


def largest(plan: ExpansionPlan) -> int:
    return max(step.size.area for step in plan.steps)


@pytest.mark.parametrize(("free", "most"), [(64 * GIB, FREE_SIZE_PIXELS), (GIB // 4, 1_500_000)])
def test_patch_fill_keeps_to_the_memory_that_is_free(
    free: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expand_recipe, "free_memory_bytes", lambda: free)
    recipe = Recipe.of(EditChoices(), Machine())
    assert largest(plan_of(recipe)) <= most
    assert recipe.free_pixels == free // 2 // PATCH_BYTES_PER_PIXEL


def test_a_model_works_smaller_where_memory_is_short() -> None:
    choices = EditChoices(model=model())
    plenty = free_pixels(Machine(64 * GIB, 24 * GIB), choices, GIB)
    short = free_pixels(Machine(64 * GIB, 8 * GIB), choices, GIB)
    assert short < plenty
    assert largest(plan_of(Recipe(choices, 850_000), 700, 350)) <= 850_000
    assert largest(plan_of(Recipe(choices, plenty), 700, 350)) > 850_000


def test_a_frame_that_is_too_large_to_lay_out_at_once_is_made_in_rings() -> None:
    choices = EditChoices(model=model())
    kinds = [
        {step.kind for step in plan_of(Recipe(choices, 1 << 30, limit), 300, 1200).steps}
        for limit in (36_000_000, 1_000_000)
    ]
    assert StepKind.coarse in kinds[0]
    assert kinds[1] == {StepKind.step}


def test_free_memory_is_asked_where_the_system_tells() -> None:
    assert free_memory_bytes() >= 0
    if Path("/proc/meminfo").exists():
        assert free_memory_bytes() > 1 << 24
