"""Masks in the whole window: files, the clipboard, the colour range, outlines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskKind, MaskLayer
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.studio import Studio
from tests.gui.canvas.bench import pixels_of

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SPOT = Bounds(100, 120, 80, 60)


@pytest.fixture
def document(studio: Studio, photo: Path, qtbot: QtBot) -> Document:
    studio.open_path(photo)
    qtbot.waitUntil(lambda: studio.services.session.document is not None)
    opened = studio.services.session.document
    assert opened is not None
    return opened


def do(studio: Studio, key: str) -> None:
    studio.window.actions_table[key].trigger()


def mask_of(document: Document) -> MaskLayer:
    return document.mask(MaskKind.repaint)


def paint(document: Document) -> np.ndarray:
    spot = mask_of(document).raster.writable(SPOT)
    spot[...] = np.random.default_rng(1).integers(1, 256, spot.shape, dtype=np.uint8)
    return mask_of(document).raster.read(document.frame)


def click(studio: Studio, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    canvas = studio.window.canvas
    place: QPointF = canvas.to_view(Bounds(int(x), int(y), 1, 1)).center()
    QTest.mouseClick(canvas, LEFT, keys, QPoint(round(place.x()), round(place.y())))


def test_a_mask_is_exported_and_imported(
    studio: Studio,
    document: Document,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    painted = paint(document)
    path = tmp_path / "mask"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(studio.services.mask_files.exported):
        do(studio, "export_mask")
    with Image.open(path.with_suffix(".png")) as image:
        assert image.mode == "L"
        np.testing.assert_array_equal(np.asarray(image), painted)
    do(studio, "mask_clear")
    found = str(path.with_suffix(".png"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (found, ""))
    do(studio, "import_mask")
    qtbot.waitUntil(lambda: "Import mask" in studio.services.session.history.labels)
    np.testing.assert_array_equal(mask_of(document).raster.read(document.frame), painted)


def test_a_copied_mask_is_pasted_as_another(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    painted = paint(document)
    do(studio, "copy_mask")
    do(studio, "paste_mask")
    qtbot.waitUntil(lambda: len(document.layers.masks(MaskKind.repaint)) == 2)
    first, second = document.layers.masks(MaskKind.repaint)
    for mask in (first, second):
        np.testing.assert_array_equal(mask.raster.read(document.frame), painted)
    assert studio.services.session.active_layer is second


def test_an_empty_mask_is_not_written_or_copied(
    studio: Studio, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("asked where an empty mask should go")

    monkeypatch.setattr(QFileDialog, "getSaveFileName", never)
    QApplication.clipboard().clear()
    do(studio, "export_mask")
    do(studio, "copy_mask")
    assert QApplication.clipboard().image().isNull()
    do(studio, "paste_mask")
    assert len(document.layers.masks(MaskKind.repaint)) == 1


def test_a_bad_file_is_told_with_name_and_reason(
    studio: Studio,
    document: Document,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    bad = tmp_path / "letter.txt"
    bad.write_text("dear mask")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(bad), ""))
    with qtbot.waitSignal(studio.masking.failed) as caught:
        do(studio, "import_mask")
    assert caught.args is not None
    assert str(caught.args[0]).startswith("letter.txt: ")
    assert not studio.services.session.history.labels


def test_a_colour_range_is_tried_out_with_the_pointer(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    canvas, picker = studio.window.canvas, studio.services.toolbox.colour_range
    QTest.keyClick(canvas, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert studio.services.toolbox.current is ToolName.colour_range
    before = pixels_of(canvas.grab().toImage())
    # The astronaut's suit is orange; the flag behind her is red and white.
    click(studio, 290, 440)
    qtbot.waitUntil(lambda: picker.preview is not None)
    tried = pixels_of(canvas.grab().toImage())
    assert (tried != before).any()
    click(studio, 60, 200, Qt.KeyboardModifier.ShiftModifier)
    assert len(picker.colours.colours) == 2
    click(studio, 60, 200, Qt.KeyboardModifier.AltModifier)
    assert len(picker.colours.without) == 1
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Colour range" in studio.services.session.history.labels)
    assert canvas.scene.preview is None
    masked = mask_of(document).raster.read(document.frame)
    assert masked[440, 290] == 255
    assert len(np.unique(masked)) > 20


def test_escape_leaves_no_trace_of_a_colour_range(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    canvas, picker = studio.window.canvas, studio.services.toolbox.colour_range
    do(studio, "colour_range")
    studio.services.toolbox.choose(ToolName.colour_range)
    canvas.setFocus()
    click(studio, 290, 440)
    qtbot.waitUntil(lambda: canvas.scene.preview is not None)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.scene.preview is None
    assert not picker.is_open
    assert not mask_of(document).raster.pixels.any()


def test_the_option_row_tunes_and_applies_a_range(
    studio: Studio, document: Document, qtbot: QtBot
) -> None:
    picker = studio.services.toolbox.colour_range
    studio.services.toolbox.choose(ToolName.colour_range)
    page = studio.window.option_row.range_page
    assert page.isVisible()
    assert not page.apply_button.isEnabled()
    click(studio, 290, 440)
    qtbot.waitUntil(lambda: picker.preview is not None)
    assert picker.preview is not None
    narrow = int(picker.preview.values.sum(dtype=int))
    page.fuzziness.field.setFocus()
    page.fuzziness.field.selectAll()
    QTest.keyClicks(page.fuzziness.field, "120")
    QTest.keyClick(page.fuzziness.field, Qt.Key.Key_Tab)
    assert picker.preview is not None
    assert int(picker.preview.values.sum(dtype=int)) > narrow
    QTest.mouseClick(page.apply_button, LEFT)
    qtbot.waitUntil(lambda: "Colour range" in studio.services.session.history.labels)
    assert not page.apply_button.isEnabled()


def test_masks_as_outlines_are_remembered(studio: Studio, document: Document) -> None:
    mask_of(document).raster.writable(SPOT)[...] = 255
    studio.window.canvas.scene.clear()
    center = studio.window.canvas.to_view(SPOT).center().toPoint()

    def shown() -> list[int]:
        image = pixels_of(studio.window.canvas.grab().toImage())
        return image[center.y(), center.x()].tolist()

    tinted = shown()
    do(studio, "mask_as_outline")
    plain = shown()
    assert plain != tinted
    assert not studio.services.settings.get("mask_tinted")
    do(studio, "show_mask")
    assert shown() == plain
    do(studio, "show_mask")
    do(studio, "mask_as_outline")
    assert shown() == tinted


def test_new_masks_come_from_the_menu(studio: Studio, document: Document) -> None:
    do(studio, "new_mask")
    assert studio.window.mask_section.isVisible()
    do(studio, "new_avoid_mask")
    assert studio.services.toolbox.mask_kind is MaskKind.avoid
    assert [len(document.layers.masks(kind)) for kind in MaskKind] == [2, 2]


def test_what_is_masked_but_not_used_is_said(studio: Studio, document: Document) -> None:
    paint(document)
    studio.services.masks.set_used(mask_of(document).id, False)
    assert "not used by edits" in studio.window.edit_bar._text.text()
    assert not studio.window.edit_bar.clear_button.isEnabled()
