"""What a frame becomes when one of its handles is dragged. Pure arithmetic in document px."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from inpaint_studio.core.aspect import MAX_SIDE, Anchor, Snap, snapped
from inpaint_studio.geometry import Bounds, Extent, Point

LEAST_SIDE = 16
"""px. A frame is not dragged smaller than this."""


class Handle(Enum):
    """Where a frame is taken hold of: the outward direction (x, y)."""

    top_left = (-1, -1)
    top_right = (1, -1)
    bottom_left = (-1, 1)
    bottom_right = (1, 1)
    left = (-1, 0)
    right = (1, 0)
    top = (0, -1)
    bottom = (0, 1)
    inside = (0, 0)

    @property
    def is_corner(self) -> bool:
        """Whether it moves two edges."""
        return 0 not in self.value

    def on(self, frame: Bounds) -> Point:
        """Where it sits."""
        across, down = self.value
        middle = frame.center
        return Point(middle.x + across * frame.width / 2, middle.y + down * frame.height / 2)


@dataclass(frozen=True)
class DragRules:
    """What holds while dragging.

    `ratio`: width over height to keep, or None. `both_sides`: the opposite edge goes the other way.
    `tolerance`: px within which edges snap, 0 = they don't. `picture`: whose edges attract.
    `edge_hint`, `start_hint`: how an edge of the picture, and where the drag began, are called.
    """

    ratio: float | None = None
    both_sides: bool = False
    tolerance: float = 0.0
    picture: Bounds | None = None
    edge_hint: str = ""
    start_hint: str = ""


class Dragged(NamedTuple):
    """A frame, and in few words what its edges stopped at: "" where nothing held them."""

    frame: Bounds
    hint: str = ""


def drag(start: Bounds, handle: Handle, dx: float, dy: float, rules: DragRules) -> Dragged:
    """The frame after `handle` was dragged by (dx, dy) from where it was on `start`."""
    if handle is Handle.inside:
        return Dragged(start.translated(round(dx), round(dy)))
    across, down = handle.value
    times = 2 if rules.both_sides else 1
    extent = Extent(
        start.width + times * round(across * dx), start.height + times * round(down * dy)
    )
    extent = _within_limits(extent, start)
    if rules.ratio is not None:
        extent, hints = _in_ratio(extent, start, handle, rules, rules.ratio)
    else:
        extent, hints = _snapped(extent, start, handle, rules)
    frame = _fixed_point(handle, rules).placed(_within_limits(extent, start), start)
    return Dragged(frame, " · ".join(dict.fromkeys(hint for hint in hints if hint)))


def _fixed_point(handle: Handle, rules: DragRules) -> Anchor:
    """What stays where it is: the opposite edge or corner, or the middle."""
    if rules.both_sides:
        return Anchor.centre
    across, down = handle.value
    return Anchor((1 - across, 1 - down))


def _snapped(
    extent: Extent, start: Bounds, handle: Handle, rules: DragRules
) -> tuple[Extent, tuple[str, ...]]:
    across, down = handle.value
    width, height = Snap(extent.width), Snap(extent.height)
    if across:
        also = _own_widths(start, across, rules)
        width = snapped(width.length, height.length, also, rules.tolerance)
    if down:
        also = _own_heights(start, down, rules)
        height = snapped(height.length, width.length, also, rules.tolerance)
    return Extent(width.length, height.length), (width.hint, height.hint)


def _in_ratio(
    extent: Extent, start: Bounds, handle: Handle, rules: DragRules, ratio: float
) -> tuple[Extent, tuple[str, ...]]:
    """The side that was dragged further decides; only it snaps."""
    across, down = handle.value
    wider, higher = extent.width / start.width, extent.height / start.height
    if across and (not down or max(wider, 1 / wider) >= max(higher, 1 / higher)):
        also = _own_widths(start, across, rules)
        width = snapped(extent.width, 0, also, rules.tolerance)
        return Extent(width.length, round(width.length / ratio)), (width.hint,)
    also = _own_heights(start, down, rules)
    height = snapped(extent.height, 0, also, rules.tolerance)
    return Extent(round(height.length * ratio), height.length), (height.hint,)


def _own_widths(start: Bounds, across: int, rules: DragRules) -> tuple[Snap, ...]:
    """Widths at which the dragged edge is where it was, or on the picture's edge."""
    picture = rules.picture or start
    right, left = picture.right - start.right, start.x - picture.x
    outward = (right if across > 0 else left) * (1 + rules.both_sides)
    return _own(start.width, outward, rules)


def _own_heights(start: Bounds, down: int, rules: DragRules) -> tuple[Snap, ...]:
    picture = rules.picture or start
    bottom, top = picture.bottom - start.bottom, start.y - picture.y
    outward = (bottom if down > 0 else top) * (1 + rules.both_sides)
    return _own(start.height, outward, rules)


def _own(length: int, outward: int, rules: DragRules) -> tuple[Snap, ...]:
    edge = Snap(length + outward, rules.edge_hint)
    return (edge,) if outward == 0 else (edge, Snap(length, rules.start_hint))


def _within_limits(extent: Extent, start: Bounds) -> Extent:
    width, height = (
        min(max(side, min(LEAST_SIDE, before)), MAX_SIDE)
        for side, before in zip(extent, start.extent, strict=True)
    )
    return Extent(width, height)
