"""What the settings keep of the brush."""

from __future__ import annotations

from inpaint_studio.core.pressure import PressureCurve
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.settings import (
    BRUSH_HARDNESS,
    BRUSH_OPACITY,
    BRUSH_SIZE,
    BRUSH_SMOOTHING,
    PRESSURE_OPACITY_CURVE,
    PRESSURE_SIZE_CURVE,
    PRESSURE_TO_OPACITY,
    PRESSURE_TO_SIZE,
    Settings,
)


def restore_brush(toolbox: ToolBox, settings: Settings) -> None:
    """Give the brush everything that the settings say of it."""
    toolbox.set_brush(
        size=settings.get(BRUSH_SIZE),
        hardness=settings.get(BRUSH_HARDNESS),
        opacity=settings.get(BRUSH_OPACITY),
    )
    restore_pen(toolbox, settings)


def restore_pen(toolbox: ToolBox, settings: Settings) -> None:
    """Give the brush what is chosen in the settings, but not what the window itself offers."""
    toolbox.set_brush(
        smoothing=settings.get(BRUSH_SMOOTHING),
        pressure_to_size=settings.get(PRESSURE_TO_SIZE),
        pressure_to_opacity=settings.get(PRESSURE_TO_OPACITY),
        size_curve=PressureCurve.from_text(settings.get(PRESSURE_SIZE_CURVE)),
        opacity_curve=PressureCurve.from_text(settings.get(PRESSURE_OPACITY_CURVE)),
    )


def keep_brush(toolbox: ToolBox, settings: Settings) -> None:
    """Write what the window offers into the settings; the rest is chosen there anyway."""
    brush = toolbox.brush
    settings.set(BRUSH_SIZE, brush.size)
    settings.set(BRUSH_HARDNESS, brush.hardness)
    settings.set(BRUSH_OPACITY, brush.opacity)
    settings.set(PRESSURE_TO_SIZE, brush.pressure_to_size)
    settings.set(PRESSURE_TO_OPACITY, brush.pressure_to_opacity)
