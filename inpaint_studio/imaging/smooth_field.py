"""Smooth surfaces through scattered values (float32 HxWxC, weights float32 HxW, 0 = unknown)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from inpaint_studio.geometry import Extent

_SWEEPS = 24


def spread(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fill in what is unknown from ever wider surroundings; weights are 0..1, known values stay.

    Pull-push (Gortler et al., The Lumigraph, SIGGRAPH 1996): halved until one pixel is left, and
    back. Everything is 0 where nothing at all is known.
    """
    if min(values.shape[:2]) == 0 or max(values.shape[:2]) == 1:
        return values * (weights[..., None] > 0)
    sums, mass = _halved(values * weights[..., None]), _halved(weights[..., None])
    means = sums / np.maximum(mass, 1e-6)
    coarse = spread(means, np.minimum(mass[..., 0], 1))
    share = np.minimum(weights, 1)[..., None]
    return values * share + enlarged(coarse, values.shape) * (1 - share)


def membrane(values: np.ndarray, weights: np.ndarray, stiffness: float) -> np.ndarray:
    """The surface that minimises sum(w * (f - values)²) + stiffness * sum(|gradient f|²).

    Where nothing is known it is harmonic, as a soap film between what is. Solved from coarse to
    fine by damped Jacobi sweeps; in two dimensions the stiffness is the same at all sizes.
    Everything is 0 where nothing at all is known.
    """
    if max(values.shape[:2]) <= 1 or not weights.any():
        return values * (weights[..., None] > 0)
    mass = _halved(weights[..., None])
    means = _halved(values * weights[..., None]) / np.maximum(mass, 1e-6)
    field = enlarged(membrane(means, mass[..., 0], stiffness), values.shape)
    return _relaxed(field, values, weights[..., None], stiffness)


def enlarged(field: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The field at HxW of `shape`, about twice its size or more, bilinear."""
    extent = Extent(shape[1], shape[0])
    channels = [
        np.asarray(Image.fromarray(channel).resize(extent, Image.Resampling.BILINEAR))
        for channel in np.ascontiguousarray(np.moveaxis(field, -1, 0), np.float32)
    ]
    return np.stack(channels, axis=-1)


def _halved(values: np.ndarray) -> np.ndarray:
    """Sums over 2x2 pixels; odd sides are rounded up."""
    height, width = values.shape[:2]
    padded = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    rows = padded[0::2] + padded[1::2]
    return rows[:, 0::2] + rows[:, 1::2]


def _relaxed(
    field: np.ndarray, values: np.ndarray, weights: np.ndarray, stiffness: float
) -> np.ndarray:
    ones = np.ones((*field.shape[:2], 1), np.float32)
    total = weights + stiffness * _neighbours(ones)
    for _ in range(_SWEEPS):
        new = (weights * values + stiffness * _neighbours(field)) / total
        # Damped: plain Jacobi lets a chequerboard swing for ever.
        field = field + 0.8 * (new - field)
    return field


def _neighbours(values: np.ndarray) -> np.ndarray:
    """Sum of the four neighbours; beyond the edge there are none."""
    result = np.zeros_like(values)
    result[1:] += values[:-1]
    result[:-1] += values[1:]
    result[:, 1:] += values[:, :-1]
    result[:, :-1] += values[:, 1:]
    return result
