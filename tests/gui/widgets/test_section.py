"""Dock sections fold, and say what they are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from inpaint_studio.ui.widgets import Section


def test_body_holds_widgets(qtbot):
    section = Section("Layers")
    qtbot.addWidget(section)
    section.body.addWidget(QLabel("Mask"))
    assert section.accessibleName() == "Layers"
    assert section.is_expanded()
    assert section.findChild(QToolButton) is None


def test_head_click_folds_and_opens(qtbot):
    section = Section("Advanced", collapsible=True)
    qtbot.addWidget(section)
    content = QLabel("steps")
    section.body.addWidget(content)
    section.show()
    seen: list[bool] = []
    section.expanded_changed.connect(seen.append)
    head = section.findChildren(QToolButton)[0]
    QTest.mouseClick(head, Qt.MouseButton.LeftButton)
    assert not content.isVisible()
    QTest.keyClick(head, Qt.Key.Key_Space)
    assert content.isVisible()
    assert seen == [False, True]


def test_set_expanded_tells_only_of_a_change(qtbot):
    section = Section("Advanced", collapsible=True)
    qtbot.addWidget(section)
    seen: list[bool] = []
    section.expanded_changed.connect(seen.append)
    section.set_expanded(True)
    section.set_expanded(False)
    assert seen == [False]


def test_note_and_corner(qtbot):
    section = Section("History")
    qtbot.addWidget(section)
    button = QPushButton("Clear")
    section.add_corner_widget(button)
    section.set_note("14 MB of 512")
    section.show()
    shown = [label.text() for label in section.findChildren(QLabel) if label.isVisible()]
    assert shown == ["History", "14 MB of 512"]
    assert button.isVisible()
    section.set_note("")
    assert not [x for x in section.findChildren(QLabel) if x.isVisible() and not x.text()]
