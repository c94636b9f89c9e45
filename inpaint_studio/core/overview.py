"""A picture at a quarter of its size, an eighth and so on, made before anybody looks at it.

Without, the first look at a whole large picture reads all its pixels, which takes long enough to
be felt: 0.4 s for 64 million.
"""

from __future__ import annotations

import numpy as np

from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.halving import halve

FIRST_LEVEL = 2
"""Level n is the picture halved n times. The two levels before are made quickly when needed."""
WORTH_PIXELS = 1 << 20
"""Smaller pictures are looked at quickly enough without."""
SMALLEST_SIDE = 64
BAND = 256
"""Rows of the picture that are halved together, so that they stay in the processor's cache."""


class Overview:
    """The levels of a picture (uint8 HxWx4). Pixels beyond its right and lower edge are zero."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._levels = [_quarter(pixels)]
        while max(self._levels[-1].shape[:2]) > SMALLEST_SIDE:
            self._levels.append(_half(self._levels[-1]))

    @classmethod
    def worth_having(cls, pixels: np.ndarray) -> Overview | None:
        """The overview of a picture that is large enough to need one."""
        height, width = pixels.shape[:2]
        return cls(pixels) if height * width >= WORTH_PIXELS else None

    @property
    def nbytes(self) -> int:
        """Memory of all levels in bytes: a twelfth of the picture's."""
        return sum(level.nbytes for level in self._levels)

    def read(self, part: Bounds, level: int) -> np.ndarray | None:
        """The pixels of a part of the picture at a level, uint8 HxWx4; zero outside the picture.

        `part` is in px of the picture and lies on whole px of the level. None for a level that
        there is not.
        """
        side = 1 << level
        is_whole = not (part.x % side or part.y % side or part.width % side or part.height % side)
        if not is_whole or not 0 <= level - FIRST_LEVEL < len(self._levels):
            return None
        pixels = self._levels[level - FIRST_LEVEL]
        wanted = Bounds(*(number >> level for number in part))
        inside = wanted.intersection(Bounds(0, 0, pixels.shape[1], pixels.shape[0]))
        if inside == wanted:
            return pixels[wanted.slices()]
        result = np.zeros((wanted.height, wanted.width, 4), np.uint8)
        if not inside.is_empty:
            result[inside.relative_to(wanted).slices()] = pixels[inside.slices()]
        return result


def _quarter(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    result = np.empty((-(-height // 4), -(-width // 4), 4), np.uint8)
    for top in range(0, height, BAND):
        band = _half(_half(pixels[top : top + BAND]))
        result[top // 4 : top // 4 + len(band)] = band
    return result


def _half(pixels: np.ndarray) -> np.ndarray:
    """Half the size; an odd edge is halved with zeros beside it."""
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)))
    result = np.empty((pixels.shape[0] // 2, pixels.shape[1] // 2, 4), np.uint8)
    halve(pixels, result)
    return result
