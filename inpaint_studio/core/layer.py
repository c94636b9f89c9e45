"""The layers of a document: pictures, masks and results of edits.

Their pixels lie in document coordinates. What a person can set on a layer is in `LayerProps`,
which is replaced as a whole, so that a change is two values and not a list of setters.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from inpaint_studio.core.edit import EditResult, ResultPiece
from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.imaging.mask_ops import bounds_of
from inpaint_studio.imaging.pixels import from_rgb

if TYPE_CHECKING:
    from inpaint_studio.core.mask_memory import UsedMask

_ids = itertools.count(1)

MOST_SHAPING = 200
"""px. A mask is grown and feathered by no more than this while it stays as painted."""


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


@dataclass(frozen=True)
class MaskSettings:
    """How a mask is shown and used, beside its pixels, which these never change.

    `color`: of its tint, "#rrggbb", None for the program's. `is_used`: whether edits look at it.
    `grow`: px by which it counts as wider than painted, `feather`: px of soft edge after that;
    both from 0 to `MOST_SHAPING`.
    """

    color: str | None = None
    is_used: bool = True
    grow: int = 0
    feather: int = 0

    @property
    def reach(self) -> int:
        """How far what is painted spreads, in px."""
        return self.grow + self.feather // 2


class Layer:
    """What all layers have: an id that never changes in a session, and props.

    `parent_id` is the id of the group that it is in, None for a layer that is in none.
    """

    def __init__(self, props: LayerProps) -> None:
        self.id = next(_ids)
        self.props = props
        self.parent_id: int | None = None

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


class _Painted(NamedTuple):
    """What is painted of a layer, and what it was made of."""

    placement: Placement
    source: tuple[object, ...]
    rasters: tuple[Raster, ...]


class PlacedLayer(Layer):
    """A layer with pixels of its own that can be moved, scaled and turned without changing those.

    What is painted is made when it is first asked for, on any thread, and kept until the layer
    looks different.
    """

    def __init__(self, props: LayerProps) -> None:
        super().__init__(props)
        self._placement = HOME
        self._painted: _Painted | None = None
        self._making = Lock()

    @property
    def placement(self) -> Placement:
        """Where the layer lies. Only commands set it."""
        return self._placement

    @placement.setter
    def placement(self, placement: Placement) -> None:
        painted, before, self._placement = self._fresh(), self._placement, placement
        self._painted = None
        dx, dy = placement.dx - before.dx, placement.dy - before.dy
        is_step = before.moved(dx, dy) == placement and dx.is_integer() and dy.is_integer()
        if painted is not None and is_step:
            self._painted = _Painted(placement, self._source, _moved(painted, dx, dy))

    @property
    def home(self) -> Bounds:
        """What is scaled and turned about its middle: where the layer's own pixels are seen."""
        raise NotImplementedError

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """See `Layer.rasters`: where the placement puts them."""
        # Who asks while another thread makes them waits, instead of making them as well.
        with self._making:
            painted = self._fresh()
            if painted is None:
                placement, source = self._placement, self._source
                painted = self._placed(placement)
                # Made on another thread, they may be out of date by now.
                if (placement, source) == (self._placement, self._source):
                    self._painted = _Painted(placement, source, painted)
            return painted

    @property
    def is_painted(self) -> bool:
        """Whether `rasters` are there already."""
        return self._fresh() is not None

    def own_rasters(self) -> tuple[Raster, ...]:
        """What would be painted if the layer had never been moved."""
        painted = self._fresh()
        if painted is None or not self._placement.is_whole_move:
            return self._own_rasters()
        return _moved(painted, -self._placement.dx, -self._placement.dy)

    @property
    def bounds(self) -> Bounds:
        """See `Layer.bounds`. Known without making what is painted."""
        boxes = self._own_boxes()
        if not self._placement.is_identity:
            boxes = tuple(self._placement.bounds_of(box, self.home) for box in boxes)
        return Bounds.union_of(boxes)

    def _placed(self, placement: Placement) -> tuple[Raster, ...]:
        own = self.own_rasters()
        if placement.is_identity:
            return own
        return tuple(placement.placed(raster, self.home) for raster in own)

    def _fresh(self) -> tuple[Raster, ...] | None:
        painted = self._painted
        if painted is None or painted[:2] != (self._placement, self._source):
            return None
        return painted.rasters

    @property
    def _painted_nbytes(self) -> int:
        painted = self._painted
        return 0 if painted is None else sum(raster.nbytes for raster in painted.rasters)

    @property
    def _source(self) -> tuple[object, ...]:
        """What the layer's own rasters are made of; equal as long as they would be the same."""
        raise NotImplementedError

    def _own_rasters(self) -> tuple[Raster, ...]:
        """The layer's pixels as they are before they are placed."""
        raise NotImplementedError

    def _own_boxes(self) -> tuple[Bounds, ...]:
        """Where those lie."""
        raise NotImplementedError


def _moved(rasters: tuple[Raster, ...], dx: float, dy: float) -> tuple[Raster, ...]:
    step = Placement(dx, dy)
    return tuple(step.placed(raster, raster.bounds) for raster in rasters)


class ImageLayer(PlacedLayer):
    """A picture. Its pixels are never written after it was made."""

    def __init__(self, props: LayerProps, raster: Raster) -> None:
        super().__init__(props)
        self._raster = raster

    @property
    def raster(self) -> Raster:
        """The picture before it is placed."""
        return self._raster

    @raster.setter
    def raster(self, raster: Raster) -> None:
        self._raster, self._painted = raster, None

    @property
    def home(self) -> Bounds:
        """The whole picture."""
        return self._raster.bounds

    @property
    def nbytes(self) -> int:
        """Memory of the picture, and of what is painted where that is not the same, in bytes."""
        shared = self._placement.is_whole_move
        return self._raster.nbytes + (0 if shared else self._painted_nbytes)

    @property
    def _source(self) -> tuple[object, ...]:
        return (self._raster,)

    def _own_rasters(self) -> tuple[Raster, ...]:
        return (self._raster,)

    def _own_boxes(self) -> tuple[Bounds, ...]:
        return (self._raster.bounds,)


class MaskLayer(Layer):
    """What is painted over: uint8, 255 = fully. Not part of the picture.

    The opacity in its props is that of its tint only: edits take its values as they are.
    """

    def __init__(
        self,
        props: LayerProps,
        kind: MaskKind = MaskKind.repaint,
        settings: MaskSettings | None = None,
    ) -> None:
        super().__init__(props)
        self.kind = kind
        self.settings = settings or MaskSettings()
        self.raster = Raster.empty_mask()

    @property
    def bounds(self) -> Bounds:
        """Where the mask may count: its buffer, whose painted part may be smaller, and as far
        around it as its settings spread that."""
        return self.spread(self.raster.bounds)

    def spread(self, painted: Bounds) -> Bounds:
        """Where the mask counts differently when its pixels in `painted` change."""
        return painted.pad(self.settings.reach) if not painted.is_empty else painted

    @property
    def nbytes(self) -> int:
        """Memory of the mask in bytes."""
        return self.raster.nbytes


class ResultLayer(PlacedLayer):
    """The result of an edit: the whole generated crops, their masks and how they were made.

    `used_masks`: what the document's masks held that it was made with, to bring them back.
    """

    def __init__(
        self,
        props: LayerProps,
        result: EditResult,
        candidate: int = 0,
        used_masks: tuple[UsedMask, ...] = (),
    ) -> None:
        super().__init__(props)
        self.result = result
        self.used_masks = used_masks
        self._candidate = candidate
        self._home: tuple[EditResult, Bounds] | None = None

    @property
    def candidate(self) -> int:
        """Which candidate is shown, from 0."""
        return self._candidate

    def show_candidate(self, candidate: int) -> None:
        """Show another candidate. Raises IndexError where there is none."""
        if not 0 <= candidate < self.result.num_candidates:
            raise IndexError(f"no candidate {candidate}")
        self._candidate = candidate
        self._painted = None

    @property
    def home(self) -> Bounds:
        """What the compositing masks show of the crops."""
        if self._home is None or self._home[0] is not self.result:
            self._home = self.result, Bounds.union_of(map(_shown, self.result.pieces))
        return self._home[1]

    @property
    def _source(self) -> tuple[object, ...]:
        return self.result, self._candidate

    def _own_rasters(self) -> tuple[Raster, ...]:
        """The shown candidate's crops, cut out by their compositing masks."""
        return tuple(_cut_out(piece, self._candidate) for piece in self.result.pieces)

    def _own_boxes(self) -> tuple[Bounds, ...]:
        return tuple(_box(piece) for piece in self.result.pieces)

    @property
    def nbytes(self) -> int:
        """Memory of all candidates and masks, and of what is painted, in bytes.

        Not of `used_masks`, a few compressed tiles.
        """
        arrays = [
            array
            for piece in self.result.pieces
            for array in (*piece.candidates, piece.mask, piece.denoise_mask, piece.alpha)
        ]
        return sum(a.nbytes for a in arrays) + self._painted_nbytes


def _cut_out(piece: ResultPiece, candidate: int) -> Raster:
    pixels = from_rgb(piece.candidates[candidate], piece.alpha)
    return Raster(pixels, piece.context.x, piece.context.y)


def _shown(piece: ResultPiece) -> Bounds:
    return bounds_of(piece.alpha).translated(piece.context.x, piece.context.y)


def _box(piece: ResultPiece) -> Bounds:
    height, width = piece.alpha.shape
    return Bounds(piece.context.x, piece.context.y, width, height)
