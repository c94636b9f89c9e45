from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from inpaint_studio.errors import JobCancelledError
from inpaint_studio.files import tiff_writer
from inpaint_studio.files.metadata import Extras
from inpaint_studio.files.tiff_writer import write_tiff
from inpaint_studio.imaging.pixels import from_rgb, premultiply, to_rgba

PHOTO = data.astronaut()[100:163, 100:171]


def written(pixels: np.ndarray, has_alpha: bool = False, **extras: object) -> io.BytesIO:
    out = io.BytesIO()
    write_tiff(out, pixels, has_alpha, Extras(**extras))  # pyright: ignore[reportArgumentType]
    out.seek(0)
    return out


@pytest.mark.parametrize("strip_bytes", [1, 3000, 1 << 20])
def test_pillow_reads_it_back_exactly(strip_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_writer, "_STRIP_BYTES", strip_bytes)
    with Image.open(written(from_rgb(PHOTO))) as image:
        assert image.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(image), PHOTO)


def test_one_pixel() -> None:
    with Image.open(written(from_rgb(PHOTO[:1, :1]))) as image:
        np.testing.assert_array_equal(np.asarray(image), PHOTO[:1, :1])


def test_alpha_is_straight_in_the_file() -> None:
    rgba = np.random.default_rng(2).integers(0, 256, (31, 17, 4), np.uint8)
    with Image.open(written(premultiply(rgba), has_alpha=True)) as image:
        assert image.mode == "RGBA"
        np.testing.assert_array_equal(np.asarray(image), to_rgba(premultiply(rgba)))


@pytest.mark.parametrize("endian", ["<", ">"])
def test_extras_are_read_back(endian: str) -> None:
    exif = Image.Exif()
    exif.endian = endian
    exif[0x010F] = "Camera"
    exif[0x9C9B] = b"X\0P\0"
    exif.get_ifd(0x8769).update({0x9003: "2026:11:22 10:00:00", 0xA005: {1: "R98"}})
    out = written(from_rgb(PHOTO), icc_profile=b"profile", exif=exif.tobytes(), dpi=(300.5, 72.0))
    with Image.open(out) as image:
        np.testing.assert_array_equal(np.asarray(image), PHOTO)
        assert image.info["icc_profile"] == b"profile"
        assert image.info["dpi"] == (300.5, 72)
        kept = image.getexif()
        assert kept[0x010F] == "Camera"
        assert kept.get_ifd(0x8769)[0x9003] == "2026:11:22 10:00:00"
        assert kept.get_ifd(0xA005) == {1: "R98"}


def test_progress_and_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff_writer, "_STRIP_BYTES", 1000)
    seen: list[float] = []
    write_tiff(io.BytesIO(), from_rgb(PHOTO), False, on_progress=seen.append)
    assert seen == sorted(seen)
    assert (len(seen) > 10, seen[-1]) == (True, 1.0)
    seen.clear()
    with pytest.raises(JobCancelledError):
        write_tiff(
            io.BytesIO(),
            from_rgb(PHOTO),
            False,
            on_progress=seen.append,
            is_cancelled=lambda: len(seen) == 3,
        )
    assert len(seen) == 3
