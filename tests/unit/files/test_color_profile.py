from __future__ import annotations

import pytest
from PIL import Image, ImageCms

from inpaint_studio.files.color_profile import color_space_of, convert_to_srgb


def profile(name: str) -> bytes:
    created = ImageCms.createProfile(name)  # pyright: ignore[reportArgumentType]
    return ImageCms.ImageCmsProfile(created).tobytes()


def test_color_space() -> None:
    assert color_space_of(profile("sRGB")) == "RGB"
    assert color_space_of(profile("LAB")) == "Lab"


@pytest.mark.parametrize("rubbish", [b"", b"x" * 500, bytes(36) + b"acsp" + bytes(200)])
def test_rubbish_has_none(rubbish: bytes) -> None:
    assert color_space_of(rubbish) is None
    assert color_space_of(profile("sRGB")[:140]) is None


def test_without_a_profile_pillow_converts() -> None:
    image = convert_to_srgb(Image.new("CMYK", (1, 1), (255, 0, 0, 0)), None)
    assert (image.mode, image.getpixel((0, 0))) == ("RGB", (0, 255, 255))


def test_lab_needs_no_profile() -> None:
    image = convert_to_srgb(Image.new("LAB", (1, 1), (0, 128, 128)), None)
    assert image.mode == "RGB"
    assert max(image.getpixel((0, 0))) <= 3  # pyright: ignore[reportArgumentType]


def test_a_profile_for_another_kind_of_picture_is_an_error() -> None:
    with pytest.raises(ImageCms.PyCMSError):
        convert_to_srgb(Image.new("CMYK", (1, 1)), profile("sRGB"))
