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
        "settings": studio.show_settings,
        "quit": studio.window.close,
        "about": studio.show_about,
    }


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


def mask_commands(studio: Studio) -> Commands:
    """Change the whole mask."""
    masks = studio.services.masks
    return {
        "mask_all": masks.mask_all,
        "mask_clear": masks.clear,
        "mask_invert": masks.invert,
        "mask_grow": lambda: studio.with_amount("mask_grow", masks.grow, default=8),
        "mask_shrink": lambda: studio.with_amount("mask_shrink", masks.shrink, default=8),
        "mask_feather": lambda: studio.with_amount("mask_feather", masks.feather, default=16),
        "mask_smooth": lambda: studio.with_amount("mask_smooth", masks.smooth, default=6),
        "mask_threshold": masks.threshold,
        "mask_fill_holes": masks.fill_holes,
        "mask_from_layer": studio.mask_from_layer,
    }


def layer_commands(studio: Studio) -> Commands:
    """Change the active layer, or the stack."""
    layers = studio.services.layers
    return {
        "toggle_layer": lambda: studio.with_layer(layers.toggle_visible),
        "delete_layer": lambda: studio.with_layer(layers.delete),
        "duplicate_layer": lambda: studio.with_layer(layers.duplicate),
        "merge_down": lambda: studio.with_layer(layers.merge_down),
        "flatten": layers.flatten_visible,
        "lock_layer": lambda: studio.with_layer(layers.toggle_locked),
        "fill_transparent": studio.services.expand_preflight.start,
        "fit_frame": studio.services.frames.fit_picture,
        "layer_up": lambda: studio.with_layer(lambda layer_id: layers.shift(layer_id, 1)),
        "layer_down": lambda: studio.with_layer(lambda layer_id: layers.shift(layer_id, -1)),
    }
