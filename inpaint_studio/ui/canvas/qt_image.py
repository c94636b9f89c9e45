"""QImages over numpy arrays, without a copy. Colour pixels are premultiplied BGRA uint8 HxWx4."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage, QPainter

from inpaint_studio.imaging.blend_modes import BlendMode


def image_over(pixels: np.ndarray, *, opaque: bool = False) -> QImage:
    """An image that shows the C-contiguous array's memory and keeps the array alive.

    To be drawn from, or painted on while no copy of it exists: a shared QImage detaches on the
    first write and would leave the array behind. `opaque` promises that all alpha is 255, which
    lets Qt copy instead of blend.
    """
    height, width = pixels.shape[:2]
    form = QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, pixels.strides[0], form)


def painter_opacity(opacity: int) -> float:
    """What QPainter.setOpacity needs so that a layer's opacity 0..255 is applied exactly.

    Qt turns it into a multiplier of 255 by (int(opacity * 256) * 255) >> 8, which would lose one
    step for most values of opacity / 255.
    """
    return 1.0 if opacity >= 255 else (opacity + 1) / 256


def composition_mode(mode: BlendMode) -> QPainter.CompositionMode:
    """Qt's name of a blend mode. Drawn with it, pixels come out as `blend_over` makes them."""
    return _COMPOSITION_MODES[mode]


_COMPOSITION_MODES = {
    BlendMode.normal: QPainter.CompositionMode.CompositionMode_SourceOver,
    BlendMode.multiply: QPainter.CompositionMode.CompositionMode_Multiply,
    BlendMode.screen: QPainter.CompositionMode.CompositionMode_Screen,
    BlendMode.overlay: QPainter.CompositionMode.CompositionMode_Overlay,
    BlendMode.darken: QPainter.CompositionMode.CompositionMode_Darken,
    BlendMode.lighten: QPainter.CompositionMode.CompositionMode_Lighten,
    BlendMode.hard_light: QPainter.CompositionMode.CompositionMode_HardLight,
    BlendMode.difference: QPainter.CompositionMode.CompositionMode_Difference,
    BlendMode.plus: QPainter.CompositionMode.CompositionMode_Plus,
}
