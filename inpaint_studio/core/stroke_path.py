"""The way of a stroke: from the pointer's reports to a smooth line, however often they come."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from inpaint_studio.geometry import Point

LONGEST_REACH = 32.0
"""Distance in px on the screen at which full smoothing follows the pointer."""


@dataclass(frozen=True)
class Sample:
    """One report of the pointer: document coordinates, and pressure 0..1 (1 for a mouse)."""

    point: Point
    pressure: float = 1.0

    def halfway_to(self, other: Sample) -> Sample:
        """The sample in the middle of two."""
        return self.toward(other, 0.5)

    def toward(self, other: Sample, t: float) -> Sample:
        """The sample at fraction t (0..1) of the way to another."""
        a, b = self.point, other.point
        point = Point(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t)
        return Sample(point, self.pressure + (other.pressure - self.pressure) * t)


class StrokePath:
    """Smooths reports and joins them by curves; each call returns the new piece as a polyline.

    `reach` is the distance in px at which the line follows the pointer, 0 for no smoothing. It is
    measured along the way and not in reports or in time: 125 reports a second, 1000, or a burst
    of late ones draw the same line.
    """

    def __init__(self, reach: float) -> None:
        self._reach = reach
        self._raw: Sample | None = None
        self._smooth: Sample | None = None
        self._drawn: Sample | None = None

    def extend(self, sample: Sample) -> list[Sample]:
        """The piece that a report adds: from what was drawn last, or the first point alone.

        A report from the very same place adds nothing; only its pressure counts.
        """
        raw, smooth, drawn = self._raw, self._smooth, self._drawn
        self._raw = sample
        if raw is None or smooth is None or drawn is None:
            self._smooth = self._drawn = sample
            return [sample]
        if sample.point == raw.point:
            return [replace(drawn, pressure=sample.pressure)]
        self._smooth = self._follow(smooth, raw, sample)
        # Curves run from midpoint to midpoint with the report between them as control point.
        self._drawn = smooth.halfway_to(self._smooth)
        return _quadratic(drawn, smooth, self._drawn)

    def finish(self) -> list[Sample]:
        """The last piece, up to where the pointer left; empty without reports."""
        if self._raw is None or self._smooth is None or self._drawn is None:
            return []
        return _quadratic(self._drawn, self._smooth, self._raw)

    def _follow(self, smooth: Sample, raw: Sample, sample: Sample) -> Sample:
        """A first-order low-pass over the straight way from `raw` to `sample`, solved exactly.

        Exact, the result does not depend on the pieces in which that way was reported.
        """
        way = raw.point.distance_to(sample.point)
        if self._reach <= 0:
            return sample
        keep = math.exp(-way / self._reach)
        behind = self._reach / way

        def solved(last: float, start: float, end: float) -> float:
            lag = (end - start) * behind
            return end - lag + (last - start + lag) * keep

        return Sample(
            Point(
                solved(smooth.point.x, raw.point.x, sample.point.x),
                solved(smooth.point.y, raw.point.y, sample.point.y),
            ),
            min(max(solved(smooth.pressure, raw.pressure, sample.pressure), 0.0), 1.0),
        )


def reach_of(smoothing: float, view_scale: float) -> float:
    """The reach in document px of a smoothing (0..1), at that many screen px per document px.

    A hand shakes by the same way on the screen at every zoom. The square gives fine steps where
    smoothing is light.
    """
    return LONGEST_REACH * smoothing**2 / view_scale


def _quadratic(start: Sample, control: Sample, end: Sample) -> list[Sample]:
    """A quadratic curve as points at most about 4 px apart (straight ones get only their ends)."""
    length = start.point.distance_to(control.point) + control.point.distance_to(end.point)
    bend = length - start.point.distance_to(end.point)
    pieces = 1 if bend < 0.25 else min(64, max(2, math.ceil(length / 4)))
    points = [start]
    for i in range(1, pieces):
        t = i / pieces
        points.append(start.toward(control, t).toward(control.toward(end, t), t))
    # Not computed like the others, which would round it: pieces join at the very same point.
    return [*points, end]
