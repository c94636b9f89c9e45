from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.aspect import (
    RATIOS,
    Anchor,
    Ratio,
    Snap,
    crop_for_ratio,
    describe,
    frame_for_ratio,
    snapped,
)
from inpaint_studio.geometry import Bounds, Extent

ratios = st.sampled_from(RATIOS)
anchors = st.sampled_from(Anchor)
boxes = st.builds(
    Bounds,
    st.integers(-500, 500),
    st.integers(-500, 500),
    st.integers(1, 3000),
    st.integers(1, 3000),
)
WIDE = Ratio("16:9", 16, 9)


@given(boxes, ratios, anchors)
def test_an_expanded_frame_is_the_smallest_that_holds_all(
    source: Bounds, ratio: Ratio, anchor: Anchor
) -> None:
    frame = frame_for_ratio(source, ratio, anchor)
    assert frame.contains(source)
    assert frame.width == source.width or frame.height == source.height
    assert abs(frame.width - frame.height * ratio.value) <= max(1, ratio.value)


@given(boxes, ratios, anchors)
def test_a_crop_is_the_largest_inside(source: Bounds, ratio: Ratio, anchor: Anchor) -> None:
    frame = crop_for_ratio(source, ratio, anchor)
    assert source.contains(frame)
    assert not frame.is_empty
    assert frame.width == source.width or frame.height == source.height


@pytest.mark.parametrize(
    ("anchor", "x"), [(Anchor.left, 10), (Anchor.centre, -3), (Anchor.bottom_right, -15)]
)
def test_the_anchor_says_where_the_picture_stays(anchor: Anchor, x: int) -> None:
    assert frame_for_ratio(Bounds(10, 20, 7, 18), WIDE, anchor) == Bounds(x, 20, 32, 18)


def test_all_nine_anchors_keep_their_corner_or_middle() -> None:
    around = Bounds(100, 100, 10, 10)
    places = {anchor.placed(Extent(20, 20), around)[:2] for anchor in Anchor}
    assert places == {(x, y) for x in (100, 95, 90) for y in (100, 95, 90)}


def test_lengths_snap_to_their_own_then_ratios_then_round_sizes() -> None:
    assert snapped(1917, 700, (), 5) == (1920, "1920 px")
    assert snapped(1783, 1000, (), 6) == (1778, "16:9")
    assert snapped(1783, 1000, (Snap(1784, "edge"),), 6) == (1784, "edge")
    assert snapped(1783, 1000, (), 4) == (1783, "")
    assert snapped(1784, 0, (), 0) == (1784, "")


@pytest.mark.parametrize(
    ("text", "value"), [("16:9", 16 / 9), ("2.35:1", 2.35), ("1.85", 1.85), (" 4 / 5 ", 0.8)]
)
def test_ratios_are_read(text: str, value: float) -> None:
    assert Ratio.parse(text).value == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "a:b", "0:1", "1:0", "-1:2", "1000:1", "1:2:3"])
def test_what_is_no_ratio_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Ratio.parse(text)


def test_turned_ratios_and_text() -> None:
    assert WIDE.turned == Ratio("9:16", 9, 16)
    assert describe(Bounds(-5, 0, 3840, 2160)) == "3840 × 2160 · 8.3 MP"
