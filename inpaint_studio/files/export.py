"""Writing the finished picture as PNG, JPEG, WebP, TIFF or AVIF, whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from inpaint_studio.atomic import atomic_writer
from inpaint_studio.errors import FileProblemError, JobCancelledError
from inpaint_studio.files.metadata import Extras, exif_for_size
from inpaint_studio.files.png_writer import write_png
from inpaint_studio.files.row_bands import OnProgress, ignore_progress, is_opaque, row_bands
from inpaint_studio.files.tiff_writer import write_tiff
from inpaint_studio.imaging.pixels import multiply_255, to_rgba


class ExportFormat(Enum):
    """A file format to export to. The value is the name that settings store."""

    png = "png"
    jpeg = "jpeg"
    webp = "webp"
    tiff = "tiff"
    avif = "avif"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of file names, the usual one first."""
        return _SUFFIXES[self]

    @property
    def has_quality(self) -> bool:
        """Whether `ExportOptions.quality` changes anything."""
        return self in (ExportFormat.jpeg, ExportFormat.webp, ExportFormat.avif)

    @property
    def keeps_alpha(self) -> bool:
        """Whether transparency can be stored."""
        return self is not ExportFormat.jpeg


_SUFFIXES = {
    ExportFormat.png: (".png",),
    ExportFormat.jpeg: (".jpg", ".jpeg", ".jpe", ".jfif"),
    ExportFormat.webp: (".webp",),
    ExportFormat.tiff: (".tif", ".tiff"),
    ExportFormat.avif: (".avif",),
}

_LONGEST_SIDE = {
    ExportFormat.png: 2**31 - 1,
    ExportFormat.jpeg: 65500,  # libjpeg's JPEG_MAX_DIMENSION
    ExportFormat.webp: 16383,  # 14 bits in the VP8 header
    ExportFormat.tiff: 2**31 - 1,
    ExportFormat.avif: 32768,  # libavif's imageDimensionLimit: more can be written but not read
}
_MOST_PIXELS = {
    ExportFormat.tiff: 1_000_000_000,  # 4 GiB of file, whatever compression saves
    ExportFormat.avif: 16384 * 16384,  # libavif's imageSizeLimit
}
_OWN_WRITERS = {ExportFormat.png: write_png, ExportFormat.tiff: write_tiff}


@dataclass(frozen=True)
class ExportOptions:
    """How to write a picture.

    `quality` 1..100 for JPEG, WebP and AVIF; `lossless` for WebP (PNG and TIFF always are).
    `matte`: RGB 0..255 behind transparent parts where the format has no transparency.
    `exif` is written if `keep_metadata`, its GPS part only if `keep_location` as well. The
    colour profile and the resolution belong to the picture and are always written.
    """

    format: ExportFormat = ExportFormat.png
    quality: int = 92
    lossless: bool = False
    matte: tuple[int, int, int] = (255, 255, 255)
    exif: bytes | None = None
    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None
    keep_metadata: bool = True
    keep_location: bool = True


def format_for(path: Path) -> ExportFormat:
    """The format that the file's ending asks for. Raises FileProblemError for an unknown one."""
    for candidate, suffixes in _SUFFIXES.items():
        if path.suffix.lower() in suffixes:
            return candidate
    known = ", ".join(suffixes[0] for suffixes in _SUFFIXES.values())
    raise FileProblemError(path, f"the name should end in one of {known}.")


def check_export(path: Path, size: tuple[int, int], options: ExportOptions) -> None:
    """Raise FileProblemError if a picture of (width, height) can't be written there like that."""
    chosen, (width, height) = options.format, size
    if path.suffix.lower() not in chosen.suffixes:
        name = chosen.name.upper()
        raise FileProblemError(path, f"the name of a {name} should end in {chosen.suffixes[0]}.")
    limit = _LONGEST_SIDE[chosen]
    if max(size) > limit or width * height > _MOST_PIXELS.get(chosen, width * height):
        raise FileProblemError(
            path,
            f"{width} × {height} pixels are too many for {chosen.name.upper()} "
            f"(at most {limit} on a side). Choose PNG instead.",
        )
    if not path.parent.is_dir():
        raise FileProblemError(path, f"the folder {path.parent} doesn't exist.")


def export_image(
    path: Path,
    pixels: np.ndarray,
    options: ExportOptions,
    on_progress: OnProgress = ignore_progress,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write premultiplied BGRA uint8 HxWx4; without an alpha channel if all of it is opaque.

    Opaque pixels keep their exact values in the lossless formats. An existing file is replaced
    only when the new one is complete. `on_progress` gets 0..1. For PNG and TIFF it is fine-grained
    and cancelling takes effect at once; the other encoders don't tell how far they are and can be
    cancelled before and after they run. Raises FileProblemError, and JobCancelledError when
    `is_cancelled` turns true.
    """
    check_export(path, (pixels.shape[1], pixels.shape[0]), options)
    with plain_reasons(path), atomic_writer(path) as file:
        extras = _extras(pixels, options)
        has_alpha = options.format.keeps_alpha and not is_opaque(pixels)
        if write := _OWN_WRITERS.get(options.format):
            watch = {"on_progress": on_progress, "is_cancelled": is_cancelled}
            write(file, pixels, has_alpha, extras, **watch)
        else:
            image = _with_alpha(pixels) if has_alpha else _without_alpha(pixels, options.matte)
            on_progress(0.1)
            if is_cancelled():
                raise JobCancelledError
            _encode(file, image, extras, options)
        if is_cancelled():
            raise JobCancelledError
    on_progress(1.0)


def _extras(pixels: np.ndarray, options: ExportOptions) -> Extras:
    exif = options.exif if options.keep_metadata else None
    if exif:
        exif = exif_for_size(exif, pixels.shape[1], pixels.shape[0], options.keep_location)
    return Extras(options.icc_profile, exif, options.dpi)


@contextmanager
def plain_reasons(path: Path) -> Iterator[None]:
    """Raise FileProblemError with a plain reason where writing fails."""
    try:
        yield
    except (JobCancelledError, FileProblemError):
        raise
    except MemoryError as error:
        raise FileProblemError(path, "there is not enough memory to write it.") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise FileProblemError(path, _reason(error), details=str(error)) from error


def _reason(error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, IsADirectoryError):
        return "there is a folder of that name."
    if number in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "you have no permission to write there."
    if number == errno.ENAMETOOLONG:
        return "the name is too long."
    return "it could not be written."


def _encode(file: BinaryIO, image: Image.Image, extras: Extras, options: ExportOptions) -> None:
    beside = {"icc_profile": extras.icc_profile, "exif": extras.exif, "dpi": extras.dpi}
    given: dict[str, Any] = {name: value for name, value in beside.items() if value}
    image.save(file, options.format.name.upper(), **given, **_encoder_settings(options))


def _encoder_settings(options: ExportOptions) -> dict[str, Any]:
    match options.format:
        case ExportFormat.jpeg:
            # Full colour resolution where somebody asks for high quality.
            subsampling = "4:4:4" if options.quality >= 90 else "4:2:0"
            return {"quality": options.quality, "subsampling": subsampling}
        case ExportFormat.webp if options.lossless:
            # Effort 20 of 100: a quarter of the default's time for 1 % more bytes.
            return {"lossless": True, "quality": 20, "method": 1}
        case ExportFormat.webp:
            return {"quality": options.quality, "method": 4}
        case _:
            return {"quality": options.quality, "speed": 8}


def _with_alpha(pixels: np.ndarray) -> Image.Image:
    straight = np.empty(pixels.shape, np.uint8)
    for rows in row_bands(*pixels.shape[:2]):
        straight[rows] = to_rgba(pixels[rows])
    size = (pixels.shape[1], pixels.shape[0])
    return Image.frombuffer("RGBA", size, straight, "raw", "RGBA", 0, 1)


def _without_alpha(pixels: np.ndarray, matte: tuple[int, int, int]) -> Image.Image:
    """The picture in RGB, laid over the matte colour where it is transparent."""
    height, width = pixels.shape[:2]
    image = Image.new("RGB", (width, height))
    below = np.array(matte[::-1], np.uint8)
    for rows in row_bands(height, width):
        band = pixels[rows]
        if band[..., 3].min(initial=255) < 255:
            band = band.copy()
            band[..., :3] += multiply_255(below, 255 - band[..., 3:])
        piece = Image.frombytes("RGB", (width, len(band)), band.tobytes(), "raw", "BGRX")
        image.paste(piece, (0, rows.start))
    return image
