"""Frames that come before their tiles: what stands in, what is made later and in advance."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QPaintEvent

from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.layer import ImageLayer, LayerProps
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.ui.canvas import catching_up
from tests.documents import noise_document
from tests.gui.canvas.bench import Bench, flat_document


@pytest.fixture
def hurried(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A canvas whose frames have no time to make tiles, looking at all of a large picture."""
    monkeypatch.setattr(catching_up, "PATIENCE", -1.0)
    monkeypatch.setattr(catching_up, "SMOOTH_LIMIT_SECONDS", 60.0)
    bench.open(noise_document(2000, 1600), zoom=0.15)
    bench.leave()
    return bench


def scroll(bench: Bench, dx: int, dy: int) -> None:
    middle = bench.canvas.rect().center()
    bench.wheel(middle, 0, pixels=QPoint(dx, dy), phase=Qt.ScrollPhase.ScrollUpdate)
    bench.canvas.repaint()


def made(bench: Bench) -> int:
    return bench.canvas.scene.picture.tiles_made


def test_a_coarser_tile_stands_in_until_there_is_time(hurried: Bench) -> None:
    before = made(hurried)
    hurried.canvas.zoom_to(1.0)
    hurried.canvas.repaint()
    assert made(hurried) == before
    assert not hurried.canvas.is_settled
    hurried.settle()
    caught_up = hurried.grab()
    hurried.canvas.scene.clear()
    np.testing.assert_array_equal(hurried.grab(), caught_up)


def test_a_part_drawn_meanwhile_does_not_end_the_catching_up(hurried: Bench) -> None:
    hurried.canvas.zoom_to(1.0)
    hurried.canvas.repaint()
    hurried.canvas.repaint(0, 0, 1, 1)
    assert not hurried.canvas.is_settled
    hurried.settle()
    caught_up = hurried.on_screen()
    hurried.canvas.repaint()
    np.testing.assert_array_equal(hurried.on_screen(), caught_up)


def test_a_grab_does_not_end_the_catching_up(
    hurried: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried.canvas.zoom_to(1.0)
    hurried.canvas.repaint()
    monkeypatch.setattr(catching_up, "PATIENCE", 60.0)
    hurried.grab()
    hurried.settle()
    caught_up = hurried.on_screen()
    hurried.canvas.repaint()
    np.testing.assert_array_equal(hurried.on_screen(), caught_up)


def test_the_stand_in_shows_the_same_place(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    document = flat_document(2000, 1600, 40)
    layer = document.layers.painted[0]
    layer.rasters[0].pixels[600:900, 900:1100] = 220
    bench.open(document, zoom=0.125)
    bench.leave()
    monkeypatch.setattr(catching_up, "PATIENCE", -1.0)
    bench.canvas.zoom_to(0.5)
    bench.canvas.repaint()
    assert not bench.canvas.is_settled
    hurried = bench.grab().astype(int)
    bench.settle()
    off = np.abs(hurried - bench.grab()).max(axis=2) > 8
    # Only along the edges of the bright box, which a coarser level blurs.
    assert off.mean() < 0.03


def test_without_anything_coarser_the_frame_waits(hurried: Bench) -> None:
    hurried.canvas.scene.clear()
    hurried.canvas.repaint()
    assert hurried.canvas.is_settled


def test_what_takes_long_is_left_away_until_there_is_time(
    hurried: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = hurried.grab()
    monkeypatch.setattr(catching_up, "LEAST_WORK", -1.0)
    # With a second layer there is no overview that would give the tiles at once.
    layer = ImageLayer(LayerProps("Veil"), Raster(np.full((1600, 2000, 4), 40, np.uint8)))
    hurried.session.do(AddLayer("Add", layer, 1))
    hurried.canvas.scene.clear()
    before = made(hurried)
    hurried.canvas.repaint()
    assert made(hurried) == before
    assert not hurried.canvas.is_settled
    hurried.settle()
    caught_up = hurried.grab()
    assert (caught_up != whole).any()
    monkeypatch.setattr(catching_up, "LEAST_WORK", 60.0)
    hurried.canvas.scene.clear()
    np.testing.assert_array_equal(hurried.grab(), caught_up)


def test_paint_is_never_shown_late(hurried: Bench) -> None:
    hurried.canvas.zoom_to(1.0)
    hurried.settle()
    middle = hurried.canvas.to_document(Point(200, 150))
    hurried.stroke(middle, (middle.x + 30, middle.y))
    hurried.leave()
    drawn = hurried.grab()
    hurried.canvas.scene.clear()
    np.testing.assert_array_equal(hurried.grab(), drawn)


def test_panning_finds_its_tiles_made(hurried: Bench) -> None:
    hurried.canvas.zoom_to(1.0)
    hurried.settle()
    before = made(hurried)
    scroll(hurried, -120, -90)
    assert made(hurried) == before
    panned = hurried.grab()
    hurried.canvas.scene.clear()
    np.testing.assert_array_equal(hurried.grab(), panned)


def test_no_more_is_made_in_advance_than_lies_around_the_view(bench: Bench) -> None:
    bench.open(flat_document(4000, 4000, 90))
    # A view of 400x300 touches at most 3x3 tiles; one more on each side makes 5x5.
    assert made(bench) <= 25


class PaintedArea(QObject):
    """Collects what is painted of a widget."""

    def __init__(self) -> None:
        super().__init__()
        self.rect = QRect()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rect = self.rect.united(event.rect())
        return False


def test_a_preview_is_shown_in_its_place_and_taken_away(bench: Bench) -> None:
    bench.open(flat_document(200, 150, 40))
    bench.leave()
    before = bench.shown()
    pixels = np.full((15, 20, 4), 255, np.uint8)
    pixels[..., :3] = (10, 120, 250)
    bounds = Bounds(40, 30, 80, 60)
    bench.canvas.set_preview(bounds, pixels)
    shown = bench.shown()
    assert shown[bounds.slices()].reshape(-1, 3).tolist() == [[10, 120, 250]] * bounds.area
    outside = np.ones(shown.shape[:2], bool)
    outside[bounds.slices()] = False
    np.testing.assert_array_equal(shown[outside], before[outside])
    bench.canvas.clear_preview()
    np.testing.assert_array_equal(bench.shown(), before)


def test_a_preview_repaints_only_its_area(bench: Bench) -> None:
    bench.open(flat_document(200, 150, 40))
    bench.leave()
    bench.settle()
    area = PaintedArea()
    bench.canvas.installEventFilter(area)
    bounds = Bounds(40, 30, 60, 40)
    for _ in range(3):
        bench.canvas.set_preview(bounds, np.full((8, 8, 4), 255, np.uint8))
        bench.settle()
    bench.canvas.removeEventFilter(area)
    around = bench.canvas.to_view(bounds).toAlignedRect().adjusted(-3, -3, 3, 3)
    assert not area.rect.isEmpty()
    assert around.contains(area.rect)
