from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.ui.canvas.turn import PLAIN, STEP, Turn

angles = st.one_of(st.floats(-179.9, 180.0), st.sampled_from([0.0, 90.0, 180.0, -90.0, 45.0]))
turns = st.builds(Turn, angles, st.booleans())
numbers = st.floats(-1e4, 1e4)


@given(turns, numbers, numbers)
def test_undo_is_the_opposite_of_apply(turn: Turn, x: float, y: float) -> None:
    assert turn.undo(*turn.apply(x, y)) == pytest.approx((x, y), abs=1e-6)
    assert turn.inverse.apply(x, y) == pytest.approx(turn.undo(x, y), abs=1e-6)


@given(turns, numbers, numbers)
def test_lengths_stay(turn: Turn, x: float, y: float) -> None:
    assert math.hypot(*turn.apply(x, y)) == pytest.approx(math.hypot(x, y), abs=1e-6)


def test_turning_is_clockwise_and_mirroring_comes_first() -> None:
    assert Turn(90.0).apply(1, 0) == (0, 1)
    assert Turn(90.0, True).apply(1, 0) == (0, -1)
    assert Turn(0.0, True).apply(3, 2) == (-3, 2)


@given(turns, numbers, numbers)
def test_flipped_swaps_left_and_right_of_what_is_seen(turn: Turn, x: float, y: float) -> None:
    seen, flipped = turn.apply(x, y), turn.flipped().apply(x, y)
    assert flipped == pytest.approx((-seen.x, seen.y), abs=1e-6)
    assert turn.flipped().flipped().apply(x, y) == pytest.approx(seen, abs=1e-6)


@given(turns, st.floats(-360, 360), numbers, numbers)
def test_by_turns_what_is_seen(turn: Turn, degrees: float, x: float, y: float) -> None:
    seen = Turn().by(degrees).apply(*turn.apply(x, y))
    assert turn.by(degrees).apply(x, y) == pytest.approx(seen, abs=1e-3)


@given(turns, numbers, numbers, st.floats(0, 1e4), st.floats(0, 1e4))
def test_the_box_is_around_the_corners(
    turn: Turn, x: float, y: float, width: float, height: float
) -> None:
    left, top, right, bottom = turn.box(x, y, x + width, y + height)
    corners = [turn.apply(x + i * width, y + j * height) for i in (0, 1) for j in (0, 1)]
    assert (left, top) == pytest.approx(
        (min(c.x for c in corners), min(c.y for c in corners)), abs=1e-6
    )
    assert (right, bottom) == pytest.approx(
        (max(c.x for c in corners), max(c.y for c in corners)), abs=1e-6
    )


def test_steps_all_around_end_where_they_began() -> None:
    turn = PLAIN.by(0.123456)
    for _ in range(round(360 / STEP)):
        turn = turn.by(STEP)
    assert turn == Turn(0.123456)
    assert PLAIN.by(-180.0) == Turn(180.0)
    assert PLAIN.by(360.0).is_plain
