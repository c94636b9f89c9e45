"""The layers list, by real clicks and keys."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.commands import AddLayer, PaintMask
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import StepPlace
from inpaint_studio.core.layer import Layer, MaskKind, ResultLayer
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.ui.panels.layer_model import LayerModel
from inpaint_studio.ui.panels.layers_panel import LayersPanel
from inpaint_studio.ui.theme import apply_theme
from tests.documents import noise_document, result_layer

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Desk:
    """A panel over a document of a picture, a result and two masks."""

    session: EditorSession
    document: Document
    result: ResultLayer
    panel: LayersPanel

    @property
    def picture(self) -> Layer:
        return next(iter(self.document.layers))

    @property
    def model(self) -> LayerModel:
        model = self.panel.view.model()
        assert isinstance(model, LayerModel)
        return model

    def names(self) -> list[str]:
        rows = range(self.model.rowCount())
        return [str(self.model.data(self.model.index(row))) for row in rows]

    def subtitle(self, layer: Layer) -> str:
        return self.model.subtitle(layer)

    def click(self, layer: Layer, part: str) -> None:
        place: QRect = getattr(self.panel.view.parts(self.model.index_of(layer.id)), part)
        QTest.mouseClick(self.panel.view.viewport(), LEFT, pos=place.center())

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.panel.view, key)

    def paint(self, kind: MaskKind, bounds: Bounds) -> None:
        mask = self.document.mask(kind)
        after = np.full((bounds.height, bounds.width), 255, np.uint8)
        patch = MaskPatch.replacing(mask.raster, bounds, after)
        self.session.do(PaintMask("Paint mask", mask.id, patch))


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Desk:
    apply_theme(qapp, "dark")
    session = EditorSession(1 << 24)
    document = noise_document(100, 50)
    session.open(document)
    result = result_layer(Bounds(10, 10, 30, 20))
    session.do(AddLayer("Remove", result, 1))
    panel = LayersPanel(session, LayerController(session))
    panel.resize(260, 400)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    return Desk(session, document, result, panel)


def test_top_layer_first_and_a_calm_list(desk: Desk) -> None:
    assert desk.names() == ["Mask", "Remove", "noise.png"]


def test_words_below_the_names(desk: Desk) -> None:
    assert desk.subtitle(desk.picture) == "original · 100 × 50"
    assert desk.subtitle(desk.result) == "test · 1 of 3 · seam 1.00"
    assert desk.subtitle(desk.document.mask(MaskKind.repaint)) == "nothing painted"


def test_avoid_mask_comes_with_its_first_stroke_and_goes_with_undo(desk: Desk) -> None:
    desk.paint(MaskKind.avoid, Bounds(0, 0, 10, 10))
    assert desk.names() == ["Mask", "Don't copy from here", "Remove", "noise.png"]
    assert desk.subtitle(desk.document.mask(MaskKind.avoid)) == "2 % of picture"
    desk.session.undo()
    assert desk.names() == ["Mask", "Remove", "noise.png"]


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(0, 0, 60, 10), "add · 12 % of picture"),
        (Bounds(0, 0, 3, 3), "add · under 1 % of picture"),
        (Bounds(-100, -100, 150, 150), "add · 50 % of picture"),
    ],
)
def test_mask_fraction(desk: Desk, bounds: Bounds, words: str) -> None:
    desk.paint(MaskKind.repaint, bounds)
    assert desk.subtitle(desk.document.mask(MaskKind.repaint)) == words


def test_mask_is_looked_at_when_the_stroke_is_over(desk: Desk) -> None:
    mask = desk.document.mask(MaskKind.repaint)
    index = desk.model.index_of(mask.id)
    before = desk.model.thumbnail(mask, desk.panel.view.parts(index).thumbnail.size(), 1.0)
    bounds = Bounds(0, 0, 100, 50)
    mask.raster.writable(bounds)[...] = 255
    desk.session.report(Change(ChangeKind.mask, bounds))
    assert desk.subtitle(mask) == "nothing painted"
    during = desk.model.thumbnail(mask, desk.panel.view.parts(index).thumbnail.size(), 1.0)
    assert during is before
    desk.session.record(PaintMask("Paint mask", mask.id, MaskPatch(())))
    assert desk.subtitle(mask) == "add · 100 % of picture"
    after = desk.model.thumbnail(mask, desk.panel.view.parts(index).thumbnail.size(), 1.0)
    assert after.pixelColor(21, 15).lightness() > 200 > before.pixelColor(21, 15).lightness()


def test_click_chooses_the_active_layer(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(desk.panel.layer_activated) as activated:
        desk.click(desk.result, "name")
    assert activated.args == [desk.result.id]
    assert desk.session.active_layer is desk.result


def test_list_follows_the_session(desk: Desk) -> None:
    desk.session.set_active_layer(desk.picture.id)
    assert desk.model.layer(desk.panel.view.currentIndex()) is desk.picture
    desk.session.set_active_layer(None)
    assert not desk.panel.view.currentIndex().isValid()
    assert not desk.panel.view.selectedIndexes()


def test_arrow_keys_choose(desk: Desk) -> None:
    desk.session.set_active_layer(desk.result.id)
    desk.press(Qt.Key.Key_Down)
    assert desk.session.active_layer is desk.picture


def test_eye_hides_without_choosing(desk: Desk) -> None:
    desk.session.set_active_layer(desk.picture.id)
    desk.click(desk.result, "eye")
    assert not desk.result.props.visible
    assert desk.session.active_layer is desk.picture
    assert desk.session.history.labels[-1] == "Hide layer"


def test_double_click_on_the_eye_is_two_clicks(desk: Desk) -> None:
    view = desk.panel.view
    center = view.parts(desk.model.index_of(desk.result.id)).eye.center()
    QTest.mouseClick(view.viewport(), LEFT, pos=center)
    QTest.mouseDClick(view.viewport(), LEFT, pos=center)
    assert desk.session.history.labels[1:] == ["Hide layer", "Show layer"]
    assert view.findChild(QLineEdit) is None


def test_space_toggles_the_eye(desk: Desk) -> None:
    desk.session.set_active_layer(desk.result.id)
    desk.press(Qt.Key.Key_Space)
    assert not desk.result.props.visible
    desk.press(Qt.Key.Key_Space)
    assert desk.result.props.visible


def test_own_keys_are_not_taken_by_shortcuts_of_the_window(desk: Desk, qtbot: QtBot) -> None:
    taken: list[bool] = []
    for key in ("Space", "Return", "Del"):
        action = QAction(key, desk.panel)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda: taken.append(True))
        desk.panel.addAction(action)
    desk.panel.activateWindow()
    desk.panel.view.setFocus()
    qtbot.waitUntil(desk.panel.view.hasFocus)
    desk.session.set_active_layer(desk.result.id)
    desk.press(Qt.Key.Key_Space)
    assert not desk.result.props.visible
    with qtbot.waitSignal(desk.panel.layer_activated):
        desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Delete)
    assert desk.result.id not in desk.document.layers
    assert taken == []


def test_delete_key_deletes_and_goes_on_below(desk: Desk) -> None:
    desk.click(desk.result, "name")
    desk.press(Qt.Key.Key_Delete)
    assert desk.names() == ["Mask", "noise.png"]
    assert desk.session.active_layer is desk.picture
    desk.session.undo()
    assert desk.names() == ["Mask", "Remove", "noise.png"]
    assert desk.model.layer(desk.panel.view.currentIndex()) is desk.picture


def test_f2_renames(desk: Desk, qtbot: QtBot) -> None:
    desk.click(desk.result, "name")
    desk.press(Qt.Key.Key_F2)
    editor = desk.panel.view.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "No rocket")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    # Qt commits after the key event.
    qtbot.waitUntil(lambda: desk.result.props.name == "No rocket")
    assert desk.session.history.labels[-1] == "Rename layer"


def test_double_click_renames_and_escape_leaves_the_name(desk: Desk) -> None:
    view = desk.panel.view
    center = view.parts(desk.model.index_of(desk.picture.id)).name.center()
    QTest.mouseClick(view.viewport(), LEFT, pos=center)
    QTest.mouseDClick(view.viewport(), LEFT, pos=center)
    editor = view.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert desk.picture.props.name == "noise.png"


def test_opacity_of_the_active_layer(desk: Desk) -> None:
    desk.session.set_active_layer(desk.result.id)
    for percent in (80, 50):
        desk.panel.opacity.field.setValue(percent)
    assert desk.result.props.opacity == 128
    assert desk.session.history.labels[1:] == ["Layer opacity"]
    desk.session.undo()
    assert desk.panel.opacity.value() == 100


def test_masks_have_no_opacity_and_stay(desk: Desk) -> None:
    desk.session.set_active_layer(desk.document.mask(MaskKind.repaint).id)
    assert not desk.panel.opacity.isVisible()
    assert not desk.panel.delete_button.isEnabled()
    assert "mask" in desk.panel.delete_button.toolTip()
    desk.session.set_active_layer(desk.result.id)
    assert desk.panel.opacity.isVisible()
    QTest.mouseClick(desk.panel.delete_button, LEFT)
    assert desk.result.id not in desk.document.layers


def test_dots_open_the_menu(desk: Desk, qtbot: QtBot) -> None:
    desk.click(desk.result, "menu")
    menu = desk.panel.findChild(QMenu)
    assert isinstance(menu, QMenu)
    actions = {action.text(): action for action in menu.actions()}
    entries = ["Hide", "Rename", "Duplicate", "Merge down", "Lock", "", "Group", "Delete"]
    assert list(actions) == entries
    actions["Hide"].trigger()
    assert not desk.result.props.visible
    with qtbot.waitSignal(menu.destroyed):
        menu.close()


def test_masks_are_not_dragged(desk: Desk) -> None:
    flags = desk.model.flags(desk.model.index_of(desk.document.mask(MaskKind.repaint).id))
    assert not flags & Qt.ItemFlag.ItemIsDragEnabled
    assert desk.model.flags(desk.model.index_of(desk.result.id)) & Qt.ItemFlag.ItemIsDragEnabled


def test_blend_mode_and_lock_of_the_active_layer(desk: Desk) -> None:
    desk.session.set_active_layer(desk.result.id)
    box = desk.panel.blend_mode
    box.setCurrentIndex(box.findData(BlendMode.multiply))
    box.activated.emit(box.currentIndex())
    assert desk.result.props.blend_mode is BlendMode.multiply
    desk.panel.lock_button.click()
    assert desk.result.props.locked
    assert not box.isEnabled()
    desk.session.undo()
    desk.session.undo()
    assert desk.result.props.blend_mode is BlendMode.normal
    assert box.currentData() is BlendMode.normal


def test_a_lock_is_shown_in_the_row_and_read_aloud(desk: Desk) -> None:
    mask = desk.document.mask(MaskKind.repaint)
    desk.session.set_active_layer(mask.id)
    index = desk.model.index_of(mask.id)
    assert desk.panel.view.parts(index).lock.isEmpty()
    QTest.mouseClick(desk.panel.lock_button, LEFT)
    assert mask.props.locked
    parts = desk.panel.view.parts(index)
    assert not parts.lock.isEmpty()
    assert not parts.lock.intersects(parts.subtitle)
    spoken = desk.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert str(spoken).endswith("visible, locked")
    menu = desk.panel.menu_for(mask.id)
    next(action for action in menu.actions() if action.text() == "Unlock").trigger()
    assert not mask.props.locked
    menu.close()


def test_menu_says_why_a_layer_stays(desk: Desk) -> None:
    menu = desk.panel.menu_for(desk.picture.id)
    delete = menu.actions()[-1]
    assert not delete.isEnabled()
    assert delete.toolTip() == "This is the last picture, so it stays."
    menu.close()


def test_new_layers_keep_scroll_and_selection(desk: Desk) -> None:
    for number in range(12):
        layer = result_layer(Bounds(0, 0, 8, 8), f"Edit {number}", candidates=1)
        desk.session.do(AddLayer("Remove", layer, 2))
    desk.session.set_active_layer(None)
    desk.session.set_active_layer(desk.picture.id)
    bar = desk.panel.view.verticalScrollBar()
    assert bar.value() > 0
    bar.setValue(bar.maximum() - 40)
    before = bar.value()
    desk.session.do(AddLayer("Remove", result_layer(Bounds(0, 0, 8, 8)), 1))
    assert bar.value() == before
    assert desk.model.layer(desk.panel.view.currentIndex()) is desk.picture


def test_another_document_and_none(desk: Desk) -> None:
    desk.session.open(noise_document(20, 20))
    assert desk.names() == ["Mask", "noise.png"]
    desk.session.open(None)
    assert desk.names() == []
    assert not desk.panel.view.isVisible()


def test_rows_speak(desk: Desk) -> None:
    desk.click(desk.result, "eye")
    role = Qt.ItemDataRole.AccessibleTextRole
    spoken = desk.model.data(desk.model.index_of(desk.result.id), role)
    assert spoken == "Remove, test · 1 of 3 · seam 1.00, hidden"


def test_thumbnail_of_a_result_follows_its_candidate(desk: Desk) -> None:
    size = desk.panel.view.parts(desk.model.index_of(desk.result.id)).thumbnail.size()
    first = desk.model.thumbnail(desk.result, size, 1.5)
    assert first.size().toTuple() == (63, 45)
    assert desk.model.thumbnail(desk.result, size, 1.5) is first
    desk.result.show_candidate(1)
    assert desk.model.thumbnail(desk.result, size, 1.5) != first


def test_paints_in_both_reading_directions(desk: Desk) -> None:
    view = desk.panel.view
    index = desk.model.index_of(desk.result.id)
    eye = view.parts(index).eye
    assert not view.grab().isNull()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert view.parts(index).eye.center().x() > eye.center().x()
    assert view.parts(index).eye.contains(
        QPoint(view.visualRect(index).right() - 2, eye.center().y())
    )


def test_a_step_of_an_expansion_can_be_redone_and_says_that_its_join_was_mended(
    desk: Desk, qtbot: QtBot
) -> None:
    def entries() -> list[str]:
        menu = desk.panel.menu_for(desk.result.id)
        texts = [action.text() for action in menu.actions()]
        menu.close()
        return texts

    assert "Redo this step" not in entries()
    place = StepPlace("one", 1, 3)
    desk.result.result = replace(desk.result.result, place=place)
    assert "seam" in desk.subtitle(desk.result)
    join = result_layer(Bounds(4, 4, 8, 8), "Join 1 of 3")
    join.result = replace(join.result, place=replace(place, mends=True))
    desk.session.do(AddLayer("Expand", join, desk.document.layers.index(desk.result.id) + 1))
    assert desk.subtitle(desk.result).endswith("join mended")
    assert "join mended" in str(
        desk.model.data(desk.model.index_of(desk.result.id), Qt.ItemDataRole.ToolTipRole)
    )
    assert "Redo this step" in entries()
    menu = desk.panel.menu_for(desk.result.id)
    (redo,) = [action for action in menu.actions() if action.text() == "Redo this step"]
    with qtbot.waitSignal(desk.panel.redo_requested) as asked:
        redo.trigger()
    assert asked.args == [desk.result.id]
    menu.close()
