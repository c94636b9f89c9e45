"""What the benchmarks share: pictures, clocks and the rows of the table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import psutil
from PIL import Image


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, the value with its unit, and the budget to stay under."""

    what: str
    value: float
    unit: str
    budget: float | None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return ""
        return "ok" if self.value <= self.budget else "OVER"


class Clock:
    """Seconds of wall time and of this thread's processor time."""

    def __init__(self) -> None:
        self.wall = 0.0
        self.cpu = 0.0


@contextmanager
def clock() -> Iterator[Clock]:
    """Measures the block."""
    result = Clock()
    wall, cpu = time.perf_counter(), time.thread_time()
    yield result
    result.wall, result.cpu = time.perf_counter() - wall, time.thread_time() - cpu


def repeat(count: int, action: Callable[[int], object]) -> tuple[float, float]:
    """Median and maximum of this thread's processor time per call, in ms."""
    times = []
    for i in range(count):
        with clock() as spent:
            action(i)
        times.append(spent.cpu * 1000)
    return statistics.median(times), max(times)


def rss_mib() -> float:
    """Resident memory of this process in MiB."""
    return psutil.Process().memory_info().rss / 2**20


def photo_like(side: int, seed: int = 7) -> np.ndarray:
    """RGB uint8 side x side: soft shapes with grain, which compresses about like a photo.

    One tile of 2048 px, repeated: its period is far beyond what a PNG's compression looks back.
    """
    tile = min(side, 2048)
    rng = np.random.default_rng(seed)
    total = np.full((tile, tile, 3), 128, np.float32)
    for cells, strength in ((6, 70), (48, 35), (400, 12)):
        coarse = rng.normal(size=(cells, cells, 3)).astype(np.float32)
        for channel in range(3):
            layer = Image.fromarray(coarse[..., channel])
            wide = layer.resize((tile, tile), Image.Resampling.BICUBIC)
            total[..., channel] += np.asarray(wide) * strength
    total += rng.normal(scale=2.5, size=(tile, tile, 1)).astype(np.float32)
    repeats = -(-side // tile)
    return np.tile(np.clip(total, 0, 255).astype(np.uint8), (repeats, repeats, 1))[:side, :side]
