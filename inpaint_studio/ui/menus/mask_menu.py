"""What is done to the whole mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio


MENU = MenuSpec(
    QT_TRANSLATE_NOOP("actions", "&Mask"),
    (
        "mask_all",
        "mask_clear",
        "mask_invert",
        None,
        "mask_grow",
        "mask_shrink",
        "mask_feather",
        "mask_smooth",
        "mask_threshold",
        "mask_fill_holes",
        "mask_from_layer",
    ),
)
ACTIONS = (
    spec("mask_all", QT_TRANSLATE_NOOP("actions", "Mask all"), "Ctrl+A", needs="document"),
    spec("mask_clear", QT_TRANSLATE_NOOP("actions", "Clear mask"), "Ctrl+D", needs="document"),
    spec(
        "mask_invert",
        QT_TRANSLATE_NOOP("actions", "Invert mask"),
        "Ctrl+Shift+I",
        needs="document",
    ),
    spec("mask_grow", QT_TRANSLATE_NOOP("actions", "Grow mask…"), needs="document"),
    spec("mask_shrink", QT_TRANSLATE_NOOP("actions", "Shrink mask…"), needs="document"),
    spec("mask_feather", QT_TRANSLATE_NOOP("actions", "Feather mask…"), needs="document"),
    spec("mask_smooth", QT_TRANSLATE_NOOP("actions", "Smooth mask…"), needs="document"),
    spec("mask_threshold", QT_TRANSLATE_NOOP("actions", "Harden mask edge"), needs="document"),
    spec("mask_fill_holes", QT_TRANSLATE_NOOP("actions", "Fill holes in mask"), needs="document"),
    spec("mask_from_layer", QT_TRANSLATE_NOOP("actions", "Mask from layer"), needs="document"),
)


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
