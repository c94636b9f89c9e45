"""Where a mask is painted and how much, kept up tile by tile as it changes."""

from __future__ import annotations

import numpy as np

from inpaint_studio.geometry import EMPTY, Bounds

TILE = 256
"""Side of a tile in px."""


class Coverage:
    """Counts of the non-zero pixels of a uint8 HxW array, and how far they reach.

    All coordinates are those of the array. Marked tiles are looked at again when something is
    asked for, so that a stroke costs what it touched and not what was painted before.
    `tiles_read` counts them, for tests.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        grid = -(-shape[0] // TILE), -(-shape[1] // TILE)
        self._counts = np.zeros(grid, np.int64)
        # Left, top, right and bottom of what is painted in each tile.
        self._edges = np.zeros((*grid, 4), np.int64)
        self._is_marked = np.zeros(grid, bool)
        self.tiles_read = 0

    def mark(self, part: Bounds) -> None:
        """That part of the array was, or will be, written to."""
        if not part.is_empty:
            rows = slice(part.y // TILE, (part.bottom - 1) // TILE + 1)
            columns = slice(part.x // TILE, (part.right - 1) // TILE + 1)
            self._is_marked[rows, columns] = True

    def may_hold(self, part: Bounds) -> bool:
        """Whether anything may be painted in the tiles of that part. Looks at no pixels."""
        if part.is_empty:
            return False
        rows = slice(part.y // TILE, (part.bottom - 1) // TILE + 1)
        columns = slice(part.x // TILE, (part.right - 1) // TILE + 1)
        is_marked, counts = self._is_marked[rows, columns], self._counts[rows, columns]
        return bool(is_marked.any() or counts.any())

    def refresh(self, pixels: np.ndarray) -> None:
        """Look at the marked tiles of the array again."""
        marked = np.argwhere(self._is_marked)
        for row, column in marked:
            self._read(pixels, int(row), int(column))
        self._is_marked[...] = False
        self.tiles_read += len(marked)

    @property
    def count(self) -> int:
        """How many pixels are not zero."""
        return int(self._counts.sum())

    @property
    def bounds(self) -> Bounds:
        """The smallest rectangle around all of them; `EMPTY` if there are none."""
        painted = self._edges[self._counts > 0]
        if not len(painted):
            return EMPTY
        left, top = painted[:, :2].min(axis=0).tolist()
        right, bottom = painted[:, 2:].max(axis=0).tolist()
        return Bounds.from_corners(left, top, right, bottom)

    def _read(self, pixels: np.ndarray, row: int, column: int) -> None:
        top, left = row * TILE, column * TILE
        tile = pixels[top : top + TILE, left : left + TILE]
        # Most tiles of a large mask are blank or full, which is told five times as fast.
        if not tile.max():
            self._counts[row, column] = 0
        elif tile.min():
            self._counts[row, column] = tile.size
            self._edges[row, column] = left, top, left + tile.shape[1], top + tile.shape[0]
        else:
            rows, columns = np.flatnonzero(tile.max(axis=1)), np.flatnonzero(tile.max(axis=0))
            edges = columns[0], rows[0], columns[-1] + 1, rows[-1] + 1
            self._counts[row, column] = np.count_nonzero(tile)
            self._edges[row, column] = np.add(edges, (left, top, left, top))
