"""The file shows what the screen showed: numpy's compositing and QPainter's give equal bytes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from inpaint_studio.core.flatten import LayerSnapshot, flatten
from inpaint_studio.core.layer import LayerProps
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.imaging.pixels import premultiply
from inpaint_studio.ui.canvas.qt_image import composition_mode, painter_opacity


def random_layer(rng: np.random.Generator, opaque: bool) -> np.ndarray:
    rgba = rng.integers(0, 256, (64, 64, 4), dtype=np.uint8)
    if opaque:
        rgba[..., 3] = 255
    return premultiply(rgba)


def image_of(pixels: np.ndarray) -> QImage:
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, QImage.Format.Format_ARGB32_Premultiplied)


@pytest.mark.parametrize("mode", list(BlendMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize("opacity", [255, 254, 180, 128, 1])
@pytest.mark.parametrize("opaque", [True, False])
def test_every_mode(mode: BlendMode, opacity: int, opaque: bool) -> None:
    rng = np.random.default_rng(opacity)
    below, above = random_layer(rng, opaque), random_layer(rng, False)
    layers = [
        LayerSnapshot(LayerProps("below"), (Raster(below),)),
        LayerSnapshot(LayerProps("above", opacity=opacity, blend_mode=mode), (Raster(above),)),
    ]
    ours = flatten(layers, Bounds(0, 0, 64, 64))
    screen = image_of(below.copy())
    painter = QPainter(screen)
    painter.setCompositionMode(composition_mode(mode))
    painter.setOpacity(painter_opacity(opacity))
    painter.drawImage(0, 0, image_of(above))
    painter.end()
    theirs = np.frombuffer(screen.constBits(), np.uint8).reshape(64, 64, 4)
    np.testing.assert_array_equal(ours, theirs)
