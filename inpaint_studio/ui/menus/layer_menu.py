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
        "rename_layer",
        "toggle_layer",
        "lock_layer",
        None,
        "duplicate_layer",
        "merge_down",
        "flatten",
        None,
        "group_layers",
        "ungroup",
        "move_out_of_group",
        None,
        "layer_up",
        "layer_down",
        None,
        "flip_across",
        "flip_down",
        "turn_right",
        "turn_left",
        "turn_over",
        "reset_transform",
        None,
        "fill_transparent",
        "redo_step",
        "fit_frame",
        None,
        "delete_layer",
    ),
)
ACTIONS = (
    spec("rename_layer", QT_TRANSLATE_NOOP("actions", "Rename layer"), "F2", needs="layer"),
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
    spec(
        "group_layers",
        QT_TRANSLATE_NOOP("actions", "Group layers"),
        "Ctrl+G",
        icon="folder",
        needs="layer",
    ),
    spec("ungroup", QT_TRANSLATE_NOOP("actions", "Ungroup"), "Ctrl+Shift+G", needs="layer"),
    spec("move_out_of_group", QT_TRANSLATE_NOOP("actions", "Move out of group"), needs="layer"),
    spec("layer_up", QT_TRANSLATE_NOOP("actions", "Move layer up"), "Ctrl+]", needs="layer"),
    spec("layer_down", QT_TRANSLATE_NOOP("actions", "Move layer down"), "Ctrl+[", needs="layer"),
    spec(
        "flip_across",
        QT_TRANSLATE_NOOP("actions", "Flip horizontally"),
        icon="flip-horizontal-2",
        needs="layer",
    ),
    spec(
        "flip_down",
        QT_TRANSLATE_NOOP("actions", "Flip vertically"),
        icon="flip-vertical-2",
        needs="layer",
    ),
    spec(
        "turn_right",
        QT_TRANSLATE_NOOP("actions", "Rotate 90° clockwise"),
        icon="rotate-cw",
        needs="layer",
    ),
    spec(
        "turn_left",
        QT_TRANSLATE_NOOP("actions", "Rotate 90° counterclockwise"),
        icon="rotate-ccw",
        needs="layer",
    ),
    spec("turn_over", QT_TRANSLATE_NOOP("actions", "Rotate 180°"), needs="layer"),
    spec("reset_transform", QT_TRANSLATE_NOOP("actions", "Reset transform"), needs="layer"),
    spec("fill_transparent", QT_TRANSLATE_NOOP("actions", "Fill transparent"), needs="document"),
    spec(
        "redo_step",
        QT_TRANSLATE_NOOP("actions", "Redo this step of the expansion"),
        icon="refresh-cw",
        needs="step",
    ),
    spec("fit_frame", QT_TRANSLATE_NOOP("actions", "Frame to picture"), needs="document"),
    spec(
        "delete_layer", QT_TRANSLATE_NOOP("actions", "Delete layer"), icon="trash-2", needs="layer"
    ),
)


def layer_commands(studio: Studio) -> Commands:
    """Change the active layer, or the stack."""
    layers = studio.services.layers
    placements = studio.services.toolbox.move_tool.placements
    return {
        "flip_across": lambda: placements.flip(across=True),
        "flip_down": lambda: placements.flip(across=False),
        "turn_right": lambda: placements.turn(90),
        "turn_left": lambda: placements.turn(-90),
        "turn_over": lambda: placements.turn(180),
        "reset_transform": placements.reset,
        "rename_layer": studio.rename_layer,
        "toggle_layer": lambda: studio.with_layer(layers.toggle_visible),
        "delete_layer": lambda: layers.delete_all(studio.window.layers_panel.chosen),
        "duplicate_layer": lambda: studio.with_layer(layers.duplicate),
        "merge_down": lambda: studio.with_layer(layers.merge_down),
        "flatten": layers.flatten_visible,
        "group_layers": lambda: layers.group(studio.window.layers_panel.chosen),
        "ungroup": lambda: studio.with_layer(layers.ungroup),
        "move_out_of_group": lambda: studio.with_layer(layers.move_out),
        "lock_layer": lambda: studio.with_layer(layers.toggle_locked),
        "fill_transparent": studio.services.expand_preflight.start,
        "redo_step": lambda: studio.with_result(studio.services.expand_preflight.redo),
        "fit_frame": studio.services.frames.fit_picture,
        "layer_up": lambda: studio.with_layer(lambda layer_id: layers.shift(layer_id, 1)),
        "layer_down": lambda: studio.with_layer(lambda layer_id: layers.shift(layer_id, -1)),
    }
