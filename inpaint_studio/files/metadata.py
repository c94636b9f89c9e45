"""Camera data (EXIF) and resolution: read, cleaned, and fitted to the picture that is written."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import ExifTags, Image

# Tags of TIFF 6.0 that say how one file stores its pixels. In another file they are wrong, and
# readers that believe them see garbage.
_STORAGE_TAGS = frozenset(
    {
        *range(0x00FE, 0x0104),  # subfile type, size, bits per sample, compression
        *(0x0106, 0x0107, 0x0108, 0x0109, 0x010A),  # photometric, thresholds, fill order
        *(0x0111, 0x0115, 0x0116, 0x0117, 0x0118, 0x0119, 0x011C),  # strips, planes
        *(0x011D, 0x0120, 0x0121, 0x0122, 0x0123, 0x0124, 0x0125),  # free space, gray response
        *(0x012D, 0x013D, 0x013E, 0x013F, 0x0140, 0x0141),  # transfer, predictor, colour map
        *(0x0142, 0x0143, 0x0144, 0x0145, 0x014A),  # tiles, sub-pictures
        *(0x0152, 0x0153, 0x0154, 0x0155, 0x0156, 0x015B),  # samples, JPEG tables
        *range(0x0200, 0x0215),  # old JPEG, YCbCr, the thumbnail
        *(0x02BC, 0x83BB, 0x8649, 0x8773, 0x935C),  # XMP, IPTC, Photoshop's own, ICC
    }
)


@dataclass(frozen=True)
class CameraData:
    """What a file's EXIF says. `exif` is ready to be written again, without the orientation.

    `orientation` is EXIF's 1..8. `is_damaged` if there was EXIF that could not be kept.
    """

    exif: bytes | None = None
    orientation: int = 1
    is_damaged: bool = False


@dataclass(frozen=True)
class Extras:
    """What a file holds beside the pixels. `dpi`: horizontal and vertical pixels per inch."""

    icc_profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None


NO_EXTRAS = Extras()


def read_camera_data(image: Image.Image) -> CameraData:
    """EXIF of a loaded picture, without orientation, storage tags and the embedded thumbnail.

    The thumbnail has to go: after an edit it would still show what was removed.
    """
    try:
        exif = image.getexif()
        is_damaged = bool(image.info.get("exif")) and not exif
        orientation = exif.get(ExifTags.Base.Orientation, 1)
        for tag in {ExifTags.Base.Orientation, *_STORAGE_TAGS} & set(exif):
            del exif[tag]
        data = exif.tobytes() if exif else None
    except Exception:  # EXIF is written by every camera differently, and Pillow raises anything.
        return CameraData(is_damaged=True)
    is_known = isinstance(orientation, int) and 1 <= orientation <= 8
    return CameraData(data, orientation if is_known else 1, is_damaged)


def exif_for_size(exif: bytes, width: int, height: int, keep_location: bool = True) -> bytes:
    """The same EXIF for a picture of that size: size tags that are there are set right."""
    tags = Image.Exif()
    tags.load(exif)
    details = tags.get_ifd(ExifTags.IFD.Exif)
    for tag, value in (
        (ExifTags.Base.ExifImageWidth, width),
        (ExifTags.Base.ExifImageHeight, height),
    ):
        if tag in details:
            details[tag] = value
    if not keep_location and ExifTags.IFD.GPSInfo in tags:
        del tags[ExifTags.IFD.GPSInfo]
    return tags.tobytes()


def read_dpi(image: Image.Image) -> tuple[float, float] | None:
    """Horizontal and vertical pixels per inch, if the file says something sensible."""
    try:
        x, y = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (x, y) if all(math.isfinite(v) and 1 <= v <= 100_000 for v in (x, y)) else None
