"""Blend modes on premultiplied BGRA, with the whole-number arithmetic of Qt's raster engine.

The formulas are those of W3C Compositing and Blending Level 1 for premultiplied colours. Only modes
that QPainter draws within half a level of them are offered, so that file and screen agree.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import numpy as np

from inpaint_studio.imaging.pixels import multiply_255


class BlendMode(Enum):
    """How a layer's colours meet those below. `normal` paints over."""

    normal = "normal"
    multiply = "multiply"
    screen = "screen"
    overlay = "overlay"
    darken = "darken"
    lighten = "lighten"
    hard_light = "hard-light"
    difference = "difference"
    plus = "plus"


Channels = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""(below, above, below's alpha, above's alpha), int32, to the blended colour 0..255."""


def blend_over(below: np.ndarray, above: np.ndarray, mode: BlendMode, opacity: int = 255) -> None:
    """Blend `above` onto `below` in place. Premultiplied BGRA uint8 HxWx4, opacity 0..255."""
    if opacity == 0:
        return
    if mode is BlendMode.normal:
        source = above if opacity == 255 else multiply_255(above, opacity)
        below[...] = source + multiply_255(below, 255 - source[..., 3:])
        return
    blended = _blended(below.astype(np.int32), above.astype(np.int32), mode)
    if opacity < 255:
        blended = _divide_255(blended * opacity + below.astype(np.int32) * (255 - opacity))
    below[...] = blended


def fade_to(below: np.ndarray, above: np.ndarray, opacity: int) -> None:
    """Replace `below` by `above` in place, wholly at opacity 255 and not at all at 0.

    Premultiplied BGRA uint8 HxWx4, as QPainter's CompositionMode_Source does it.
    """
    mixed = np.multiply(below, 255 - opacity, dtype=np.uint16)
    # At most 255 * 255 + 254 + 128 = 65407 in all, so uint16 holds it.
    mixed += np.multiply(above, opacity, dtype=np.uint16)
    below[...] = _divide_255(mixed)


def _blended(below: np.ndarray, above: np.ndarray, mode: BlendMode) -> np.ndarray:
    if mode is BlendMode.plus:
        return np.minimum(below + above, 255)
    below_alpha, above_alpha = below[..., 3:], above[..., 3:]
    result = np.empty_like(below)
    result[..., :3] = _CHANNELS[mode](below[..., :3], above[..., :3], below_alpha, above_alpha)
    result[..., 3:] = 255 - _divide_255((255 - above_alpha) * (255 - below_alpha))
    return result


def _divide_255(values: np.ndarray) -> np.ndarray:
    """Qt's qt_div_255."""
    return (values + (values >> 8) + 128) >> 8


def _uncovered(d: np.ndarray, s: np.ndarray, da: np.ndarray, sa: np.ndarray) -> np.ndarray:
    """What each side shows where the other is transparent, times 255."""
    return s * (255 - da) + d * (255 - sa)


def _multiply(d: np.ndarray, s: np.ndarray, da: np.ndarray, sa: np.ndarray) -> np.ndarray:
    return _divide_255(s * d + _uncovered(d, s, da, sa))


def _screen(d: np.ndarray, s: np.ndarray, da: np.ndarray, sa: np.ndarray) -> np.ndarray:
    return 255 - _divide_255((255 - d) * (255 - s))


def _overlay(d: np.ndarray, s: np.ndarray, da: np.ndarray, sa: np.ndarray) -> np.ndarray:
    low, high = 2 * s * d, sa * da - 2 * (da - d) * (sa - s)
    return _divide_255(np.where(2 * d < da, low, high) + _uncovered(d, s, da, sa))


def _hard_light(d: np.ndarray, s: np.ndarray, da: np.ndarray, sa: np.ndarray) -> np.ndarray:
    low, high = 2 * s * d, sa * da - 2 * (da - d) * (sa - s)
    return _divide_255(np.where(2 * s < sa, low, high) + _uncovered(d, s, da, sa))


def _darken(d: np.ndarray, s: np.ndarray, da: np.ndarray, sa: np.ndarray) -> np.ndarray:
    return _divide_255(np.minimum(s * da, d * sa) + _uncovered(d, s, da, sa))


def _lighten(d: np.ndarray, s: np.ndarray, da: np.ndarray, sa: np.ndarray) -> np.ndarray:
    return _divide_255(np.maximum(s * da, d * sa) + _uncovered(d, s, da, sa))


def _difference(d: np.ndarray, s: np.ndarray, da: np.ndarray, sa: np.ndarray) -> np.ndarray:
    return s + d - _divide_255(2 * np.minimum(s * da, d * sa))


_CHANNELS: dict[BlendMode, Channels] = {
    BlendMode.multiply: _multiply,
    BlendMode.screen: _screen,
    BlendMode.overlay: _overlay,
    BlendMode.hard_light: _hard_light,
    BlendMode.darken: _darken,
    BlendMode.lighten: _lighten,
    BlendMode.difference: _difference,
}
