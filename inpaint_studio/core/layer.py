"""The layers of a document: pictures, masks and results of edits.

Their pixels lie in document coordinates. What a person can set on a layer is in `LayerProps`,
which is replaced as a whole, so that a change is two values and not a list of setters.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum

from inpaint_studio.core.edit import EditResult, ResultPiece
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.imaging.pixels import from_rgb

_ids = itertools.count(1)


@dataclass(frozen=True)
class LayerProps:
    """What a person can set. `opacity` is 0..255, as it is painted.

    A locked layer keeps its place, its pixels and its props until it is unlocked.
    """

    name: str
    visible: bool = True
    opacity: int = 255
    blend_mode: BlendMode = BlendMode.normal
    locked: bool = False


class MaskKind(Enum):
    """What a mask says about the pixels it covers."""

    repaint = "repaint"
    avoid = "avoid"
    """Edits don't copy from here."""


class Layer:
    """What all layers have: an id that never changes in a session, and props."""

    def __init__(self, props: LayerProps) -> None:
        self.id = next(_ids)
        self.props = props

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """The premultiplied BGRA pieces that are painted, bottom first."""
        return ()

    @property
    def bounds(self) -> Bounds:
        """Where the layer has pixels."""
        return Bounds.union_of(raster.bounds for raster in self.rasters)

    @property
    def nbytes(self) -> int:
        """Memory the layer holds in bytes."""
        return sum(raster.nbytes for raster in self.rasters)


class ImageLayer(Layer):
    """A picture. Its pixels are never written after it was made."""

    def __init__(self, props: LayerProps, raster: Raster) -> None:
        super().__init__(props)
        self.raster = raster

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """The one picture."""
        return (self.raster,)


class MaskLayer(Layer):
    """What is painted over: uint8, 255 = fully. Not part of the picture."""

    def __init__(self, props: LayerProps, kind: MaskKind = MaskKind.repaint) -> None:
        super().__init__(props)
        self.kind = kind
        self.raster = Raster.empty_mask()

    @property
    def bounds(self) -> Bounds:
        """Where the mask's buffer lies; its painted part may be smaller."""
        return self.raster.bounds

    @property
    def nbytes(self) -> int:
        """Memory of the mask in bytes."""
        return self.raster.nbytes


class ResultLayer(Layer):
    """The result of an edit: the whole generated crops, their masks and how they were made."""

    def __init__(self, props: LayerProps, result: EditResult, candidate: int = 0) -> None:
        super().__init__(props)
        self.result = result
        self._candidate = candidate
        self._rasters: tuple[Raster, ...] = ()

    @property
    def candidate(self) -> int:
        """Which candidate is shown, from 0."""
        return self._candidate

    def show_candidate(self, candidate: int) -> None:
        """Show another candidate. Raises IndexError where there is none."""
        if not 0 <= candidate < self.result.num_candidates:
            raise IndexError(f"no candidate {candidate}")
        self._candidate = candidate
        self._rasters = ()

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """The shown candidate's crops, cut out by their compositing masks."""
        if not self._rasters:
            self._rasters = tuple(_cut_out(piece, self._candidate) for piece in self.result.pieces)
        return self._rasters

    @property
    def nbytes(self) -> int:
        """Memory of all candidates and masks, and of what is painted, in bytes."""
        arrays = [
            array
            for piece in self.result.pieces
            for array in (*piece.candidates, piece.mask, piece.denoise_mask, piece.alpha)
        ]
        return sum(a.nbytes for a in arrays) + sum(r.nbytes for r in self._rasters)


def _cut_out(piece: ResultPiece, candidate: int) -> Raster:
    pixels = from_rgb(piece.candidates[candidate], piece.alpha)
    return Raster(pixels, piece.context.x, piece.context.y)
