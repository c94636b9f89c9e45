"""Opening and exporting large pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from inpaint_studio.files.export import ExportFormat, ExportOptions, export_image
from inpaint_studio.files.image_io import open_image
from inpaint_studio.imaging.pixels import from_rgb
from tests.benchmarks.canvas import close, open_in_window
from tests.benchmarks.measure import Row, clock, photo_like, rss_mib

SIDE = 8192


def bench_open(folder: Path) -> Iterator[Row]:
    path = _photo(folder)
    before = rss_mib()
    with clock() as spent:
        studio = open_in_window(path)
    yield Row("open 8192² PNG to displayed", spent.wall, "s", 3.0)
    yield Row("memory of the program then", rss_mib(), "MiB", 500, f"{before:.0f} before")
    close(studio)


def bench_export(folder: Path) -> Iterator[Row]:
    pixels = from_rgb(photo_like(SIDE))
    for kind, budget in ((ExportFormat.png, 4.0), (ExportFormat.jpeg, None)):
        path = folder / f"out{kind.suffixes[0]}"
        with clock() as spent:
            export_image(path, pixels, ExportOptions(kind))
        size = path.stat().st_size / 2**20
        yield Row(f"export 8192² {kind.name.upper()}", spent.wall, "s", budget, f"{size:.0f} MiB")
    with clock() as spent:
        opened = open_image(folder / "out.png")
    same = (opened.pixels == pixels).all()
    yield Row("read it back", spent.wall, "s", None, "identical" if same else "DIFFERENT")


def _photo(folder: Path) -> Path:
    path = folder / "photo.png"
    if not path.exists():
        Image.fromarray(photo_like(SIDE)).save(path, compress_level=6)
    return path
