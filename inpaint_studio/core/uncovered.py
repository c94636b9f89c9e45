"""Where the frame shows no picture: what an expansion or "Fill transparent" has to make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import Paintable, PaintedGroup, flatten
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import EMPTY, Bounds
from inpaint_studio.imaging.mask_ops import bounds_of, fill_holes, islands

TILE = 512
"""px. Side of the squares that are looked at one by one, so that no array is document-sized."""
GRID = 128
"""Squares along the long side in which the largest covered rectangle and holes are looked for."""
LEAST_GAP = 32
"""px. Holes that are closer to each other are one."""

_Holes = np.ndarray | bool
"""What is uncovered of a tile: False for nothing, True for all, else a bool array HxW."""


class Uncovered:
    """The pixels of a frame that the visible layers leave less than opaque, at one moment.

    `before`: an earlier look at the same document, which is trusted outside `dirty`. Kept by tile,
    nothing for a covered one. `seen_pixels`: px that had to be looked at.
    """

    def __init__(
        self,
        frame: Bounds,
        layers: Sequence[Paintable],
        before: Uncovered | None = None,
        dirty: Bounds = EMPTY,
    ) -> None:
        self.frame = frame
        self._content = Bounds.union_of(
            raster.bounds.intersection(frame) for layer in layers for raster in layer.rasters
        )
        self._tiles: dict[Bounds, _Holes] = {}
        self.seen_pixels = 0
        for tile in frame.tiles(TILE):
            part = tile.intersection(frame)
            holes = None if before is None else before._known(tile, part, dirty)
            if holes is None:
                holes = _holes(part, layers)
                self.seen_pixels += part.area
            if holes is not False:
                self._tiles[tile] = holes

    @classmethod
    def of(cls, document: Document) -> Uncovered:
        """What the document's frame leaves uncovered now."""
        return cls(document.frame, document.layers.painted)

    def unseen_in(self, frame: Bounds, dirty: Bounds) -> int:
        """px that another look at `frame` would have to look at after a change in `dirty`."""
        parts = ((tile, tile.intersection(frame)) for tile in frame.tiles(TILE))
        return sum(part.area for tile, part in parts if self._known(tile, part, dirty) is None)

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

    def tight(self, bounds: Bounds) -> Bounds:
        """The smallest rectangle around all uncovered px in `bounds`; `EMPTY` if there are none."""
        found = EMPTY
        for part, holes in self._parts(bounds):
            own = part.relative_to(part) if holes is True else bounds_of(np.asarray(holes))
            found = found.union(own.translated(part.x, part.y))
        return found

    def holes(self) -> list[Bounds]:
        """Rectangles around uncovered px that are surrounded by covered ones, none meeting another.

        What reaches the frame's edge is no hole. Found on a grid: holes close to each other, or
        one within the other, are told as one; a hole too close to the outside as none.
        """
        cell = max(LEAST_GAP, -(-max(self.frame.extent) // GRID))
        grid = self._open_cells(self.frame, cell)
        covered = np.where(grid, np.uint8(0), np.uint8(255))
        inner = (fill_holes(covered) > 0) & grid
        groups = _joined(islands(inner.astype(np.uint8), 1))
        outer = grid & ~inner
        apart = [cells for cells in groups if not outer[cells.slices()].any()]
        return [self.tight(_on_grid(self.frame, cells, cell)) for cells in apart]

    def covered_rectangle(self, holes: Sequence[Bounds] = ()) -> Bounds:
        """About the largest rectangle that is covered everywhere; `EMPTY` if nothing is.

        `holes`: rectangles that count as covered. Found on a grid, then grown to the last px; exact
        where one rectangle is covered. Very ragged content may hold a larger one than is found.
        """
        cell = max(1, -(-max(self._content.extent) // GRID))
        # Where no square fits into thin content, smaller ones may.
        for side in (cell, cell // 4, cell // 16):
            found = self._largest_on_grid(max(side, 1), holes)
            if not found.is_empty:
                return self._grown(found, max(side, 1), holes)
        return EMPTY

    def _known(self, tile: Bounds, part: Bounds, dirty: Bounds) -> _Holes | None:
        """What was found about that part of a tile; None if not all of it was looked at."""
        whole = tile.intersection(self.frame)
        if part.intersects(dirty) or not whole.contains(part):
            return None
        holes = self._tiles.get(tile, False)
        if isinstance(holes, bool) or whole == part:
            return holes
        return _simplified(holes[part.relative_to(whole).slices()])

    def _parts(self, bounds: Bounds) -> Iterator[tuple[Bounds, _Holes]]:
        for tile in bounds.intersection(self.frame).tiles(TILE):
            holes = self._tiles.get(tile, False)
            if holes is False:
                continue
            whole = tile.intersection(self.frame)
            part = whole.intersection(bounds)
            inside = part.relative_to(whole).slices()
            yield part, holes if holes is True else np.asarray(holes)[inside]

    def _open_cells(self, area: Bounds, cell: int) -> np.ndarray:
        """Bool grid of squares of `cell` px over `area`: whether any px of one is uncovered."""
        rows, columns = -(-area.height // cell), -(-area.width // cell)
        grid = np.zeros((rows, columns), bool)
        for part, holes in self._parts(area):
            inside = part.relative_to(area)
            first_row, first_column = inside.y // cell, inside.x // cell
            touched = grid[
                first_row : -(-inside.bottom // cell), first_column : -(-inside.right // cell)
            ]
            if holes is True:
                touched[...] = True
                continue
            row_starts = np.maximum(np.arange(touched.shape[0]) * cell - inside.y % cell, 0)
            column_starts = np.maximum(np.arange(touched.shape[1]) * cell - inside.x % cell, 0)
            by_row = np.logical_or.reduceat(np.asarray(holes), row_starts, axis=0)
            touched |= np.logical_or.reduceat(by_row, column_starts, axis=1)
        return grid

    def _largest_on_grid(self, cell: int, holes: Sequence[Bounds]) -> Bounds:
        # Only whole squares count: what is left over at the end is narrower than one.
        columns, rows = self._content.width // cell, self._content.height // cell
        if not columns or not rows:
            return EMPTY
        content = Bounds(self._content.x, self._content.y, columns * cell, rows * cell)
        covered = ~self._open_cells(content, cell)
        for hole in holes:
            inside = hole.intersection(content).relative_to(content)
            if not inside.is_empty:
                covered[
                    inside.y // cell : -(-inside.bottom // cell),
                    inside.x // cell : -(-inside.right // cell),
                ] = True
        return _on_grid(content, _largest_rectangle(covered), cell)

    def _grown(self, found: Bounds, cell: int, holes: Sequence[Bounds]) -> Bounds:
        """Moves each edge outward while the next line is covered, by less than two squares."""
        x, y, right, bottom = found.x, found.y, found.right, found.bottom
        reach = self._content.intersection(found.pad(2 * cell))

        def lines(left: int, top: int, right: int, bottom: int, axis: int, back: bool) -> int:
            strip = Bounds.from_corners(left, top, right, bottom)
            return self._covered_lines(strip, holes, axis=axis, backward=back)

        right += lines(right, y, reach.right, bottom, 0, False)
        x -= lines(reach.x, y, x, bottom, 0, True)
        bottom += lines(x, bottom, right, reach.bottom, 1, False)
        y -= lines(x, reach.y, right, y, 1, True)
        return Bounds.from_corners(x, y, right, bottom)

    def _covered_lines(
        self, strip: Bounds, holes: Sequence[Bounds], *, axis: int, backward: bool
    ) -> int:
        """How many lines of the strip are covered, counted from one of its edges."""
        if strip.is_empty:
            return 0
        mask = self.read(strip)
        for hole in holes:
            inside = hole.intersection(strip)
            if not inside.is_empty:
                mask[inside.relative_to(strip).slices()] = 0
        open_lines = np.asarray(mask.any(axis=axis))
        if backward:
            open_lines = open_lines[::-1]
        return int(open_lines.argmax()) if open_lines.any() else len(open_lines)


def _holes(bounds: Bounds, layers: Sequence[Paintable]) -> _Holes:
    """What of `bounds` is less than opaque."""
    touching = False
    for layer in reversed(layers):
        for raster in layer.rasters:
            if not raster.bounds.intersects(bounds):
                continue
            touching = True
            # What a group does to its members is only known when it is painted.
            alone = not isinstance(layer, PaintedGroup) and layer.props.opacity == 255
            if alone and _covers(raster, bounds):
                return False
    if not touching:
        return True
    return _simplified(flatten(layers, bounds)[..., 3] < 255)


def _simplified(holes: np.ndarray) -> _Holes:
    """A bool array as one bool if all of it is the same."""
    if holes.all():
        return True
    return holes if holes.any() else False


def _covers(raster: Raster, bounds: Bounds) -> bool:
    if not raster.bounds.contains(bounds):
        return False
    return bool((raster.view(bounds)[..., 3] == 255).all())


def _on_grid(area: Bounds, cells: Bounds, cell: int) -> Bounds:
    """Squares of `cell` px over `area`, counted from its top left, in px."""
    box = Bounds(cells.x * cell, cells.y * cell, cells.width * cell, cells.height * cell)
    return box.translated(area.x, area.y).intersection(area)


def _joined(boxes: list[Bounds]) -> list[Bounds]:
    """The boxes, with those that meet made into one."""
    while True:
        apart: list[Bounds] = []
        for box in boxes:
            near = next((i for i, other in enumerate(apart) if other.intersects(box)), None)
            if near is None:
                apart.append(box)
            else:
                apart[near] = apart[near].union(box)
        if len(apart) == len(boxes):
            return apart
        boxes = apart


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
