"""What is done to layers and to the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio


MENU = MenuSpec(
    QT_TRANSLATE_NOOP("actions", "&Layer"),
    (
        "toggle_layer",
        "lock_layer",
        None,
        "duplicate_layer",
        "merge_down",
        "flatten",
        None,
        "layer_up",
        "layer_down",
        None,
        "fill_transparent",
        "fit_frame",
        None,
        "delete_layer",
    ),
)
ACTIONS = (
    spec(
        "toggle_layer",
        QT_TRANSLATE_NOOP("actions", "Show or hide layer"),
        "Ctrl+H",
        icon="eye",
        needs="layer",
    ),
    spec("lock_layer", QT_TRANSLATE_NOOP("actions", "Lock or unlock layer"), needs="layer"),
    spec(
        "duplicate_layer", QT_TRANSLATE_NOOP("actions", "Duplicate layer"), "Ctrl+J", needs="layer"
    ),
    spec("merge_down", QT_TRANSLATE_NOOP("actions", "Merge down"), "Ctrl+E", needs="layer"),
    spec("flatten", QT_TRANSLATE_NOOP("actions", "Flatten visible"), needs="layer"),
    spec("layer_up", QT_TRANSLATE_NOOP("actions", "Move layer up"), "Ctrl+]", needs="layer"),
    spec("layer_down", QT_TRANSLATE_NOOP("actions", "Move layer down"), "Ctrl+[", needs="layer"),
    spec("fill_transparent", QT_TRANSLATE_NOOP("actions", "Fill transparent"), needs="document"),
    spec("fit_frame", QT_TRANSLATE_NOOP("actions", "Frame to picture"), needs="document"),
    spec(
        "delete_layer", QT_TRANSLATE_NOOP("actions", "Delete layer"), icon="trash-2", needs="layer"
    ),
)


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
