"""What the program is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio


MENU = MenuSpec(
    QT_TRANSLATE_NOOP("actions", "&Help"),
    ("about",),
)
ACTIONS = (spec("about", QT_TRANSLATE_NOOP("actions", "About Inpaint Studio")),)


def help_commands(studio: Studio) -> Commands:
    """About."""
    return {"about": studio.show_about}
