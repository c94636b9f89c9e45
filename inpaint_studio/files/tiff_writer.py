"""TIFF files written on all cores, with progress and cancel.

Strips of deflated horizontal differences, which every reader of TIFF knows. Pillow's own writer
has libtiff compress on one core and then fails on the EXIF of many cameras.
Format: TIFF 6.0; Adobe Photoshop TIFF Technical Notes (2002) for the compression.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin, TiffTags

from inpaint_studio.files.metadata import NO_EXTRAS, Extras
from inpaint_studio.files.row_bands import OnProgress, ignore_progress
from inpaint_studio.files.row_compression import encoder_for, in_parallel, padded_rows

_STRIP_BYTES = 1 << 20


def write_tiff(
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
    step = max(1, _STRIP_BYTES // (width * (4 if has_alpha else 3)))
    count = -(-height // step)
    # The directory goes first, as Pillow counts offsets from its end; its size is known already.
    directory = _directory((width, height), has_alpha, extras)
    _set_strips(directory, step, [0] * count, [0] * count)
    start = directory.save(file)
    offsets: list[int] = []
    sizes: list[int] = []
    compress = partial(_compress_rows, pixels, has_alpha)
    with closing(in_parallel(height, step, compress, is_cancelled)) as strips:
        for rows, strip in strips:
            offsets.append(file.tell() - start)
            sizes.append(file.write(strip))
            on_progress(rows.stop / height)
    _set_strips(directory, step, offsets, sizes)
    file.seek(0)
    directory.save(file)


def _compress_rows(pixels: np.ndarray, has_alpha: bool, rows: slice) -> bytes:
    channels = 4 if has_alpha else 3
    padded = padded_rows(pixels, rows, has_alpha)[1:]
    differences = np.subtract(padded[:, channels:], padded[:, :-channels])
    encoder = encoder_for(differences, zlib.MAX_WBITS)
    return encoder.compress(differences.data) + encoder.flush()


def _directory(
    size: tuple[int, int], has_alpha: bool, extras: Extras
) -> TiffImagePlugin.ImageFileDirectory_v2:
    """EXIF's tags and those that say how the pixels are stored, all but the strips'."""
    tags = _exif_directory(extras.exif or b"")
    tags[256], tags[257] = size
    tags[258] = (8,) * (4 if has_alpha else 3)
    tags[259] = 8  # compression: deflate
    tags[262] = 2  # photometric: RGB
    tags[277] = 4 if has_alpha else 3
    tags[284] = 1  # channels of a pixel together
    tags[317] = 2  # predictor: horizontal differences
    if has_alpha:
        tags[338] = 2  # extra sample: straight alpha
    if extras.dpi:
        tags[282], tags[283] = extras.dpi
        tags[296] = 2  # unit: inch
    if extras.icc_profile:
        tags[34675] = extras.icc_profile
    return tags


def _exif_directory(exif: bytes) -> TiffImagePlugin.ImageFileDirectory_v2:
    source = Image.Exif()
    source.load(exif)
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag in source:
        is_group = tag in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
        directory[tag] = dict(source.get_ifd(tag)) if is_group else source[tag]
    details = directory.get(ExifTags.IFD.Exif, {})
    if ExifTags.IFD.Interop in details:
        details[ExifTags.IFD.Interop] = source.get_ifd(ExifTags.IFD.Interop)
    return directory


def _set_strips(
    directory: TiffImagePlugin.ImageFileDirectory_v2,
    rows_per_strip: int,
    offsets: list[int],
    sizes: list[int],
) -> None:
    for tag, value in ((273, tuple(offsets)), (278, rows_per_strip), (279, tuple(sizes))):
        directory[tag] = value
        # By itself Pillow takes 2 or 4 bytes as the values need, and the size would change.
        directory.tagtype[tag] = TiffTags.LONG
