from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.editor.tools.transform_drag import (
    Box,
    Grip,
    Step,
    scaled,
    snapped,
    step_of,
    turned,
)
from inpaint_studio.geometry import Bounds, Point

SIZE = Bounds(100, 60, 80, 40)
SCALING = [handle for handle in Handle if handle is not Handle.inside]
CORNERS = [handle for handle in SCALING if handle.is_corner]
STEPS = st.integers(-60, 60)
ANGLES = st.sampled_from([0.0, 30.0, 90.0, 133.0, 180.0, -77.0])


def opposite(handle: Handle) -> Handle:
    across, down = handle.value
    return Handle((-across, -down))


@given(st.sampled_from(SCALING), STEPS, STEPS, ANGLES, st.booleans())
def test_what_is_across_from_the_handle_stays(
    handle: Handle, dx: int, dy: int, rotation: float, keeps_ratio: bool
) -> None:
    box = Box(SIZE, Placement(5, 7, 1, 1, rotation).on_whole_pixels(SIZE))
    after = scaled(box, handle, dx, dy, keeps_ratio=keeps_ratio, about_middle=False)
    fixed = box.place_of(opposite(handle))
    # Upright edges lie on whole px, others on 1/256 px.
    assert Box(SIZE, after).place_of(opposite(handle)).distance_to(fixed) <= 1.5


@given(st.sampled_from(CORNERS), STEPS, STEPS, st.sampled_from([30.0, -77.0, 133.0]))
def test_a_free_corner_goes_where_the_pointer_is(
    handle: Handle, dx: int, dy: int, rotation: float
) -> None:
    box = Box(SIZE, Placement(rotation=rotation))
    after = scaled(box, handle, dx, dy, keeps_ratio=False, about_middle=False)
    assume(min(abs(after.scale_x) * 80, abs(after.scale_y) * 40) > 1)
    there = box.place_of(handle).translated(dx, dy)
    assert Box(SIZE, after).place_of(handle).distance_to(there) < 0.05


@given(st.sampled_from(SCALING), STEPS, STEPS, st.sampled_from([30.0, -77.0]))
def test_in_proportion_both_factors_are_the_same(
    handle: Handle, dx: int, dy: int, rotation: float
) -> None:
    box = Box(SIZE, Placement(0, 0, 1.5, -0.5, rotation))
    after = scaled(box, handle, dx, dy, keeps_ratio=True, about_middle=False)
    assume(min(abs(after.scale_x) * 80, abs(after.scale_y) * 40) > 1.01)
    assert after.scale_x / 1.5 == pytest.approx(after.scale_y / -0.5)


@given(st.sampled_from(SCALING), STEPS, STEPS, ANGLES)
def test_about_the_middle_the_middle_stays(
    handle: Handle, dx: int, dy: int, rotation: float
) -> None:
    box = Box(SIZE, Placement(5, 7, 1, 1, rotation).on_whole_pixels(SIZE))
    after = scaled(box, handle, dx, dy, keeps_ratio=False, about_middle=True)
    assert Box(SIZE, after).middle.distance_to(box.middle) <= 0.75


def test_never_thinner_than_a_pixel() -> None:
    box = Box(SIZE, HOME)
    after = scaled(box, Handle.right, -80, 0, keeps_ratio=False, about_middle=False)
    assert Box(SIZE, after).bounds.width == 1


def test_turning_follows_the_pointer_in_tenths_or_in_steps() -> None:
    box = Box(SIZE, HOME)
    middle = box.middle
    start = middle.translated(50, 0)
    angle = math.radians(33.33)
    to = middle.translated(50 * math.cos(angle), 50 * math.sin(angle))
    assert turned(box, start, to, in_steps=False).rotation == 33.3
    assert turned(box, start, to, in_steps=True).rotation == 30
    assert turned(box, start, middle.translated(0, 50), in_steps=False).rotation == 90


def test_grips_are_found_where_they_are() -> None:
    box = Box(SIZE, Placement(rotation=30))
    for handle in SCALING:
        place = box.place_of(handle)
        assert box.grip_at(place.translated(2, 2), 6, 20) == Grip(handle)
    assert box.grip_at(box.middle, 6, 20) == Grip(Handle.inside)
    corner, middle = box.place_of(Handle.top_left), box.middle
    away = 15 / corner.distance_to(middle)
    outside = corner.translated((corner.x - middle.x) * away, (corner.y - middle.y) * away)
    assert box.grip_at(outside, 6, 20) == Grip(Handle.top_left, turns=True)
    assert box.grip_at(Point(1000, 1000), 6, 20) is None


def test_a_small_box_keeps_room_to_be_moved_by() -> None:
    box = Box(Bounds(0, 0, 20, 200), HOME)
    assert Handle.top not in box.handles(6)
    assert Handle.left in box.handles(6)


def test_moves_are_whole_px_along_one_axis_if_asked() -> None:
    assert step_of(3.4, -7.6, along_axis=False) == Step(3, -8)
    assert step_of(3.4, -7.6, along_axis=True) == Step(0, -8)
    assert step_of(9.0, -7.6, along_axis=True) == Step(9, 0)


def test_moves_snap_to_edges_and_middle_of_the_frame() -> None:
    frame, start = Bounds(0, 0, 400, 300), Bounds(100, 60, 80, 40)
    assert snapped(Step(-97, 10), start, frame, 5) == Step(-100, 10, (0,), ())
    assert snapped(Step(218, 0), start, frame, 5) == Step(220, 0, (400,), ())
    # Its middle at (200, 150), that of the frame.
    assert snapped(Step(58, 72), start, frame, 5) == Step(60, 70, (200,), (150,))
    assert snapped(Step(50, 40), start, frame, 5) == Step(50, 40)
