"""A small graph whose points are dragged to bend what a pen's pressure does."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inpaint_studio.core.pressure import FIRM, LINEAR, MOST_POINTS, SOFT, PressureCurve
from inpaint_studio.ui.theme import METRICS, current
from inpaint_studio.ui.widgets import push_button

_SIZE = QSize(220, 112)
_POINT = 5
"""Radius of a point; it is grabbed from twice as far."""
_GAP = 0.02
"""Points keep this much pressure between them."""
_KEY_STEP = 0.05


class PressureCurveEdit(QWidget):
    """The graph with three curves to start from. `changed(PressureCurve)` follows the hand."""

    changed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.graph = CurveGraph(name)
        self.graph.changed.connect(self.changed)
        presets = QHBoxLayout()
        presets.setSpacing(METRICS.space_xs)
        self.preset_buttons = {
            LINEAR: push_button(self.tr("Straight"), quiet=True),
            SOFT: push_button(self.tr("Soft"), quiet=True),
            FIRM: push_button(self.tr("Firm"), quiet=True),
        }
        for curve, button in self.preset_buttons.items():
            button.clicked.connect(lambda _checked=False, c=curve: self._choose(c))
            presets.addWidget(button)
        presets.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(METRICS.space_xs)
        column.addWidget(self.graph)
        column.addLayout(presets)

    def curve(self) -> PressureCurve:
        """The curve shown."""
        return self.graph.curve

    def set_curve(self, curve: PressureCurve) -> None:
        """Show a curve, without a signal."""
        self.graph.curve = curve
        self.graph.update()

    def _choose(self, curve: PressureCurve) -> None:
        self.set_curve(curve)
        self.changed.emit(curve)


class CurveGraph(QWidget):
    """Points to drag; a double-click adds or removes one. `changed(PressureCurve)`.

    Left and right choose a point, up and down move it. The curve keeps rising: a point that is
    moved takes its neighbours along.
    """

    changed = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve = LINEAR
        self.chosen = 1
        self._dragging = False
        self.setAccessibleName(name)
        self.setToolTip(self.tr("Drag a point. Double-click to add one or take one away."))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Fixed."""
        return _SIZE

    def place_of(self, pressure: float, effect: float) -> QPointF:
        """Where a point of the curve lies in the widget."""
        box = self._box()
        return QPointF(box.left() + pressure * box.width(), box.bottom() - effect * box.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a point."""
        index = self._point_near(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.chosen, self._dragging = index, True
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the point that was taken."""
        if self._dragging:
            self._move_chosen(*self._value_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the point away, or add one."""
        index, points = self._point_near(event.position()), list(self.curve.points)
        if index is None:
            self._add(*self._value_at(event.position()))
        elif 0 < index < len(points) - 1:
            del points[index]
            self.chosen = index - 1
            self._set_points(points)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a point and move it."""
        steps = {Qt.Key.Key_Up: _KEY_STEP, Qt.Key.Key_Down: -_KEY_STEP}
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            x, y = self.curve.points[self.chosen]
            self._move_chosen(x, y + steps[Qt.Key(event.key())])
        elif event.key() in moves:
            wanted = self.chosen + moves[Qt.Key(event.key())]
            self.chosen = min(max(wanted, 0), len(self.curve.points) - 1)
            self.update()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, grid, curve and points."""
        colors, box = current(), self._box()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(colors.accent if focused else colors.line), 2 if focused else 1))
        painter.setBrush(QColor(colors.raised))
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, METRICS.radius_field, METRICS.radius_field)
        painter.setPen(QPen(QColor(colors.line), 1))
        for i in range(5):
            painter.drawLine(self.place_of(i / 4, 0), self.place_of(i / 4, 1))
            painter.drawLine(self.place_of(0, i / 4), self.place_of(1, i / 4))
        painter.setPen(QPen(self._ink(), 2))
        steps = [i / box.width() for i in range(int(box.width()) + 1)]
        painter.drawPolyline(QPolygonF([self.place_of(x, self.curve.at(x)) for x in steps]))
        self._paint_points(painter)

    def _paint_points(self, painter: QPainter) -> None:
        colors = current()
        painter.setPen(QPen(self._ink(), 2))
        for i, point in enumerate(self.curve.points):
            is_chosen = i == self.chosen and self.hasFocus()
            painter.setBrush(QColor(colors.accent if is_chosen else colors.raised))
            painter.drawEllipse(self.place_of(*point), _POINT, _POINT)

    def _ink(self) -> QColor:
        colors = current()
        return QColor(colors.accent if self.isEnabled() else colors.line_strong)

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(10, 10, -10, -10)

    def _value_at(self, place: QPointF) -> tuple[float, float]:
        box = self._box()
        return (
            (place.x() - box.left()) / box.width(),
            (box.bottom() - place.y()) / box.height(),
        )

    def _point_near(self, place: QPointF) -> int | None:
        distances = [
            (QPointF(place - self.place_of(*point)).manhattanLength(), i)
            for i, point in enumerate(self.curve.points)
        ]
        nearest, index = min(distances)
        return index if nearest <= 3 * _POINT else None

    def _add(self, pressure: float, effect: float) -> None:
        points = sorted([*self.curve.points, (pressure, effect)])
        index = points.index((pressure, effect))
        if len(points) > MOST_POINTS or not 0 < index < len(points) - 1:
            return
        self.chosen = index
        self._set_points(points)
        self._move_chosen(pressure, effect)

    def _move_chosen(self, pressure: float, effect: float) -> None:
        i, points = self.chosen, list(self.curve.points)
        is_end = i in (0, len(points) - 1)
        if is_end:
            pressure = points[i][0]
        else:
            pressure = min(max(pressure, points[i - 1][0] + _GAP), points[i + 1][0] - _GAP)
        points[i] = (round(pressure, 3), round(min(max(effect, 0.0), 1.0), 3))
        self._set_points(points)

    def _set_points(self, points: list[tuple[float, float]]) -> None:
        level = points[self.chosen][1]
        risen = tuple(
            (x, min(y, level) if i < self.chosen else max(y, level))
            for i, (x, y) in enumerate(points)
        )
        if risen != self.curve.points:
            self.curve = replace(self.curve, points=risen)
            self.changed.emit(self.curve)
        self.update()
