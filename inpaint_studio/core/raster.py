"""Pixels with an origin in document coordinates, only as large as their content."""

from __future__ import annotations

import numpy as np

from inpaint_studio.geometry import EMPTY, Bounds

STRIP = 64
"""Rows looked at together when the used part of a mask is sought."""


class Raster:
    """A uint8 array HxW (mask) or HxWxC (image) that lies somewhere in the document.

    Outside its bounds it is zero. `pixels` is C-contiguous and is replaced when it grows: hold
    the raster, not the array.
    """

    def __init__(self, pixels: np.ndarray, x: int = 0, y: int = 0) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        self._origin = (x, y)
        self._touched = self.bounds
        self._is_tight = False

    @classmethod
    def empty_mask(cls) -> Raster:
        """A mask without any pixels yet."""
        return cls(np.zeros((0, 0), np.uint8))

    @property
    def bounds(self) -> Bounds:
        """Where the pixels lie, in document coordinates."""
        height, width = self.pixels.shape[:2]
        return Bounds(*self._origin, width, height)

    @property
    def nbytes(self) -> int:
        """Memory of the pixels in bytes."""
        return self.pixels.nbytes

    def read(self, bounds: Bounds) -> np.ndarray:
        """A copy of the pixels in `bounds` (document coordinates), zero outside the raster."""
        inside = bounds.intersection(self.bounds)
        if inside == bounds and not bounds.is_empty:
            return self.view(bounds).copy()
        result = np.zeros((bounds.height, bounds.width, *self.pixels.shape[2:]), np.uint8)
        if not inside.is_empty:
            result[inside.relative_to(bounds).slices()] = self.view(inside)
        return result

    def view(self, bounds: Bounds) -> np.ndarray:
        """The pixels in `bounds`, to look at, without a copy. `bounds` must lie inside."""
        if not self.bounds.contains(bounds):
            raise ValueError(f"{bounds} is not inside the raster's {self.bounds}")
        return self.pixels[bounds.relative_to(self.bounds).slices()]

    def writable(self, bounds: Bounds) -> np.ndarray:
        """The pixels in `bounds`, to be changed, without a copy; the raster grows to hold them."""
        self.ensure(bounds)
        self._touched = self._touched.union(bounds)
        self._is_tight = False
        return self.view(bounds)

    def ensure(self, bounds: Bounds) -> None:
        """Grow so that `bounds` is inside. New pixels are zero and cost no memory until written."""
        if self.bounds.contains(bounds):
            return
        old = self.bounds
        new = old.union(bounds)
        # np.zeros is calloc: the system commits pages only when they are touched.
        pixels = np.zeros((new.height, new.width, *self.pixels.shape[2:]), np.uint8)
        if not old.is_empty:
            pixels[old.relative_to(new).slices()] = self.pixels
        self.pixels, self._origin = pixels, (new.x, new.y)

    def content_bounds(self) -> Bounds:
        """The smallest rectangle around all non-zero pixels of a mask; `EMPTY` if there are none.

        Looks only where something was written, so that its cost follows the painted area, and
        only once: several parts of the window ask after each stroke.
        """
        if not self._is_tight:
            self._touched = self._tight(self._touched)
            self._is_tight = True
        return self._touched

    def _tight(self, bounds: Bounds) -> Bounds:
        pixels = self.view(bounds)
        top = _first_used(pixels)
        if top is None:
            return EMPTY
        bottom = bounds.height - (_first_used(pixels[::-1]) or 0)
        left, right = _used_columns(pixels[top:bottom])
        tight = Bounds.from_corners(left, top, right, bottom)
        return tight.translated(bounds.x, bounds.y)


def _first_used(rows: np.ndarray) -> int | None:
    """Index of the first row (uint8 HxW) that is not all zero; None if there is none.

    Goes strip by strip: of a mask that is used to its edges only the edges are looked at.
    """
    for start in range(0, len(rows), STRIP):
        used = np.flatnonzero(rows[start : start + STRIP].max(axis=1, initial=0))
        if used.size:
            return start + int(used[0])
    return None


def _used_columns(rows: np.ndarray) -> tuple[int, int]:
    """First column that is not all zero, and the one after the last. The first row has some.

    A few rows tell nearly where; all of them are looked at only beside that.
    """
    seen = np.flatnonzero(rows[::STRIP].max(axis=0))
    left, right = int(seen[0]), int(seen[-1]) + 1
    before = np.flatnonzero(rows[:, :left].max(axis=0))
    after = np.flatnonzero(rows[:, right:].max(axis=0))
    return (
        int(before[0]) if before.size else left,
        right + int(after[-1]) + 1 if after.size else right,
    )
