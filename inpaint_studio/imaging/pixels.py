"""Conversions between straight RGB(A) and the layers' premultiplied BGRA, all uint8.

Premultiplied BGRA is what Qt calls Format_ARGB32_Premultiplied on little-endian machines, so
layers are painted without a copy. Opaque pixels convert exactly in both directions.
"""

from __future__ import annotations

import numpy as np


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
    bgra = np.ascontiguousarray(rgba[..., [2, 1, 0, 3]])
    alpha = bgra[..., 3]
    if alpha.min(initial=255) < 255:
        bgra[..., :3] = multiply_255(bgra[..., :3], alpha[..., None])
    return bgra


def from_rgb(rgb: np.ndarray, alpha: np.ndarray | None = None) -> np.ndarray:
    """Straight RGB uint8 HxWx3 with alpha uint8 HxW (opaque if None) to premultiplied BGRA."""
    bgra = np.empty((*rgb.shape[:2], 4), np.uint8)
    bgra[..., 3] = 255 if alpha is None else alpha
    bgra[..., :3] = rgb[..., ::-1]
    if alpha is not None:
        bgra[..., :3] = multiply_255(bgra[..., :3], alpha[..., None])
    return bgra


def to_rgb(bgra: np.ndarray) -> np.ndarray:
    """Premultiplied BGRA to straight RGB uint8 HxWx3. Where alpha is 0 the colour is black."""
    rgb = np.ascontiguousarray(bgra[..., 2::-1])
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
