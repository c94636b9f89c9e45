"""Where the frame shows no picture: what an expansion or "Fill transparent" has to make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import Paintable, flatten
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import EMPTY, Bounds

TILE = 512
"""px. Side of the squares that are looked at one by one, so that no array is document-sized."""
GRID = 128
"""Squares along the long side in which the largest covered rectangle is looked for."""


class Uncovered:
    """The pixels of a frame that the visible layers leave less than opaque, at one moment.

    Kept by tile: nothing for a covered one, True for an empty one, else a bool array of it.
    """

    def __init__(self, frame: Bounds, layers: Sequence[Paintable]) -> None:
        self.frame = frame
        self._content = Bounds.union_of(
            raster.bounds.intersection(frame) for layer in layers for raster in layer.rasters
        )
        self._tiles: dict[Bounds, np.ndarray | bool] = {}
        for tile in frame.tiles(TILE):
            holes = _holes(tile.intersection(frame), layers)
            if holes is not False:
                self._tiles[tile] = holes

    @classmethod
    def of(cls, document: Document) -> Uncovered:
        """What the document's frame leaves uncovered now."""
        return cls(document.frame, document.layers.painted)

    @property
    def is_empty(self) -> bool:
        """Whether the whole frame is covered."""
        return not self._tiles

    @property
    def area(self) -> int:
        """Number of uncovered px."""
        return sum(
            tile.intersection(self.frame).area if holes is True else int(np.count_nonzero(holes))
            for tile, holes in self._tiles.items()
        )

    def read(self, bounds: Bounds) -> np.ndarray:
        """Mask uint8 HxW of `bounds` (document coordinates): 255 where uncovered, 0 elsewhere."""
        mask = np.zeros((bounds.height, bounds.width), np.uint8)
        for part, holes in self._parts(bounds):
            mask[part.relative_to(bounds).slices()] = np.where(holes, np.uint8(255), np.uint8(0))
        return mask

    def any_in(self, bounds: Bounds) -> bool:
        """Whether any px in `bounds` is uncovered."""
        return any(np.any(holes) for _, holes in self._parts(bounds))

    def covered_rectangle(self) -> Bounds:
        """About the largest rectangle that is covered everywhere; `EMPTY` if nothing is.

        Found on a grid, then grown to the last px; exact where one rectangle is covered. Very
        ragged content may hold a larger one than is found.
        """
        cell = max(1, -(-max(self._content.extent) // GRID))
        # Where no square fits into thin content, smaller ones may.
        for side in (cell, cell // 4, cell // 16):
            found = self._largest_on_grid(max(side, 1))
            if not found.is_empty:
                return self._grown(found, max(side, 1))
        return EMPTY

    def _parts(self, bounds: Bounds) -> Iterator[tuple[Bounds, np.ndarray | bool]]:
        for tile in bounds.intersection(self.frame).tiles(TILE):
            holes = self._tiles.get(tile, False)
            if holes is False:
                continue
            whole = tile.intersection(self.frame)
            part = whole.intersection(bounds)
            inside = part.relative_to(whole).slices()
            yield part, holes if holes is True else np.asarray(holes)[inside]

    def _largest_on_grid(self, cell: int) -> Bounds:
        content = self._content
        columns, rows = content.width // cell, content.height // cell
        if not columns or not rows:
            return EMPTY
        covered = np.empty((rows, columns), bool)
        for row in range(rows):
            # A row of squares at a time: the mask of the whole frame may not fit into memory.
            band = Bounds(content.x, content.y + row * cell, columns * cell, cell)
            holes = self.read(band).max(axis=0)
            covered[row] = holes.reshape(columns, cell).max(axis=1) == 0
        found = _largest_rectangle(covered)
        return Bounds(
            content.x + found.x * cell,
            content.y + found.y * cell,
            found.width * cell,
            found.height * cell,
        )

    def _grown(self, found: Bounds, cell: int) -> Bounds:
        """Moves each edge outward while the next line is covered, by less than two squares."""
        x, y, right, bottom = found.x, found.y, found.right, found.bottom
        reach = self._content.intersection(found.pad(2 * cell))
        right += self._covered_lines(Bounds.from_corners(right, y, reach.right, bottom), axis=0)
        before = Bounds.from_corners(reach.x, y, x, bottom)
        x -= self._covered_lines(before, axis=0, backward=True)
        bottom += self._covered_lines(Bounds.from_corners(x, bottom, right, reach.bottom), axis=1)
        before = Bounds.from_corners(x, reach.y, right, y)
        y -= self._covered_lines(before, axis=1, backward=True)
        return Bounds.from_corners(x, y, right, bottom)

    def _covered_lines(self, strip: Bounds, *, axis: int, backward: bool = False) -> int:
        """How many lines of the strip are covered, counted from one of its edges."""
        if strip.is_empty:
            return 0
        open_lines = np.asarray(self.read(strip).any(axis=axis))
        if backward:
            open_lines = open_lines[::-1]
        return int(open_lines.argmax()) if open_lines.any() else len(open_lines)


def _holes(bounds: Bounds, layers: Sequence[Paintable]) -> np.ndarray | bool:
    """False if covered, True if empty, else a bool array HxW, True where less than opaque."""
    touching = False
    for layer in reversed(layers):
        for raster in layer.rasters:
            if not raster.bounds.intersects(bounds):
                continue
            touching = True
            if layer.props.opacity == 255 and _covers(raster, bounds):
                return False
    if not touching:
        return True
    holes = flatten(layers, bounds)[..., 3] < 255
    if holes.all():
        return True
    return holes if holes.any() else False


def _covers(raster: Raster, bounds: Bounds) -> bool:
    if not raster.bounds.contains(bounds):
        return False
    return bool((raster.view(bounds)[..., 3] == 255).all())


def _largest_rectangle(cells: np.ndarray) -> Bounds:
    """The largest all-True rectangle of a bool grid, by the histogram method row by row."""
    best = EMPTY
    heights = np.zeros(cells.shape[1], int)
    for row, line in enumerate(cells):
        heights = np.where(line, heights + 1, 0)
        stack: list[tuple[int, int]] = []
        for column, height in enumerate([*heights.tolist(), 0]):
            start = column
            while stack and stack[-1][1] >= height:
                start, tall = stack.pop()
                if tall * (column - start) > best.area:
                    best = Bounds(start, row + 1 - tall, column - start, tall)
            stack.append((start, height))
    return best
