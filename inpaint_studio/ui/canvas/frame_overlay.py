"""What is drawn over the picture about the frame: its handles, the plan of an expansion; and the
outline of what a tool is drawing. In logical px of the canvas."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, ExpansionStep
from inpaint_studio.ui.canvas.painting import label_rect, paint_label
from inpaint_studio.ui.canvas.viewport import Viewport
from inpaint_studio.ui.theme import current, with_alpha

BAR_LENGTH, BAR_WIDTH = 22.0, 4.0
BAR_GAP = 5.0
"""From the frame's edge to the middle of a bar, outward."""
GRIP = 5.0
"""A bar is taken hold of this far around it, with any tool. Within the frame tool's own reach."""
NUMBER_SIDE = 20.0
"""Boxes of steps that are narrower than this get no number."""
DASH = 4.0


@dataclass(frozen=True)
class ShownPlan:
    """A plan with its label. `current`: the step that runs, from 0, or None before it starts."""

    plan: ExpansionPlan
    label: str = ""
    current: int | None = None


class FrameOverlay:
    """Draws over the scene, and says what has to be repainted for it."""

    def __init__(self, session: EditorSession, toolbox: ToolBox, viewport: Viewport) -> None:
        self._session = session
        self._toolbox = toolbox
        self._viewport = viewport
        self._shown_outline: tuple[Point, ...] = ()
        self.plan: ShownPlan | None = None
        self.hovered: Handle | None = None

    def grip_at(self, view_position: Point) -> Handle | None:
        """The bar at a place of the view, which can be dragged whatever tool is in hand."""
        for handle, bar in self._side_bars():
            if bar.adjusted(-GRIP, -GRIP, GRIP, GRIP).contains(QPointF(*view_position)):
                return handle
        return None

    def handles_rect(self) -> QRect:
        """All pixels that the handles may touch."""
        if self._viewport.frame.is_empty:
            return QRect()
        reach = round(BAR_GAP + BAR_WIDTH) + 2
        return self._frame_box().toAlignedRect().adjusted(-reach, -reach, reach, reach)

    def handle_rect(self, handle: Handle | None) -> QRect:
        """All pixels that one handle may touch."""
        place = self._toolbox.frame_tool.handles.get(handle) if handle else None
        if place is None:
            return QRect()
        (x, y), reach = self._viewport.to_view(place), BAR_LENGTH + BAR_GAP
        return QRectF(x - reach, y - reach, 2 * reach, 2 * reach).toAlignedRect()

    def plan_rect(self, view: QRect, font: QFont) -> QRect:
        """All pixels that the plan and its label touch."""
        if self.plan is None:
            return QRect()
        box = self._frame_box()
        touched = box.united(label_rect(self._label_box(), self.plan.label, view, font))
        return touched.toAlignedRect().adjusted(-2, -2, 2, 2)

    def outline_change(self) -> QRect:
        """Where the tool's outline looks different from when this was asked last."""
        outline = self._toolbox.tool.outline
        changed = _changed_points(self._shown_outline, outline)
        self._shown_outline = outline
        return self._around(changed)

    def paint(self, painter: QPainter, view: QRect, part: QRect) -> None:
        """Draw plan, handles and outline. Only `part` of the view is being painted."""
        if self._viewport.frame.is_empty:
            return
        if self.plan is not None:
            self._paint_plan(painter, self.plan, view)
        # Handles lie on the frame's edge or outside of it; most of what is painted lies inside.
        if not self._frame_box().adjusted(2, 2, -2, -2).contains(QRectF(part)):
            self._paint_handles(painter)
        tool = self._toolbox.frame_tool
        if tool.dragged is not None:
            paint_label(painter, self._label_box(), tool.text, view)
        if len(self._shown_outline) > 1:
            self._paint_outline(painter)

    def _paint_outline(self, painter: QPainter) -> None:
        """Light dashes on a dark line, which can be seen on any picture."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        shape = QPolygonF([QPointF(*self._viewport.to_view(p)) for p in self._shown_outline])
        painter.setPen(QPen(with_alpha(current().cursor_dark, 0.75), 1))
        painter.drawPolygon(shape)
        dashes = QPen(QColor(current().cursor_light), 1)
        dashes.setDashPattern([DASH, DASH])
        painter.setPen(dashes)
        painter.drawPolygon(shape)

    def _paint_handles(self, painter: QPainter) -> None:
        is_frame = self._toolbox.current is ToolName.frame
        tool = self._toolbox.frame_tool
        if is_frame:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(QColor(current().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self._frame_box().toRect().adjusted(-1, -1, 0, 0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = tool.dragged or self.hovered
        for handle, bar in self._side_bars():
            self._paint_bars(painter, [bar], handle is lit)
        if is_frame:
            for handle, bars in self._corner_bars():
                self._paint_bars(painter, bars, handle is lit)

    def _paint_bars(self, painter: QPainter, bars: Iterable[QRectF], is_lit: bool) -> None:
        colours = current()
        for colour, grow in (
            (with_alpha(colours.cursor_dark, 0.35), 1.0),
            (QColor(colours.accent if is_lit else colours.cursor_light), 0.0),
        ):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for bar in bars:
                grown = bar.adjusted(-grow, -grow, grow, grow)
                painter.drawRoundedRect(grown, BAR_WIDTH / 2 + grow, BAR_WIDTH / 2 + grow)

    def _paint_plan(self, painter: QPainter, shown: ShownPlan, view: QRect) -> None:
        painter.save()
        for index, step in enumerate(shown.plan.steps):
            if shown.current is None or index >= shown.current:
                self._paint_step(painter, step, index, index == shown.current)
        painter.restore()
        if shown.label:
            paint_label(painter, self._label_box(), shown.label, view)

    def _paint_step(
        self, painter: QPainter, step: ExpansionStep, index: int, is_current: bool
    ) -> None:
        accent = current().accent
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(with_alpha(accent, 0.22 if is_current else 0.06))
        painter.setPen(QPen(with_alpha(accent, 1.0 if is_current else 0.55), 1))
        boxes = [self._box(mask) for mask in step.masks]
        for box in boxes:
            painter.drawRect(box.toRect().adjusted(0, 0, -1, -1))
        largest = max(boxes, key=lambda box: box.width() * box.height())
        if min(largest.width(), largest.height()) >= NUMBER_SIDE:
            _paint_number(painter, largest.center(), str(index + 1), is_current)

    def _side_bars(self) -> Iterable[tuple[Handle, QRectF]]:
        for handle, place in self._toolbox.frame_tool.handles.items():
            if not handle.is_corner:
                at = self._outward(place, handle)
                across = BAR_WIDTH if handle.value[0] else BAR_LENGTH
                down = BAR_LENGTH if handle.value[0] else BAR_WIDTH
                yield handle, QRectF(at.x - across / 2, at.y - down / 2, across, down)

    def _corner_bars(self) -> Iterable[tuple[Handle, list[QRectF]]]:
        """Two bars each, that meet outside the corner."""
        half, length = BAR_WIDTH / 2, BAR_LENGTH * 0.75
        for handle, place in self._toolbox.frame_tool.handles.items():
            if handle.is_corner:
                (x, y), (across, down) = self._outward(place, handle), handle.value
                along = QRectF(x - half if across < 0 else x + half - length, y - half, length, 4)
                up = QRectF(x - half, y - half if down < 0 else y + half - length, 4, length)
                yield handle, [along, up]

    def _outward(self, place: Point, handle: Handle) -> Point:
        across, down = handle.value
        return self._viewport.to_view(place).translated(across * BAR_GAP, down * BAR_GAP)

    def _frame_box(self) -> QRectF:
        return self._box(self._viewport.frame)

    def _label_box(self) -> QRectF:
        """What labels are put above: right of the handle at the corner."""
        return self._frame_box().adjusted(BAR_LENGTH, 0, 0, 0)

    def _box(self, bounds: Bounds) -> QRectF:
        left, top, right, bottom = self._viewport.to_device(bounds)
        ratio = self._viewport.pixel_ratio
        return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)

    def _around(self, points: Iterable[Point]) -> QRect:
        shape = QPolygonF([QPointF(*self._viewport.to_view(point)) for point in points])
        if shape.isEmpty():
            return QRect()
        return shape.boundingRect().toAlignedRect().adjusted(-3, -3, 3, 3)


def _changed_points(before: tuple[Point, ...], after: tuple[Point, ...]) -> list[Point]:
    """The corners that are others, with those between which new lines run."""
    if before == after:
        return []
    pairs = itertools.zip_longest(before, after)
    first = next(i for i, (old, new) in enumerate(pairs) if old != new)
    start = max(first - 1, 0)
    return [*before[:1], *after[:1], *before[start:], *after[start:]]


def _paint_number(painter: QPainter, middle: QPointF, text: str, is_current: bool) -> None:
    colours = current()
    metrics = painter.fontMetrics()
    width = max(metrics.horizontalAdvance(text) + 10.0, NUMBER_SIDE - 2)
    tag = QRectF(middle.x() - width / 2, middle.y() - 9, width, 18)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.accent_fill if is_current else colours.panel))
    painter.drawRoundedRect(tag, 9, 9)
    painter.setPen(QColor(colours.on_accent if is_current else colours.text))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
