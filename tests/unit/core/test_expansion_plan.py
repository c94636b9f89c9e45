"""Plans for what is really empty: notches, holes, ragged edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.expansion_plan import plan_for
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan
from inpaint_studio.imaging.size_rule import SizeRule

SDXL = SizeRule(8, 512 * 512, 1024 * 1024, 256, 2048)
PLENTY = 1 << 40


def area_of(covered: np.ndarray, frame: Bounds | None = None) -> Uncovered:
    alpha = np.where(covered, np.uint8(255), np.uint8(0))
    document = Document.from_pixels(np.repeat(alpha[..., None], 4, axis=2), Origin("cutout.png"))
    document.frame = frame or document.frame
    return Uncovered.of(document)


def plan_of(area: Uncovered, sizes: SizeRule | None = None) -> ExpansionPlan:
    plan = plan_for(area, sizes, PLENTY)
    assert plan is not None
    return plan


def covered_except(*holes: Bounds, width: int = 2000, height: int = 1500) -> np.ndarray:
    covered = np.ones((height, width), bool)
    for hole in holes:
        covered[hole.slices()] = False
    return covered


def check_order(area: Uncovered, plan: ExpansionPlan) -> None:
    """Every uncovered px is made once, by a step that sees some px that are there by then."""
    frame = area.frame
    missing = area.read(frame) > 0
    for step in plan.steps:
        assert frame.contains(step.context)
        seen = missing[step.context.relative_to(frame).slices()]
        assert not seen.all()
        for mask in step.masks:
            assert step.context.contains(mask)
            part = missing[mask.relative_to(frame).slices()]
            assert part.any()
            part[...] = False
    assert not missing.any()


@pytest.mark.parametrize("sizes", [None, SDXL])
def test_a_small_hole_inside_is_one_small_step(sizes: SizeRule | None) -> None:
    hole = Bounds(900, 700, 60, 40)
    area = area_of(covered_except(hole))
    (step,) = plan_of(area, sizes).steps
    assert step.masks == (hole,)
    assert step.context.contains(hole.pad(60))
    assert max(step.context.extent) <= (512 if sizes else 190)
    check_order(area, plan_of(area, sizes))


def test_holes_far_apart_are_steps_of_their_own_and_near_ones_are_not() -> None:
    near = Bounds(100, 100, 20, 20), Bounds(130, 105, 20, 20)
    far = Bounds(1500, 1200, 50, 30)
    area = area_of(covered_except(*near, far))
    plan = plan_of(area)
    assert [step.masks for step in plan.steps] == [(near[0].union(near[1]),), (far,)]
    check_order(area, plan)


def test_holes_come_before_the_frame_grows_and_count_as_picture_then() -> None:
    hole = Bounds(900, 700, 60, 40)
    area = area_of(covered_except(hole), Bounds(-300, 0, 2300, 1500))
    plan = plan_of(area)
    assert plan.known == Bounds(0, 0, 2000, 1500)
    assert [step.masks for step in plan.steps] == [(hole,), (Bounds(-300, 0, 300, 1500),)]
    check_order(area, plan)


def test_a_notch_in_an_edge_needs_no_crop_as_long_as_the_edge() -> None:
    notch = Bounds(1900, 700, 100, 80)
    for sizes, longest in ((None, 300), (SDXL, 1024)):
        area = area_of(covered_except(notch))
        plan = plan_of(area, sizes)
        (step,) = plan.steps
        assert step.masks == (notch,)
        assert step.context.height <= longest
        check_order(area, plan)


def test_a_hole_across_the_edge_of_what_is_known_is_made_by_strips() -> None:
    covered = covered_except(Bounds(0, 0, 900, 300), Bounds(880, 250, 60, 100))
    area = area_of(covered)
    check_order(area, plan_of(area))


def test_a_very_large_hole_is_filled_strip_by_strip() -> None:
    hole = Bounds(200, 200, 3600, 3200)
    area = area_of(covered_except(hole, width=4000, height=3600))
    plan = plan_of(area)
    assert len(plan.steps) > 1
    assert max(step.context.area for step in plan.steps) <= 8_000_000
    check_order(area, plan)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 380), st.integers(0, 280), st.integers(1, 200), st.integers(1, 200)
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([None, SDXL]),
    st.integers(0, 90),
)
def test_anything_empty_is_filled_in_order(
    holes: list[tuple[int, int, int, int]], sizes: SizeRule | None, growth: int
) -> None:
    covered = covered_except(*(Bounds(*hole) for hole in holes), width=400, height=300)
    area = area_of(covered, Bounds(0, 0, 400, 300).pad(growth))
    try:
        plan = plan_for(area, sizes, PLENTY)
    except EditRefusedError:
        assert area.covered_rectangle().is_empty
        return
    assert plan is not None
    check_order(area, plan)


def test_a_covered_frame_has_no_plan_and_an_empty_one_is_refused() -> None:
    assert plan_for(area_of(np.ones((50, 40), bool)), None, PLENTY) is None
    with pytest.raises(EditRefusedError, match="no picture"):
        plan_for(area_of(np.zeros((50, 40), bool)), None, PLENTY)
