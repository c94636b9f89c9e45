"""Areas of like colour: near a colour everywhere, or connected to a point (the magic wand)."""

from __future__ import annotations

import numpy as np

BAND = 512
"""Rows compared at a time, so that no full-size array of wide numbers is needed."""


def near_colour(picture: np.ndarray, colour: np.ndarray, tolerance: int) -> np.ndarray:
    """Where every channel of uint8 HxWxC differs from `colour` by at most `tolerance`; bool HxW."""
    low = np.clip(colour.astype(int) - tolerance, 0, 255).astype(np.uint8)
    high = np.clip(colour.astype(int) + tolerance, 0, 255).astype(np.uint8)
    near = np.empty(picture.shape[:2], bool)
    for top in range(0, picture.shape[0], BAND):
        rows = picture[top : top + BAND]
        near[top : top + BAND] = ((rows >= low) & (rows <= high)).all(axis=-1)
    return near


def connected_to(area: np.ndarray, row: int, column: int) -> np.ndarray:
    """The 4-connected part of `area` (bool HxW) that holds the point; empty if the point is out.

    Works on horizontal runs instead of pixels: runs that touch in neighbouring rows are joined by
    repeated minimum and pointer jumping (Shiloach and Vishkin, 1982), all in whole-array steps.
    """
    if not area[row, column]:
        return np.zeros_like(area)
    rows, starts, ends = _runs(area)
    labels = _components(len(rows), *_touching(rows, starts, ends, area.shape[1]))
    own = np.flatnonzero((rows == row) & (starts <= column) & (column < ends))[0]
    chosen = labels == labels[own]
    return _painted(area.shape, rows[chosen], starts[chosen], ends[chosen])


def _runs(area: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first column and column past the end of every horizontal run, in reading order."""
    edges = np.diff(np.pad(area, ((0, 0), (1, 1))).view(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    return rows, starts, np.nonzero(edges == -1)[1]


def _touching(
    rows: np.ndarray, starts: np.ndarray, ends: np.ndarray, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of runs in neighbouring rows that share a column."""
    stride = width + 1
    below = (rows + 1) * stride
    first = np.searchsorted(rows * stride + ends, below + starts, side="right")
    past = np.searchsorted(rows * stride + starts, below + ends, side="left")
    counts = np.maximum(past - first, 0)
    upper = np.repeat(np.arange(len(rows)), counts)
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return upper, np.repeat(first, counts) + offsets


def _components(count: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The smallest run number of each run's component."""
    labels = np.arange(count)
    while True:
        before = labels.copy()
        lowest = np.minimum(labels[a], labels[b])
        np.minimum.at(labels, labels[a], lowest)
        np.minimum.at(labels, labels[b], lowest)
        while not np.array_equal(labels, jumped := labels[labels]):
            labels = jumped
        if np.array_equal(labels, before):
            return labels


def _painted(
    shape: tuple[int, ...], rows: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> np.ndarray:
    """The runs as bool HxW."""
    steps = np.zeros((shape[0], shape[1] + 1), np.int8)
    steps[rows, starts] = 1
    steps[rows, ends] = -1
    return np.cumsum(steps[:, :-1], axis=1, dtype=np.int8).view(bool)
