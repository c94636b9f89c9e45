"""Carries a smooth gradient (a sky, still water) on into what was copied beside it.

Copied pieces keep the brightness of where they came from, so that a gradient turns back at the
join: a crease that shows in a smooth area and nowhere else. Pictures uint8 HxWx3.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

GRID = 128
"""Squares along the long side on which gradients are looked at."""
LEAST_CELL = 4
SMOOTH, ROUGH = 3.0, 8.0
"""8-bit values by which a square varies: up to the first it counts as smooth, from the second on
not at all."""
SLOPE_CELLS = 8
"""Squares next to the join over which a slope is measured."""
ALONG = 12
"""Squares up and down the join with which a gradient is compared and averaged."""
MOST = 48.0
"""8-bit values. A larger difference is another thing, not the same gradient."""
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def with_gradients_continued(
    picture: np.ndarray, new: np.ndarray, blocked: np.ndarray
) -> np.ndarray:
    """The picture with smooth parts of `new` brought in line with the gradients beside them.

    `new`, `blocked` bool HxW: what was made, and what else is not to be looked at. Detail stays,
    and so does all outside `new`.
    """
    cell = max(LEAST_CELL, -(-max(picture.shape[:2]) // GRID))
    cells = _Cells(picture, new, blocked, cell)
    wanted, weight = _continued(cells)
    weight = weight * cells.smoothness
    if not (weight > 0).any():
        return picture
    difference = wanted - cells.mean
    weight = weight * np.exp(-((np.abs(difference).max(axis=2) / MOST) ** 2))
    change = _enlarged(difference * weight[..., None], cell, new.shape)
    changed = np.rint(picture + change).clip(0, 255).astype(np.uint8)
    return np.where(new[..., None], changed, picture)


class _Cells:
    """Means and smoothness of squares. `known`: all of the square was there before."""

    def __init__(
        self, picture: np.ndarray, new: np.ndarray, blocked: np.ndarray, cell: int
    ) -> None:
        luma = picture @ _LUMA
        self.mean = _cell_means(picture.astype(np.float32), cell)
        variance = _cell_means((luma**2)[..., None], cell) - _cell_means(luma[..., None], cell) ** 2
        activity = np.sqrt(np.maximum(variance[..., 0], 0))
        self.known = (
            _cell_means((~(new | blocked))[..., None].astype(np.float32), cell)[..., 0] == 1
        )
        self.smoothness = _shrunk(np.clip((ROUGH - activity) / (ROUGH - SMOOTH), 0, 1))


def _continued(cells: _Cells) -> tuple[np.ndarray, np.ndarray]:
    """What each square that is not known would be if the gradients beside it went on (HxWx3), and
    how sure that is (HxW, 0..1): from up to four sides, the nearer the more."""
    total = np.zeros_like(cells.mean)
    weights = np.zeros(cells.known.shape, np.float32)
    sure = np.zeros_like(weights)
    for turns in range(4):
        mean, known, smooth = (
            np.rot90(array, turns) for array in (cells.mean, cells.known, cells.smoothness)
        )
        value, distance, trust = _from_the_left(mean, known, smooth)
        weight = np.where(np.isfinite(distance), trust / np.maximum(distance, 1) ** 2, 0)
        total += np.rot90(value * weight[..., None], -turns)
        weights += np.rot90(weight, -turns)
        sure = np.maximum(sure, np.rot90(np.where(np.isfinite(distance), trust, 0), -turns))
    return total / np.maximum(weights, 1e-9)[..., None], sure


def _from_the_left(
    mean: np.ndarray, known: np.ndarray, smooth: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value, distance in squares (infinite where there is none) and trust of what goes on from the
    nearest known square at the left of each unknown one."""
    height, width = known.shape
    columns = np.arange(width)
    source = np.maximum.accumulate(np.where(known, columns, -1), axis=1)
    there = (source >= 0) & ~known
    edge = source.clip(0)
    reach = np.minimum(SLOPE_CELLS, width // 4)
    inner = (edge - reach).clip(0)
    rows = np.arange(height)[:, None]
    usable = there & known[rows, inner] & (edge > inner)
    slope = (mean[rows, edge] - mean[rows, inner]) / np.maximum(edge - inner, 1)[..., None]
    trust = np.minimum(smooth[rows, edge], smooth[rows, inner]) * usable
    distance = np.where(there, columns - edge, np.inf)
    level, _ = _evened(mean[rows, edge], trust)
    slope, spread = _evened(slope, trust)
    # One gradient runs the same way all along the join; clouds don't.
    trust = trust * (slope**2).sum(axis=2) / ((slope**2).sum(axis=2) + spread + 1e-3)
    # A rope or a bird at the join must not cut a stripe into the sky.
    trust = np.where(there, _column_sums(trust) / np.maximum(_column_sums(there), 1), 0)
    # A slope does not go on for ever: it fades over as far as it was seen, four times.
    far = 4.0 * max(reach, 1)
    steps = far * (1 - np.exp(-np.where(there, distance, 0) / far))
    # What is finer than the gradient stays at the join.
    finer = (mean[rows, edge] - level) * np.exp(-np.where(there, distance, 0) / 4)[..., None]
    return level + finer + slope * steps[..., None], distance, trust


def _evened(values: np.ndarray, trust: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values HxWx3 averaged with those above and below, as far as they are trusted, and how much
    they vary there (HxW, squared, all channels together)."""
    weight = trust[..., None] + 1e-6
    total = _column_sums(weight)
    mean = _column_sums(values * weight) / total
    variance = _column_sums(values**2 * weight) / total - mean**2
    return mean, np.maximum(variance, 0).sum(axis=2)


def _column_sums(values: np.ndarray) -> np.ndarray:
    """Sums over `ALONG` squares up and down; of HxW or HxWxC."""
    pads = ((ALONG + 1, ALONG), *[(0, 0)] * (values.ndim - 1))
    # Double, because differences of sums cancel.
    running = np.cumsum(np.pad(values, pads), axis=0, dtype=np.float64)
    return running[2 * ALONG + 1 :] - running[: -2 * ALONG - 1]


def _shrunk(values: np.ndarray) -> np.ndarray:
    """The least of each square and its neighbours, then their mean: no smooth area ends sharply."""
    padded = np.pad(values, 1, mode="edge")
    height, width = values.shape
    around = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    least = np.pad(np.minimum.reduce(around), 1, mode="edge")
    return np.mean(
        [least[y : y + height, x : x + width] for y in range(3) for x in range(3)], axis=0
    )


def _cell_means(values: np.ndarray, cell: int) -> np.ndarray:
    """Means of HxWxC over squares of `cell` px; those at the far edges may be smaller."""
    height, width = values.shape[:2]
    rows, columns = np.arange(0, height, cell), np.arange(0, width, cell)
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)
    counts = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))
    return (sums / counts[..., None]).astype(np.float32)


def _enlarged(values: np.ndarray, cell: int, shape: tuple[int, ...]) -> np.ndarray:
    """Values of squares (hxwx3) as a smooth field over all px (HxWx3)."""
    height, width = values.shape[:2]
    size = (width * cell, height * cell)
    planes = [
        np.asarray(Image.fromarray(values[..., i]).resize(size, Image.Resampling.BICUBIC))
        for i in range(3)
    ]
    return np.stack(planes, axis=2)[: shape[0], : shape[1]]
