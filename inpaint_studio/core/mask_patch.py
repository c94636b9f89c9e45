"""Undo records of mask painting: the dirty tiles, as compressed differences."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds

TILE = 256
"""Side of a tile in px."""


@dataclass(frozen=True)
class MaskPatch:
    """What changed in a mask: per tile the zlib-compressed XOR of before and after.

    One XOR serves both ways: applied to `before` it gives `after`, applied again it gives
    `before`, exactly.
    """

    tiles: tuple[tuple[Bounds, bytes], ...]

    @classmethod
    def between(cls, before: dict[Bounds, np.ndarray], after: Raster) -> MaskPatch:
        """The patch from saved tiles (uint8 HxW each) to what the raster holds there now."""
        tiles = []
        for bounds, pixels in before.items():
            difference = np.bitwise_xor(pixels, after.read(bounds))
            if difference.any():
                # Level 1: soft mask tiles shrink 21 times at 0.4 ms; higher levels gain little.
                tiles.append((bounds, zlib.compress(difference.data, 1)))
        return cls(tuple(tiles))

    @classmethod
    def replacing(cls, raster: Raster, bounds: Bounds, after: np.ndarray) -> MaskPatch:
        """The patch that would make the pixels in `bounds` equal `after` (uint8 HxW)."""
        tiles = []
        for tile in bounds.tiles(TILE):
            part = tile.intersection(bounds)
            wanted = after[part.relative_to(bounds).slices()]
            difference = np.bitwise_xor(raster.read(part), wanted)
            if difference.any():
                tiles.append((part, zlib.compress(difference.data, 1)))
        return cls(tuple(tiles))

    @property
    def nbytes(self) -> int:
        """Memory of the compressed tiles in bytes."""
        return sum(len(data) for _, data in self.tiles)

    @property
    def bounds(self) -> Bounds:
        """All touched tiles, in document coordinates."""
        return Bounds.union_of(bounds for bounds, _ in self.tiles)

    def apply(self, raster: Raster) -> None:
        """Turn before into after, or after into before, in place."""
        for bounds, data in self.tiles:
            difference = np.frombuffer(zlib.decompress(data), np.uint8)
            pixels = raster.writable(bounds)
            pixels ^= difference.reshape(bounds.height, bounds.width)


def save_tiles(raster: Raster, bounds: Bounds, saved: dict[Bounds, np.ndarray]) -> None:
    """Copy the tiles that `bounds` touches into `saved`, except those already there.

    Tiles are cut to the raster, so that undoing never makes it larger.
    """
    for tile in bounds.tiles(TILE):
        part = tile.intersection(raster.bounds)
        if part not in saved:
            saved[part] = raster.read(part)
