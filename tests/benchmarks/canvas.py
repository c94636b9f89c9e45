"""The canvas under the hand: tap, drag, pan, undo, at 8192² with six layers and a mask."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
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
from tests.benchmarks.measure import Row, clock, photo_like, repeat, rss_mib

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


def close(studio: Studio) -> None:
    """Closes the window without its question about edits that no file holds."""
    studio.services.session.mark_saved()
    studio.window.close()


def bench_brush(_folder: Path) -> Iterator[Row]:
    for side in (4096, 8192):
        studio = new_studio()
        _open_layers(studio, side, layers=1)
        canvas = studio.window.canvas
        studio.services.toolbox.set_brush(size=200)
        yield from _tap(canvas, side)
        for diameter in (200, 800):
            studio.services.toolbox.set_brush(size=diameter)
            canvas.fit()
            yield from _drag(canvas, f"{diameter} px brush, {side}², fitted")
        for zoom in (1.0, 0.4):
            canvas.zoom_to(zoom)
            _idle(0.5)
            yield from _drag(canvas, f"800 px brush, {side}², {zoom:.0%}")
        close(studio)


def bench_pan(_folder: Path) -> Iterator[Row]:
    studio = new_studio()
    _open_layers(studio, 8192, layers=6)
    _scribble(studio)
    canvas = studio.window.canvas
    with clock() as spent:
        canvas.repaint()
    yield Row(
        "first frame of 8192², 6 layers and mask, fitted", spent.cpu * 1000, "ms", None, "CPU"
    )
    longest = _settle(canvas) * 1000
    yield Row("the same: longest turn until all of it is drawn", longest, "ms", 50.0, "CPU")
    yield from _frames("zoom 8192², 6 layers and mask, by wheel", canvas, _zoom)
    for zoom in (1.0, 0.66, 0.37, 0.25):
        canvas.zoom_to(zoom)
        _idle(0.5)
        yield from _frames(f"pan 8192², 6 layers and mask, {zoom:.0%}", canvas, _pan)
    close(studio)


def bench_undo(_folder: Path) -> Iterator[Row]:
    studio = new_studio()
    _open_layers(studio, 8192, layers=1)
    studio.services.toolbox.set_brush(size=200)
    yield from _undos(studio, 8192)
    close(studio)


def bench_huge(_folder: Path) -> Iterator[Row]:
    studio = new_studio()
    _open_layers(studio, 16384, layers=1)
    yield Row("16384² open and displayed, memory", rss_mib(), "MiB", None)
    studio.services.toolbox.set_brush(size=200)
    yield from _tap(studio.window.canvas, 16384)
    yield from _drag(studio.window.canvas, "200 px brush, 16384², fitted")
    yield from _undos(studio, 16384)
    yield Row("16384² after that, memory", rss_mib(), "MiB", None)
    close(studio)


def _undos(studio: Studio, side: int) -> Iterator[Row]:
    canvas, session = studio.window.canvas, studio.services.session
    before = session.history.nbytes
    for i in range(50):
        y = 300 + (i * 151) % 7000
        _stroke(canvas, [Point(1000 + 8 * j, y + 4 * j) for j in range(70)])
        canvas.repaint()
    kept = (session.history.nbytes - before) / 2**20 / 50
    yield Row(f"undo memory of a 200 px stroke in {side}²", kept, "MiB", 0.1)
    with clock() as spent:
        for _ in range(50):
            session.undo()
            # Everything that shows the step is painted, not only the canvas.
            QApplication.processEvents()
    cpu = f"{spent.cpu:.2f} s CPU"
    yield Row(f"50 undos in {side}², each painted", spent.wall, "s", 0.5, cpu)


def _tap(canvas: CanvasView, side: int) -> Iterator[Row]:
    def tap(i: int) -> None:
        point = Point(side * 0.2 + 130 * i, side * 0.3)
        _send(canvas, QEvent.Type.MouseButtonPress, point)
        QApplication.processEvents()
        _send(canvas, QEvent.Type.MouseButtonRelease, point)
        QApplication.processEvents()

    with clock() as first:
        tap(-1)
    yield Row(f"first tap, 200 px brush, {side}², fitted", first.cpu * 1000, "ms", 16.0, "CPU")
    middle, worst = repeat(15, tap)
    yield Row(f"tap, 200 px brush, {side}², fitted: median", middle, "ms", 16.0, "CPU")
    yield Row(f"tap, 200 px brush, {side}², fitted: worst", worst, "ms", 16.0, "CPU")


def _drag(canvas: CanvasView, what: str) -> Iterator[Row]:
    """A stroke across the view, reported every 8 ms or as fast as it is painted."""
    left, top = canvas.width() * 0.2, canvas.height() * 0.45
    start = canvas.to_document(Point(left, top))
    _send(canvas, QEvent.Type.MouseButtonPress, start)

    def move(i: int) -> None:
        _send(canvas, QEvent.Type.MouseMove, canvas.to_document(Point(left + 6 * i, top + i)))
        QApplication.processEvents()

    middle, worst = repeat(120, move)
    _send(canvas, QEvent.Type.MouseButtonRelease, canvas.to_document(Point(left, top)))
    yield Row(f"drag, {what}, a move: median", middle, "ms", 2.0, "CPU")
    yield Row(f"drag, {what}, a move: worst", worst, "ms", None, "CPU")


def _frames(
    what: str, canvas: CanvasView, move: Callable[[CanvasView, int], None]
) -> Iterator[Row]:
    """150 frames at 60 Hz. What is done between them counts too: it could hold the next one up."""
    times, slices = [], []
    for i in range(150):
        with clock() as spent:
            move(canvas, i)
            canvas.repaint()
        times.append(spent.cpu * 1000)
        slices.append(_idle(1 / 60 - spent.wall) * 1000)
    yield Row(f"{what}: median", statistics.median(times), "ms", 8.0, "CPU")
    yield Row(f"{what}: worst", max(times), "ms", 16.0, "CPU")
    yield Row(f"{what}: longest between", max(slices), "ms", 8.0, "CPU")


def _idle(seconds: float) -> float:
    """What an event loop does until the next frame; returns the longest turn's CPU seconds."""
    end, longest = time.perf_counter() + seconds, 0.0
    while time.perf_counter() < end:
        with clock() as turn:
            QApplication.processEvents()
        longest = max(longest, turn.cpu)
        time.sleep(0.0005)
    return longest


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
    # The editor's page is laid out only now; before, its canvas can't be painted.
    _idle(0.5)
    studio.window.canvas.repaint()
    _settle(studio.window.canvas)


def _settle(canvas: CanvasView) -> float:
    """Until all is drawn; returns the longest turn's CPU seconds."""
    longest = 0.0
    while not canvas.is_settled:
        longest = max(longest, _idle(0.01))
    return longest


def _scribble(studio: Studio) -> None:
    document = studio.services.session.document
    assert document is not None
    mask = document.mask(MaskKind.repaint).raster
    for i in range(12):
        mask.writable(Bounds(300 + i * 600, 200 + i * 620, 900, 500))[...] = 180
    studio.services.session.document_replaced.emit()


def _pan(canvas: CanvasView, _i: int) -> None:
    _scroll(canvas, QPoint(-11, -7), Qt.ScrollPhase.ScrollUpdate)


def _zoom(canvas: CanvasView, i: int) -> None:
    """In to about 370 % and out again."""
    notches = 30 if i % 60 < 30 else -30
    _scroll(canvas, QPoint(0, notches * 2), Qt.ScrollPhase.NoScrollPhase)


def _scroll(canvas: CanvasView, by: QPoint, phase: Qt.ScrollPhase) -> None:
    """On a trackpad (`by` in px) while there is a phase, by a wheel (`by` in 1/8 degree) if not."""
    middle = QPointF(canvas.rect().center())
    trackpad = phase is not Qt.ScrollPhase.NoScrollPhase
    scroll = QWheelEvent(
        middle,
        QPointF(canvas.mapToGlobal(middle)),
        by if trackpad else QPoint(),
        QPoint() if trackpad else by,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        phase,
        False,
    )
    QApplication.sendEvent(canvas, scroll)


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
