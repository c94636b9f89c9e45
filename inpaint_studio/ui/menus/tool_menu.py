"""The tools, and the brush without a slider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP

from inpaint_studio.ui.menus.action_spec import Commands, MenuSpec, spec

if TYPE_CHECKING:
    from inpaint_studio.ui.studio import Studio

SIZE_STEP = 1.15
HARDNESS_STEP = 0.1


MENU = MenuSpec(
    QT_TRANSLATE_NOOP("actions", "&Tools"),
    (
        "brush",
        "eraser",
        "rectangle",
        "ellipse",
        "lasso",
        "polygon",
        "wand",
        "colour_range",
        "move",
        "frame",
        "hand",
        None,
        "swap",
        None,
        "smaller",
        "larger",
        "softer",
        "harder",
    ),
)
ACTIONS = (
    spec(
        "brush",
        QT_TRANSLATE_NOOP("actions", "Brush"),
        "B",
        icon="brush",
        checkable=True,
        needs="document",
    ),
    spec(
        "eraser",
        QT_TRANSLATE_NOOP("actions", "Eraser"),
        "E",
        icon="eraser",
        checkable=True,
        needs="document",
    ),
    spec(
        "rectangle",
        QT_TRANSLATE_NOOP("actions", "Rectangle"),
        "M",
        icon="square-dashed",
        checkable=True,
        needs="document",
    ),
    spec(
        "ellipse",
        QT_TRANSLATE_NOOP("actions", "Ellipse"),
        "Shift+M",
        icon="circle-dashed",
        checkable=True,
        needs="document",
    ),
    spec(
        "lasso",
        QT_TRANSLATE_NOOP("actions", "Lasso"),
        "L",
        icon="lasso",
        checkable=True,
        needs="document",
    ),
    spec(
        "polygon",
        QT_TRANSLATE_NOOP("actions", "Polygon"),
        "Shift+L",
        icon="vector-polygon",
        checkable=True,
        needs="document",
    ),
    spec(
        "wand",
        QT_TRANSLATE_NOOP("actions", "Magic wand"),
        "W",
        icon="wand-sparkles",
        checkable=True,
        needs="document",
    ),
    spec(
        "colour_range",
        QT_TRANSLATE_NOOP("actions", "Colour range"),
        "Shift+W",
        icon="pipette",
        checkable=True,
        needs="document",
    ),
    spec(
        "move",
        QT_TRANSLATE_NOOP("actions", "Move"),
        "V",
        icon="move",
        checkable=True,
        needs="document",
    ),
    spec(
        "frame",
        QT_TRANSLATE_NOOP("actions", "Frame"),
        "C",
        icon="crop",
        checkable=True,
        needs="document",
    ),
    spec(
        "hand",
        QT_TRANSLATE_NOOP("actions", "Hand"),
        "H",
        icon="hand",
        checkable=True,
        needs="document",
    ),
    spec("swap", QT_TRANSLATE_NOOP("actions", "Swap add and subtract"), "X", needs="document"),
    spec("smaller", QT_TRANSLATE_NOOP("actions", "Smaller brush"), "[", needs="document"),
    spec("larger", QT_TRANSLATE_NOOP("actions", "Larger brush"), "]", needs="document"),
    spec("softer", QT_TRANSLATE_NOOP("actions", "Softer brush"), "Shift+[", "{", needs="document"),
    spec("harder", QT_TRANSLATE_NOOP("actions", "Harder brush"), "Shift+]", "}", needs="document"),
)


def tool_commands(studio: Studio) -> Commands:
    """Change the brush without a slider."""
    box = studio.services.toolbox
    return {
        "swap": box.swap_add_subtract,
        "smaller": lambda: box.scale_size(1 / SIZE_STEP),
        "larger": lambda: box.scale_size(SIZE_STEP),
        "softer": lambda: box.set_brush(hardness=box.brush.hardness - HARDNESS_STEP),
        "harder": lambda: box.set_brush(hardness=box.brush.hardness + HARDNESS_STEP),
    }
