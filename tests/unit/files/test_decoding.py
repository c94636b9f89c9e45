from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from inpaint_studio.errors import FileProblemError, JobCancelledError
from inpaint_studio.files import decoding
from inpaint_studio.files.image_io import OpenedImage, open_image


def noise(height: int, width: int, channels: int, seed: int = 0) -> np.ndarray:
    shape = (height, width, channels) if channels > 1 else (height, width)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)  # pyright: ignore[reportArgumentType]
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width: int, height: int, depth: int = 8, color_type: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))


def reason_for(path: Path, **options: int) -> str:
    with pytest.raises(FileProblemError) as caught:
        open_image(path, **options)  # pyright: ignore[reportArgumentType]
    assert str(caught.value).startswith(f"{path.name}: ")
    return caught.value.reason


class TestRefusals:
    def test_wrong_ending_opens_by_content(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jpg"
        Image.fromarray(noise(4, 4, 3)).save(path, "PNG")
        assert open_image(path).format == "PNG"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b"<!DOCTYPE html><html></html>", "web page"),
            (b'<?xml version="1.0"?><svg xmlns=""></svg>', "SVG"),
            (b"just some text that is no picture", "not a picture"),
            (b"8BPS\0\1", "Photoshop"),
            (b"\0\0\0\x18ftypheic", "HEIC"),
            (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
            (b"%PDF-1.7", "PDF"),
            (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
            (b"\x89PNG\r\n\x1a\nrubbish", "damaged"),
            (b"\xff\xd8\xff\xe0", "damaged"),
        ],
    )
    def test_no_picture(self, tmp_path: Path, content: bytes, words: str) -> None:
        path = tmp_path / "a.png"
        path.write_bytes(content)
        assert words in reason_for(path)

    @pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "gif", "avif", "bmp"])
    def test_truncated(self, tmp_path: Path, suffix: str) -> None:
        path = saved(tmp_path / f"a.{suffix}", Image.fromarray(noise(64, 64, 3)))
        path.write_bytes(path.read_bytes()[:-2000])
        reason_for(path)

    def test_missing_folder_and_device(self, tmp_path: Path) -> None:
        assert "no longer there" in reason_for(tmp_path / "gone.png")
        assert "folder" in reason_for(tmp_path)
        assert "device" in reason_for(Path("/dev/null"))

    def test_no_permission(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = saved(tmp_path / "a.png", Image.fromarray(noise(4, 4, 3)))

        def refuse(*_args: object) -> None:
            raise PermissionError(13, "no")

        monkeypatch.setattr(decoding, "_ProgressReader", refuse)
        assert "permission" in reason_for(path)

    def test_size_is_checked_before_decoding(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        path.write_bytes(png_claiming(30000, 30000))
        reason = reason_for(path)
        assert "30000 × 30000" in reason
        assert "400 megapixels" in reason
        path.write_bytes(png_claiming(100, 100))
        assert "limit" in reason_for(path, pixel_limit=9999)

    def test_absurd_sizes_are_refused_even_where_large_ones_are_allowed(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "a.png"
        path.write_bytes(png_claiming(2_000_000, 2_000_000))
        assert "megapixels" in reason_for(path, allow_large=True)

    def test_allow_large_passes_the_limit(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.png", Image.fromarray(noise(10, 10, 3)))
        assert open_image(path, pixel_limit=99, allow_large=True).pixels.shape == (10, 10, 4)


def test_progress_rises_to_one_and_may_cancel(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Image.fromarray(noise(400, 400, 3)))
    seen: list[float] = []
    open_image(path, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] > 0.99

    def cancel(fraction: float) -> None:
        if fraction > 0.2:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        open_image(path, on_progress=cancel)


def encoded(kind: str) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    options = {
        "exif": exif,
        "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    }
    Image.fromarray(noise(16, 16, 3)).save(out, kind, **options)
    return out.getvalue()


VALID = {kind: encoded(kind) for kind in ("PNG", "JPEG", "TIFF", "WEBP", "GIF")}


@pytest.mark.filterwarnings("ignore")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(sorted(VALID)),
    edits=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.integers(0, 40),
)
def test_damaged_bytes_give_a_picture_or_a_file_problem(
    tmp_path: Path, kind: str, edits: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(VALID[kind])
    for position, value in edits:
        data[position % len(data)] = value
    path = tmp_path / "a"
    path.write_bytes(data[: len(data) - cut])
    try:
        opened = open_image(path, pixel_limit=1_000_000)
    except FileProblemError:
        return
    assert isinstance(opened, OpenedImage)
    assert opened.pixels.dtype == np.uint8
    assert (opened.pixels[..., :3].max(axis=-1) <= opened.pixels[..., 3]).all()
