"""Masks from and to files and the clipboard; files are read and written in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.document import Document
from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.errors import InpaintStudioError, JobCancelledError
from inpaint_studio.files.image_io import from_rgba
from inpaint_studio.files.mask_io import read_mask, write_mask
from inpaint_studio.geometry import Extent
from inpaint_studio.imaging.mask_from_picture import mask_from_picture
from inpaint_studio.imaging.resize import resize


@dataclass(frozen=True, eq=False)
class _Found:
    """A mask of the frame's size, and the width and height that it had before."""

    values: np.ndarray
    was: Extent


class MaskFiles(QObject):
    """Imports and exports the mask that tools paint on.

    A mask of another size is scaled to the frame, and a notice says so. Signals: `noticed(str)`,
    `exported(Path)` and `failed(str message, str details)`.
    """

    noticed = Signal(str)
    exported = Signal(object)
    failed = Signal(str, str)

    def __init__(
        self, session: EditorSession, masks: MaskController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._masks = masks
        self._writing: set[BackgroundTask] = set()

    def suggested_path(self) -> Path:
        """Where the mask could go: beside the picture, named after it."""
        document = self._session.document
        origin = None if document is None else document.origin
        stem = "picture" if origin is None else Path(origin.name).stem
        folder = origin.path.parent if origin is not None and origin.path else Path.home()
        return folder / f"{stem}-mask.png"

    def import_path(self, path: Path) -> None:
        """Read a picture file as a mask."""

        def work(report: Callable[[float], None], is_cancelled: Callable[[], bool]) -> np.ndarray:
            def on_progress(fraction: float) -> None:
                if is_cancelled():
                    raise JobCancelledError
                report(fraction)

            return read_mask(path, on_progress)

        self._take_in(work, path.stem)

    def paste(self, rgba: np.ndarray) -> None:
        """Take a copied picture (straight RGBA uint8 HxWx4, not changed afterwards) as a mask."""
        self._take_in(lambda _r, _c: mask_from_picture(from_rgba(rgba).pixels), "")

    def export(self, path: Path) -> None:
        """Write the mask as it is now and as edits see it."""
        values = self._masks.pixels()
        if values is None:
            return

        def work(_report: object, _cancelled: object) -> Path:
            write_mask(path, values)
            return path

        task = BackgroundTask(work, self)
        self._writing.add(task)
        task.finished.connect(self.exported)
        task.failed.connect(self._on_failed)
        for ended in (task.finished, task.failed, task.cancelled):
            ended.connect(lambda *_: self._writing.discard(task))
        task.start()

    def wait_for_exports(self, timeout_s: float) -> bool:
        """Block until what is being written is written, e.g. before the window closes."""
        return all(task.wait(timeout_s) for task in self._writing)

    def _take_in(
        self,
        read: Callable[[Callable[[float], None], Callable[[], bool]], np.ndarray],
        name: str,
    ) -> None:
        document = self._session.document
        if document is None:
            return
        frame = document.frame

        def work(report: Callable[[float], None], is_cancelled: Callable[[], bool]) -> _Found:
            values = read(report, is_cancelled)
            was = Extent(values.shape[1], values.shape[0])
            return _Found(values if was == frame.extent else resize(values, frame.extent), was)

        task = BackgroundTask(work, self)
        task.finished.connect(lambda found: self._place(document, found, name))
        task.failed.connect(self._on_failed)
        task.start()

    def _place(self, document: Document, found: _Found, name: str) -> None:
        if document is not self._session.document:
            return
        if found.values.shape != (document.frame.height, document.frame.width):
            found = _Found(resize(found.values, document.frame.extent), found.was)
        if not found.values.any():
            self.noticed.emit(self.tr("The mask is all black, so nothing was added."))
            return
        self._masks.paste(found.values, name)
        wanted = document.frame.extent
        if found.was != wanted:
            text = self.tr("The mask had {0} × {1} pixels and was scaled to {2} × {3}.")
            self.noticed.emit(text.format(*found.was, *wanted))

    def _on_failed(self, error: InpaintStudioError) -> None:
        self.failed.emit(str(error), error.details)
