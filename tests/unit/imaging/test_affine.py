from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.affine import Affine, cos_sin

ANGLES = st.floats(-720, 720)
SCALES = st.floats(0.1, 10) | st.floats(-10, -0.1)
PLACES = st.floats(-1000, 1000)


@pytest.mark.parametrize("degrees", [-90, 0, 90, 180, 270, 360, 450])
def test_right_angles_are_exact(degrees: float) -> None:
    cos, sin = cos_sin(degrees)
    assert {abs(cos), abs(sin)} == {0.0, 1.0}
    assert (cos, sin) == (round(math.cos(math.radians(degrees))), round(_sine(degrees)))


def _sine(degrees: float) -> float:
    return math.sin(math.radians(degrees))


def test_turns_clockwise_on_the_screen() -> None:
    assert Affine.turning(90).applied_to(Point(1, 0)) == Point(0, 1)


@given(ANGLES, SCALES, SCALES, PLACES, PLACES)
def test_the_inverse_takes_everything_back(
    degrees: float, scale_x: float, scale_y: float, x: float, y: float
) -> None:
    there = Affine.turning(degrees, scale_x, scale_y).translated(x, y)
    back = there.inverse().applied_to(there.applied_to(Point(3.25, -7.5)))
    assert back.x == pytest.approx(3.25, abs=1e-6)
    assert back.y == pytest.approx(-7.5, abs=1e-6)


@given(ANGLES, PLACES, PLACES)
def test_a_move_before_is_a_move_of_the_point(degrees: float, dx: float, dy: float) -> None:
    turning = Affine.turning(degrees, 2, 0.5).translated(4, 5)
    moved = turning.after_move(dx, dy).applied_to(Point(1, 2))
    expected = turning.applied_to(Point(1 + dx, 2 + dy))
    assert moved.distance_to(expected) < 1e-6


def test_edges_on_whole_pixels_touch_no_others() -> None:
    box = Bounds(0, 0, 10, 6)
    assert Affine.turning(0, 0.1 * 3 / 0.3).bounds_of(box) == box
    assert Affine.turning(90).bounds_of(box) == Bounds(-6, 0, 6, 10)
    assert Affine.turning(0).translated(0.5, 0).bounds_of(box) == Bounds(0, 0, 11, 6)


def test_knows_what_keeps_pixels() -> None:
    assert Affine.turning(90, -1).translated(3, 4).keeps_pixels
    assert Affine.turning(180).keeps_pixels
    assert not Affine.turning(0).translated(0.5, 0).keeps_pixels
    assert not Affine.turning(0, 2).keeps_pixels
    assert not Affine.turning(45).keeps_pixels
