"""Where the document appears in the canvas: zoom, position, fit, turn. Arithmetic, no widgets.

Three spaces: document px; *view*, logical px of the widget, in which Qt reports the pointer; and
*device*, physical px of the widget. Zoom counts device px, so 100 % is one to one on any screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from inpaint_studio.geometry import EMPTY, Bounds, Extent, Point
from inpaint_studio.ui.canvas.turn import PLAIN, Turn

MIN_ZOOM, MAX_ZOOM = 0.01, 64.0
MAX_LEVEL = 6
"""The coarsest mip level: at 1 % it is drawn at 0.64."""
REACH = 48
"""At least so many logical px of the picture stay in the view on each axis."""
ZOOM_STEPS = (
    *(0.01, 0.02, 0.03, 0.05, 0.0625, 0.0833, 0.125, 0.1667, 0.25, 1 / 3, 0.5, 2 / 3),
    *(1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0),
)


Edges = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Margins(NamedTuple):
    """What fit leaves free on each side, in logical px."""

    left: int = 24
    top: int = 24
    right: int = 24
    bottom: int = 24


class DeviceRect(NamedTuple):
    """Edges of a rectangle in device px, not rounded."""

    left: float
    top: float
    right: float
    bottom: float

    def rounded(self) -> Bounds:
        """The whole pixels whose middles lie inside."""
        return Bounds.from_corners(*(_round(edge) for edge in self))

    def enclosing(self) -> Bounds:
        """All pixels it touches."""
        return Bounds.enclosing(*self)


class Viewport:
    """The mapping between document and view. `zoom` is device px per document px."""

    def __init__(self) -> None:
        self._frame = EMPTY
        self._size = Extent(1, 1)
        self._pixel_ratio = 1.0
        self._zoom = 1.0
        # Kept unrounded, so that many small steps of zooming and panning don't drift.
        self._offset = Point(0.0, 0.0)
        self._turn = PLAIN
        self._margins = Margins()
        self._fit_at_most: float | None = None

    @property
    def frame(self) -> Bounds:
        """The document's frame; `EMPTY` without a document."""
        return self._frame

    @property
    def zoom(self) -> float:
        """Device px per document px; 1.0 is 100 %."""
        return self._zoom

    @property
    def pixel_ratio(self) -> float:
        """Device px per logical px."""
        return self._pixel_ratio

    @property
    def turn(self) -> Turn:
        """How the document is turned and mirrored. `PLAIN` for another document."""
        return self._turn

    @property
    def is_fitted(self) -> bool:
        """Whether the picture is kept fitted when the view's size changes."""
        return self._fit_at_most is not None

    @property
    def origin(self) -> tuple[int, int]:
        """Where document (0, 0) lies, in whole device px: at 100 % nothing is resampled."""
        return _round(self._offset.x), _round(self._offset.y)

    @property
    def level(self) -> int:
        """The mip level to draw from: the largest k with zoom * 2^k <= 1."""
        return min(MAX_LEVEL, max(0, math.floor(-math.log2(self._zoom) + 1e-9)))

    @property
    def scale(self) -> float:
        """Device px per pixel of the mip level."""
        return self._zoom * (1 << self.level)

    @property
    def seen(self) -> Bounds:
        """The pixels of the frame that appear in the view."""
        return self.visible_in(self.device)

    @property
    def middle(self) -> Point:
        """The middle of the view, in logical px."""
        return Point(self._size.width / 2, self._size.height / 2)

    @property
    def device(self) -> Bounds:
        """The whole view in device px."""
        return Bounds.from_extent(self._size).scaled(self._pixel_ratio)

    def show_frame(self, frame: Bounds, *, stay: bool = False) -> None:
        """The document's frame is now this one. With `stay` nothing moves, not even to stay fitted
        or in reach: while a frame's edge is dragged its picture must not slip away below it."""
        self._frame = frame
        if not stay:
            self._settle()

    def resize(self, size: Extent, pixel_ratio: float) -> None:
        """The view has this size (logical px). Fitted pictures refit, others keep their middle."""
        shift_x = (size.width * pixel_ratio - self._size.width * self._pixel_ratio) / 2
        shift_y = (size.height * pixel_ratio - self._size.height * self._pixel_ratio) / 2
        self._size, self._pixel_ratio = size, pixel_ratio
        self._offset = self._offset.translated(shift_x, shift_y)
        self._settle()

    def set_margins(self, margins: Margins) -> None:
        """What fit leaves free from now on, for bars that float over the picture."""
        self._margins = margins
        self._settle()

    def fit(self, at_most: float = MAX_ZOOM) -> None:
        """Show the whole frame inside the margins, not larger than `at_most`; stays fitted."""
        self._fit_at_most = at_most
        self._settle()

    def show_area(self, area: Bounds, at_most: float = MAX_ZOOM) -> None:
        """Show a part of the document as large as it fits inside the margins, up to `at_most`."""
        self._fit_at_most = None
        self._place(area, at_most)
        self._stay_in_reach()

    def turn_to(self, turn: Turn, anchor: Point | None = None) -> None:
        """Turn and mirror. What lies under `anchor` (view; the middle if None) stays there.

        The zoom stays too, so a picture that is turned is no longer kept fitted.
        """
        anchor = anchor or self.middle
        x, y = anchor.x * self._pixel_ratio, anchor.y * self._pixel_ratio
        held = self._turn.undo(x - self._offset.x, y - self._offset.y)
        offset = turn.apply(*held)
        if abs(turn.degrees) != abs(self._turn.degrees):
            self._fit_at_most = None
        self._turn = turn
        self._offset = Point(x - offset.x, y - offset.y)
        self._settle()

    def zoom_to(self, zoom: float, anchor: Point | None = None) -> None:
        """Zoom so that what lies under `anchor` (view; the middle if None) stays there."""
        anchor = anchor or self.middle
        x, y = anchor.x * self._pixel_ratio, anchor.y * self._pixel_ratio
        new = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        factor = new / self._zoom
        self._offset = Point(
            x - (x - self._offset.x) * factor,
            y - (y - self._offset.y) * factor,
        )
        self._zoom = new
        self._fit_at_most = None
        self._settle()

    def stepped_zoom(self, direction: int) -> float:
        """The next larger (direction > 0) or smaller round zoom."""
        if direction > 0:
            return next((z for z in ZOOM_STEPS if z > self._zoom * 1.01), MAX_ZOOM)
        return next((z for z in reversed(ZOOM_STEPS) if z < self._zoom * 0.99), MIN_ZOOM)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by logical px, as far as it stays within reach."""
        self._offset = self._offset.translated(dx * self._pixel_ratio, dy * self._pixel_ratio)
        self._fit_at_most = None
        self._settle()

    def to_document(self, view_point: Point) -> Point:
        """View to document coordinates."""
        x, y = self.origin
        ratio = self._pixel_ratio
        from_origin = Point(view_point.x * ratio - x, view_point.y * ratio - y)
        if not self._turn.is_plain:
            from_origin = self._turn.undo(*from_origin)
        return Point(from_origin.x / self._zoom, from_origin.y / self._zoom)

    def to_view(self, document_point: Point) -> Point:
        """Document to view coordinates."""
        x, y = self.origin
        ratio = self._pixel_ratio
        from_origin = Point(document_point.x * self._zoom, document_point.y * self._zoom)
        if not self._turn.is_plain:
            from_origin = self._turn.apply(*from_origin)
        return Point((from_origin.x + x) / ratio, (from_origin.y + y) / ratio)

    def corners(self, bounds: Bounds) -> tuple[Point, Point, Point, Point]:
        """Where the corners of a rectangle of the document lie in the view, going around it."""
        left, top, right, bottom = bounds.x, bounds.y, bounds.right, bounds.bottom
        return (
            self.to_view(Point(left, top)),
            self.to_view(Point(right, top)),
            self.to_view(Point(right, bottom)),
            self.to_view(Point(left, bottom)),
        )

    def to_device(self, bounds: Bounds) -> DeviceRect:
        """What is around a rectangle of the document, in device px. Unless it is turned by other
        than quarter turns, that is where it lies."""
        (x, y), zoom = self.origin, self._zoom
        left, top, right, bottom = bounds.x, bounds.y, bounds.right, bounds.bottom
        if not self._turn.is_plain:
            left, top, right, bottom = self._turn.box(left, top, right, bottom)
        return DeviceRect(left * zoom + x, top * zoom + y, right * zoom + x, bottom * zoom + y)

    def visible_in(self, device: Bounds) -> Bounds:
        """The pixels of the frame that appear inside a rectangle of device px; in a turned view
        some more around them."""
        (x, y), zoom = self.origin, self._zoom
        edges = device.x - x, device.y - y, device.right - x, device.bottom - y
        if not self._turn.is_plain:
            edges = self._turn.inverse.box(*edges)
        seen = Bounds.enclosing(*(edge / zoom for edge in edges))
        return seen.intersection(self._frame)

    def cells_in(self, device: Bounds, side: int) -> Iterator[Bounds]:
        """The cells of the document's grid of `side` px that appear in a rectangle of device px."""
        cells = self.visible_in(device).tiles(side)
        if self._turn.is_aligned:
            return cells
        return (cell for cell in cells if self.to_device(cell).enclosing().intersects(device))

    def _settle(self) -> None:
        if self._frame.is_empty:
            return
        if self._fit_at_most is not None:
            self._place(self._frame, self._fit_at_most)
        self._stay_in_reach()

    def _place(self, area: Bounds, at_most: float) -> None:
        """Show an area in the middle of what the margins leave."""
        ratio, margins = self._pixel_ratio, self._margins
        width = max(1.0, (self._size.width - margins.left - margins.right) * ratio)
        height = max(1.0, (self._size.height - margins.top - margins.bottom) * ratio)
        left, top, right, bottom = self._turn.box(area.x, area.y, area.right, area.bottom)
        fitting = min(width / (right - left), height / (bottom - top))
        self._zoom = min(max(min(fitting, at_most), MIN_ZOOM), MAX_ZOOM)
        self._offset = Point(
            margins.left * ratio + width / 2 - (left + right) / 2 * self._zoom,
            margins.top * ratio + height / 2 - (top + bottom) / 2 * self._zoom,
        )

    def _stay_in_reach(self) -> None:
        """Let picture and view overlap along both of their axes: apart they would not on one."""
        frame, zoom, view = self._frame, self._zoom, self._size
        picture = (frame.x * zoom, frame.y * zoom, frame.right * zoom, frame.bottom * zoom)
        ratio = self._pixel_ratio
        window = (0.0, 0.0, view.width * ratio, view.height * ratio)
        turned = self._turn.box(*picture)
        self._offset = self._within(self._offset, turned, window)
        if not self._turn.is_aligned:
            window_there = self._turn.inverse.box(*window)
            for _ in range(2):
                there = self._within(self._turn.undo(*self._offset), picture, window_there)
                self._offset = self._within(self._turn.apply(*there), turned, window)

    def _within(self, offset: Point, picture: Edges, window: Edges) -> Point:
        return Point(
            self._reachable(offset.x, picture[0], picture[2], window[0], window[2]),
            self._reachable(offset.y, picture[1], picture[3], window[1], window[3]),
        )

    def _reachable(self, offset: float, start: float, end: float, low: float, high: float) -> float:
        reach = min(REACH * self._pixel_ratio, end - start, (high - low) / 2)
        return min(max(offset, low + reach - end), high - reach - start)


def _round(value: float) -> int:
    return math.floor(value + 0.5)
