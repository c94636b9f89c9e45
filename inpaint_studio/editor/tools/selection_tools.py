"""Rectangle, ellipse, lasso and polygon: shapes that join the mask when they are finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.mask_edits import Combine, combine
from inpaint_studio.editor.mask_target import mask_to_paint
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent, Tool
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.shapes import (
    ellipse_points,
    polygon_bounds,
    polygon_mask,
    rectangle_points,
)

CLOSE_DISTANCE = 6.0
"""View px: a click this near to the first or the last corner closes a polygon."""
LASSO_STEP = 0.7
"""Document px between the points that a lasso keeps."""


@dataclass(frozen=True)
class SelectionSettings:
    """How selections join the mask, and what counts as like: for the wand by `tolerance` 0..255,
    for a colour range by `fuzziness` 0..200."""

    how: Combine = Combine.add
    tolerance: int = 24
    fuzziness: int = 40
    contiguous: bool = True
    all_layers: bool = True


class SelectionTool(Tool):
    """What the shape tools share: the outline being drawn, and how it joins the mask.

    `read_settings` and `read_kind` are asked when a gesture begins. Shift at the press adds, Alt
    or the pen's other end subtracts, both keys together intersect.
    """

    label = "Select"

    def __init__(
        self,
        session: EditorSession,
        read_settings: Callable[[], SelectionSettings],
        read_kind: Callable[[], MaskKind],
    ) -> None:
        self._session = session
        self._read_settings = read_settings
        self._read_kind = read_kind
        self._how = Combine.add
        self._outline: list[Point] = []

    @property
    def outline(self) -> tuple[Point, ...]:
        """The corners drawn so far, in document coordinates; empty between gestures."""
        return tuple(self._outline)

    def cancel(self) -> None:
        """Forget the outline."""
        self._outline = []

    def _begin_outline(self, event: PointerEvent) -> None:
        self._how = how_asked(event, self._read_settings().how)
        self._outline = [event.position]

    def _finish_outline(self) -> None:
        document, outline = self._session.document, self._outline
        self._outline = []
        if document is None or len(outline) < 3:
            return
        bounds = polygon_bounds(outline).intersection(document.frame)
        if bounds.is_empty and self._how is not Combine.intersect:
            return
        mask = mask_to_paint(self._session, self._read_kind())
        if mask is None:
            return
        shape = polygon_mask(outline, bounds)
        patch = combine(mask.raster, shape, bounds, self._how)
        if patch.tiles:
            self._session.do(PaintMask(self.label, mask.id, patch))


class BoxTool(SelectionTool):
    """Drags a box from corner to corner. Shift, pressed while dragging, keeps it square; Alt grows
    it from its middle."""

    def __init__(
        self,
        session: EditorSession,
        read_settings: Callable[[], SelectionSettings],
        read_kind: Callable[[], MaskKind],
        *,
        ellipse: bool,
    ) -> None:
        super().__init__(session, read_settings, read_kind)
        self.label = "Select ellipse" if ellipse else "Select rectangle"
        self._points_of = ellipse_points if ellipse else rectangle_points
        self._start: PointerEvent | None = None

    def begin(self, event: PointerEvent) -> None:
        """Put down the first corner."""
        self._begin_outline(event)
        self._start = event

    def motion(self, event: PointerEvent) -> None:
        """Move the opposite corner."""
        if self._start is not None:
            self._outline = self._points_of(box_between(self._start, event))

    def end(self, event: PointerEvent) -> None:
        """Take the box; a click without a drag selects nothing."""
        self.motion(event)
        self._start = None
        self._finish_outline()

    def cancel(self) -> None:
        """Forget the box."""
        self._start = None
        super().cancel()


class LassoTool(SelectionTool):
    """Follows the hand; the ends are joined by a straight line."""

    label = "Lasso"

    def begin(self, event: PointerEvent) -> None:
        """Start the line."""
        self._begin_outline(event)

    def motion(self, event: PointerEvent) -> None:
        """Draw on."""
        if self._outline and self._outline[-1].distance_to(event.position) >= LASSO_STEP:
            self._outline.append(event.position)

    def end(self, event: PointerEvent) -> None:
        """Close the line."""
        self.motion(event)
        self._finish_outline()


class PolygonTool(SelectionTool):
    """A corner for every click; a click on the first or twice on the last corner closes it.

    Between clicks the outline's last point follows `hover`.
    """

    label = "Select polygon"

    def __init__(
        self,
        session: EditorSession,
        read_settings: Callable[[], SelectionSettings],
        read_kind: Callable[[], MaskKind],
    ) -> None:
        super().__init__(session, read_settings, read_kind)
        self._corners: list[PointerEvent] = []

    @property
    def is_open(self) -> bool:
        """Whether corners wait for the polygon to be closed."""
        return bool(self._corners)

    def begin(self, event: PointerEvent) -> None:
        """Set a corner, or close the polygon."""
        if not self._corners:
            self._begin_outline(event)
        elif self._closes(event):
            self._close()
            return
        self._corners.append(event)
        self._outline = [corner.position for corner in self._corners]

    def hover(self, event: PointerEvent) -> None:
        """Stretch the line to the pointer."""
        if self._corners:
            self._outline = [corner.position for corner in self._corners] + [event.position]

    def finish(self) -> None:
        """Close the polygon as it is (Enter)."""
        if self._corners:
            self._close()

    def cancel(self) -> None:
        """Forget all corners."""
        self._corners = []
        super().cancel()

    def _closes(self, event: PointerEvent) -> bool:
        ends = (self._corners[0], self._corners[-1])
        return any(
            end.view_position.distance_to(event.view_position) <= CLOSE_DISTANCE for end in ends
        )

    def _close(self) -> None:
        self._outline = [corner.position for corner in self._corners]
        self._corners = []
        self._finish_outline()


def how_asked(event: PointerEvent, otherwise: Combine) -> Combine:
    """What the keys held at the press, or else the pen's end, ask for."""
    shift, alt = Modifier.shift in event.modifiers, Modifier.alt in event.modifiers
    if shift and alt:
        return Combine.intersect
    if shift:
        return Combine.add
    return Combine.subtract if alt or event.is_eraser else otherwise


def box_between(start: PointerEvent, now: PointerEvent) -> Bounds:
    """The box of a drag, on whole pixels. Keys that were not held at the press shape it."""
    fresh = now.modifiers & ~start.modifiers
    dx, dy = now.position.x - start.position.x, now.position.y - start.position.y
    if Modifier.shift in fresh:
        side = max(abs(dx), abs(dy))
        dx, dy = side if dx >= 0 else -side, side if dy >= 0 else -side
    x0, y0 = start.position
    x1, y1 = x0 + dx, y0 + dy
    if Modifier.alt in fresh:
        x0, y0 = x0 - dx, y0 - dy
    left, right = sorted((round(x0), round(x1)))
    top, bottom = sorted((round(y0), round(y1)))
    return Bounds.from_corners(left, top, right, bottom)
