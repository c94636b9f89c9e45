"""What is drawn over the picture about the frame: its handles, the plan of an expansion; and the
outline of what a tool is drawing. In logical px of the canvas."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QTransform

from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, ExpansionStep
from inpaint_studio.ui.canvas.painting import label_rect, paint_label
from inpaint_studio.ui.canvas.view_shapes import around, outline, paint_box
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
        """The bar at a place of the view, which can be dragged whatever tool is in hand.

        But not with the move tool: a picture's own handles lie there.
        """
        if self._toolbox.current is ToolName.move:
            return None
        for handle, place in self._toolbox.frame_tool.handles.items():
            middle = self._viewport.to_view(place)
            at = self._viewport.turn.undo(view_position.x - middle.x, view_position.y - middle.y)
            reach = _side_bar(handle).adjusted(-GRIP, -GRIP, GRIP, GRIP)
            if not handle.is_corner and reach.contains(QPointF(*at)):
                return handle
        return None

    def handles_rect(self) -> QRect:
        """All pixels that the handles may touch."""
        if self._viewport.frame.is_empty:
            return QRect()
        # Corners point further out when they are turned.
        reach = round((BAR_GAP + BAR_WIDTH) * 1.5) + 2
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
        if not self._is_inside(part):
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
        if self._toolbox.current is ToolName.move:
            return
        is_frame = self._toolbox.current is ToolName.frame
        tool = self._toolbox.frame_tool
        if is_frame:
            self._paint_frame_line(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = tool.dragged or self.hovered
        turned = QTransform(*self._viewport.turn.matrix, 0.0, 0.0)
        for handle, place in tool.handles.items():
            if is_frame or not handle.is_corner:
                bars = _corner_bars(handle) if handle.is_corner else [_side_bar(handle)]
                painter.save()
                painter.translate(QPointF(*self._viewport.to_view(place)))
                painter.setTransform(turned, True)
                self._paint_bars(painter, bars, handle is lit)
                painter.restore()

    def _paint_frame_line(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(current().accent), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        upright = self._viewport.turn.is_aligned
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not upright)
        if upright:
            painter.drawRect(self._frame_box().toRect().adjusted(-1, -1, 0, 0))
        else:
            painter.drawPolygon(outline(self._viewport, self._viewport.frame))

    def _is_inside(self, part: QRect) -> bool:
        """Whether a part of the view lies inside the frame, clear of its edges."""
        corners = (part.topLeft(), part.topRight(), part.bottomLeft(), part.bottomRight())
        frame, margin = self._viewport.frame, 3 / self._toolbox.frame_tool.view_scale
        for corner in corners:
            x, y = self._viewport.to_document(Point(corner.x(), corner.y()))
            if not (frame.x + margin < x < frame.right - margin):
                return False
            if not (frame.y + margin < y < frame.bottom - margin):
                return False
        return True

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
        painter.setBrush(with_alpha(accent, 0.22 if is_current else 0.06))
        painter.setPen(QPen(with_alpha(accent, 1.0 if is_current else 0.55), 1))
        for mask in step.masks:
            self._paint_step_box(painter, mask)
        largest = self._box(max(step.masks, key=lambda mask: mask.area))
        if min(largest.width(), largest.height()) >= NUMBER_SIDE:
            _paint_number(painter, largest.center(), str(index + 1), is_current)

    def _paint_step_box(self, painter: QPainter, mask: Bounds) -> None:
        if self._viewport.turn.is_aligned:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.drawRect(self._box(mask).toRect().adjusted(0, 0, -1, -1))
        else:
            paint_box(painter, self._viewport, mask)

    def _frame_box(self) -> QRectF:
        return self._box(self._viewport.frame)

    def _label_box(self) -> QRectF:
        """What labels are put above: right of the handle at the corner that is highest up."""
        if self._viewport.turn.is_aligned:
            return self._frame_box().adjusted(BAR_LENGTH, 0, 0, 0)
        x, y = min(self._viewport.corners(self._viewport.frame), key=lambda corner: corner.y)
        return QRectF(x + BAR_LENGTH, y - BAR_GAP, 0, 0)

    def _box(self, bounds: Bounds) -> QRectF:
        return around(self._viewport, bounds)

    def _around(self, points: Iterable[Point]) -> QRect:
        shape = QPolygonF([QPointF(*self._viewport.to_view(point)) for point in points])
        if shape.isEmpty():
            return QRect()
        return shape.boundingRect().toAlignedRect().adjusted(-3, -3, 3, 3)


def _side_bar(handle: Handle) -> QRectF:
    """Where the bar of a side lies, as seen from its handle in a view that is not turned."""
    across, down = handle.value
    width, height = (BAR_WIDTH, BAR_LENGTH) if across else (BAR_LENGTH, BAR_WIDTH)
    return QRectF(across * BAR_GAP - width / 2, down * BAR_GAP - height / 2, width, height)


def _corner_bars(handle: Handle) -> list[QRectF]:
    """The same for a corner: two bars that meet outside of it."""
    half, length = BAR_WIDTH / 2, BAR_LENGTH * 0.75
    across, down = handle.value
    x, y = across * BAR_GAP, down * BAR_GAP
    along = QRectF(x - half if across < 0 else x + half - length, y - half, length, BAR_WIDTH)
    up = QRectF(x - half, y - half if down < 0 else y + half - length, BAR_WIDTH, length)
    return [along, up]


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
