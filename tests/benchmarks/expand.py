"""Expands ten real photos that were cut back, and measures joins against the uncut truth.

`python -m tests.benchmarks.expand [FOLDER]` prints the table; with a folder it writes the pictures.
Baselines: OpenCV's Telea where cv2 is installed, which this project does not need; the nearest
thing to it that scikit-image has (biharmonic, at a quarter of the size: it is slow and has no
detail to lose); and the picture mirrored at its edges.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data
from skimage.restoration import inpaint_biharmonic

from inpaint_studio.commandline.photo_expand import fill_frame
from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.edit import EditParams, PatchFillOptions
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.expand_recipe import Recipe
from inpaint_studio.engine.backends.patch_fill import PatchFillBackend
from inpaint_studio.engine.edit_runner import run_edit
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.mask_ops import PATCH_FILL_SHAPING
from inpaint_studio.imaging.pixels import from_rgb, to_rgb
from inpaint_studio.imaging.seam import SeamReport, seam_report
from tests.benchmarks.measure import Row, photo_like

CUT = 0.25
"""Of each side's length, taken away on every side: three quarters of the area are made anew."""
COARSE = 4

Fill = Callable[[np.ndarray, Bounds], np.ndarray]
"""From a picture uint8 HxWx3 and what of it is known to the whole picture."""


@dataclass(frozen=True)
class Holdout:
    """One photo, uint8 HxWx3."""

    name: str
    truth: np.ndarray

    @property
    def known(self) -> Bounds:
        """What stays of it."""
        height, width = self.truth.shape[:2]
        x, y = round(width * CUT), round(height * CUT)
        return Bounds(x, y, width - 2 * x, height - 2 * y)

    def report(self, picture: np.ndarray) -> SeamReport:
        """The join of a picture with the known part."""
        alpha = np.full(self.truth.shape[:2], 255, np.uint8)
        alpha[self.known.slices()] = 0
        return seam_report(self.truth, picture, alpha)


def holdouts() -> Iterator[Holdout]:
    """Ten photos and crops of photos: a face, fur, sky, food, metal, stone, grass, stars."""
    yield Holdout("astronaut", np.asarray(data.astronaut()))
    yield Holdout("cat", np.asarray(data.chelsea()))
    yield Holdout("coffee", np.asarray(data.coffee()))
    yield Holdout("rocket", np.asarray(data.rocket()))
    yield Holdout("rocket: sky", np.asarray(data.rocket())[:240, 20:280])
    yield Holdout("motorcycle", np.asarray(data.stereo_motorcycle()[0]))
    yield Holdout("stars", np.asarray(data.hubble_deep_field()))
    yield Holdout("brick wall", _rgb(data.brick()))
    yield Holdout("grass", _rgb(data.grass()))
    yield Holdout("gravel", _rgb(data.gravel()))


def patch_fill(picture: np.ndarray, known: Bounds) -> np.ndarray:
    """The program's own way, in this process."""
    document = Document.from_pixels(from_rgb(picture[known.slices()]), Origin("cut.png"))
    document.frame = Bounds.from_extent(picture.shape[1::-1]).translated(-known.x, -known.y)
    area = Uncovered.of(document)
    plan = Recipe(EditChoices(), 1 << 40).plan(area)
    assert plan is not None
    backend = PatchFillBackend()
    params = EditParams(options=PatchFillOptions((3,)))
    fill_frame(
        document,
        plan,
        area,
        params,
        lambda request, on_progress: run_edit(request, backend, on_progress, lambda: False),
        lambda _fraction, _text: None,
    )
    return to_rgb(flatten(document.layers.painted, document.frame))


def mirror(picture: np.ndarray, known: Bounds) -> np.ndarray:
    """The known part mirrored at its edges."""
    height, width = picture.shape[:2]
    pads = (
        (known.y, height - known.bottom),
        (known.x, width - known.right),
        (0, 0),
    )
    return np.pad(picture[known.slices()], pads, "reflect")


def biharmonic(picture: np.ndarray, known: Bounds) -> np.ndarray:
    """Smooth continuation of the colours, at a quarter of the size."""
    height, width = picture.shape[:2]
    small = Image.fromarray(picture).resize((width // COARSE, height // COARSE))
    hole = np.ones((height // COARSE, width // COARSE), bool)
    inner = Bounds.from_corners(*(edge // COARSE for edge in _corners(known))).pad(-1)
    hole[inner.slices()] = False
    filled = inpaint_biharmonic(np.asarray(small), hole, channel_axis=-1)
    large = Image.fromarray((filled.clip(0, 1) * 255).astype(np.uint8)).resize((width, height))
    result = np.array(large)
    result[known.slices()] = picture[known.slices()]
    return result


def telea(picture: np.ndarray, known: Bounds) -> np.ndarray:
    """OpenCV's fast marching, radius 5."""
    cv2 = import_module("cv2")
    hole = np.full(picture.shape[:2], 255, np.uint8)
    hole[known.slices()] = 0
    return cv2.inpaint(np.ascontiguousarray(picture), hole, 5, cv2.INPAINT_TELEA)


FILLS: dict[str, Fill] = {"patch fill": patch_fill, "biharmonic": biharmonic, "mirror": mirror}
if find_spec("cv2") is not None:
    FILLS["telea"] = telea


def bench_expand(_folder: Path) -> Iterator[Row]:
    side, frame = 2048, Bounds(0, 0, 4096, 2304)
    known = Bounds((frame.width - side) // 2, (frame.height - side) // 2, side, side)
    picture = np.zeros((frame.height, frame.width, 3), np.uint8)
    picture[known.slices()] = photo_like(side)
    before = peak_mib()
    started = time.perf_counter()
    filled = patch_fill(picture, known)
    seconds = time.perf_counter() - started
    inner = known.pad(-PATCH_FILL_SHAPING.grow).slices()
    assert (filled[inner] == picture[inner]).all()
    yield Row("expand 2048² to 4096 x 2304 by patch fill", seconds, "s", 60)
    yield Row("  memory it takes at most", peak_mib() - before, "MiB", 1500)


def main(folder: Path | None) -> None:
    """Print the table of all photos and ways, and the means."""
    print(f"{'photo':16} {'way':12} {'seam':>6} {'step':>6} {'detail':>6} {'seconds':>8}")
    print(f"{'':16} {'':12} {'1 = no':>6} {'ΔE':>6} {'1 = same':>6}")
    rows: dict[str, list[tuple[float, ...]]] = {}
    for photo in holdouts():
        _tell(rows, photo, "truth", photo.truth, 0.0)
        for name, fill in FILLS.items():
            started = time.perf_counter()
            picture = fill(photo.truth, photo.known)
            _tell(rows, photo, name, picture, time.perf_counter() - started)
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{photo.name.replace(': ', '-').replace(' ', '-')}-{name[:5]}.png"
                Image.fromarray(picture).save(path)
    for name, values in rows.items():
        seam, step, detail = np.mean(values, axis=0)
        print(f"{'mean of all':16} {name:12} {seam:6.2f} {step:6.2f} {detail:6.2f}")


def _tell(
    rows: dict[str, list[tuple[float, ...]]],
    photo: Holdout,
    name: str,
    picture: np.ndarray,
    seconds: float,
) -> None:
    report = photo.report(picture)
    measured = (report.seam_ratio, report.colour_step, report.sharpness_ratio)
    rows.setdefault(name, []).append(measured)
    numbers = " ".join(f"{value:6.2f}" for value in measured)
    print(f"{photo.name:16} {name:12} {numbers} {seconds:8.1f}", flush=True)


def _rgb(grey: np.ndarray) -> np.ndarray:
    return np.repeat(np.asarray(grey)[..., None], 3, axis=2)


def peak_mib() -> float:
    """The most memory this process ever held, in MiB."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def _corners(bounds: Bounds) -> tuple[int, int, int, int]:
    return bounds.x, bounds.y, bounds.right, bounds.bottom


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
