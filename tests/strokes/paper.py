"""A canvas that shows an empty document, and a hand to draw on it."""

from __future__ import annotations

import numpy as np

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.ui.canvas.canvas_view import CanvasView
from tests.strokes.replay import Hand

ROOM = 20
"""Logical px around the document at 100 %: strokes may leave it."""


class Paper:
    """The real canvas widget at a zoom, 100 % unless told otherwise. `close` it at the end."""

    def __init__(self, extent: tuple[int, int], zoom: float = 1.0) -> None:
        width, height = extent
        self.session = EditorSession(64 << 20)
        self.toolbox = ToolBox(self.session)
        self.canvas = CanvasView(self.session, self.toolbox)
        self.canvas.resize(width + ROOM, height + ROOM)
        self.canvas.show()
        rgb = np.full((height, width, 3), 128, np.uint8)
        self.session.open(Document.from_pixels(from_rgb(rgb), Origin("paper.png")))
        self.canvas.zoom_to(zoom)
        self.hand = Hand(self.canvas, self.toolbox)

    def mask(self) -> np.ndarray:
        """What is painted: uint8 HxW."""
        document = self.session.document
        assert document is not None
        return document.mask(MaskKind.repaint).raster.read(document.frame)

    def close(self) -> None:
        """Put it away."""
        self.canvas.close()
        self.canvas.deleteLater()
