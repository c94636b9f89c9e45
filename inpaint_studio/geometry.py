"""Points, extents and rectangles with named operations: no signature has loose x0, y0, w, h.

All rectangles are in pixels; which space (document, crop, view) is said by the variable's name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Point(NamedTuple):
    """A position in pixels. Fractions are kept: a pen reports them."""

    x: float
    y: float

    def translated(self, dx: float, dy: float) -> Point:
        """This point moved by (dx, dy)."""
        return Point(self.x + dx, self.y + dy)

    def distance_to(self, other: Point) -> float:
        """Euclidean distance in pixels."""
        return math.hypot(self.x - other.x, self.y - other.y)


class Extent(NamedTuple):
    """A width and a height in whole pixels."""

    width: int
    height: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def long_side(self) -> int:
        """The larger of width and height."""
        return max(self.width, self.height)

    def scaled(self, factor: float) -> Extent:
        """Both sides times `factor`, rounded, at least 1 px."""
        return Extent(max(1, round(self.width * factor)), max(1, round(self.height * factor)))

    def rounded_up_to(self, multiple: int) -> Extent:
        """The next larger extent whose sides are multiples of `multiple`."""
        return Extent(-(-self.width // multiple) * multiple, -(-self.height // multiple) * multiple)


class Bounds(NamedTuple):
    """A half-open rectangle of whole pixels: x <= column < x + width. May start below zero."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def from_corners(cls, left: int, top: int, right: int, bottom: int) -> Bounds:
        """Rectangle between two corners; empty (zero size) where they are crossed."""
        return cls(left, top, max(0, right - left), max(0, bottom - top))

    @classmethod
    def from_extent(cls, extent: tuple[int, int]) -> Bounds:
        """Rectangle of that (width, height) at the origin."""
        return cls(0, 0, extent[0], extent[1])

    @classmethod
    def enclosing(cls, left: float, top: float, right: float, bottom: float) -> Bounds:
        """The smallest whole-pixel rectangle around fractional edges."""
        return cls.from_corners(
            math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom)
        )

    @classmethod
    def union_of(cls, many: Iterable[Bounds]) -> Bounds:
        """The smallest rectangle around all of them; empty for none."""
        result = EMPTY
        for bounds in many:
            result = result.union(bounds)
        return result

    @property
    def right(self) -> int:
        """First column past the rectangle."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row past the rectangle."""
        return self.y + self.height

    @property
    def extent(self) -> Extent:
        """Width and height."""
        return Extent(self.width, self.height)

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    @property
    def is_empty(self) -> bool:
        """Whether no pixel is inside."""
        return self.width <= 0 or self.height <= 0

    @property
    def center(self) -> Point:
        """Middle of the rectangle."""
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    @property
    def diagonal(self) -> float:
        """Length of the diagonal in pixels."""
        return math.hypot(self.width, self.height)

    def contains(self, other: Bounds) -> bool:
        """Whether every pixel of `other` is inside; an empty one always is."""
        if other.is_empty:
            return True
        x, y, width, height = self
        other_x, other_y, other_width, other_height = other
        return (
            x <= other_x
            and y <= other_y
            and other_x + other_width <= x + width
            and other_y + other_height <= y + height
        )

    def contains_point(self, point: Point) -> bool:
        """Whether the point lies inside."""
        return self.x <= point.x < self.right and self.y <= point.y < self.bottom

    def pad(self, margin: int) -> Bounds:
        """Grown by `margin` px on every side (shrunk if negative, never below empty)."""
        x, y, width, height = self
        return Bounds(
            x - margin, y - margin, max(0, width + 2 * margin), max(0, height + 2 * margin)
        )

    def union(self, other: Bounds) -> Bounds:
        """The smallest rectangle around both; an empty one adds nothing."""
        x, y, width, height = self
        other_x, other_y, other_width, other_height = other
        if other_width <= 0 or other_height <= 0:
            return EMPTY if self.is_empty else self
        if width <= 0 or height <= 0:
            return other
        left, top = min(x, other_x), min(y, other_y)
        right = max(x + width, other_x + other_width)
        bottom = max(y + height, other_y + other_height)
        return Bounds(left, top, right - left, bottom - top)

    def intersection(self, other: Bounds) -> Bounds:
        """The pixels in both; `EMPTY` where there are none."""
        x, y, width, height = self
        other_x, other_y, other_width, other_height = other
        left, top = max(x, other_x), max(y, other_y)
        right = min(x + width, other_x + other_width)
        bottom = min(y + height, other_y + other_height)
        if right <= left or bottom <= top:
            return EMPTY
        return Bounds(left, top, right - left, bottom - top)

    def intersects(self, other: Bounds) -> bool:
        """Whether any pixel is in both."""
        return not self.intersection(other).is_empty

    def translated(self, dx: int, dy: int) -> Bounds:
        """Moved by (dx, dy)."""
        return Bounds(self.x + dx, self.y + dy, self.width, self.height)

    def relative_to(self, origin: Bounds) -> Bounds:
        """The same pixels counted from the top left of `origin`."""
        return Bounds(self.x - origin.x, self.y - origin.y, self.width, self.height)

    def at_least(self, extent: tuple[int, int]) -> Bounds:
        """Grown evenly around its centre until it has at least that (width, height)."""
        extra_x, extra_y = max(0, extent[0] - self.width), max(0, extent[1] - self.height)
        return Bounds(
            self.x - extra_x // 2,
            self.y - extra_y // 2,
            self.width + extra_x,
            self.height + extra_y,
        )

    def slid_into(self, frame: Bounds) -> Bounds:
        """Moved, not shrunk, to lie in `frame`; only what is larger than `frame` is cut to it."""
        width, height = min(self.width, frame.width), min(self.height, frame.height)
        x = min(max(self.x, frame.x), frame.right - width)
        y = min(max(self.y, frame.y), frame.bottom - height)
        return Bounds(x, y, width, height)

    def scaled(self, factor: float) -> Bounds:
        """The smallest whole-pixel rectangle around this one times `factor`."""
        return Bounds.enclosing(
            self.x * factor, self.y * factor, self.right * factor, self.bottom * factor
        )

    def snapped_out(self, multiple: int) -> Bounds:
        """Grown so that all four edges lie on multiples of `multiple`."""
        x, y, width, height = self
        left, top = x // multiple * multiple, y // multiple * multiple
        right = -(-(x + width) // multiple) * multiple
        bottom = -(-(y + height) // multiple) * multiple
        return Bounds(left, top, max(0, right - left), max(0, bottom - top))

    def slices(self) -> tuple[slice, slice]:
        """(rows, columns) into an array whose top left is (0, 0) of this rectangle's space."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def tiles(self, size: int) -> Iterator[Bounds]:
        """The cells of the `size` grid through (0, 0) that this rectangle touches, row by row."""
        if self.is_empty:
            return
        for ty in range(self.y // size, (self.bottom - 1) // size + 1):
            for tx in range(self.x // size, (self.right - 1) // size + 1):
                yield Bounds(tx * size, ty * size, size, size)


EMPTY = Bounds(0, 0, 0, 0)
"""The rectangle without pixels."""
