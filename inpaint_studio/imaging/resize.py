"""Changing the size of pictures (uint8 HxWx3) and masks (uint8 or bool HxW, non-zero = set)."""

from __future__ import annotations

import numpy as np
from PIL import Image

from inpaint_studio.geometry import Extent


def pad_to_multiple(array: np.ndarray, multiple: int) -> np.ndarray:
    """Repeat the last row and column until both sides are multiples of `multiple`."""
    height, width = array.shape[:2]
    pads = ((0, -height % multiple), (0, -width % multiple)) + ((0, 0),) * (array.ndim - 2)
    return np.pad(array, pads, mode="edge")


def halve(image: np.ndarray) -> np.ndarray:
    """The picture at half size, every pixel the mean of 2x2. Odd sides are rounded up."""
    return np.asarray(Image.fromarray(image).reduce(2))


def double(image: np.ndarray) -> np.ndarray:
    """The picture at twice the size, bilinear, with pixel centres kept in place."""
    height, width = image.shape[:2]
    return resize(image, Extent(width * 2, height * 2))


def resize(image: np.ndarray, extent: Extent) -> np.ndarray:
    """The picture (or uint8 mask) at that size, bilinear; averages all pixels when shrinking."""
    return np.asarray(Image.fromarray(image).resize(extent, Image.Resampling.BILINEAR))


def resize_sharp(image: np.ndarray, extent: Extent) -> np.ndarray:
    """The picture at that size by Lanczos' windowed sinc; itself if it has that size already."""
    if image.shape[1::-1] == extent:
        return image
    return np.asarray(Image.fromarray(image).resize(extent, Image.Resampling.LANCZOS))


def halve_mask(mask: np.ndarray) -> np.ndarray:
    """Bool mask at half size, set where any of the 2x2 pixels is. Needs even sides."""
    rows = mask[0::2] | mask[1::2]
    return rows[:, 0::2] | rows[:, 1::2]
