"""What is drawn over the picture about the frame, the next edit and the tool in hand."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.frame_overlay import FrameOverlay, ShownPlan
from inpaint_studio.ui.canvas.preflight_box import PreflightBox
from inpaint_studio.ui.canvas.repaints import Repaints
from inpaint_studio.ui.canvas.scene import Scene
from inpaint_studio.ui.canvas.transform_overlay import TransformOverlay
from inpaint_studio.ui.canvas.viewport import Viewport


class Overlays:
    """Holds them, and has the canvas repainted where they change."""

    def __init__(
        self,
        canvas: QWidget,
        session: EditorSession,
        toolbox: ToolBox,
        viewport: Viewport,
        scene: Scene,
        repaints: Repaints,
    ) -> None:
        self._canvas = canvas
        self._repaints = repaints
        self._preflight = PreflightBox(viewport)
        self.frame = FrameOverlay(session, toolbox, viewport)
        self.transform = TransformOverlay(canvas, session, toolbox, viewport, scene, repaints)

    @property
    def plan(self) -> ShownPlan | None:
        """The plan that is shown."""
        return self.frame.plan

    def set_preflight(self, bounds: Bounds | None, label: str) -> None:
        """Draw the box that an edit will look at, or nothing."""
        self._canvas.update(self._preflight_rect())
        self._preflight.bounds, self._preflight.label = bounds, label
        self._canvas.update(self._preflight_rect())

    def set_plan(self, plan: ShownPlan | None) -> None:
        """Draw the steps of an expansion, or nothing."""
        if plan != self.frame.plan:
            self._canvas.update(self._plan_rect())
            self.frame.plan = plan
            self._canvas.update(self._plan_rect())

    def follow_tool(self) -> None:
        """Another tool is in hand, with other handles."""
        self._repaints.ask(self.frame.handles_rect())
        self.follow_outline()

    def follow_outline(self) -> None:
        """Repaint where the tool's outline looks different now."""
        changed = self.frame.outline_change()
        if not changed.isEmpty():
            self._repaints.ask(changed)

    def forget(self) -> None:
        """Another document is open, and all is painted anew."""
        self.frame.outline_change()
        self._preflight.bounds = self.frame.plan = None

    def paint(self, painter: QPainter, part: QRect) -> None:
        """Draw them. Only `part` of the canvas is being painted."""
        self._preflight.paint(painter, self._canvas.rect())
        self.frame.paint(painter, self._canvas.rect(), part)
        self.transform.paint(painter)

    def _preflight_rect(self) -> QRect:
        return self._preflight.rect(self._canvas.rect(), self._canvas.font())

    def _plan_rect(self) -> QRect:
        return self.frame.plan_rect(self._canvas.rect(), self._canvas.font())
