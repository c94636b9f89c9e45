"""How hard a pen is pressed, bent to the hand that holds it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

MOST_POINTS = 6


@dataclass(frozen=True)
class PressureCurve:
    """A curve from pressure (0..1) to effect (0..1) that never falls and never overshoots.

    `points`: 2 to 6 of (pressure, effect), pressures rising from 0 to 1. Between them runs a
    monotone cubic (Fritsch and Carlson, Monotone Piecewise Cubic Interpolation, SIAM J. Numer.
    Anal. 17, 1980); two points make a straight line. Raises ValueError for other points.
    """

    points: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))

    def __post_init__(self) -> None:
        pressures = [x for x, _ in self.points]
        effects = [y for _, y in self.points]
        rises = all(a < b for a, b in pairwise(pressures))
        never_falls = all(a <= b for a, b in pairwise(effects))
        if not (2 <= len(self.points) <= MOST_POINTS and rises and never_falls):
            raise ValueError(f"{self.points} is no rising curve")
        if (pressures[0], pressures[-1]) != (0.0, 1.0) or effects[0] < 0 or effects[-1] > 1:
            raise ValueError(f"{self.points} does not lie in 0..1")

    @classmethod
    def from_text(cls, text: str) -> PressureCurve:
        """The curve that `to_text` wrote; the straight one if the text holds no curve."""
        try:
            rows = [[float(number) for number in row.split()] for row in text.split(",")]
            return cls(tuple((x, y) for x, y in rows))
        except ValueError:
            return cls()

    def to_text(self) -> str:
        """Like "0 0, 0.5 0.7, 1 1", with three decimals."""
        return ", ".join(f"{x:.3g} {y:.3g}" for x, y in self.points)

    def at(self, pressure: float) -> float:
        """The effect (0..1) of a pressure; pressures beyond 0..1 count as the nearest."""
        x = min(max(pressure, 0.0), 1.0)
        i = min(bisect_right(self.points, x, key=lambda point: point[0]), len(self.points) - 1)
        (x0, y0), (x1, y1) = self.points[i - 1], self.points[i]
        t = (x - x0) / (x1 - x0)
        if len(self.points) == 2:
            return y0 + (y1 - y0) * t
        return _hermite(t, y0, y1, *(m * (x1 - x0) for m in self._slopes[i - 1 : i + 1]))

    @cached_property
    def _slopes(self) -> tuple[float, ...]:
        """The slope at each point, limited so that no piece rises above its ends."""
        steps = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(self.points)]
        inner = [_limited((a + b) / 2, a, b) for a, b in pairwise(steps)]
        return (_limited(steps[0], steps[0]), *inner, _limited(steps[-1], steps[-1]))


def _limited(slope: float, *steps: float) -> float:
    """At most three times the flattest neighbour: the square in Fritsch and Carlson's region."""
    return min(slope, *(3 * step for step in steps))


def _hermite(t: float, y0: float, y1: float, slope0: float, slope1: float) -> float:
    """The cubic from y0 to y1 with those slopes, at t (0..1); rounding never leaves the ends."""
    value = ((2 * t - 3) * t * t * (y0 - y1) + y0 + ((t - 2) * t + 1) * t * slope0) + (
        t - 1
    ) * t * t * slope1
    return min(max(value, y0), y1)


LINEAR = PressureCurve()
SOFT = PressureCurve(((0.0, 0.0), (0.3, 0.55), (1.0, 1.0)))
"""A light touch already has much effect."""
FIRM = PressureCurve(((0.0, 0.0), (0.6, 0.3), (1.0, 1.0)))
"""Takes pressing."""
