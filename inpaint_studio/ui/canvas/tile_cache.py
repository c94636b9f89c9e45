"""Tiles of what a source shows, at full size and at halved sizes, made when they are looked at.

A tile of level n covers 256 * 2^n document px a side. A change marks tiles; the marked part of a
tile is made again when it is next asked for, so an edit costs what it touches and is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from PySide6.QtGui import QImage

from inpaint_studio.core.document import Document
from inpaint_studio.geometry import EMPTY, Bounds
from inpaint_studio.imaging.halving import halve, halve_mask
from inpaint_studio.ui.canvas.qt_image import image_over
from inpaint_studio.ui.canvas.viewport import MAX_LEVEL

TILE = 256
"""Side of a tile in px of its level."""
SPARED_PARTS = 16
"""So many newest parts stay: a tile of the coarsest level is made of 4 on each level below it."""
AT_ONCE = 1 << 20
"""Px of the document: a part of a mask that is not larger is halved as often as needed at once."""

Key = tuple[int, int, int]
"""Level, column, row."""


ReadDocument = Callable[[], Document | None]
"""The document that is open now."""


class TileSource(Protocol):
    """What the tiles show."""

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        """The pixels of `bounds` (document), or None where all is blank.

        Level 0 is full size, level 1 half of it, for even bounds. May be a view of living pixels:
        the caller copies it and does not write to it.
        """
        ...


ReadReduced = Callable[[Bounds, int], np.ndarray | None]
"""What `TileSource.read` would give for a level of 2 and more, None where that is not at hand."""


class MaskValues(TileSource, Protocol):
    """What tiles of mask values show."""

    def is_blank(self, bounds: Bounds) -> bool:
        """Whether all of `bounds` is surely blank; may be False where it is. Takes no time."""
        ...


@dataclass
class Tile:
    """One tile, and which part of it is out of date."""

    dirty: Bounds
    """Document coordinates."""
    pixels: np.ndarray | None = None
    """uint8, 256x256x4 premultiplied BGRA or 256x256 mask values; None while blank."""
    image: QImage | None = field(default=None, repr=False)


class Tiles:
    """When `budget_bytes` is exceeded, tiles go that were only made to make others of them, then
    those that were shown; in both the least recently used first.

    A pixel of a tile looks at those up to `reach` px of its level away. `tiles_made` and
    `pixels_made` count work since the start, for tests and measurements.
    """

    reach = 0
    shape: tuple[int, ...] = (TILE, TILE, 4)

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._tiles: dict[Key, Tile] = {}
        # All keys once, in one of the two, oldest first.
        self._parts: dict[Key, None] = {}
        self._shown: dict[Key, None] = {}
        # Tiles on each level: where there are none a change marks none.
        self._counts = [0] * (MAX_LEVEL + 1)
        self._nbytes = 0
        self.tiles_made = 0
        self.pixels_made = 0

    @property
    def nbytes(self) -> int:
        """Memory of the tiles in bytes. Blank tiles take none."""
        return self._nbytes

    def clear(self) -> None:
        """Forget all tiles."""
        for known in (self._tiles, self._parts, self._shown):
            known.clear()
        self._counts = [0] * (MAX_LEVEL + 1)
        self._nbytes = 0

    def set_budget(self, budget_bytes: int) -> None:
        """Keep no more than that from the next tile on."""
        self._budget_bytes = budget_bytes

    def invalidate(self, bounds: Bounds) -> None:
        """What the tiles show inside `bounds` (document) is different now."""
        if bounds.is_empty:
            return
        for level, count in enumerate(self._counts):
            if not count:
                continue
            reached, side = bounds.pad(self.reach << level), TILE << level
            # Most of these tiles don't exist: a rectangle is made only for those that do.
            for ty in range(reached.y // side, (reached.bottom - 1) // side + 1):
                for tx in range(reached.x // side, (reached.right - 1) // side + 1):
                    tile = self._tiles.get((level, tx, ty))
                    if tile is not None:
                        cell = Bounds(tx * side, ty * side, side, side)
                        tile.dirty = tile.dirty.union(reached.intersection(cell))

    def image(self, level: int, cell: Bounds) -> QImage | None:
        """The tile of `level` that covers `cell`, up to date; None where all is blank.

        `cell` is one of `Bounds.tiles(TILE << level)`. Opaque tiles have Format_RGB32.
        """
        image = self._fresh(level, cell).image
        key = _key(level, cell)
        self._parts.pop(key, None)
        self._shown.pop(key, None)
        self._shown[key] = None
        # Only now: while a tile is made it must not lose its parts.
        self._forget_oldest()
        return image

    def pixels(self, level: int, cell: Bounds) -> np.ndarray | None:
        """The same as an array of `shape`, to be looked at."""
        return self._fresh(level, cell).pixels

    def has(self, level: int, cell: Bounds) -> bool:
        """Whether there is such a tile already; a part of it may be out of date."""
        return _key(level, cell) in self._tiles

    def is_quick(self, level: int, cell: Bounds) -> bool:
        """Whether a missing tile is made of a few pixels, or of what is at hand."""
        return level < 2

    def is_blank(self, level: int, cell: Bounds) -> bool:
        """Whether all of a tile is blank. Makes the tile if need be."""
        return self._fresh(level, cell).pixels is None

    def is_current(self, level: int, cell: Bounds) -> bool:
        """Whether there is such a tile and no part of it is out of date."""
        tile = self._tiles.get(_key(level, cell))
        return tile is not None and tile.dirty.is_empty

    def prepare(self, level: int, cell: Bounds) -> None:
        """Do one small part of the work that `image` would do for a tile that is missing."""
        self.pixels(level, cell)
        self._forget_oldest()

    def _fresh(self, level: int, cell: Bounds) -> Tile:
        key = _key(level, cell)
        tile = self._tiles.get(key)
        if tile is None:
            tile = self._tiles[key] = Tile(cell)
            self._counts[level] += 1
        if not tile.dirty.is_empty:
            # Whole pairs for level 0 too: level 1 reads the same pixels.
            dirty = tile.dirty.snapped_out(1 << max(level, 1))
            tile.dirty = EMPTY
            self.tiles_made += 1
            self.pixels_made += dirty.area >> (2 * level)
            self.make(tile, level, cell, dirty)
            self._settle(tile)
        if key not in self._shown:
            self._parts.pop(key, None)
            self._parts[key] = None
        return tile

    def make(self, tile: Tile, level: int, cell: Bounds, dirty: Bounds) -> None:
        """Write the pixels of the part `dirty` (document) of a tile."""
        raise NotImplementedError

    def image_of(self, tile: Tile, pixels: np.ndarray) -> QImage:
        """The image of a tile's pixels, after some of them changed."""
        whole = pixels.view(np.uint32)
        opaque = bool(np.bitwise_and.reduce(whole, axis=None) >= 0xFF000000)
        return image_over(pixels, opaque=opaque)

    def writable(self, tile: Tile) -> np.ndarray:
        """The tile's pixels, to be changed; it may have been blank."""
        if tile.pixels is None:
            tile.pixels = np.zeros(self.shape, np.uint8)
            self._nbytes += tile.pixels.nbytes
        return tile.pixels

    def _settle(self, tile: Tile) -> None:
        """Say what the tile's image is, after its pixels changed."""
        if tile.pixels is None:
            return
        if tile.pixels.any():
            tile.image = self.image_of(tile, tile.pixels)
        else:
            self._nbytes -= tile.pixels.nbytes
            tile.pixels = tile.image = None

    def _forget_oldest(self) -> None:
        while self._nbytes > self._budget_bytes and len(self._tiles) > 1:
            goes_first = len(self._parts) > SPARED_PARTS or not self._shown
            order = self._parts if goes_first else self._shown
            key = next(iter(order))
            del order[key]
            oldest = self._tiles.pop(key)
            self._counts[key[0]] -= 1
            if oldest.pixels is not None:
                self._nbytes -= oldest.pixels.nbytes


class TileCache(Tiles):
    """Tiles of a source: two levels are read from it, the others are halved from the one below.

    `read_reduced`: gives the others where they are at hand already.
    """

    def __init__(
        self, source: TileSource, budget_bytes: int, read_reduced: ReadReduced | None = None
    ) -> None:
        super().__init__(budget_bytes)
        self._source = source
        self._read_reduced = read_reduced

    def make(self, tile: Tile, level: int, cell: Bounds, dirty: Bounds) -> None:
        """See `Tiles.make`."""
        if level <= 1:
            pixels = self._source.read(dirty, level)
            if pixels is not None or tile.pixels is not None:
                target = self.writable(tile)[slices_in(dirty, cell, level)]
                target[...] = 0 if pixels is None else pixels
            return
        reduced = None if self._read_reduced is None else self._read_reduced(dirty, level)
        if reduced is not None:
            self.writable(tile)[slices_in(dirty, cell, level)] = reduced
            return
        for child_cell in dirty.tiles(TILE << (level - 1)):
            child = self.pixels(level - 1, child_cell)
            if child is None and tile.pixels is None:
                continue
            part = dirty.intersection(child_cell)
            target = self.writable(tile)[slices_in(part, cell, level)]
            if child is None:
                target[...] = 0
            else:
                self.halve(child[slices_in(part, child_cell, level - 1)], target)

    def halve(self, pixels: np.ndarray, out: np.ndarray) -> None:
        """Half the size of a part of a tile, written into a part of another."""
        halve(pixels, out)

    def is_quick(self, level: int, cell: Bounds) -> bool:
        """See `Tiles.is_quick`."""
        if level < 2 or self._is_at_hand(level, cell):
            return True
        return all(self.has(level - 1, child) for child in cell.tiles(TILE << (level - 1)))

    def _is_at_hand(self, level: int, cell: Bounds) -> bool:
        return self._read_reduced is not None and self._read_reduced(cell, level) is not None

    def prepare(self, level: int, cell: Bounds) -> None:
        """See `Tiles.prepare`. Makes one tile of the finest level that is missing below."""
        if level >= 2 and not self._is_at_hand(level, cell):
            for child in cell.tiles(TILE << (level - 1)):
                if not self.has(level - 1, child):
                    return self.prepare(level - 1, child)
        return super().prepare(level, cell)


class MaskTiles(TileCache):
    """Tiles of mask values: a quarter of the memory and of the work that colours would take.

    Their images show the values in the colours of a table: straight ARGB for each of the 256.
    """

    shape = (TILE, TILE)

    def __init__(self, source: MaskValues, budget_bytes: int) -> None:
        super().__init__(source, budget_bytes)
        self._values = source
        self._table = [0] * 256

    def set_table(self, table: list[int]) -> None:
        """Show values in these colours from now on."""
        self._table = table
        self.clear()

    def make(self, tile: Tile, level: int, cell: Bounds, dirty: Bounds) -> None:
        """See `Tiles.make`. Where nothing is painted, and for a dab, no other tiles are made."""
        if self._values.is_blank(dirty):
            if tile.pixels is not None:
                tile.pixels[slices_in(dirty, cell, level)] = 0
        elif level >= 2 and dirty.area <= AT_ONCE:
            values = self._values.read(dirty, 1)
            if values is not None or tile.pixels is not None:
                target = self.writable(tile)[slices_in(dirty, cell, level)]
                target[...] = 0 if values is None else _halved(values, level - 1)
        else:
            super().make(tile, level, cell, dirty)

    def is_quick(self, level: int, cell: Bounds) -> bool:
        """See `Tiles.is_quick`."""
        return self._values.is_blank(cell) or super().is_quick(level, cell)

    def prepare(self, level: int, cell: Bounds) -> None:
        """See `Tiles.prepare`."""
        if self._values.is_blank(cell):
            Tiles.prepare(self, level, cell)
        else:
            super().prepare(level, cell)

    def halve(self, pixels: np.ndarray, out: np.ndarray) -> None:
        """See `TileCache.halve`."""
        out[...] = halve_mask(pixels)

    def image_of(self, tile: Tile, pixels: np.ndarray) -> QImage:
        """See `Tiles.image_of`."""
        if tile.image is None:
            tile.image = QImage(pixels.data, TILE, TILE, TILE, QImage.Format.Format_Indexed8)
            tile.image.setColorTable(self._table)
        return tile.image


def _halved(values: np.ndarray, times: int) -> np.ndarray:
    for _ in range(times):
        values = halve_mask(values)
    return values


def _key(level: int, cell: Bounds) -> Key:
    side = TILE << level
    return level, cell.x // side, cell.y // side


def slices_in(part: Bounds, cell: Bounds, level: int) -> tuple[slice, slice]:
    """Rows and columns of `part` in the tile that covers `cell`."""
    x, y = (part.x - cell.x) >> level, (part.y - cell.y) >> level
    return (
        slice(y, y + (part.height >> level)),
        slice(x, x + (part.width >> level)),
    )
