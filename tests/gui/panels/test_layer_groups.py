"""Groups in the layers list, by real clicks, keys and drags."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import (
    QAction,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from inpaint_studio.core.arrangement import Spot
from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.document import Document
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer, MaskKind, ResultLayer
from inpaint_studio.core.result_place import top_of_pictures
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.panels.layer_delegate import INDENT
from inpaint_studio.ui.panels.layer_model import LayerModel
from inpaint_studio.ui.panels.layers_panel import LayersPanel
from inpaint_studio.ui.theme import apply_theme
from tests.documents import assert_well_formed, noise_document, result_layer

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@dataclass
class Desk:
    """A panel over a picture and the results A, B, C, of which A and B are in a group."""

    session: EditorSession
    document: Document
    controller: LayerController
    panel: LayersPanel
    a: ResultLayer
    b: ResultLayer
    c: ResultLayer
    group: GroupLayer

    @property
    def model(self) -> LayerModel:
        model = self.panel.view.model()
        assert isinstance(model, LayerModel)
        return model

    @property
    def picture(self) -> Layer:
        return next(iter(self.document.layers))

    def rows(self) -> list[str]:
        """The names of all rows, indented by two blanks a level."""
        found = []
        for number in range(self.model.rowCount()):
            layer = self.model.layer(self.model.index(number))
            assert layer is not None
            found.append("  " * self.model.info(layer).depth + layer.props.name)
        return found

    def place(self, layer: Layer, part: str) -> QPoint:
        rect: QRect = getattr(self.panel.view.parts(self.model.index_of(layer.id)), part)
        return rect.center()

    def click(
        self, layer: Layer, part: str = "name", modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        QTest.mouseClick(self.panel.view.viewport(), LEFT, modifiers, self.place(layer, part))

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.panel.view, key, modifiers)

    def carried(self, *layers: Layer) -> QMimeData:
        return self.model.mimeData([self.model.index_of(layer.id) for layer in layers])

    def drag_over(self, mime: QMimeData, place: QPoint) -> bool:
        viewport, move = self.panel.view.viewport(), Qt.DropAction.MoveAction
        enter = QDragEnterEvent(place, move, mime, LEFT, NONE)
        QApplication.sendEvent(viewport, enter)
        over = QDragMoveEvent(place, move, mime, LEFT, NONE)
        QApplication.sendEvent(viewport, over)
        return over.isAccepted()

    def drop(self, mime: QMimeData, place: QPoint) -> None:
        assert self.drag_over(mime, place)
        event = QDropEvent(place, Qt.DropAction.MoveAction, mime, LEFT, NONE)
        QApplication.sendEvent(self.panel.view.viewport(), event)
        assert self.panel.view.drop_mark is None

    def gap_below(self, layer: Layer, depth: int = 0) -> QPoint:
        rect = self.panel.view.visualRect(self.model.index_of(layer.id))
        return QPoint(26 + INDENT * (depth + 1), rect.bottom() - 2)

    def gap_above(self, layer: Layer, depth: int = 0) -> QPoint:
        rect = self.panel.view.visualRect(self.model.index_of(layer.id))
        return QPoint(26 + INDENT * (depth + 1), rect.top() + 2)


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Desk:
    apply_theme(qapp, "dark")
    session = EditorSession(1 << 24)
    document = noise_document(100, 50)
    session.open(document)
    controller = LayerController(session)
    panel = LayersPanel(session, controller)
    a, b, c = (result_layer(Bounds(5 * i, 5 * i, 20, 12), name) for i, name in enumerate("ABC"))
    for layer in (a, b, c):
        session.do(AddLayer("Remove", layer, top_of_pictures(document)))
    controller.group([a.id, b.id])
    group = session.active_layer
    assert isinstance(group, GroupLayer)
    panel.resize(260, 500)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    return Desk(session, document, controller, panel, a, b, c, group)


OPEN = ["Mask", "C", "Group 1", "  B", "  A", "noise.png"]
FOLDED = ["Mask", "C", "Group 1", "noise.png"]


def test_members_are_indented_below_their_group(desk: Desk) -> None:
    assert desk.rows() == OPEN
    assert desk.model.subtitle(desk.group) == "2 layers"
    assert desk.model.subtitle(desk.picture) == "original · 100 × 50"
    assert desk.place(desk.a, "thumbnail").x() == desk.place(desk.c, "thumbnail").x() + INDENT


def test_the_arrow_folds_without_a_step_of_the_history(desk: Desk) -> None:
    desk.session.set_active_layer(desk.c.id)
    before = desk.session.history.labels
    desk.click(desk.group, "fold")
    assert desk.rows() == FOLDED
    assert desk.session.active_layer is desk.c
    desk.click(desk.group, "fold")
    assert desk.rows() == OPEN
    assert desk.session.history.labels == before


def test_folding_over_the_active_layer_goes_on_with_the_group(desk: Desk) -> None:
    desk.click(desk.a)
    desk.click(desk.group, "fold")
    assert desk.session.active_layer is desk.group
    assert desk.rows() == FOLDED


def test_a_layer_that_becomes_active_is_revealed(desk: Desk) -> None:
    desk.click(desk.group, "fold")
    desk.session.set_active_layer(desk.b.id)
    assert desk.rows() == OPEN
    assert desk.model.layer(desk.panel.view.currentIndex()) is desk.b


def test_left_and_right_walk_the_tree(desk: Desk) -> None:
    desk.click(desk.group)
    desk.press(Qt.Key.Key_Right)
    assert desk.session.active_layer is desk.b
    desk.press(Qt.Key.Key_Left)
    assert desk.session.active_layer is desk.group
    desk.press(Qt.Key.Key_Left)
    assert desk.rows() == FOLDED
    desk.press(Qt.Key.Key_Right)
    assert desk.rows() == OPEN
    desk.press(Qt.Key.Key_Up)
    assert desk.session.active_layer is desk.c
    desk.press(Qt.Key.Key_Left)
    assert desk.session.active_layer is desk.c


def test_left_and_right_are_mirrored_where_one_reads_from_the_right(desk: Desk) -> None:
    desk.panel.view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    desk.click(desk.group)
    desk.press(Qt.Key.Key_Right)
    assert desk.rows() == FOLDED
    desk.press(Qt.Key.Key_Left)
    assert desk.rows() == OPEN
    assert desk.place(desk.a, "thumbnail").x() < desk.place(desk.c, "thumbnail").x()


def test_ctrl_and_shift_choose_several(desk: Desk) -> None:
    desk.click(desk.c)
    desk.click(desk.picture, modifiers=CTRL)
    assert desk.panel.chosen == [desk.c.id, desk.picture.id]
    assert desk.session.active_layer is desk.picture
    desk.click(desk.picture, modifiers=CTRL)
    assert desk.panel.chosen == [desk.c.id]
    assert desk.session.active_layer is desk.c
    desk.click(desk.c, modifiers=CTRL)
    assert desk.panel.chosen == [desk.c.id]
    desk.click(desk.b, modifiers=SHIFT)
    assert desk.panel.chosen == [desk.c.id, desk.group.id, desk.b.id]
    desk.click(desk.a)
    assert desk.panel.chosen == [desk.a.id]


def test_ctrl_with_an_arrow_leaves_no_row_behind(desk: Desk) -> None:
    desk.click(desk.b)
    desk.press(Qt.Key.Key_Down, CTRL)
    assert desk.panel.chosen == [desk.a.id]
    assert desk.session.active_layer is desk.a
    desk.press(Qt.Key.Key_Up, SHIFT)
    assert desk.panel.chosen == [desk.b.id, desk.a.id]


def test_all_that_is_chosen_is_deleted(desk: Desk) -> None:
    desk.click(desk.c)
    desk.click(desk.a, modifiers=CTRL)
    desk.press(Qt.Key.Key_Delete)
    assert desk.rows() == ["Mask", "Group 1", "  B", "noise.png"]
    assert desk.session.active_layer is desk.b
    desk.session.undo()
    assert desk.rows() == OPEN


def test_what_stays_says_so_for_all_that_is_chosen(desk: Desk) -> None:
    desk.click(desk.c)
    assert desk.panel.delete_button.isEnabled()
    desk.click(desk.picture, modifiers=CTRL)
    assert not desk.panel.delete_button.isEnabled()
    assert "last picture" in desk.panel.delete_button.toolTip()


def test_the_menu_groups_what_is_chosen(desk: Desk, qtbot: QtBot) -> None:
    desk.click(desk.c)
    desk.click(desk.picture, modifiers=CTRL)
    menu = desk.panel.menu_for(desk.c.id)
    _entry(menu, "Group").trigger()
    assert desk.rows() == ["Mask", "Group 2", "  C", "  noise.png", "Group 1", "  B", "  A"]
    menu.close()
    menu = desk.panel.menu_for(desk.a.id)
    _entry(menu, "Move out of group").trigger()
    assert desk.rows()[-3:] == ["A", "Group 1", "  B"]
    menu.close()
    menu = desk.panel.menu_for(desk.group.id)
    assert _entry(menu, "Merge group").isEnabled()
    _entry(menu, "Ungroup").trigger()
    assert desk.rows()[-2:] == ["A", "B"]
    menu.close()


def test_the_menu_deletes_what_is_chosen_or_the_row_it_belongs_to(desk: Desk) -> None:
    desk.click(desk.c)
    desk.click(desk.a, modifiers=CTRL)
    menu = desk.panel.menu_for(desk.b.id)
    assert _entry(menu, "Delete").isEnabled()
    menu.close()
    menu = desk.panel.menu_for(desk.a.id)
    _entry(menu, "Delete 2 layers").trigger()
    assert desk.rows() == ["Mask", "Group 1", "  B", "noise.png"]
    menu.close()


def test_dragged_into_a_group_by_its_row(desk: Desk) -> None:
    desk.click(desk.c)
    mime = desk.carried(desk.c)
    place = desk.place(desk.group, "thumbnail")
    assert desk.drag_over(mime, place)
    mark = desk.panel.view.drop_mark
    assert mark is not None
    assert mark.into == desk.group.id
    desk.drop(mime, place)
    assert desk.rows() == ["Mask", "Group 1", "  C", "  B", "  A", "noise.png"]
    assert desk.session.active_layer is desk.c
    assert_well_formed(desk.document.layers)
    desk.session.undo()
    assert desk.rows() == OPEN


def test_a_drag_that_rests_on_a_folded_group_unfolds_it(desk: Desk, qtbot: QtBot) -> None:
    desk.click(desk.group, "fold")
    assert desk.rows() == FOLDED
    view, mime = desk.panel.view, desk.carried(desk.c)
    assert desk.drag_over(mime, desk.place(desk.group, "name"))
    assert view.unfold_timer.isActive()
    QApplication.sendEvent(view.viewport(), QDragLeaveEvent())
    assert not view.unfold_timer.isActive()
    view.unfold_timer.setInterval(0)
    assert desk.drag_over(mime, desk.place(desk.group, "name"))
    qtbot.waitUntil(lambda: desk.rows() == OPEN)
    desk.drop(mime, desk.gap_below(desk.b, depth=1))
    assert desk.rows() == ["Mask", "Group 1", "  B", "  C", "  A", "noise.png"]


def test_dragged_to_the_foot_of_a_group_or_below_it(desk: Desk) -> None:
    mime = desk.carried(desk.c)
    desk.drop(mime, desk.gap_below(desk.a, depth=1))
    assert desk.rows() == ["Mask", "Group 1", "  B", "  A", "  C", "noise.png"]
    desk.drop(mime, desk.gap_below(desk.c, depth=0))
    assert desk.rows() == ["Mask", "Group 1", "  B", "  A", "C", "noise.png"]
    desk.drop(desk.carried(desk.b), desk.gap_above(desk.group))
    assert desk.rows() == ["Mask", "B", "Group 1", "  A", "C", "noise.png"]


def test_the_mark_shows_how_deep_it_would_go(desk: Desk) -> None:
    mime, view = desk.carried(desk.c), desk.panel.view
    # The row that the system's cursor happens to be over is lit, until something is dragged.
    QApplication.processEvents()
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    clean = view.grab().toImage()
    starts = []
    for depth in (0, 1):
        assert desk.drag_over(mime, desk.gap_below(desk.a, depth=depth))
        assert view.drop_mark is not None
        starts.append(view.mark_line(view.drop_mark)[0].x())
    assert starts[1] == starts[0] + INDENT
    assert view.grab().toImage() != clean
    QApplication.sendEvent(view.viewport(), QDragLeaveEvent())
    assert view.grab().toImage() == clean


def test_several_are_dragged_together_and_masks_stay(desk: Desk) -> None:
    picture = desk.picture
    desk.click(desk.b)
    desk.click(picture, modifiers=CTRL)
    desk.drop(desk.carried(desk.b, picture), desk.gap_above(desk.c))
    assert desk.rows() == ["Mask", "B", "noise.png", "C", "Group 1", "  A"]
    assert desk.session.history.labels[-1] == "Move layers"
    assert desk.panel.chosen == [desk.b.id, picture.id]


def test_only_layers_are_taken(desk: Desk) -> None:
    words = QMimeData()
    words.setText("a sentence")
    assert not desk.drag_over(words, desk.gap_above(desk.c))
    assert desk.panel.view.drop_mark is None


def test_a_drag_carries_the_chosen_pictures_and_removes_no_rows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[list[int]] = []

    def exec_(drag: QDrag, _action: Qt.DropAction) -> Qt.DropAction:
        carried.append(desk.model.ids_in(drag.mimeData()))
        return Qt.DropAction.MoveAction

    monkeypatch.setattr(QDrag, "exec", exec_)
    view = desk.panel.view
    mask = desk.document.mask(MaskKind.repaint)
    desk.click(mask)
    desk.click(desk.c, modifiers=SHIFT)
    start = desk.place(desk.c, "name")
    QTest.mousePress(view.viewport(), LEFT, NONE, start)
    for step in (4, 12, 30):
        QTest.mouseMove(view.viewport(), start + QPoint(0, step))
    QTest.mouseRelease(view.viewport(), LEFT, NONE, start + QPoint(0, 30))
    assert carried == [[desk.c.id]]
    assert desk.rows() == OPEN


def test_a_move_keeps_what_was_drawn(desk: Desk) -> None:
    size = desk.panel.view.parts(desk.model.index_of(desk.c.id)).thumbnail.size()
    before = desk.model.thumbnail(desk.c, size, 1.0)
    desk.controller.move_into([desk.c.id], desk.group.id)
    desk.click(desk.group, "fold")
    desk.click(desk.group, "fold")
    assert desk.model.thumbnail(desk.c, size, 1.0) is before


def test_a_hidden_group_dims_its_members(desk: Desk) -> None:
    view = desk.panel.view
    rect = view.visualRect(desk.model.index_of(desk.a.id))
    bright = view.viewport().grab(rect).toImage()
    desk.click(desk.group, "eye")
    assert desk.a.props.visible
    assert view.viewport().grab(rect).toImage() != bright


def test_opacity_and_mode_of_a_group(desk: Desk) -> None:
    desk.click(desk.group)
    assert desk.panel.blend_mode.currentText() == "Pass through"
    desk.panel.opacity.field.setValue(40)
    assert desk.group.props.opacity == 102
    desk.click(desk.a)
    assert desk.panel.blend_mode.currentText() == "Normal"
    desk.controller.toggle_locked(desk.group.id)
    assert not desk.panel.blend_mode.isEnabled()


def test_rows_of_groups_speak(desk: Desk) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    spoken = desk.model.data(desk.model.index_of(desk.group.id), role)
    assert spoken == "Group 1, 2 layers, unfolded, visible"
    spoken = desk.model.data(desk.model.index_of(desk.a.id), role)
    assert spoken == "A, test · 1 of 3 · seam 1.00, level 2, visible"


def test_an_empty_group_says_so_and_has_nothing_to_unfold(desk: Desk) -> None:
    desk.controller.move([desk.a.id, desk.b.id], desk_top(desk))
    assert desk.model.subtitle(desk.group) == "empty group"
    desk.click(desk.group)
    desk.press(Qt.Key.Key_Left)
    desk.press(Qt.Key.Key_Right)
    assert desk.session.active_layer is desk.group
    desk.drop(desk.carried(desk.a), desk.place(desk.group, "name"))
    assert desk.rows() == ["Mask", "B", "C", "Group 1", "  A", "noise.png"]


def desk_top(desk: Desk) -> Spot:
    return Spot(None, desk.c.id)


def _entry(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)
