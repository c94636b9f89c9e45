"""Overlapping tiles over an area, for models that see only so much at once."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.tile_weights import Ramps


class PlannedTile(NamedTuple):
    """A tile and how far it overlaps its neighbours."""

    bounds: Bounds
    ramps: Ramps


def plan_tiles(area: Bounds, largest: Extent, overlap: int) -> list[PlannedTile]:
    """Tiles of at most that extent that cover `area`, row by row, each overlapping the next.

    All have the same size, and no more than two meet along an axis. `overlap` in px must be less
    than half of the extent's sides.
    """
    columns = _split(area.width, largest.width, overlap)
    rows = _split(area.height, largest.height, overlap)
    return [
        PlannedTile(
            Bounds(area.x + column.start, area.y + row.start, column.length, row.length),
            Ramps(column.before, row.before, column.after),
        )
        for row in rows
        for column in columns
    ]


class _Span(NamedTuple):
    """A tile along one axis, and its overlap with the one before and the one after, in px."""

    start: int
    length: int
    before: int
    after: int


def _split(total: int, largest: int, overlap: int) -> list[_Span]:
    if total <= largest:
        return [_Span(0, total, 0, 0)]
    count = -(-(total - overlap) // (largest - overlap))
    length = -(-(total + (count - 1) * overlap) // count)
    # Spread evenly, so that no overlap takes what all the rounding up gave.
    starts = [round(i * (total - length) / (count - 1)) for i in range(count)]
    shared = [start + length - after for start, after in itertools.pairwise(starts)]
    return [
        _Span(start, length, before, after)
        for start, before, after in zip(starts, [0, *shared], [*shared, 0], strict=True)
    ]
