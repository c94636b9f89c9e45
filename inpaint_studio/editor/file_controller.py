"""Opening and exporting pictures: the slow parts run in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QStandardPaths, Signal

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.flatten import flatten, snapshot
from inpaint_studio.core.layer import ImageLayer
from inpaint_studio.core.overview import Overview
from inpaint_studio.editor.background import BackgroundTask, Work
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.errors import InpaintStudioError, JobCancelledError
from inpaint_studio.files.export import ExportFormat, ExportOptions, export_image
from inpaint_studio.files.image_io import OpenedImage, from_rgba, open_image
from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.files.row_bands import is_opaque
from inpaint_studio.resources import resource
from inpaint_studio.settings import EXPORT_FOLDER, EXPORT_FORMAT, Settings

SAMPLE = ("samples", "dandelions.jpg")
"""The picture that ships with the program; dandelions-mask.png beside it covers one flower."""

_FLATTENED = 0.15
"""Share of an export's progress that flattening takes."""


@dataclass(frozen=True, eq=False)
class _Opened:
    image: OpenedImage
    origin: Origin
    is_opaque: bool
    overview: Overview | None

    @classmethod
    def of(cls, image: OpenedImage, origin: Origin) -> _Opened:
        """With what takes long to find out, so that the window need not wait for it."""
        pixels = image.pixels
        return cls(image, origin, is_opaque(pixels), Overview.worth_having(pixels))


@dataclass(frozen=True, eq=False)
class _Exported:
    path: Path
    revision: int


@dataclass(frozen=True)
class ExportSubject:
    """What there is to export, for the dialog that asks how. `size` is width and height in px."""

    suggested: Path
    size: tuple[int, int]
    may_be_transparent: bool
    has_camera_data: bool


class FileController(QObject):
    """Opens pictures into the session and exports what it shows.

    Signals: `busy_changed(bool)`, `progressed(float 0..1, str what)`, `opened()`,
    `noticed(str)` (something about the file that a person should know), `exported(Path)`,
    `failed(str message, str details)`. A newer opening takes the place of one that still runs.
    """

    busy_changed = Signal(bool)
    progressed = Signal(float, str)
    opened = Signal()
    noticed = Signal(str)
    exported = Signal(object)
    failed = Signal(str, str)

    def __init__(
        self,
        session: EditorSession,
        recent: RecentFiles,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._recent = recent
        self._settings = settings
        self._tasks: dict[BackgroundTask, str] = {}
        self._told_busy = False
        self._opening: BackgroundTask | None = None
        self._opaque_layer: ImageLayer | None = None
        self._last_export: Path | None = None
        self._revision = 0
        for signal in (session.changed, session.history_changed, session.document_replaced):
            signal.connect(self._on_session_moved)
        session.document_replaced.connect(self._on_document_replaced)

    @property
    def is_busy(self) -> bool:
        """Whether something is being opened or exported."""
        return bool(self._tasks)

    @property
    def is_exporting(self) -> bool:
        """Whether a picture is being written."""
        return bool(self._exports())

    def export_subject(self) -> ExportSubject | None:
        """What an export would write; None where no picture is open."""
        document = self._session.document
        if document is None:
            return None
        return ExportSubject(
            self.suggested_export_path(),
            (document.frame.width, document.frame.height),
            self._may_be_transparent(document),
            document.origin.exif is not None,
        )

    def open_path(self, path: Path, *, allow_large: bool = False) -> None:
        """Open a picture. Above the usual limit of pixels it is refused unless `allow_large`."""
        path = path.absolute()

        def work(report: Callable[[float], None], is_cancelled: Callable[[], bool]) -> _Opened:
            stopping = _stopping(report, is_cancelled)
            image = open_image(path, on_progress=stopping, allow_large=allow_large)
            self._recent.add(path)
            return _Opened.of(image, _origin(image, path.name, path))

        self._open(work, path.name)

    def open_pixels(self, rgba: np.ndarray, name: str) -> None:
        """Open a pasted or dropped picture: straight RGBA uint8 HxWx4, not changed afterwards."""

        def work(_report: Callable[[float], None], _cancelled: Callable[[], bool]) -> _Opened:
            image = from_rgba(rgba)
            return _Opened.of(image, Origin(name))

        self._open(work, name)

    def open_sample(self) -> None:
        """Open the picture that ships with the program. Its exports go to the person's folders."""

        def work(report: Callable[[float], None], is_cancelled: Callable[[], bool]) -> _Opened:
            path = resource(*SAMPLE)
            image = open_image(path, on_progress=_stopping(report, is_cancelled))
            return _Opened.of(image, _origin(image, path.name, None))

        self._open(work, SAMPLE[-1])

    def export(self, path: Path, options: ExportOptions) -> None:
        """Write what the layers show now, with the original's metadata as `options` wants it.

        The document counts as saved afterwards, unless it was changed in the meantime.
        """
        document = self._session.document
        if document is None:
            return
        layers, frame, origin = snapshot(document.layers.painted), document.frame, document.origin
        revision = self._revision
        options = replace(options, exif=origin.exif, icc_profile=origin.icc_profile, dpi=origin.dpi)

        def work(report: Callable[[float], None], is_cancelled: Callable[[], bool]) -> _Exported:
            pixels = flatten(layers, frame)
            rest = _part_of(_stopping(report, is_cancelled), _FLATTENED)
            rest(0.0)
            export_image(path, pixels, options, rest, is_cancelled)
            return _Exported(path, revision)

        self._start(work, self.tr("Exporting {0}").format(path.name))

    def cancel(self) -> None:
        """Stop all opening and exporting. A file that was to be replaced stays as it is."""
        for task in self._tasks:
            task.cancel()

    def wait_for_exports(self, timeout_s: float) -> bool:
        """Block until what is being written is written, e.g. before the window closes."""
        return all(task.wait(timeout_s) for task in self._exports())

    def suggested_export_path(self) -> Path:
        """Where the open document could go: beside its original, under a name that is free.

        Once exported, it is the same file again. The ending follows the original's format, and
        for one that can't be written (and for pasted pictures) the format chosen last.
        """
        if self._last_export is not None:
            return self._last_export
        origin = self._session.document.origin if self._session.document else Origin("picture")
        folder = origin.path.parent if origin.path else self._export_folder()
        return _free_path(folder, f"{Path(origin.name).stem}-edited", self._suffix_for(origin))

    def is_original(self, path: Path) -> bool:
        """Whether that is the very file that was opened, also through a link or another name."""
        document = self._session.document
        original = document.origin.path if document else None
        if original is None:
            return False
        try:
            return path.samefile(original)
        except OSError:
            return path.absolute() == original

    def _open(self, work: Work, name: str) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._tasks.pop(self._opening, None)
        self._opening = self._start(work, self.tr("Opening {0}").format(name))

    def _start(self, work: Work, message: str) -> BackgroundTask:
        task = BackgroundTask(work, self)
        self._tasks[task] = message
        task.progressed.connect(self._on_progressed)
        task.finished.connect(self._on_finished)
        task.cancelled.connect(self._on_cancelled)
        task.failed.connect(self._on_failed)
        self._tell_if_busy()
        self.progressed.emit(0.0, message)
        task.start()
        return task

    def _take_sender(self) -> bool:
        """Forget the task whose outcome this is. False if nobody waits for it any more."""
        task = self.sender()
        if not isinstance(task, BackgroundTask) or self._tasks.pop(task, None) is None:
            return False
        if task is self._opening:
            self._opening = None
        self._tell_if_busy()
        return True

    def _tell_if_busy(self) -> None:
        if self.is_busy != self._told_busy:
            self._told_busy = self.is_busy
            self.busy_changed.emit(self.is_busy)

    def _on_progressed(self, fraction: float) -> None:
        task = self.sender()
        if isinstance(task, BackgroundTask) and task in self._tasks:
            self.progressed.emit(fraction, self._tasks[task])

    def _on_finished(self, result: _Opened | _Exported) -> None:
        if not self._take_sender():
            return
        if isinstance(result, _Opened):
            self._show(result)
        else:
            self._note_export(result)

    def _on_cancelled(self) -> None:
        self._take_sender()

    def _on_failed(self, error: InpaintStudioError) -> None:
        if self._take_sender():
            self.failed.emit(str(error), error.details)

    def _show(self, result: _Opened) -> None:
        document = Document.from_pixels(result.image.pixels, result.origin)
        picture = _picture_of(document)
        if picture is not None:
            picture.raster.overview = result.overview
        self._session.open(document)
        self._opaque_layer = picture if result.is_opaque else None
        self.opened.emit()
        for notice in result.image.notices:
            self.noticed.emit(notice)

    def _note_export(self, result: _Exported) -> None:
        if result.revision == self._revision:
            self._session.mark_saved()
        if self._session.document is not None and not self.is_original(result.path):
            self._last_export = result.path
        self.exported.emit(result.path)

    def _on_session_moved(self) -> None:
        self._revision += 1

    def _on_document_replaced(self) -> None:
        self._opaque_layer = None
        self._last_export = None

    def _may_be_transparent(self, document: Document) -> bool:
        base = self._opaque_layer
        if base is None:
            return True
        shown = any(layer is base for layer in document.layers.painted)
        return not (shown and base.props.opacity == 255 and base.bounds.contains(document.frame))

    def _exports(self) -> list[BackgroundTask]:
        return [task for task in self._tasks if task is not self._opening]

    def _export_folder(self) -> Path:
        remembered = self._settings.get(EXPORT_FOLDER)
        if remembered and Path(remembered).is_dir():
            return Path(remembered)
        pictures = QStandardPaths.StandardLocation.PicturesLocation
        folder = Path(QStandardPaths.writableLocation(pictures))
        return folder if folder.is_dir() else Path.home()

    def _suffix_for(self, origin: Origin) -> str:
        try:
            own = ExportFormat(origin.format.lower()) if origin.path else None
        except ValueError:
            own = None
        chosen = own or ExportFormat(self._settings.get(EXPORT_FORMAT))
        given = Path(origin.name).suffix
        return given if given.lower() in chosen.suffixes else chosen.suffixes[0]


def _stopping(
    report: Callable[[float], None], is_cancelled: Callable[[], bool]
) -> Callable[[float], None]:
    """A progress callback that raises JobCancelledError once the work was cancelled."""

    def on_progress(fraction: float) -> None:
        if is_cancelled():
            raise JobCancelledError
        report(fraction)

    return on_progress


def _part_of(report: Callable[[float], None], start: float) -> Callable[[float], None]:
    """0..1 of the rest of some work, told as `start`..1 of the whole."""
    return lambda fraction: report(start + (1 - start) * fraction)


def _origin(image: OpenedImage, name: str, path: Path | None) -> Origin:
    return Origin(name, path, image.format, image.exif, image.icc_profile, image.dpi)


def _picture_of(document: Document) -> ImageLayer | None:
    return next((layer for layer in document.layers if isinstance(layer, ImageLayer)), None)


def _free_path(folder: Path, stem: str, suffix: str) -> Path:
    """`stem` with that ending, numbered where such a file exists."""
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path
