from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from inpaint_studio.errors import JobCancelledError
from inpaint_studio.files import png_writer
from inpaint_studio.files.metadata import Extras
from inpaint_studio.files.png_writer import write_png
from inpaint_studio.imaging.pixels import from_rgb, premultiply, to_rgba


def written(pixels: np.ndarray, has_alpha: bool = False, **extras: object) -> io.BytesIO:
    out = io.BytesIO()
    write_png(out, pixels, has_alpha, Extras(**extras))  # pyright: ignore[reportArgumentType]
    out.seek(0)
    return out


def stripes() -> np.ndarray:
    rgb = np.zeros((60, 90, 3), np.uint8)
    rgb[::3, :, 0] = 200
    rgb[:, ::5, 1] = 77
    return rgb


PICTURES = {
    "photo": data.astronaut()[100:260, 100:300],
    "noise": np.random.default_rng(1).integers(0, 256, (50, 70, 3), np.uint8),
    "stripes": stripes(),
    "flat": np.full((40, 40, 3), 9, np.uint8),
    "slope": np.add.outer(np.arange(60), np.arange(80)).astype(np.uint8)[..., None].repeat(3, 2),
    "one pixel": np.array([[[1, 2, 3]]], np.uint8),
    "one row": data.coffee()[100:101],
    "one column": np.ascontiguousarray(data.coffee()[:, 100:101]),
}


@pytest.fixture(params=[1, 5000, 4 << 20], ids=["chunk per row", "chunks", "one chunk"])
def _chunk_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png_writer, "_CHUNK_BYTES", request.param)
    monkeypatch.setattr(png_writer, "_FILTER_BLOCK_BYTES", 2000)


@pytest.mark.usefixtures("_chunk_size")
@pytest.mark.parametrize("name", PICTURES)
def test_pillow_reads_it_back_exactly(name: str) -> None:
    rgb = PICTURES[name]
    with Image.open(written(from_rgb(rgb))) as image:
        assert image.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(image), rgb)


@pytest.mark.usefixtures("_chunk_size")
def test_alpha_is_straight_in_the_file() -> None:
    rgba = np.random.default_rng(2).integers(0, 256, (31, 17, 4), np.uint8)
    pixels = premultiply(rgba)
    with Image.open(written(pixels, has_alpha=True)) as image:
        assert image.mode == "RGBA"
        np.testing.assert_array_equal(np.asarray(image), to_rgba(pixels))


@pytest.mark.parametrize("number", range(5))
def test_each_filter_is_the_standards(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png_writer, "_best_filter", lambda _sample: number)
    rgb = PICTURES["noise"]
    with Image.open(written(from_rgb(rgb))) as image:
        np.testing.assert_array_equal(np.asarray(image), rgb)


def test_photos_are_as_small_as_pillows_best_and_graphics_too() -> None:
    for name, allowance in (("photo", 1.02), ("stripes", 2.0)):
        reference = io.BytesIO()
        Image.fromarray(PICTURES[name]).save(reference, "PNG", compress_level=6)
        size = len(written(from_rgb(PICTURES[name])).getvalue())
        assert size < reference.tell() * allowance, name


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_checksums_join(first: bytes, second: bytes) -> None:
    joined = png_writer._joined_adler(zlib.adler32(first), zlib.adler32(second), len(second))
    assert joined == zlib.adler32(first + second)


def test_checksums_of_large_pieces_join() -> None:
    piece = b"\xff" * 5_000_000
    joined = png_writer._joined_adler(zlib.adler32(piece), zlib.adler32(piece), len(piece))
    assert joined == zlib.adler32(piece * 2)


def test_extras_are_read_back() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    pixels = from_rgb(PICTURES["flat"])
    out = written(pixels, icc_profile=b"profile", exif=exif.tobytes(), dpi=(300.0, 72.0))
    with Image.open(out) as image:
        assert image.info["icc_profile"] == b"profile"
        assert image.info["dpi"] == pytest.approx((300, 72), abs=0.02)
        assert image.getexif()[0x010F] == "Camera"


def test_progress_and_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png_writer, "_CHUNK_BYTES", 5000)
    pixels = from_rgb(PICTURES["photo"])
    seen: list[float] = []
    write_png(io.BytesIO(), pixels, False, on_progress=seen.append)
    assert seen == sorted(seen)
    assert (len(seen) > 10, seen[-1]) == (True, 1.0)

    seen.clear()
    with pytest.raises(JobCancelledError):
        write_png(
            io.BytesIO(),
            pixels,
            False,
            on_progress=seen.append,
            is_cancelled=lambda: len(seen) == 3,
        )
    assert len(seen) == 3
