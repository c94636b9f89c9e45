"""Moving and transforming layers in the whole program: key, menu, messages, memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import ImageLayer
from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.files.export import ExportOptions
from inpaint_studio.ui.studio import Studio


@pytest.fixture
def opened(studio: Studio, photo: Path, qtbot: QtBot) -> Studio:
    """The photo is open, the move tool in hand by its key."""
    studio.open_path(photo)
    qtbot.waitUntil(lambda: studio.services.session.document is not None)
    studio.window.canvas.setFocus()
    QTest.keyClick(studio.window, Qt.Key.Key_V)
    return studio


def base_of(studio: Studio) -> ImageLayer:
    layer = studio.services.session.active_layer
    assert isinstance(layer, ImageLayer)
    return layer


def test_v_takes_the_tool_and_shows_its_options(opened: Studio) -> None:
    assert opened.services.toolbox.current is ToolName.move
    assert opened.window.actions_table["move"].isChecked()
    assert opened.window.option_row.move_page.isVisible()
    assert opened.window.option_row.move_page.left.value() == 0


def test_the_layer_menu_flips_turns_and_resets(opened: Studio) -> None:
    layer, actions = base_of(opened), opened.window.actions_table
    own = layer.raster.pixels
    actions["flip_across"].trigger()
    assert np.array_equal(layer.rasters[0].pixels, own[:, ::-1])
    actions["flip_down"].trigger()
    actions["turn_over"].trigger()
    assert np.array_equal(layer.rasters[0].pixels, own)
    actions["turn_right"].trigger()
    actions["turn_right"].trigger()
    actions["turn_left"].trigger()
    assert np.array_equal(layer.rasters[0].pixels, np.rot90(own, -1))
    actions["reset_transform"].trigger()
    assert layer.placement == HOME
    assert layer.rasters[0].pixels is own
    for _ in range(7):
        opened.services.session.undo()
    assert layer.placement == HOME


def test_a_locked_layer_says_why_it_stays(opened: Studio) -> None:
    opened.window.actions_table["lock_layer"].trigger()
    QTest.keyClick(opened.window.canvas, Qt.Key.Key_Right)
    assert base_of(opened).placement == HOME
    assert "locked" in opened.window.messages.message()


def test_a_moved_picture_is_exported_with_what_is_transparent(
    opened: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    layer = base_of(opened)
    for _ in range(3):
        QTest.keyClick(opened.window.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert layer.placement == Placement(30, 0)
    session = opened.services.session
    document = session.document
    assert document is not None
    path = tmp_path / "moved.png"
    with qtbot.waitSignal(opened.services.files.exported, timeout=20_000):
        opened.services.files.export(path, ExportOptions())
    exported = np.asarray(Image.open(path).convert("RGBA"))
    assert not exported[:, :30, 3].any()
    assert (exported[:, 30:, 3] == 255).all()
    expected = flatten(document.layers.painted, document.frame)
    assert np.array_equal(exported[:, 30:, :3], expected[:, 30:, 2::-1])


def test_fill_transparent_sees_what_a_move_left_open(opened: Studio) -> None:
    session = opened.services.session
    document = session.document
    assert document is not None
    for _ in range(3):
        QTest.keyClick(opened.window.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert Uncovered.of(document).area == 30 * document.frame.height
