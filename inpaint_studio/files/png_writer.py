"""PNG files written on all cores, with progress and cancel.

Rows are filtered with numpy and compressed in independent chunks that join to one zlib stream,
as pigz does. On photos this gives the size of Pillow's level 6 in a tenth of its time.
Format: W3C PNG specification, third edition; zlib stream: RFC 1950.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

import numpy as np

from inpaint_studio.files.metadata import NO_EXTRAS, Extras
from inpaint_studio.files.row_bands import OnProgress, ignore_progress
from inpaint_studio.files.row_compression import encoder_for, in_parallel, padded_rows

_CHUNK_BYTES = 4 << 20
_FILTER_BLOCK_BYTES = 1 << 18
_ZLIB_HEADER = b"\x78\x01"
_ADLER_BASE = 65521
_INCHES_PER_METRE = 39.3701


@dataclass(frozen=True)
class _Part:
    """One compressed chunk and what is needed to join it to the others."""

    data: bytes
    adler: int
    raw_size: int


def write_png(
    file: BinaryIO,
    pixels: np.ndarray,
    has_alpha: bool,
    extras: Extras = NO_EXTRAS,
    *,
    on_progress: OnProgress = ignore_progress,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write premultiplied BGRA uint8 HxWx4 as 8-bit RGB, or RGBA with straight alpha.

    Raises JobCancelledError soon after `is_cancelled` turns true, and the file's OSError.
    """
    height, width = pixels.shape[:2]
    color_type = 6 if has_alpha else 2
    file.write(b"\x89PNG\r\n\x1a\n")
    _write_chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0))
    _write_extras(file, extras)
    adler = 1
    done = 0
    step = max(1, _CHUNK_BYTES // (width * (4 if has_alpha else 3) + 1))
    compress = partial(_compress_rows, pixels, has_alpha)
    with closing(in_parallel(height, step, compress, is_cancelled)) as parts:
        for rows, part in parts:
            _write_chunk(file, b"IDAT", part.data if done else _ZLIB_HEADER + part.data)
            adler = _joined_adler(adler, part.adler, part.raw_size)
            done = rows.stop
            on_progress(done / height)
    _write_chunk(file, b"IDAT", struct.pack(">I", adler))
    _write_chunk(file, b"IEND", b"")


def _compress_rows(pixels: np.ndarray, has_alpha: bool, rows: slice) -> _Part:
    filtered = _filtered(padded_rows(pixels, rows, has_alpha), 4 if has_alpha else 3)
    encoder = encoder_for(filtered, -zlib.MAX_WBITS)
    is_last = rows.stop == pixels.shape[0]
    data = encoder.compress(filtered.data)
    data += encoder.flush(zlib.Z_FINISH if is_last else zlib.Z_SYNC_FLUSH)
    return _Part(data, zlib.adler32(filtered.data), filtered.size)


def _filtered(padded: np.ndarray, channels: int) -> np.ndarray:
    """Filtered rows, each after its filter's number: uint8 rows x (1 + bytes per row)."""
    height, width = padded.shape[0] - 1, padded.shape[1] - channels
    block = max(1, _FILTER_BLOCK_BYTES // width)
    middle = max(0, height // 2 - block // 2)
    number = _best_filter(_Neighbours.of(padded, slice(middle, middle + block), channels))
    out = np.empty((height, 1 + width), np.uint8)
    out[:, 0] = number
    for top in range(0, height, block):
        rows = slice(top, min(height, top + block))
        out[rows, 1:] = _FILTERS[number](_Neighbours.of(padded, rows, channels))
    return out


@dataclass(frozen=True, eq=False)
class _Neighbours:
    """A block of bytes with its neighbours, each uint8 of the same shape."""

    here: np.ndarray
    left: np.ndarray
    above: np.ndarray
    above_left: np.ndarray

    @classmethod
    def of(cls, padded: np.ndarray, rows: slice, channels: int) -> _Neighbours:
        upper, lower = padded[rows.start : rows.stop], padded[rows.start + 1 : rows.stop + 1]
        upper = upper[: len(lower)]
        return cls(
            lower[:, channels:], lower[:, :-channels], upper[:, channels:], upper[:, :-channels]
        )


def _average(n: _Neighbours) -> np.ndarray:
    # floor((left + above) / 2) without leaving 8 bits.
    return n.here - ((n.left & n.above) + ((n.left ^ n.above) >> 1))


def _paeth(n: _Neighbours) -> np.ndarray:
    """The neighbour nearest to left + above - above_left, ties in that order (PNG 9.4)."""
    corner = n.above_left.astype(np.int16)
    to_left = n.above - corner
    to_above = n.left - corner
    to_corner = np.abs(to_left + to_above)
    np.abs(to_left, out=to_left)
    np.abs(to_above, out=to_above)
    # Choosing by masks of 0 and 255 is five times as fast as np.where.
    predicted = n.above_left ^ ((n.above_left ^ n.above) & _as_mask(to_above <= to_corner))
    take_left = _as_mask((to_left <= to_above) & (to_left <= to_corner))
    predicted ^= (predicted ^ n.left) & take_left
    return np.subtract(n.here, predicted, out=predicted)


def _as_mask(chosen: np.ndarray) -> np.ndarray:
    return np.negative(chosen.view(np.uint8))


_FILTERS: tuple[Callable[[_Neighbours], np.ndarray], ...] = (
    lambda n: n.here,
    lambda n: n.here - n.left,
    lambda n: n.here - n.above,
    _average,
    _paeth,
)
"""By PNG's number: none, sub, up, average, Paeth."""


def _best_filter(sample: _Neighbours) -> int:
    """The filter with the smallest sum of absolute differences, libpng's rule of thumb."""
    sums = []
    for apply in _FILTERS:
        residual = apply(sample)
        sums.append(int(np.minimum(residual, np.negative(residual)).sum()))
    return sums.index(min(sums))


def _joined_adler(first: int, second: int, second_size: int) -> int:
    """Adler-32 of two pieces of data one after the other, from the pieces' own (RFC 1950, 8.2)."""
    high = (first >> 16) + (second >> 16) + second_size * ((first & 0xFFFF) - 1)
    low = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % _ADLER_BASE
    return (high % _ADLER_BASE) << 16 | low


def _write_extras(file: BinaryIO, extras: Extras) -> None:
    if extras.icc_profile:
        _write_chunk(file, b"iCCP", b"ICC profile\0\0" + zlib.compress(extras.icc_profile))
    if extras.dpi:
        x, y = (round(value * _INCHES_PER_METRE) for value in extras.dpi)
        _write_chunk(file, b"pHYs", struct.pack(">IIB", x, y, 1))
    if extras.exif:
        _write_chunk(file, b"eXIf", extras.exif.removeprefix(b"Exif\0\0"))


def _write_chunk(file: BinaryIO, kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind)
    file.write(data)
    file.write(struct.pack(">I", zlib.crc32(data, zlib.crc32(kind))))
