from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from inpaint_studio.errors import FileProblemError
from inpaint_studio.files.image_io import from_rgba, open_image
from inpaint_studio.imaging.pixels import premultiply


def noise(height: int, width: int, channels: int, seed: int = 0) -> np.ndarray:
    shape = (height, width, channels) if channels > 1 else (height, width)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def opaque(rgb: np.ndarray) -> np.ndarray:
    return np.dstack([rgb[..., ::-1], np.full(rgb.shape[:2], 255, np.uint8)])


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)  # pyright: ignore[reportArgumentType]
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def as_space(profile: bytes, space: bytes) -> bytes:
    return profile[:16] + space + profile[20:]


def reason_for(path: Path, **options: int) -> str:
    with pytest.raises(FileProblemError) as caught:
        open_image(path, **options)  # pyright: ignore[reportArgumentType]
    assert str(caught.value).startswith(f"{path.name}: ")
    return caught.value.reason


class TestPixels:
    @pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "ppm", "tga", "webp", "jp2"])
    def test_rgb_is_exact(self, tmp_path: Path, suffix: str) -> None:
        rgb = noise(37, 53, 3)
        options = {"lossless": True} if suffix == "webp" else {}
        opened = open_image(saved(tmp_path / f"a.{suffix}", Image.fromarray(rgb), **options))
        np.testing.assert_array_equal(opened.pixels, opaque(rgb))
        assert opened.pixels.flags.c_contiguous
        assert opened.pixels.flags.writeable
        assert opened.notices == ()

    @pytest.mark.parametrize("suffix", ["png", "tif"])
    def test_alpha_is_premultiplied(self, tmp_path: Path, suffix: str) -> None:
        rgba = noise(40, 30, 4)
        opened = open_image(saved(tmp_path / f"a.{suffix}", Image.fromarray(rgba)))
        np.testing.assert_array_equal(opened.pixels, premultiply(rgba))

    def test_jpeg_equals_pillows_decoding(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.jpg", Image.fromarray(noise(64, 48, 3)), quality=80)
        np.testing.assert_array_equal(
            open_image(path).pixels, opaque(np.asarray(Image.open(path).convert("RGB")))
        )

    def test_many_bands_give_the_same_as_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("inpaint_studio.files.row_bands._BAND_PIXELS", 100)
        rgba = noise(41, 30, 4)
        path = saved(tmp_path / "a.tif", Image.fromarray(rgba))
        np.testing.assert_array_equal(open_image(path).pixels, premultiply(rgba))

    def test_interlaced_png(self, tmp_path: Path) -> None:
        # Adam7 of a 1x1 picture has one pass with one pixel.
        header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 1)
        data = chunk(b"IDAT", zlib.compress(b"\0\x0a\x14\x1e"))
        path = tmp_path / "a.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b""))
        assert open_image(path).pixels.tolist() == [[[30, 20, 10, 255]]]


class TestModes:
    def test_palette_with_transparency(self, tmp_path: Path) -> None:
        image = Image.new("P", (3, 1))
        image.putpalette([10, 20, 30, 200, 100, 0, 1, 2, 3])
        image.putdata([0, 1, 2])
        path = saved(tmp_path / "a.png", image, transparency=bytes([255, 128, 0]))
        rgba = np.array([[[10, 20, 30, 255], [200, 100, 0, 128], [1, 2, 3, 0]]], np.uint8)
        np.testing.assert_array_equal(open_image(path).pixels, premultiply(rgba))

    def test_color_key(self, tmp_path: Path) -> None:
        rgb = np.array([[[1, 2, 3], [9, 9, 9]]], np.uint8)
        path = saved(tmp_path / "a.png", Image.fromarray(rgb), transparency=(9, 9, 9))
        assert open_image(path).pixels.tolist() == [[[3, 2, 1, 255], [0, 0, 0, 0]]]

    def test_gray_with_alpha(self, tmp_path: Path) -> None:
        gray = Image.merge("LA", [Image.new("L", (2, 1), 100), Image.new("L", (2, 1), 51)])
        assert open_image(saved(tmp_path / "a.png", gray)).pixels[0, 0].tolist() == [20, 20, 20, 51]

    def test_one_bit(self, tmp_path: Path) -> None:
        image = Image.new("1", (2, 1), 0)
        image.putpixel((1, 0), 255)
        pixels = open_image(saved(tmp_path / "a.png", image)).pixels
        assert pixels.tolist() == [[[0, 0, 0, 255], [255, 255, 255, 255]]]

    def test_gray_of_16_bits_is_scaled_and_not_clipped(self, tmp_path: Path) -> None:
        values = np.array([[0, 255, 256, 0x8000, 0xFFFF]], np.uint16)
        for name in ("a.png", "a.tif"):
            opened = open_image(saved(tmp_path / name, Image.fromarray(values)))
            assert opened.pixels[0, :, 0].tolist() == [0, 0, 1, 128, 255]
            assert opened.notices == ("This picture has 16 bits per channel; editing is 8-bit.",)

    def test_transparent_gray_of_16_bits(self, tmp_path: Path) -> None:
        values = np.array([[300, 0x8000]], np.uint16)
        path = saved(tmp_path / "a.png", Image.fromarray(values), transparency=300)
        assert open_image(path).pixels.tolist() == [[[0, 0, 0, 0], [128, 128, 128, 255]]]

    @pytest.mark.parametrize("transparent", [False, True])
    def test_rgb_png_of_16_bits_says_so(self, tmp_path: Path, transparent: bool) -> None:
        rows = b"\0" + struct.pack(">6H", 0x1234, 0x5678, 0x9ABC, 0xFFFF, 0, 0x0100)
        header = struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)
        key = chunk(b"tRNS", struct.pack(">3H", 0xFFFF, 0, 0x0100)) if transparent else b""
        path = tmp_path / "a.png"
        path.write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + key
            + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b"")
        )
        opened = open_image(path)
        assert opened.pixels[0, 0].tolist() == [0x9A, 0x56, 0x12, 255]
        assert opened.pixels[0, 1, 3] == (0 if transparent else 255)
        assert opened.notices == ("This picture has 16 bits per channel; editing is 8-bit.",)

    def test_rgb_ppm_and_tiff_of_16_bits_say_so(self, tmp_path: Path) -> None:
        ppm = tmp_path / "a.ppm"
        ppm.write_bytes(b"P6 1 1 65535\n" + struct.pack(">3H", 0x1000, 0x2000, 0x3000))
        tiff = tmp_path / "a.tif"
        tiff.write_bytes(tiff_of(bits=16, sample_format=1, data=struct.pack("<3H", 256, 512, 768)))
        for path in (ppm, tiff):
            assert "16 bits" in open_image(path).notices[0]
        assert open_image(tiff).pixels.tolist() == [[[3, 2, 1, 255]]]

    def test_float_tiff_is_refused_in_words(self, tmp_path: Path) -> None:
        color = tmp_path / "color.tif"
        color.write_bytes(tiff_of(bits=32, sample_format=3, data=struct.pack("<3f", 0, 0.5, 1)))
        assert "TIFF" in reason_for(color)
        gray = saved(tmp_path / "gray.tif", Image.fromarray(np.zeros((2, 2), np.float32)))
        assert "floating-point" in reason_for(gray)

    def test_gray_of_32_bits_is_refused_in_words(self, tmp_path: Path) -> None:
        image = Image.fromarray(np.full((2, 2), 1 << 20, np.int32))
        assert "32 bits" in reason_for(saved(tmp_path / "a.tif", image))


def tiff_of(bits: int, sample_format: int, data: bytes) -> bytes:
    """A little-endian uncompressed RGB TIFF of one pixel."""
    entries: list[tuple[int, int, int, int]] = [
        *((256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 3, 200), (259, 3, 1, 1), (262, 3, 1, 2)),
        *((273, 4, 1, 216), (277, 3, 1, 3), (278, 3, 1, 1), (279, 4, 1, len(data))),
        (339, 3, 3, 206),
    ]
    ifd = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *e) for e in entries)
    head = (b"II*\0" + struct.pack("<I", 8) + ifd + bytes(4)).ljust(200, b"\0")
    tail = struct.pack("<3H", *[bits] * 3) + struct.pack("<3H", *[sample_format] * 3)
    return head + tail.ljust(16, b"\0") + data


class TestColor:
    def test_rgb_profile_is_carried_and_the_numbers_stay(self, tmp_path: Path) -> None:
        rgb, profile = noise(4, 4, 3), srgb_profile()
        path = saved(tmp_path / "a.png", Image.fromarray(rgb), icc_profile=profile)
        opened = open_image(path)
        assert opened.icc_profile == profile
        np.testing.assert_array_equal(opened.pixels, opaque(rgb))

    @pytest.mark.parametrize("spoil", [lambda p: b"nonsense", lambda p: as_space(p, b"CMYK")])
    def test_bad_profile_is_left_out_and_said(self, tmp_path: Path, spoil: object) -> None:
        profile = spoil(srgb_profile())  # pyright: ignore[reportCallIssue]
        image = Image.fromarray(noise(4, 4, 3))
        opened = open_image(saved(tmp_path / "a.png", image, icc_profile=profile))
        assert opened.icc_profile is None
        assert "colour profile" in opened.notices[0]

    def test_truncated_profile_is_left_out(self, tmp_path: Path) -> None:
        image = Image.fromarray(noise(4, 4, 3))
        path = saved(tmp_path / "a.jpg", image, icc_profile=srgb_profile()[:150])
        assert open_image(path).icc_profile is None

    def test_cmyk_without_a_profile(self, tmp_path: Path) -> None:
        image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
        opened = open_image(saved(tmp_path / "a.tif", image))
        assert opened.pixels[0, 0].tolist() == [0, 0, 255, 255]
        assert "guess" in opened.notices[0]

    def test_cmyk_with_an_unusable_profile_is_still_opened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("inpaint_studio.files.image_io.color_space_of", lambda profile: "CMYK")
        image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
        path = saved(tmp_path / "a.jpg", image, icc_profile=srgb_profile())
        opened = open_image(path)
        assert opened.pixels.shape == (8, 8, 4)
        assert opened.icc_profile is None
        assert any("colour profile" in notice for notice in opened.notices)

    def test_gray_with_a_gray_profile_becomes_srgb(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("inpaint_studio.files.image_io.color_space_of", lambda profile: "GRAY")
        monkeypatch.setattr(
            "inpaint_studio.files.image_io.convert_to_srgb",
            lambda image, profile: image.point(lambda v: v + 1).convert("RGB"),
        )
        gray = Image.merge("LA", [Image.new("L", (2, 1), 100), Image.new("L", (2, 1), 255)])
        opened = open_image(saved(tmp_path / "a.png", gray, icc_profile=srgb_profile()))
        assert opened.pixels[0, 0].tolist() == [101, 101, 101, 255]
        assert opened.icc_profile is None

    def test_gray_with_an_rgb_profile_keeps_it(self, tmp_path: Path) -> None:
        path = saved(tmp_path / "a.png", Image.new("L", (2, 1), 9), icc_profile=srgb_profile())
        opened = open_image(path)
        assert opened.pixels[0, 0].tolist() == [9, 9, 9, 255]
        assert opened.icc_profile == srgb_profile()

    def test_lab(self, tmp_path: Path) -> None:
        lab = Image.new("LAB", (2, 2), (255, 128, 128))
        opened = open_image(saved(tmp_path / "a.tif", lab))
        assert opened.pixels.min() >= 250


class TestMetadata:
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_orientation_is_applied_and_removed(self, tmp_path: Path, orientation: int) -> None:
        exif = Image.Exif()
        exif[0x0112] = orientation
        exif[0x010F] = "Camera"
        path = saved(tmp_path / "a.png", Image.fromarray(noise(5, 7, 3)), exif=exif)
        opened = open_image(path)
        upright = ImageOps.exif_transpose(Image.open(path))
        np.testing.assert_array_equal(opened.pixels, opaque(np.asarray(upright)))
        assert opened.pixels.flags.c_contiguous
        kept = Image.Exif()
        kept.load(opened.exif or b"")
        assert dict(kept) == {0x010F: "Camera"}

    def test_embedded_thumbnail_is_dropped(self, tmp_path: Path) -> None:
        thumbnail = io.BytesIO()
        Image.new("RGB", (8, 8)).save(thumbnail, "JPEG")
        ifd0 = struct.pack("<H", 1) + struct.pack("<HHI4s", 0x010F, 2, 4, b"Cam\0")
        next_at = 8 + len(ifd0) + 4
        ifd1 = struct.pack("<HHHIIHHII", 2, 0x0201, 4, 1, next_at + 30, 0x0202, 4, 1, 9)
        body = ifd0 + struct.pack("<I", next_at) + ifd1 + bytes(4) + thumbnail.getvalue()
        exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + body
        opened = open_image(saved(tmp_path / "a.jpg", Image.new("RGB", (8, 8)), exif=exif))
        assert opened.exif is not None
        assert b"Cam" in opened.exif
        assert b"\xff\xd8" not in opened.exif

    def test_tiffs_own_tags_are_no_camera_data(self, tmp_path: Path) -> None:
        exif = Image.Exif()
        exif[0x010F] = "Camera"
        path = saved(tmp_path / "a.tif", Image.fromarray(noise(5, 7, 3)), exif=exif)
        kept = Image.Exif()
        kept.load(open_image(path).exif or b"")
        assert dict(kept) == {0x010F: "Camera"}

    @pytest.mark.filterwarnings("ignore")
    def test_damaged_exif_is_left_out_and_said(self, tmp_path: Path) -> None:
        image = Image.fromarray(noise(5, 7, 3))
        opened = open_image(saved(tmp_path / "a.jpg", image, exif=b"Exif\0\0rubbish!"))
        assert opened.exif is None
        assert "EXIF" in opened.notices[0]

    def test_dpi(self, tmp_path: Path) -> None:
        image = Image.fromarray(noise(5, 7, 3))
        assert open_image(saved(tmp_path / "a.jpg", image, dpi=(300, 300))).dpi == (300, 300)
        assert open_image(saved(tmp_path / "a.bmp", image, dpi=(0, 0))).dpi is None


class TestFrames:
    @pytest.mark.parametrize("suffix", ["gif", "webp", "png", "avif"])
    def test_first_frame_of_an_animation(self, tmp_path: Path, suffix: str) -> None:
        frames = [Image.new("RGB", (16, 16), color) for color in ("red", "lime", "blue")]
        path = saved(tmp_path / f"a.{suffix}", frames[0], save_all=True, append_images=frames[1:])
        opened = open_image(path)
        blue, green, red, alpha = (int(v) for v in opened.pixels[8, 8])
        assert red > 240
        assert max(blue, green) < 15
        assert alpha == 255
        assert opened.notices == ("An animation: the first of 3 frames was opened.",)

    def test_pages(self, tmp_path: Path) -> None:
        pages = [Image.new("RGB", (4, 4), color) for color in ("red", "lime")]
        path = saved(tmp_path / "a.tif", pages[0], save_all=True, append_images=pages[1:])
        opened = open_image(path)
        assert opened.pixels[0, 0].tolist() == [0, 0, 255, 255]
        assert opened.notices == ("A file of 2 pages: the first was opened.",)

    def test_a_phones_mpo_is_a_jpeg_without_a_word(self, tmp_path: Path) -> None:
        views = [Image.fromarray(noise(16, 16, 3, seed)) for seed in (1, 2)]
        path = tmp_path / "a.jpg"
        views[0].save(path, "MPO", save_all=True, append_images=views[1:])
        opened = open_image(path)
        assert (opened.format, opened.notices) == ("JPEG", ())


def test_from_rgba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inpaint_studio.files.row_bands._BAND_PIXELS", 64)
    rgba = noise(20, 30, 4)
    np.testing.assert_array_equal(from_rgba(rgba).pixels, premultiply(rgba))
    for wrong in (rgba[..., :3], rgba.astype(np.float32), rgba[:0]):
        with pytest.raises(ValueError, match="RGBA"):
            from_rgba(wrong)
