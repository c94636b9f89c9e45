"""The one style sheet: a template over the theme's tokens. No colour is written here."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from string import Template

from inpaint_studio.atomic import write_bytes_atomically
from inpaint_studio.ui.svg import tinted_svg

_IMAGES = {
    "image_check": ("check", "on_accent"),
    "image_menu_check": ("check", "text"),
    "image_minus": ("minus", "on_accent"),
    "image_chevron_down": ("chevron-down", "dim"),
    "image_chevron_up": ("chevron-up", "dim"),
    "image_chevron_right": ("chevron-right", "dim"),
}
"""Marks inside controls: the icon of each and the token it is drawn in."""


def build_style_sheet(tokens: Mapping[str, object], image_folder: Path) -> str:
    """Fills the template with `tokens`; marks in their colours are kept in `image_folder`.

    Raises OSError if they are missing there and can't be written.
    """
    images = {
        key: _kept_image(name, str(tokens[token]), image_folder)
        for key, (name, token) in _IMAGES.items()
    }
    return _TEMPLATE.substitute(tokens, **images)


def _kept_image(name: str, color: str, folder: Path) -> str:
    # Named by its content: Qt caches images by file name, and another version of the program may
    # draw the mark differently.
    data = tinted_svg(name, color)
    path = folder / f"{name}-{sha256(data).hexdigest()[:16]}.svg"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes_atomically(path, data)
    return path.as_posix()


_TEMPLATE = Template("""
QMainWindow, QDialog { background: $panel; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QLabel { background: transparent; }
QLabel[role="dim"] { color: $dim; }
QLabel[role="small"] { color: $dim; font-size: ${font_small}px; }
QLabel[role="head"] { color: $dim; font-size: ${font_small}px; font-weight: 600; }
QLabel[role="title"] { font-size: ${font_title}px; font-weight: 600; }
QLabel[role="link"] { color: $accent; }
QLabel:disabled { color: $line_strong; }

QMenuBar { background: $panel; border: none; border-bottom: 1px solid $line; padding: 2px 4px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: ${radius_field}px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; }
QMenu { background: $raised; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 26px; border-radius: ${radius_field}px; }
QMenu::item:selected { background: $accent_fill; color: $on_accent; }
QMenu::item:disabled { background: transparent; color: $line_strong; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 7px; }
QMenu::indicator:checked { image: url("$image_menu_check"); }
QMenu::indicator:checked:selected { image: url("$image_check"); }
QMenu::right-arrow { image: url("$image_chevron_right"); width: 14px; height: 14px; right: 6px; }
QToolTip {
    background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px;
}
QStatusBar { background: $panel; color: $dim; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QSizeGrip { image: none; width: 0; height: 0; }
QToolBar { background: $panel; border: none; spacing: 4px; padding: 4px; icon-size: ${icon}px; }
QToolBar:top { border-bottom: 1px solid $line; }
QToolBar:left { border-right: 1px solid $line; }
QToolBar::separator { background: $line; margin: 4px; width: 1px; height: 1px; }
QDockWidget { border: none; }
QDockWidget::title { background: $panel; padding: 6px 12px; border-bottom: 1px solid $line; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QPushButton {
    background: $raised; color: $text; border: 1px solid $line; border-radius: ${radius_button}px;
    padding: 6px 14px; min-height: 18px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border: ${focus_ring}px solid $accent; padding: 5px 13px; }
QPushButton:disabled { color: $line_strong; background: $panel; }
QPushButton:checked, QPushButton[role="primary"], QPushButton:default {
    background: $accent_fill; color: $on_accent; border-color: $accent_fill;
}
QPushButton[role="primary"] { font-weight: 600; }
QPushButton:checked:hover, QPushButton[role="primary"]:hover, QPushButton:default:hover {
    background: $accent_fill_hover; border-color: $accent_fill_hover;
}
QPushButton[role="primary"]:focus, QPushButton:default:focus { border-color: $text; }
QPushButton[role="primary"]:disabled, QPushButton:default:disabled {
    background: $raised; color: $line_strong; border-color: $line;
}
QPushButton[role="quiet"] { background: transparent; border-color: transparent; padding: 4px 8px; }
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:focus { border-color: $accent; padding: 3px 7px; }

QToolButton {
    background: transparent; color: $text; border: ${focus_ring}px solid transparent;
    border-radius: ${radius_button}px; padding: 2px;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $line; }
QToolButton:checked { background: $accent_fill; color: $on_accent; border-color: $accent_fill; }
QToolButton:focus { border-color: $accent; }
QToolButton:checked:focus { border-color: $text; }
QToolButton:checked:disabled { background: $raised; border-color: $line; }
QToolButton:disabled { color: $line_strong; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="head"] {
    color: $dim; font-size: ${font_small}px; font-weight: 600; border-radius: ${radius_field}px;
    margin-left: -8px; padding: 1px 4px;
}
QToolButton[role="head"]:hover { color: $text; }
QToolButton[role="menu-head"] {
    color: $dim; font-size: ${font_small}px; font-weight: 600; border-radius: ${radius_field}px;
    margin-right: -4px; padding: 1px 2px;
}
QToolButton[role="menu-head"]:hover { color: $text; }

QFrame#segmented { background: $raised; border: 1px solid $line; border-radius: 7px; }
QPushButton[role="segment"] {
    background: transparent; color: $dim; border: ${focus_ring}px solid transparent;
    border-radius: ${radius_field}px; padding: 1px 8px; font-weight: normal;
}
QPushButton[role="segment"]:hover { color: $text; background: $hover; border-color: $hover; }
QPushButton[role="segment"]:checked {
    background: $accent_fill; color: $on_accent; border-color: $accent_fill;
}
QPushButton[role="segment"]:focus { border-color: $accent; }
QPushButton[role="segment"]:checked:focus { border-color: $text; }
QPushButton[role="segment"]:disabled { color: $line_strong; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox[buttonSymbols="0"], QComboBox {
    background: $raised; color: $text; border: 1px solid $line; border-radius: ${radius_field}px;
    padding: 3px 7px; selection-background-color: $accent_fill; selection-color: $on_accent;
    placeholder-text-color: $dim;
}
QLineEdit:hover, QPlainTextEdit:hover, QTextEdit:hover,
QAbstractSpinBox[buttonSymbols="0"]:hover, QComboBox:hover {
    border-color: $line_strong;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus,
QAbstractSpinBox[buttonSymbols="0"]:focus, QComboBox:focus {
    border: ${focus_ring}px solid $accent; padding: 2px 6px;
}
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled,
QAbstractSpinBox[buttonSymbols="0"]:disabled, QComboBox:disabled {
    color: $line_strong; background: $panel; border-color: $line;
}
QAbstractSpinBox[buttonSymbols="0"] { qproperty-alignment: AlignCenter; }
NumberField { background: transparent; }
QAbstractSpinBox[buttonSymbols="0"]::up-button, QAbstractSpinBox[buttonSymbols="0"]::down-button {
    background: transparent; border: none; width: 16px; subcontrol-origin: border;
}
QAbstractSpinBox[buttonSymbols="0"]::up-button { subcontrol-position: top right; }
QAbstractSpinBox[buttonSymbols="0"]::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox[buttonSymbols="0"]::up-arrow {
    image: url("$image_chevron_up"); width: 10px; height: 10px;
}
QAbstractSpinBox[buttonSymbols="0"]::down-arrow {
    image: url("$image_chevron_down"); width: 10px; height: 10px;
}
QComboBox { padding-right: 22px; min-height: 18px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$image_chevron_down"); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $line; padding: 4px; outline: none;
}

QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator {
    width: 14px; height: 14px; border: 1px solid $line_strong; background: $raised;
}
QCheckBox::indicator, QAbstractItemView::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {
    background: $accent_fill; border-color: $accent_fill; image: url("$image_check");
}
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
    background: $accent_fill; border-color: $accent_fill; image: url("$image_minus");
}
QRadioButton::indicator:checked {
    width: 6px; height: 6px; border: 5px solid $accent_fill; background: $on_accent;
}
QCheckBox:focus, QRadioButton:focus { outline: none; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus {
    width: 12px; height: 12px; border: ${focus_ring}px solid $accent;
}
QRadioButton::indicator:checked:focus { width: 8px; height: 8px; border: 4px solid $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $line_strong; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $line; }
QCheckBox::indicator:checked:disabled { background: $line_strong; border-color: $line_strong; }

QSlider { min-height: 18px; background: transparent; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $line_strong; }
QSlider::handle:horizontal {
    background: $text; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
}
QSlider::handle:horizontal:disabled { background: $line_strong; }
QSlider::handle:horizontal:focus {
    width: 10px; height: 10px; border: ${focus_ring}px solid $accent;
}
QProgressBar {
    background: $line; border: none; border-radius: 2px; min-height: 4px; max-height: 4px;
}
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QAbstractItemView {
    background: $panel; border: none; outline: none; icon-size: ${icon_small}px;
    selection-background-color: $hover; selection-color: $text;
}
QListView::item, QTreeView::item {
    min-height: ${row}px; padding: 0 6px; border: 1px solid transparent;
    border-radius: ${radius_button}px;
}
QComboBox QAbstractItemView::item { min-height: 24px; border-radius: ${radius_field}px; }
QListView::item:hover, QTreeView::item:hover { background: $raised; }
QListView::item:selected, QTreeView::item:selected {
    background: $raised; color: $text; border-color: $line;
}
QListView::item:selected:focus, QTreeView::item:selected:focus { border-color: $accent; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url("$image_chevron_right"); }
QTreeView::branch:has-children:open { image: url("$image_chevron_down"); }
QHeaderView::section {
    background: $panel; color: $dim; border: none; border-bottom: 1px solid $line;
    padding: 5px 8px; font-size: ${font_small}px;
}
QTableView { gridline-color: $line; }

QScrollArea, QScrollArea > QWidget > QWidget#scrolled { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $line_strong; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $dim; padding: 7px 12px; border: none;
    border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent; }
QGroupBox {
    border: 1px solid $line; border-radius: ${radius_button}px; margin-top: 9px; padding: 12px;
}
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; color: $dim; }
QMessageBox QLabel#qt_msgbox_label { min-width: 260px; }

QFrame#floatingPanel {
    background: $panel; border: 1px solid $line; border-radius: ${radius_bar}px;
}
QFrame[role="line"] { background: $line; border: none; }
QFrame[role="section"] { border: none; border-bottom: 1px solid $line; }
""")
