"""A colour range being chosen: its colours, what it would mask as it is tried out, and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import Paintable, flatten, snapshot
from inpaint_studio.core.layer import MaskKind, MaskLayer
from inpaint_studio.core.mask_edits import Combine, combined
from inpaint_studio.core.mask_patch import TILE, MaskPatch
from inpaint_studio.core.raster import Raster
from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.mask_target import mask_at_hand, mask_to_paint, may_paint
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.selection_tools import SelectionSettings
from inpaint_studio.editor.tools.wand_tool import looked_at
from inpaint_studio.errors import JobCancelledError
from inpaint_studio.files.row_compression import in_parallel
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.colour_range import (
    Colour,
    ColourRange,
    RangeTable,
    oklab,
    values_in_range,
)
from inpaint_studio.imaging.pixels import multiply_255, to_rgb

TRIED_PIXELS = 1 << 20
"""So many of the pixels in view are looked at while a range is tried out."""
BAND = 256
"""Rows worked on at a time."""


@dataclass(frozen=True, eq=False)
class Preview:
    """What the mask at hand would hold in `area`: uint8 hxw, every so many pixels. `kind` and
    `color` are the mask's."""

    area: Bounds
    values: np.ndarray
    kind: MaskKind
    color: str | None


@dataclass(frozen=True, eq=False)
class _Sample:
    """Colours of every `step`th pixel of `area`: as `oklab` gives them, with their opacity."""

    area: Bounds
    step: int
    lab: np.ndarray
    alpha: np.ndarray


class ColourRangePicker(QObject):
    """Collects colours and shows at once what they would mask; `apply` masks it, to the pixel.

    What is tried out is what `look_at` says is in view. Signal: `changed()` when colours or
    preview are others.
    """

    changed = Signal()

    def __init__(
        self,
        session: EditorSession,
        read_settings: Callable[[], SelectionSettings],
        read_kind: Callable[[], MaskKind],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._read_settings = read_settings
        self._read_kind = read_kind
        self._range = ColourRange()
        self._view: Bounds | None = None
        self._sample: _Sample | None = None
        self._task: BackgroundTask | None = None
        self._applying: BackgroundTask | None = None
        self._preview: Preview | None = None
        self._is_outdated = False
        session.document_replaced.connect(self.forget)
        session.changed.connect(self._on_document_changed)

    @property
    def is_open(self) -> bool:
        """Whether colours were picked that are not masked yet."""
        return bool(self._range.colours)

    @property
    def is_applying(self) -> bool:
        """Whether the range is being masked."""
        return self._applying is not None

    @property
    def colours(self) -> ColourRange:
        """What was picked so far, with the fuzziness that is set."""
        return replace(self._range, fuzziness=self._read_settings().fuzziness)

    @property
    def preview(self) -> Preview | None:
        """What is tried out; None where nothing is, or not yet."""
        return self._preview

    def pick(self, position: Point) -> None:
        """Start a range with the colour there (document coordinates)."""
        colour = self._colour_at(position)
        if colour is not None:
            self._choose(ColourRange((colour,)))

    def add(self, position: Point) -> None:
        """Let the colour there belong to the range too."""
        colour = self._colour_at(position)
        if colour is not None:
            without = tuple(other for other in self._range.without if other != colour)
            self._choose(ColourRange((*self._range.colours, colour), without))

    def take_away(self, position: Point) -> None:
        """Let the colour there not belong to the range that was started."""
        colour = self._colour_at(position)
        if colour is not None and self.is_open:
            self._choose(ColourRange(self._range.colours, (*self._range.without, colour)))

    def look_at(self, view: Bounds) -> None:
        """Try out on that part of the document, which is in view now."""
        if view != self._view:
            self._view = view
            self._look_again()

    def refresh(self) -> None:
        """Settings changed: try out anew."""
        if self._sample is not None:
            self._show()

    def apply(self) -> None:
        """Mask the range in the whole frame. Looks at every pixel, off the GUI's thread."""
        document = self._session.document
        if document is None or not self.is_open or self.is_applying:
            return
        mask, how = mask_to_paint(self._session, self._read_kind()), self._read_settings().how
        if mask is None:
            return
        layers = snapshot(self._layers(document))
        search = _Search(layers, document.frame, self.colours, how, _copied(mask, document, how))

        def take(found: _Found) -> None:
            if self._applying is task:
                self._take(mask, found)

        task = self._applying = BackgroundTask(search.run, self)
        self._is_outdated = False
        task.finished.connect(take)
        task.start()
        self.changed.emit()

    def _take(self, mask: MaskLayer, found: _Found) -> None:
        """Put what was found into the mask, tile by tile, as a step that is done already."""
        document, self._applying = self._session.document, None
        if document is None or not may_paint(self._session, mask):
            self.forget()
        elif self._is_outdated:
            self.apply()
        else:
            self.forget()
            if found.patch.tiles:
                mask.raster.ensure(found.patch.bounds)
                for tile in found.patch.tiles:
                    mask.raster.writable(tile)[...] = found.after.view(tile)
                self._session.report(Change(ChangeKind.mask, mask.spread(found.patch.bounds)))
                self._session.record(PaintMask(self.tr("Colour range"), mask.id, found.patch))

    def forget(self) -> None:
        """Give up the range."""
        for task in (self._task, self._applying):
            if task is not None:
                task.cancel()
        was_open = self.is_open
        self._task = self._applying = self._sample = self._preview = None
        self._range = ColourRange()
        if was_open:
            self.changed.emit()

    def _choose(self, wanted: ColourRange) -> None:
        self._range = wanted
        if self._sample is None:
            self._look_again()
        else:
            self._show()

    def _colour_at(self, position: Point) -> Colour | None:
        document = self._session.document
        if document is None or self.is_applying or not document.frame.contains_point(position):
            return None
        pixel = Bounds(int(position.x // 1), int(position.y // 1), 1, 1)
        seen = flatten(self._layers(document), pixel)
        if not seen[0, 0, 3]:
            return None
        red, green, blue = to_rgb(seen)[0, 0].tolist()
        return red, green, blue

    def _layers(self, document: Document) -> list[Paintable]:
        return looked_at(document, self._session.active_layer, self._read_settings())

    def _on_document_changed(self) -> None:
        self._is_outdated = True
        if self.is_open and not self.is_applying:
            self._look_again()

    def _look_again(self) -> None:
        """Take samples of what is in view, off the GUI's thread, and show them."""
        document = self._session.document
        if document is None or not self.is_open:
            return
        area = document.frame if self._view is None else self._view.intersection(document.frame)
        if self._task is not None:
            self._task.cancel()
        layers = snapshot(self._layers(document))

        def take(sample: _Sample) -> None:
            if self._task is task:
                self._task, self._sample = None, sample
                self._show()

        task = BackgroundTask(lambda _report, cancelled: _sampled(layers, area, cancelled), self)
        self._task = task
        task.finished.connect(take)
        task.start()

    def _show(self) -> None:
        sample = self._sample
        if sample is None or not self.is_open:
            return
        values = multiply_255(values_in_range(sample.lab, self.colours), sample.alpha)
        kind, before, color = self._read_kind(), np.zeros_like(values), None
        mask = mask_at_hand(self._session, kind)
        if mask is not None:
            before, color = _every(mask.raster, sample.area, sample.step), mask.settings.color
        after = combined(before, values, self._read_settings().how)
        self._preview = Preview(sample.area, after, kind, color)
        self.changed.emit()


def _sampled(
    layers: Sequence[Paintable], area: Bounds, is_cancelled: Callable[[], bool]
) -> _Sample:
    step = 1
    while (area.width // step) * (area.height // step) > TRIED_PIXELS:
        step += 1
    # Where pixels are left out, no more is painted than the rows that are looked at.
    height = BAND if step == 1 else 1
    tops = range(area.y, area.bottom, height * step)
    rows = []
    for top in tops:
        if is_cancelled():
            raise JobCancelledError
        band = Bounds(area.x, top, area.width, min(height, area.bottom - top))
        rows.append(flatten(layers, band)[:, ::step])
    picture = np.concatenate(rows) if rows else np.zeros((0, 0, 4), np.uint8)
    return _Sample(area, step, oklab(to_rgb(picture)), np.ascontiguousarray(picture[..., 3]))


def _every(raster: Raster, area: Bounds, step: int) -> np.ndarray:
    """Every `step`th value of a mask from the corner of `area` on, uint8."""
    shape = (-(-area.height // step), -(-area.width // step))
    result = np.zeros(shape, np.uint8)
    inside = area.intersection(raster.bounds)
    if inside.is_empty:
        return result
    top, left = -(-(inside.y - area.y) // step), -(-(inside.x - area.x) // step)
    first = Bounds.from_corners(
        area.x + left * step, area.y + top * step, inside.right, inside.bottom
    )
    if not first.is_empty:
        values = raster.view(first)[::step, ::step]
        result[top : top + values.shape[0], left : left + values.shape[1]] = values
    return result


def _copied(mask: MaskLayer, document: Document, how: Combine) -> Raster:
    """What a range may change of a mask: the frame, and outside of it what it cuts off."""
    area = document.frame
    if how is Combine.intersect:
        area = area.union(mask.raster.content_bounds())
    return Raster(mask.raster.read(area), area.x, area.y)


@dataclass(frozen=True, eq=False)
class _Found:
    """What a mask is to hold, and the patch that says what is different then."""

    after: Raster
    patch: MaskPatch


@dataclass(frozen=True, eq=False)
class _Search:
    """Looks for a range in every pixel of the frame, and joins it with the mask `before`."""

    layers: Sequence[Paintable]
    frame: Bounds
    wanted: ColourRange
    how: Combine
    before: Raster

    def run(self, _report: object, is_cancelled: Callable[[], bool]) -> _Found:
        """Goes by bands of rows: no picture of the frame's size is ever made."""
        area = self.before.bounds
        after = Raster(np.empty_like(self.before.pixels), area.x, area.y)
        table = RangeTable(self.wanted)

        def work(rows: slice) -> MaskPatch:
            band = Bounds(area.x, area.y + rows.start, area.width, rows.stop - rows.start)
            return self._join(band, after, table)

        patches = in_parallel(area.height, BAND, work, is_cancelled)
        return _Found(after, MaskPatch.joined([patch for _, patch in patches]))

    def _join(self, band: Bounds, after: Raster, table: RangeTable) -> MaskPatch:
        inside = band.intersection(self.frame)
        values = np.zeros((band.height, band.width), np.uint8)
        if not inside.is_empty:
            found = table.select(flatten(self.layers, inside))
            values[inside.relative_to(band).slices()] = found
        after.view(band)[...] = combined(self.before.view(band), values, self.how)
        tiles = [tile.intersection(band) for tile in band.tiles(TILE)]
        return MaskPatch.between({tile: self.before.view(tile) for tile in tiles}, after)
