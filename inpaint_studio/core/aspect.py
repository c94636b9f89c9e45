"""Shapes of a frame: ratios, anchors, and what a dragged edge snaps to. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from inpaint_studio.geometry import Bounds, Extent

MAX_SIDE = 16384
"""px. The longest side of a frame."""
ROUND_SIZES = (
    256, 320, 480, 512, 600, 640, 720, 768, 800, 900, 1000, 1024, 1080, 1200, 1280, 1350, 1440,
    1536, 1600, 1800, 1920, 2000, 2048, 2160, 2400, 2560, 2880, 3000, 3072, 3200, 3440, 3600, 3840,
    4000, 4096, 4320, 5000, 5120, 6000, 6144, 7680, 8000, 8192, 10000, 12000, 16384,
)  # fmt: skip
"""px. Lengths that screens, prints, sites and models ask for."""


@dataclass(frozen=True)
class Ratio:
    """Width to height, and what it is called."""

    label: str
    width: int
    height: int

    @property
    def value(self) -> float:
        """Width over height."""
        return self.width / self.height

    @property
    def turned(self) -> Ratio:
        """The same shape on its side."""
        return Ratio(f"{self.height}:{self.width}", self.height, self.width)

    @classmethod
    def parse(cls, text: str) -> Ratio:
        """From "16:9", "2.35:1" or "1.85". Raises ValueError for anything else."""
        first, _, second = text.replace("/", ":").partition(":")
        across, down = Fraction(first.strip()), Fraction(second.strip() or 1)
        if down <= 0 or not down / 100 <= across <= down * 100:
            raise ValueError(f"no ratio of a picture: {text}")
        ratio = across / down
        return cls(text.strip(), ratio.numerator, ratio.denominator)


RATIOS = (
    Ratio("1:1", 1, 1),
    Ratio("4:5", 4, 5),
    Ratio("3:2", 3, 2),
    Ratio("16:9", 16, 9),
    Ratio("9:16", 9, 16),
    Ratio("21:9", 21, 9),
    Ratio("A portrait", 210, 297),
    Ratio("A landscape", 297, 210),
)
"""The presets. A-series sheets (ISO 216) all have the shape of A4, in whole millimetres."""


class Anchor(Enum):
    """Where the picture stays in a frame that gets another shape: (x, y) in halves."""

    top_left = (0, 0)
    top = (1, 0)
    top_right = (2, 0)
    left = (0, 1)
    centre = (1, 1)
    right = (2, 1)
    bottom_left = (0, 2)
    bottom = (1, 2)
    bottom_right = (2, 2)

    def placed(self, extent: Extent, around: Bounds) -> Bounds:
        """A rectangle of that extent, grown or shrunk from `around` away from the anchor."""
        across, down = self.value
        x = around.x + (around.width - extent.width) * across // 2
        y = around.y + (around.height - extent.height) * down // 2
        return Bounds(x, y, extent.width, extent.height)


def frame_for_ratio(source: Bounds, ratio: Ratio, anchor: Anchor = Anchor.centre) -> Bounds:
    """The smallest frame of that ratio that holds all of `source`; whole px, so nearly exact."""
    by_height = _divided(source.height * ratio.width, ratio.height)
    by_width = _divided(source.width * ratio.height, ratio.width)
    extent = Extent(max(source.width, by_height), max(source.height, by_width))
    return anchor.placed(extent, source)


def crop_for_ratio(source: Bounds, ratio: Ratio, anchor: Anchor = Anchor.centre) -> Bounds:
    """The largest frame of that ratio inside `source`; `anchor` says which part stays."""
    by_height = _divided(source.height * ratio.width, ratio.height)
    by_width = _divided(source.width * ratio.height, ratio.width)
    extent = Extent(min(source.width, max(by_height, 1)), min(source.height, max(by_width, 1)))
    return anchor.placed(extent, source)


class Snap(NamedTuple):
    """A length in px that a dragged side stops at, and what that is; no hint where it is free."""

    length: int
    hint: str = ""


def snapped(length: int, across: int, also: Sequence[Snap], tolerance: float) -> Snap:
    """The length nearest to `length` that is worth stopping at, or `length` itself.

    `across`: the other side, for the ratios; `also`: more lengths, such as the picture's own. All
    in px, `tolerance` too. On a tie `also` wins over ratios and ratios over round sizes.
    """
    shapes = [*RATIOS, *(ratio.turned for ratio in RATIOS)]
    stops = (
        *also,
        *(Snap(round(across * shape.value), shape.label) for shape in shapes),
        *(Snap(size, f"{size} px") for size in ROUND_SIZES),
    )
    near = [
        stop
        for stop in stops
        if 0 < stop.length <= MAX_SIDE and abs(stop.length - length) <= tolerance
    ]
    return min(near, key=lambda stop: abs(stop.length - length), default=Snap(length))


def describe(frame: Bounds) -> str:
    """The size as people read it: "3840 × 2160 · 8.3 MP"."""
    return f"{frame.width} × {frame.height} · {frame.area / 1e6:.1f} MP"


def _divided(value: int, by: int) -> int:
    """Rounded to the nearest whole number, halves up."""
    return (2 * value + by) // (2 * by)
