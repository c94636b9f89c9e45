"""Connects masks with the window: files, the clipboard, the range that is tried out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from inpaint_studio.editor.colour_range import Preview
from inpaint_studio.editor.services import Services
from inpaint_studio.errors import InpaintStudioError
from inpaint_studio.settings import LAST_OPEN_FOLDER
from inpaint_studio.ui.canvas.mask_tints import MaskTints
from inpaint_studio.ui.main_window import MainWindow
from inpaint_studio.ui.panels.open_sources import open_filter, picture_from

LOOK_AGAIN_MS = 120
"""The range is tried out anew when the view has rested for that long."""


class Masking(QObject):
    """Signals: `informed(str)`, `failed(str message, str details)`, in the user's words."""

    informed = Signal(str)
    failed = Signal(str, str)

    def __init__(self, app: QApplication, services: Services, window: MainWindow) -> None:
        super().__init__(window)
        self._clipboard = app.clipboard()
        self._services = services
        self._window = window
        self._files = services.mask_files
        self._picker = services.toolbox.colour_range
        self._shows_range = False
        self._view_timer = QTimer(self, singleShot=True, interval=LOOK_AGAIN_MS)
        self._view_timer.timeout.connect(self._look)
        self._files.noticed.connect(self.informed)
        self._files.failed.connect(self.failed)
        self._files.exported.connect(self._tell_exported)
        self._picker.changed.connect(self._show_range)
        window.canvas.view_changed.connect(self._view_timer.start)
        services.toolbox.tool_changed.connect(self._look)

    def ask_import(self) -> None:
        """Ask for a picture file and take it as a mask."""
        folder = self._services.settings.get(LAST_OPEN_FOLDER)
        title = self.tr("Import a mask")
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, folder, open_filter())
        if chosen:
            self._services.settings.set(LAST_OPEN_FOLDER, str(Path(chosen).parent))
            self._files.import_path(Path(chosen))

    def ask_export(self) -> None:
        """Ask where the mask should go, and write it there."""
        if self._is_empty():
            return
        suggested, title = str(self._files.suggested_path()), self.tr("Export the mask")
        kinds = self.tr("Grey PNG") + " (*.png)"
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, suggested, kinds)
        if chosen:
            path = Path(chosen)
            self._files.export(path if path.suffix else path.with_suffix(".png"))

    def copy(self) -> None:
        """Put the mask on the clipboard, as a grey picture."""
        values = self._services.masks.pixels()
        if values is None or self._is_empty():
            return
        height, width = values.shape
        image = QImage(values.data, width, height, width, QImage.Format.Format_Grayscale8)
        # The clipboard keeps the image longer than the array lives.
        self._clipboard.setImage(image.copy())
        self.informed.emit(self.tr("The mask was copied."))

    def paste(self) -> None:
        """Take the picture on the clipboard as a mask."""
        try:
            source = picture_from(self._clipboard.mimeData())
        except InpaintStudioError as error:
            self.informed.emit(str(error))
            return
        if isinstance(source, Path):
            self._files.import_path(source)
        else:
            self._files.paste(source)

    def _is_empty(self) -> bool:
        mask = self._services.masks.at_hand
        if mask is not None and not mask.raster.content_bounds().is_empty:
            return False
        self.informed.emit(self.tr("This mask is empty. Paint over something first."))
        return True

    def _tell_exported(self, path: Path) -> None:
        self.informed.emit(self.tr("Saved {0}").format(path.name))

    def _look(self) -> None:
        if self._services.session.document is not None:
            self._picker.look_at(self._window.canvas.seen)

    def _show_range(self) -> None:
        preview, canvas = self._picker.preview, self._window.canvas
        if preview is not None:
            pixels = tinted(preview, canvas.scene.masks)
            canvas.set_preview(preview.area, pixels)
        elif self._shows_range:
            canvas.clear_preview()
        self._shows_range = preview is not None


def tinted(preview: Preview, tints: MaskTints) -> np.ndarray:
    """The preview's values as their mask is tinted: premultiplied BGRA uint8 HxWx4."""
    table = np.empty((256, 4), np.uint8)
    for value, argb in enumerate(tints.colours(preview.kind, preview.color)):
        colour = QColor.fromRgba(argb)
        alpha = colour.alpha()
        bgr = (colour.blue(), colour.green(), colour.red())
        table[value] = [*((part * alpha + 127) // 255 for part in bgr), alpha]
    return table[preview.values]
