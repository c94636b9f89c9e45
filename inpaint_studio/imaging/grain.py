"""Matches sharpness and grain of a generated crop to its picture. Pictures are HxWx3, 0..255.

Both are measured where old and new show the same, so that it makes no difference what is shown:
edges on the textured part, grain on the flat one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

REACH = 3
"""px around a pixel that its sharpening looks at."""
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
_MOST_SHARPENING = 1.5
_TILE = 128
_MOST_TILES = 10
_ENOUGH = 200
"""Pixels below which nothing is measured."""


@dataclass(frozen=True, eq=False)
class GrainMatch:
    """What makes a crop as sharp and as grainy as its picture.

    `sharpening`: unsharp mask of about 1 px, 0 = none; `mixing`: 3x3, turns three independent
    normal numbers into the grain to add, in 8-bit values of R, G, B.
    """

    sharpening: float
    mixing: np.ndarray

    def applied(self, rows: np.ndarray, amount: float, rng: np.random.Generator) -> np.ndarray:
        """Those rows (float32 HxWx3, with `REACH` rows more above and below) without the extra."""
        result = rows[REACH:-REACH]
        if self.sharpening:
            soft = _blurred(_blurred(rows))[REACH:-REACH]
            result = result + amount * self.sharpening * (result - soft)
        if self.mixing.any():
            noise = rng.standard_normal(result.shape, np.float32)
            result = result + noise @ (amount * self.mixing.T)
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
    wanted = _energy([(s.original, s.chosen) for s in samples])
    if _energy([(s.generated, s.chosen) for s in samples]) >= _SOFT * wanted:
        return NO_GRAIN_MATCH
    sharpening = _missing_sharpness(samples)
    found = _energy([(s.sharpened(sharpening), s.chosen) for s in samples])
    mixing = _missing_grain(samples, sharpening)
    return GrainMatch(sharpening, mixing * _room_for_grain(wanted, found, mixing))


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


class _Sample:
    """One tile of both pictures: where it is flat, where it has texture."""

    def __init__(self, original: np.ndarray, generated: np.ndarray, chosen: np.ndarray) -> None:
        self.original, self.generated, self.chosen = original, generated, chosen
        self._detail = generated - _blurred(_blurred(generated))
        self.count = int(chosen.sum())
        self.share_of_zeros = float((_laplacian(original)[chosen] == 0).mean())
        activity = np.maximum(_activity(original), _activity(generated))
        low, high = np.quantile(activity[chosen], (0.3, 0.6))
        self.flat = chosen & (activity <= low)
        self.textured = chosen & (activity >= high)
        self.share_of_grain = _share_of_grain(original, self.flat)

    def sharpened(self, amount: float) -> np.ndarray:
        """The generated tile after an unsharp mask."""
        return self.generated + amount * self._detail


def _missing_sharpness(samples: list[_Sample]) -> float:
    """The unsharp mask's amount at which the edges have the original's energy."""
    wanted = _edge_energy(samples, [s.original for s in samples])
    if wanted < _CLEAR_EDGES * _energy([(s.original, s.textured) for s in samples]):
        return 0.0

    def lacks(amount: float) -> bool:
        return _edge_energy(samples, [s.sharpened(amount) for s in samples]) < wanted

    if _edge_energy(samples, [s.generated for s in samples]) >= _SOFT * wanted:
        return 0.0
    low, high = 0.0, _MOST_SHARPENING
    for _ in range(6):
        middle = (low + high) / 2
        low, high = (middle, high) if lacks(middle) else (low, middle)
    return high


def _edge_energy(samples: list[_Sample], pictures: list[np.ndarray]) -> float:
    """Mean |Laplacian| of the textured part, without what its grain alone would give."""
    pairs = list(zip(samples, pictures, strict=True))
    edges = _energy([(p, s.textured) for s, p in pairs])
    grain = _grey_sigma(_grain_covariance(pairs))
    return max(edges**2 - (_LAPLACE_OF_NOISE * grain) ** 2, 0.0) ** 0.5


def _energy(pairs: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """Mean |Laplacian| of the pictures where their bool masks are set."""
    return float(np.abs(np.concatenate([_laplacian(p)[mask] for p, mask in pairs])).mean())


def _share_of_grain(picture: np.ndarray, flat: np.ndarray) -> float:
    """How much (0..1) of the variance in the flattest part is grain: fur and grass have no flat
    part, and what they change by over a few px says so."""
    residual = (picture - _blurred(picture))[flat].mean(axis=1)
    sigma = float(np.sqrt((residual**2).mean() / _WHITE_RESIDUAL))
    found = float(_activity(picture)[flat].mean())
    expected = 2 * _ACTIVITY_OF_NOISE * sigma
    return 1.0 if found <= expected else (expected / found) ** 2


def _grey_sigma(covariance: np.ndarray) -> float:
    """Standard deviation of the mean of R, G, B."""
    return float(max(covariance.sum(), 0.0)) ** 0.5 / 3


def _room_for_grain(wanted: float, found: float, mixing: np.ndarray) -> float:
    """How much of the grain (0..1) may be added before all together has the energy wanted."""
    added = _LAPLACE_OF_NOISE * _grey_sigma(mixing @ mixing.T)
    missing = max(wanted**2 - found**2, 0.0) ** 0.5
    return 1.0 if added <= missing else missing / added


def _missing_grain(samples: list[_Sample], sharpening: float) -> np.ndarray:
    """A root of what the original's grain has more of covariance than the generated one's."""
    wanted = _grain_covariance([(s, s.original) for s in samples])
    found = _grain_covariance([(s, s.sharpened(sharpening)) for s in samples])
    values, vectors = np.linalg.eigh(wanted - found)
    return (vectors * np.sqrt(np.maximum(values, 0))).astype(np.float32)


def _grain_covariance(pairs: list[tuple[_Sample, np.ndarray]]) -> np.ndarray:
    """Covariance of R, G, B of the white noise that would leave the same 3x3 residual, 3x3."""
    residual = np.concatenate([(p - _blurred(p))[s.flat] * s.share_of_grain**0.5 for s, p in pairs])
    # A few edges that slipped in would count a hundredfold as squares.
    limit = 3 * 1.4826 * np.median(np.abs(residual), axis=0) + 0.5
    residual = np.clip(residual, -limit, limit)
    return residual.T @ residual / len(residual) / _WHITE_RESIDUAL


def _laplacian(picture: np.ndarray) -> np.ndarray:
    """4 * middle - neighbours of the mean of R, G, B (wrong along the border)."""
    grey = picture.mean(axis=2)
    return 4 * grey - sum(np.roll(grey, step, axis) for axis in (0, 1) for step in (1, -1))


def _activity(picture: np.ndarray) -> np.ndarray:
    """How much bends around a pixel, grain left aside; even slopes count as flat."""
    grey = _blurred(_blurred(_blurred(picture.mean(axis=2, keepdims=True))))[..., 0]
    across = np.abs(np.roll(grey, 2, 1) + np.roll(grey, -2, 1) - 2 * grey)
    return across + np.abs(np.roll(grey, 2, 0) + np.roll(grey, -2, 0) - 2 * grey)


def _blurred(picture: np.ndarray) -> np.ndarray:
    """3x3 binomial blur with repeated edges."""
    middle, side = _KERNEL
    padded = np.pad(picture, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = middle * padded[1:-1] + side * (padded[:-2] + padded[2:])
    return middle * rows[:, 1:-1] + side * (rows[:, :-2] + rows[:, 2:])
