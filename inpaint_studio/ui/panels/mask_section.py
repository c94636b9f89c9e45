"""The settings of the active mask, below the list of layers: colour, use, growth, soft edge."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QColorDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from inpaint_studio.core.layer import MOST_SHAPING, MaskKind, MaskLayer
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.ui.theme import MASK_TINTS, METRICS, current
from inpaint_studio.ui.widgets import ValueField, ValueRange
from inpaint_studio.ui.widgets.swatch import Swatch

_Value = TypeVar("_Value")
LABEL_WIDTH = 46
NARROW_SLIDER = 40
_NAMES = {
    "red": QT_TRANSLATE_NOOP("MaskColours", "Red"),
    "orange": QT_TRANSLATE_NOOP("MaskColours", "Orange"),
    "yellow": QT_TRANSLATE_NOOP("MaskColours", "Yellow"),
    "green": QT_TRANSLATE_NOOP("MaskColours", "Green"),
    "cyan": QT_TRANSLATE_NOOP("MaskColours", "Cyan"),
    "blue": QT_TRANSLATE_NOOP("MaskColours", "Blue"),
    "violet": QT_TRANSLATE_NOOP("MaskColours", "Violet"),
    "pink": QT_TRANSLATE_NOOP("MaskColours", "Pink"),
}


class MaskSection(QWidget):
    """Shows and changes the session's active layer while that is a mask; else it is hidden."""

    def __init__(
        self,
        session: EditorSession,
        layers: LayerController,
        masks: MaskController,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._layers = layers
        self._masks = masks
        masks.choose_colors(self.fresh_color)
        self._colors: dict[MaskKind, str] = dict.fromkeys(MaskKind, "")
        self.swatch = Swatch(self.tr("Colour of the mask"))
        self.used = QCheckBox(self.tr("Used by edits"))
        self.grow = self._field(self.tr("Grow"), MOST_SHAPING, 0, self.tr(" px"))
        self.soften = self._field(self.tr("Soften"), MOST_SHAPING, 0, self.tr(" px"))
        self.tint = self._field(self.tr("Tint"), 100, 100, self.tr(" %"))
        self._build()
        self._connect()
        self.refresh()

    @property
    def shown_mask(self) -> MaskLayer | None:
        """The mask whose settings are shown."""
        layer = self._session.active_layer
        return layer if isinstance(layer, MaskLayer) else None

    def set_color(self, kind: MaskKind, color: str) -> None:
        """What masks of that kind without a colour of their own are tinted in ("#rrggbb")."""
        self._colors[kind] = color
        self.refresh()

    def color_of(self, mask: MaskLayer) -> str:
        """The colour a mask is tinted in, "#rrggbb"; "" before `set_color`."""
        return mask.settings.color or self._colors[mask.kind]

    def fresh_color(self, kind: MaskKind) -> str | None:
        """A colour to tell a new mask of that kind by, None for the one in the settings."""
        document = self._session.document
        if document is None or not document.layers.masks(kind):
            return None
        masks = (mask for kind in MaskKind for mask in document.layers.masks(kind))
        taken = {self.color_of(mask).lower() for mask in masks}
        return next((color for color in MASK_TINTS.values() if color not in taken), None)

    def color_menu(self, mask: MaskLayer) -> QMenu:
        """The colours to choose from, as a menu that goes away when it closes."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        choose = partial(self._masks.set_color, mask.id)
        now, default = mask.settings.color, self._colors[mask.kind]
        own = menu.addAction(_sample(default, chosen=now is None), self.tr("As in Settings"))
        own.triggered.connect(lambda: choose(None))
        for key, color in MASK_TINTS.items():
            name = QCoreApplication.translate("MaskColours", str(_NAMES[key]))
            action = menu.addAction(_sample(color, chosen=now == color), name)
            action.triggered.connect(lambda _=False, c=color: choose(c))
        for action in menu.actions():
            # They are what is chosen here, also where menus show no icons.
            action.setIconVisibleInMenu(True)
        menu.addSeparator()
        menu.addAction(self.tr("Another…")).triggered.connect(partial(self._ask_color, mask.id))
        return menu

    def refresh(self) -> None:
        """Show the active mask as it is now, or nothing."""
        mask = self.shown_mask
        self.setVisible(mask is not None)
        if mask is None:
            return
        settings = mask.settings
        self.swatch.set_color(self.color_of(mask))
        self.used.setChecked(settings.is_used)
        self.grow.set_value(settings.grow)
        self.soften.set_value(settings.feather)
        self.tint.set_value(round(mask.props.opacity * 100 / 255))

    def _field(self, label: str, maximum: int, default: int, suffix: str) -> ValueField:
        field = ValueField(label, ValueRange(0, maximum), default, suffix=suffix)
        field.set_label_width(LABEL_WIDTH)
        field.slider.setMinimumWidth(NARROW_SLIDER)
        field.editing_finished.connect(self._session.settle)
        return field

    def _build(self) -> None:
        self.swatch.setToolTip(self.tr("The colour this mask is shown in"))
        self.used.setToolTip(self.tr("Off: the mask stays, but edits don't look at it"))
        self.grow.set_tooltip(self.tr("How much wider than painted the mask counts"))
        self.soften.set_tooltip(self.tr("How wide its soft edge is. What is painted stays sharp"))
        self.tint.set_tooltip(self.tr("How strongly it is shown. Edits don't look at this"))
        first = QHBoxLayout()
        first.setSpacing(METRICS.space_m)
        first.addWidget(self.swatch)
        first.addWidget(self.used, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(METRICS.space_xs)
        column.addLayout(first)
        for field in (self.grow, self.soften, self.tint):
            column.addWidget(field)

    def _connect(self) -> None:
        self._session.active_layer_changed.connect(self.refresh)
        self._session.history_changed.connect(self.refresh)
        self.swatch.clicked.connect(self._open_menu)
        self.used.clicked.connect(lambda on: self._change(self._masks.set_used, on))
        self.grow.value_changed.connect(lambda v: self._change(self._masks.set_grow, round(v)))
        self.soften.value_changed.connect(lambda v: self._change(self._masks.set_feather, round(v)))
        self.tint.value_changed.connect(
            lambda v: self._change(self._layers.set_opacity, round(v * 255 / 100))
        )

    def _change(self, change: Callable[[int, _Value], object], value: _Value) -> None:
        mask = self.shown_mask
        if mask is not None:
            change(mask.id, value)

    def _open_menu(self) -> None:
        mask = self.shown_mask
        if mask is not None:
            corner = self.swatch.mapToGlobal(self.swatch.rect().bottomLeft())
            self.color_menu(mask).popup(corner)

    def _ask_color(self, layer_id: int) -> None:
        name = self.swatch.accessibleName()
        color = QColorDialog.getColor(QColor(self.swatch.color), self, name)
        if color.isValid():
            self._masks.set_color(layer_id, color.name())


def _sample(color: str, *, chosen: bool) -> QIcon:
    """A field of the colour, with a ring around it if it is the one in use."""
    side = METRICS.icon_small
    pixmap = QPixmap(2 * side, 2 * side)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    inset = 3 if chosen else 1
    painter.drawRoundedRect(inset, inset, side - 2 * inset, side - 2 * inset, 3, 3)
    if chosen:
        painter.setPen(QPen(QColor(current().text), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(0.75, 0.75, side - 1.5, side - 1.5), 4, 4)
    painter.end()
    return QIcon(pixmap)
