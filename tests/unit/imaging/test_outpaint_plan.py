from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import (
    FREE_SIZE_PIXELS,
    ExpansionPlan,
    ExpansionStep,
    PlanSettings,
    StepKind,
    new_areas,
    plan_expansion,
)
from inpaint_studio.imaging.size_rule import SizeRule

SDXL = SizeRule(8, 512 * 512, 1024 * 1024, 256, 2048)
SD15 = SizeRule(64, 256 * 256, 768 * 768, 256, 1024)
PLENTY = 1 << 40
PHOTO = Bounds(0, 0, 2048, 2048)

edges = st.integers(0, 16384)


@st.composite
def frames_and_sources(draw: st.DrawFn) -> tuple[Bounds, Bounds]:
    """A frame of up to 16384² anywhere, and a source that meets it and may reach beyond it."""
    x, y = draw(st.integers(-20000, 20000)), draw(st.integers(-20000, 20000))
    width = draw(st.one_of(st.integers(1, 16384), st.integers(200, 2000)))
    height = draw(st.one_of(st.integers(1, 16384), st.integers(200, 2000)))
    frame = Bounds(x, y, width, height)
    left, top = draw(st.integers(-99, width - 1)), draw(st.integers(-99, height - 1))
    right, bottom = draw(st.integers(1, width + 99)), draw(st.integers(1, height + 99))
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    source = Bounds.from_corners(left, top, right, bottom).translated(x, y)
    return frame, source


class Known:
    """Which pixels are known, on the grid of all edges that a plan has."""

    def __init__(self, plan: ExpansionPlan) -> None:
        boxes = [plan.frame, plan.known]
        for step in plan.steps:
            boxes += [step.context, *step.masks, *inward(step)]
        self.xs = sorted({edge for box in boxes for edge in (box.x, box.right)})
        self.ys = sorted({edge for box in boxes for edge in (box.y, box.bottom)})
        self.column = {x: i for i, x in enumerate(self.xs)}
        self.row = {y: i for i, y in enumerate(self.ys)}
        self.cells = np.zeros((len(self.ys), len(self.xs)), bool)
        self.part(plan.known)[...] = True

    def part(self, box: Bounds) -> np.ndarray:
        rows = slice(self.row[box.y], self.row[box.bottom])
        return self.cells[rows, self.column[box.x] : self.column[box.right]]


def inward(step: ExpansionStep) -> list[Bounds]:
    """The parts of a step's crop beside its mask, where its overlap lies."""
    return [] if step.kind is StepKind.tile else list(new_areas(step.masks[0], step.context))


def plan_of(
    frame: Bounds, source: Bounds, sizes: SizeRule | None, **settings: float | bool | int
) -> ExpansionPlan:
    return plan_expansion(frame, source, sizes, PLENTY, PlanSettings(**settings))  # type: ignore[arg-type]


@given(frames_and_sources(), st.sampled_from([SDXL, SD15, None]), st.booleans())
def test_any_expansion_is_covered_in_order_within_the_limits(
    boxes: tuple[Bounds, Bounds], sizes: SizeRule | None, refines: bool
) -> None:
    frame, source = boxes
    plan = plan_of(frame, source, sizes, refines=refines)
    known = Known(plan)
    for step in plan.steps:
        check_boxes(step, frame)
        check_size(step, sizes)
        check_what_it_sees(step, known)
        for mask in step.masks:
            if step.kind is not StepKind.tile:
                assert not known.part(mask).any(), "made twice"
            known.part(mask)[...] = True
    assert known.part(frame).all()


def check_boxes(step: ExpansionStep, frame: Bounds) -> None:
    assert frame.contains(step.context)
    assert step.masks
    assert step.overlap > 0
    for mask in step.masks:
        assert not mask.is_empty
        assert step.context.contains(mask)


def check_size(step: ExpansionStep, sizes: SizeRule | None) -> None:
    if sizes is None:
        assert step.size == step.context.extent
        assert step.size.area <= FREE_SIZE_PIXELS
        assert step.kind is StepKind.step
        return
    assert step.size.width % sizes.multiple == 0
    assert step.size.height % sizes.multiple == 0
    # Rounding to the grid of sizes may fall short of the minimum by a line of it.
    least = sizes.minimum_pixels - sizes.multiple * max(step.size)
    assert least <= step.size.area <= sizes.maximum_pixels
    assert sizes.minimum_side <= min(step.size)
    assert max(step.size) <= sizes.maximum_side
    if step.kind is StepKind.step:
        assert step.scale > 0.75, "detail is lost"


def check_what_it_sees(step: ExpansionStep, known: Known) -> None:
    if step.kind is StepKind.tile:
        assert known.part(step.context).all()
        return
    if len(step.masks) > 1 or step.kind is StepKind.coarse:
        return
    seen = inward(step)
    assert seen
    for part in seen:
        assert known.part(part).all(), "uses what is not there yet"
    for mask in step.masks:
        assert step.context.area - mask.area >= step.overlap * min(mask.extent)


@given(frames_and_sources(), st.sampled_from([SDXL, SD15, None]))
def test_strips_see_a_third_of_their_depth_or_all_there_is(
    boxes: tuple[Bounds, Bounds], sizes: SizeRule | None
) -> None:
    plan = plan_of(*boxes, sizes, refines=False)
    for step in plan.steps:
        if len(step.masks) == 1:
            outward = min(
                depth
                for depth, crop in zip(step.masks[0].extent, step.context.extent, strict=True)
                if crop > depth
            )
            wanted = max(32, math.ceil(0.3 * outward))
            assert step.overlap >= min(wanted, *plan.known.extent)


@given(frames_and_sources(), st.integers(1, 1 << 22))
def test_the_model_gets_no_more_than_memory_allows(boxes: tuple[Bounds, Bounds], free: int) -> None:
    plan = plan_expansion(*boxes, SD15, free)
    most = max(free, 2 * SD15.minimum_pixels)
    for step in plan.steps:
        if 2 * min(step.context.extent) > max(step.context.extent):
            assert step.size.area <= most


@given(frames_and_sources())
def test_nothing_new_needs_no_steps(boxes: tuple[Bounds, Bounds]) -> None:
    frame, source = boxes
    inside = frame.intersection(source)
    assert plan_of(inside, source, SDXL).steps == ()
    assert plan_of(inside, source, None).new_pixels == 0


def test_a_frame_without_the_picture_is_refused() -> None:
    with pytest.raises(EditRefusedError, match="no picture"):
        plan_of(Bounds(5000, 0, 100, 100), PHOTO, None)


def test_what_fits_is_made_at_once() -> None:
    (step,) = plan_of(Bounds(-100, -50, 1000, 800), Bounds(0, 0, 800, 700), SDXL).steps
    assert step.context == Bounds(-100, -50, 1000, 800)
    assert len(step.masks) == 4
    assert sum(mask.area for mask in step.masks) == 1000 * 800 - 800 * 700
    assert step.size == (1000, 800)


def test_sides_come_first_and_corners_last() -> None:
    plan = plan_of(PHOTO.pad(300), PHOTO, SDXL)
    kinds = [sum(side == 300 for side in step.masks[0].extent) for step in plan.steps]
    assert kinds == sorted(kinds)
    assert kinds[-4:] == [2, 2, 2, 2]
    assert plan.steps[0].masks[0].x == -300
    assert all(step.scale == pytest.approx(1, abs=0.01) for step in plan.steps)


def test_a_deep_strip_is_made_in_equal_rings() -> None:
    plan = plan_of(Bounds(-1500, 0, 3548, 2048), PHOTO, SDXL, refines=False)
    depths = {step.masks[0].width for step in plan.steps}
    assert depths == {750}


def test_patch_fill_takes_a_whole_side_and_copies_less_from_above_and_below() -> None:
    plan = plan_of(Bounds(-1024, -128, 4096, 2304), PHOTO, None)
    left = plan.steps[0]
    assert left.masks == (Bounds(-1024, 0, 1024, 2048),)
    assert left.context == Bounds(-1024, 0, 2048, 2048)
    top = plan.steps[2]
    assert top.masks == (Bounds(0, -128, 2048, 128),)
    assert top.context == Bounds(0, -128, 2048, 128 + 64)
    assert len(plan.steps) == 8
    deep = plan_of(Bounds(0, -400, 2048, 2848), PHOTO, None)
    assert [step.context.height for step in deep.steps] == [400 + 200, 400 + 300]


def test_far_more_new_than_known_is_laid_out_and_then_sharpened() -> None:
    frame = Bounds(-1720, -780, 3840, 2160)
    plan = plan_of(frame, Bounds(0, 0, 400, 600), SDXL)
    coarse, *tiles = plan.steps
    assert coarse.kind is StepKind.coarse
    assert coarse.context == frame
    assert coarse.scale == pytest.approx(0.355, abs=0.01)
    assert {step.kind for step in tiles} == {StepKind.tile}
    assert all(step.scale == pytest.approx(1, abs=0.03) for step in tiles)
    assert len(tiles) == 15


def test_a_tenfold_enlargement_gets_sharper_level_by_level() -> None:
    plan = plan_of(Bounds(0, 0, 6000, 6000), Bounds(2900, 2900, 300, 300), SDXL)
    scales = [round(step.scale, 2) for step in plan.steps]
    assert scales[0] == pytest.approx(0.17, abs=0.01)
    assert scales == sorted(scales)
    assert scales[1] == pytest.approx(0.41, abs=0.03)


def test_without_refining_there_is_no_layout() -> None:
    frame = Bounds(-1720, -780, 3840, 2160)
    plan = plan_of(frame, Bounds(0, 0, 400, 600), SDXL, refines=False)
    assert {step.kind for step in plan.steps} == {StepKind.step}


def test_tiles_overlap_by_their_ramps() -> None:
    plan = plan_of(Bounds(-1720, -780, 3840, 2160), Bounds(0, 0, 400, 600), SDXL)
    tiles = [step for step in plan.steps if step.kind is StepKind.tile]
    for before, after in itertools.pairwise(tiles):
        if before.context.y == after.context.y:
            assert before.context.right - after.context.x == after.ramps.left > 32
