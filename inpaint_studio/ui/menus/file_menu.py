"""What opens, writes and closes pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio


MENU = MenuSpec(
    QT_TRANSLATE_NOOP("actions", "&File"),
    (
        "open",
        "paste",
        "sample",
        None,
        "export",
        "close",
        None,
        "settings",
        None,
        "quit",
    ),
)
ACTIONS = (
    spec("open", QT_TRANSLATE_NOOP("actions", "Open…"), "Ctrl+O", icon="folder-open"),
    spec(
        "paste",
        QT_TRANSLATE_NOOP("actions", "Paste as new"),
        "Ctrl+N",
        "Ctrl+V",
        icon="clipboard-paste",
    ),
    spec("sample", QT_TRANSLATE_NOOP("actions", "Open the sample"), icon="image"),
    spec(
        "export",
        QT_TRANSLATE_NOOP("actions", "Export…"),
        "Ctrl+Shift+E",
        "Ctrl+S",
        icon="download",
        needs="document",
    ),
    spec("close", QT_TRANSLATE_NOOP("actions", "Close picture"), "Ctrl+W", needs="document"),
    spec("settings", QT_TRANSLATE_NOOP("actions", "Settings…"), "Ctrl+,", icon="settings"),
    spec("quit", QT_TRANSLATE_NOOP("actions", "Quit"), "Ctrl+Q"),
)


def file_commands(studio: Studio) -> Commands:
    """Open, paste, export, close."""
    return {
        "open": studio.open,
        "paste": studio.paste,
        "sample": studio.ask_then(studio.services.files.open_sample),
        "export": studio.export,
        "close": studio.ask_then(lambda: studio.services.session.open(None)),
        "settings": studio.show_settings,
        "quit": studio.window.close,
    }
