"""Large pictures in bands of rows, so that conversions need little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

OnProgress = Callable[[float], None]
"""Called with 0..1 every so often, in the thread that does the work. May raise to stop it."""

_BAND_PIXELS = 1 << 19
"""2 MiB of BGRA: stays in the processor's cache through the steps of a conversion."""


def row_bands(height: int, width: int) -> Iterator[slice]:
    """Slices of rows from top to bottom."""
    step = max(1, _BAND_PIXELS // max(1, width))
    for top in range(0, height, step):
        yield slice(top, min(height, top + step))


def is_opaque(pixels: np.ndarray) -> bool:
    """Whether every alpha of BGRA uint8 HxWx4 is 255."""
    bands = row_bands(*pixels.shape[:2])
    return all(pixels[rows, :, 3].min(initial=255) == 255 for rows in bands)


def ignore_progress(_fraction: float) -> None:
    """Stand-in where nobody watches."""
