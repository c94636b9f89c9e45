"""Which keys give which command: the program's own choice, changed by the person's."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from inpaint_studio.settings import Settings
from inpaint_studio.ui.actions import ACTIONS, Actions

FIXED_KEYS: tuple[str, ...] = ("Space",)
"""Keys that the canvas itself needs while they are held."""

_DEFAULTS = {spec.key: tuple(spec.shortcuts) for spec in ACTIONS}
_MODIFIERS = {
    *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta),
    *(Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock, Qt.Key.Key_unknown),
}

Keys = tuple[str, ...]
"""Key sequences in Qt's portable notation, the first is the one that menus show."""


class ShortcutMap(QObject):
    """The shortcuts in force. No two commands ever share one, whatever the settings say.

    What the person chose goes before the program's own; among the chosen the first command of
    the table wins. `changed()` comes after every change, when the actions have it.
    """

    changed = Signal()

    def __init__(self, actions: Actions, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._settings = settings
        self._in_force: dict[str, Keys] = {}
        self._apply()

    def of(self, key: str) -> Keys:
        """What gives a command now. Raises KeyError for an unknown command."""
        return self._in_force[key]

    def default_of(self, key: str) -> Keys:
        """What gave a command at first."""
        return _DEFAULTS[key]

    def is_changed(self, key: str) -> bool:
        """Whether a command has other keys than at first."""
        return self._in_force[key] != tuple(map(_portable, _DEFAULTS[key]))

    def owners(self, keys: Keys, besides: str) -> dict[str, str]:
        """The other commands that keys belong to: the command by the key."""
        wanted = set(map(_portable, keys))
        return {
            shortcut: command
            for command, shortcuts in self._in_force.items()
            for shortcut in shortcuts
            if command != besides and shortcut in wanted
        }

    def assign(self, command: str, keys: Keys) -> None:
        """Give a command these keys and no others; who had them loses them."""
        keys = tuple(dict.fromkeys(map(_portable, keys)))
        chosen = self._settings.shortcuts
        for shortcut, owner in self.owners(keys, command).items():
            if owner in chosen:
                chosen[owner] = tuple(k for k in chosen[owner] if _portable(k) != shortcut)
        if keys == tuple(map(_portable, _DEFAULTS[command])):
            chosen.pop(command, None)
        else:
            chosen[command] = keys
        self._apply()

    def reset_all(self) -> None:
        """Back to the program's own keys. Those of commands that are not known here stay."""
        chosen = self._settings.shortcuts
        self._settings.shortcuts = {k: v for k, v in chosen.items() if k not in _DEFAULTS}
        self._apply()

    def _apply(self) -> None:
        chosen = self._settings.shortcuts
        taken = set(FIXED_KEYS)
        self._in_force = dict.fromkeys(_DEFAULTS, ())
        by_rank = sorted(_DEFAULTS, key=lambda command: command not in chosen)
        for command in by_rank:
            wanted = map(_portable, chosen.get(command, _DEFAULTS[command]))
            self._in_force[command] = tuple(k for k in wanted if k and k not in taken)
            taken.update(self._in_force[command])
        for command, keys in self._in_force.items():
            self._actions[command].setShortcuts([QKeySequence(k) for k in keys])
        self.changed.emit()


def pressed_keys(event: QKeyEvent) -> str:
    """What was pressed, in portable notation; "" for a modifier alone."""
    if event.key() in _MODIFIERS:
        return ""
    keys = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = event.text()
    # Shift is already in "{" or "?", and menus show it that way.
    if text.isprintable() and text and not (text.isalnum() or text.isspace()):
        keys &= ~Qt.KeyboardModifier.ShiftModifier
    return _portable(QKeySequence(int(keys.value) | event.key()))


def shown_keys(keys: str) -> str:
    """Keys as this desktop writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _portable(keys: QKeySequence | str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)
