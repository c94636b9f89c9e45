"""Fills a large hole in full detail from a fill that was made at a reduced size.

Doubling blurs a fill by one octave. For every small block of it the most similar block of the
blurred known picture is found, and the octave which that block has in the sharp picture is added.
Repeated level by level this ends at the full size, at a cost that grows with the hole only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from inpaint_studio.imaging.mask_ops import bounds_of, grow
from inpaint_studio.imaging.resize import double, halve, halve_mask

_BLOCK = 16
_STEP = 12
"""Blocks of 16 px every 12: their overlap hides the joints and is too small to blur."""
_CHUNK = 2048
_BLUR_REACH = 4
"""Halving and doubling carries a pixel's colour at most this far, in px."""
_NEIGHBOUR_BONUS = 0.9
"""A neighbour's shift wins if it costs at most 11 % more: joined blocks keep texture whole."""


@dataclass(frozen=True)
class _Level:
    """The picture at one size. `usable[y, x]`: the block with that top left may be copied."""

    image: np.ndarray
    hole: np.ndarray
    blocked: np.ndarray
    usable: np.ndarray


@dataclass(frozen=True)
class _Blocks:
    """The blocks that touch the hole. `active` (rows x columns) marks them in their whole grid."""

    rows: np.ndarray
    columns: np.ndarray
    active: np.ndarray

    @property
    def places(self) -> np.ndarray:
        """Top left (y, x) of every active block, Nx2."""
        grid = np.stack(np.meshgrid(self.rows, self.columns, indexing="ij"), axis=-1)
        return grid[self.active]


def carry_detail(
    image: np.ndarray, hole: np.ndarray, avoid: np.ndarray, coarse_fill: np.ndarray, levels: int
) -> np.ndarray:
    """Return `image` with `hole` filled like `coarse_fill`, in the detail of the known picture.

    `image` uint8 HxWx3 with sides that are multiples of 2**levels, and at least 32 px at the last
    but one size; `hole`, `avoid` bool HxW: to be filled, and not to be copied from; `coarse_fill`
    the filled uint8 picture, halved `levels` times (1 or more).
    Where no block can be copied from, the enlarged fill is kept. Only `hole` changes.
    """
    pyramid = _pyramid(image, hole, avoid, levels)
    fill = np.where(pyramid[-1].hole[..., None], coarse_fill, pyramid[-1].image)
    blocks, shifts = None, None
    for coarser, level in zip(pyramid[:0:-1], pyramid[-2::-1], strict=True):
        finer = _blocks_on(level.hole)
        if blocks is None or shifts is None:
            shifts, reach = _first_shifts(fill, coarser, finer), 2
        else:
            shifts, reach = _inherited_shifts(blocks, shifts, finer), 1
        blocks = finer
        blurred = double(coarser.image)
        target = double(fill)
        shifts = _refine(level, blurred, target, blocks, shifts, reach)
        fill = _add_octave(level, blurred, target, blocks, shifts)
    return fill


def _pyramid(image: np.ndarray, hole: np.ndarray, avoid: np.ndarray, levels: int) -> list[_Level]:
    blocked = hole | avoid
    result = [_level(image, hole, blocked)]
    for _ in range(levels):
        image, hole, blocked = halve(image), halve_mask(hole), halve_mask(blocked)
        result.append(_level(image, hole, blocked))
    return result


def _level(image: np.ndarray, hole: np.ndarray, blocked: np.ndarray) -> _Level:
    """A level whose usable blocks keep the distance to the hole at which its blur still shows."""
    near = grow(blocked.astype(np.uint8), _BLUR_REACH) > 0
    return _Level(image, hole, blocked, _usable(near, _BLOCK))


def _window_sums(mask: np.ndarray, size: int) -> np.ndarray:
    """Number of set pixels in every size x size window, indexed by the window's top left."""
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), np.int32)
    np.cumsum(np.cumsum(mask, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
    return sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]


def _usable(blocked: np.ndarray, size: int) -> np.ndarray:
    if min(blocked.shape) < size:
        return np.zeros((0, 0), bool)
    return _window_sums(blocked, size) == 0


def _blocks_on(hole: np.ndarray) -> _Blocks:
    bounds = bounds_of(hole)
    lead = _BLOCK - _STEP
    height, width = hole.shape
    rows = np.arange(bounds.y - lead, bounds.bottom, _STEP).clip(0, height - _BLOCK)
    columns = np.arange(bounds.x - lead, bounds.right, _STEP).clip(0, width - _BLOCK)
    active = _window_sums(hole, _BLOCK)[np.ix_(rows, columns)] > 0
    return _Blocks(rows, columns, active)


def _first_shifts(fill: np.ndarray, coarser: _Level, blocks: _Blocks) -> np.ndarray:
    """Where every block's content comes from, as (dy, dx) of the finer level, by exhaustive search.

    Squared distances of all pairs are one matrix product; every other source position is enough,
    because the finer level searches 2 px around the find.
    """
    size = _BLOCK // 2
    shifts = np.zeros((*blocks.active.shape, 2), int)
    sources = np.argwhere(_usable(coarser.blocked, size))
    sources = sources[(sources % 2 == 0).all(axis=1)]
    if len(sources) == 0:
        return shifts
    places = np.minimum(blocks.places // 2, np.array(fill.shape[:2]) - size)
    windows = sliding_window_view(fill, (size, size), axis=(0, 1))
    found = _nearest(_features(windows, places), windows, sources)
    shifts[blocks.active] = 2 * (sources[found] - places)
    return shifts


def _features(windows: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The blocks at these places as rows of float32, centred for the sake of precision."""
    return windows[places[:, 0], places[:, 1]].reshape(len(places), -1).astype(np.float32) - 128


def _nearest(queries: np.ndarray, windows: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """For every query the index of the source block with the least squared distance."""
    best = np.full(len(queries), np.inf, np.float32)
    found = np.zeros(len(queries), int)
    for start in range(0, len(sources), _CHUNK):
        candidates = _features(windows, sources[start : start + _CHUNK])
        # The query's own square is the same for all candidates and left out.
        costs = np.einsum("ij,ij->i", candidates, candidates) - 2 * queries @ candidates.T
        index = costs.argmin(axis=1)
        cost = np.take_along_axis(costs, index[:, None], axis=1)[:, 0]
        better = cost < best
        best[better], found[better] = cost[better], start + index[better]
    return found


def _inherited_shifts(coarse: _Blocks, shifts: np.ndarray, fine: _Blocks) -> np.ndarray:
    """Every fine block starts from twice the shift of the coarse block around its middle."""

    def nearest(coarse_edges: np.ndarray, fine_edges: np.ndarray) -> np.ndarray:
        middles = coarse_edges * 2 + _BLOCK
        return np.abs(fine_edges[:, None] + _BLOCK // 2 - middles[None]).argmin(axis=1)

    rows, columns = nearest(coarse.rows, fine.rows), nearest(coarse.columns, fine.columns)
    return 2 * shifts[np.ix_(rows, columns)]


def _refine(
    level: _Level,
    blurred: np.ndarray,
    target: np.ndarray,
    blocks: _Blocks,
    shifts: np.ndarray,
    reach: int,
) -> np.ndarray:
    """Improve each block's shift by steps up to `reach` px, then by its neighbours' shifts."""
    search = _Search(level.usable, blurred, target, blocks.places)
    around = range(-reach, reach + 1)
    own = shifts[blocks.active]
    shifts = shifts.copy()
    shifts[blocks.active] = search.best(
        (own + np.array((dy, dx)), 1.0) for dy in around for dx in around
    )
    shifts[blocks.active] = search.best(_neighbours(shifts, blocks.active))
    return shifts


def _neighbours(shifts: np.ndarray, active: np.ndarray) -> Iterator[tuple[np.ndarray, float]]:
    """Each block's own shift, and the shift of the block on each side of it."""
    yield shifts[active], 1.0
    for move in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        yield np.roll(shifts, move, axis=(0, 1))[active], _NEIGHBOUR_BONUS


class _Search:
    """Compares the blurred fill's blocks with blocks of the blurred picture at one level."""

    def __init__(
        self, usable: np.ndarray, blurred: np.ndarray, target: np.ndarray, places: np.ndarray
    ) -> None:
        self._usable = usable
        self._places = places
        self._blurred = _sparse_windows(blurred)
        self._target = _sparse_windows(target)

    def best(self, candidates: Iterable[tuple[np.ndarray, float]]) -> np.ndarray:
        """The cheapest of the candidates (shifts Nx2, factor on their cost) for every block."""
        options = list(candidates)
        result = options[0][0].copy()
        for start in range(0, len(self._places), _CHUNK):
            part = slice(start, start + _CHUNK)
            stacked = np.stack([shifts[part] for shifts, _ in options])
            costs = self._costs(self._places[part], stacked)
            costs *= np.array([factor for _, factor in options], np.float32)[:, None]
            choice = costs.argmin(axis=0)
            result[part] = stacked[choice, np.arange(len(choice))]
        return result

    def _costs(self, places: np.ndarray, options: np.ndarray) -> np.ndarray:
        """Squared distance for every option and block; infinite where nothing may be copied."""
        costs = np.full(options.shape[:2], np.inf, np.float32)
        wanted = _at(self._target, places).astype(np.float32)
        for row, shifts in zip(costs, options, strict=True):
            sources, allowed = _clamped(places + shifts, self._usable)
            if allowed.any():
                error = (_at(self._blurred, sources) - wanted).reshape(len(places), -1)
                row[allowed] = np.einsum("ij,ij->i", error, error)[allowed]
        return costs


def _sparse_windows(array: np.ndarray) -> np.ndarray:
    """Every block of the array, by every other row and column: enough for blurred content."""
    return sliding_window_view(array, (_BLOCK, _BLOCK), axis=(0, 1))[..., ::2, ::2]


def _at(windows: np.ndarray, places: np.ndarray) -> np.ndarray:
    return windows[places[:, 0], places[:, 1]]


def _clamped(sources: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if usable.size == 0:
        return np.zeros_like(sources), np.zeros(len(sources), bool)
    inside = sources.clip(0, np.array(usable.shape) - 1)
    return inside, (inside == sources).all(axis=1) & usable[inside[:, 0], inside[:, 1]]


def _add_octave(
    level: _Level,
    blurred: np.ndarray,
    target: np.ndarray,
    blocks: _Blocks,
    shifts: np.ndarray,
) -> np.ndarray:
    """The level's picture with its hole filled: enlarged fill plus the copied blocks' detail."""
    places = blocks.places
    sources, allowed = _clamped(places + shifts[blocks.active], level.usable)
    bounds = bounds_of(level.hole).pad(_BLOCK).intersection(bounds_of(np.ones_like(level.hole)))
    detail = np.zeros((bounds.height, bounds.width, 3), np.float32)
    weights = np.full((bounds.height, bounds.width, 1), 1e-6, np.float32)
    window = _window()
    for place, source, copied in zip(places, sources, allowed, strict=True):
        here = _square(place - (bounds.y, bounds.x))
        weights[here] += window
        if copied:
            there = _square(source)
            detail[here] += window * (level.image[there].astype(np.int16) - blurred[there])
    area = bounds.slices()
    filled = (target[area] + detail / weights).round().clip(0, 255).astype(np.uint8)
    result = level.image.copy()
    result[area] = np.where(level.hole[area][..., None], filled, level.image[area])
    return result


def _square(place: np.ndarray) -> tuple[slice, slice]:
    y, x = int(place[0]), int(place[1])
    return slice(y, y + _BLOCK), slice(x, x + _BLOCK)


def _window() -> np.ndarray:
    """Weights of a block: 1 in the middle, falling linearly over the overlap. Float32 16x16x1."""
    ramp = np.minimum(1, (np.arange(_BLOCK) + 0.5) / (_BLOCK - _STEP))
    ramp = np.minimum(ramp, ramp[::-1]).astype(np.float32)
    return (ramp[:, None] * ramp)[..., None]
