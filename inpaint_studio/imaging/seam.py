"""Measures how well a patch sits in its picture. Pictures uint8 HxWx3, alpha uint8 HxW.

The edge is where the alpha passes one half, so that a soft ramp is measured with the edge in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inpaint_studio.imaging.mask_ops import bounds_of, distance_within, threshold

EDGE = 1.5
BAND_START, BAND_END = 3.0, 12.0
"""px from the edge: what is the edge itself, and what it is compared with on both sides."""
_REACH = 13
_COLOUR_BAND = 8
_NOISE_FLOOR = 0.5
"""8-bit values added to both sides of a ratio, so that flat pictures give 1 and not noise."""
_MEDIAN_OF_NOISE = 0.6745 * 6
"""Median size of what `_noise_filtered` makes of white Gaussian noise of sigma 1."""


@dataclass(frozen=True)
class SeamReport:
    """How well a patch sits in its picture.

    `max_change_outside`: largest change of any 8-bit value where the alpha is 0; must be 0.
    `seam_ratio`: gradient along the edge over the gradient beside it; untouched about 1.0.
    `colour_step`: CIE76 delta E between 8 px bands inside and outside the edge.
    `sharpness_ratio`: high-frequency energy inside over outside.
    `noise_ratio`: sigma of the noise inside over that of the band outside.
    """

    max_change_outside: int
    seam_ratio: float
    colour_step: float
    sharpness_ratio: float
    noise_ratio: float = 1.0


def seam_report(original: np.ndarray, result: np.ndarray, alpha: np.ndarray) -> SeamReport:
    """Compare the picture before and after (already composited with `alpha`).

    Without an edge in the crop (nothing or everything replaced) the ratios are 1 and the step 0.
    """
    change = _max_change_outside(original, result, alpha)
    inside = threshold(alpha) > 0
    # Far from the patch nothing is measured; a small patch in a large crop stays cheap.
    area = bounds_of(inside).pad(_REACH + 1).intersection(bounds_of(np.ones_like(inside))).slices()
    inside, picture = inside[area], result[area]
    if inside.all() or not inside.any():
        return SeamReport(change, 1.0, 0.0, 1.0)
    depth = _distance_from_edge(inside)
    luminance = _luminance(picture)
    sides = _sides(inside, depth)
    return SeamReport(
        change,
        _seam_ratio(luminance, depth),
        _colour_step(picture, inside, depth),
        _sharpness_ratio(luminance, sides),
        _noise_ratio(luminance, sides),
    )


def _max_change_outside(original: np.ndarray, result: np.ndarray, alpha: np.ndarray) -> int:
    change = np.maximum(original, result) - np.minimum(original, result)
    return int(change.max(axis=2)[alpha == 0].max(initial=0))


def _distance_from_edge(inside: np.ndarray) -> np.ndarray:
    """Distance in px to the nearest pixel on the other side of the edge, at least 1."""
    outward = distance_within(inside, _REACH)
    return np.where(inside, distance_within(~inside, _REACH), outward)


def _luminance(picture: np.ndarray) -> np.ndarray:
    """Rec. 601 luma, float32, 0..255."""
    return picture @ np.array([0.299, 0.587, 0.114], np.float32)


def _sides(inside: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The patch and the band around it, both without the edge itself. Two bool HxW."""
    off_edge = depth > EDGE + 1
    return inside & off_edge, ~inside & off_edge & (depth <= BAND_END)


def _seam_ratio(luminance: np.ndarray, depth: np.ndarray) -> float:
    gradient = _gradient(luminance)
    edge = depth <= EDGE
    beside = (depth > BAND_START) & (depth <= BAND_END)
    return _ratio(gradient[edge], gradient[beside])


def _gradient(values: np.ndarray) -> np.ndarray:
    """Length of the gradient by differences to the next pixel right and below."""
    dx = np.diff(values, axis=1, append=values[:, -1:])
    dy = np.diff(values, axis=0, append=values[-1:])
    return np.hypot(dx, dy)


def _ratio(measured: np.ndarray, reference: np.ndarray) -> float:
    """Of the means of two samples; 1 where one is empty."""
    if measured.size == 0 or reference.size == 0:
        return 1.0
    return _quotient(float(measured.mean()), float(reference.mean()))


def _quotient(top: float, bottom: float) -> float:
    return (top + _NOISE_FLOOR) / (bottom + _NOISE_FLOOR)


def _sharpness_ratio(luminance: np.ndarray, sides: tuple[np.ndarray, np.ndarray]) -> float:
    """Mean size of the Laplacian, inside over the band outside."""
    padded = np.pad(luminance, 1, mode="edge")
    middle = padded[1:-1, 1:-1]
    across = padded[1:-1, :-2] + padded[1:-1, 2:]
    along = padded[:-2, 1:-1] + padded[2:, 1:-1]
    energy = np.abs(4 * middle - across - along)
    within, around = sides
    return _ratio(energy[within], energy[around])


def _noise_ratio(luminance: np.ndarray, sides: tuple[np.ndarray, np.ndarray]) -> float:
    """Sigma of the noise, inside over the band outside."""
    filtered = np.abs(_noise_filtered(luminance))
    within, around = (filtered[side] for side in sides)
    if within.size == 0 or around.size == 0:
        return 1.0
    # The median: edges, which the filter sees as well, are few where noise is everywhere.
    sigmas = (float(np.median(side)) / _MEDIAN_OF_NOISE for side in (within, around))
    return _quotient(*sigmas)


def _noise_filtered(luminance: np.ndarray) -> np.ndarray:
    """What is neither flat, nor a slope, nor a straight edge along an axis (Immerkaer 1996)."""
    padded = np.pad(luminance, 1, mode="edge")
    rows = padded[:-2] - 2 * padded[1:-1] + padded[2:]
    return rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]


def _colour_step(picture: np.ndarray, inside: np.ndarray, depth: np.ndarray) -> float:
    """Mean over all edge pixels of the colour difference of their own surroundings.

    Local on purpose: one mean of the whole band would let a bright step at the top cancel a dark
    one at the bottom, and would see a step where the mask only has more of its edge in the light.
    """
    band = depth <= _COLOUR_BAND
    lab = _lab(picture)
    mean_in, weight_in = _local_mean(lab, band & inside)
    mean_out, weight_out = _local_mean(lab, band & ~inside)
    at = (depth <= EDGE) & (weight_in > 0) & (weight_out > 0)
    step = np.sqrt(((mean_in - mean_out)[at] ** 2).sum(axis=1))
    return float(step.mean()) if step.size else 0.0


def _local_mean(values: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the chosen pixels within 8 px (a square) around each pixel, and their number."""
    weights = _box_sum(chosen[..., None].astype(np.float32))
    sums = _box_sum(values * chosen[..., None])
    return sums / np.maximum(weights, 1), weights[..., 0]


def _box_sum(values: np.ndarray) -> np.ndarray:
    """Sum over the (2 * 8 + 1)² square around each pixel of HxWxC, 0 beyond the edges."""
    size = 2 * _COLOUR_BAND + 1
    for axis in (0, 1):
        pads = [(0, 0)] * 3
        pads[axis] = (_COLOUR_BAND + 1, _COLOUR_BAND)
        running = np.cumsum(np.pad(values, pads), axis=axis)
        keep, drop = [slice(None)] * 3, [slice(None)] * 3
        keep[axis], drop[axis] = slice(size, None), slice(None, -size)
        values = running[tuple(keep)] - running[tuple(drop)]
    return values


def _lab(picture: np.ndarray) -> np.ndarray:
    """sRGB uint8 to CIE L*a*b* (D65, 2°), float32; IEC 61966-2-1 and CIE 15."""
    code = np.arange(256) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    white = to_xyz.sum(axis=1)
    to_ratio = (to_xyz.T / white).astype(np.float32)
    ratio = linear.astype(np.float32)[picture] @ to_ratio
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
