"""Taking back, generating, and choosing among candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio


MENU = MenuSpec(
    QT_TRANSLATE_NOOP("actions", "&Edit"),
    (
        "undo",
        "redo",
        None,
        "generate",
        "cancel",
        None,
        "previous",
        "next",
        "more",
        "keep",
        "discard",
    ),
)
ACTIONS = (
    spec("undo", QT_TRANSLATE_NOOP("actions", "Undo"), "Ctrl+Z", icon="undo-2", needs="undo"),
    spec(
        "redo",
        QT_TRANSLATE_NOOP("actions", "Redo"),
        "Ctrl+Shift+Z",
        "Ctrl+Y",
        icon="redo-2",
        needs="redo",
    ),
    spec(
        "generate",
        QT_TRANSLATE_NOOP("actions", "Generate"),
        "Ctrl+Return",
        "Ctrl+Enter",
        icon="sparkles",
        needs="document",
    ),
    spec("cancel", QT_TRANSLATE_NOOP("actions", "Cancel"), "Esc", needs="job"),
    spec("previous", QT_TRANSLATE_NOOP("actions", "Previous candidate"), ",", needs="result"),
    spec("next", QT_TRANSLATE_NOOP("actions", "Next candidate"), ".", needs="result"),
    spec("more", QT_TRANSLATE_NOOP("actions", "More candidates"), needs="result"),
    spec("keep", QT_TRANSLATE_NOOP("actions", "Keep candidate"), "Return", "Enter", needs="strip"),
    spec("discard", QT_TRANSLATE_NOOP("actions", "Discard result"), needs="result"),
)


def edit_commands(studio: Studio) -> Commands:
    """Undo, generate, candidates, layers, mask."""
    services, strip = studio.services, studio.window.strip
    return {
        "undo": services.session.undo,
        "redo": services.session.redo,
        "generate": studio.expanding.generate,
        "cancel": studio.cancel,
        "previous": lambda: studio.step_candidate(-1),
        "next": lambda: studio.step_candidate(1),
        "more": lambda: studio.with_result(services.edits.more),
        "keep": strip.keep,
        "discard": lambda: studio.with_result(services.edits.discard),
    }
