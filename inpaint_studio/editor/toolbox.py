"""Which tool is in hand, and the brush settings that brush and eraser share."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.brush import MAX_SIZE, MIN_SIZE, BrushSettings
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.brush_tool import BrushTool
from inpaint_studio.editor.tools.tool import Tool


class ToolName(Enum):
    """The tools of the tool column."""

    brush = "brush"
    eraser = "eraser"
    hand = "hand"


class HandTool(Tool):
    """Drags the view."""

    pans = True


class ToolBox(QObject):
    """Holds the tools. Signals: `tool_changed()` and `brush_changed()` (settings or target)."""

    tool_changed = Signal()
    brush_changed = Signal()

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._brush = BrushSettings()
        self._mask_kind = MaskKind.repaint
        self._tools: dict[ToolName, Tool] = {
            ToolName.brush: self._brush_tool(session, erase=False),
            ToolName.eraser: self._brush_tool(session, erase=True),
            ToolName.hand: HandTool(),
        }
        self._current = ToolName.brush

    @property
    def current(self) -> ToolName:
        """Name of the tool in hand."""
        return self._current

    @property
    def tool(self) -> Tool:
        """The tool in hand."""
        return self._tools[self._current]

    @property
    def brush(self) -> BrushSettings:
        """What brush and eraser paint with."""
        return self._brush

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

    def set_brush(
        self,
        *,
        size: float | None = None,
        hardness: float | None = None,
        opacity: float | None = None,
        pressure_to_size: bool | None = None,
        pressure_to_opacity: bool | None = None,
    ) -> None:
        """Change some brush settings; values are clamped to their ranges."""
        old = self._brush
        self._brush = replace(
            old,
            size=_clamped(old.size if size is None else size, MIN_SIZE, MAX_SIZE),
            hardness=_clamped(old.hardness if hardness is None else hardness, 0.0, 1.0),
            opacity=_clamped(old.opacity if opacity is None else opacity, 0.01, 1.0),
            pressure_to_size=(
                old.pressure_to_size if pressure_to_size is None else pressure_to_size
            ),
            pressure_to_opacity=(
                old.pressure_to_opacity if pressure_to_opacity is None else pressure_to_opacity
            ),
        )
        if self._brush != old:
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

    def _brush_tool(self, session: EditorSession, *, erase: bool) -> BrushTool:
        return BrushTool(session, lambda: self._brush, lambda: self._mask_kind, erase=erase)


def _clamped(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
