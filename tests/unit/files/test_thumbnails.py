from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inpaint_studio.files import thumbnails
from inpaint_studio.files.thumbnails import thumbnail_for


def picture(path: Path, size: tuple[int, int] = (400, 100), **options: object) -> Path:
    Image.new("RGB", size, (200, 30, 40)).save(path, **options)  # pyright: ignore[reportArgumentType]
    return path


def opened(path: Path | None) -> Image.Image:
    assert path is not None
    with Image.open(path) as image:
        image.load()
        return image


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif"])
def test_fits_into_the_size(tmp_path: Path, name: str) -> None:
    image = opened(thumbnail_for(picture(tmp_path / name), tmp_path / "cache", 64))
    assert (image.format, image.size) == ("PNG", (64, 16))


def test_is_upright_and_keeps_transparency(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "a.png"
    Image.new("RGBA", (40, 20), (9, 9, 9, 100)).save(path, exif=exif)
    image = opened(thumbnail_for(path, tmp_path, 64))
    assert (image.size, image.getpixel((0, 0))) == ((20, 40), (9, 9, 9, 100))


def test_gray_of_16_bits_is_not_white(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.full((8, 8), 0x4000, np.uint16)).save(path)
    assert opened(thumbnail_for(path, tmp_path)).getpixel((0, 0)) == (64, 64, 64)


def test_is_made_once_and_again_after_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    render = thumbnails._render
    monkeypatch.setattr(
        thumbnails, "_render", lambda path, size: made.append(path) or render(path, size)
    )
    path = picture(tmp_path / "a.png")
    first = thumbnail_for(path, tmp_path)
    assert thumbnail_for(path, tmp_path) == first
    assert len(made) == 1
    os.utime(path, (1, 1))
    assert thumbnail_for(path, tmp_path) != first
    assert len(made) == 2


def test_a_project_shows_its_own(tmp_path: Path) -> None:
    inner = picture(tmp_path / "inner.png", (20, 10)).read_bytes()
    project = tmp_path / "a.inpaint"
    with zipfile.ZipFile(project, "w") as archive:
        archive.writestr("Thumbnails/thumbnail.png", inner)
    assert opened(thumbnail_for(project, tmp_path)).size == (20, 10)


def test_nothing_to_show(tmp_path: Path) -> None:
    text = tmp_path / "a.png"
    text.write_text("no picture")
    assert thumbnail_for(text, tmp_path) is None
    assert thumbnail_for(tmp_path / "gone.png", tmp_path) is None
    with zipfile.ZipFile(tmp_path / "empty.inpaint", "w"):
        pass
    assert thumbnail_for(tmp_path / "empty.inpaint", tmp_path) is None
    blocked = text / "cache"
    assert thumbnail_for(picture(tmp_path / "b.png"), blocked) is None


def test_an_oversized_thumbnail_in_a_project_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "_LARGEST_IN_PROJECT", 10)
    project = tmp_path / "a.inpaint"
    with zipfile.ZipFile(project, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Thumbnails/thumbnail.png", bytes(10_000))
    assert thumbnail_for(project, tmp_path) is None


def test_the_cache_does_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "_MOST_CACHED", 3)
    for number in range(6):
        thumbnail_for(picture(tmp_path / f"{number}.png", (8, 8 + number)), tmp_path / "cache")
    assert len(list((tmp_path / "cache" / "thumbnails").iterdir())) == 3
