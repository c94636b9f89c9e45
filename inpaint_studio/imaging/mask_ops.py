"""Arithmetic on masks: uint8 HxW, 255 = repaint, values between are partial.

Functions that take a radius or width count in pixels. None changes its arguments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from inpaint_studio.geometry import EMPTY, Bounds


def bounds_of(mask: np.ndarray) -> Bounds:
    """The smallest rectangle around all non-zero pixels of a uint8 or bool mask; may be empty."""
    rows = np.flatnonzero(mask.any(axis=1))
    if len(rows) == 0:
        return EMPTY
    columns = np.flatnonzero(mask[rows[0] : rows[-1] + 1].any(axis=0))
    return Bounds.from_corners(
        int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    )


def invert(mask: np.ndarray) -> np.ndarray:
    """255 minus the mask."""
    return 255 - mask


def threshold(mask: np.ndarray, level: int = 128) -> np.ndarray:
    """255 where the mask is at least `level` (1..255), else 0."""
    return np.where(mask >= level, np.uint8(255), np.uint8(0))


def grow(mask: np.ndarray, radius: int) -> np.ndarray:
    """Grey-value dilation: every pixel becomes the maximum of an octagon of that radius.

    The octagon is a square plus a diamond, each made of running maxima along lines, so the cost
    grows with the logarithm of the radius. Its distance from the middle is `radius` along the axes
    and within 8 % of it along the diagonals (from 5 px on).
    """
    if radius < 1:
        return mask.copy()
    # Support of a regular octagon: half of the square h = (sqrt 2 - 1) r, the rest is the diamond;
    # a cross closes the gaps of the diagonal lines' lattice and makes the diamond's radius odd.
    diagonal = round(((2 - math.sqrt(2)) * radius - 1) / 2)
    straight = radius - 2 * diagonal - 1
    grown = _running_maximum(mask, straight, 0, 1)
    grown = _running_maximum(grown, straight, 1, 0)
    grown = _running_maximum(grown, diagonal, 1, 1)
    grown = _running_maximum(grown[:, ::-1], diagonal, 1, 1)[:, ::-1]
    return np.maximum(_running_maximum(grown, 1, 0, 1), _running_maximum(grown, 1, 1, 0))


def shrink(mask: np.ndarray, radius: int) -> np.ndarray:
    """Grey-value erosion by the same octagon. Beyond the picture's edge all counts as masked."""
    return invert(grow(invert(mask), radius))


def _running_maximum(mask: np.ndarray, half: int, dy: int, dx: int) -> np.ndarray:
    """Maximum over the 2 * half + 1 pixels along (dy, dx), each 0 or 1, around every pixel."""
    if half == 0:
        return mask
    height, width = mask.shape
    top, left = half * dy, half * dx
    # np.pad takes longer than all the maxima of a part that a brush touched.
    covered = np.zeros((height + 2 * top, width + 2 * left), mask.dtype)
    covered[top : top + height, left : left + width] = mask
    # covered[p] is the maximum of `length` pixels from p on; overlapping halves double it.
    length, wanted = 1, 2 * half + 1
    while length < wanted:
        step = min(length, wanted - length)
        rows, columns = covered.shape
        covered = np.maximum(
            covered[: rows - step * dy, : columns - step * dx], covered[step * dy :, step * dx :]
        )
        length += step
    return covered[:height, :width]


def feather(mask: np.ndarray, width: int) -> np.ndarray:
    """Turn hard edges into linear ramps of that width, centred on the edge."""
    if width < 2:
        return mask.copy()
    blurred = Image.fromarray(np.ascontiguousarray(mask)).filter(
        ImageFilter.BoxBlur((width - 1) / 2)
    )
    return np.asarray(blurred)


def smooth(mask: np.ndarray, radius: int) -> np.ndarray:
    """Rounds off what is smaller than about `radius` px; edges stay about one pixel soft."""
    if radius <= 0:
        return mask.copy()
    blurred = np.asarray(Image.fromarray(mask).filter(ImageFilter.GaussianBlur(radius)))
    # The blurred edge falls by 255 / (radius * sqrt(2 pi)) a pixel; this makes it fall by 255.
    slope = radius * np.sqrt(2 * np.pi)
    steep = (blurred.astype(np.float32) - 127.5) * slope + 127.5
    return np.rint(np.clip(steep, 0, 255)).astype(np.uint8)


def fill_holes(mask: np.ndarray) -> np.ndarray:
    """Set to 255 whatever is 0 and enclosed by non-zero pixels (4-connected background)."""
    background = np.pad(mask == 0, 1, constant_values=True)
    reached = np.zeros_like(background)
    reached[0] = True
    count = 0
    while (now := int(reached.sum())) != count:
        count = now
        reached = _spread_along_rows(reached, background)
        reached = _spread_along_rows(reached.T, background.T).T
    return np.where((background & ~reached)[1:-1, 1:-1], np.uint8(255), mask)


def _spread_along_rows(reached: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Every horizontal run of `free` pixels with one reached pixel becomes reached as a whole."""
    starts = free & ~np.pad(free, ((0, 0), (1, 0)))[:, :-1]
    run = np.cumsum(starts).reshape(free.shape)
    touched = np.zeros(int(run[-1, -1]) + 1, bool)
    touched[run[reached & free]] = True
    return touched[run] & free


def islands(mask: np.ndarray, gap: int) -> list[Bounds]:
    """Bounds of groups of non-zero pixels that are more than about `gap` px apart.

    Found on a grid of `gap` px cells, 8-connected: parts closer than `gap` are always one group,
    parts further apart than 2 * `gap` never are.
    """
    cells = _any_by_cell(mask, gap)
    labels = _label(cells)
    rows, columns = np.nonzero(cells)
    result = []
    for label in range(1, int(labels.max(initial=0)) + 1):
        own = labels[rows, columns] == label
        top, left = int(rows[own].min()), int(columns[own].min())
        bottom, right = int(rows[own].max()) + 1, int(columns[own].max()) + 1
        box = Bounds.from_corners(left * gap, top * gap, right * gap, bottom * gap)
        inside = np.repeat(np.repeat(labels[top:bottom, left:right] == label, gap, 0), gap, 1)
        part = mask[box.slices()]
        tight = bounds_of((part > 0) & inside[: part.shape[0], : part.shape[1]])
        result.append(tight.translated(box.x, box.y))
    return result


def _any_by_cell(mask: np.ndarray, size: int) -> np.ndarray:
    """Bool grid: whether any pixel of the size x size cell is not 0."""
    height, width = mask.shape
    rows = np.logical_or.reduceat(mask > 0, range(0, height, size), axis=0)
    return np.logical_or.reduceat(rows, range(0, width, size), axis=1)


def _label(cells: np.ndarray) -> np.ndarray:
    """Number the 8-connected groups of a bool grid from 1 in reading order; 0 is background."""
    steps = np.diff(np.pad(cells, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = (found.tolist() for found in np.nonzero(steps == 1))
    ends = np.nonzero(steps == -1)[1].tolist()
    # Runs of a row join those of the row above that they touch; the first of a group stands for it.
    leaders = list(range(len(rows)))
    above = 0
    for run, (row, start, end) in enumerate(zip(rows, starts, ends, strict=True)):
        while rows[above] < row - 1 or (rows[above] == row - 1 and ends[above] < start):
            above += 1
        touched = above
        while rows[touched] == row - 1 and starts[touched] <= end:
            one, other = _leader(leaders, run), _leader(leaders, touched)
            leaders[max(one, other)] = min(one, other)
            touched += 1
    labels = np.zeros(cells.shape, int)
    numbers: dict[int, int] = {}
    for run, (row, start, end) in enumerate(zip(rows, starts, ends, strict=True)):
        leader = _leader(leaders, run)
        labels[row, start:end] = numbers.setdefault(leader, len(numbers) + 1)
    return labels


def _leader(leaders: list[int], run: int) -> int:
    while leaders[run] != run:
        leaders[run] = leaders[leaders[run]]
        run = leaders[run]
    return run


def distance_within(mask: np.ndarray, limit: int) -> np.ndarray:
    """Euclidean distance in px from each pixel to the nearest non-zero one, float32 HxW.

    0 on the mask itself, exact up to `limit`, and `limit` wherever it would be more.
    """
    far = float(limit * limit)
    squared = np.where(mask > 0, np.float32(0), np.float32(far))
    squared = _nearest_along_columns(squared, limit)
    squared = _nearest_along_columns(squared.T, limit).T
    return np.sqrt(squared)


def _nearest_along_columns(squared: np.ndarray, limit: int) -> np.ndarray:
    """Minimum over d up to `limit` rows away of squared + d², a separable distance transform."""
    result = squared.copy()
    for step in range(1, min(limit, len(squared))):
        np.minimum(result[step:], squared[:-step] + step * step, out=result[step:])
        np.minimum(result[:-step], squared[step:] + step * step, out=result[:-step])
    return result


@dataclass(frozen=True)
class Shaping:
    """How a painted mask becomes what is repainted and what is seen. All in px.

    `feather`: width of the repainted mask's linear ramp; `grow`: dilation before it;
    `blend`: width of the ramp between old and new picture.
    """

    feather: int
    grow: int
    blend: int

    def overridden(self, feather: int | None, grow: int | None, blend: int | None) -> Shaping:
        """This shaping with every value that is given put in. A given feather of 0 switches all
        mask processing off that is not given itself."""
        base = Shaping(0, 0, 0) if feather == 0 else self
        return Shaping(
            base.feather if feather is None else feather,
            base.grow if grow is None else grow,
            base.blend if blend is None else blend,
        )


PATCH_FILL_SHAPING = Shaping(feather=0, grow=3, blend=3)
"""For patch fill, which copies sharp, real texture: a wide ramp only blurs it by double exposure.

Seam ratio on 16 removals from 8 photos (untouched 1.01): 1.10 to 1.19 pasted hard, 0.94 to 1.00
with 2 px, 0.94 to 0.98 with 3, 0.91 to 0.94 with 4, 0.87 with 8. 3 px of growth also take the
smoothed rim of the removed thing with them."""


def default_shaping(diagonal: float, strength: float) -> Shaping:
    """For models that draw anew: wide ramps, which hide that the model redraws what was there.

    `diagonal` of the mask's bounds in px, `strength` 0..1.
    """
    width = max(0.10 * diagonal * strength, 32 * strength)
    grown = 4 + width / 2
    return Shaping(round(width), round(grown), round(min(25, grown + width / 2)))


def denoise_mask(mask: np.ndarray, shaping: Shaping) -> np.ndarray:
    """What the backend repaints: grown, then a linear ramp; never less than what was painted."""
    return np.maximum(feather(grow(mask, shaping.grow), shaping.feather), mask)


def compositing_mask(
    mask: np.ndarray, denoise: np.ndarray, shaping: Shaping, *, keep_soft: bool
) -> np.ndarray:
    """What is seen of the new picture: the repainted area, its edge ramped inward by `blend`.

    Fully opaque where `mask` is 255, and 0 wherever `denoise` is 0. With `keep_soft` the values
    between act as alpha, for backends without per-pixel strength; otherwise everything repainted
    counts as opaque, because the backend itself already mixed in the old picture.
    """
    base = denoise if keep_soft else threshold(denoise, 1)
    ramped = feather(shrink(base, shaping.blend // 2), shaping.blend)
    opaque = np.maximum(ramped, mask if keep_soft else threshold(mask, 255))
    return np.where(denoise > 0, opaque, np.uint8(0))
