"""A picture being edited: a frame, its layers, and what must survive an export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inpaint_studio.core.layer import ImageLayer, LayerProps, MaskKind, MaskLayer
from inpaint_studio.core.layer_stack import LayerStack
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds


@dataclass(frozen=True)
class Origin:
    """Where a document came from and the metadata that its exports carry on.

    `path` is None for a pasted picture. `exif` has its orientation already applied.
    """

    name: str
    path: Path | None = None
    format: str = "PNG"
    exif: bytes | None = None
    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None


class Document:
    """Layers in document coordinates, seen through a frame.

    The frame is what is shown and exported; its x and y may be negative, because expanding to
    the left or upward moves no pixels. Only commands change a document, on the GUI's thread.
    """

    def __init__(self, frame: Bounds, origin: Origin) -> None:
        self.frame = frame
        self.origin = origin
        self.layers = LayerStack()

    @classmethod
    def from_pixels(cls, pixels: np.ndarray, origin: Origin) -> Document:
        """A document of one picture (premultiplied BGRA uint8 HxWx4), with its two masks."""
        raster = Raster(pixels)
        document = cls(raster.bounds, origin)
        for layer in (
            ImageLayer(LayerProps(origin.name), raster),
            MaskLayer(LayerProps("Don't copy from here"), MaskKind.avoid),
            MaskLayer(LayerProps("Mask"), MaskKind.repaint),
        ):
            document.layers.insert(len(document.layers), layer)
        return document

    def mask(self, kind: MaskKind) -> MaskLayer:
        """The topmost mask of that kind. Raises LookupError if there is none: a document keeps one
        of what should change, but may lose those of what is not copied."""
        masks = self.layers.masks(kind)
        if not masks:
            raise LookupError(f"the document has no {kind.value} mask")
        return masks[-1]
