"""How the document is turned and mirrored in the view. Arithmetic only; lengths stay the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from inpaint_studio.geometry import Point

STEP = 15.0
"""Degrees that one command turns the view by."""
_EXACT = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), -90.0: (0.0, -1.0)}
"""Cosine and sine of quarter turns, which floats only come near to."""


@dataclass(frozen=True)
class Turn:
    """First mirrored left to right, then turned clockwise by `degrees`, above -180 to 180."""

    degrees: float = 0.0
    mirrored: bool = False

    @cached_property
    def matrix(self) -> tuple[float, float, float, float]:
        """(a, b, c, d): a point (x, y) goes to (a x + c y, b x + d y)."""
        angle = math.radians(self.degrees)
        cos, sin = _EXACT.get(self.degrees) or (math.cos(angle), math.sin(angle))
        return (-cos, -sin, -sin, cos) if self.mirrored else (cos, sin, -sin, cos)

    @cached_property
    def is_plain(self) -> bool:
        """Whether the document is seen as it is."""
        return not self.mirrored and self.degrees == 0

    @cached_property
    def is_aligned(self) -> bool:
        """Whether its rows and columns run along those of the screen."""
        return self.degrees in _EXACT

    def by(self, degrees: float) -> Turn:
        """Turned clockwise by so much more, as it is seen."""
        return Turn(_normal(self.degrees + degrees), self.mirrored)

    def to(self, degrees: float) -> Turn:
        """Turned to that angle."""
        return Turn(_normal(degrees), self.mirrored)

    def flipped(self) -> Turn:
        """What is seen at the left now is at the right then."""
        return Turn(_opposite(self.degrees), not self.mirrored)

    def apply(self, x: float, y: float) -> Point:
        """Where a direction or distance of the document points in the view."""
        a, b, c, d = self.matrix
        return Point(a * x + c * y, b * x + d * y)

    def undo(self, x: float, y: float) -> Point:
        """The opposite of `apply`."""
        a, b, c, d = self.matrix
        return Point(a * x + b * y, c * x + d * y)

    def box(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is around a turned rectangle."""
        a, b, c, d = self.matrix
        across = (a * left, a * right), (c * top, c * bottom)
        down = (b * left, b * right), (d * top, d * bottom)
        return (
            min(across[0]) + min(across[1]),
            min(down[0]) + min(down[1]),
            max(across[0]) + max(across[1]),
            max(down[0]) + max(down[1]),
        )

    @cached_property
    def inverse(self) -> Turn:
        """The turn whose `apply` is `undo` of this one."""
        # Mirroring before a turn to the right is mirroring after one to the left.
        return self if self.mirrored else Turn(_opposite(self.degrees))


PLAIN = Turn()


def _normal(degrees: float) -> float:
    """The same angle, above -180 to 180."""
    # Steps of 15 degrees are to come back to exactly 0, also after a free turn of a few.
    turned = math.remainder(round(degrees, 6), 360.0)
    return 180.0 if turned == -180.0 else turned + 0.0


def _opposite(degrees: float) -> float:
    return degrees if degrees == 180.0 else 0.0 - degrees
