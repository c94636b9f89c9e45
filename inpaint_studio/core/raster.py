"""Pixels with an origin in document coordinates, only as large as their content."""

from __future__ import annotations

import numpy as np

from inpaint_studio.core.coverage import Coverage
from inpaint_studio.core.overview import Overview
from inpaint_studio.geometry import Bounds


class Raster:
    """A uint8 array HxW (mask) or HxWxC (image) that lies somewhere in the document.

    Outside its bounds it is zero. `pixels` is C-contiguous and is replaced when it grows: hold
    the raster, not the array. `overview`: its levels, if somebody made them; the pixels are then
    not to be written to.
    """

    def __init__(self, pixels: np.ndarray, x: int = 0, y: int = 0) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        self.overview: Overview | None = None
        self._origin = (x, y)
        # Around all that may not be zero, until somebody asks and `_coverage` is there to tell.
        self._touched = self.bounds
        self._coverage: Coverage | None = None

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
        part = bounds.relative_to(self.bounds)
        if self._coverage is None:
            self._touched = self._touched.union(bounds)
        else:
            self._coverage.mark(part)
        return self.pixels[part.slices()]

    def ensure(self, bounds: Bounds) -> None:
        """Grow so that `bounds` is inside. New pixels are zero and cost no memory until written."""
        if self.bounds.contains(bounds):
            return
        if self._coverage is not None:
            self._touched, self._coverage = self.content_bounds(), None
        old = self.bounds
        new = old.union(bounds)
        # np.zeros is calloc: the system commits pages only when they are touched.
        pixels = np.zeros((new.height, new.width, *self.pixels.shape[2:]), np.uint8)
        if not old.is_empty:
            pixels[old.relative_to(new).slices()] = self.pixels
        self.pixels, self._origin = pixels, (new.x, new.y)

    def shift(self, dx: int, dy: int) -> None:
        """Lie elsewhere, with the same pixels."""
        x, y = self._origin
        self._origin = (x + dx, y + dy)
        if not self._touched.is_empty:
            self._touched = self._touched.translated(dx, dy)

    def content_bounds(self) -> Bounds:
        """The smallest rectangle around all non-zero pixels of a mask; `EMPTY` if there are none.

        Looks only at tiles that were written to since somebody last asked.
        """
        content = self._covered().bounds
        return content if content.is_empty else content.translated(*self._origin)

    def is_blank(self, area: Bounds) -> bool:
        """Whether a mask surely holds nothing inside `area`; False where only a look would tell."""
        if self._coverage is None:
            return not self._touched.intersects(area)
        return not self._coverage.may_hold(area.intersection(self.bounds).relative_to(self.bounds))

    def count_painted(self, area: Bounds) -> int:
        """How many pixels of a mask inside `area` are not zero."""
        content = self.content_bounds()
        if area.contains(content):
            return self._covered().count
        inside = area.intersection(content)
        return 0 if inside.is_empty else int(np.count_nonzero(self.view(inside)))

    def _covered(self) -> Coverage:
        if self._coverage is None:
            self._coverage = Coverage(self.pixels.shape)
            if not self._touched.is_empty:
                self._coverage.mark(self._touched.relative_to(self.bounds))
        self._coverage.refresh(self.pixels)
        return self._coverage
