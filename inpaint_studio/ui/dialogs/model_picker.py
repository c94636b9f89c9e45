"""The popup of the engine pill: patch fill and the models on this machine, to choose one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.machine import install_command
from inpaint_studio.editor.model_library import ModelLibrary
from inpaint_studio.models.licences import licence_of
from inpaint_studio.models.model_info import ModelInfo, ModelKind
from inpaint_studio.ui.dialogs.model_texts import facts_text
from inpaint_studio.ui.icons import draw_icon
from inpaint_studio.ui.theme import METRICS, current, set_text_role
from inpaint_studio.ui.widgets import push_button, tool_button
from inpaint_studio.ui.widgets.popup import Popup
from inpaint_studio.ui.widgets.section import caps_font

WIDTH = 500
ROW = 58
MOST_ROWS = 7
_MODEL = Qt.ItemDataRole.UserRole
_FACTS = Qt.ItemDataRole.UserRole + 1
_SMALL = Qt.ItemDataRole.UserRole + 2
_IS_BAD = Qt.ItemDataRole.UserRole + 3
_IS_CHOSEN = Qt.ItemDataRole.UserRole + 4

Index = QModelIndex | QPersistentModelIndex


class ModelPicker(Popup):
    """Signals: `file_requested()` and `folder_requested()`: the person wants to add a model;
    `companion_requested(ModelInfo)`: to say where the rest of a bare transformer is.
    """

    file_requested = Signal()
    folder_requested = Signal()
    companion_requested = Signal(object)

    def __init__(self, library: ModelLibrary, settings: EditSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._library = library
        self._settings = settings
        self.list = QListWidget()
        self.notice = _MissingNotice()
        self.state = QLabel()
        self.look_button = tool_button(
            "refresh-cw", self.tr("Look for models again"), small=True, color="dim"
        )
        self.file_button = push_button(self.tr("Add a model file…"), "plus", quiet=True)
        self.folder_button = push_button(self.tr("Add a folder…"), "folder-open", quiet=True)
        self.file_button.setToolTip(self.tr("A model that is one file, such as .safetensors"))
        self.folder_button.setToolTip(self.tr("A folder to look for models in"))
        self.companion_button = push_button(
            self.tr("Text encoders and VAE from…"), "layers", quiet=True
        )
        self._build()
        self._connect()

    def open_below(self, anchor: QWidget) -> None:
        """Show the models under a widget, their right edges in line."""
        self._fill()
        self._mark_chosen()
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height() + METRICS.space_xs))
        self.open_at(corner, Qt.AlignmentFlag.AlignTop)
        self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the marked one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.hasFocus():
            self._choose(self.list.currentItem())
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        title = QLabel(self.tr("Engine"))
        title.setFont(caps_font(title.font()))
        set_text_role(title, "head")
        set_text_role(self.state, "small")
        head = QHBoxLayout()
        head.setContentsMargins(METRICS.space_xs, 0, 0, 0)
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self.state)
        head.addWidget(self.look_button)
        self.list.setAccessibleName(self.tr("Engines and models"))
        self.list.setItemDelegate(_ModelDelegate(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setMouseTracking(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(METRICS.space_xs)
        buttons.addWidget(self.file_button)
        buttons.addWidget(self.folder_button)
        buttons.addStretch()
        self.companion_button.setToolTip(
            self.tr("This file holds only the part that paints; choose the folder with the rest")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(*[METRICS.space_s] * 4)
        column.setSpacing(METRICS.space_s)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.companion_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.notice)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.list.itemClicked.connect(self._choose)
        self.look_button.clicked.connect(self._library.look)
        self.file_button.clicked.connect(self.file_requested)
        self.folder_button.clicked.connect(self.folder_requested)
        self.companion_button.clicked.connect(self._ask_for_companion)
        self.list.currentItemChanged.connect(self._on_marked)
        self._library.changed.connect(self._on_changed)
        self._settings.changed.connect(self._on_changed)

    def _mark_chosen(self) -> None:
        rows = range(self.list.count())
        chosen = (row for row in rows if self.list.item(row).data(_IS_CHOSEN))
        self.list.setCurrentRow(next(chosen, 0))

    def _on_marked(self, item: QListWidgetItem | None, _before: object = None) -> None:
        model = item.data(_MODEL) if item is not None else None
        is_bare = model is not None and model.kind is ModelKind.transformer and model.is_usable
        self.companion_button.setVisible(is_bare)

    def _ask_for_companion(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.companion_requested.emit(item.data(_MODEL))

    def _on_changed(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        row = self.list.currentRow()
        self.list.clear()
        self._add_patch_fill()
        for model in self._library.models:
            self._add(model)
        self.list.setCurrentRow(row if 0 <= row < self.list.count() else 0)
        self.list.setFixedHeight(min(self.list.count(), MOST_ROWS) * ROW + 2)
        self.notice.show_missing(self._library.missing)
        self.state.setText(self._state_text())
        self.adjustSize()

    def _state_text(self) -> str:
        if self._library.is_looking:
            return self.tr("Looking for models…")
        if not self._library.models:
            return self.tr("No models found yet")
        return ""

    def _add_patch_fill(self) -> None:
        item = self._item(self.tr("Patch fill"), self._settings.choices.model is None)
        item.setData(_FACTS, self.tr("Built in · needs no graphics card, no model, no network"))
        item.setData(_SMALL, self.tr("Copies texture from nearby. For removing things."))
        self.list.addItem(item)

    def _add(self, model: ModelInfo) -> None:
        chosen = self._settings.choices.model
        item = self._item(model.name, chosen is not None and chosen.path == model.path)
        reason = self._library.why_not(model)
        item.setData(_MODEL, model)
        item.setData(_FACTS, facts_text(model, self._library.machine))
        item.setData(_SMALL, model.problem or self._remark(model))
        item.setData(_IS_BAD, bool(model.problem))
        item.setToolTip("\n".join(text for text in (str(model.path), reason) if text))
        if reason:
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        self.list.addItem(item)

    def _remark(self, model: ModelInfo) -> str:
        lender = self._library.companion_of(model)
        licence = licence_of(model).text
        if lender is None:
            return licence
        return self.tr("Text encoders and VAE from {0}").format(lender.name) + " · " + licence

    def _item(self, name: str, is_chosen: bool) -> QListWidgetItem:
        item = QListWidgetItem(name)
        item.setData(_IS_CHOSEN, is_chosen)
        return item

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.close()
            self._library.choose(item.data(_MODEL))


class _MissingNotice(QFrame):
    """What is missing for models, and the command that gets it, to be copied."""

    def __init__(self) -> None:
        super().__init__()
        self._words = QLabel(wordWrap=True)
        self.command = QLabel(install_command(), wordWrap=True)
        self.copy_button = push_button(self.tr("Copy the command"), "copy")
        self.command.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        set_text_role(self._words, "dim")
        column = QVBoxLayout(self)
        column.setContentsMargins(METRICS.space_xs, 0, METRICS.space_xs, 0)
        column.setSpacing(METRICS.space_xs)
        column.addWidget(self._words)
        column.addWidget(self.command)
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.copy_button.clicked.connect(self._copy)

    def show_missing(self, packages: tuple[str, ...]) -> None:
        """Name the packages; nothing is missing: nothing is shown."""
        self.setVisible(bool(packages))
        text = self.tr("Models need {0}. Run this in a terminal, then start Inpaint Studio anew:")
        self._words.setText(text.format(", ".join(packages)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command.text())


class _ModelDelegate(QStyledItemDelegate):
    """Draws name, facts and licence (or problem) of one engine, with a check on the chosen one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one row."""
        colors = current()
        row = option.rect
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
        if enabled and option.state & marked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.hover))
            painter.drawRoundedRect(row, METRICS.radius_button, METRICS.radius_button)
        check = QRect(row.left() + METRICS.space_s, 0, METRICS.icon_small, METRICS.icon_small)
        check.moveTop(row.top() + METRICS.space_s)
        if index.data(_IS_CHOSEN):
            draw_icon(painter, "check", check, colors.accent)
        texts = row.adjusted(METRICS.space_xl + METRICS.space_s, 6, -METRICS.space_s, -6)
        bad = bool(index.data(_IS_BAD))
        _draw_lines(painter, texts, option.font, index, _line_colors(enabled, bad))
        painter.restore()


def _line_colors(enabled: bool, bad: bool) -> tuple[str, str, str]:
    colors = current()
    name = colors.text if enabled else colors.dim
    return name, colors.dim, colors.look if bad else colors.dim


def _draw_lines(
    painter: QPainter, place: QRect, base: QFont, index: Index, colors: tuple[str, str, str]
) -> None:
    strong, small = QFont(base), QFont(base)
    strong.setWeight(QFont.Weight.DemiBold)
    small.setPixelSize(METRICS.font_small)
    lines = (index.data(), index.data(_FACTS), index.data(_SMALL))
    top = place.top()
    for text, font, color in zip(lines, (strong, small, small), colors, strict=True):
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(color))
        line = QRect(place.left(), top, place.width(), metrics.height())
        shown = metrics.elidedText(str(text or ""), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
        top += metrics.height() + 1
