"""A rounded bar that floats over the canvas, with a soft shadow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from inpaint_studio.ui.theme import METRICS, current, theme, with_alpha

_SHADOW = 14
"""How far the shadow reaches beyond the panel, in pixels."""
_SHADOW_DROP = 3
_SHADOW_OPACITY = 0.2
"""Where the shadow is darkest: right under the panel's edge."""


class FloatingBar(QWidget):
    """Put widgets into `row`. The widget is larger than what is seen of it by the shadow's margin.

    The bar holds itself to the edge of its parent given by `anchor`, `gap` pixels away, and never
    gets wider than the parent. Clicks on the shadow belong to the parent.
    """

    def __init__(
        self,
        parent: QWidget,
        anchor: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignBottom,
        gap: int = METRICS.space_l,
    ) -> None:
        super().__init__(parent)
        self._host = parent
        self._anchor = anchor
        self._gap = gap
        self._shadow = QPixmap()
        self.panel = QFrame(self)
        self.panel.setObjectName("floatingPanel")
        self.panel.setCursor(Qt.CursorShape.ArrowCursor)
        self.row = QHBoxLayout(self.panel)
        self.row.setContentsMargins(
            METRICS.space_m, METRICS.space_s, METRICS.space_m, METRICS.space_s
        )
        self.row.setSpacing(METRICS.space_s)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(_SHADOW, _SHADOW, _SHADOW, _SHADOW)
        outer.addWidget(self.panel)
        # Clicks beside the controls stay here; only those on the shadow go on to the canvas.
        self.panel.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        parent.installEventFilter(self)
        theme().changed.connect(self._on_theme_changed)

    def gap(self) -> int:
        """Pixels between the panel and the parent's edge."""
        return self._gap

    def set_gap(self, gap: int) -> None:
        """Moves the panel to `gap` pixels from the parent's edge."""
        self._gap = gap
        self.place()

    def panel_geometry(self) -> QRect:
        """What is seen of the bar, without its shadow, in the parent's coordinates."""
        return self.geometry().adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)

    def place(self) -> None:
        """Puts the bar to its edge again, at the size its content asks for."""
        area = self._host.rect()
        size = self._wanted_size(area.width() - 2 * METRICS.space_s)
        panel = QRect(QPoint(0, 0), size)
        panel.moveCenter(area.center())
        if self._anchor & Qt.AlignmentFlag.AlignBottom:
            panel.moveBottom(area.bottom() - self._gap)
        else:
            panel.moveTop(area.top() + self._gap)
        self.setGeometry(panel.adjusted(-_SHADOW, -_SHADOW, _SHADOW, _SHADOW))

    def event(self, event: QEvent) -> bool:
        """Follows its own content when that grows or shrinks."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.place()
        return handled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the parent's size."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the shadow; the panel draws itself."""
        ratio = self.devicePixelRatioF()
        if self._shadow.size() != self.size() * ratio:
            self._shadow = _shadow_pixmap(self.size(), ratio)
        QPainter(self).drawPixmap(0, 0, self._shadow)

    def _wanted_size(self, widest: int) -> QSize:
        hint = self.panel.sizeHint()
        return QSize(min(hint.width(), widest), hint.height())

    def _on_theme_changed(self) -> None:
        self._shadow = QPixmap()
        self.update()


def _shadow_pixmap(size: QSize, ratio: float) -> QPixmap:
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    # Each plate replaces what the one before it drew there: a slope, drawn once for each size. It
    # falls off as a square, because a straight one looks like a grey frame on a light canvas.
    for inset in range(_SHADOW + 1):
        opacity = _SHADOW_OPACITY * ((inset + 1) / (_SHADOW + 1)) ** 2
        painter.setBrush(with_alpha(current().shadow, opacity))
        plate = QRectF(0, _SHADOW_DROP, size.width(), size.height() - _SHADOW_DROP)
        plate.adjust(inset, inset, -inset, -inset)
        radius = METRICS.radius_bar + _SHADOW - inset
        painter.drawRoundedRect(plate, radius, radius)
    painter.end()
    return pixmap
