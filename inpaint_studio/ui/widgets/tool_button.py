"""Buttons: icon buttons that always have a name and a tooltip, and the text buttons beside them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from inpaint_studio.ui.icons import icon
from inpaint_studio.ui.theme import METRICS


def tooltip_text(name: str, shortcut: QKeySequence | str = "") -> str:
    """ "Brush (B)", the shortcut as the desktop writes it."""
    shown = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{name} ({shown})" if shown else name


def tool_button(
    icon_name: str,
    name: str,
    shortcut: QKeySequence | str = "",
    *,
    checkable: bool = False,
    small: bool = False,
    color: str = "text",
    parent: QWidget | None = None,
) -> QToolButton:
    """An icon button, 36 px with a 20 px icon, or 24 px with 16 px where `small`.

    Raises FileNotFoundError for an icon that is not shipped.
    """
    button = QToolButton(parent)
    _size(button, small)
    button.setIcon(icon(icon_name, color))
    button.setCheckable(checkable)
    button.setAccessibleName(name)
    button.setToolTip(tooltip_text(name, shortcut))
    return button


def action_button(
    action: QAction, icon_name: str, *, small: bool = False, parent: QWidget | None = None
) -> QToolButton:
    """An icon button for `action`; it follows its name, shortcut, checked and enabled state."""
    action.setIcon(icon(icon_name))
    return _ActionButton(action, small, parent)


class _ActionButton(QToolButton):
    def __init__(self, action: QAction, small: bool, parent: QWidget | None) -> None:
        super().__init__(parent)
        _size(self, small)
        self.setDefaultAction(action)
        action.changed.connect(self._follow_action)
        self._follow_action()

    def _follow_action(self) -> None:
        action = self.defaultAction()
        name = action.text().replace("&", "").rstrip("…")
        self.setAccessibleName(name)
        self.setToolTip(tooltip_text(name, action.shortcut()))


def push_button(
    text: str,
    icon_name: str = "",
    *,
    primary: bool = False,
    quiet: bool = False,
    parent: QWidget | None = None,
) -> QPushButton:
    """A text button: `primary` in the accent colour, `quiet` without a box until hovered."""
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if primary or quiet:
        button.setProperty("role", "primary" if primary else "quiet")
    if icon_name:
        button.setIcon(icon(icon_name, "on_accent" if primary else "text"))
        # Qt leaves 4 px between icon and text; a wider box for the icon makes that 7.
        button.setIconSize(QSize(METRICS.icon_small + 6, METRICS.icon_small))
    return button


def _size(button: QToolButton, small: bool) -> None:
    side, picture = (24, METRICS.icon_small) if small else (METRICS.tool_button, METRICS.icon)
    button.setFixedSize(side, side)
    button.setIconSize(QSize(picture, picture))
    # Reached by Tab but not by a click, so a ring is only drawn for people who use the keyboard.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
