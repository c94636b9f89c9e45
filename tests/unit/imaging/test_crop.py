from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.crop import (
    COPYING,
    MINIMUM_MARGIN,
    CropPlan,
    RedrawingContext,
    plan_context,
    plan_crop,
    plan_parts,
    split_islands,
)
from inpaint_studio.imaging.mask_ops import default_shaping
from inpaint_studio.imaging.size_rule import SizeRule


@st.composite
def masks_in_frames(draw: st.DrawFn) -> tuple[Bounds, Bounds]:
    width, height = draw(st.integers(1, 9000)), draw(st.integers(1, 9000))
    frame = Bounds(draw(st.integers(-500, 500)), draw(st.integers(-500, 500)), width, height)
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    mask = Bounds(
        frame.x + x,
        frame.y + y,
        draw(st.integers(1, width - x)),
        draw(st.integers(1, height - y)),
    )
    return mask, frame


@given(masks_in_frames())
def test_context_holds_the_mask_and_stays_in_the_frame(case: tuple[Bounds, Bounds]) -> None:
    mask, frame = case
    context = plan_context(mask, frame)
    assert context.contains(mask)
    assert frame.contains(context)


@given(masks_in_frames())
def test_context_is_never_smaller_while_there_are_pixels_left(case: tuple[Bounds, Bounds]) -> None:
    mask, frame = case
    context = plan_context(mask, frame)
    assert context.width >= min(frame.width, mask.width + 2 * MINIMUM_MARGIN)
    assert context.height >= min(frame.height, mask.height + 2 * MINIMUM_MARGIN)


def test_context_is_about_the_masks_own_size_wider_on_each_side() -> None:
    frame = Bounds(0, 0, 4000, 4000)
    assert plan_context(Bounds(2000, 2000, 200, 200), frame) == Bounds(1800, 1800, 600, 600)
    assert plan_context(Bounds(2000, 2000, 10, 10), frame) == Bounds(1936, 1936, 138, 138)
    assert plan_context(Bounds(1500, 2000, 1000, 2), frame) == Bounds(1436, 1936, 1128, 130)
    assert plan_context(Bounds(1400, 1400, 1200, 1200), frame) == Bounds(888, 888, 2224, 2224)


def test_context_slides_in_at_the_edge() -> None:
    frame = Bounds(-100, 0, 1000, 1000)
    assert plan_context(Bounds(-100, 990, 10, 10), frame) == Bounds(-100, 862, 138, 138)


def test_far_parts_are_edited_apart() -> None:
    frame = Bounds(-50, -50, 1000, 1000)
    mask = np.zeros((900, 900), np.uint8)
    mask[:4, :4] = 255
    mask[20:24, 40:44] = 255
    mask[890:, 880:] = 255
    origin = Bounds(0, 0, 900, 900)
    assert split_islands(mask, origin, frame) == [Bounds(0, 0, 44, 24), Bounds(880, 890, 20, 10)]
    assert split_islands(np.zeros_like(mask), origin, frame) == []


def test_large_parts_whose_contexts_meet_are_one_edit() -> None:
    frame = Bounds(0, 0, 2000, 1000)
    mask = np.zeros((300, 1000), np.uint8)
    mask[:, :300] = 255
    mask[:, 700:] = 255
    assert split_islands(mask, Bounds(100, 100, 1000, 300), frame) == [Bounds(100, 100, 1000, 300)]


@given(st.lists(st.tuples(st.integers(0, 799), st.integers(0, 799)), min_size=1, max_size=6))
def test_contexts_of_parts_never_meet(points: list[tuple[int, int]]) -> None:
    mask = np.zeros((800, 800), np.uint8)
    for y, x in points:
        mask[y, x] = 255
    frame = Bounds(0, 0, 800, 800)
    parts = split_islands(mask, frame, frame)
    contexts = [plan_context(part, frame) for part in parts]
    for i, context in enumerate(contexts):
        assert not any(context.intersects(other) for other in contexts[i + 1 :])
    assert sum(int((mask[part.slices()] > 0).sum()) for part in parts) == int((mask > 0).sum())


@given(masks_in_frames(), st.floats(0.1, 1.0))
def test_models_see_enough_around_the_mask(case: tuple[Bounds, Bounds], strength: float) -> None:
    mask, frame = case
    context = RedrawingContext(strength).plan(mask, frame)
    assert context.contains(mask)
    assert frame.contains(context)
    shaping = default_shaping(mask.diagonal, strength)
    reach = shaping.grow + shaping.feather // 2
    assert context.width >= min(frame.width, mask.width + 2 * reach, 512)
    assert context.height >= min(frame.height, mask.height + 2 * reach, 512)


def test_models_see_a_share_of_the_picture_and_of_the_mask() -> None:
    frame = Bounds(0, 0, 8000, 6000)
    whole = RedrawingContext().plan(Bounds(4000, 3000, 600, 600), frame)
    assert whole == Bounds(3500, 2500, 1600, 1600)
    touched_up = RedrawingContext(strength=0.5).plan(Bounds(4000, 3000, 600, 600), frame)
    assert 700 < touched_up.width <= 800
    long = RedrawingContext().plan(Bounds(2000, 3000, 2000, 100), Bounds(0, 0, 6000, 6000))
    assert long.width > 2 * long.height > 1200


@given(masks_in_frames())
def test_contexts_need_no_padding_where_the_frame_has_room(case: tuple[Bounds, Bounds]) -> None:
    mask, frame = case
    context = RedrawingContext().plan(mask, frame)
    assert context.width % 32 == 0 or context.width == frame.width
    assert context.height % 32 == 0 or context.height == frame.height


RULES = st.sampled_from(
    [
        SizeRule(),
        SizeRule(16, 512 * 512, 1024 * 1024, 256, 2048),
        SizeRule(32, 256 * 256, 1536 * 1536, 256, 4096),
    ]
)


@given(st.integers(1, 9000), st.integers(1, 9000), RULES)
def test_planned_sizes_keep_to_the_rule(width: int, height: int, rule: SizeRule) -> None:
    plan = plan_crop(Bounds(3, 4, width, height), rule)
    assert plan.size.width % rule.multiple == plan.size.height % rule.multiple == 0
    assert plan.size.area <= rule.maximum_pixels
    assert rule.minimum_side <= min(plan.size)
    assert max(plan.size) <= rule.maximum_side
    assert plan.content.width <= plan.size.width
    assert plan.content.height <= plan.size.height


def test_a_crop_within_the_limits_is_never_resized() -> None:
    plan = plan_crop(Bounds(10, 20, 800, 900), SizeRule())
    assert plan == CropPlan(Bounds(10, 20, 800, 900), Extent(800, 900), Extent(800, 904))
    assert plan.scale == 1
    assert plan_crop(Bounds(10, 20, 801, 7), None).size == Extent(801, 7)


def test_small_crops_are_scaled_up_and_large_ones_down() -> None:
    small = plan_crop(Bounds(0, 0, 128, 128), SizeRule())
    assert (small.size, small.scale) == (Extent(512, 512), 4)
    large = plan_crop(Bounds(0, 0, 4096, 4096), SizeRule())
    assert (large.size, large.scale) == (Extent(1024, 1024), 0.25)


@given(st.integers(1, 3000), st.integers(1, 3000), RULES)
def test_rectangles_come_back_around_themselves(width: int, height: int, rule: SizeRule) -> None:
    plan = plan_crop(Bounds(-50, 70, width, height), rule)
    bounds = Bounds(-50 + width // 3, 70 + height // 3, 1 + width // 4, 1 + height // 4)
    back = plan.to_document(plan.to_model(bounds))
    assert back.pad(1).contains(bounds)
    slack = 2 + 2 / plan.scale
    assert back.width <= bounds.width + slack
    assert back.height <= bounds.height + slack


def test_pictures_come_back_as_they_were_where_nothing_is_resized() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (515, 603, 3), np.uint8)
    plan = plan_crop(Bounds(5, 6, 603, 515), SizeRule(16))
    given_to_model = plan.picture_to_model(picture)
    assert given_to_model.shape == (528, 608, 3)
    np.testing.assert_array_equal(given_to_model[515:, :603], picture[:-14:-1])
    np.testing.assert_array_equal(given_to_model[:515, 603:], picture[:, :-6:-1])
    np.testing.assert_array_equal(plan.picture_from_model(given_to_model), picture)
    assert plan.mask_to_model(picture[..., 0]).shape == (528, 608)
    with pytest.raises(ValueError, match="asked for"):
        plan.picture_from_model(picture)


def test_a_long_scratch_is_worked_in_tiles() -> None:
    mask = np.zeros((8192, 8192), np.uint8)
    rows = np.arange(8192)
    for width in range(4):
        mask[rows, np.minimum(rows + width, 8191)] = 255
    frame = Bounds(100, -50, 8192, 8192)
    for rule, most in ((COPYING, 0.11), (RedrawingContext(), 0.16)):
        parts = plan_parts(mask, frame, frame, rule)
        assert 16 <= len(parts) <= 20
        assert sum(part.context.area for part in parts) < most * frame.area
        covered = np.zeros_like(mask)
        for part in parts:
            assert part.context.contains(part.bounds)
            assert frame.contains(part.context)
            covered[part.bounds.relative_to(frame).slices()] += 1
        assert (covered[mask > 0] == 1).all()


def test_what_is_solid_or_small_stays_whole() -> None:
    frame = Bounds(0, 0, 6000, 6000)
    mask = np.zeros((6000, 6000), np.uint8)
    mask[1000:4000, 1000:4000] = 255
    (part,) = plan_parts(mask, frame, frame)
    assert part.bounds == Bounds(1000, 1000, 3000, 3000)
    mask[:] = 0
    mask[10:1200, 20] = 255
    (part,) = plan_parts(mask, frame, frame)
    assert part.bounds == Bounds(20, 10, 1, 1190)
