"""The move tool on the canvas: the box around the active layer with its handles, the lines that a
move snaps to, and the layer itself while it is dragged. In logical px of the canvas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QLineF, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from inpaint_studio.core.placement import Placement
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.editor.tools.frame_drag import Handle
from inpaint_studio.editor.tools.move_tool import HANDLE_REACH
from inpaint_studio.editor.tools.transform_drag import Box, Grip
from inpaint_studio.geometry import EMPTY, Bounds, Point
from inpaint_studio.ui.canvas.lifted_layers import LiftedLayers
from inpaint_studio.ui.canvas.painting import label_rect, paint_label
from inpaint_studio.ui.canvas.repaints import Repaints
from inpaint_studio.ui.canvas.scene import Scene
from inpaint_studio.ui.canvas.viewport import Viewport
from inpaint_studio.ui.theme import current, with_alpha

SQUARE = 4.0
"""Half the side of a handle."""
ARC_GAP, ARC_SPAN = 16.0, 70.0
"""Where the arc that stands for turning lies outside a corner, and how many degrees it spans."""
MARGIN = 34
"""As far as anything is drawn outside of the box."""


@dataclass(frozen=True)
class _Shown:
    """What was drawn last, to know what has to be drawn anew. Corners in the view."""

    corners: tuple[Point, ...] = ()
    handles: tuple[Point, ...] = ()
    lit: Grip | None = None
    label: str = ""
    across: tuple[float, ...] = ()
    down: tuple[float, ...] = ()
    lifted: Bounds = EMPTY
    placements: tuple[Placement, ...] = ()


_NOTHING = _Shown()


class TransformOverlay(QObject):
    """Follows the move tool by itself, except for `point_at`; drawn by `paint`."""

    def __init__(
        self,
        canvas: QWidget,
        session: EditorSession,
        toolbox: ToolBox,
        viewport: Viewport,
        scene: Scene,
        repaints: Repaints,
    ) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._session = session
        self._toolbox = toolbox
        self._tool = toolbox.move_tool
        self._viewport = viewport
        self._scene = scene
        self._repaints = repaints
        self._hovered: Grip | None = None
        self._shown = _NOTHING
        self._tool.lift_changed.connect(self.refresh)
        toolbox.tool_changed.connect(self.refresh)
        session.changed.connect(lambda _change: self.refresh())
        session.active_layer_changed.connect(self.refresh)
        session.document_replaced.connect(self.refresh)

    @property
    def is_active(self) -> bool:
        """Whether the move tool is in hand and there is something to move."""
        return self._toolbox.current is ToolName.move and self._session.document is not None

    def point_at(self, position: Point | None) -> None:
        """The pointer is there (document coordinates), or away."""
        grip = self._tool.grip_at(position) if self.is_active and position else None
        self._hovered = grip
        self.refresh()

    def refresh(self) -> None:
        """Draw what has changed since this was asked last."""
        # With another tool this is asked for each dab and each move of the mouse.
        if not self.is_active and self._scene.lifted is None and self._shown == _NOTHING:
            return
        self._lift()
        before, self._shown = self._shown, self._now()
        if before != self._shown:
            for shown in (before, self._shown):
                rect = self._rect_of(shown)
                if not rect.isEmpty():
                    self._repaints.ask(rect)

    def view_moved(self) -> None:
        """The view shows something else; it is repainted as a whole."""
        self._tool.view_scale = self._viewport.zoom / self._viewport.pixel_ratio
        self._shown = self._now()

    def cursor_shape(self) -> Qt.CursorShape:
        """The system's cursor over what lies under the pointer."""
        grip, box = self._tool.dragged or self._hovered, self._tool.box
        if grip is None:
            return Qt.CursorShape.ArrowCursor
        if grip.turns:
            return Qt.CursorShape.PointingHandCursor
        if grip.handle is Handle.inside or box is None:
            return Qt.CursorShape.SizeAllCursor
        middle = self._viewport.to_view(box.middle)
        place = self._viewport.to_view(box.place_of(grip.handle))
        angle = math.degrees(math.atan2(place.y - middle.y, place.x - middle.x))
        return _CURSORS[round(angle / 45) % 4]

    def paint(self, painter: QPainter) -> None:
        """Draw box, handles and lines."""
        shown = self._shown
        if not shown.corners:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._paint_guides(painter, shown)
        outline = QPolygonF([QPointF(*corner) for corner in shown.corners])
        painter.setPen(QPen(with_alpha(current().cursor_dark, 0.5), 3))
        painter.drawPolygon(outline)
        painter.setPen(QPen(QColor(current().accent), 1))
        painter.drawPolygon(outline)
        self._paint_handles(painter, shown)
        if shown.lit is not None and shown.lit.turns:
            self._paint_arc(painter, shown, shown.lit.handle)
        if shown.label:
            paint_label(painter, _around(shown.corners), shown.label, self._canvas.rect())
        painter.restore()

    def _lift(self) -> None:
        """Hand the scene what is drawn apart from the document."""
        document, lifted, shown = self._session.document, self._tool.lifted, self._scene.lifted
        if lifted is None or document is None:
            self._scene.lift(None)
        elif shown is not None and shown.is_of(document, lifted):
            shown.lifted = lifted
        else:
            self._scene.lift(LiftedLayers(document, lifted, shown))

    def _now(self) -> _Shown:
        if not self.is_active:
            return _Shown(**self._lifted_now())
        box, step, to_view = self._tool.box, self._tool.step, self._viewport.to_view
        lit = self._tool.dragged or self._hovered
        across, down = ((), ()) if step is None else (step.across, step.down)
        common = {
            "label": self._label(box),
            "across": across,
            "down": down,
            **self._lifted_now(),
        }
        if box is None:
            bounds = self._tool.bounds
            corners = () if bounds.is_empty else self._viewport.corners(bounds)
            return _Shown(corners, **common)
        handles = box.handles(HANDLE_REACH / self._tool.view_scale)
        return _Shown(
            tuple(to_view(corner) for corner in box.corners),
            tuple(to_view(box.place_of(handle)) for handle in handles),
            lit if lit is not None and lit.handle is not Handle.inside else None,
            **common,
        )

    def _lifted_now(self) -> dict[str, Any]:
        lifted = self._scene.lifted
        if lifted is None:
            return {}
        return {"lifted": lifted.bounds, "placements": tuple(lifted.lifted.places.values())}

    def _label(self, box: Box | None) -> str:
        """How far, how large, or at which angle: what the drag changes."""
        grip, step = self._tool.dragged, self._tool.step
        if step is not None and (step.dx or step.dy):
            return self.tr("{0:+d}, {1:+d} px").format(step.dx, step.dy)
        if grip is None or box is None or grip.handle is Handle.inside:
            return ""
        placement = box.placement
        if grip.turns:
            return self.tr("{0:g}°").format(round(placement.rotation, 1))
        wide = round(abs(placement.scale_x) * box.home.width)
        high = round(abs(placement.scale_y) * box.home.height)
        percent = round(abs(placement.scale_x) * 100), round(abs(placement.scale_y) * 100)
        return self.tr("{0} × {1} px · {2} × {3} %").format(wide, high, *percent)

    def _rect_of(self, shown: _Shown) -> QRect:
        box = _around(shown.corners)
        rect = box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect()
        if not shown.corners:
            rect = QRect()
        if shown.label and shown.corners:
            font = self._canvas.font()
            tag = label_rect(box, shown.label, self._canvas.rect(), font)
            rect = rect.united(tag.toAlignedRect().adjusted(-2, -2, 2, 2))
        if not shown.lifted.is_empty:
            corners = _around(self._viewport.corners(shown.lifted))
            rect = rect.united(corners.toAlignedRect().adjusted(-3, -3, 3, 3))
        for line in self._guides(shown):
            rect = rect.united(
                QRectF(line.p1(), line.p2()).normalized().toAlignedRect().adjusted(-2, -2, 2, 2)
            )
        return rect

    def _guides(self, shown: _Shown) -> list[QLineF]:
        """Lines across the frame along which what is moved lies."""
        frame, to_view = self._viewport.frame, self._viewport.to_view
        ends = [(Point(x, frame.y), Point(x, frame.bottom)) for x in shown.across]
        ends += [(Point(frame.x, y), Point(frame.right, y)) for y in shown.down]
        return [QLineF(QPointF(*to_view(a)), QPointF(*to_view(b))) for a, b in ends]

    def _paint_guides(self, painter: QPainter, shown: _Shown) -> None:
        painter.setPen(QPen(QColor(current().visible), 1))
        for line in self._guides(shown):
            painter.drawLine(line)

    def _paint_handles(self, painter: QPainter, shown: _Shown) -> None:
        """Small squares that lie in the box's direction."""
        if not shown.handles:
            return
        first, second = shown.corners[:2]
        angle = math.degrees(math.atan2(second.y - first.y, second.x - first.x))
        lit = None if shown.lit is None or shown.lit.turns else self._place(shown.lit.handle)
        painter.setPen(QPen(QColor(current().accent), 1.5))
        for handle in shown.handles:
            is_lit = lit is not None and handle.distance_to(lit) < 1
            painter.setBrush(QColor(current().accent if is_lit else current().cursor_light))
            painter.save()
            painter.translate(*handle)
            painter.rotate(angle)
            painter.drawRect(QRectF(-SQUARE, -SQUARE, 2 * SQUARE, 2 * SQUARE))
            painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_arc(self, painter: QPainter, shown: _Shown, handle: Handle) -> None:
        """A piece of the circle about the middle, outside of the corner."""
        place = self._place(handle)
        if place is None:
            return
        middle = _around(shown.corners).center()
        radius = place.distance_to(Point(middle.x(), middle.y())) + ARC_GAP
        angle = math.degrees(math.atan2(place.y - middle.y(), place.x - middle.x()))
        span = min(ARC_SPAN, math.degrees(36 / radius))
        circle = QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
        for colour, width in (
            (with_alpha(current().cursor_dark, 0.5), 4.0),
            (QColor(current().accent), 2.0),
        ):
            pen = QPen(colour, width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            # Qt counts sixteenths of degrees, against the clock.
            painter.drawArc(circle, round(-(angle + span / 2) * 16), round(span * 16))

    def _place(self, handle: Handle) -> Point | None:
        box = self._tool.box
        return None if box is None else self._viewport.to_view(box.place_of(handle))


_CURSORS = (
    Qt.CursorShape.SizeHorCursor,
    Qt.CursorShape.SizeFDiagCursor,
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
)
"""By the direction from the middle, in eighths of a turn clockwise."""


def _around(corners: tuple[Point, ...]) -> QRectF:
    return QPolygonF([QPointF(*corner) for corner in corners]).boundingRect()
