"""One edit of a photo from file to file, through the same worker as the window's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.edit import EditParams, EditResult
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import LayerProps, MaskKind, ResultLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.core.request import request_from_document
from inpaint_studio.engine.worker_client import WorkerClient
from inpaint_studio.errors import FileProblemError
from inpaint_studio.files.export import ExportOptions, check_export, export_image, format_for
from inpaint_studio.files.image_io import OpenedImage, open_image
from inpaint_studio.files.mask_io import read_mask


@dataclass(frozen=True)
class Times:
    """Seconds of each part of a run."""

    open: float
    edit: float
    write: float


@dataclass(frozen=True, eq=False)
class PhotoEdit:
    """A photo that was edited and written."""

    photo: Path
    document: Document
    result: EditResult
    outputs: tuple[Path, ...]
    times: Times


@dataclass(frozen=True)
class Paths:
    """Files of a run. `avoid` and, for instructions, `mask` may be missing."""

    photo: Path
    mask: Path | None
    avoid: Path | None
    output: Path


def edit_photo(
    paths: Paths, params: EditParams, on_progress: Callable[[float, str], None]
) -> PhotoEdit:
    """Edit and write all candidates. Raises InpaintStudioError in the user's words."""
    started = time.monotonic()
    outputs = output_paths(paths.output, params.num_candidates)
    opened = open_image(paths.photo)
    for path in outputs:
        check_export(path, opened.pixels.shape[1::-1], export_options(path, opened))
    document = _document(paths, opened)
    opened_at = time.monotonic()
    result = _run(document, params, on_progress)
    edited_at = time.monotonic()
    for candidate, path in enumerate(outputs):
        _write(path, document, result, candidate, opened)
    times = Times(opened_at - started, edited_at - opened_at, time.monotonic() - edited_at)
    return PhotoEdit(paths.photo, document, result, outputs, times)


def output_paths(output: Path, candidates: int) -> tuple[Path, ...]:
    """OUT itself for one candidate, OUT-1, OUT-2, ... for several."""
    if candidates == 1:
        return (output,)
    return tuple(output.with_stem(f"{output.stem}-{i + 1}") for i in range(candidates))


def _document(paths: Paths, opened: OpenedImage) -> Document:
    origin = Origin(paths.photo.name, paths.photo, opened.format)
    document = Document.from_pixels(opened.pixels, origin)
    for kind, path in ((MaskKind.repaint, paths.mask), (MaskKind.avoid, paths.avoid)):
        if path is not None:
            document.mask(kind).raster = Raster(_read_mask(path, opened.pixels.shape[:2]))
    if paths.mask is not None and not document.mask(MaskKind.repaint).raster.pixels.any():
        raise FileProblemError(paths.mask, "the mask is all black; white = change.")
    return document


def _read_mask(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """The mask file as uint8 HxW of that shape."""
    values = read_mask(path)
    if values.shape != shape:
        (height, width), (wanted_height, wanted_width) = values.shape, shape
        raise FileProblemError(
            path,
            f"the mask has {width} × {height} pixels, the photo {wanted_width} × {wanted_height}.",
        )
    return values


def _run(
    document: Document, params: EditParams, on_progress: Callable[[float, str], None]
) -> EditResult:
    client = WorkerClient()
    try:
        request = request_from_document(document, params)
        return client.run(1, request, on_progress, lambda: False)
    finally:
        client.close()


def export_options(path: Path, opened: OpenedImage) -> ExportOptions:
    """How a file is written: in its name's format, with the photo's metadata."""
    return ExportOptions(
        format_for(path), exif=opened.exif, icc_profile=opened.icc_profile, dpi=opened.dpi
    )


def _write(
    path: Path, document: Document, result: EditResult, candidate: int, opened: OpenedImage
) -> None:
    layer = ResultLayer(LayerProps("result"), result, candidate)
    pixels = flatten([*document.layers.painted, layer], document.frame)
    export_image(path, pixels, export_options(path, opened))
