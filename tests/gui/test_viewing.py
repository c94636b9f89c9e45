"""Looking at the picture through menus and keys of the whole window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.settings import PIXEL_GRID
from inpaint_studio.ui.studio import Studio

BACKSLASH = Qt.Key.Key_Backslash


@pytest.fixture
def looking(studio: Studio, photo: Path, qtbot: QtBot) -> Studio:
    """The program with a photo open, and the canvas in focus."""
    studio.open_path(photo)
    qtbot.waitUntil(lambda: studio.services.session.document is not None)
    studio.window.activateWindow()
    studio.window.canvas.setFocus()
    qtbot.waitUntil(studio.window.canvas.hasFocus)
    return studio


def repeat_of(kind: QEvent.Type) -> QKeyEvent:
    return QKeyEvent(kind, BACKSLASH, Qt.KeyboardModifier.NoModifier, "\\", True)


def shows_original(studio: Studio) -> bool:
    shown = studio.window.canvas.scene.shows_original
    assert studio.window.actions_table["show_original"].isChecked() == shown
    return shown


def status_texts(studio: Studio) -> list[str]:
    labels = studio.window.status.findChildren(QWidget)
    return [label.property("text") for label in labels if label.isVisible()]


def test_the_original_is_seen_while_the_key_is_held(looking: Studio) -> None:
    canvas = looking.window.canvas
    QTest.keyPress(canvas, BACKSLASH)
    assert shows_original(looking)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress) * 3:
        QApplication.sendEvent(canvas, repeat_of(kind))
        assert shows_original(looking), "a key that is held repeats itself"
    QTest.keyRelease(canvas, BACKSLASH)
    assert not shows_original(looking)


def test_it_is_seen_with_any_panel_in_focus(looking: Studio) -> None:
    panel = looking.window.layers_panel.findChildren(QWidget)
    focusable = next(w for w in panel if w.focusPolicy() & Qt.FocusPolicy.TabFocus)
    focusable.setFocus()
    QTest.keyPress(focusable, BACKSLASH)
    assert shows_original(looking)
    QTest.keyRelease(focusable, BACKSLASH)
    assert not shows_original(looking)


def test_other_keys_meanwhile_do_not_end_it(looking: Studio) -> None:
    canvas = looking.window.canvas
    QTest.keyPress(canvas, BACKSLASH)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert shows_original(looking)
    QTest.keyRelease(canvas, BACKSLASH)
    assert not shows_original(looking)


def test_a_stroke_goes_on_below_it(looking: Studio) -> None:
    canvas = looking.window.canvas
    at = canvas.to_view(Bounds(200, 200, 1, 1)).center().toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    QTest.keyPress(canvas, BACKSLASH)
    QTest.mouseMove(canvas, at + QPoint(30, 0))
    QTest.keyRelease(canvas, BACKSLASH)
    QTest.mouseRelease(
        canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at + QPoint(30, 0)
    )
    assert not shows_original(looking)
    assert looking.services.session.history.labels == ["Paint mask"]


@pytest.mark.parametrize("how", ["focus", "window", "popup", "document"])
def test_what_hides_the_release_ends_it(looking: Studio, how: str, qtbot: QtBot) -> None:
    canvas = looking.window.canvas
    QTest.keyPress(canvas, BACKSLASH)
    assert shows_original(looking)
    if how == "focus":
        QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut))
    elif how == "window":
        QApplication.sendEvent(looking.window, QEvent(QEvent.Type.WindowDeactivate))
    elif how == "popup":
        menu = QMenu(looking.window)
        qtbot.addWidget(menu)
        menu.addAction("Anything")
        menu.popup(looking.window.mapToGlobal(QPoint(50, 50)))
        menu.close()
    else:
        looking.services.session.open(None)
    assert not shows_original(looking)


def test_no_key_is_taken_from_a_text_field(looking: Studio) -> None:
    prompt = looking.window.edit_bar.prompt
    prompt.show()
    prompt.setFocus()
    target = QApplication.focusWidget()
    assert target is not None
    override = QKeyEvent(
        QEvent.Type.ShortcutOverride, BACKSLASH, Qt.KeyboardModifier.NoModifier, "\\"
    )
    override.ignore()
    QApplication.sendEvent(target, override)
    assert override.isAccepted()


def test_the_view_turns_by_keys_and_the_status_line_says_so(looking: Studio) -> None:
    canvas, document = looking.window.canvas, looking.services.session.document
    assert document is not None
    before = flatten(document.layers.painted, document.frame)
    QTest.keyClick(canvas, Qt.Key.Key_6)
    QTest.keyClick(canvas, Qt.Key.Key_6)
    assert "30°" in status_texts(looking)
    QTest.keyClick(canvas, Qt.Key.Key_4)
    assert "15°" in status_texts(looking)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(canvas, Qt.Key.Key_M, keys)
    assert "-15° mirrored" in status_texts(looking)
    QTest.keyClick(canvas, Qt.Key.Key_5)
    assert "mirrored" in status_texts(looking)
    assert looking.window.actions_table["mirror_view"].isChecked()
    QTest.keyClick(canvas, Qt.Key.Key_M, keys)
    assert not any("°" in text or "mirrored" in text for text in status_texts(looking) if text)
    np.testing.assert_array_equal(flatten(document.layers.painted, document.frame), before)
    assert not looking.services.session.is_modified


def test_another_document_is_neither_turned_nor_mirrored(looking: Studio) -> None:
    QTest.keyClick(looking.window.canvas, Qt.Key.Key_6)
    looking.window.actions_table["mirror_view"].trigger()
    looking.services.session.open(looking.services.session.document)
    assert not looking.window.actions_table["mirror_view"].isChecked()
    assert not any("°" in text for text in status_texts(looking) if text)


def test_compare_is_switched_by_its_key(looking: Studio) -> None:
    canvas = looking.window.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Y)
    assert canvas.comparison.is_on
    assert canvas.comparison.divider.hasFocus()
    QTest.keyClick(canvas.comparison.divider, Qt.Key.Key_Y)
    assert not canvas.comparison.is_on
    assert canvas.hasFocus()


def test_the_grid_is_remembered(looking: Studio) -> None:
    action = looking.window.actions_table["pixel_grid"]
    assert action.isChecked()
    action.trigger()
    assert looking.services.settings.get(PIXEL_GRID) is False
    assert not looking.window.canvas.scene.shows_grid
    looking.choose(PIXEL_GRID, True)
    assert action.isChecked()
    assert looking.window.canvas.scene.shows_grid


def test_zoom_to_mask_shows_it_all(looking: Studio) -> None:
    document, window = looking.services.session.document, looking.window
    assert document is not None
    zoom = window.canvas.zoom
    window.actions_table["zoom_to_mask"].trigger()
    assert window.canvas.zoom == zoom
    assert any("Nothing is masked yet" in text for text in message_texts(looking))
    document.mask(MaskKind.repaint).raster.writable(Bounds(300, 100, 60, 40))[...] = 255
    window.actions_table["zoom_to_mask"].trigger()
    assert window.canvas.zoom > zoom
    seen = window.canvas.to_view(Bounds(300, 100, 60, 40))
    assert window.canvas.rect().contains(seen.toAlignedRect())
    assert seen.width() > window.canvas.width() / 4
    middle = window.canvas.to_document(Point(seen.center().x(), seen.center().y()))
    assert middle.distance_to(Point(330, 120)) < 1


def message_texts(studio: Studio) -> list[str]:
    return [str(w.property("text")) for w in studio.window.messages.findChildren(QWidget)]
