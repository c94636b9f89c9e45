"""What the PNG and TIFF writers share: bands of rows, compressed on all cores, in order.

Compression: after filtering almost nothing repeats in a photo, so Huffman coding with runs
(zlib's Z_RLE) gives the size of a full search in a fraction of its time.
"""

from __future__ import annotations

import os
import zlib
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from inpaint_studio.errors import JobCancelledError
from inpaint_studio.imaging.pixels import to_rgb, to_rgba

T = TypeVar("T")

_SAMPLE_BYTES = 1 << 16
_MAX_WORKERS = 8


def in_parallel(
    height: int, step: int, work: Callable[[slice], T], is_cancelled: Callable[[], bool]
) -> Generator[tuple[slice, T], None, None]:
    """`work` for each `step` rows, on several threads; results from top to bottom.

    Only a few results exist at a time. Raises JobCancelledError once `is_cancelled` is true.
    """
    workers = min(_MAX_WORKERS, os.cpu_count() or 1)
    waiting: deque[tuple[slice, Future[T]]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="export") as pool:
        try:
            for top in range(0, height, step):
                rows = slice(top, min(height, top + step))
                waiting.append((rows, pool.submit(work, rows)))
                if len(waiting) > workers + 1:
                    yield _next_result(waiting, is_cancelled)
            while waiting:
                yield _next_result(waiting, is_cancelled)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _next_result(
    waiting: deque[tuple[slice, Future[T]]], is_cancelled: Callable[[], bool]
) -> tuple[slice, T]:
    if is_cancelled():
        raise JobCancelledError
    rows, future = waiting.popleft()
    return rows, future.result()


def padded_rows(pixels: np.ndarray, rows: slice, has_alpha: bool) -> np.ndarray:
    """Rows of premultiplied BGRA as straight RGB(A) bytes, with the neighbours filters look at.

    uint8 (rows + 1) x (1 + width) * channels: the row above comes first, one empty pixel is to
    the left; outside the picture there are zeros.
    """
    above = rows.start > 0
    source = pixels[rows.start - above : rows.stop]
    straight = to_rgba(source) if has_alpha else to_rgb(source)
    count, width, channels = straight.shape
    padded = np.zeros((rows.stop - rows.start + 1, 1 + width, channels), np.uint8)
    padded[len(padded) - count :, 1:] = straight
    return padded.reshape(len(padded), -1)


def encoder_for(filtered: np.ndarray, window_bits: int) -> zlib._Compress:
    """The compressor that suits the bytes: runs only, or a full search where things repeat.

    `window_bits` as in zlib: 15 for a zlib stream, -15 for bare deflate.
    """
    flat = filtered.reshape(-1)
    middle = max(0, (flat.size - _SAMPLE_BYTES) // 2)
    sample = flat[middle : middle + _SAMPLE_BYTES].data
    sizes = []
    for strategy in (zlib.Z_RLE, zlib.Z_DEFAULT_STRATEGY):
        encoder = _encoder(strategy, window_bits)
        sizes.append(len(encoder.compress(sample)) + len(encoder.flush()))
    # A full search takes three times as long: it has to be worth it.
    repeats = sizes[1] < 0.8 * sizes[0]
    return _encoder(zlib.Z_DEFAULT_STRATEGY if repeats else zlib.Z_RLE, window_bits)


def _encoder(strategy: int, window_bits: int) -> zlib._Compress:
    return zlib.compressobj(6, zlib.DEFLATED, window_bits, 9, strategy)
