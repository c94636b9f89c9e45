"""The numbers a field can hold, and how far along its slider each lies."""

from __future__ import annotations

import math
from dataclasses import dataclass

_LOG_STEP = 1.1
"""One step of a logarithmic range: a brush grows by a tenth, whatever its size."""


@dataclass(frozen=True)
class ValueRange:
    """`minimum` to `maximum` inclusive, in steps of `step`, shown with `decimals` places.

    Raises ValueError if the range is empty, or logarithmic and not above zero.
    """

    minimum: float
    maximum: float
    step: float = 1.0
    decimals: int = 0
    logarithmic: bool = False

    def __post_init__(self) -> None:
        if not self.minimum < self.maximum:
            raise ValueError(f"Empty range {self.minimum} to {self.maximum}")
        if self.logarithmic and self.minimum <= 0:
            raise ValueError("A logarithmic range has to start above zero")

    def clamped(self, value: float) -> float:
        """The nearest value that the range holds and its decimals can show."""
        inside = min(max(value, self.minimum), self.maximum)
        return min(max(round(inside, self.decimals), self.minimum), self.maximum)

    def fraction(self, value: float) -> float:
        """How far along the slider `value` lies: 0 to 1."""
        value = min(max(value, self.minimum), self.maximum)
        if self.logarithmic:
            return math.log(value / self.minimum) / math.log(self.maximum / self.minimum)
        return (value - self.minimum) / (self.maximum - self.minimum)

    def value_at(self, fraction: float) -> float:
        """The value at 0 to 1 along the slider; fractions beyond the ends give the ends."""
        fraction = min(max(fraction, 0.0), 1.0)
        if self.logarithmic:
            return self.clamped(self.minimum * (self.maximum / self.minimum) ** fraction)
        return self.clamped(self.minimum + fraction * (self.maximum - self.minimum))

    def stepped(self, value: float, steps: int) -> float:
        """`value` moved by whole steps. A logarithmic step is a tenth, and at least `step`."""
        linear = value + steps * self.step
        if not self.logarithmic:
            return self.clamped(linear)
        scaled = value * _LOG_STEP**steps
        return self.clamped(max(linear, scaled) if steps > 0 else min(linear, scaled))
