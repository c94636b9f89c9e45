from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.settings import Settings
from inpaint_studio.ui.actions import ACTIONS, Actions
from inpaint_studio.ui.shortcuts import FIXED_KEYS, ShortcutMap, pressed_keys

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def actions(window: QWidget) -> Actions:
    return Actions(window)


def keys_of(actions: Actions, command: str) -> list[str]:
    return [keys.toString() for keys in actions[command].shortcuts()]


def test_the_programs_own_keys_are_never_shared() -> None:
    keys = Counter(QKeySequence(k).toString() for spec in ACTIONS for k in spec.shortcuts)
    assert [k for k, count in keys.items() if count > 1] == []
    assert not keys.keys() & set(FIXED_KEYS)


def test_at_first_the_actions_have_the_tables_keys(actions: Actions) -> None:
    shortcuts = ShortcutMap(actions, Settings())
    assert shortcuts.of("redo") == ("Ctrl+Shift+Z", "Ctrl+Y")
    assert keys_of(actions, "redo") == ["Ctrl+Shift+Z", "Ctrl+Y"]
    assert not any(shortcuts.is_changed(spec.key) for spec in ACTIONS)


def test_a_chosen_key_is_in_force_at_once_and_kept(actions: Actions) -> None:
    settings = Settings()
    shortcuts = ShortcutMap(actions, settings)
    shortcuts.assign("fit", ("F3", "F3"))
    assert keys_of(actions, "fit") == ["F3"]
    assert settings.shortcuts == {"fit": ("F3",)}
    assert shortcuts.is_changed("fit")
    shortcuts.assign("fit", shortcuts.default_of("fit"))
    assert settings.shortcuts == {}
    assert keys_of(actions, "fit") == ["Ctrl+0"]


def test_taking_a_key_and_giving_it_back(actions: Actions) -> None:
    settings = Settings()
    shortcuts = ShortcutMap(actions, settings)
    assert shortcuts.owners(("B",), besides="lasso") == {"B": "brush"}
    assert shortcuts.owners(("B",), besides="brush") == {}
    shortcuts.assign("lasso", ("B",))
    assert (keys_of(actions, "lasso"), keys_of(actions, "brush")) == (["B"], [])
    shortcuts.assign("brush", ("B",))
    assert (keys_of(actions, "lasso"), keys_of(actions, "brush")) == ([], ["B"])
    assert settings.shortcuts == {"lasso": ()}
    shortcuts.reset_all()
    assert (keys_of(actions, "lasso"), keys_of(actions, "brush")) == (["L"], ["B"])


def test_a_file_written_by_hand_never_leaves_two_with_one_key(actions: Actions) -> None:
    settings = Settings()
    settings.shortcuts = {
        "eraser": ("B",),
        "brush": ("ctrl+z", "nonsense+key"),
        "hand": ("Space", "B"),
        "of_the_future": ("F9",),
    }
    shortcuts = ShortcutMap(actions, settings)
    in_force = [k for spec in ACTIONS for k in shortcuts.of(spec.key)]
    assert len(in_force) == len(set(in_force))
    assert keys_of(actions, "brush") == ["Ctrl+Z"]
    assert keys_of(actions, "undo") == []
    assert keys_of(actions, "eraser") == ["B"]
    assert keys_of(actions, "hand") == []
    shortcuts.reset_all()
    assert settings.shortcuts == {"of_the_future": ("F9",)}


@pytest.mark.parametrize(
    ("key", "modifiers", "text", "shown"),
    [
        (Qt.Key.Key_K, CTRL | SHIFT, "\x0b", "Ctrl+Shift+K"),
        (Qt.Key.Key_K, SHIFT, "K", "Shift+K"),
        (Qt.Key.Key_BraceLeft, SHIFT, "{", "{"),
        (Qt.Key.Key_Tab, PLAIN, "\t", "Tab"),
        (Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, "\r", "Enter"),
        (Qt.Key.Key_Shift, SHIFT, "", ""),
        (Qt.Key.Key_F5, PLAIN, "", "F5"),
    ],
)
def test_pressed_keys(key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str, shown: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)
    assert pressed_keys(event) == shown
