"""Pixels with an origin in document coordinates, only as large as their content."""

from __future__ import annotations

import numpy as np

from inpaint_studio.geometry import EMPTY, Bounds


class Raster:
    """A uint8 array HxW (mask) or HxWxC (image) that lies somewhere in the document.

    Outside its bounds it is zero. `pixels` is C-contiguous and is replaced when it grows: hold
    the raster, not the array.
    """

    def __init__(self, pixels: np.ndarray, x: int = 0, y: int = 0) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        self._origin = (x, y)
        self._touched = self.bounds

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

        Looks only where something was written, so that its cost follows the painted area.
        """
        self._touched = self._tight(self._touched)
        return self._touched

    def _tight(self, bounds: Bounds) -> Bounds:
        if bounds.is_empty:
            return EMPTY
        pixels = self.view(bounds)
        rows = np.flatnonzero(pixels.max(axis=1))
        if rows.size == 0:
            return EMPTY
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        columns = np.flatnonzero(pixels[top:bottom].max(axis=0))
        tight = Bounds.from_corners(int(columns[0]), top, int(columns[-1]) + 1, bottom)
        return tight.translated(bounds.x, bounds.y)
