"""Hands made of arithmetic: a way over the paper, a speed, a tremor, and how often it is told.

Nobody's real strokes are in the repository. These move as hands do: they start and stop softly,
tremble a little, and a mouse tells whole pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tests.strokes.recording import RecordedStroke, Recording, Report

Way = Callable[[float], tuple[float, float]]
"""From 0..1 to document coordinates."""
Pressing = Callable[[float], float]
"""From 0..1 to pressure."""
FINE = 4000
"""Moments a second in which a hand trembles, finer than any device reports."""


def reports(
    way: Way,
    seconds: float,
    rate: int,
    *,
    pressing: Pressing = lambda _t: 1.0,
    tremor: float = 0.0,
    whole_pixels: bool = False,
) -> tuple[Report, ...]:
    """The reports of a device that tells `rate` a second; `tremor` is its deviation in px."""
    moments = round(seconds * FINE)
    shake = _tremor(moments + 1, tremor)
    result = []
    for i in range(0, moments + 1, FINE // rate):
        along = _soft_start(i / moments)
        x, y = way(along)
        x, y = x + float(shake[i, 0]), y + float(shake[i, 1])
        if whole_pixels:
            x, y = round(x), round(y)
        pressure = min(max(pressing(along), 0.0), 1.0)
        result.append(Report(round(i * 1000 / FINE), round(x, 3), round(y, 3), round(pressure, 4)))
    return tuple(result)


def line(x0: float, y0: float, x1: float, y1: float) -> Way:
    """Straight."""
    return lambda t: (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)


def wave(x0: float, x1: float, y: float, height: float, waves: float) -> Way:
    """A sine from left to right."""
    return lambda t: (x0 + (x1 - x0) * t, y + height * math.sin(2 * math.pi * waves * t))


def spiral(x: float, y: float, radius: float, turns: float) -> Way:
    """From the middle outward."""

    def at(t: float) -> tuple[float, float]:
        angle, far = 2 * math.pi * turns * t, radius * (0.15 + 0.85 * t)
        return x + far * math.cos(angle), y + far * math.sin(angle)

    return at


def zigzag(x0: float, x1: float, y: float, height: float, teeth: int) -> Way:
    """Straight runs with sharp turns."""

    def at(t: float) -> tuple[float, float]:
        phase = t * teeth
        tooth = abs(phase % 2 - 1)
        return x0 + (x1 - x0) * t, y + height * (2 * tooth - 1)

    return at


def swelling(t: float) -> float:
    """Ever harder to the middle, then lighter again."""
    return 0.08 + 0.9 * math.sin(math.pi * t)


def all_recordings() -> list[Recording]:
    """What the tests replay."""
    hard = {"size": 24.0, "hardness": 1.0, "opacity": 1.0, "smoothing": 0.2}
    soft = hard | {"size": 60.0, "hardness": 0.2}
    by_size = {"pressure_to_size": True, "pressure_to_opacity": False}
    by_opacity = {"pressure_to_size": False, "pressure_to_opacity": True}
    neither = {"pressure_to_size": False, "pressure_to_opacity": False}
    over = spiral(190, 140, 110, 2.5)
    across = line(30, 60, 350, 220)
    return [
        Recording(
            "pen-slow-soft",
            "A slow soft wave, pressed ever harder and lighter again, 250 reports a second.",
            soft | by_size,
            (
                RecordedStroke(
                    reports(wave(40, 340, 140, 70, 1.5), 2.0, 250, pressing=swelling, tremor=0.3)
                ),
            ),
        ),
        Recording(
            "pen-fast-hard",
            "A fast hard spiral in 0.4 s, 125 reports a second: far between.",
            hard | by_size,
            (RecordedStroke(reports(over, 0.4, 125, pressing=lambda t: 0.4 + 0.6 * t)),),
        ),
        Recording(
            "pen-1000hz",
            "The same spiral, reported 1000 times a second.",
            hard | by_size,
            (RecordedStroke(reports(over, 0.4, 1000, pressing=lambda t: 0.4 + 0.6 * t)),),
        ),
        Recording(
            "mouse-slow",
            "A mouse, slow: whole pixels, many of them told more than once.",
            hard | neither,
            (
                RecordedStroke(
                    reports(across, 2.5, 125, tremor=0.5, whole_pixels=True), device="mouse"
                ),
            ),
        ),
        Recording(
            "mouse-1000hz-zigzag",
            "A gaming mouse, fast, with sharp turns.",
            hard | neither | {"size": 9.0},
            (
                RecordedStroke(
                    reports(zigzag(20, 360, 140, 90, 9), 0.9, 1000, whole_pixels=True),
                    device="mouse",
                ),
            ),
        ),
        Recording(
            "pressure-to-opacity",
            "Pressure makes it denser, by a curve that takes pressing; the second stroke crosses.",
            hard | by_opacity | {"size": 40.0, "hardness": 0.6, "opacity": 0.8},
            (
                RecordedStroke(reports(across, 0.8, 250, pressing=lambda t: t)),
                RecordedStroke(reports(line(60, 240, 330, 40), 0.8, 250, pressing=swelling)),
            ),
            curves={"opacity_curve": "0 0, 0.6 0.3, 1 1"},
        ),
        Recording(
            "eraser-end",
            "Painted with the tip, then a soft cut with the pen's other end.",
            soft | by_size,
            (
                RecordedStroke(reports(across, 0.8, 250)),
                RecordedStroke(
                    reports(line(120, 240, 260, 40), 0.5, 250, pressing=lambda _t: 0.6),
                    device="eraser",
                ),
                RecordedStroke(reports(line(60, 250, 120, 250), 0.3, 250)),
            ),
        ),
        Recording(
            "eraser-tool",
            "A mouse paints, then erases with the eraser in hand, both at 70 % opacity.",
            hard | neither | {"size": 50.0, "hardness": 0.5, "opacity": 0.7},
            (
                RecordedStroke(reports(across, 0.6, 125, whole_pixels=True), device="mouse"),
                RecordedStroke(
                    reports(line(190, 30, 190, 250), 0.5, 125, whole_pixels=True),
                    device="mouse",
                    tool="eraser",
                ),
            ),
        ),
        Recording(
            "shift-click-lines",
            "A tap, then Shift-clicks: a straight-sided shape.",
            hard | neither,
            tuple(
                RecordedStroke((Report(0, x, y),), device="mouse", shift=i > 0)
                for i, (x, y) in enumerate([(60, 60), (320, 80), (280, 230), (90, 200), (60, 60)])
            ),
        ),
        Recording(
            "trembling-smoothed",
            "A hand that shakes by 2 px, evened out by full smoothing.",
            hard | neither | {"size": 6.0, "smoothing": 1.0},
            (RecordedStroke(reports(wave(30, 350, 140, 60, 1), 1.6, 250, tremor=2.0)),),
        ),
        Recording(
            "pressed-in-place",
            "Two taps: the pen comes down lightly and is then pressed without moving.",
            hard | by_size | {"size": 80.0},
            (
                RecordedStroke(tuple(Report(4 * i, 110, 140, 0.05 * i) for i in range(1, 17))),
                RecordedStroke(tuple(Report(i, 270, 140, 0.0125 * i) for i in range(4, 65))),
            ),
        ),
    ]


def _soft_start(t: float) -> float:
    """Minimum jerk: how hands move from rest to rest."""
    return t**3 * (10 - 15 * t + 6 * t * t)


def _tremor(count: int, deviation: float) -> np.ndarray:
    """A shake of about 10 Hz, float64 countx2."""
    noise = np.random.default_rng(7).normal(size=(count + FINE, 2))
    window = np.hanning(FINE // 10)
    smooth = np.stack([np.convolve(noise[:, i], window, "same")[:count] for i in range(2)], 1)
    return smooth * (deviation / smooth.std())
