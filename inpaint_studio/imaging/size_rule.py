"""The sizes a model can work at."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class SizeRule:
    """Sides are multiples of `multiple` px; the area lies between the two numbers of pixels.

    `minimum_side` and `maximum_side` in px bound each side.
    """

    multiple: int = 8
    minimum_pixels: int = 512 * 512
    maximum_pixels: int = 1024 * 1024
    minimum_side: int = 256
    maximum_side: int = 2048

    def limited(self, pixels: int | None) -> SizeRule:
        """The same rule for no more than that many px (None: any), never below its own minimum."""
        if pixels is None:
            return self
        most = max(min(self.maximum_pixels, pixels), self.minimum_pixels)
        return replace(self, maximum_pixels=most)
