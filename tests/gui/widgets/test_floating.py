"""Floating bars hold to their edge, let clicks on the shadow through, and keep their own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from inpaint_studio.ui.theme import DARK, apply_theme
from inpaint_studio.ui.widgets import FloatingBar


class Canvas(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.clicks: list[QPoint] = []

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicks.append(event.position().toPoint())


@pytest.fixture
def canvas(qtbot, qapp: QApplication) -> Canvas:
    apply_theme(qapp, "dark")
    result = Canvas()
    qtbot.addWidget(result)
    result.resize(600, 400)
    return result


@pytest.fixture
def bar(canvas: Canvas) -> FloatingBar:
    result = FloatingBar(canvas, gap=20)
    label = QLabel("Generate")
    label.setFixedSize(200, 40)
    result.row.addWidget(label)
    canvas.show()
    QApplication.processEvents()
    return result


def test_stands_at_the_bottom_in_the_middle(canvas: Canvas, bar: FloatingBar):
    panel = bar.panel_geometry()
    assert panel.bottom() == canvas.rect().bottom() - 20
    assert abs(panel.center().x() - canvas.rect().center().x()) <= 1
    assert panel.width() >= 200


def test_follows_the_canvas_and_the_gap(canvas: Canvas, bar: FloatingBar):
    canvas.resize(800, 500)
    QApplication.processEvents()
    bar.set_gap(50)
    assert bar.gap() == 50
    assert bar.panel_geometry().bottom() == 499 - 50
    assert abs(bar.panel_geometry().center().x() - 400) <= 1


def test_grows_with_its_content(bar: FloatingBar, qtbot):
    before = bar.panel_geometry().width()
    label = QLabel("more")
    label.setFixedWidth(100)
    bar.row.addWidget(label)
    qtbot.waitUntil(lambda: bar.panel_geometry().width() >= before + 100)


def test_top_anchor(canvas: Canvas):
    top = FloatingBar(canvas, Qt.AlignmentFlag.AlignTop, gap=12)
    canvas.show()
    top.place()
    assert top.panel_geometry().top() == 12


def test_clicks_on_the_shadow_reach_the_canvas(canvas: Canvas, bar: FloatingBar):
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert canvas.clicks == [bar.pos() + QPoint(4, 4)]


def test_clicks_on_the_panel_do_not(canvas: Canvas, bar: FloatingBar):
    QTest.mouseClick(bar.panel, Qt.MouseButton.LeftButton, pos=QPoint(4, 20))
    assert canvas.clicks == []


def test_looks_like_a_panel_with_a_shadow(canvas: Canvas, bar: FloatingBar):
    panel = bar.panel_geometry()
    image = canvas.grab().toImage()
    assert image.pixelColor(panel.left() + 6, panel.center().y()) == QColor(DARK.panel)
    under = image.pixelColor(panel.center().x(), panel.bottom() + 3)
    assert under.lightness() < image.pixelColor(2, 2).lightness()
