"""How the picture and the window look."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.settings import PIXEL_GRID
from inpaint_studio.ui.canvas.turn import STEP
from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio
    from inpaint_studio.ui.theme import ThemeMode

THEMES: tuple[ThemeMode, ...] = ("system", "dark", "light")


MENU = MenuSpec(
    QT_TRANSLATE_NOOP("actions", "&View"),
    (
        "zoom_in",
        "zoom_out",
        "fit",
        "actual_size",
        "double_size",
        "zoom_to_mask",
        None,
        "mirror_view",
        "turn_view_left",
        "turn_view_right",
        "reset_view_turn",
        None,
        "show_original",
        "compare",
        None,
        "show_mask",
        "mask_as_outline",
        "pixel_grid",
        None,
        "next_area",
        "previous_area",
        "hide_panels",
        "full_screen",
        None,
        "theme_system",
        "theme_dark",
        "theme_light",
    ),
)
ACTIONS = (
    spec("zoom_in", QT_TRANSLATE_NOOP("actions", "Zoom in"), "Ctrl++", "Ctrl+=", needs="document"),
    spec("zoom_out", QT_TRANSLATE_NOOP("actions", "Zoom out"), "Ctrl+-", needs="document"),
    spec("fit", QT_TRANSLATE_NOOP("actions", "Fit to window"), "Ctrl+0", needs="document"),
    spec("actual_size", QT_TRANSLATE_NOOP("actions", "100 %"), "Ctrl+1", needs="document"),
    spec("double_size", QT_TRANSLATE_NOOP("actions", "200 %"), "Ctrl+2", needs="document"),
    spec(
        "zoom_to_mask",
        QT_TRANSLATE_NOOP("actions", "Zoom to mask"),
        "Ctrl+Alt+0",
        needs="document",
    ),
    spec(
        "mirror_view",
        QT_TRANSLATE_NOOP("actions", "Mirror view"),
        "Ctrl+Shift+M",
        checkable=True,
        needs="document",
    ),
    spec("turn_view_left", QT_TRANSLATE_NOOP("actions", "Rotate view left"), "4", needs="document"),
    spec(
        "turn_view_right", QT_TRANSLATE_NOOP("actions", "Rotate view right"), "6", needs="document"
    ),
    spec("reset_view_turn", QT_TRANSLATE_NOOP("actions", "Reset rotation"), "5", needs="document"),
    spec(
        "show_original",
        QT_TRANSLATE_NOOP("actions", "Show original"),
        "\\",
        checkable=True,
        needs="document",
    ),
    spec(
        "compare",
        QT_TRANSLATE_NOOP("actions", "Compare with original"),
        "Y",
        checkable=True,
        needs="document",
    ),
    spec("pixel_grid", QT_TRANSLATE_NOOP("actions", "Pixel grid"), checkable=True),
    spec(
        "show_mask",
        QT_TRANSLATE_NOOP("actions", "Show mask"),
        "Q",
        checkable=True,
        needs="document",
    ),
    spec(
        "mask_as_outline",
        QT_TRANSLATE_NOOP("actions", "Mask as outline"),
        "Shift+Q",
        checkable=True,
        needs="document",
    ),
    spec("next_area", QT_TRANSLATE_NOOP("actions", "Next panel"), "F6"),
    spec("previous_area", QT_TRANSLATE_NOOP("actions", "Previous panel"), "Shift+F6"),
    spec("hide_panels", QT_TRANSLATE_NOOP("actions", "Hide panels"), "Tab", checkable=True),
    spec("full_screen", QT_TRANSLATE_NOOP("actions", "Full screen"), "F11", checkable=True),
    spec("theme_system", QT_TRANSLATE_NOOP("actions", "Like the system"), checkable=True),
    spec("theme_dark", QT_TRANSLATE_NOOP("actions", "Dark"), checkable=True),
    spec("theme_light", QT_TRANSLATE_NOOP("actions", "Light"), checkable=True),
)


def view_commands(studio: Studio) -> Commands:
    """Zoom, turn, what is visible, theme."""
    canvas, actions, window = studio.window.canvas, studio.window.actions_table, studio.window
    commands: Commands = {
        "zoom_in": lambda: canvas.view.zoom_step(1),
        "zoom_out": lambda: canvas.view.zoom_step(-1),
        "fit": canvas.fit,
        "actual_size": lambda: canvas.zoom_to(1.0),
        "double_size": lambda: canvas.zoom_to(2.0),
        "zoom_to_mask": studio.viewing.zoom_to_mask,
        "mirror_view": lambda: canvas.view.mirror(actions["mirror_view"].isChecked()),
        "turn_view_left": lambda: canvas.view.turn_by(-STEP),
        "turn_view_right": lambda: canvas.view.turn_by(STEP),
        "reset_view_turn": canvas.view.reset_turn,
        "compare": lambda: canvas.comparison.turn_on(actions["compare"].isChecked()),
        "pixel_grid": lambda: studio.choose(PIXEL_GRID, actions["pixel_grid"].isChecked()),
        "mask_as_outline": lambda: studio.set_mask_tinted(
            not actions["mask_as_outline"].isChecked()
        ),
        "show_mask": lambda: canvas.set_mask_visible(actions["show_mask"].isChecked()),
        "next_area": lambda: window.focus_areas.step(1),
        "previous_area": lambda: window.focus_areas.step(-1),
        "hide_panels": lambda: window.set_panels_visible(not actions["hide_panels"].isChecked()),
        "full_screen": lambda: window.set_full_screen(actions["full_screen"].isChecked()),
    }
    for mode in THEMES:
        commands[f"theme_{mode}"] = partial(studio.set_theme, mode)
    return commands
