"""Affine maps of the plane: moving, scaling, flipping and turning."""

from __future__ import annotations

import math
from typing import NamedTuple

from inpaint_studio.geometry import Bounds, Point

NEARLY = 1e-6
"""px. Edges this close to a whole pixel lie on it: floating point can't tell."""


class Affine(NamedTuple):
    """Takes (x, y) to (xx * x + xy * y + x0, yx * x + yy * y + y0). Units: px."""

    xx: float
    xy: float
    yx: float
    yy: float
    x0: float
    y0: float

    @classmethod
    def turning(cls, degrees: float, scale_x: float = 1.0, scale_y: float = 1.0) -> Affine:
        """Scales about (0, 0), then turns clockwise (y points down). Exact for right angles."""
        cos, sin = cos_sin(degrees)
        return cls(cos * scale_x, -sin * scale_y, sin * scale_x, cos * scale_y, 0.0, 0.0)

    def translated(self, dx: float, dy: float) -> Affine:
        """This map, then a move by (dx, dy)."""
        return self._replace(x0=self.x0 + dx, y0=self.y0 + dy)

    def applied_to(self, point: Point) -> Point:
        """Where the point goes."""
        x, y = point
        return Point(
            self.xx * x + self.xy * y + self.x0,
            self.yx * x + self.yy * y + self.y0,
        )

    def after_move(self, dx: float, dy: float) -> Affine:
        """A move by (dx, dy), then this map."""
        x0, y0 = self.applied_to(Point(dx, dy))
        return self._replace(x0=x0, y0=y0)

    def after_scale(self, scale_x: float, scale_y: float) -> Affine:
        """A scaling about (0, 0), then this map."""
        return self._replace(
            xx=self.xx * scale_x,
            xy=self.xy * scale_y,
            yx=self.yx * scale_x,
            yy=self.yy * scale_y,
        )

    def inverse(self) -> Affine:
        """The map that takes everything back. Raises ZeroDivisionError where there is none."""
        det = self.xx * self.yy - self.xy * self.yx
        xx, xy, yx, yy = self.yy / det, -self.xy / det, -self.yx / det, self.xx / det
        return Affine(
            xx, xy, yx, yy, -(xx * self.x0 + xy * self.y0), -(yx * self.x0 + yy * self.y0)
        )

    def corners(self, box: Bounds) -> tuple[Point, Point, Point, Point]:
        """Where the corners of a rectangle go: top left, top right, bottom right, bottom left."""
        left, top, right, bottom = box.x, box.y, box.right, box.bottom
        places = ((left, top), (right, top), (right, bottom), (left, bottom))
        first, second, third, fourth = (self.applied_to(Point(*place)) for place in places)
        return first, second, third, fourth

    def bounds_of(self, box: Bounds) -> Bounds:
        """The whole pixels that a rectangle touches when it is mapped."""
        xs, ys = zip(*self.corners(box), strict=True)
        return Bounds.from_corners(
            math.floor(min(xs) + NEARLY),
            math.floor(min(ys) + NEARLY),
            math.ceil(max(xs) - NEARLY),
            math.ceil(max(ys) - NEARLY),
        )

    @property
    def lengths(self) -> tuple[float, float]:
        """How long a step of 1 px along x, and along y, becomes."""
        return math.hypot(self.xx, self.yx), math.hypot(self.xy, self.yy)

    @property
    def keeps_pixels(self) -> bool:
        """Whether pixels go to pixels: a flip, a turn by right angles or nothing, all in whole px.

        Of pictures whose top left is (0, 0).
        """
        linear = (abs(self.xx), abs(self.yy)), (abs(self.xy), abs(self.yx))
        if linear not in (((1.0, 1.0), (0.0, 0.0)), ((0.0, 0.0), (1.0, 1.0))):
            return False
        return all(abs(value - round(value)) < NEARLY for value in (self.x0, self.y0))


def cos_sin(degrees: float) -> tuple[float, float]:
    """Cosine and sine; whole numbers for right angles."""
    right_angles = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), 270.0: (0.0, -1.0)}
    exact = right_angles.get(degrees % 360.0)
    angle = math.radians(degrees)
    return (math.cos(angle), math.sin(angle)) if exact is None else exact
