"""Draws a row of the layers list: eye, thumbnail, name, small print and the menu's dots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from inpaint_studio.core.layer import Layer
from inpaint_studio.ui.icons import draw_icon
from inpaint_studio.ui.panels.layer_model import LayerModel
from inpaint_studio.ui.theme import METRICS, current, with_alpha
from inpaint_studio.ui.widgets import tooltip_text

THUMBNAIL = QSize(42, 30)
HIDDEN_OPACITY = 0.45
"""Of the thumbnail of a layer that is not shown."""
_EDGE = 26
"""Width of the eye's place at the left and of the menu's at the right."""
_NAME_HEIGHT = 18
_SUBTITLE_HEIGHT = 15

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class RowParts:
    """Where the parts of a row lie, in the view's coordinates.

    The dots of the menu stand beside the name; the subtitle below has the width to the row's end.
    """

    eye: QRect
    thumbnail: QRect
    name: QRect
    subtitle: QRect
    menu: QRect

    @classmethod
    def of(cls, row: QRect, direction: Qt.LayoutDirection) -> RowParts:
        """The parts of a row, mirrored where one reads from right to left."""
        eye = QRect(row.left(), row.top(), _EDGE, row.height())
        thumbnail = QRect(QPoint(eye.right() + 1, 0), THUMBNAIL)
        thumbnail.moveTop(row.top() + (row.height() - THUMBNAIL.height()) // 2)
        left = thumbnail.right() + 1 + METRICS.space_s
        top = row.top() + (row.height() - _NAME_HEIGHT - _SUBTITLE_HEIGHT) // 2
        end = row.right() + 1
        name = QRect(left, top, end - _EDGE - left, _NAME_HEIGHT)
        subtitle = QRect(left, name.bottom() + 1, end - METRICS.space_xs - left, _SUBTITLE_HEIGHT)
        menu = QRect(end - _EDGE, row.top(), _EDGE, subtitle.top() - row.top())
        parts = (eye, thumbnail, name, subtitle, menu)
        return cls(*(QStyle.visualRect(direction, row, part) for part in parts))


class LayerDelegate(QStyledItemDelegate):
    """For views of a `LayerModel`."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(0, METRICS.layer_row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one row."""
        model = cast(LayerModel, index.model())
        layer = model.layer(index)
        if layer is None:
            return
        parts = RowParts.of(option.rect, option.direction)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_background(painter, option)
        _draw_icons(painter, parts, layer, hovered=_has(option, QStyle.StateFlag.State_MouseOver))
        painter.setOpacity(1.0 if layer.props.visible else HIDDEN_OPACITY)
        ratio = painter.device().devicePixelRatioF()
        painter.drawImage(parts.thumbnail, model.thumbnail(layer, THUMBNAIL, ratio))
        painter.setOpacity(1.0)
        _draw_text(painter, parts, option.font, layer, model.subtitle(layer))
        painter.restore()

    def updateEditorGeometry(  # noqa: N802 - Qt calls it
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """The name is edited beside its thumbnail, in a field that covers both lines."""
        subtitle = RowParts.of(option.rect, option.direction).subtitle
        place = QRect(0, 0, subtitle.width(), METRICS.row)
        place.moveCenter(QPoint(subtitle.center().x(), option.rect.center().y()))
        editor.setGeometry(place)

    def helpEvent(  # noqa: N802 - Qt calls it
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """The eye and the dots have tooltips of their own."""
        text = self._tooltip_at(event.pos(), option, index)
        if not text:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), text, view)
        return True

    def _tooltip_at(self, position: QPoint, option: QStyleOptionViewItem, index: Index) -> str:
        layer = cast(LayerModel, index.model()).layer(index) if index.isValid() else None
        if layer is None:
            return ""
        parts = RowParts.of(option.rect, option.direction)
        if parts.eye.contains(position):
            name = self.tr("Hide layer") if layer.props.visible else self.tr("Show layer")
            return tooltip_text(name, "Space")
        return self.tr("What can be done with this layer") if parts.menu.contains(position) else ""


def _has(option: QStyleOptionViewItem, flag: QStyle.StateFlag) -> bool:
    return bool(option.state & flag)


def _draw_background(painter: QPainter, option: QStyleOptionViewItem) -> None:
    colors = current()
    focused = _has(option, QStyle.StateFlag.State_HasFocus)
    if _has(option, QStyle.StateFlag.State_Selected):
        painter.setBrush(QColor(colors.raised))
        painter.setPen(QPen(QColor(colors.accent if focused else colors.line), 1))
    elif _has(option, QStyle.StateFlag.State_MouseOver):
        painter.setBrush(with_alpha(colors.raised, 0.6))
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        return
    box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, METRICS.radius_button, METRICS.radius_button)


def _draw_icons(painter: QPainter, parts: RowParts, layer: Layer, *, hovered: bool) -> None:
    color = current().text if hovered else current().dim
    eye = "eye" if layer.props.visible else "eye-off"
    dots = QPoint(parts.menu.center().x(), parts.name.center().y())
    for name, center in ((eye, parts.eye.center()), ("ellipsis", dots)):
        box = QRect(0, 0, METRICS.icon_small, METRICS.icon_small)
        box.moveCenter(center)
        draw_icon(painter, name, box, color)


def _draw_text(
    painter: QPainter, parts: RowParts, base: QFont, layer: Layer, subtitle: str
) -> None:
    colors = current()
    name_font, small_font = QFont(base), QFont(base)
    name_font.setPixelSize(METRICS.font)
    small_font.setPixelSize(METRICS.font_small)
    name_color = colors.text if layer.props.visible else colors.dim
    _draw_line(painter, parts.name, layer.props.name, name_font, name_color)
    _draw_line(painter, parts.subtitle, subtitle, small_font, colors.dim)


def _draw_line(painter: QPainter, place: QRect, text: str, font: QFont, color: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(color))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, shown)
