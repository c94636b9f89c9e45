"""Masks as files of their own: pictures are read as masks, masks written as grey PNG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from inpaint_studio.atomic import atomic_writer
from inpaint_studio.errors import FileProblemError
from inpaint_studio.files.export import plain_reasons
from inpaint_studio.files.image_io import open_image
from inpaint_studio.files.row_bands import OnProgress, ignore_progress
from inpaint_studio.imaging.mask_from_picture import mask_from_picture


def read_mask(path: Path, on_progress: OnProgress = ignore_progress) -> np.ndarray:
    """Any picture as a mask uint8 HxW: its transparency if that varies, else its brightness.

    Raises FileProblemError with a plain reason for everything that is no readable picture.
    """
    return mask_from_picture(open_image(path, on_progress=on_progress).pixels)


def write_mask(path: Path, values: np.ndarray) -> None:
    """Write uint8 HxW as an 8-bit grey PNG, 255 white. An existing file is replaced only when the
    new one is complete. Raises FileProblemError."""
    if path.suffix.lower() != ".png":
        raise FileProblemError(path, "the name of a mask should end in .png.")
    if not path.parent.is_dir():
        raise FileProblemError(path, f"the folder {path.parent} doesn't exist.")
    with plain_reasons(path), atomic_writer(path) as file:
        Image.fromarray(np.ascontiguousarray(values)).save(file, "PNG")
