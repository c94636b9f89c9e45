"""Plans how a picture grows to a larger frame: overlapping steps, outward, each seeing the last.

A plan is a plain value: rectangles in document coordinates that can be drawn, counted and tested.
Around the known rectangle lies a ring of new strips; a ring is made a side at a time, corners last,
and is known when the next ring begins. What is far more new than known is laid out first, in one
coarse pass over the whole frame, and then redrawn in native tiles.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.crop import CropPlan, plan_crop
from inpaint_studio.imaging.size_rule import SizeRule
from inpaint_studio.imaging.tile_plan import plan_tiles
from inpaint_studio.imaging.tile_weights import NO_RAMPS, Ramps

FREE_SIZE_PIXELS = 8_000_000
"""px of one crop for backends that take any size. Keeps time and memory of a step in bounds."""
LEAST_COPIED = 64
"""px. Patch fill gets at least this much to copy from beside a thin strip."""
COPIED_ASIDE = (1.0, 1.0)
COPIED_ABOVE_AND_BELOW = (0.5, 0.75)
"""How much patch fill gets to copy from on each side, in parts of what it makes there. Pictures lie
in layers: above is sky, and a little further in a second horizon to be copied; below, what stands
there goes on down, of which it has to see enough."""
LEAST_SIDE = 256
"""px. Crops may be this long however thin they are, and no limit makes them smaller."""
LEAST_DEPTH = 128
"""px that a strip may always be deep. Otherwise no deeper than the known picture's short side."""
MAX_RATIO = 3.0
"""Long to short side of a model's crop: beyond it models repeat themselves."""
SOFTEST_SCALE = 0.8
"""A frame that needs no more shrinking than this is made in one go; nobody sees the difference."""
LEVEL_FACTOR = 3.0
"""How much sharper each level of tiles may be than the one below it."""


class StepKind(Enum):
    """What a step does."""

    step = "step"
    """Makes new pixels beside known ones."""
    coarse = "coarse"
    """Lays out all new pixels, at less than the document's resolution."""
    tile = "tile"
    """Redraws what was laid out, sharper."""


@dataclass(frozen=True)
class ExpansionStep:
    """One job. `masks`: the new pixels it makes, disjoint rectangles inside its crop's context.

    `overlap`: px of known pixels between every mask and the crop's edge on the side of the known
    picture. `ramps`: how a tile blends with earlier tiles.
    """

    kind: StepKind
    crop: CropPlan
    masks: tuple[Bounds, ...]
    overlap: int
    ramps: Ramps = NO_RAMPS

    @property
    def context(self) -> Bounds:
        """What it looks at, in document coordinates."""
        return self.crop.context

    @property
    def size(self) -> Extent:
        """What the backend works at."""
        return self.crop.size

    @property
    def scale(self) -> float:
        """Working px per document px."""
        return self.crop.scale


@dataclass(frozen=True)
class ExpansionPlan:
    """Ordered steps that fill `frame` around `known`; none where nothing is new."""

    frame: Bounds
    known: Bounds
    steps: tuple[ExpansionStep, ...]

    @property
    def new_pixels(self) -> int:
        """px of the frame outside the known rectangle."""
        return self.frame.area - self.known.area

    @property
    def working_pixels(self) -> int:
        """px that the backend computes over all steps: what the time depends on."""
        return sum(step.size.area for step in self.steps)


@dataclass(frozen=True)
class PlanSettings:
    """How a plan is made.

    `overlap`: known pixels beside a strip, as a fraction of its depth; `least_overlap` in px.
    `refines`: the backend can redraw what is there at a strength below 1, so that coarse passes
    make sense. `coarse_pixels`: the largest frame, in px, that is held in memory at once for one.
    """

    overlap: float = 0.3
    least_overlap: int = 32
    refines: bool = True
    coarse_pixels: int = 36_000_000


def plan_expansion(
    frame: Bounds,
    source: Bounds,
    sizes: SizeRule | None,
    free_pixels: int,
    settings: PlanSettings | None = None,
) -> ExpansionPlan:
    """The steps that fill `frame` around `source` (all pixels of which are known).

    `sizes`: what the model works at, None = any size. `free_pixels`: the largest working size
    there is memory for; never asked below the model's minimum. Raises EditRefusedError where the
    frame holds nothing of the source.
    """
    known = source.intersection(frame)
    if frame.is_empty or known == frame:
        return ExpansionPlan(frame, known, ())
    if known.is_empty:
        raise EditRefusedError("The frame holds no picture to continue. Move it over the picture.")
    planner = _Planner(frame, known, sizes, free_pixels, settings or PlanSettings())
    return ExpansionPlan(frame, known, tuple(planner.steps()))


def new_areas(known: Bounds, frame: Bounds) -> tuple[Bounds, ...]:
    """Up to four disjoint rectangles that are `frame` without `known`."""
    known = known.intersection(frame)
    if known.is_empty:
        return (frame,)
    areas = (
        Bounds.from_corners(frame.x, known.y, known.x, known.bottom),
        Bounds.from_corners(known.right, known.y, frame.right, known.bottom),
        Bounds.from_corners(frame.x, frame.y, frame.right, known.y),
        Bounds.from_corners(frame.x, known.bottom, frame.right, frame.bottom),
    )
    return tuple(area for area in areas if not area.is_empty)


class _Span(NamedTuple):
    """One axis of a rectangle: start <= position < stop."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start


class _Cell(NamedTuple):
    """One axis of a step: the new pixels, and the crop around them."""

    new: _Span
    crop: _Span
    overlap: int | None = None
    """px of known picture inward of a strip; None along its length."""


class _Planner:
    """The limits of one plan, and the steps that keep to them."""

    def __init__(
        self,
        frame: Bounds,
        known: Bounds,
        sizes: SizeRule | None,
        free_pixels: int,
        settings: PlanSettings,
    ) -> None:
        self.frame, self.known, self.settings = frame, known, settings
        if sizes is None:
            self.sizes = None
            self.pixels = max(min(FREE_SIZE_PIXELS, free_pixels), LEAST_SIDE**2)
            self.longest, self.ratio = self.pixels, math.inf
        else:
            self.sizes = sizes.limited(free_pixels)
            self.pixels = self.sizes.maximum_pixels
            self.longest = sizes.maximum_side
            self.ratio = min(MAX_RATIO, self.longest / sizes.minimum_side)
        self.side = min(math.isqrt(self.pixels), self.longest)

    def steps(self) -> Iterator[ExpansionStep]:
        """All steps in order."""
        if self._fits_at_once():
            yield self._whole(StepKind.step)
        elif self._needs_layout():
            yield from self._laid_out()
        else:
            yield from self._rings()

    def _fits_at_once(self) -> bool:
        if self.sizes is None:
            return False
        largest = math.sqrt(self.pixels / self.frame.area)
        return min(largest, self.longest / self.frame.extent.long_side) >= SOFTEST_SCALE

    def _needs_layout(self) -> bool:
        """Whether steps from the inside out would lose the thread: more than two rings, or two
        where more is new than known."""
        if self.sizes is None or not self.settings.refines:
            return False
        width, height = self.frame.extent
        if width * height > self.settings.coarse_pixels:
            return False
        if max(width, height) > self.ratio * min(width, height):
            return False
        deep = self._deepest_strip()
        across = max(self.known.x - self.frame.x, self.frame.right - self.known.right)
        down = max(self.known.y - self.frame.y, self.frame.bottom - self.known.bottom)
        return any(
            growth > 2 * deep or growth > max(deep, extent)
            for growth, extent in ((across, self.known.width), (down, self.known.height))
        )

    # One ring after the other.

    def _rings(self) -> Iterator[ExpansionStep]:
        known = self.known
        while known != self.frame:
            grown = self._next_ring(known)
            yield from self._ring(known, grown)
            known = grown

    def _next_ring(self, known: Bounds) -> Bounds:
        deepest = min(self._deepest_strip(), max(min(known.extent), LEAST_DEPTH))
        return Bounds.from_corners(
            known.x - _share(known.x - self.frame.x, deepest),
            known.y - _share(known.y - self.frame.y, deepest),
            known.right + _share(self.frame.right - known.right, deepest),
            known.bottom + _share(self.frame.bottom - known.bottom, deepest),
        )

    def _deepest_strip(self) -> int:
        """How many new px a crop holds beside their overlap; copying wants as many known ones."""
        return (
            self.side // 2 if self.sizes is None else int(self.side / (1 + self.settings.overlap))
        )

    def _ring(self, known: Bounds, grown: Bounds) -> Iterator[ExpansionStep]:
        x, right = _Span(known.x, known.right), _Span(grown.x, grown.right)
        y, bottom = _Span(known.y, known.bottom), _Span(grown.y, grown.bottom)
        columns = self._outward(x, right, y.length, COPIED_ASIDE)
        rows = self._outward(y, bottom, x.length, COPIED_ABOVE_AND_BELOW)
        for column in columns:
            for row in self._along(y, column.crop.length):
                yield self._made_of(column, row)
        for row in rows:
            for column in self._along(x, row.crop.length):
                yield self._made_of(column, row)
        for row in rows:
            for column in columns:
                yield self._made_of(column, row)

    def _outward(
        self, known: _Span, grown: _Span, along: int, copied: tuple[float, float]
    ) -> list[_Cell]:
        """The strips before and after the known span, where it grows there."""
        cells = []
        if (depth := known.start - grown.start) > 0:
            inward = min(self._inward(depth, along, copied[0]), known.length)
            new = _Span(grown.start, known.start)
            cells.append(_Cell(new, _Span(new.start, new.stop + inward), inward))
        if (depth := grown.stop - known.stop) > 0:
            inward = min(self._inward(depth, along, copied[1]), known.length)
            new = _Span(known.stop, grown.stop)
            cells.append(_Cell(new, _Span(new.start - inward, new.stop), inward))
        return cells

    def _inward(self, depth: int, along: int, copied: float) -> int:
        """px of known picture that a strip's crop would like to reach into.

        A model gets a crop as square as its size allows. Patch fill copies, so it gets no more than
        it must make (`copied` of that); else it brings eyes, faces and towers from further inside.
        """
        if self.sizes is None:
            wanted = max(round(copied * depth), LEAST_COPIED)
        else:
            wanted = self.side - depth
            if wanted > (room := int(self.ratio * max(along, LEAST_SIDE)) - depth):
                wanted = room
        return max(min(wanted, self.side - depth), self._overlap(depth))

    def _overlap(self, depth: int) -> int:
        return max(self.settings.least_overlap, math.ceil(self.settings.overlap * depth))

    def _along(self, known: _Span, depth: int) -> list[_Cell]:
        """A strip's length in pieces that a crop holds, each with the end of the one before."""
        longest = min(self.pixels // depth, self.longest)
        if self.ratio < math.inf:
            longest = min(longest, max(int(self.ratio * depth), LEAST_SIDE))
        if known.length <= longest:
            return [_Cell(known, known)]
        fresh = int(longest / (1 + self.settings.overlap))
        seen = longest - fresh
        count = math.ceil(known.length / fresh)
        edges = [known.start + known.length * i // count for i in range(count + 1)]
        return [
            _Cell(_Span(start, stop), _Span(max(start - seen, known.start), stop))
            for start, stop in itertools.pairwise(edges)
        ]

    def _made_of(self, column: _Cell, row: _Cell) -> ExpansionStep:
        overlap = min(cell.overlap for cell in (column, row) if cell.overlap is not None)
        crop, new = _rectangle(column.crop, row.crop), _rectangle(column.new, row.new)
        return self._step(StepKind.step, crop, (new,), overlap)

    def _step(
        self,
        kind: StepKind,
        context: Bounds,
        masks: tuple[Bounds, ...],
        overlap: int,
        ramps: Ramps = NO_RAMPS,
    ) -> ExpansionStep:
        return ExpansionStep(kind, plan_crop(context, self.sizes), masks, overlap, ramps)

    def _whole(self, kind: StepKind) -> ExpansionStep:
        """One step for the whole frame, around all that is known."""
        wider = self.frame.width > self.known.width
        higher = self.frame.height > self.known.height
        overlap = min(
            self.known.width if wider else self.known.height,
            self.known.height if higher else self.known.width,
        )
        return self._step(kind, self.frame, new_areas(self.known, self.frame), overlap)

    # A layout first, then tiles.

    def _laid_out(self) -> Iterator[ExpansionStep]:
        coarse = self._whole(StepKind.coarse)
        yield coarse
        levels = max(1, math.ceil(math.log(1 / coarse.scale) / math.log(LEVEL_FACTOR)))
        for level in range(1, levels + 1):
            yield from self._tiles(coarse.scale ** (1 - level / levels))

    def _tiles(self, scale: float) -> Iterator[ExpansionStep]:
        side = int(self.side / scale)
        overlap = side - int(side / (1 + self.settings.overlap))
        for context, ramps in plan_tiles(self.frame, Extent(side, side), overlap):
            masks = new_areas(self.known, context)
            if masks:
                yield self._step(StepKind.tile, context, masks, overlap, ramps)


def _share(growth: int, deepest: int) -> int:
    """The first of equal shares of a side's growth, none above `deepest`."""
    return math.ceil(growth / math.ceil(growth / deepest)) if growth else 0


def _rectangle(across: _Span, down: _Span) -> Bounds:
    return Bounds.from_corners(across.start, down.start, across.stop, down.stop)
