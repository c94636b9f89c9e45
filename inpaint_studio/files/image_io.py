"""Opening pictures of all usual kinds as premultiplied BGRA pixels with what belongs to them.

Colour: the numbers of an RGB picture are never converted. Its profile (Display P3, Adobe RGB, ...)
is carried along and written into exports, so untouched pixels come out exactly as they went in.
Only what can't be written as RGB with its own profile (CMYK, gray with a gray profile, Lab) is
converted to sRGB on opening, and then carries no profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from inpaint_studio.errors import FileProblemError
from inpaint_studio.files.color_profile import color_space_of, convert_to_srgb
from inpaint_studio.files.decoding import ABSURD_PIXELS, PIXEL_LIMIT, decode, opened_picture
from inpaint_studio.files.metadata import read_camera_data, read_dpi
from inpaint_studio.files.row_bands import OnProgress, ignore_progress, row_bands
from inpaint_studio.imaging.pixels import premultiply

_BAD_PROFILE = "The colour profile is damaged or doesn't fit the picture, so it was left out."
_BAD_EXIF = "The camera data (EXIF) is damaged and was left out."
_PRINT_COLOURS = "The print colours (CMYK) were converted to screen colours."
_GUESSED_PRINT_COLOURS = (
    "The print colours (CMYK) have no profile; their conversion to screen colours is a guess."
)


@dataclass(frozen=True, eq=False)
class OpenedImage:
    """A picture ready for editing.

    `pixels`: premultiplied BGRA uint8 HxWx4, contiguous, EXIF orientation applied.
    `exif`: without the orientation. `icc_profile`: the profile of `pixels`, None for sRGB.
    `format`: Pillow's name of the file's format. `notices`: sentences to show to the user.
    """

    pixels: np.ndarray
    format: str
    exif: bytes | None = None
    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None
    notices: tuple[str, ...] = ()


def open_image(
    path: Path,
    pixel_limit: int = PIXEL_LIMIT,
    on_progress: OnProgress = ignore_progress,
    allow_large: bool = False,
) -> OpenedImage:
    """Open a picture by its content, whatever its name ends in.

    Above `pixel_limit` pixels (width x height, read from the header before decoding) it is
    refused unless `allow_large`. `on_progress` gets 0..1 and may raise JobCancelledError.
    Raises FileProblemError with a plain reason for everything that is no readable picture.
    """
    limit = ABSURD_PIXELS if allow_large else pixel_limit
    with opened_picture(path, limit, on_progress) as image:
        return _read(path, image)


def from_rgba(rgba: np.ndarray) -> OpenedImage:
    """A picture from straight RGBA uint8 HxWx4, as the clipboard gives it. Raises ValueError."""
    if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.dtype != np.uint8 or rgba.size == 0:
        raise ValueError(f"RGBA uint8 HxWx4 expected, not {rgba.dtype} {rgba.shape}")
    pixels = np.empty(rgba.shape, np.uint8)
    for rows in row_bands(*rgba.shape[:2]):
        pixels[rows] = premultiply(rgba[rows])
    return OpenedImage(pixels, "PNG")


def _read(path: Path, image: Image.Image) -> OpenedImage:
    notices = _depth_notices(image)
    profile, profile_notices = _usable_profile(image)
    reader = _ModeReader(path, profile)
    pixels = decode(image, reader.to_rgb)
    # After decoding: PNG may keep EXIF behind the pixels.
    camera = read_camera_data(image)
    notices += [*profile_notices, *reader.notices, *([_BAD_EXIF] if camera.is_damaged else [])]
    # Last of all: counting frames walks through the file and may end on a damaged one.
    notices += _frame_notices(image)
    return OpenedImage(
        pixels=_upright(pixels, camera.orientation),
        format="JPEG" if image.format == "MPO" else image.format or "",
        exif=camera.exif,
        icc_profile=reader.profile,
        dpi=read_dpi(image),
        notices=tuple(notices),
    )


def _usable_profile(image: Image.Image) -> tuple[bytes | None, list[str]]:
    """The embedded profile if it is sound and made for this kind of picture."""
    profile = image.info.get("icc_profile")
    if not profile:
        return None, []
    fitting = {"CMYK": {"CMYK"}, "LAB": {"Lab"}}.get(image.mode, {"RGB"})
    if image.mode in ("1", "L", "LA") or image.mode.startswith("I"):
        # Gray pictures with an RGB profile are common and mean R = G = B.
        fitting = {"GRAY", "RGB"}
    return (profile, []) if color_space_of(profile) in fitting else (None, [_BAD_PROFILE])


class _ModeReader:
    """Brings any of Pillow's modes to one that converts to RGBA without loss.

    `profile` afterwards is the profile of the resulting RGB numbers.
    """

    def __init__(self, path: Path, profile: bytes | None) -> None:
        self.profile = profile
        self.notices: list[str] = []
        self._path = path

    def to_rgb(self, image: Image.Image) -> Image.Image:
        """The loaded picture in a mode that Pillow converts right. Raises FileProblemError."""
        if image.mode.startswith("I"):
            image = self._gray_in_8_bit(image)
        elif image.mode == "F":
            raise FileProblemError(self._path, _FLOATING_POINT)
        elif image.mode == "1":
            image = image.convert("L")
        if image.mode == "CMYK":
            self.notices.append(_PRINT_COLOURS if self.profile else _GUESSED_PRINT_COLOURS)
        if image.mode == "LAB" or (self.profile and image.mode in ("CMYK", "L", "LA")):
            return self._in_srgb(image)
        transparent = image.info.get("transparency")
        if isinstance(transparent, tuple) and max(transparent) > 255:
            # Pillow cuts 16-bit pixels to 8 bits but not the colour that stands for "nothing".
            image.info["transparency"] = tuple(value >> 8 for value in transparent)
        return image

    def _gray_in_8_bit(self, image: Image.Image) -> Image.Image:
        """16-bit gray by its high bytes; Pillow's own conversion clips it to white."""
        values = np.asarray(image)
        if values.min(initial=0) < 0 or values.max(initial=0) > 0xFFFF:
            raise FileProblemError(self._path, _THIRTY_TWO_BIT)
        gray = Image.fromarray((values >> 8).astype(np.uint8))
        transparent = image.info.get("transparency")
        if isinstance(transparent, int):
            gray = gray.convert("LA")
            gray.putalpha(Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8)))
        return gray

    def _in_srgb(self, image: Image.Image) -> Image.Image:
        if self.profile and color_space_of(self.profile) == "RGB":
            return image
        alpha = image.getchannel("A") if image.mode == "LA" else None
        plain = image.convert("L") if alpha else image
        profile, self.profile = self.profile, None
        try:
            rgb = convert_to_srgb(plain, profile)
        except (ImageCms.PyCMSError, OSError, ValueError):
            self.notices.append(_BAD_PROFILE)
            rgb = convert_to_srgb(plain, None)
        if alpha:
            rgb.putalpha(alpha)
        return rgb


_FLOATING_POINT = "it stores brightness as floating-point numbers. Export it as 16-bit first."
_THIRTY_TWO_BIT = "it has 32 bits per channel. Export it with 16 or 8 bits first."


def _depth_notices(image: Image.Image) -> list[str]:
    bits = _bits_per_channel(image)
    return [f"This picture has {bits} bits per channel; editing is 8-bit."] if bits > 8 else []


def _bits_per_channel(image: Image.Image) -> int:
    """Depth in the file. Pillow's modes don't tell: it cuts 16-bit colour to 8 while decoding."""
    in_tiff = getattr(image, "tag_v2", {}).get(258, (8,))
    if isinstance(in_tiff, Sequence) and all(isinstance(bits, int) for bits in in_tiff):
        deepest = max(in_tiff, default=8)
        if deepest > 8:
            return deepest
    raw_modes = str([tile[3] for tile in getattr(image, "tile", [])])
    is_deep_ppm = image.format == "PPM" and "65535" in raw_modes
    return 16 if ";16" in raw_modes or image.mode.startswith("I;16") or is_deep_ppm else 8


def _frame_notices(image: Image.Image) -> list[str]:
    """Says that a file has more than one picture. A phone's MPO holds a preview: not worth it."""
    try:
        count = 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))
    except Exception:  # Counting walks the whole file; the first frame may still be fine.
        count = 1
    if count <= 1:
        return []
    if image.format == "TIFF":
        return [f"A file of {count} pages: the first was opened."]
    return [f"An animation: the first of {count} frames was opened."]


def _upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Apply EXIF's orientation 1..8 (EXIF 2.32, tag 0x0112: where row 0 and column 0 are)."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
