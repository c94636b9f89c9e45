"""Expanding through the real window, the real worker and patch fill."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from skimage import data

from inpaint_studio.core.aspect import RATIOS, Anchor
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import Intent
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.frame_commands import SetFrame
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.mask_ops import PATCH_FILL_SHAPING, grow
from inpaint_studio.imaging.pixels import to_rgb
from inpaint_studio.ui.studio import Studio
from tests.documents import state_of
from tests.pointer import move, press, release

PICTURE = Bounds(0, 0, 160, 120)
REACH = PATCH_FILL_SHAPING.grow
"""px of the old picture that a join is blended over. The old layer itself is never touched."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small piece of a real photo."""
    path = tmp_path / "cat.png"
    Image.fromarray(np.asarray(data.chelsea())[60:180, 120:280]).save(path)
    return path


def open_photo(studio: Studio, path: Path, qtbot: QtBot) -> Document:
    with qtbot.waitSignal(studio.services.files.opened, timeout=10_000):
        studio.open_path(path)
    document = studio.services.session.document
    assert document is not None
    studio.services.edits.settings.change(patch_candidates=1)
    qtbot.waitUntil(lambda: studio.services.expand_preflight._prospect is not None)
    return document


def drag_edge(studio: Studio, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Drag from place to place of the document, without snapping."""
    canvas, ctrl = studio.window.canvas, Qt.KeyboardModifier.ControlModifier
    first, last = (canvas.to_view(Bounds(*at, 0, 0)).topLeft().toPoint() for at in (start, end))
    press(canvas, first, ctrl)
    move(canvas, (first + last) / 2, ctrl)
    move(canvas, last, ctrl)
    release(canvas, last, ctrl)


def results(document: Document) -> list[ResultLayer]:
    return [layer for layer in document.layers if isinstance(layer, ResultLayer)]


def expand(studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.services.expansions.finished, timeout=60_000):
        studio.window.edit_bar.generate_button.click()


def test_dragging_an_edge_and_one_click_fill_the_new_area(
    studio: Studio, small: Path, qtbot: QtBot
) -> None:
    document = open_photo(studio, small, qtbot)
    old = document.layers.painted[0].rasters[0].pixels.copy()
    QTest.keyClick(studio.window.canvas, Qt.Key.Key_C)
    assert studio.services.toolbox.current is ToolName.frame
    drag_edge(studio, (160, 60), (220, 60))
    frame = document.frame
    assert frame == Bounds(0, 0, 220, 120)
    preflight = studio.services.expand_preflight
    qtbot.waitUntil(lambda: preflight.plan is not None)
    assert preflight.applies
    assert studio.window.edit_bar.generate_button.text() == "Expand"
    assert "can't invent" in texts(studio)
    assert "220 × 120" in texts(studio)
    assert studio.window.canvas._overlay.plan is not None
    before = state_of(document)
    told: list[str] = []
    studio.services.expansions.progressed.connect(lambda _f, text: told.append(text))
    expand(studio, qtbot)
    picture = flatten(document.layers.painted, document.frame)
    assert picture[..., 3].min() == 255
    np.testing.assert_array_equal(picture[:, : 160 - REACH], old[:, :-REACH])
    np.testing.assert_array_equal(document.layers.painted[0].rasters[0].pixels, old)
    assert any(text.startswith("Step 1 of 1") for text in told)
    assert studio.services.session.history.labels[-2:] == ["Expand frame", "Expand"]
    qtbot.waitUntil(lambda: studio.window.edit_bar.generate_button.text() == "Remove")
    studio.window.actions_table["undo"].trigger()
    assert state_of(document) == before


def texts(studio: Studio) -> str:
    labels = studio.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_old_pixels_stay_on_all_sides(studio: Studio, small: Path, qtbot: QtBot) -> None:
    document = open_photo(studio, small, qtbot)
    old = document.layers.painted[0].rasters[0].pixels.copy()
    studio.services.frames.expand_by(30, 20, 40, 25)
    expand(studio, qtbot)
    picture = flatten(document.layers.painted, document.frame)
    assert picture.shape[:2] == (165, 230)
    assert picture[..., 3].min() == 255
    inner = slice(REACH, -REACH)
    np.testing.assert_array_equal(picture[20:140, 30:190][inner, inner], old[inner, inner])
    np.testing.assert_array_equal(document.layers.painted[0].rasters[0].pixels, old)
    assert len(results(document)) == 8
    new = to_rgb(picture)
    new[20:140, 30:190] = 0
    assert len(np.unique(new.reshape(-1, 3), axis=0)) > 500, "it is a picture, no flat colour"


def test_cancel_keeps_finished_steps_and_expand_goes_on(
    studio: Studio, small: Path, qtbot: QtBot
) -> None:
    document = open_photo(studio, small, qtbot)
    studio.services.frames.expand_by(30, 20, 40, 25)
    expansions = studio.services.expansions
    expansions.step_finished.connect(
        lambda index, _layer: studio.window.actions_table["cancel"].trigger() if index == 1 else 0
    )
    with qtbot.waitSignal(expansions.stopped, timeout=60_000):
        studio.window.edit_bar.generate_button.click()
    done = len(results(document))
    assert 2 <= done < 8
    assert "of 8" in studio.window.messages.message()
    expand(studio, qtbot)
    assert len(results(document)) == 8
    assert studio.services.session.history.labels == ["Expand frame", "Expand"]


def test_one_step_is_made_again_from_the_menu(studio: Studio, small: Path, qtbot: QtBot) -> None:
    document = open_photo(studio, small, qtbot)
    studio.services.frames.expand_by(left=40, right=40)
    appeared: list[int] = []
    studio.services.expansions.step_finished.connect(
        lambda _index, _layer: appeared.append(len(results(document)))
    )
    expand(studio, qtbot)
    assert appeared == [1, 2], "finished steps appear one by one"
    first, second = results(document)
    assert first.props.name == "Expand 1 of 2"
    redo = studio.window.actions_table["redo_step"]
    studio.services.session.set_active_layer(next(iter(document.layers)).id)
    assert not redo.isEnabled()
    studio.services.session.set_active_layer(first.id)
    assert redo.isEnabled()
    before = state_of(document)
    with qtbot.waitSignal(studio.services.expansions.redone, timeout=60_000):
        redo.trigger()
    anew, kept = results(document)
    assert kept is second
    assert anew.result.params.seed != first.result.params.seed
    assert "Later steps stay as they were" in studio.window.messages.message()
    assert studio.services.session.active_layer is anew
    studio.window.actions_table["undo"].trigger()
    assert state_of(document) == before
    menu = studio.window.layers_panel.menu_for(second.id)
    (entry,) = [action for action in menu.actions() if action.text() == "Redo this step"]
    with qtbot.waitSignal(studio.services.expansions.redone, timeout=60_000):
        entry.trigger()
    menu.close()
    assert results(document)[0] is first


def test_a_running_step_is_previewed_where_it_will_be(
    studio: Studio, small: Path, qtbot: QtBot
) -> None:
    open_photo(studio, small, qtbot)
    canvas, expansions = studio.window.canvas, studio.services.expansions
    place = Bounds(0, 0, 60, 60)
    middle = canvas.to_view(place).center().toPoint()

    def colour() -> tuple[int, int, int]:
        image = canvas.grab().toImage()
        shown = image.pixelColor(middle * image.devicePixelRatio())
        return shown.red(), shown.green(), shown.blue()

    before = colour()
    preview = np.full((30, 30, 4), 255, np.uint8)
    preview[..., :2] = 0
    expansions.previewed.emit(place, preview)
    qtbot.waitUntil(lambda: colour() == (255, 0, 0))
    expansions.preview_ended.emit()
    qtbot.waitUntil(lambda: colour() == before)


def test_an_intent_that_was_chosen_comes_back(studio: Studio, small: Path, qtbot: QtBot) -> None:
    document = open_photo(studio, small, qtbot)
    settings, preflight = studio.services.edits.settings, studio.services.expand_preflight
    assert settings.choices.intents == (Intent.remove,)
    studio.services.frames.expand_by(right=40)
    qtbot.waitUntil(lambda: settings.choices.intent is Intent.expand)
    assert settings.choices.intents == (Intent.remove, Intent.expand)
    studio.services.masks.mask_all()
    assert settings.choices.intent is Intent.remove
    assert not preflight.applies
    studio.services.masks.clear()
    assert settings.choices.intent is Intent.expand
    studio.services.session.do(SetFrame(document.frame, PICTURE))
    qtbot.waitUntil(lambda: settings.choices.intents == (Intent.remove,))
    assert settings.choices.intent is Intent.remove


def test_fill_transparent_fills_a_ragged_edge(
    studio: Studio, small: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    turned = Image.open(small).convert("RGBA").rotate(7, expand=True)
    turned.save(tmp_path / "turned.png")
    document = open_photo(studio, tmp_path / "turned.png", qtbot)
    before = flatten(document.layers.painted, document.frame)
    assert before[..., 3].min() == 0
    with qtbot.waitSignal(studio.services.expansions.finished, timeout=60_000):
        studio.window.actions_table["fill_transparent"].trigger()
    after = flatten(document.layers.painted, document.frame)
    assert after[..., 3].min() == 255
    hole = np.where(before[..., 3] < 255, np.uint8(255), np.uint8(0))
    far = grow(hole, REACH) == 0
    np.testing.assert_array_equal(after[far], before[far])
    studio.window.actions_table["fill_transparent"].trigger()
    assert "Nothing is transparent" in studio.window.messages.message()


def test_options_of_the_frame(studio: Studio, small: Path, qtbot: QtBot) -> None:
    document = open_photo(studio, small, qtbot)
    studio.services.toolbox.choose(ToolName.frame)
    options = studio.window.option_row.frame_page
    wide = next(i for i, ratio in enumerate(RATIOS) if ratio.label == "16:9") + 1
    options.ratio.setCurrentIndex(wide)
    options.ratio.activated.emit(wide)
    assert document.frame == Bounds(-27, 0, 213, 120)
    options.anchor.button(Anchor.left).click()
    assert document.frame == Bounds(0, 0, 213, 120)
    options.mode.button("crop").click()
    assert document.frame == Bounds(0, 15, 160, 90)
    line = options.ratio.lineEdit()
    assert line is not None
    options.ratio.setEditText("2:1")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert document.frame.extent == (160, 80)
    options.ratio.setEditText("wide")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert options.ratio.currentText() == "2:1"
    options.ratio.activated.emit(0)
    options.width_field.setValue(300)
    options.height_field.setValue(200)
    assert document.frame.extent == (300, 200)
    assert "0.1 MP" in texts(studio)
    options.whole.click()
    assert document.frame == PICTURE
