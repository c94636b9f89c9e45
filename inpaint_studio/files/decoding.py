"""From a file to premultiplied BGRA: opening by content, size limits, plain reasons for failure."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import numpy as np
from PIL import Image, UnidentifiedImageError

from inpaint_studio.errors import FileProblemError, JobCancelledError
from inpaint_studio.files.row_bands import OnProgress, row_bands
from inpaint_studio.imaging.pixels import multiply_255

PIXEL_LIMIT = 400_000_000
"""Largest picture opened without asking, in pixels: 1.6 GB of memory a layer."""

ABSURD_PIXELS = 1 << 30
"""Never decoded: a few bytes of file can claim any size."""

# What is registered beyond these starts other programs (EPS), decodes pictures inside whose size
# the header doesn't tell (ICO), or is edited by nobody. JPEG includes MPO.
FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "JPEG2000", "TGA", "PPM")

# Pillow's own guard warns at 89 and refuses at 179 megapixels; every picture here is measured by
# `check_size` instead, before anything is decoded. Set once, so no thread sees it change.
Image.MAX_IMAGE_PIXELS = None

_DAMAGED = "the file is damaged or incomplete."
_NOT_A_PICTURE = "this is not a picture that can be opened."

# Byte signatures of files that people try to open and Pillow does not know.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"8BPS", "this is a Photoshop document. Export it as PNG or TIFF first."),
    (0, b"gimp xcf", "this is a GIMP document. Export it as PNG or TIFF first."),
    (0, b"%PDF", "this is a PDF, not a picture."),
    (0, b"%!PS", "this is a PostScript drawing, not a picture made of pixels."),
    (0, b"\xff\x0a", "JPEG XL pictures can't be opened yet. Export it as PNG or JPEG first."),
    (4, b"JXL ", "JPEG XL pictures can't be opened yet. Export it as PNG or JPEG first."),
    (4, b"ftyphei", "HEIC pictures can't be opened yet. Export it as JPEG first."),
    (4, b"ftypmif1", "HEIC pictures can't be opened yet. Export it as JPEG first."),
    (0, b"II*\0", "this kind of TIFF or camera raw can't be opened. Export it as PNG first."),
    (0, b"MM\0*", "this kind of TIFF or camera raw can't be opened. Export it as PNG first."),
    (4, b"ftypavi", _DAMAGED),
    (4, b"ftyp", "this is a film, not a picture."),
)


class _ProgressReader(io.BufferedReader):
    """A file that says how much of it has been read."""

    def __init__(self, path: Path, on_progress: OnProgress) -> None:
        super().__init__(io.FileIO(path))
        self._size = max(1, path.stat().st_size)
        self._on_progress = on_progress
        self._farthest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        # Headers are read more than once; progress never goes back.
        self._farthest = max(self._farthest, self.tell())
        self._on_progress(min(1.0, self._farthest / self._size))
        return data


@contextmanager
def opened_picture(path: Path, pixel_limit: int, on_progress: OnProgress) -> Iterator[Image.Image]:
    """The picture in `path`, its header read and its size checked, nothing decoded yet.

    Whatever goes wrong inside the block, too, comes out as FileProblemError; only
    JobCancelledError (from `on_progress`) passes.
    """
    try:
        if not path.exists():
            raise FileProblemError(path, "it is no longer there.")
        if not path.is_file():
            raise FileProblemError(path, "this is a folder or a device, not a picture.")
        with (
            _ProgressReader(path, on_progress) as file,
            Image.open(file, formats=FORMATS) as image,
        ):
            check_size(path, image.size, pixel_limit)
            yield image
    except (FileProblemError, JobCancelledError):
        raise
    except Exception as error:  # Decoders raise nearly anything on damaged files.
        _explain(path, error)


def check_size(path: Path, size: tuple[int, int], pixel_limit: int) -> None:
    """Raise FileProblemError if a picture of that (width, height) has too many pixels."""
    width, height = size
    if width * height > min(pixel_limit, ABSURD_PIXELS):
        raise FileProblemError(
            path,
            f"the picture is {width} × {height} pixels ({width * height / 1e6:.0f} megapixels); "
            f"the limit is {min(pixel_limit, ABSURD_PIXELS) / 1e6:.0f} megapixels.",
        )


def _explain(path: Path, error: Exception) -> NoReturn:
    reason = _DAMAGED
    if isinstance(error, UnidentifiedImageError):
        reason = _what_it_is(path)
    elif isinstance(error, FileNotFoundError):
        reason = "it is no longer there."
    elif isinstance(error, PermissionError):
        reason = "you have no permission to read it."
    elif isinstance(error, MemoryError):
        reason = "there is not enough memory to open it."
    raise FileProblemError(path, reason, details=f"{type(error).__name__}: {error}") from error


def _what_it_is(path: Path) -> str:
    """The best guess, from its first bytes, at why a file is no picture."""
    with path.open("rb") as file:
        start = file.read(1024)
    if not start:
        return "the file is empty."
    for offset, signature, reason in _SIGNATURES:
        if start[offset:].startswith(signature):
            return reason
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<") and b"<svg" in text:
        return "this is an SVG drawing, not a picture made of pixels. Export it as PNG first."
    if text.startswith((b"<!doctype html", b"<html")):
        return "this is a web page, not a picture."
    if zipfile.is_zipfile(path):
        return "this is an archive, not a picture."
    return _DAMAGED if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")) else _NOT_A_PICTURE


def decode(image: Image.Image, to_rgb: Callable[[Image.Image], Image.Image]) -> np.ndarray:
    """Premultiplied BGRA uint8 HxWx4 of an opened picture.

    `to_rgb` turns a loaded picture of any mode into one that `convert("RGBA")` gets right; it is
    not asked for 8-bit RGB and RGBA pictures.
    """
    pixels = _decode_in_place(image)
    if pixels is None:
        image.load()
        pixels = _copy_in_bands(to_rgb(image))
    return pixels


def _decode_in_place(image: Image.Image) -> np.ndarray | None:
    """Let Pillow decode straight into our own array; None where the picture is no such case.

    For a large PNG or JPEG this takes half the memory and half the time of decoding and then
    converting: Pillow, too, has 4 bytes a pixel, and PNG's decoder writes them in any order.
    """
    tiles = getattr(image, "tile", [])
    is_plain = image.mode in ("RGB", "RGBA") and "transparency" not in image.info
    if image.format not in ("PNG", "JPEG", "MPO") or not is_plain or not tiles:
        return None
    if any(_raw_mode(tile.args) != image.mode for tile in tiles):
        return None
    width, height = image.size
    pixels = np.zeros((height, width, 4), np.uint8)
    image.im = Image.frombuffer("RGBA", image.size, pixels, "raw", "RGBA", 0, 1).im
    if image.format == "PNG":
        swapped = {"RGB": "BGR", "RGBA": "BGRA"}[image.mode]
        # setattr: Pillow's types declare `tile` for ImageFile only.
        setattr(image, "tile", [tile._replace(args=swapped) for tile in tiles])  # noqa: B010
        image.load()
    else:
        # JPEG's decoder gives YCbCr, not BGR, for a raw mode that it doesn't know.
        image.load()
        _swap_red_and_blue(pixels)
    if image.mode == "RGBA":
        _premultiply_in_place(pixels)
    return pixels


def _raw_mode(args: object) -> object:
    return args[0] if isinstance(args, tuple) and args else args


def _swap_red_and_blue(pixels: np.ndarray) -> None:
    for rows in row_bands(*pixels.shape[:2]):
        band = pixels[rows]
        blue = band[..., 2].copy()
        band[..., 2] = band[..., 0]
        band[..., 0] = blue


def _copy_in_bands(image: Image.Image) -> np.ndarray:
    width, height = image.size
    mode, raw_mode = ("RGBA", "BGRA") if image.has_transparency_data else ("RGB", "BGRX")
    pixels = np.empty((height, width, 4), np.uint8)
    for rows in row_bands(height, width):
        band = image.crop((0, rows.start, width, rows.stop)).convert(mode)
        raw = np.frombuffer(band.tobytes("raw", raw_mode), np.uint8)
        pixels[rows] = raw.reshape(-1, width, 4)
    if mode == "RGB":
        pixels[..., 3] = 255
    else:
        _premultiply_in_place(pixels)
    return pixels


def _premultiply_in_place(pixels: np.ndarray) -> None:
    for rows in row_bands(*pixels.shape[:2]):
        band = pixels[rows]
        if band[..., 3].min(initial=255) < 255:
            band[..., :3] = multiply_255(band[..., :3], band[..., 3:])
