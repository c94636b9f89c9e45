"""Decides which part of a picture an edit looks at, and at which size a model works on it.

Everything is in document coordinates unless it is called `in_model`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.mask_ops import bounds_of, default_shaping, islands
from inpaint_studio.imaging.resize import resize, resize_sharp
from inpaint_studio.imaging.size_rule import SizeRule

MINIMUM_MARGIN = 64
"""px. Enough to copy from around a speck, and room for the grown mask."""
FULL_MARGIN = 512
"""px. Up to here the surroundings are as wide as the mask; beyond, they grow a third as fast, so
that memory and time of a very large mask stay in bounds."""
LARGE_CONTEXT = 2048 * 2048
"""Pixels. Larger contexts of thin masks are worked in tiles."""
_LONGEST_TILE = 640
"""px. A model's usual side together with the surroundings."""
_RING = 24
"""px kept around a repainted area, where its colours are compared."""
_SNAP = 32
"""A multiple of every model's own multiple: such a crop needs no padding at full size."""


class ContextRule(Protocol):
    """How much of its surroundings a masked area is edited with."""

    def plan(self, mask_bounds: Bounds, frame: Bounds, mean_side: float | None = None) -> Bounds:
        """The mask's bounds with surroundings, inside `frame`, which must hold `mask_bounds`.

        `mean_side` in px: of what is masked, for one tile of a thin mask, which only needs to see
        what is near; without it, the geometric mean of the bounds' sides (a scratch does not ask
        for as much as a square of its length).
        At the frame's edge the box slides inward instead of shrinking.
        """
        ...


@dataclass(frozen=True)
class CopyingContext:
    """For what copies patches: surroundings as wide as the mask, at least 64 px."""

    def plan(self, mask_bounds: Bounds, frame: Bounds, mean_side: float | None = None) -> Bounds:
        """See `ContextRule.plan`."""
        side = mean_side or math.sqrt(mask_bounds.area)
        margin = max(MINIMUM_MARGIN, min(side, FULL_MARGIN), side / 3)
        return mask_bounds.pad(round(margin)).slid_into(frame)


@dataclass(frozen=True)
class RedrawingContext:
    """For models, which understand a scene: what they see decides what they draw.

    `strength` 0..1; `feather` and `grow` in px as in EditParams. `minimum_side` in px: what most
    models were trained on, so that a small thing is seen among others at full size.
    """

    strength: float = 1.0
    feather: int | None = None
    grow: int | None = None
    minimum_side: int = 512

    def plan(self, mask_bounds: Bounds, frame: Bounds, mean_side: float | None = None) -> Bounds:
        """See `ContextRule.plan`."""
        side = mean_side or math.sqrt(mask_bounds.area)
        reach = self._reach(mask_bounds.diagonal)
        if self.strength < 1:
            margin = reach + 0.06 * mask_bounds.diagonal
        else:
            share = 0.0 if mean_side else max(frame.width, frame.height) / 16
            margin = max(share, side / 2)
        box = mask_bounds.pad(round(max(margin, reach + _RING)))
        box = _nudged_to_square(box).at_least((self.minimum_side, self.minimum_side))
        return box.at_least(Extent(box.width, box.height).rounded_up_to(_SNAP)).slid_into(frame)

    def _reach(self, diagonal: float) -> float:
        """How far beyond the painted mask is repainted."""
        shaping = default_shaping(diagonal, self.strength)
        shaping = shaping.overridden(self.feather, self.grow, None)
        return shaping.grow + shaping.feather / 2


def _nudged_to_square(box: Bounds) -> Bounds:
    """The short side grown halfway to the long one, but not to more than one and a half times."""
    halfway = (box.width + box.height) // 2
    return box.at_least((min(halfway, box.width * 3 // 2), min(halfway, box.height * 3 // 2)))


COPYING = CopyingContext()


def plan_context(mask_bounds: Bounds, frame: Bounds, rule: ContextRule = COPYING) -> Bounds:
    """The mask's bounds with the surroundings that the rule asks for, inside `frame`."""
    return rule.plan(mask_bounds, frame)


class Part(NamedTuple):
    """What is edited in one go: the bounds of what is masked, and what is looked at."""

    bounds: Bounds
    context: Bounds


def plan_parts(
    mask: np.ndarray, mask_bounds: Bounds, frame: Bounds, rule: ContextRule = COPYING
) -> list[Part]:
    """The parts that a mask is edited in: islands, and tiles of long thin ones.

    `mask` uint8 HxW covers `mask_bounds`, which lies in `frame`. Bounds of parts never meet;
    contexts may, where a thin mask was cut into tiles. From top to bottom, then left to right.
    """
    parts = []
    for island in split_islands(mask, mask_bounds, frame, rule):
        parts.extend(_tiled_if_thin(mask, mask_bounds, island, frame, rule))
    return sorted(parts, key=lambda part: (part.bounds.y, part.bounds.x))


def split_islands(
    mask: np.ndarray, mask_bounds: Bounds, frame: Bounds, rule: ContextRule = COPYING
) -> list[Bounds]:
    """Bounds of the masked parts that are edited apart, because their contexts don't meet.

    `mask` uint8 HxW covers `mask_bounds`, which lies in `frame`. Sorted from top to bottom, then
    left to right; empty if nothing is masked.
    """
    found = islands(mask, MINIMUM_MARGIN)
    parts = [part.translated(mask_bounds.x, mask_bounds.y) for part in found]
    while (merged := _merge_once(parts, frame, rule)) != parts:
        parts = merged
    return sorted(parts, key=lambda part: (part.y, part.x))


def _merge_once(parts: list[Bounds], frame: Bounds, rule: ContextRule) -> list[Bounds]:
    """Join every part with the first earlier one whose context meets its own."""
    joined: list[Bounds] = []
    contexts: list[Bounds] = []
    for part in parts:
        context = rule.plan(part, frame)
        near = next((i for i, other in enumerate(contexts) if other.intersects(context)), None)
        if near is None:
            joined.append(part)
            contexts.append(context)
        else:
            joined[near] = joined[near].union(part)
            contexts[near] = rule.plan(joined[near], frame)
    return joined


def _tiled_if_thin(
    mask: np.ndarray, mask_bounds: Bounds, island: Bounds, frame: Bounds, rule: ContextRule
) -> list[Part]:
    """The island whole, or cut into tiles if those take less than half as many pixels."""
    whole = Part(island, rule.plan(island, frame))
    if whole.context.area <= LARGE_CONTEXT:
        return [whole]
    tiles = []
    for bounds in _halved(mask, island.relative_to(mask_bounds)):
        thickness = math.sqrt(np.count_nonzero(mask[bounds.slices()]))
        in_document = bounds.translated(mask_bounds.x, mask_bounds.y)
        tiles.append(Part(in_document, rule.plan(in_document, frame, thickness)))
    pixels = sum(tile.context.area for tile in tiles)
    return tiles if 2 * pixels <= whole.context.area else [whole]


def _halved(mask: np.ndarray, bounds: Bounds) -> list[Bounds]:
    """What is masked in there, cut across its longer side until nothing is longer than a tile.

    Each half is drawn tight before it is cut again, so a diagonal leaves no slivers.
    """
    tight = bounds_of(mask[bounds.slices()]).translated(bounds.x, bounds.y)
    if tight.is_empty:
        return []
    if max(tight.width, tight.height) <= _LONGEST_TILE:
        return [tight]
    if tight.width >= tight.height:
        first = tight._replace(width=tight.width // 2)
        second = Bounds.from_corners(first.right, tight.y, tight.right, tight.bottom)
    else:
        first = tight._replace(height=tight.height // 2)
        second = Bounds.from_corners(tight.x, first.bottom, tight.right, tight.bottom)
    return _halved(mask, first) + _halved(mask, second)


@dataclass(frozen=True)
class CropPlan:
    """A crop and the size at which a model works on it.

    `content`: the crop at the model's scale; `size`: with what is mirrored at its right and bottom
    to make a size that the model takes.
    """

    context: Bounds
    content: Extent
    size: Extent

    @property
    def scale(self) -> float:
        """Model pixels per document pixel; 1 = nothing is resized."""
        return self.content.width / self.context.width

    def to_model(self, bounds: Bounds) -> Bounds:
        """A rectangle of the document as the smallest one around it in the model's picture."""
        return bounds.relative_to(self.context).scaled(self.scale)

    def to_document(self, in_model: Bounds) -> Bounds:
        """A rectangle of the model's picture as the smallest one around it in the document."""
        in_crop = in_model.scaled(1 / self.scale)
        return in_crop.translated(self.context.x, self.context.y)

    def picture_to_model(self, picture: np.ndarray) -> np.ndarray:
        """The crop (uint8 HxWx3) as the model gets it."""
        return self._padded(resize_sharp(picture, self.content))

    def mask_to_model(self, mask: np.ndarray) -> np.ndarray:
        """A mask of the crop (uint8 HxW) as the model gets it."""
        if mask.shape[1::-1] == self.content:
            return self._padded(mask)
        return self._padded(resize(mask, self.content))

    def picture_from_model(self, picture: np.ndarray) -> np.ndarray:
        """What the model made, at the crop's size. Raises ValueError if it is of another size."""
        if picture.shape != (self.size.height, self.size.width, 3):
            raise ValueError(f"asked for {self.size}, got a picture of {picture.shape}")
        made = picture[: self.content.height, : self.content.width]
        return resize_sharp(made, Extent(self.context.width, self.context.height))

    def _padded(self, array: np.ndarray) -> np.ndarray:
        # Mirrored, not blank: a model would continue a blank border into the picture.
        height, width = array.shape[:2]
        pads = ((0, self.size.height - height), (0, self.size.width - width))
        if not any(after for _, after in pads):
            return array
        return np.pad(array, pads + ((0, 0),) * (array.ndim - 2), mode="symmetric")


def plan_crop(context: Bounds, rule: SizeRule | None) -> CropPlan:
    """The size for a crop: its own if the rule allows, else the next one of the same ratio.

    A crop that is still too narrow at its largest size is padded.
    """
    extent = Extent(context.width, context.height)
    if rule is None:
        return CropPlan(context, extent, extent)
    scale = _scale_for(extent, rule)
    content = extent.scaled(scale)
    while not _fits(_padded_size(content, rule), rule) and min(content) > rule.multiple:
        scale *= 0.99
        content = extent.scaled(scale)
    return CropPlan(context, content, _padded_size(content, rule))


def _scale_for(extent: Extent, rule: SizeRule) -> float:
    largest = min(math.sqrt(rule.maximum_pixels / extent.area), rule.maximum_side / max(extent))
    smallest = max(math.sqrt(rule.minimum_pixels / extent.area), rule.minimum_side / min(extent))
    return min(max(1.0, smallest), largest)


def _padded_size(content: Extent, rule: SizeRule) -> Extent:
    side = -(-rule.minimum_side // rule.multiple) * rule.multiple
    size = content.rounded_up_to(rule.multiple)
    return Extent(max(size.width, side), max(size.height, side))


def _fits(size: Extent, rule: SizeRule) -> bool:
    return size.area <= rule.maximum_pixels and size.long_side <= rule.maximum_side
