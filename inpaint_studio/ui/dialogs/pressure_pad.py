"""A pad to try the pen on: what is drawn is painted by the brush itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil, pi, sin

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from inpaint_studio.core.brush import BrushSettings, Stroke
from inpaint_studio.core.raster import Raster
from inpaint_studio.core.stroke_path import Sample
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.ui.theme import METRICS, current, set_text_role, tabular
from inpaint_studio.ui.widgets import push_button

_HEIGHT = 132
_SAMPLES = 60
_MOST_OF_HEIGHT = 0.45
"""Large brushes are shown smaller, so that a stroke fits the pad."""


class PressurePad(QWidget):
    """The pad, what the pen reports right now, and a button to wipe it.

    `read_brush` is asked at the start of every stroke.
    """

    def __init__(self, read_brush: Callable[[], BrushSettings], parent: QWidget | None = None):
        super().__init__(parent)
        self.paper = Paper(read_brush)
        self.reading = QLabel(self.tr("Draw here with pen or mouse."))
        self.clear_button = push_button(self.tr("Wipe"), quiet=True)
        self.clear_button.setToolTip(self.tr("Take away what was drawn on the pad"))
        set_text_role(self.reading, "small")
        self.reading.setFont(tabular(self.reading.font()))
        foot = QHBoxLayout()
        foot.addWidget(self.reading)
        foot.addStretch(1)
        foot.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(METRICS.space_xs)
        column.addWidget(self.paper)
        column.addLayout(foot)
        self.paper.drawn.connect(self._show_reading)
        self.clear_button.clicked.connect(self.paper.wipe)

    def refresh(self) -> None:
        """Draw the example anew: the brush changed."""
        self.paper.show_example()

    def _show_reading(self, pressure: float, size: float, opacity: float) -> None:
        text = self.tr("Pressure {0} %   Size {1} px   Opacity {2} %")
        self.reading.setText(text.format(round(pressure * 100), round(size), round(opacity * 100)))


class Paper(QWidget):
    """Takes strokes. `drawn(pressure, size, opacity)` tells each report: 0..1, px, 0..1.

    Empty, it shows a stroke pressed ever harder and then lighter again.
    """

    drawn = Signal(float, float, float)

    def __init__(self, read_brush: Callable[[], BrushSettings]) -> None:
        super().__init__()
        self._read_brush = read_brush
        self._raster = Raster.empty_mask()
        self._stroke: Stroke | None = None
        self._brush = read_brush()
        self._is_example = True
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Test pad"))
        self.setCursor(Qt.CursorShape.CrossCursor)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, _HEIGHT)

    @property
    def is_example(self) -> bool:
        """Whether nothing was drawn by hand."""
        return self._is_example

    def covered(self) -> Bounds:
        """What is painted, in device px."""
        return self._raster.content_bounds()

    def wipe(self) -> None:
        """Back to the example."""
        self._is_example = True
        self.show_example()

    def show_example(self) -> None:
        """Paint the example with the brush as it is now, unless something else was drawn."""
        if not self._is_example:
            return
        self._raster = Raster.empty_mask()
        width, height = self.width(), self.height()
        stroke = self._new_stroke()
        for i in range(_SAMPLES + 1):
            t = i / _SAMPLES
            x, y = width * (0.08 + 0.84 * t), height * (0.5 - 0.18 * sin(2 * pi * t))
            stroke.extend(Sample(self._device_point(QPointF(x, y)), sin(pi * t)))
        stroke.finish()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A mouse presses fully."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin()
            self._draw(event.position(), 1.0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on."""
        self._draw(event.position(), 1.0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The stroke is over."""
        self._end()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """The same for a pen, with its pressure."""
        if event.type() == QEvent.Type.TabletPress:
            self._begin()
        self._draw(event.position(), event.pressure())
        if event.type() == QEvent.Type.TabletRelease:
            self._end()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The example fills the width."""
        self.show_example()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the paper and what is on it."""
        colors = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sheet = QPainterPath()
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        sheet.addRoundedRect(frame, METRICS.radius_field, METRICS.radius_field)
        painter.fillPath(sheet, QColor(colors.canvas))
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.drawPath(sheet)
        painter.setClipPath(sheet)
        painter.drawImage(self.rect(), self._ink(QColor(colors.text)))

    def _ink(self, color: QColor) -> QImage:
        pixels = self._raster.read(self._area())
        height, width = pixels.shape
        alpha = QImage(pixels.data, width, height, width, QImage.Format.Format_Alpha8)
        ink = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        ink.fill(color)
        painter = QPainter(ink)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
        painter.drawImage(0, 0, alpha)
        painter.end()
        return ink

    def _begin(self) -> None:
        if self._is_example:
            self._raster = Raster.empty_mask()
        self._is_example = False
        self._stroke = self._new_stroke()

    def _draw(self, place: QPointF, pressure: float) -> None:
        if self._stroke is None:
            return
        self._stroke.extend(Sample(self._device_point(place), pressure))
        brush = self._brush
        self.drawn.emit(pressure, brush.size_at(pressure), brush.opacity_at(pressure))
        self.update()

    def _end(self) -> None:
        if self._stroke is not None:
            self._stroke.finish()
            self._stroke = None
            self.update()

    def _new_stroke(self) -> Stroke:
        self._brush = self._read_brush()
        size = min(self._brush.size, self.height() * _MOST_OF_HEIGHT) * self.devicePixelRatioF()
        return Stroke(self._raster, replace(self._brush, size=size, erase=False), self._area())

    def _area(self) -> Bounds:
        ratio = self.devicePixelRatioF()
        return Bounds(0, 0, ceil(self.width() * ratio), ceil(self.height() * ratio))

    def _device_point(self, place: QPointF) -> Point:
        ratio = self.devicePixelRatioF()
        return Point(place.x() * ratio, place.y() * ratio)
