"""What counts as a picture in a drop or on the clipboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from inpaint_studio.errors import InpaintStudioError
from inpaint_studio.ui.panels.open_sources import may_hold_picture, open_filter, picture_from


def translucent() -> QImage:
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(10, 20, 30, 128))
    return image


def png_of(image: QImage) -> QByteArray:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "PNG")  # pyright: ignore[reportArgumentType, reportCallIssue]
    return data


def pixels_of(mime: QMimeData) -> np.ndarray:
    found = picture_from(mime)
    assert isinstance(found, np.ndarray)
    return found


def test_the_first_local_file_is_taken(qapp: QApplication, tmp_path: Path) -> None:
    mime = QMimeData()
    paths = [tmp_path / "ä b.png", tmp_path / "c.png"]
    mime.setUrls([QUrl("https://example.org/x.png"), *(QUrl.fromLocalFile(str(p)) for p in paths)])
    assert may_hold_picture(mime)
    assert picture_from(mime) == paths[0]


def test_image_data_comes_as_straight_rgba(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setImageData(translucent())
    assert may_hold_picture(mime)
    pixels = pixels_of(mime)
    assert pixels.shape == (2, 3, 4)
    assert (pixels == (10, 20, 30, 128)).all()


def test_png_bytes_win_because_they_keep_transparency(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setImageData(translucent().convertToFormat(QImage.Format.Format_RGB32))
    mime.setData("image/png", png_of(translucent()))
    assert (pixels_of(mime) == (10, 20, 30, 128)).all()


def test_broken_png_bytes_fall_back_to_the_image(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setImageData(translucent())
    mime.setData("image/png", QByteArray(b"no png"))
    assert (pixels_of(mime) == (10, 20, 30, 128)).all()


def test_a_forgotten_alpha_means_opaque(qapp: QApplication) -> None:
    image = QImage(2, 2, QImage.Format.Format_RGBA8888)
    image.fill(QColor(9, 8, 7, 0))
    mime = QMimeData()
    mime.setImageData(image)
    assert (pixels_of(mime)[..., 3] == 255).all()


def test_a_browsers_pixels_are_taken_and_its_address_is_not(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/x.png")])
    mime.setImageData(translucent())
    assert pixels_of(mime).shape == (2, 3, 4)


def test_web_addresses_are_refused_in_plain_words(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/x.png")])
    with pytest.raises(InpaintStudioError, match="Nothing is fetched from the web"):
        picture_from(mime)


def test_text_is_no_picture(qapp: QApplication) -> None:
    mime = QMimeData()
    mime.setText("hello")
    assert not may_hold_picture(mime)
    with pytest.raises(InpaintStudioError, match="no picture to paste"):
        picture_from(mime)


def test_the_filter_offers_pictures_first() -> None:
    assert open_filter().startswith("Pictures (*.png *.jpg")
    assert open_filter().endswith("All files (*)")
