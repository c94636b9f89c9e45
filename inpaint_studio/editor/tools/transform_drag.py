"""What a layer's placement becomes when its box is dragged. Pure arithmetic in document px."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from inpaint_studio.core.placement import Placement
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.affine import cos_sin

TURN_STEP = 15.0
"""Degrees that rotating snaps to."""
FINE_TURN = 10
"""A turn is kept to one part in so many of a degree, a number that can be read and typed."""
LEAST_SIDE = 1.0
"""px. A layer is not dragged narrower or lower than this."""


class Grip(NamedTuple):
    """Where a box is taken hold of: a handle, its inside, or `turns`: beside a corner."""

    handle: Handle
    turns: bool = False


@dataclass(frozen=True)
class Box:
    """A layer's own rectangle and where it lies."""

    home: Bounds
    placement: Placement

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Top left, top right, bottom right, bottom left as they were before it was placed."""
        return self.placement.map_of(self.home).corners(self.home)

    @property
    def middle(self) -> Point:
        """What it is turned about."""
        return self.placement.middle_of(self.home)

    @property
    def bounds(self) -> Bounds:
        """The upright rectangle around it."""
        return self.placement.bounds_of(self.home, self.home)

    def place_of(self, handle: Handle) -> Point:
        """Where a handle sits."""
        return self.placement.map_of(self.home).applied_to(handle.on(self.home))

    def contains(self, position: Point) -> bool:
        """Whether a point lies inside."""
        x, y = self.placement.map_of(self.home).inverse().applied_to(position)
        home = self.home
        return home.x <= x <= home.right and home.y <= y <= home.bottom

    def grip_at(self, position: Point, reach: float, turn_reach: float) -> Grip | None:
        """What a press at `position` takes hold of; None far outside. Reaches in document px."""
        for handle in self.handles(reach):
            if self.place_of(handle).distance_to(position) <= reach:
                return Grip(handle)
        if self.contains(position):
            return Grip(Handle.inside)
        corners = [handle for handle in Handle if handle.is_corner]
        nearest = min(corners, key=lambda handle: self.place_of(handle).distance_to(position))
        if self.place_of(nearest).distance_to(position) <= turn_reach:
            return Grip(nearest, turns=True)
        return None

    def handles(self, reach: float) -> list[Handle]:
        """The handles to be used, corners first; none in the middle of a side too short for it."""
        first, second, third, _ = self.corners
        wide, high = first.distance_to(second), second.distance_to(third)
        result = [handle for handle in Handle if handle.is_corner]
        if wide >= 5 * reach:
            result += [Handle.top, Handle.bottom]
        if high >= 5 * reach:
            result += [Handle.left, Handle.right]
        return result


def scaled(
    box: Box, handle: Handle, dx: float, dy: float, *, keeps_ratio: bool, about_middle: bool
) -> Placement:
    """The placement after a handle was dragged by (dx, dy). The opposite side or corner stays, or
    the middle; dragged beyond that the layer flips. Upright edges stay on whole px."""
    start, home = box.placement, box.home
    across, down = handle.value
    times = 0.5 if about_middle else 1.0
    fixed_at = home.center if about_middle else _opposite(handle).on(home)
    fixed = start.map_of(home).applied_to(fixed_at)
    grabbed = box.place_of(handle)
    cos, sin = cos_sin(start.rotation)
    x, y = grabbed.x + dx - fixed.x, grabbed.y + dy - fixed.y
    along_x, along_y = cos * x + sin * y, cos * y - sin * x
    before_x = start.scale_x * across * home.width * times
    before_y = start.scale_y * down * home.height * times
    if keeps_ratio:
        whole = before_x * before_x + before_y * before_y
        factor_x = factor_y = (along_x * before_x + along_y * before_y) / whole
    else:
        factor_x = along_x / before_x if across else 1.0
        factor_y = along_y / before_y if down else 1.0
    shaped = replace(
        start,
        scale_x=_limited(start.scale_x * factor_x, home.width),
        scale_y=_limited(start.scale_y * factor_y, home.height),
    ).within_limits(home)
    now = shaped.map_of(home).applied_to(fixed_at)
    return shaped.moved(fixed.x - now.x, fixed.y - now.y).on_whole_pixels(home)


def turned(box: Box, pressed: Point, now: Point, *, in_steps: bool) -> Placement:
    """The placement after a pointer went around the middle from `pressed` to `now`."""
    angle = box.placement.rotation + _angle(box.middle, now) - _angle(box.middle, pressed)
    step = TURN_STEP if in_steps else 1 / FINE_TURN
    # Divided, not multiplied: 0.1 has no exact value.
    angle = round(angle / TURN_STEP) * TURN_STEP if in_steps else round(angle / step) / FINE_TURN
    return replace(box.placement, rotation=angle).on_whole_pixels(box.home)


class Step(NamedTuple):
    """How far something is moved, in whole px, and along which lines it then lies.

    `across`: x of upright lines, `down`: y of level ones.
    """

    dx: int
    dy: int
    across: tuple[float, ...] = ()
    down: tuple[float, ...] = ()


def step_of(dx: float, dy: float, *, along_axis: bool) -> Step:
    """A move in whole px; `along_axis` leaves away the smaller part."""
    if along_axis and abs(dx) >= abs(dy):
        dy = 0.0
    elif along_axis:
        dx = 0.0
    return Step(round(dx), round(dy))


def snapped(step: Step, start: Bounds, frame: Bounds, tolerance: float) -> Step:
    """The move changed by at most `tolerance` px on each axis, so that an edge or the middle of
    what was at `start` meets an edge or the middle of the frame."""
    there = start.translated(step.dx, step.dy)
    x = _nearest(
        (there.x, there.center.x, there.right), (frame.x, frame.center.x, frame.right), tolerance
    )
    y = _nearest(
        (there.y, there.center.y, there.bottom), (frame.y, frame.center.y, frame.bottom), tolerance
    )
    return Step(
        step.dx + (0 if x is None else x[0]),
        step.dy + (0 if y is None else y[0]),
        () if x is None else (x[1],),
        () if y is None else (y[1],),
    )


def _nearest(
    ours: tuple[float, ...], theirs: tuple[float, ...], tolerance: float
) -> tuple[int, float] | None:
    """The smallest step in whole px that brings one of ours onto one of theirs, and which."""
    found = [(round(their - our), their) for our in ours for their in theirs]
    step, line = min(found, key=lambda pair: abs(pair[0]))
    return (step, line) if abs(step) <= tolerance else None


def _opposite(handle: Handle) -> Handle:
    across, down = handle.value
    return Handle((-across, -down))


def _limited(scale: float, side: int) -> float:
    least = LEAST_SIDE / side
    return math.copysign(max(abs(scale), least), scale)


def _angle(middle: Point, position: Point) -> float:
    return math.degrees(math.atan2(position.y - middle.y, position.x - middle.x))
