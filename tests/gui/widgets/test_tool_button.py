"""Buttons carry a name, a tooltip with the shortcut, and follow their action."""

from __future__ import annotations

import gc

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence

from inpaint_studio.ui.widgets import action_button, push_button, tool_button, tooltip_text


def test_tool_button_has_name_tooltip_and_size(qtbot):
    button = tool_button("brush", "Brush", "B", checkable=True)
    qtbot.addWidget(button)
    assert button.accessibleName() == "Brush"
    assert button.toolTip() == "Brush (B)"
    assert button.size() == QSize(36, 36)
    assert button.iconSize() == QSize(20, 20)
    assert button.isCheckable()
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_small_tool_button(qtbot):
    button = tool_button("plus", "Add a layer", small=True)
    qtbot.addWidget(button)
    assert button.size() == QSize(24, 24)
    assert button.toolTip() == "Add a layer"


def test_tooltip_text():
    assert tooltip_text("Keep", QKeySequence(Qt.Key.Key_Return)).startswith("Keep (")
    assert tooltip_text("Keep") == "Keep"


def test_action_button_follows_its_action(qtbot):
    action = QAction("&Open…")
    action.setShortcut("Ctrl+O")
    button = action_button(action, "folder-open")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Open"
    assert button.toolTip() == tooltip_text("Open", "Ctrl+O")
    action.setShortcut("Ctrl+L")
    action.setEnabled(False)
    assert button.toolTip() == tooltip_text("Open", "Ctrl+L")
    assert not button.isEnabled()


def test_action_outlives_its_button():
    action = QAction("Brush")
    button = action_button(action, "brush")
    button.deleteLater()
    del button
    gc.collect()
    action.setText("Pencil")
    assert action.text() == "Pencil"


def test_push_button_roles(qtbot):
    primary = push_button("Generate", "sparkles", primary=True)
    quiet = push_button("Details", quiet=True)
    qtbot.addWidget(primary)
    qtbot.addWidget(quiet)
    assert primary.property("role") == "primary"
    assert quiet.property("role") == "quiet"
    assert not primary.icon().isNull()
