"""Where pictures come from: files and images that are dropped or pasted. Nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QImage

from inpaint_studio.errors import InpaintStudioError

_PNG = "image/png"
_PATTERNS = (
    "*.png *.jpg *.jpeg *.jpe *.jfif *.webp *.tif *.tiff *.avif *.bmp *.gif *.jp2 *.j2k *.ico "
    "*.tga *.ppm *.pgm *.pbm *.mpo"
)


def open_filter() -> str:
    """The kinds of files for an open dialog. Pictures are known by content, so all is a choice."""
    pictures = QCoreApplication.translate("OpenSources", "Pictures")
    everything = QCoreApplication.translate("OpenSources", "All files")
    return f"{pictures} ({_PATTERNS});;{everything} (*)"


def may_hold_picture(mime: QMimeData) -> bool:
    """Whether `picture_from` is worth a try. Cheap: for drags that only pass over."""
    return mime.hasUrls() or mime.hasImage() or mime.hasFormat(_PNG)


def picture_from(mime: QMimeData | None) -> Path | np.ndarray:
    """What was dropped or copied: the first local file, or pixels (straight RGBA uint8 HxWx4).

    None: the clipboard is empty, as some systems tell it.
    Raises InpaintStudioError with a plain reason where there is no picture in it.
    """
    mime = mime or QMimeData()
    for url in mime.urls():
        if url.isLocalFile():
            return Path(url.toLocalFile())
    # A browser gives the pixels and the address; the pixels are enough.
    image = _image_from(mime)
    if not image.isNull():
        return rgba_from(image)
    if mime.hasUrls():
        raise InpaintStudioError(
            QCoreApplication.translate(
                "OpenSources",
                "Nothing is fetched from the web. Save the picture to a file first, then open it.",
            )
        )
    raise InpaintStudioError(
        QCoreApplication.translate("OpenSources", "There is no picture to paste. Copy one first.")
    )


def rgba_from(image: QImage) -> np.ndarray:
    """A copy of the image's pixels: straight RGBA uint8 HxWx4."""
    converted = image.convertToFormat(QImage.Format.Format_RGBA8888)
    pixels = np.frombuffer(converted.constBits(), np.uint8)
    rgba = pixels.reshape(converted.height(), converted.width(), 4).copy()
    if not rgba[..., 3].any():
        # Some programs copy 32-bit pictures without filling in their alpha.
        rgba[..., 3] = 255
    return rgba


def _image_from(mime: QMimeData) -> QImage:
    # First choice is PNG: the clipboard's plain image loses its transparency on some systems.
    if mime.hasFormat(_PNG):
        image = QImage.fromData(mime.data(_PNG))
        if not image.isNull():
            return image
    image = mime.imageData() if mime.hasImage() else None
    return image if isinstance(image, QImage) else QImage()
