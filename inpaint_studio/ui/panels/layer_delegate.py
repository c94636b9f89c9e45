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

from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer, MaskLayer
from inpaint_studio.ui.icons import draw_icon
from inpaint_studio.ui.panels.layer_model import LayerModel
from inpaint_studio.ui.panels.layer_rows import RowInfo
from inpaint_studio.ui.theme import METRICS, current, with_alpha
from inpaint_studio.ui.widgets import tooltip_text

THUMBNAIL = QSize(42, 30)
HIDDEN_OPACITY = 0.45
"""Of the thumbnail of a layer that is not shown, or of a mask that is not used."""
COLOR_STRIPE = 5
"""px. Height of a mask's colour on its thumbnail."""
INDENT = 14
"""px for each group that a row is in."""
DEEPEST = 5
"""Deeper rows are indented no further: their names need the room."""
_FOLD = 18
"""Width of a group's arrow."""
_EDGE = 26
"""Width of the eye's place at the left and of the menu's at the right."""
_LOCK_ICON = 13
_NAME_HEIGHT = 18
_SUBTITLE_HEIGHT = 15

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class RowParts:
    """Where the parts of a row lie, in the view's coordinates.

    The dots of the menu stand beside the name; the subtitle below has the width to the row's end.
    """

    eye: QRect
    fold: QRect
    thumbnail: QRect
    name: QRect
    subtitle: QRect
    menu: QRect
    lock: QRect

    @classmethod
    def of(
        cls,
        row: QRect,
        direction: Qt.LayoutDirection,
        depth: int = 0,
        *,
        is_group: bool = False,
        is_locked: bool = False,
    ) -> RowParts:
        """The parts of a row, mirrored where one reads from right to left.

        A row in groups is indented by their number. A group has an arrow, and an icon for a
        thumbnail; `fold` is empty for others. `lock` is empty for a layer that is not locked.
        """
        eye = QRect(row.left(), row.top(), _EDGE, row.height())
        start = row.left() + cls.indent_of(depth)
        fold = QRect(start, row.top(), _FOLD if is_group else 0, row.height())
        size = QSize(METRICS.icon, THUMBNAIL.height()) if is_group else THUMBNAIL
        thumbnail = QRect(QPoint(start + fold.width(), 0), size)
        thumbnail.moveTop(row.top() + (row.height() - THUMBNAIL.height()) // 2)
        left = thumbnail.right() + 1 + METRICS.space_s
        top = row.top() + (row.height() - _NAME_HEIGHT - _SUBTITLE_HEIGHT) // 2
        end = row.right() + 1
        name = QRect(left, top, end - _EDGE - left, _NAME_HEIGHT)
        below = name.bottom() + 1
        lock = QRect(end - _EDGE, below, _EDGE if is_locked else 0, _SUBTITLE_HEIGHT)
        last = lock.left() if is_locked else end - METRICS.space_xs
        subtitle = QRect(left, below, last - left, _SUBTITLE_HEIGHT)
        menu = QRect(end - _EDGE, row.top(), _EDGE, below - row.top())
        parts = (eye, fold, thumbnail, name, subtitle, menu, lock)
        return cls(*(QStyle.visualRect(direction, row, part) for part in parts))

    @staticmethod
    def indent_of(depth: int) -> int:
        """How far from the row's start the parts after the eye begin, in px."""
        return _EDGE + INDENT * min(depth, DEEPEST)


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
        parts = _parts_of(model, layer, option)
        info = model.info(layer)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_background(painter, option, is_active=self._is_current(index))
        _draw_icons(painter, parts, layer, hovered=_has(option, QStyle.StateFlag.State_MouseOver))
        counts = info.is_visible and _counts(layer)
        painter.setOpacity(1.0 if counts else HIDDEN_OPACITY)
        if isinstance(layer, GroupLayer):
            _draw_folder(painter, parts, info, option.direction)
        else:
            ratio = painter.device().devicePixelRatioF()
            painter.drawImage(parts.thumbnail, model.thumbnail(layer, THUMBNAIL, ratio))
        if isinstance(layer, MaskLayer):
            _draw_color(painter, parts.thumbnail, model.mask_color(layer))
        painter.setOpacity(1.0)
        text = (layer.props.name, model.subtitle(layer))
        _draw_text(painter, parts, option.font, text, dim=not counts)
        painter.restore()

    def updateEditorGeometry(  # noqa: N802 - Qt calls it
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """The name is edited beside its thumbnail, in a field that covers both lines."""
        model = cast(LayerModel, index.model())
        layer = model.layer(index)
        if layer is None:
            return
        subtitle = _parts_of(model, layer, option).subtitle
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
        model = cast(LayerModel, index.model())
        layer = model.layer(index) if index.isValid() else None
        if layer is None:
            return ""
        parts = _parts_of(model, layer, option)
        if parts.eye.contains(position):
            name = self.tr("Hide layer") if layer.props.visible else self.tr("Show layer")
            return tooltip_text(name, "Space")
        if parts.fold.contains(position):
            is_open = model.info(layer).is_open
            name = self.tr("Fold this group") if is_open else self.tr("Unfold this group")
            return tooltip_text(name, "Left" if is_open else "Right")
        if parts.lock.contains(position):
            return self.tr("Locked: can't be changed until it is unlocked")
        return self.tr("What can be done with this layer") if parts.menu.contains(position) else ""

    def _is_current(self, index: Index) -> bool:
        view = self.parent()
        return isinstance(view, QAbstractItemView) and view.currentIndex() == index


def _parts_of(model: LayerModel, layer: Layer, option: QStyleOptionViewItem) -> RowParts:
    is_group, depth = isinstance(layer, GroupLayer), model.info(layer).depth
    return RowParts.of(
        option.rect, option.direction, depth, is_group=is_group, is_locked=layer.props.locked
    )


def _has(option: QStyleOptionViewItem, flag: QStyle.StateFlag) -> bool:
    return bool(option.state & flag)


def _counts(layer: Layer) -> bool:
    """Whether a layer is seen; a mask also has to be used."""
    return layer.props.visible and (not isinstance(layer, MaskLayer) or layer.settings.is_used)


def _draw_color(painter: QPainter, thumbnail: QRect, color: str) -> None:
    """A stripe in a mask's colour along the foot of its thumbnail."""
    if color:
        stripe = thumbnail.adjusted(0, thumbnail.height() - COLOR_STRIPE, 0, 0)
        painter.save()
        painter.setClipRect(stripe)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(thumbnail, METRICS.radius_field - 1, METRICS.radius_field - 1)
        painter.restore()


def _draw_background(painter: QPainter, option: QStyleOptionViewItem, *, is_active: bool) -> None:
    """Of chosen rows, the active layer's has an outline."""
    colors = current()
    focused = _has(option, QStyle.StateFlag.State_HasFocus)
    if _has(option, QStyle.StateFlag.State_Selected):
        outline = QColor(colors.accent if focused else colors.line)
        painter.setBrush(QColor(colors.raised))
        painter.setPen(QPen(outline, 1) if is_active else QPen(Qt.PenStyle.NoPen))
    elif _has(option, QStyle.StateFlag.State_MouseOver):
        painter.setBrush(with_alpha(colors.raised, 0.6))
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        return
    box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, METRICS.radius_button, METRICS.radius_button)


def _draw_folder(
    painter: QPainter, parts: RowParts, info: RowInfo, direction: Qt.LayoutDirection
) -> None:
    colors = current()
    draw_icon(painter, "folder-open" if info.is_open else "folder", parts.thumbnail, colors.dim)
    if not info.members:
        return
    folded = "chevron-left" if direction == Qt.LayoutDirection.RightToLeft else "chevron-right"
    box = QRect(0, 0, METRICS.icon_small, METRICS.icon_small)
    box.moveCenter(parts.fold.center())
    draw_icon(painter, "chevron-down" if info.is_open else folded, box, colors.dim)


def _draw_icons(painter: QPainter, parts: RowParts, layer: Layer, *, hovered: bool) -> None:
    color = current().text if hovered else current().dim
    eye = "eye" if layer.props.visible else "eye-off"
    dots = QPoint(parts.menu.center().x(), parts.name.center().y())
    for name, center in ((eye, parts.eye.center()), ("ellipsis", dots)):
        box = QRect(0, 0, METRICS.icon_small, METRICS.icon_small)
        box.moveCenter(center)
        draw_icon(painter, name, box, color)
    if layer.props.locked:
        box = QRect(0, 0, _LOCK_ICON, _LOCK_ICON)
        box.moveCenter(parts.lock.center())
        draw_icon(painter, "lock", box, current().dim)


def _draw_text(
    painter: QPainter, parts: RowParts, base: QFont, text: tuple[str, str], *, dim: bool
) -> None:
    """`text`: the name and the small print."""
    colors = current()
    name_font, small_font = QFont(base), QFont(base)
    name_font.setPixelSize(METRICS.font)
    small_font.setPixelSize(METRICS.font_small)
    _draw_line(painter, parts.name, text[0], name_font, colors.dim if dim else colors.text)
    _draw_line(painter, parts.subtitle, text[1], small_font, colors.dim)


def _draw_line(painter: QPainter, place: QRect, text: str, font: QFont, color: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(color))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, shown)
