"""The seam badge: how visible the edge of a result is, as a number in a colour."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inpaint_studio.ui.theme import METRICS, current, tabular

GOOD_BELOW = 1.15
LOOK_BELOW = 1.3
_HEIGHT = 16


class SeamLevel(Enum):
    """What a seam ratio means for the eye. The values name the theme's colours."""

    good = "good"
    look = "look"
    visible = "visible"


def seam_level(ratio: float) -> SeamLevel:
    """The level of a seam ratio, 1 being as smooth as the picture around it."""
    if ratio < GOOD_BELOW:
        return SeamLevel.good
    return SeamLevel.look if ratio < LOOK_BELOW else SeamLevel.visible


def draw_seam_badge(painter: QPainter, bottom_right: QRect, ratio: float) -> None:
    """Draws the badge into the lower right corner of a rectangle, e.g. a thumbnail's."""
    font = _badge_font(painter.font())
    size = _badge_size(font, ratio)
    rect = QRect(0, 0, size.width(), size.height())
    rect.moveBottomRight(bottom_right.bottomRight())
    colors = current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(getattr(colors, seam_level(ratio).value)))
    painter.drawRoundedRect(rect, _HEIGHT / 2, _HEIGHT / 2)
    painter.setPen(QColor(colors.on_status))
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, _badge_text(ratio))
    painter.restore()


class SeamBadge(QWidget):
    """The badge as a widget; empty until it has a ratio."""

    def __init__(self, ratio: float | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_ratio(ratio)

    def ratio(self) -> float | None:
        """The ratio shown, None where none was measured."""
        return self._ratio

    def set_ratio(self, ratio: float | None) -> None:
        """Shows a ratio in its colour, and in words to those who can't see the colour."""
        self._ratio = ratio
        text = "" if ratio is None else self._spoken(ratio)
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the number."""
        if self._ratio is None:
            return QSize(0, _HEIGHT)
        return _badge_size(_badge_font(self.font()), self._ratio)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the badge at the lower right."""
        if self._ratio is not None:
            draw_seam_badge(QPainter(self), self.rect(), self._ratio)

    def _spoken(self, ratio: float) -> str:
        meaning = {
            SeamLevel.good: self.tr("Seam {0}: good"),
            SeamLevel.look: self.tr("Seam {0}: worth a look"),
            SeamLevel.visible: self.tr("Seam {0}: visible"),
        }
        return meaning[seam_level(ratio)].format(_badge_text(ratio))


def _badge_text(ratio: float) -> str:
    return f"{ratio:.2f}"


def _badge_font(base: QFont) -> QFont:
    font = tabular(base)
    font.setPixelSize(METRICS.font_small)
    return font


def _badge_size(font: QFont, ratio: float) -> QSize:
    width = QFontMetrics(font).horizontalAdvance(_badge_text(ratio))
    return QSize(width + 2 * METRICS.space_s - 2, _HEIGHT)
