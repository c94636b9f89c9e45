"""What masks held when an edit began: to clear just that afterwards, and to bring it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditResult
from inpaint_studio.core.layer import MaskKind, MaskLayer
from inpaint_studio.core.mask_patch import TILE, MaskPatch
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds

NO_LAYER = 0
"""The id that no layer has."""


@dataclass(frozen=True, eq=False)
class UsedMask:
    """The painted values of one mask at one moment, compressed."""

    layer_id: int
    values: MaskPatch

    @classmethod
    def of(cls, mask: MaskLayer, area: Bounds) -> UsedMask:
        """What the mask holds now inside `area`."""
        painted = mask.raster.content_bounds().intersection(area)
        # A difference to nothing is the values themselves.
        return cls(
            mask.id,
            MaskPatch.replacing(Raster.empty_mask(), painted, mask.raster.read(painted)),
        )

    def raster(self) -> Raster:
        """The values, in a raster of their own."""
        raster = Raster.empty_mask()
        raster.ensure(self.values.bounds)
        self.values.apply(raster)
        return raster


def remember(masks: Iterable[MaskLayer], area: Bounds) -> tuple[UsedMask, ...]:
    """What the masks hold inside `area`, of those that hold something there."""
    used = (UsedMask.of(mask, area) for mask in masks)
    return tuple(mask for mask in used if mask.values.tiles)


def masks_of(result: EditResult) -> tuple[UsedMask, ...]:
    """The masks of a result's pieces, where it is not known which layers they came from."""
    return tuple(
        UsedMask(NO_LAYER, MaskPatch.replacing(Raster.empty_mask(), piece.context, piece.mask))
        for piece in result.pieces
    )


def clear_steps(document: Document, used: Iterable[UsedMask]) -> list[PaintMask]:
    """Steps that clear what was used; what was painted elsewhere since then stays."""
    steps = []
    for was in used:
        mask = _mask(document, was.layer_id)
        if mask is not None:
            old = was.raster()
            wanted = {
                tile: np.where(old.view(tile) > 0, np.uint8(0), mask.raster.read(tile))
                for tile in was.values.tiles
            }
            patch = MaskPatch.between(wanted, mask.raster)
            steps.append(PaintMask("Clear mask", mask.id, patch))
    return steps


def restore_steps(document: Document, used: Iterable[UsedMask]) -> list[PaintMask]:
    """Steps that bring back what was used, each to its own mask.

    What belonged to masks that are gone comes to the topmost repaint mask.
    """
    by_mask: dict[int, list[UsedMask]] = {}
    spare = document.layers.masks(MaskKind.repaint)
    for was in used:
        mask = _mask(document, was.layer_id) or (spare[-1] if spare else None)
        if mask is not None:
            by_mask.setdefault(mask.id, []).append(was)
    steps = []
    for layer_id, parts in by_mask.items():
        mask = _mask(document, layer_id)
        assert mask is not None
        steps.append(PaintMask("Restore mask", layer_id, _restoring(mask.raster, parts)))
    return steps


def _restoring(raster: Raster, parts: list[UsedMask]) -> MaskPatch:
    """The patch that adds the values of all parts. Tiles of several parts may overlap."""
    old = Raster.empty_mask()
    old.ensure(Bounds.union_of(part.values.bounds for part in parts))
    cells: set[Bounds] = set()
    for part in parts:
        values = part.raster()
        for tile in part.values.tiles:
            place = old.writable(tile)
            np.maximum(place, values.view(tile), out=place)
            cells.update(cell.intersection(old.bounds) for cell in tile.tiles(TILE))
    wanted = {cell: np.maximum(raster.read(cell), old.view(cell)) for cell in cells}
    return MaskPatch.between(wanted, raster)


def _mask(document: Document, layer_id: int) -> MaskLayer | None:
    if layer_id not in document.layers:
        return None
    layer = document.layers.find(layer_id)
    return layer if isinstance(layer, MaskLayer) else None
