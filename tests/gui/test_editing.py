"""The main job through the real window and a real worker process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import MaskKind, ResultLayer
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.files.export import ExportFormat, ExportOptions
from inpaint_studio.files.image_io import open_image
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.studio import Studio
from tests.documents import state_of
from tests.pointer import move, press, release

PEN = QPointingDevice(
    "pen",
    1,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Pen,
    QInputDevice.Capability.Pressure,
    1,
    3,
)
ERASER_TIP = QPointingDevice(
    "pen's other end",
    2,
    QInputDevice.DeviceType.Stylus,
    QPointingDevice.PointerType.Eraser,
    QInputDevice.Capability.Pressure,
    1,
    3,
)


def open_photo(studio: Studio, path: Path, qtbot: QtBot) -> Document:
    with qtbot.waitSignal(studio.services.files.opened, timeout=10_000):
        studio.open_path(path)
    document = studio.services.session.document
    assert document is not None
    qtbot.wait(20)
    return document


def on_canvas(studio: Studio, x: int, y: int) -> QPointF:
    return studio.window.canvas.to_view(Bounds(x, y, 1, 1)).center()


def drag(studio: Studio, *points: tuple[int, int]) -> None:
    canvas = studio.window.canvas
    first, *rest = [on_canvas(studio, *point).toPoint() for point in points]
    press(canvas, first)
    for point in rest:
        move(canvas, point)
    release(canvas, rest[-1] if rest else first)


def pen(studio: Studio, device: QPointingDevice, *samples: tuple[int, int, float]) -> None:
    kinds = [QEvent.Type.TabletPress]
    kinds += [QEvent.Type.TabletMove] * (len(samples) - 1) + [QEvent.Type.TabletRelease]
    canvas = studio.window.canvas
    for kind, (x, y, pressure) in zip(kinds, [*samples, samples[-1]], strict=True):
        position = on_canvas(studio, x, y)
        released = kind is QEvent.Type.TabletRelease
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        event = QTabletEvent(
            kind,
            device,
            position,
            QPointF(canvas.mapToGlobal(position)),
            0.0 if released else pressure,
            0,
            0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            none if kind is QEvent.Type.TabletMove else left,
            none if released else left,
        )
        QApplication.sendEvent(canvas, event)


def mask_of(document: Document) -> np.ndarray:
    return document.mask(MaskKind.repaint).raster.read(document.frame)


def picture_of(document: Document) -> np.ndarray:
    return flatten(document.layers.painted, document.frame)


def remove(studio: Studio, qtbot: QtBot) -> ResultLayer:
    with qtbot.waitSignal(studio.services.edits.result_arrived, timeout=60_000):
        QTest.keyClick(studio.window.canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    layer = studio.services.session.active_layer
    assert isinstance(layer, ResultLayer)
    return layer


def test_open_paint_remove_undo_redo_export(
    studio: Studio, photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    document = open_photo(studio, photo, qtbot)
    original = open_image(photo).pixels
    np.testing.assert_array_equal(picture_of(document), original)
    studio.services.toolbox.set_brush(size=40, hardness=1.0)
    drag(studio, (420, 60), (450, 90), (470, 130))
    masked = state_of(document)
    painted = mask_of(document)
    assert painted[90, 450] == 255

    layer = remove(studio, qtbot)
    assert layer.result.num_candidates == 3
    edited = picture_of(document)
    (piece,) = layer.result.pieces
    alpha = np.zeros(painted.shape, np.uint8)
    alpha[piece.context.slices()] = piece.alpha
    assert (alpha[painted == 255] == 255).all()
    np.testing.assert_array_equal(edited[alpha == 0], original[alpha == 0])
    assert (edited[painted == 255] != original[painted == 255]).any(axis=1).mean() > 0.5
    assert not mask_of(document).any()

    after = state_of(document)
    QTest.keyClick(studio.window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert state_of(document) == masked
    QTest.keyClick(studio.window.canvas, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert state_of(document) == after

    target = tmp_path / "out.png"
    with qtbot.waitSignal(studio.services.files.exported, timeout=20_000):
        studio.services.files.export(target, ExportOptions(ExportFormat.png))
    np.testing.assert_array_equal(open_image(target).pixels, edited)
    assert not studio.services.session.is_modified
    while studio.services.session.history.can_undo:
        studio.services.session.undo()
    np.testing.assert_array_equal(picture_of(document), original)
    assert not mask_of(document).any()


def test_every_pixel_outside_the_mask_and_its_rim_is_identical(
    studio: Studio, photo: Path, qtbot: QtBot
) -> None:
    document = open_photo(studio, photo, qtbot)
    original = picture_of(document)
    studio.services.toolbox.set_brush(size=30, hardness=1.0)
    drag(studio, (60, 400), (120, 430))
    painted = mask_of(document) > 0
    remove(studio, qtbot)
    changed = (picture_of(document) != original).any(axis=-1)
    rim = np.argwhere(changed & ~painted)
    inside = np.argwhere(painted)
    for y, x in rim[:: max(1, len(rim) // 50)]:
        assert np.abs(inside - (y, x)).max(axis=1).min() <= 4


def test_candidates_are_stepped_by_keys_and_the_strip_keeps(
    studio: Studio, photo: Path, qtbot: QtBot
) -> None:
    document = open_photo(studio, photo, qtbot)
    drag(studio, (420, 60), (450, 90))
    layer = remove(studio, qtbot)
    assert not studio.window.strip.isHidden()
    pictures = set()
    for _ in range(3):
        pictures.add(picture_of(document).tobytes())
        QTest.keyClick(studio.window.canvas, Qt.Key.Key_Period)
    assert len(pictures) == 3
    QTest.keyClick(studio.window.canvas, Qt.Key.Key_Comma)
    chosen = layer.candidate
    QTest.keyClick(studio.window.canvas, Qt.Key.Key_Return)
    assert studio.window.strip.isHidden()
    assert layer.candidate == chosen


def test_a_pen_presses_wider_and_its_other_end_erases(
    studio: Studio, photo: Path, qtbot: QtBot
) -> None:
    document = open_photo(studio, photo, qtbot)
    studio.services.toolbox.set_brush(size=60, hardness=1.0)
    pen(studio, PEN, (100, 100, 0.2), (200, 100, 0.2))
    light = np.count_nonzero(mask_of(document)[:, 150])
    pen(studio, PEN, (100, 300, 1.0), (200, 300, 1.0))
    firm = np.count_nonzero(mask_of(document)[200:, 150])
    assert 5 < light < firm / 2
    pen(studio, ERASER_TIP, (100, 300, 1.0), (150, 300, 1.0), (200, 300, 1.0))
    assert not mask_of(document)[290:310, 110:190].any()
    assert studio.services.session.history.labels == ["Paint mask", "Paint mask", "Erase mask"]


def test_cancel_while_filling_leaves_everything_as_it_was(
    studio: Studio, photo: Path, qtbot: QtBot
) -> None:
    document = open_photo(studio, photo, qtbot)
    studio.services.toolbox.set_brush(size=200, hardness=1.0)
    drag(studio, (100, 100), (400, 400))
    before = state_of(document)
    studio.window.actions_table["generate"].trigger()
    assert studio.services.edits.is_busy
    QTest.keyClick(studio.window.canvas, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not studio.services.edits.is_busy, timeout=5000)
    assert state_of(document) == before
    remove(studio, qtbot)


def test_keys_choose_tools(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    open_photo(studio, photo, qtbot)
    canvas, box = studio.window.canvas, studio.services.toolbox
    for key, tool in (
        (Qt.Key.Key_E, ToolName.eraser),
        (Qt.Key.Key_H, ToolName.hand),
        (Qt.Key.Key_B, ToolName.brush),
        (Qt.Key.Key_X, ToolName.eraser),
    ):
        QTest.keyClick(canvas, key)
        assert box.current is tool
        assert studio.window.actions_table[tool.value].isChecked()
    size = box.brush.size
    QTest.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert box.brush.size > size
    QTest.keyClick(canvas, Qt.Key.Key_BracketLeft)
    assert box.brush.size == pytest.approx(size, rel=0.05)


def test_nothing_masked_tells_what_to_do(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    open_photo(studio, photo, qtbot)
    studio.window.actions_table["generate"].trigger()
    assert "Paint over what should change" in studio.window.messages.message()


def test_a_bad_file_is_named_and_the_open_picture_stays(
    studio: Studio, photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    document = open_photo(studio, photo, qtbot)
    bad = tmp_path / "holiday.jpg"
    bad.write_bytes(b"<html>not a picture</html>")
    with qtbot.waitSignal(studio.services.files.failed, timeout=10_000):
        studio.open_path(bad)
    assert "holiday.jpg" in studio.window.messages.message()
    assert studio.services.session.document is document


def test_closing_during_a_fill_leaves_no_process(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    open_photo(studio, photo, qtbot)
    studio.services.toolbox.set_brush(size=200, hardness=1.0)
    drag(studio, (100, 100), (400, 400))
    studio.window.actions_table["generate"].trigger()
    studio.services.session.mark_saved()
    studio.window.close()
    assert studio.engine.isFinished()


def test_title_shows_name_and_unsaved_mark(studio: Studio, photo: Path, qtbot: QtBot) -> None:
    open_photo(studio, photo, qtbot)
    assert studio.window.windowTitle().startswith("astronaut.png")
    assert not studio.window.isWindowModified()
    drag(studio, (50, 50), (90, 60))
    assert studio.window.isWindowModified()
