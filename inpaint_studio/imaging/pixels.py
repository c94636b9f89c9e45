"""Conversions between straight RGB(A) and the layers' premultiplied BGRA, all uint8.

Premultiplied BGRA is what Qt calls Format_ARGB32_Premultiplied on little-endian machines, so
layers are painted without a copy. Opaque pixels convert exactly in both directions.
"""

from __future__ import annotations

import numpy as np

_BAND = 16
"""Rows."""


def multiply_255(a: np.ndarray, b: np.ndarray | int) -> np.ndarray:
    """a * b / 255, rounded as Qt's BYTE_MUL does: (t + (t >> 8) + 128) >> 8. uint8 in and out."""
    product = np.multiply(a, b, dtype=np.uint16)
    product += product >> 8
    # At most 255 * 255 + 254 + 128 = 65407, so uint16 holds it.
    product += 128
    product >>= 8
    return product.astype(np.uint8)


def premultiply(rgba: np.ndarray) -> np.ndarray:
    """Straight RGBA uint8 HxWx4 to premultiplied BGRA uint8 HxWx4."""
    bgra = np.empty(rgba.shape, np.uint8)
    _swap_red_and_blue(rgba, bgra)
    bgra[..., 3] = rgba[..., 3]
    _multiply_by_alpha(bgra)
    return bgra


def from_rgb(rgb: np.ndarray, alpha: np.ndarray | None = None) -> np.ndarray:
    """Straight RGB uint8 HxWx3 with alpha uint8 HxW (opaque if None) to premultiplied BGRA."""
    bgra = np.empty((*rgb.shape[:2], 4), np.uint8)
    bgra[..., 3] = 255 if alpha is None else alpha
    _swap_red_and_blue(rgb, bgra)
    if alpha is not None:
        _multiply_by_alpha(bgra)
    return bgra


def to_rgb(bgra: np.ndarray) -> np.ndarray:
    """Premultiplied BGRA to straight RGB uint8 HxWx3. Where alpha is 0 the colour is black."""
    rgb = np.empty((*bgra.shape[:2], 3), np.uint8)
    _swap_red_and_blue(bgra, rgb)
    alpha = bgra[..., 3]
    if alpha.min(initial=255) == 255:
        return rgb
    # round(c * 255 / a) in whole numbers; a value above its alpha (not valid input) is clipped.
    divisor = np.maximum(alpha, 1).astype(np.uint32)[..., None]
    straight = (rgb.astype(np.uint32) * 255 + divisor // 2) // divisor
    return np.minimum(straight, 255).astype(np.uint8)


def to_rgba(bgra: np.ndarray) -> np.ndarray:
    """Premultiplied BGRA to straight RGBA, uint8 HxWx4."""
    return np.concatenate([to_rgb(bgra), bgra[..., 3:]], axis=-1)


def _swap_red_and_blue(source: np.ndarray, target: np.ndarray) -> None:
    """Copy three channels, the first and the last exchanged. Both HxWx3 or HxWx4.

    One by one: numpy takes four times as long to copy them backwards.
    """
    for channel in range(3):
        target[..., channel] = source[..., 2 - channel]


def _multiply_by_alpha(bgra: np.ndarray) -> None:
    """Straight BGRA to premultiplied, in place. Rows that are opaque or blank take next to no time.

    In bands that stay in the processor's cache.
    """
    for top in range(0, len(bgra), _BAND):
        band = bgra[top : top + _BAND]
        alpha = band[..., 3]
        if not alpha.max(initial=0):
            band[...] = 0
        elif alpha.min(initial=255) < 255:
            band[..., :3] = multiply_255(band[..., :3], alpha[..., None])
