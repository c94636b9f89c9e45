from __future__ import annotations

import errno
import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data

from inpaint_studio.errors import FileProblemError, JobCancelledError
from inpaint_studio.files.export import (
    ExportFormat,
    ExportOptions,
    check_export,
    export_image,
    format_for,
)
from inpaint_studio.files.image_io import open_image
from inpaint_studio.imaging.pixels import from_rgb, premultiply, to_rgb, to_rgba

PHOTO = from_rgb(data.astronaut()[:60, :80])
LOSSLESS = [
    ExportOptions(ExportFormat.png),
    ExportOptions(ExportFormat.tiff),
    ExportOptions(ExportFormat.webp, lossless=True),
]
ALL = [ExportOptions(chosen) for chosen in ExportFormat]


def name_of(options: ExportOptions) -> str:
    return options.format.name


def target(folder: Path, options: ExportOptions) -> Path:
    return folder / f"out{options.format.suffixes[0]}"


def see_through() -> np.ndarray:
    rgba = np.random.default_rng(3).integers(0, 256, (40, 50, 4), np.uint8)
    return premultiply(rgba)


def some_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif[0x9C9B] = "Hülle".encode("utf-16-le")  # Windows' XPTitle
    exif[0xC4A5] = b"PrintIM\0"
    exif.get_ifd(0x8769).update({0xA002: 9999, 0xA003: 8888, 0x9003: "2026:11:22 10:00:00"})
    exif.get_ifd(0x8825).update({1: "N"})
    return exif.tobytes()


def refusal(path: Path, pixels: np.ndarray, options: ExportOptions) -> str:
    with pytest.raises(FileProblemError) as caught:
        export_image(path, pixels, options)
    return caught.value.reason


@pytest.mark.parametrize("options", LOSSLESS, ids=name_of)
class TestLossless:
    def test_opaque_pixels_come_back_exactly_and_without_alpha(
        self, tmp_path: Path, options: ExportOptions
    ) -> None:
        path = target(tmp_path, options)
        export_image(path, PHOTO, options)
        with Image.open(path) as image:
            assert image.mode == "RGB"
        np.testing.assert_array_equal(open_image(path).pixels, PHOTO)

    def test_transparent_pixels_come_back_exactly(
        self, tmp_path: Path, options: ExportOptions
    ) -> None:
        path = target(tmp_path, options)
        export_image(path, see_through(), options)
        np.testing.assert_array_equal(open_image(path).pixels, see_through())


@pytest.mark.parametrize("options", ALL, ids=name_of)
class TestEveryFormat:
    def test_is_close_to_the_picture(self, tmp_path: Path, options: ExportOptions) -> None:
        path = target(tmp_path, options)
        export_image(path, PHOTO, options)
        opened = open_image(path)
        assert opened.format == options.format.name.upper()
        difference = opened.pixels.astype(int) - PHOTO
        assert np.sqrt((difference**2).mean()) < 6

    def test_metadata_profile_and_resolution_are_kept(
        self, tmp_path: Path, options: ExportOptions
    ) -> None:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        path = target(tmp_path, options)
        export_image(
            path, PHOTO, replace(options, exif=some_exif(), icc_profile=profile, dpi=(300, 300))
        )
        with Image.open(path) as image:
            assert image.info["icc_profile"] == profile
            exif = image.getexif()
            assert exif[0x010F] == "Camera"
            assert bytes(exif[0x9C9B]) == "Hülle".encode("utf-16-le")
            assert 0x0112 not in exif or options.format is ExportFormat.tiff
            details = exif.get_ifd(0x8769)
            assert (details[0xA002], details[0xA003]) == (80, 60)
            assert details[0x9003] == "2026:11:22 10:00:00"
            assert exif.get_ifd(0x8825) == {1: "N"}
            if options.format in (ExportFormat.png, ExportFormat.jpeg, ExportFormat.tiff):
                assert image.info["dpi"] == pytest.approx((300, 300), abs=0.02)

    def test_metadata_can_be_left_out(self, tmp_path: Path, options: ExportOptions) -> None:
        path = target(tmp_path, options)
        export_image(path, PHOTO, replace(options, exif=some_exif(), keep_metadata=False))
        assert open_image(path).exif is None
        export_image(path, PHOTO, replace(options, exif=some_exif(), keep_location=False))
        with Image.open(path) as image:
            assert image.getexif()[0x010F] == "Camera"
            assert not image.getexif().get_ifd(0x8825)

    def test_a_failure_leaves_the_old_file_and_nothing_else(
        self, tmp_path: Path, options: ExportOptions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = target(tmp_path, options)
        path.write_bytes(b"old")

        def disk_full(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", disk_full)
        assert refusal(path, PHOTO, options) == "the disk is full."
        assert path.read_bytes() == b"old"
        assert list(tmp_path.iterdir()) == [path]

    def test_cancel_leaves_the_old_file_and_nothing_else(
        self, tmp_path: Path, options: ExportOptions
    ) -> None:
        path = target(tmp_path, options)
        path.write_bytes(b"old")
        for answers in ([True], [False, True]):
            asked = itertools.chain(answers, itertools.repeat(True))
            with pytest.raises(JobCancelledError):
                export_image(path, PHOTO, options, is_cancelled=asked.__next__)
            assert path.read_bytes() == b"old"
            assert list(tmp_path.iterdir()) == [path]

    def test_progress_ends_at_one(self, tmp_path: Path, options: ExportOptions) -> None:
        seen: list[float] = []
        export_image(target(tmp_path, options), PHOTO, options, on_progress=seen.append)
        assert seen == sorted(seen)
        assert seen[-1] == 1.0


def test_jpeg_lays_transparency_over_the_matte(tmp_path: Path) -> None:
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[:, 8:] = (0, 0, 128, 128)
    options = ExportOptions(ExportFormat.jpeg, quality=100, matte=(0, 0, 200))
    export_image(tmp_path / "a.jpg", pixels, options)
    opened = open_image(tmp_path / "a.jpg").pixels.astype(int)
    assert np.abs(opened[4, 2] - (200, 0, 0, 255)).max() <= 2
    assert np.abs(opened[4, 13] - (100, 0, 128, 255)).max() <= 2


def test_quality_changes_the_size(tmp_path: Path) -> None:
    for chosen in (one for one in ExportFormat if one.has_quality):
        sizes = []
        for quality in (30, 95):
            path = target(tmp_path, ExportOptions(chosen))
            export_image(path, PHOTO, ExportOptions(chosen, quality=quality))
            sizes.append(path.stat().st_size)
        assert sizes[0] < sizes[1]


def test_every_valid_pixel_survives_conversion_to_straight_and_back() -> None:
    alpha, color = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
    color = np.minimum(color, alpha).astype(np.uint8)
    pixels = np.dstack([color, color, color, alpha.astype(np.uint8)])
    np.testing.assert_array_equal(premultiply(to_rgba(pixels)), pixels)
    np.testing.assert_array_equal(to_rgb(pixels)[255, :, 0], np.arange(256))


class TestChecks:
    def test_format_by_name(self) -> None:
        assert format_for(Path("a.JPEG")) is ExportFormat.jpeg
        assert format_for(Path("a.tif")) is ExportFormat.tiff
        with pytest.raises(FileProblemError, match=r"\.png"):
            format_for(Path("a.xyz"))

    @pytest.mark.parametrize(
        ("chosen", "size", "is_fine"),
        [
            (ExportFormat.jpeg, (65500, 1), True),
            (ExportFormat.jpeg, (65501, 1), False),
            (ExportFormat.webp, (1, 16383), True),
            (ExportFormat.webp, (1, 16384), False),
            (ExportFormat.avif, (16384, 16384), True),
            (ExportFormat.avif, (16385, 16384), False),
            (ExportFormat.png, (100_000, 10), True),
        ],
    )
    def test_sizes(
        self, tmp_path: Path, chosen: ExportFormat, size: tuple[int, int], is_fine: bool
    ) -> None:
        options = ExportOptions(chosen)
        if is_fine:
            check_export(target(tmp_path, options), size, options)
        else:
            with pytest.raises(FileProblemError, match="too many"):
                check_export(target(tmp_path, options), size, options)

    def test_too_large_is_refused_before_the_file_is_touched(self, tmp_path: Path) -> None:
        wide = np.zeros((1, 16384, 4), np.uint8)
        options = ExportOptions(ExportFormat.webp)
        assert "too many" in refusal(tmp_path / "a.webp", wide, options)
        assert list(tmp_path.iterdir()) == []

    def test_wrong_ending_missing_folder_and_folder_in_the_way(self, tmp_path: Path) -> None:
        options = ExportOptions(ExportFormat.png)
        assert ".png" in refusal(tmp_path / "a.jpg", PHOTO, options)
        assert "doesn't exist" in refusal(tmp_path / "gone" / "a.png", PHOTO, options)
        (tmp_path / "b.png").mkdir()
        assert "folder" in refusal(tmp_path / "b.png", PHOTO, options)
        assert "too long" in refusal(tmp_path / ("x" * 300 + ".png"), PHOTO, options)

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (PermissionError(errno.EACCES, "no"), "permission"),
            (OSError(errno.EROFS, "no"), "permission"),
            (OSError(errno.EIO, "no"), "could not be written"),
            (MemoryError(), "memory"),
        ],
    )
    def test_plain_reasons(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
    ) -> None:
        def fail(*_args: Any, **_options: Any) -> None:
            raise error

        monkeypatch.setattr("inpaint_studio.atomic.os.open", fail)
        assert words in refusal(tmp_path / "a.png", PHOTO, ExportOptions())
