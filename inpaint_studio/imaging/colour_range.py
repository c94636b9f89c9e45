"""Which pixels have about some colours: a soft choice by distance in Oklab, as a person sees it.

Oklab: B. Ottosson, "A perceptual color space for image processing", 2020. Distances are counted
in hundredths, so that black and white are 100 apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from inpaint_studio.imaging.pixels import multiply_255, to_rgb

MOST_FUZZINESS = 200
REACH = 0.25
"""Distance at which a colour counts no more, per step of fuzziness: 50 at 200."""
_STEPS = 1 << 18
"""Steps of cone responses between 0 and 1: the darkest grey but black has 80 of them."""
_BAND = 256
"""Rows worked on at a time: their arrays stay in the processor's cache."""
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)

Colour = tuple[int, int, int]
"""Red, green, blue, 0..255."""


@dataclass(frozen=True)
class ColourRange:
    """The colours that are meant, those that are not, and how far others may be from them.

    `fuzziness` 0..200: 0 takes the very colours only.
    """

    colours: tuple[Colour, ...] = ()
    without: tuple[Colour, ...] = ()
    fuzziness: int = 40


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Three planes of sRGB uint8 HxWx3: lightness 0..100, green to red, blue to yellow.

    float32 3xHxW. Within 0.2 of the formula: less than what one step of a channel changes.
    """
    tables, roots = _tables()
    red, green, blue = (np.ascontiguousarray(rgb[..., channel]) for channel in range(3))
    cones = [roots[r[red] + g[green] + b[blue]] for r, g, b in tables]
    lab = np.empty((3, *rgb.shape[:2]), np.float32)
    for i, weights in enumerate(_TO_LAB.astype(np.float32)):
        np.multiply(cones[0], weights[0], out=lab[i])
        lab[i] += cones[1] * weights[1]
        lab[i] += cones[2] * weights[2]
    return lab


def values_in_range(lab: np.ndarray, wanted: ColourRange) -> np.ndarray:
    """How much each pixel of `oklab` belongs to the range, uint8 HxW.

    255 up to half of the distance that the fuzziness allows, then falling evenly to 0.
    """
    values = _near(lab, wanted.colours, wanted.fuzziness)
    if wanted.without:
        np.minimum(values, 255 - _near(lab, wanted.without, wanted.fuzziness), out=values)
    return values


class RangeTable:
    """What `values_in_range` says of each colour, worked out when a colour is first met.

    Photos have far fewer colours than pixels. 32 MiB where all colours are met. Several threads
    may use one: at worst they work out the same twice.
    """

    def __init__(self, wanted: ColourRange) -> None:
        self._wanted = wanted
        # 0 is a colour that wasn't met yet, else its value and 1.
        self._known = np.zeros(1 << 24, np.uint16)

    def select(self, picture: np.ndarray) -> np.ndarray:
        """uint8 HxW for premultiplied BGRA uint8 HxWx4; what is transparent belongs less to it."""
        values = np.empty(picture.shape[:2], np.uint8)
        for top in range(0, len(picture), _BAND):
            rows = picture[top : top + _BAND]
            found = self._look_up(to_rgb(rows))
            if rows[..., 3].min(initial=255) < 255:
                found = multiply_255(found, rows[..., 3])
            values[top : top + _BAND] = found
        return values

    def _look_up(self, rgb: np.ndarray) -> np.ndarray:
        codes = rgb[..., 0].astype(np.intp)
        for channel in (1, 2):
            codes <<= 8
            codes |= rgb[..., channel]
        found = self._known.take(codes)
        unknown = found == 0
        if unknown.any():
            self._learn(codes[unknown].astype(np.int32))
            found = self._known.take(codes)
        found -= 1
        return found.astype(np.uint8)

    def _learn(self, codes: np.ndarray) -> None:
        # Sorted and thinned out by hand: numpy's `unique` takes twenty times as long.
        codes.sort()
        codes = codes[np.append(True, codes[1:] != codes[:-1])]
        rgb = np.stack([codes >> 16, codes >> 8, codes], axis=-1).astype(np.uint8)
        values = values_in_range(oklab(rgb[None]), self._wanted)[0]
        self._known[codes] = values.astype(np.uint16) + 1


def _near(lab: np.ndarray, colours: tuple[Colour, ...], fuzziness: int) -> np.ndarray:
    """255 where one of the colours is near, less where the nearest is further away."""
    if not colours:
        return np.zeros(lab.shape[1:], np.uint8)
    reach = max(fuzziness * REACH, 1e-3)
    nearest: np.ndarray | None = None
    for target in oklab(np.array([colours], np.uint8))[:, 0].T:
        distance = np.square(lab[0] - target[0])
        distance += np.square(lab[1] - target[1])
        distance += np.square(lab[2] - target[2])
        nearest = distance if nearest is None else np.minimum(nearest, distance, out=nearest)
    assert nearest is not None
    np.sqrt(nearest, out=nearest)
    nearest *= -255 / (reach / 2)
    nearest += 255 * 2 + 0.5
    np.clip(nearest, 0, 255, out=nearest)
    return nearest.astype(np.uint8)


@cache
def _tables() -> tuple[list[tuple[np.ndarray, np.ndarray, np.ndarray]], np.ndarray]:
    """For each cone what the 256 values of red, green and blue add to it, and its cube roots."""
    srgb = np.arange(256) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    tables = []
    for row in _TO_CONES:
        parts = np.rint(row[:, None] * linear * _STEPS).astype(np.int32)
        tables.append((parts[0], parts[1], parts[2]))
    roots = np.cbrt(np.arange(_STEPS + 4) / _STEPS) * 100
    return tables, roots.astype(np.float32)
