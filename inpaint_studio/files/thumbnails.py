"""Small pictures of files for the welcome page, cached as PNG."""

from __future__ import annotations

import hashlib
import io
import zipfile
from contextlib import suppress
from pathlib import Path

from PIL import ImageOps

from inpaint_studio.atomic import write_bytes_atomically
from inpaint_studio.errors import FileProblemError
from inpaint_studio.files.decoding import PIXEL_LIMIT, opened_picture
from inpaint_studio.files.row_bands import ignore_progress

_MOST_CACHED = 60
_IN_PROJECT = "Thumbnails/thumbnail.png"
_LARGEST_IN_PROJECT = 1 << 20


def thumbnail_for(path: Path, cache_folder: Path, size: int = 256) -> Path | None:
    """A PNG of at most `size` x `size` pixels that shows the file, from the cache if it is there.

    None if the file can't be shown or the cache can't be written. Decodes the whole picture
    where it has to (seconds for a huge PNG): not for the GUI's thread.
    """
    try:
        cached = cache_folder / "thumbnails" / f"{_key(path, size)}.png"
        if not cached.is_file():
            data = _render(path, size)
            cached.parent.mkdir(parents=True, exist_ok=True)
            write_bytes_atomically(cached, data)
            _prune(cached.parent)
    except (OSError, FileProblemError):
        return None
    return cached


def _key(path: Path, size: int) -> str:
    """Changes with the file's place, time and length, so a stale thumbnail is never found."""
    status = path.stat()
    text = f"{path.resolve()}|{status.st_mtime_ns}|{status.st_size}|{size}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _render(path: Path, size: int) -> bytes:
    stored = _stored_in_project(path)
    if stored is not None:
        return stored
    with opened_picture(path, PIXEL_LIMIT, ignore_progress) as image:
        image.draft("RGB", (size * 2, size * 2))
        gray = image.point(lambda value: value / 256) if image.mode.startswith("I") else image
        picture = gray.convert("RGBA" if image.has_transparency_data else "RGB")
        picture.thumbnail((size, size))
        upright = ImageOps.exif_transpose(picture)
        out = io.BytesIO()
        upright.save(out, "PNG")
    return out.getvalue()


def _stored_in_project(path: Path) -> bytes | None:
    """The thumbnail that project files (and OpenRaster) carry."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_IN_PROJECT) as file:
            data = file.read(_LARGEST_IN_PROJECT + 1)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError):
        return None
    return data if len(data) <= _LARGEST_IN_PROJECT else None


def _prune(folder: Path) -> None:
    """Keep the newest files only."""
    with suppress(OSError):
        files = sorted(folder.glob("*.png"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[_MOST_CACHED:]:
            file.unlink()
