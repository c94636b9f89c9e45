"""Where the document appears in the canvas: zoom, position, fit. Arithmetic only, no widgets.

Three spaces: document px; *view*, logical px of the widget, in which Qt reports the pointer; and
*device*, physical px of the widget. Zoom counts device px, so 100 % is one to one on any screen.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from inpaint_studio.geometry import EMPTY, Bounds, Extent, Point

MIN_ZOOM, MAX_ZOOM = 0.01, 64.0
MAX_LEVEL = 6
"""The coarsest mip level: at 1 % it is drawn at 0.64."""
REACH = 48
"""At least so many logical px of the picture stay in the view on each axis."""
ZOOM_STEPS = (
    *(0.01, 0.02, 0.03, 0.05, 0.0625, 0.0833, 0.125, 0.1667, 0.25, 1 / 3, 0.5, 2 / 3),
    *(1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0),
)


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
        width, height = self._size
        return self.visible_in(Bounds(0, 0, width, height).scaled(self._pixel_ratio))

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

    def zoom_to(self, zoom: float, anchor: Point | None = None) -> None:
        """Zoom so that what lies under `anchor` (view; the middle if None) stays there."""
        anchor = anchor or Point(self._size.width / 2, self._size.height / 2)
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
        return Point(
            (view_point.x * ratio - x) / self._zoom, (view_point.y * ratio - y) / self._zoom
        )

    def to_view(self, document_point: Point) -> Point:
        """Document to view coordinates."""
        x, y = self.origin
        ratio = self._pixel_ratio
        return Point(
            (document_point.x * self._zoom + x) / ratio, (document_point.y * self._zoom + y) / ratio
        )

    def to_device(self, bounds: Bounds) -> DeviceRect:
        """Where a rectangle of the document lies, in device px."""
        (x, y), zoom = self.origin, self._zoom
        return DeviceRect(
            bounds.x * zoom + x,
            bounds.y * zoom + y,
            bounds.right * zoom + x,
            bounds.bottom * zoom + y,
        )

    def visible_in(self, device: Bounds) -> Bounds:
        """The pixels of the frame that appear inside a rectangle of device px."""
        (x, y), zoom = self.origin, self._zoom
        seen = Bounds.enclosing(
            (device.x - x) / zoom,
            (device.y - y) / zoom,
            (device.right - x) / zoom,
            (device.bottom - y) / zoom,
        )
        return seen.intersection(self._frame)

    def _settle(self) -> None:
        if self._frame.is_empty:
            return
        if self._fit_at_most is not None:
            self._refit(self._fit_at_most)
        self._stay_in_reach()

    def _refit(self, at_most: float) -> None:
        ratio, margins = self._pixel_ratio, self._margins
        width = max(1.0, (self._size.width - margins.left - margins.right) * ratio)
        height = max(1.0, (self._size.height - margins.top - margins.bottom) * ratio)
        fitting = min(width / self._frame.width, height / self._frame.height)
        self._zoom = min(max(min(fitting, at_most), MIN_ZOOM), MAX_ZOOM)
        middle = self._frame.center
        self._offset = Point(
            margins.left * ratio + width / 2 - middle.x * self._zoom,
            margins.top * ratio + height / 2 - middle.y * self._zoom,
        )

    def _stay_in_reach(self) -> None:
        frame, zoom = self._frame, self._zoom
        self._offset = Point(
            self._reachable(self._offset.x, frame.x * zoom, frame.right * zoom, self._size.width),
            self._reachable(self._offset.y, frame.y * zoom, frame.bottom * zoom, self._size.height),
        )

    def _reachable(self, offset: float, start: float, end: float, logical_size: int) -> float:
        size = logical_size * self._pixel_ratio
        reach = min(REACH * self._pixel_ratio, end - start, size / 2)
        return min(max(offset, reach - end), size - reach - start)


def _round(value: float) -> int:
    return math.floor(value + 0.5)
