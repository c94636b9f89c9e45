"""Shapes as masks: polygons and ellipses with smooth edges, uint8 HxW, 255 = inside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from inpaint_studio.geometry import Bounds, Point

SCANLINES = 8
"""Lines on which a row's coverage is measured. Along a line it is exact, across it has 8 levels."""
BAND = 256
"""Rows drawn at a time, so that memory follows the width and not the area."""


def polygon_mask(points: Sequence[Point], bounds: Bounds) -> np.ndarray:
    """The polygon's part of `bounds`; both in document coordinates, filled by the even-odd rule."""
    mask = np.zeros((bounds.height, bounds.width), np.uint8)
    if len(points) < 3:
        return mask
    lines, columns = _crossings(np.asarray(points, np.float64) - (bounds.x, bounds.y))
    columns = np.clip(columns, 0, bounds.width)
    for top in range(0, bounds.height, BAND):
        rows = min(BAND, bounds.height - top)
        first, past = np.searchsorted(lines, [top * SCANLINES, (top + rows) * SCANLINES])
        band = _coverage(lines[first:past] // SCANLINES - top, columns[first:past], rows, bounds)
        mask[top : top + rows] = np.rint(band * (255 / SCANLINES))
    return mask


def _crossings(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the outline crosses the scanlines: line numbers and columns, sorted by both."""
    all_lines, all_columns = [], []
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        # Line k lies at (k + 0.5) / SCANLINES; an edge owns its upper end and not its lower one.
        first = math.ceil(min(y0, y1) * SCANLINES - 0.5)
        past = math.ceil(max(y0, y1) * SCANLINES - 0.5)
        if past > first:
            lines = np.arange(first, past)
            along = ((lines + 0.5) / SCANLINES - y0) / (y1 - y0)
            all_lines.append(lines)
            all_columns.append(x0 + along * (x1 - x0))
    if not all_lines:
        return np.zeros(0, int), np.zeros(0)
    lines, columns = np.concatenate(all_lines), np.concatenate(all_columns)
    order = np.lexsort((columns, lines))
    return lines[order], columns[order]


def _coverage(rows: np.ndarray, columns: np.ndarray, height: int, bounds: Bounds) -> np.ndarray:
    """Sum over a row's scanlines of how much of each pixel lies between crossings 1-2, 3-4, ..."""
    steps = np.zeros((height, bounds.width + 2))
    # Every line is crossed an even number of times, so odd and even places alternate in and out.
    signs = np.where(np.arange(len(rows)) % 2 == 0, 1.0, -1.0)
    whole = columns.astype(int)
    part = columns - whole
    np.add.at(steps, (rows, whole), signs * (1 - part))
    np.add.at(steps, (rows, whole + 1), signs * part)
    return np.cumsum(steps, axis=1)[:, : bounds.width]


def polygon_bounds(points: Sequence[Point]) -> Bounds:
    """The smallest whole-pixel rectangle around the points."""
    xs, ys = [point.x for point in points], [point.y for point in points]
    return Bounds.enclosing(min(xs), min(ys), max(xs), max(ys))


def ellipse_points(bounds: Bounds) -> list[Point]:
    """The ellipse inscribed in `bounds` as a polygon that is nowhere off by a tenth of a pixel."""
    radius = max(bounds.width, bounds.height) / 2
    # A chord's height over its arc is r * (1 - cos(step / 2)).
    step = 2 * math.acos(max(-1.0, 1 - 0.1 / max(radius, 0.2)))
    count = max(16, math.ceil(2 * math.pi / step))
    center = bounds.center
    return [
        Point(
            center.x + bounds.width / 2 * math.cos(2 * math.pi * i / count),
            center.y + bounds.height / 2 * math.sin(2 * math.pi * i / count),
        )
        for i in range(count)
    ]


def rectangle_points(bounds: Bounds) -> list[Point]:
    """The four corners."""
    return [
        Point(bounds.x, bounds.y),
        Point(bounds.right, bounds.y),
        Point(bounds.right, bounds.bottom),
        Point(bounds.x, bounds.bottom),
    ]
