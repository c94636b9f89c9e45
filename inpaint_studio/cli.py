"""The command line: the same edits through the same engine, without a window."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from inpaint_studio import __version__
from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.edit import EditParams, EditRequest, EditResult, PatchFillOptions
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import LayerProps, MaskKind, ResultLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.core.request import request_from_document
from inpaint_studio.doctor import diagnose
from inpaint_studio.engine.worker_client import WorkerClient
from inpaint_studio.errors import FileProblemError, InpaintStudioError
from inpaint_studio.files.export import ExportOptions, check_export, export_image, format_for
from inpaint_studio.files.image_io import OpenedImage, open_image
from inpaint_studio.resources import resource_folder


@dataclass(frozen=True)
class _Times:
    """Seconds of each part of a run."""

    open: float
    fill: float
    write: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when done, 1 when not (it says why), 130 when stopped."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except InpaintStudioError as error:
        print(f"inpaint-studio-cli: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("inpaint-studio-cli: stopped, nothing was written.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="inpaint-studio-cli", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    fill = commands.add_parser("fill", help="remove what a mask covers from a photo")
    fill.add_argument("photo", type=Path)
    fill.add_argument("--mask", type=Path, required=True, help="white = remove, same size")
    fill.add_argument("--avoid", type=Path, help="white = don't copy from here")
    fill.add_argument("-o", "--output", type=Path, required=True)
    fill.add_argument("--candidates", type=int, choices=(1, 2, 3), default=1)
    fill.add_argument("--seed", type=int, default=0)
    fill.add_argument("--json", action="store_true", help="print sizes, times and seam numbers")
    fill.set_defaults(run=_fill)
    doctor = commands.add_parser("doctor", help="print versions, devices, folders, what is missing")
    doctor.set_defaults(run=_doctor)
    bench = commands.add_parser("bench", help="measure this machine beside the budgets")
    bench.add_argument("names", nargs="*", help="only these benchmarks")
    bench.set_defaults(run=_bench)
    return parser


def _fill(options: argparse.Namespace) -> int:
    outputs = _output_paths(options.output, options.candidates)
    started = time.monotonic()
    opened = open_image(options.photo)
    for path in outputs:
        check_export(path, opened.pixels.shape[1::-1], _export_options(path, opened))
    document = _document(options, opened)
    opened_at = time.monotonic()
    patch_fill = PatchFillOptions(PatchFillOptions().radii[: options.candidates])
    params = EditParams(seed=options.seed, options=patch_fill)
    result = _run(request_from_document(document, params))
    filled_at = time.monotonic()
    for candidate, path in enumerate(outputs):
        _write(path, document, result, candidate, opened)
    times = _Times(opened_at - started, filled_at - opened_at, time.monotonic() - filled_at)
    _report(options, document, result, outputs, times)
    return 0


def _document(options: argparse.Namespace, opened: OpenedImage) -> Document:
    origin = Origin(options.photo.name, options.photo, opened.format)
    document = Document.from_pixels(opened.pixels, origin)
    for kind, path in ((MaskKind.repaint, options.mask), (MaskKind.avoid, options.avoid)):
        if path is not None:
            document.mask(kind).raster = Raster(_read_mask(path, opened.pixels.shape[:2]))
    return document


def _read_mask(path: Path, shape: tuple[int, int]) -> np.ndarray:
    """The mask file as uint8 HxW: brightness, and transparent counts as black."""
    pixels = open_image(path).pixels
    if pixels.shape[:2] != shape:
        (height, width), (wanted_height, wanted_width) = pixels.shape[:2], shape
        raise FileProblemError(
            path,
            f"the mask has {width} × {height} pixels, the photo {wanted_width} × {wanted_height}.",
        )
    # Premultiplied, so transparent parts are already dark.
    return pixels[..., :3].max(axis=2)


def _run(request: EditRequest) -> EditResult:
    client = WorkerClient()
    try:
        return client.run(1, request, _show_progress, lambda: False)
    finally:
        client.close()
        if sys.stderr.isatty():
            print(file=sys.stderr)


def _show_progress(fraction: float, message: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{message} {fraction:4.0%}", end="", file=sys.stderr, flush=True)


def _output_paths(output: Path, candidates: int) -> list[Path]:
    """OUT itself for one candidate, OUT-1, OUT-2, ... for several."""
    if candidates == 1:
        return [output]
    return [output.with_stem(f"{output.stem}-{i + 1}") for i in range(candidates)]


def _export_options(path: Path, opened: OpenedImage) -> ExportOptions:
    return ExportOptions(
        format_for(path), exif=opened.exif, icc_profile=opened.icc_profile, dpi=opened.dpi
    )


def _write(
    path: Path, document: Document, result: EditResult, candidate: int, opened: OpenedImage
) -> None:
    layer = ResultLayer(LayerProps("result"), replace(result), candidate)
    pixels = flatten([*document.layers.painted, layer], document.frame)
    export_image(path, pixels, _export_options(path, opened))


def _report(
    options: argparse.Namespace,
    document: Document,
    result: EditResult,
    outputs: list[Path],
    times: _Times,
) -> None:
    if not options.json:
        for candidate, path in enumerate(outputs):
            print(f"{path}  seam {result.seam_ratio(candidate):.2f}")
        return
    print(
        json.dumps(
            {
                "photo": str(options.photo),
                "width": document.frame.width,
                "height": document.frame.height,
                "model": asdict(result.model),
                "seed": result.params.seed,
                "seconds": {**asdict(times), "engine": result.seconds},
                "outputs": [
                    {
                        "path": str(path),
                        "patch_radius": result.params.options.radii[candidate],
                        "pieces": [
                            {"context": piece.context._asdict()} | asdict(piece.reports[candidate])
                            for piece in result.pieces
                        ],
                    }
                    for candidate, path in enumerate(outputs)
                ],
            },
            indent=2,
        )
    )


def _doctor(_options: argparse.Namespace) -> int:
    report = diagnose()
    print(report.text)
    return 0 if report.is_healthy else 1


def _bench(options: argparse.Namespace) -> int:
    folder = resource_folder().parent / "tests" / "benchmarks"
    if not folder.is_dir():
        raise InpaintStudioError("The benchmarks come with the source code, not with the program.")
    command = [sys.executable, "-m", "tests.benchmarks", *options.names]
    return subprocess.run(command, cwd=folder.parent.parent, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
