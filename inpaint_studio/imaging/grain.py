"""Matches sharpness and grain of a generated crop to its picture. Pictures are HxWx3, 0..255.

Both are measured where old and new show the same, so that it makes no difference what is shown:
edges on the textured part, grain on the flat one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from inpaint_studio.imaging.deblur import (
    MOST_VARIANCE,
    REACH,
    deblurred,
    detail_steps,
    grey,
    missing_detail,
    softened,
)

_KERNEL = (0.5, 0.25)
"""Binomial: the middle, and the neighbour on each side."""
_WHITE_RESIDUAL = 1 - 2 * 0.25 + 0.375**2
"""Share of white noise's variance that is left after its own 3x3 binomial blur was taken away."""
_LAPLACE_OF_NOISE = 20**0.5 * (2 / np.pi) ** 0.5
"""Mean |Laplacian| of white Gaussian noise of sigma 1."""
_ACTIVITY_OF_NOISE = 2 * 0.2256 * 1.857**0.5 * (2 / np.pi) ** 0.5
"""Mean activity of white Gaussian noise of sigma 1: both axes, three blurs (which leave 0.2256 of
sigma and correlations of 0.536 and 0.071 at 2 and 4 px), one second difference."""
_FLAT_ART_SHARE = 0.5
_SOFT = 0.93
"""Edges with less than that of the original's energy are sharpened."""
_CLEAR_EDGES = 0.5
"""Edges that make up less of what is measured drown in the grain, and say nothing."""
_HALVINGS = 7
"""Of the interval in which the blur is looked for: to 0.02 px²."""
_TILE = 128
_MOST_TILES = 10
_ENOUGH = 200
"""Pixels below which nothing is measured."""


@dataclass(frozen=True, eq=False)
class GrainMatch:
    """What makes a crop as sharp and as grainy as its picture.

    `blur`: variance in px² of the blur to take back, 0 = none; `mixing`: 3x3, turns three
    independent normal numbers into the grain to add, in 8-bit values of R, G, B.
    """

    blur: float
    mixing: np.ndarray

    def applied(self, rows: np.ndarray, amount: float, rng: np.random.Generator) -> np.ndarray:
        """Those rows (float32 HxWx3, with `REACH` rows more above and below) without the extra."""
        result = rows[REACH:-REACH]
        if self.blur and amount:
            result = deblurred(rows, self.blur, amount)[REACH:-REACH]
        if self.mixing.any() and amount:
            noise = rng.standard_normal(result.shape, np.float32)
            result = result + noise @ (np.float32(amount) * self.mixing.T)
        return result


NO_GRAIN_MATCH = GrainMatch(0.0, np.zeros((3, 3), np.float32))


def grain_match(original: np.ndarray, generated: np.ndarray, weights: np.ndarray) -> GrainMatch:
    """What `generated` (already in the original's colours) lacks. uint8 or float32 HxWx3.

    `weights` uint8 HxW: how far each pixel can be compared. Flat art, whose neighbours mostly are
    equal, is left alone; so is what is sharper or grainier than the original.
    """
    samples = [
        _Sample(original[tile].astype(np.float32), generated[tile].astype(np.float32), weight)
        for tile, weight in _best_tiles(weights)
    ]
    if not samples or sum(sample.count for sample in samples) < _ENOUGH:
        return NO_GRAIN_MATCH
    if np.average([s.share_of_zeros for s in samples]) > _FLAT_ART_SHARE:
        return NO_GRAIN_MATCH
    wanted = _energy([s.original.laplacian[s.chosen] for s in samples])
    found = _energy([s.generated.laplacian[s.chosen] for s in samples])
    if found >= _SOFT * wanted:
        return NO_GRAIN_MATCH
    blur = _blur(samples, wanted)
    mixing = _missing_grain(samples, blur)
    found = _energy([_laplacian(s.deblurred(blur))[s.chosen] for s in samples])
    return GrainMatch(blur, mixing * _room_for_grain(wanted, found, mixing))


def _best_tiles(weights: np.ndarray) -> Iterator[tuple[tuple[slice, slice], np.ndarray]]:
    """The tiles with most to compare, with the bool mask of their pixels that count."""
    height, width = weights.shape
    tiles = [
        (slice(y, y + _TILE), slice(x, x + _TILE))
        for y in range(0, height, _TILE)
        for x in range(0, width, _TILE)
    ]
    counted = sorted(tiles, key=lambda tile: -int((weights[tile] >= 96).sum()))
    for tile in counted[:_MOST_TILES]:
        chosen = weights[tile] >= 96
        # Beyond the tile's edge nothing is known, and a Laplacian looks one pixel far.
        chosen[[0, -1]] = False
        chosen[:, [0, -1]] = False
        if chosen.any():
            yield tile, chosen


class _Side:
    """One version of a tile: the old picture's or the new one's, float32 HxWx3."""

    def __init__(self, picture: np.ndarray) -> None:
        self.grey = grey(picture)
        self.laplacian = _laplacian(self.grey)
        self.activity = _activity(self.grey)
        self._picture = picture

    @cached_property
    def residual(self) -> np.ndarray:
        """What a 3x3 blur takes away, HxWx3."""
        return np.stack([_residual(self._picture[..., i]) for i in range(3)], axis=-1)


class _Sample:
    """One tile of both pictures: where it is flat, where it has texture."""

    def __init__(self, original: np.ndarray, generated: np.ndarray, chosen: np.ndarray) -> None:
        self.original, self.generated, self.chosen = _Side(original), _Side(generated), chosen
        self.count = int(chosen.sum())
        self.share_of_zeros = float((self.original.laplacian[chosen] == 0).mean())
        activity = np.maximum(self.original.activity, self.generated.activity)
        low, high = np.quantile(activity[chosen], (0.3, 0.6))
        self.flat = chosen & (activity <= low)
        self.textured = chosen & (activity >= high)
        self._share_of_grain = _share_of_grain(self.original, self.flat)

    def deblurred(self, blur: float) -> np.ndarray:
        """The grey of the generated tile without a blur of that variance."""
        before = self.generated.grey
        return before + missing_detail(self._steps, blur) if blur else before

    def grain(self, residual: np.ndarray) -> np.ndarray:
        """How much of a residual (HxW or HxWx3) is grain, where the tile is flat: N or Nx3."""
        return residual[self.flat] * self._share_of_grain**0.5

    @cached_property
    def _steps(self) -> list[np.ndarray]:
        return detail_steps(self.generated.grey)


def _blur(samples: list[_Sample], most_energy: float) -> float:
    """The variance of the blur after which the original's edges have the generated one's energy.

    Less where all together would get more than `most_energy`: that would be amplified grain.
    """
    wanted = _edge_energy(samples, [s.original.grey for s in samples])
    if wanted < _CLEAR_EDGES * _energy([s.original.laplacian[s.textured] for s in samples]):
        return 0.0
    if _edge_energy(samples, [s.generated.grey for s in samples]) >= _SOFT * wanted:
        return 0.0

    def is_too_little(blur: float) -> bool:
        greys = [s.deblurred(blur) for s in samples]
        both = zip(samples, greys, strict=True)
        if _energy([_laplacian(g)[s.chosen] for s, g in both]) >= most_energy:
            return False
        return _edge_energy(samples, greys) < wanted

    low, high = 0.0, MOST_VARIANCE
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_too_little(middle) else (low, middle)
    return high


def _edge_energy(samples: list[_Sample], greys: list[np.ndarray]) -> float:
    """Mean |Laplacian| of the textured part, without what its grain alone would give."""
    pairs = list(zip(samples, greys, strict=True))
    edges = _energy([_laplacian(g)[s.textured] for s, g in pairs])
    grain = np.concatenate([s.grain(_residual(g)) for s, g in pairs])[:, None]
    sigma = _covariance(grain)[0, 0] ** 0.5
    return max(edges**2 - (_LAPLACE_OF_NOISE * sigma) ** 2, 0.0) ** 0.5


def _energy(laplacians: list[np.ndarray]) -> float:
    """Mean |Laplacian| of all of them."""
    return float(np.abs(np.concatenate(laplacians)).mean())


def _share_of_grain(side: _Side, flat: np.ndarray) -> float:
    """How much (0..1) of the variance in the flattest part is grain: fur and grass have no flat
    part, and what they change by over a few px says so."""
    residual = _residual(side.grey)[flat]
    sigma = float(np.sqrt((residual**2).mean() / _WHITE_RESIDUAL))
    found = float(side.activity[flat].mean())
    expected = 2 * _ACTIVITY_OF_NOISE * sigma
    return 1.0 if found <= expected else (expected / found) ** 2


def _room_for_grain(wanted: float, found: float, mixing: np.ndarray) -> float:
    """How much of the grain (0..1) may be added before all together has the energy wanted."""
    sigma_of_grey = float(max((mixing @ mixing.T).sum(), 0.0)) ** 0.5 / 3
    added = _LAPLACE_OF_NOISE * sigma_of_grey
    missing = max(wanted**2 - found**2, 0.0) ** 0.5
    return 1.0 if added <= missing else missing / added


def _missing_grain(samples: list[_Sample], blur: float) -> np.ndarray:
    """A root of what the original's grain has more of covariance than the generated one's."""
    wanted = _covariance(np.concatenate([s.grain(s.original.residual) for s in samples]))
    found = _covariance(np.concatenate([s.grain(_residual_without(s, blur)) for s in samples]))
    values, vectors = np.linalg.eigh(wanted - found)
    return (vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32)


def _residual_without(sample: _Sample, blur: float) -> np.ndarray:
    """The generated tile's residual after that blur was taken back, HxWx3."""
    extra = sample.deblurred(blur) - sample.generated.grey
    return sample.generated.residual + _residual(extra)[..., None]


def _covariance(grain: np.ndarray) -> np.ndarray:
    """Covariance, CxC, of the white noise that would leave that 3x3 residual (NxC)."""
    # A few edges that slipped in would count a hundredfold as squares.
    limit = 3 * 1.4826 * np.median(np.abs(grain), axis=0) + 0.5
    grain = np.clip(grain, -limit, limit)
    return grain.T @ grain / len(grain) / _WHITE_RESIDUAL


def _laplacian(values: np.ndarray) -> np.ndarray:
    """4 * middle - neighbours, HxW (wrong along the border)."""
    result = 4 * values
    result[1:] -= values[:-1]
    result[:-1] -= values[1:]
    result[:, 1:] -= values[:, :-1]
    result[:, :-1] -= values[:, 1:]
    return result


def _activity(values: np.ndarray) -> np.ndarray:
    """How much bends around a pixel, grain left aside; even slopes count as flat."""
    smooth = _blurred(softened(values))
    across = np.abs(np.roll(smooth, 2, 1) + np.roll(smooth, -2, 1) - 2 * smooth)
    return across + np.abs(np.roll(smooth, 2, 0) + np.roll(smooth, -2, 0) - 2 * smooth)


def _residual(values: np.ndarray) -> np.ndarray:
    """What a 3x3 blur takes away, HxW."""
    return values - _blurred(values)


def _blurred(values: np.ndarray) -> np.ndarray:
    """3x3 binomial blur of HxW with repeated edges."""
    middle, side = (np.float32(weight) for weight in _KERNEL)
    padded = np.pad(values, 1, mode="edge")
    rows = middle * padded[1:-1] + side * (padded[:-2] + padded[2:])
    return middle * rows[:, 1:-1] + side * (rows[:, :-2] + rows[:, 2:])
