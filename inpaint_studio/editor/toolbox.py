"""Which tool is in hand, and the settings that tools share."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TypedDict, Unpack

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.brush import MAX_SIZE, MIN_SIZE, BrushSettings
from inpaint_studio.core.layer import Layer, MaskKind, MaskLayer
from inpaint_studio.core.mask_edits import Combine
from inpaint_studio.core.pressure import PressureCurve
from inpaint_studio.editor.colour_range import ColourRangePicker
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.brush_tool import BrushTool
from inpaint_studio.editor.tools.colour_range_tool import ColourRangeTool
from inpaint_studio.editor.tools.frame_tool import FrameTool
from inpaint_studio.editor.tools.move_tool import MoveTool
from inpaint_studio.editor.tools.selection_tools import (
    BoxTool,
    LassoTool,
    PolygonTool,
    SelectionSettings,
)
from inpaint_studio.editor.tools.tool import Tool
from inpaint_studio.editor.tools.wand_tool import WandTool
from inpaint_studio.imaging.colour_range import MOST_FUZZINESS


class ToolName(Enum):
    """The tools of the tool column."""

    brush = "brush"
    eraser = "eraser"
    rectangle = "rectangle"
    ellipse = "ellipse"
    lasso = "lasso"
    polygon = "polygon"
    wand = "wand"
    colour_range = "colour_range"
    move = "move"
    frame = "frame"
    hand = "hand"

    @property
    def selects(self) -> bool:
        """Whether the tool makes a shape that joins the mask."""
        return self in _SELECTING


_SELECTING = {
    ToolName.rectangle,
    ToolName.ellipse,
    ToolName.lasso,
    ToolName.polygon,
    ToolName.wand,
    ToolName.colour_range,
}


class BrushFields(TypedDict, total=False):
    """The fields of `BrushSettings` that are a person's choice."""

    size: float
    hardness: float
    opacity: float
    smoothing: float
    pressure_to_size: bool
    pressure_to_opacity: bool
    size_curve: PressureCurve
    opacity_curve: PressureCurve


class HandTool(Tool):
    """Drags the view."""

    pans = True


class ToolBox(QObject):
    """Holds the tools.

    Signals: `tool_changed()`, `brush_changed()` (brush settings or which mask is painted on) and
    `selection_changed()` (selection settings).
    """

    tool_changed = Signal()
    brush_changed = Signal()
    selection_changed = Signal()

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._brush = BrushSettings()
        self._selection = SelectionSettings()
        self._mask_kind = MaskKind.repaint
        self.colour_range = ColourRangePicker(
            session, lambda: self._selection, lambda: self._mask_kind, self
        )
        self.selection_changed.connect(self.colour_range.refresh)
        self._tools: dict[ToolName, Tool] = {
            ToolName.brush: self._brush_tool(session, erase=False),
            ToolName.eraser: self._brush_tool(session, erase=True),
            **self._selection_tools(session),
            ToolName.move: MoveTool(session, self),
            ToolName.frame: FrameTool(session),
            ToolName.hand: HandTool(),
        }
        self._current = ToolName.brush
        session.active_layer_changed.connect(lambda: self._follow_layer(session.active_layer))

    @property
    def current(self) -> ToolName:
        """Name of the tool in hand."""
        return self._current

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._tools[self._current]

    @property
    def frame_tool(self) -> FrameTool:
        """The tool that drags the frame, in hand or not."""
        tool = self._tools[ToolName.frame]
        assert isinstance(tool, FrameTool)
        return tool

    @property
    def move_tool(self) -> MoveTool:
        """The tool that moves layers, in hand or not."""
        tool = self._tools[ToolName.move]
        assert isinstance(tool, MoveTool)
        return tool

    @property
    def brush(self) -> BrushSettings:
        """What brush and eraser paint with."""
        return self._brush

    @property
    def selection(self) -> SelectionSettings:
        """How selections are made and join the mask."""
        return self._selection

    @property
    def mask_kind(self) -> MaskKind:
        """Which mask brush and eraser paint on."""
        return self._mask_kind

    def choose(self, name: ToolName) -> None:
        """Take a tool in hand."""
        if name is not self._current:
            self.tool.cancel()
            self._current = name
            self.tool_changed.emit()

    def swap_add_subtract(self) -> None:
        """Brush becomes eraser and eraser brush."""
        self.choose(ToolName.brush if self._current is ToolName.eraser else ToolName.eraser)

    def set_brush(self, **fields: Unpack[BrushFields]) -> None:
        """Change some brush settings; values are clamped to their ranges."""
        wanted = replace(self._brush, **fields)
        brush = replace(
            wanted,
            size=_clamped(wanted.size, MIN_SIZE, MAX_SIZE),
            hardness=_clamped(wanted.hardness, 0.0, 1.0),
            opacity=_clamped(wanted.opacity, 0.01, 1.0),
            smoothing=_clamped(wanted.smoothing, 0.0, 1.0),
        )
        if brush != self._brush:
            self._brush = brush
            self.brush_changed.emit()

    def scale_size(self, factor: float) -> None:
        """Make the brush larger or smaller by a factor, by at least one px."""
        size = self._brush.size
        step = max(1.0, abs(size * factor - size))
        self.set_brush(size=round(size + step if factor > 1 else size - step))

    def set_mask_kind(self, kind: MaskKind) -> None:
        """Choose which mask brush and eraser paint on."""
        if kind is not self._mask_kind:
            self._mask_kind = kind
            self.brush_changed.emit()

    def _follow_layer(self, layer: Layer | None) -> None:
        """Whoever chooses a mask in the list means to paint on it."""
        if isinstance(layer, MaskLayer):
            self.set_mask_kind(layer.kind)

    def set_selection(
        self,
        *,
        how: Combine | None = None,
        tolerance: int | None = None,
        fuzziness: int | None = None,
        contiguous: bool | None = None,
        all_layers: bool | None = None,
    ) -> None:
        """Change some selection settings; tolerance and fuzziness are clamped to their ranges."""
        old = self._selection
        self._selection = SelectionSettings(
            how=old.how if how is None else how,
            tolerance=old.tolerance if tolerance is None else min(max(tolerance, 0), 255),
            fuzziness=old.fuzziness
            if fuzziness is None
            else min(max(fuzziness, 0), MOST_FUZZINESS),
            contiguous=old.contiguous if contiguous is None else contiguous,
            all_layers=old.all_layers if all_layers is None else all_layers,
        )
        if self._selection != old:
            self.selection_changed.emit()

    def _selection_tools(self, session: EditorSession) -> dict[ToolName, Tool]:
        read, kind = (lambda: self._selection), (lambda: self._mask_kind)
        return {
            ToolName.rectangle: BoxTool(session, read, kind, ellipse=False),
            ToolName.ellipse: BoxTool(session, read, kind, ellipse=True),
            ToolName.lasso: LassoTool(session, read, kind),
            ToolName.polygon: PolygonTool(session, read, kind),
            ToolName.wand: WandTool(session, read, kind, self),
            ToolName.colour_range: ColourRangeTool(self.colour_range),
        }

    def _brush_tool(self, session: EditorSession, *, erase: bool) -> BrushTool:
        return BrushTool(session, lambda: self._brush, lambda: self._mask_kind, erase=erase)


def _clamped(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
