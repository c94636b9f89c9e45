"""What the commands of `actions.py` do, by key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio
    from inpaint_studio.ui.theme import ThemeMode

Commands = dict[str, Callable[[], object]]

SIZE_STEP = 1.15
HARDNESS_STEP = 0.1
THEMES: tuple[ThemeMode, ...] = ("system", "dark", "light")


def file_commands(studio: Studio) -> Commands:
    """Open, paste, export, close."""
    return {
        "open": studio.open,
        "paste": studio.paste,
        "sample": studio.ask_then(studio.services.files.open_sample),
        "export": studio.export,
        "close": studio.ask_then(lambda: studio.services.session.open(None)),
        "quit": studio.window.close,
        "about": studio.show_about,
    }


def edit_commands(studio: Studio) -> Commands:
    """Undo, generate, candidates, layers, mask."""
    services, strip = studio.services, studio.window.strip
    return {
        "undo": services.session.undo,
        "redo": services.session.redo,
        "remove": services.edits.generate,
        "cancel": studio.cancel,
        "previous": lambda: studio.step_candidate(-1),
        "next": lambda: studio.step_candidate(1),
        "more": lambda: studio.with_result(services.edits.more),
        "keep": strip.keep,
        "discard": lambda: studio.with_result(services.edits.discard),
        "toggle_layer": lambda: studio.with_layer(services.layers.toggle_visible),
        "delete_layer": lambda: studio.with_layer(services.layers.delete),
        "mask_all": services.masks.mask_all,
        "mask_clear": services.masks.clear,
        "mask_invert": services.masks.invert,
    }


def view_commands(studio: Studio) -> Commands:
    """Zoom, what is visible, theme."""
    canvas, actions, window = studio.window.canvas, studio.window.actions_table, studio.window
    commands: Commands = {
        "zoom_in": lambda: canvas.zoom_step(1),
        "zoom_out": lambda: canvas.zoom_step(-1),
        "fit": canvas.fit,
        "actual_size": lambda: canvas.zoom_to(1.0),
        "show_mask": lambda: canvas.set_mask_visible(actions["show_mask"].isChecked()),
        "hide_panels": lambda: window.set_panels_visible(not actions["hide_panels"].isChecked()),
        "full_screen": lambda: window.set_full_screen(actions["full_screen"].isChecked()),
    }
    for mode in THEMES:
        commands[f"theme_{mode}"] = partial(studio.set_theme, mode)
    return commands


def brush_commands(studio: Studio) -> Commands:
    """Change the brush without a slider."""
    box = studio.services.toolbox
    return {
        "swap": box.swap_add_subtract,
        "smaller": lambda: box.scale_size(1 / SIZE_STEP),
        "larger": lambda: box.scale_size(SIZE_STEP),
        "softer": lambda: box.set_brush(hardness=box.brush.hardness - HARDNESS_STEP),
        "harder": lambda: box.set_brush(hardness=box.brush.hardness + HARDNESS_STEP),
    }
