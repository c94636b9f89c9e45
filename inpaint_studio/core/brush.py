"""The mask brush: round stamps along a smoothed path, painted into a mask raster.

Painting takes the maximum of mask and stamp, erasing the minimum of mask and inverted stamp. Both
are idempotent, so overlapping stamps never build up and need no stroke buffer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from inpaint_studio.core.mask_patch import TILE, MaskPatch, save_tiles
from inpaint_studio.core.pressure import LINEAR, PressureCurve
from inpaint_studio.core.raster import Raster
from inpaint_studio.core.stroke_path import Sample, StrokePath, reach_of
from inpaint_studio.geometry import EMPTY, Bounds, Point

SPACING = 0.06
"""Distance of stamps as a fraction of the diameter. Measured against a dense stroke: at most 2 to
5 of 255 off; 0.25, as some programs use, shows scallops of 60."""
SIZE_STEP = 1.015
"""Stamps are cached in steps of 1.5 % of their diameter; under pressure nobody sees the step."""
MIN_PRESSURE_SCALE = 0.05
"""The lightest touch still paints this fraction of size or opacity."""
MIN_SIZE, MAX_SIZE = 1.0, 2000.0


@dataclass(frozen=True)
class BrushSettings:
    """`size` is the diameter in px (1..2000); hardness, opacity and smoothing are 0..1."""

    size: float = 80.0
    hardness: float = 0.8
    opacity: float = 1.0
    erase: bool = False
    pressure_to_size: bool = True
    pressure_to_opacity: bool = False
    smoothing: float = 0.2
    size_curve: PressureCurve = LINEAR
    opacity_curve: PressureCurve = LINEAR

    def size_at(self, pressure: float) -> float:
        """Diameter in px that a pressure (0..1) paints with."""
        scale = 1.0
        if self.pressure_to_size:
            scale = _pressure_scale(self.size_curve.at(pressure))
        return min(max(self.size * scale, MIN_SIZE), MAX_SIZE)

    def opacity_at(self, pressure: float) -> float:
        """Opacity (0..1) that a pressure (0..1) paints with."""
        scale = 1.0
        if self.pressure_to_opacity:
            scale = _pressure_scale(self.opacity_curve.at(pressure))
        return self.opacity * scale


class Stroke:
    """One stroke on a mask, painted as it is drawn, clipped to `clip` (document coordinates).

    Call `extend` for every pointer report and `finish` at the end; each returns the dirty bounds.
    `view_scale` is screen px per document px, by which the smoothing is measured.
    """

    def __init__(
        self, raster: Raster, settings: BrushSettings, clip: Bounds, view_scale: float = 1.0
    ) -> None:
        self._raster = raster
        self._settings = settings
        self._clip = clip
        self._before: dict[Bounds, np.ndarray] = {}
        self._saved = EMPTY
        self._path = StrokePath(reach_of(settings.smoothing, view_scale))
        self._until_next = 0.0
        self._stamped_pressure = 0.0
        # One growth at the start instead of many while drawing; costs nothing until painted.
        raster.ensure(clip)

    def extend(self, sample: Sample) -> Bounds:
        """Draw on to the next pointer report."""
        piece = self._path.extend(sample)
        if len(piece) > 1:
            return self._stamp_along(piece)
        # In one place only a harder press shows. A pen's first report is often a faint one.
        return self._stamp(piece[0]) if piece[0].pressure > self._stamped_pressure else EMPTY

    def finish(self) -> Bounds:
        """Draw the last bit up to where the pointer left."""
        piece = self._path.finish()
        return self._stamp_along(piece).union(self._stamp(piece[-1])) if piece else EMPTY

    def take_patch(self) -> MaskPatch:
        """The undo record of everything painted so far."""
        return MaskPatch.between(self._before, self._raster)

    def revert(self) -> Bounds:
        """Undo everything painted so far; returns the dirty bounds."""
        for bounds, pixels in self._before.items():
            self._raster.writable(bounds)[...] = pixels
        return Bounds.union_of(self._before)

    def _stamp_along(self, path: list[Sample]) -> Bounds:
        dirty = EMPTY
        for start, end in pairwise(path):
            length = start.point.distance_to(end.point)
            while self._until_next <= length:
                t = self._until_next / length if length else 1.0
                dab = start.toward(end, t)
                dirty = dirty.union(self._stamp(dab))
                self._until_next += max(0.5, SPACING * self._settings.size_at(dab.pressure))
            self._until_next -= length
        return dirty

    def _stamp(self, sample: Sample) -> Bounds:
        settings = self._settings
        self._stamped_pressure = sample.pressure
        size, opacity = settings.size_at(sample.pressure), settings.opacity_at(sample.pressure)
        stamp, placed = place_stamp(sample.point, size, settings.hardness, opacity)
        inside = placed.intersection(self._clip)
        if inside.is_empty:
            return EMPTY
        # Most stamps touch the same tiles as the one before.
        touched = inside.snapped_out(TILE)
        if touched != self._saved:
            save_tiles(self._raster, inside, self._before)
            self._saved = touched
        mask = self._raster.writable(inside)
        part = stamp[inside.relative_to(placed).slices()]
        if settings.erase:
            np.minimum(mask, ~part, out=mask)
        else:
            np.maximum(mask, part, out=mask)
        return inside


def place_stamp(
    center: Point, size: float, hardness: float, opacity: float
) -> tuple[np.ndarray, Bounds]:
    """The stamp (uint8 HxW) of a brush at `center` and where it lies in the document."""
    step = round(math.log(size, SIZE_STEP))
    # Small stamps sit on quarter pixels, so that thin lines don't wobble; for large ones whole
    # pixels are exact enough and one stamp serves all positions.
    grid = 4 if size < 32 else 1
    x, y = round(center.x * grid), round(center.y * grid)
    stamp = _stamp_pixels(
        step, round(hardness * 100), round(opacity * 255), (x % grid) / grid, (y % grid) / grid
    )
    half = stamp.shape[0] // 2
    return stamp, Bounds(x // grid - half, y // grid - half, stamp.shape[1], stamp.shape[0])


@lru_cache(maxsize=96)
def _stamp_pixels(
    step: int, hardness_percent: int, opacity_255: int, dx: float, dy: float
) -> np.ndarray:
    """Round stamp, odd side; its centre lies (dx, dy) px right and below the middle corner."""
    radius = SIZE_STEP**step / 2
    half = math.ceil(radius + 0.5) + 1
    offsets = np.arange(-half, half, dtype=np.float32) + 0.5
    distance = np.hypot(offsets[None, :] - dx, offsets[:, None] - dy)
    # Full inside hardness * radius, then a smooth ramp; at least 1 px wide, which is antialiasing.
    ramp = max(1.0, radius * (1 - hardness_percent / 100))
    t = np.clip((radius + 0.5 - distance) / ramp, 0, 1)
    # A hard edge stays linear, a soft one gets smoothstep's round shoulders.
    coverage = t if ramp <= 1.0 else t * t * (3 - 2 * t)
    stamp = np.rint(coverage * opacity_255).astype(np.uint8)
    stamp.setflags(write=False)
    return stamp


def _pressure_scale(effect: float) -> float:
    return MIN_PRESSURE_SCALE + (1 - MIN_PRESSURE_SCALE) * effect
