"""Where a layer lies: moved, scaled, flipped and turned, without touching its own pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from inpaint_studio.core.aspect import MAX_SIDE
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.affine import Affine
from inpaint_studio.imaging.warp import warped

GRAIN = 256
"""Places are whole numbers of 1/256 px. Added up they stay exact, so that a move by whole px and
back always gives the same bytes."""
MOST_AREA = 1 << 28
"""px. Nothing is enlarged beyond 1 GiB."""


@dataclass(frozen=True)
class Placement:
    """An affine map about the middle of the layer's own pixels ("home").

    First scaled (negative: flipped), then turned clockwise by `rotation` degrees (-180 < r <=
    180), then moved by (dx, dy) px.
    """

    dx: float = 0.0
    dy: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    rotation: float = 0.0

    def __post_init__(self) -> None:
        turned = self.rotation % 360.0
        object.__setattr__(self, "rotation", turned - 360.0 if turned > 180.0 else turned)
        object.__setattr__(self, "dx", round(self.dx * GRAIN) / GRAIN)
        object.__setattr__(self, "dy", round(self.dy * GRAIN) / GRAIN)

    @property
    def is_identity(self) -> bool:
        """Whether everything stays where it is."""
        return self == HOME

    @property
    def is_whole_move(self) -> bool:
        """Whether pixels stay as they are and only lie elsewhere."""
        is_move = replace(self, dx=0.0, dy=0.0) == HOME
        return is_move and self.dx.is_integer() and self.dy.is_integer()

    @property
    def is_upright(self) -> bool:
        """Whether edges stay parallel to those of the frame."""
        return self.rotation % 90.0 == 0.0

    def moved(self, dx: float, dy: float) -> Placement:
        """The same, (dx, dy) px further."""
        return replace(self, dx=self.dx + dx, dy=self.dy + dy)

    def map_of(self, home: Bounds) -> Affine:
        """Where the points of a layer go whose own pixels lie in `home`. Document coordinates."""
        middle = home.center
        about = Affine.turning(self.rotation, self.scale_x, self.scale_y)
        return about.after_move(-middle.x, -middle.y).translated(
            middle.x + self.dx, middle.y + self.dy
        )

    def middle_of(self, home: Bounds) -> Point:
        """Where the middle of `home` goes."""
        return home.center.translated(self.dx, self.dy)

    def bounds_of(self, part: Bounds, home: Bounds) -> Bounds:
        """Where the pixels of `part` lie when placed, as `placed` gives them."""
        if self.is_whole_move:
            return part.translated(round(self.dx), round(self.dy))
        fraction, step_x, step_y = self._without_whole_steps(home)
        kept = part.intersection(home)
        if kept.is_empty:
            return kept
        return fraction.map_of(home).bounds_of(kept).translated(step_x, step_y)

    def placed(self, raster: Raster, home: Bounds) -> Raster:
        """The pixels of a raster where they are seen.

        The same array for a whole move. Otherwise a new one, of what lies in `home`: beyond that
        there are only transparent pixels.
        """
        if self.is_whole_move:
            x, y, _, _ = raster.bounds
            return Raster(raster.pixels, x + round(self.dx), y + round(self.dy))
        kept = raster.bounds.intersection(home)
        if kept.is_empty:
            return Raster(np.zeros((0, 0, 4), np.uint8))
        # Without its whole px, so that the same pixels come out wherever it is moved to.
        fraction, step_x, step_y = self._without_whole_steps(home)
        whole = fraction.map_of(home)
        target = whole.bounds_of(kept)
        map_ = whole.after_move(kept.x, kept.y).translated(-target.x, -target.y)
        pixels = warped(raster.view(kept), map_, target.extent)
        return Raster(pixels, target.x + step_x, target.y + step_y)

    def on_whole_pixels(self, home: Bounds) -> Placement:
        """The nearest placement whose edges lie on whole pixels; itself where it is at an angle."""
        if not self.is_upright:
            return self
        xs, ys = zip(*self.map_of(home).corners(home), strict=True)
        is_lying = self.rotation % 180.0 != 0.0
        left, right = _whole_edges(min(xs), max(xs), after=is_lying)
        top, bottom = _whole_edges(min(ys), max(ys), after=is_lying)
        wide, high = (bottom - top, right - left) if is_lying else (right - left, bottom - top)
        middle = home.center
        return replace(
            self,
            dx=(left + right) / 2 - middle.x,
            dy=(top + bottom) / 2 - middle.y,
            scale_x=math.copysign(wide / home.width, self.scale_x),
            scale_y=math.copysign(high / home.height, self.scale_y),
        )

    def within_limits(self, home: Bounds) -> Placement:
        """The same, scaled down in proportion where it would take too much memory."""
        wide, high = abs(self.scale_x) * home.width, abs(self.scale_y) * home.height
        most_area = max(MOST_AREA, home.area)
        most_side = max(MAX_SIDE, *home.extent)
        factor = min(1.0, math.sqrt(most_area / (wide * high)), most_side / max(wide, high))
        if factor == 1.0:
            return self
        return replace(self, scale_x=self.scale_x * factor, scale_y=self.scale_y * factor)

    def flipped(self, home: Bounds, *, across: bool) -> Placement:
        """Mirrored left to right as it is seen (`across`), or top to bottom, where it lies."""
        # A mirror after a turn is the same mirror before the opposite turn.
        mirrored = replace(self, rotation=-self.rotation)
        if across:
            mirrored = replace(mirrored, scale_x=-self.scale_x)
        else:
            mirrored = replace(mirrored, scale_y=-self.scale_y)
        return mirrored.on_whole_pixels(home)

    def turned(self, home: Bounds, degrees: float) -> Placement:
        """Turned clockwise about its middle as it lies."""
        return replace(self, rotation=self.rotation + degrees).on_whole_pixels(home)

    def _without_whole_steps(self, home: Bounds) -> tuple[Placement, int, int]:
        """The same with its middle between 0 and 1 px right of and below that of `home`, and the
        whole px that are left."""
        step_x, step_y = math.floor(self.dx), math.floor(self.dy)
        return self.moved(-step_x, -step_y), step_x, step_y


HOME = Placement()
"""Where a layer lies before anyone moves it."""


def _whole_edges(start: float, stop: float, *, after: bool) -> tuple[int, int]:
    """Two edges moved to whole pixels, at least one apart, their length kept if it can be.

    From the middle between two pixels they go to the one after it or to the one before: turning
    four times by a right angle then leads back to where it began.
    """
    length = max(1, round(stop - start))
    first = start + (stop - start - length) / 2
    whole = math.floor(first + 0.5) if after else math.ceil(first - 0.5)
    return whole, whole + length
