"""Changes the frame by numbers: presets with an anchor, sizes, and pixels per side."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.aspect import (
    MAX_SIDE,
    Anchor,
    Ratio,
    crop_for_ratio,
    frame_for_ratio,
)
from inpaint_studio.core.frame_commands import SetFrame
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.frame_tool import picture_bounds
from inpaint_studio.geometry import Bounds, Extent


class FrameController(QObject):
    """Turns wishes about the frame into steps of the history; repeated ones merge into one.

    `refused(str)` says in the user's words why a frame is not possible.
    """

    refused = Signal(str)

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._base: Bounds | None = None
        self._chosen: Bounds | None = None
        session.document_replaced.connect(self._forget_base)

    def set_frame(self, frame: Bounds) -> None:
        """Show that rectangle of the document."""
        document = self._session.document
        if document is None or frame == document.frame:
            return
        if frame.is_empty:
            self.refused.emit(self.tr("The frame would be empty. Leave at least one pixel."))
        elif max(frame.extent) > MAX_SIDE:
            limit = self.tr("A frame is at most {0} px wide and high.").format(MAX_SIDE)
            self.refused.emit(limit)
        else:
            self._session.do(SetFrame(document.frame, frame))

    def expand_by(self, left: int = 0, top: int = 0, right: int = 0, bottom: int = 0) -> None:
        """Move each edge outward by px; negative values crop."""
        document = self._session.document
        if document is not None:
            frame = document.frame
            self.set_frame(
                Bounds.from_corners(
                    frame.x - left, frame.y - top, frame.right + right, frame.bottom + bottom
                )
            )

    def set_size(self, extent: Extent, anchor: Anchor = Anchor.centre) -> None:
        """Give the frame that size; `anchor` says where the picture stays in it."""
        document = self._session.document
        if document is not None:
            self.set_frame(anchor.placed(extent, self._base_of(document.frame)))
            self._chosen = document.frame

    def choose_ratio(
        self, ratio: Ratio, anchor: Anchor = Anchor.centre, *, crop: bool = False
    ) -> None:
        """Expand to the smallest frame of that ratio, or crop to the largest one.

        Trying one ratio after another always starts from the frame before the first.
        """
        document = self._session.document
        if document is not None:
            base = self._base_of(document.frame)
            shaped = crop_for_ratio if crop else frame_for_ratio
            self.set_frame(shaped(base, ratio, anchor))
            self._chosen = document.frame

    def fit_picture(self) -> None:
        """Show all that the visible layers hold, and no more."""
        document = self._session.document
        if document is not None:
            self.set_frame(picture_bounds(document))

    def _base_of(self, frame: Bounds) -> Bounds:
        if self._base is None or frame != self._chosen:
            self._base = frame
        return self._base

    def _forget_base(self) -> None:
        self._base = self._chosen = None
