from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.crop import MINIMUM_MARGIN, plan_context, split_islands


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
