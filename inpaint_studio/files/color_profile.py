"""ICC colour profiles: which can be carried along, and the way to sRGB for those that can't."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_HEADER_SIZE = 128


def color_space_of(profile: bytes) -> str | None:
    """The profile's colour space ("RGB", "CMYK", "GRAY", ...), None if it is no ICC profile.

    ICC.1:2022 7.2: the header has the colour space at byte 16 and the signature "acsp" at 36.
    """
    if len(profile) < _HEADER_SIZE or profile[36:40] != b"acsp":
        return None
    try:
        ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (OSError, ValueError, ImageCms.PyCMSError):
        return None
    space = profile[16:20].decode("ascii", "replace").strip()
    return space if space.isalnum() else None


def convert_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An L, CMYK or LAB picture as RGB numbers in sRGB; without a profile by Pillow's formula.

    Raises ImageCms.PyCMSError where the profile doesn't fit the picture.
    """
    if image.mode == "LAB":
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    elif profile is not None:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    else:
        return image.convert("RGB")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    if converted is None:
        raise ImageCms.PyCMSError("no conversion to sRGB")
    return converted
