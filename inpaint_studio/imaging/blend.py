"""Puts a new picture over an old one by a mask. Pictures uint8 HxWx3, masks uint8 HxW."""

from __future__ import annotations

import numpy as np


def keep_only(original: np.ndarray, generated: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """`generated` where the mask is not 0, the untouched `original` elsewhere."""
    return np.where(mask[..., None] > 0, generated, original)


def composite(original: np.ndarray, generated: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Mix by alpha / 255, rounded; exactly the original at 0 and exactly the new one at 255."""
    weight = alpha[..., None].astype(np.uint16)
    mixed = original * (255 - weight) + generated * weight
    # At most 255 * 255 + 127, so uint16 holds it.
    mixed += 127
    mixed //= 255
    return mixed.astype(np.uint8)
