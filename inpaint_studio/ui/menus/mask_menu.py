"""What is done to masks as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.core.layer import MaskKind
from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio


MENU = MenuSpec(
    QT_TRANSLATE_NOOP("actions", "&Mask"),
    (
        "new_mask",
        "new_avoid_mask",
        None,
        "colour_range",
        None,
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
        None,
        "import_mask",
        "export_mask",
        "copy_mask",
        "paste_mask",
    ),
)
ACTIONS = (
    spec("new_mask", QT_TRANSLATE_NOOP("actions", "New mask"), icon="plus", needs="document"),
    spec(
        "new_avoid_mask",
        QT_TRANSLATE_NOOP("actions", "New “don't copy” mask"),
        icon="ban",
        needs="document",
    ),
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
    spec("import_mask", QT_TRANSLATE_NOOP("actions", "Import mask…"), needs="document"),
    spec("export_mask", QT_TRANSLATE_NOOP("actions", "Export mask…"), needs="document"),
    spec(
        "copy_mask",
        QT_TRANSLATE_NOOP("actions", "Copy mask"),
        "Ctrl+Shift+C",
        icon="copy",
        needs="document",
    ),
    spec(
        "paste_mask",
        QT_TRANSLATE_NOOP("actions", "Paste as mask"),
        "Ctrl+Shift+V",
        icon="clipboard-paste",
        needs="document",
    ),
)


def mask_commands(studio: Studio) -> Commands:
    """Change the whole mask, or bring masks in and out."""
    masks, masking = studio.services.masks, studio.masking
    return {
        "new_mask": lambda: masks.new(MaskKind.repaint),
        "new_avoid_mask": lambda: masks.new(MaskKind.avoid),
        "import_mask": masking.ask_import,
        "export_mask": masking.ask_export,
        "copy_mask": masking.copy,
        "paste_mask": masking.paste,
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
