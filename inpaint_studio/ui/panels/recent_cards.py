"""Cards of recently used pictures: a thumbnail with the name and the day below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QDate,
    QLocale,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.files.recent import RecentFile
from inpaint_studio.files.thumbnails import thumbnail_for
from inpaint_studio.ui.icons import draw_icon
from inpaint_studio.ui.theme import METRICS, current, theme, with_alpha

CARD_SIZE = QSize(195, 76)
_CAPTION_HEIGHT = 21
_THUMBNAIL_SIDE = 512
"""Pixels of the longer side: enough for a portrait picture at twice the pixel ratio."""


class RecentCard(QAbstractButton):
    """One picture. `clicked` to open it; `removal_requested` to take it off the list.

    The thumbnail is loaded in the background when the card is first shown.
    """

    removal_requested = Signal()

    def __init__(
        self, entry: RecentFile, cache_folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.path = entry.path
        self._cache_folder = cache_folder
        self._day = day_text(entry.used.astimezone().date(), date.today())
        self._loading: BackgroundTask | None = None
        self._thumbnail = QImage()
        self._scaled = QPixmap()
        self.setFixedSize(CARD_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{self.path.name}, {self._day}")
        self.setToolTip(str(self.path))
        theme().changed.connect(self.update)

    @property
    def has_thumbnail(self) -> bool:
        """Whether the picture's thumbnail is there."""
        return not self._thumbnail.isNull()

    def menu(self) -> QMenu:
        """The context menu, to be shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), self.click)
        menu.addAction(self.tr("Remove from list"), self.removal_requested.emit)
        return menu

    def sizeHint(self) -> QSize:
        """All cards have one size."""
        return CARD_SIZE

    def showEvent(self, event: QShowEvent) -> None:
        """Begins to load the thumbnail."""
        super().showEvent(event)
        if self._loading is None:
            self._loading = BackgroundTask(_loader(self.path, self._cache_folder), self)
            self._loading.finished.connect(self._on_loaded)
            self._loading.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens as Space does; Delete takes the card off the list."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.click()
            case Qt.Key.Key_Delete:
                self.removal_requested.emit()
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Shows the menu."""
        self.menu().popup(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the thumbnail, the caption over its foot and the ring of hover or focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), METRICS.radius_button, METRICS.radius_button)
        painter.setClipPath(shape)
        self._draw_picture(painter)
        self._draw_caption(painter)
        painter.setClipping(False)
        self._draw_ring(painter)

    def _draw_picture(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(current().raised))
        if self.has_thumbnail:
            painter.drawPixmap(0, 0, self._cover())
            return
        side = METRICS.icon
        picture = self.rect().adjusted(0, 0, 0, -_CAPTION_HEIGHT)
        place = QRect(0, 0, side, side)
        place.moveCenter(picture.center())
        draw_icon(painter, "image", place, current().dim)

    def _draw_caption(self, painter: QPainter) -> None:
        strip = self.rect().adjusted(0, self.height() - _CAPTION_HEIGHT, 0, 0)
        painter.fillRect(strip, with_alpha(current().shadow, 0.62))
        font = self.font()
        font.setPixelSize(METRICS.font_small + 1)
        painter.setFont(font)
        painter.setPen(QColor(current().cursor_light))
        text = strip.adjusted(METRICS.space_s, 0, -METRICS.space_s, 0)
        metrics = painter.fontMetrics()
        day = f" · {self._day}"
        room = text.width() - metrics.horizontalAdvance(day)
        name = metrics.elidedText(self.path.name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, name + day)

    def _draw_ring(self, painter: QPainter) -> None:
        if not (self.hasFocus() or self.underMouse()):
            return
        color = current().accent if self.hasFocus() else current().line_strong
        half = METRICS.focus_ring / 2
        painter.setPen(QPen(QColor(color), METRICS.focus_ring))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(ring, METRICS.radius_button - half, METRICS.radius_button - half)

    def _cover(self) -> QPixmap:
        """The thumbnail scaled to fill the card at this screen's pixel ratio.

        Of a tall picture a part above the middle is shown: faces are rarely lower.
        """
        ratio = self.devicePixelRatioF()
        wanted = (self.size().toSizeF() * ratio).toSize()
        if self._scaled.isNull() or self._scaled.devicePixelRatio() != ratio:
            filling = Qt.AspectRatioMode.KeepAspectRatioByExpanding
            smooth = Qt.TransformationMode.SmoothTransformation
            large = self._thumbnail.scaled(wanted, filling, smooth)
            part = QRect(0, 0, wanted.width(), wanted.height())
            part.moveTopLeft(
                QPoint((large.width() - part.width()) // 2, (large.height() - part.height()) // 4)
            )
            self._scaled = QPixmap.fromImage(large.copy(part))
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

    def _on_loaded(self, thumbnail: QImage) -> None:
        self._thumbnail = thumbnail
        self.update()


def day_text(used: date, today: date) -> str:
    """A day as people say it: today, yesterday, Monday, 12 Nov, and with the year if it is old."""
    days = (today - used).days
    if days <= 0:
        return QCoreApplication.translate("RecentCard", "today")
    if days == 1:
        return QCoreApplication.translate("RecentCard", "yesterday")
    if days < 7:
        return QLocale().dayName(used.isoweekday())
    pattern = "d MMM" if used.year == today.year else "d MMM yyyy"
    return QLocale().toString(QDate(used.year, used.month, used.day), pattern)


def _loader(
    path: Path, cache_folder: Path
) -> Callable[[Callable[[float], None], Callable[[], bool]], QImage]:
    def work(_report: Callable[[float], None], _is_cancelled: Callable[[], bool]) -> QImage:
        file = thumbnail_for(path, cache_folder, _THUMBNAIL_SIDE)
        return QImage() if file is None else QImage(str(file))

    return work
