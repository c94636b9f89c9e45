"""Brush and eraser: paint what should change, or what must not be copied from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inpaint_studio.core.brush import BrushSettings, Stroke
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.layer import MaskKind, MaskLayer
from inpaint_studio.core.stroke_path import Sample
from inpaint_studio.editor.mask_target import mask_to_paint
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.tool import PointerEvent, Tool
from inpaint_studio.geometry import Bounds, Point


class BrushTool(Tool):
    """Paints on the document's mask while the pointer moves; a stroke is one step of the history.

    `read_settings` and `read_kind` are asked at the start of each stroke.
    """

    def __init__(
        self,
        session: EditorSession,
        read_settings: Callable[[], BrushSettings],
        read_kind: Callable[[], MaskKind],
        *,
        erase: bool,
    ) -> None:
        self._session = session
        self._read_settings = read_settings
        self._read_kind = read_kind
        self._erase = erase
        self._stroke: Stroke | None = None
        self._layer: MaskLayer | None = None
        self._label = ""
        self._last_end: tuple[int, Point] | None = None

    @property
    def cursor_diameter(self) -> float | None:
        """The brush's diameter in document px."""
        return self._read_settings().size

    @property
    def cursor_hardness(self) -> float:
        """The brush's hardness."""
        return self._read_settings().hardness

    def begin(self, event: PointerEvent) -> None:
        """Start a stroke; with Shift, draw a straight line from the last one's end."""
        document = self._session.document
        if document is None:
            return
        erase = self._erase or event.is_eraser
        self._layer = mask_to_paint(self._session, self._read_kind())
        if self._layer is None:
            return
        self._label = _label(self._layer.kind, erase)
        settings = replace(self._read_settings(), erase=erase)
        self._stroke = Stroke(self._layer.raster, settings, document.frame, event.view_scale)
        if event.is_straight_line and self._last_end is not None:
            layer_id, point = self._last_end
            if layer_id == self._layer.id:
                self._extend(Sample(point, event.pressure))
        self._extend(Sample(event.position, event.pressure))

    def motion(self, event: PointerEvent) -> None:
        """Draw on."""
        self._extend(Sample(event.position, event.pressure))

    def end(self, event: PointerEvent) -> None:
        """Finish the stroke and record it."""
        if self._stroke is None or self._layer is None:
            return
        self._report(self._stroke.finish())
        patch = self._stroke.take_patch()
        layer, self._stroke = self._layer, None
        self._last_end = (layer.id, event.position)
        if patch.tiles:
            self._session.record(PaintMask(self._label, layer.id, patch))

    def cancel(self) -> None:
        """Take the stroke back."""
        if self._stroke is not None:
            self._report(self._stroke.revert())
            self._stroke = None

    def _extend(self, sample: Sample) -> None:
        if self._stroke is not None:
            self._report(self._stroke.extend(sample))

    def _report(self, dirty: Bounds) -> None:
        if not dirty.is_empty and self._layer is not None:
            self._session.report(Change(ChangeKind.mask, self._layer.spread(dirty)))


def _label(kind: MaskKind, erase: bool) -> str:
    if kind is MaskKind.avoid:
        return "Erase “don't copy”" if erase else "Paint “don't copy”"
    return "Erase mask" if erase else "Paint mask"
