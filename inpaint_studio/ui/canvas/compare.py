"""The original left of a divider, the edited picture right of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from inpaint_studio.ui.canvas.compare_divider import CompareDivider
from inpaint_studio.ui.canvas.painting import LABEL_HEIGHT, LABEL_PADDING
from inpaint_studio.ui.canvas.scene import Scene
from inpaint_studio.ui.theme import METRICS, current, with_alpha


class Comparison:
    """Divider, labels and what the scene shows. `repaint` takes a rectangle of the canvas."""

    def __init__(self, canvas: QWidget, scene: Scene, repaint: Callable[[QRect], object]) -> None:
        self._canvas = canvas
        self._scene = scene
        self._repaint = repaint
        self._is_on = False
        self._shown_at = 0
        self._texts = (canvas.tr("Before"), canvas.tr("After"))
        self.divider = CompareDivider(canvas)
        self.divider.moved.connect(self._follow)

    @property
    def is_on(self) -> bool:
        """Whether the two are compared."""
        return self._is_on

    def turn_on(self, on: bool) -> None:
        """Compare or not. The divider gets the focus, and with it the arrow keys."""
        self._is_on = on
        had_focus = self.divider.hasFocus()
        self.divider.setVisible(on)
        if on:
            self.divider.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif had_focus:
            self._canvas.setFocus()
        self._shown_at = self.divider.line_x
        self._scene.compare_at(self._shown_at if on else None)
        self._repaint(self._canvas.rect())

    def settle(self) -> None:
        """The canvas has another size."""
        self.divider.settle()
        self._follow()

    def paint(self, painter: QPainter) -> None:
        """Say which side is which."""
        if not self._is_on or self._scene.shows_original:
            return
        before, after = self._labels()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box, text in zip((before, after), self._texts, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(with_alpha(current().panel, 0.88))
            painter.drawRoundedRect(box, METRICS.radius_field, METRICS.radius_field)
            painter.setPen(QColor(current().text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _labels(self) -> tuple[QRectF, QRectF]:
        metrics = QFontMetricsF(self._canvas.font())
        first, second = (metrics.horizontalAdvance(t) + 2 * LABEL_PADDING for t in self._texts)
        height = max(LABEL_HEIGHT, metrics.height() + 4)
        x, gap, top = self._shown_at, METRICS.space_m, METRICS.space_m
        return QRectF(x - gap - first, top, first, height), QRectF(x + gap, top, second, height)

    def _follow(self, _place: float = 0.0) -> None:
        if not self._is_on:
            return
        before, after = self._shown_at, self.divider.line_x
        reach = round(max(box.width() for box in self._labels())) + METRICS.space_l
        self._shown_at = after
        self._scene.compare_at(after)
        left, right = min(before, after) - reach, max(before, after) + reach
        self._repaint(QRect(left, 0, right - left, self._canvas.height()))
