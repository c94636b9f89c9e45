from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.layer import ImageLayer
from inpaint_studio.core.placement import Placement
from inpaint_studio.ui.panels.thumbnails import ThumbnailCache, TileView
from tests.documents import noise_document
from tests.gui.canvas.bench import flat_document, pixels_of


def test_a_placed_picture_is_drawn_where_it_lies_without_being_made(qapp: QApplication) -> None:
    document = flat_document(120, 90, 200)
    layer = next(iter(document.layers))
    assert isinstance(layer, ImageLayer)
    cache, view = ThumbnailCache(), TileView(document.frame, QSize(42, 30), 1.0)
    whole = pixels_of(cache.tile(layer, view, 0))
    layer.placement = Placement(0, 0, 0.5, 0.5, 30)
    quick = pixels_of(cache.tile(layer, view, 0))
    assert not layer.is_painted
    assert not np.array_equal(whole, quick)
    assert layer.rasters
    exact = pixels_of(ThumbnailCache().tile(layer, view, 0))
    assert np.abs(quick.astype(int) - exact).mean() < 3


def test_a_tile_follows_a_move(qapp: QApplication) -> None:
    document = noise_document(120, 90)
    layer = next(iter(document.layers))
    assert isinstance(layer, ImageLayer)
    cache, view = ThumbnailCache(), TileView(document.frame, QSize(42, 30), 1.0)
    before = cache.tile(layer, view, 0)
    assert cache.tile(layer, view, 0) is before
    layer.placement = Placement(60, 0)
    assert not np.array_equal(pixels_of(cache.tile(layer, view, 0)), pixels_of(before))
