"""The canvas under the hand: tap, drag, pan, undo, at 8192² with six layers and a mask."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from inpaint_studio.app import build_services
from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.layer import ImageLayer, LayerProps, MaskKind
from inpaint_studio.core.raster import Raster
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.pixels import from_rgb, premultiply
from inpaint_studio.settings import Settings
from inpaint_studio.ui.canvas.canvas_view import CanvasView
from inpaint_studio.ui.studio import Studio
from tests.benchmarks.measure import Row, clock, photo_like, repeat

SCREEN = (1920, 1080)


def new_studio() -> Studio:
    """The real window over fresh settings."""
    app = QApplication.instance() or QApplication(["bench"])
    assert isinstance(app, QApplication)
    engine = Supervisor()
    studio = Studio(app, build_services(Settings(), engine), engine)
    studio.window.resize(*SCREEN)
    studio.start()
    return studio


def open_in_window(path: Path) -> Studio:
    """Opens a file and returns when it is on the screen."""
    studio = new_studio()
    studio.open_path(path)
    while studio.services.session.document is None:
        QApplication.processEvents()
        time.sleep(0.001)
    studio.window.canvas.repaint()
    return studio


def bench_brush(_folder: Path) -> Iterator[Row]:
    for side in (4096, 8192):
        studio = new_studio()
        _open_layers(studio, side, layers=1)
        canvas = studio.window.canvas
        studio.services.toolbox.set_brush(size=200)
        yield from _tap(studio, canvas, side)
        for diameter in (200, 800):
            yield from _drag(studio, canvas, side, diameter)
        studio.window.close()


def bench_pan(_folder: Path) -> Iterator[Row]:
    studio = new_studio()
    _open_layers(studio, 8192, layers=6)
    _scribble(studio)
    canvas = studio.window.canvas
    for name, zoom in (("100 %", 1.0), ("25 %", 0.25), ("37 %", 0.37)):
        canvas.zoom_to(zoom)
        for _ in range(40):
            _pan_frame(canvas)
        middle, worst = repeat(60, lambda _i: _pan_frame(canvas))
        yield Row(f"pan 8192², 6 layers and mask, {name}: median", middle, "ms", 8.0, "CPU")
        yield Row(f"pan 8192², 6 layers and mask, {name}: worst", worst, "ms", 16.0, "CPU")
    studio.window.close()


def bench_undo(_folder: Path) -> Iterator[Row]:
    studio = new_studio()
    _open_layers(studio, 8192, layers=1)
    studio.services.toolbox.set_brush(size=200)
    for i in range(50):
        y = 300 + (i * 151) % 7000
        _stroke(studio.window.canvas, [Point(1000 + 8 * j, y + 4 * j) for j in range(70)])
    history = studio.services.session.history
    kept = history.nbytes / 2**20 / 50
    yield Row("undo memory of a 200 px stroke in 8192²", kept, "MiB", 0.1)
    with clock() as spent:
        for _ in range(50):
            studio.services.session.undo()
            studio.window.canvas.repaint()
    yield Row("50 undos, each painted", spent.wall, "s", 0.5)
    studio.window.close()


def _tap(studio: Studio, canvas: CanvasView, side: int) -> Iterator[Row]:
    def tap(i: int) -> None:
        point = Point(side * 0.2 + 130 * i, side * 0.3)
        _send(canvas, QEvent.Type.MouseButtonPress, point)
        QApplication.processEvents()
        _send(canvas, QEvent.Type.MouseButtonRelease, point)
        QApplication.processEvents()

    middle, worst = repeat(15, tap)
    yield Row(f"tap, 200 px brush, {side}², fitted: median", middle, "ms", 16.0, "CPU")
    yield Row(f"tap, 200 px brush, {side}², fitted: worst", worst, "ms", None, "CPU")


def _drag(studio: Studio, canvas: CanvasView, side: int, diameter: int) -> Iterator[Row]:
    studio.services.toolbox.set_brush(size=diameter)
    start = Point(side * 0.2, side * 0.5)
    _send(canvas, QEvent.Type.MouseButtonPress, start)

    def move(i: int) -> None:
        _send(canvas, QEvent.Type.MouseMove, Point(start.x + i * side / 250, start.y + i * 7))
        QApplication.processEvents()

    middle, worst = repeat(120, move)
    _send(canvas, QEvent.Type.MouseButtonRelease, Point(side * 0.7, side * 0.6))
    yield Row(f"drag, {diameter} px brush, {side}², a move: median", middle, "ms", 2.0, "CPU")
    yield Row(f"drag, {diameter} px brush, {side}², a move: worst", worst, "ms", None, "CPU")


def _open_layers(studio: Studio, side: int, layers: int) -> None:
    """A base, one translucent layer over a fifth of it, and patches of 1024²."""
    base = from_rgb(photo_like(side))
    document = Document.from_pixels(base, Origin("bench.png"))
    rng = np.random.default_rng(3)
    for i in range(layers - 1):
        extent = int(side * 0.45) if i == 0 else 1024
        rgba = np.full((extent, extent, 4), 160, np.uint8)
        rgba[..., :3] = rng.integers(0, 255, 3)
        raster = Raster(premultiply(rgba), 500 + i * 900, 400 + i * 700)
        document.layers.insert(1, ImageLayer(LayerProps(f"layer {i}"), raster))
    studio.services.session.open(document)
    studio.window.canvas.repaint()


def _scribble(studio: Studio) -> None:
    document = studio.services.session.document
    assert document is not None
    mask = document.mask(MaskKind.repaint).raster
    for i in range(12):
        mask.writable(Bounds(300 + i * 600, 200 + i * 620, 900, 500))[...] = 180
    studio.services.session.document_replaced.emit()


def _pan_frame(canvas: CanvasView) -> None:
    middle = QPointF(canvas.rect().center())
    scroll = QWheelEvent(
        middle,
        QPointF(canvas.mapToGlobal(middle)),
        QPoint(-11, -7),
        QPoint(),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.ScrollUpdate,
        False,
    )
    QApplication.sendEvent(canvas, scroll)
    canvas.repaint()


def _stroke(canvas: CanvasView, points: list[Point]) -> None:
    _send(canvas, QEvent.Type.MouseButtonPress, points[0])
    for point in points[1:]:
        _send(canvas, QEvent.Type.MouseMove, point)
    _send(canvas, QEvent.Type.MouseButtonRelease, points[-1])


def _send(canvas: CanvasView, kind: QEvent.Type, point: Point) -> None:
    position = canvas.to_view(Bounds(int(point.x), int(point.y), 1, 1)).topLeft()
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    released = kind is QEvent.Type.MouseButtonRelease
    event = QMouseEvent(
        kind,
        QPointF(position),
        QPointF(canvas.mapToGlobal(position)),
        none if kind is QEvent.Type.MouseMove else left,
        none if released else left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)
