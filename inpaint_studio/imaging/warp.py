"""Pictures under an affine map. Premultiplied BGRA uint8 HxWx4 in and out.

Premultiplied, because averaging straight colours would draw those of transparent pixels into the
edges. Work goes block by block, so that memory beside the result doesn't grow with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.affine import NEARLY, Affine

BLOCK = 128
"""Side of a block in px: its arrays stay in the processor's cache, and are not large enough to be
asked from the system and given back each time, which would take longer than the work."""
WORTH_THREADS = 1 << 19
"""Pixels from which on threads are worth starting."""
OPAQUE = 0xFF000000


def warped(pixels: np.ndarray, map_: Affine, extent: Extent) -> np.ndarray:
    """The picture of that size (width, height) onto which `map_` takes `pixels`.

    Both have their top left at (0, 0), a pixel covers one unit. Flips and right angles are exact;
    what shrinks is averaged; the rest is interpolated: by a cubic where the picture is opaque, and
    linearly at soft edges, where a cubic would draw halos. Edges are cut by how much of a pixel
    they cover. Returns uint8 HxWx4.
    """
    if map_.keeps_pixels:
        return _rearranged(pixels, map_, extent)
    pixels, map_ = _shrunk(pixels, map_)
    if map_.keeps_pixels:
        return _rearranged(pixels, map_, extent)
    return _interpolated(pixels, map_, extent)


def _rearranged(pixels: np.ndarray, map_: Affine, extent: Extent) -> np.ndarray:
    """A flip or a turn by right angles: the very same pixels in other places."""
    turned = pixels if map_.xx else pixels.swapaxes(0, 1)
    down, across = (map_.yy, map_.xx) if map_.xx else (map_.yx, map_.xy)
    turned = turned[:: round(down), :: round(across)]
    height, width = turned.shape[:2]
    box = Bounds.from_extent((pixels.shape[1], pixels.shape[0]))
    place = map_.bounds_of(box)
    if (place.x, place.y) == (0, 0) and extent == (width, height):
        return np.ascontiguousarray(turned)
    result = np.zeros((extent.height, extent.width, 4), np.uint8)
    inside = place.intersection(Bounds.from_extent(extent))
    if not inside.is_empty:
        result[inside.slices()] = turned[inside.relative_to(place).slices()]
    return result


def _shrunk(pixels: np.ndarray, map_: Affine) -> tuple[np.ndarray, Affine]:
    """The picture as small as `map_` makes it along its own axes, and what is left of the map.

    Without this, pixels between those that are looked at would be lost.
    """
    height, width = pixels.shape[:2]
    along_x, along_y = map_.lengths
    small = Extent(
        max(1, round(width * min(along_x, 1.0))), max(1, round(height * min(along_y, 1.0)))
    )
    if small == (width, height):
        return pixels, map_
    # Pillow knows RGBX as four plain channels. Hamming's window has no negative parts: no halos.
    whole = np.ascontiguousarray(pixels)
    image = Image.frombuffer("RGBX", (width, height), whole, "raw", "RGBX", 0, 1)
    reduced = np.asarray(image.resize(small, Image.Resampling.HAMMING))
    rest = map_.after_scale(width / small.width, height / small.height)
    return reduced, _cleaned(rest)


def _cleaned(map_: Affine) -> Affine:
    """The map without rounding errors around 1 and 0 that scaling there and back has left."""
    xx, xy, yx, yy = (round(v) if abs(v - round(v)) < 1e-9 else v for v in map_[:4])
    return Affine(xx, xy, yx, yy, map_.x0, map_.y0)


def _interpolated(pixels: np.ndarray, map_: Affine, extent: Extent) -> np.ndarray:
    source = _Source(pixels, map_)
    result = np.zeros((extent.height, extent.width, 4), np.uint8)
    blocks = list(_blocks(extent))

    def fill(block: Bounds) -> None:
        source.fill(result[block.slices()], block)

    if extent.area < WORTH_THREADS:
        for block in blocks:
            fill(block)
    else:
        # numpy lets other threads run while it works on a block.
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            list(pool.map(fill, blocks))
    return result


def _blocks(extent: Extent) -> Iterator[Bounds]:
    whole = Bounds.from_extent(extent)
    return (cell.intersection(whole) for cell in whole.tiles(BLOCK))


class _Source:
    """A picture that is looked at in fractional places."""

    def __init__(self, pixels: np.ndarray, map_: Affine) -> None:
        self._height, self._width = pixels.shape[:2]
        self._pixels = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
        self._flat = self._pixels.reshape(-1)
        self._map = map_
        self._back = map_.inverse()

    def fill(self, out: np.ndarray, block: Bounds) -> None:
        """Write the part `block` of the result into `out` (uint8 HxWx4)."""
        reached = self._back.bounds_of(block)
        whole = Bounds(0, 0, self._width, self._height)
        seen = self._pixels[reached.pad(3).intersection(whole).slices()]
        if not seen.any():
            return
        x, y = self._places(block)
        is_inside = whole.pad(-3).contains(reached)
        values = self._values(x, y, is_inside, is_opaque=bool(seen.min() >= OPAQUE))
        if not is_inside:
            values *= self._coverage(x, y)[..., None]
        values += 0.5
        np.copyto(out, values, casting="unsafe")

    def _places(self, block: Bounds) -> tuple[np.ndarray, np.ndarray]:
        """Where the middles of a block's pixels come from; float32 HxW each."""
        back = self._back
        across = np.arange(block.width) + (block.x + 0.5)
        down = (np.arange(block.height) + (block.y + 0.5))[:, None]
        x = back.xx * across + back.xy * down + back.x0
        y = back.yx * across + back.yy * down + back.y0
        return x, y

    def _coverage(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """How much of each pixel the picture's rectangle covers; 0..1, float32 HxW."""
        along_x, along_y = self._map.lengths
        inside_x = np.minimum(x, self._width - x) * along_x
        inside_y = np.minimum(y, self._height - y) * along_y
        covered = np.clip(inside_x + 0.5, 0, 1) * np.clip(inside_y + 0.5, 0, 1)
        return covered.astype(np.float32)

    def _values(
        self, x: np.ndarray, y: np.ndarray, is_inside: bool, *, is_opaque: bool
    ) -> np.ndarray:
        """Interpolated pixels, 0..255, float32 HxWx4. Outside, the picture's edge goes on.

        `is_opaque`: whether all that is looked at is.
        """
        left, across = _split(x)
        top, down = _split(y)
        columns = [left + step for step in range(-1, 3)]
        rows = [top + step for step in range(-1, 3)]
        if not is_inside:
            columns = [np.clip(column, 0, self._width - 1) for column in columns]
            rows = [np.clip(row, 0, self._height - 1) for row in rows]
        rows = [row * self._width for row in rows]
        cubic, linear, solid = self._sums(rows, columns, across, down, is_opaque)
        np.clip(cubic, 0, 255, out=cubic)
        return cubic if linear is None else np.where(solid[..., None], cubic, linear)

    def _sums(
        self,
        rows: list[np.ndarray],
        columns: list[np.ndarray],
        across: np.ndarray,
        down: np.ndarray,
        is_opaque: bool,
    ) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
        """The sixteen pixels around each place by a cubic, the four nearest linearly (None where
        all are opaque), and where all sixteen are opaque."""
        across_weights, down_weights = _cubic_weights(across), _cubic_weights(down)
        near = {1: _each(1 - across), 2: _each(across)}
        shape = (*across.shape, 4)
        cubic, line = np.zeros(shape, np.float32), np.empty(shape, np.float32)
        linear = None if is_opaque else np.zeros(shape, np.float32)
        solid = np.full(across.shape, OPAQUE, np.uint32)
        part = np.empty(shape, np.float32)
        for j, row in enumerate(rows):
            line[...] = 0
            nearest = np.zeros(shape, np.float32)
            for i, column in enumerate(columns):
                taken = self._flat.take(row + column)
                colours = taken.view(np.uint8).reshape(shape)
                line += np.multiply(colours, across_weights[i], out=part)
                if linear is not None:
                    solid &= taken
                    if i in near and j in near:
                        nearest += np.multiply(colours, near[i], out=part)
            line *= down_weights[j]
            cubic += line
            if linear is not None and j in near:
                nearest *= _each(1 - down if j == 1 else down)
                linear += nearest
        return cubic, linear, solid >= OPAQUE


def _split(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pixel whose middle lies before each place (intp), and how far beyond it (float32)."""
    middles = places - 0.5
    before = np.floor(middles + NEARLY * 1e-3)
    return before.astype(np.intp), (middles - before).astype(np.float32)


def _cubic_weights(t: np.ndarray) -> list[np.ndarray]:
    """Catmull and Rom's weights of the four pixels around a place `t` (0..1) after the second.

    float32 HxWx4 each; they sum up to 1.
    """
    square, cube = t * t, t * t * t
    weights = (
        0.5 * (2 * square - cube - t),
        0.5 * (3 * cube - 5 * square) + 1,
        0.5 * (4 * square - 3 * cube + t),
        0.5 * (cube - square),
    )
    return [_each(weight) for weight in weights]


def _each(weights: np.ndarray) -> np.ndarray:
    """Weights HxW for each of four channels, HxWx4: numpy is slow where it has to spread them."""
    return np.repeat(weights, 4, axis=-1).reshape(*weights.shape, 4)
