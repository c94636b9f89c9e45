from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.panels.move_options import MoveOptions
from inpaint_studio.ui.widgets.number_field import NumberField
from tests.documents import noise_document, result_layer


@pytest.fixture
def options(qtbot: QtBot) -> MoveOptions:
    session = EditorSession(10 * 2**20)
    toolbox = ToolBox(session)
    panel = MoveOptions(session, toolbox, QLabel("Move"))
    panel.session, panel.toolbox = session, toolbox  # type: ignore[attr-defined]
    qtbot.addWidget(panel)
    document = noise_document(96, 64)
    document.layers.insert(1, result_layer(Bounds(10, 12, 40, 20)))
    session.open(document)
    toolbox.choose(ToolName.move)
    panel.resize(1400, 40)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def layer_of(options: MoveOptions):
    layer = options.session.active_layer  # type: ignore[attr-defined]
    assert layer is not None
    return layer


def labels(options: MoveOptions) -> list[str]:
    return options.session.history.labels  # type: ignore[attr-defined]


def type_in(field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_shows_where_the_layer_lies(options: MoveOptions) -> None:
    bounds = layer_of(options).home
    assert (options.left.value(), options.top.value()) == (bounds.x, bounds.y)
    assert (options.across.value(), options.down.value(), options.angle.value()) == (100, 100, 0)
    assert not options.reset.isEnabled()


def test_typed_numbers_place_it(options: MoveOptions) -> None:
    layer = layer_of(options)
    type_in(options.left, "30")
    assert layer.bounds.x == 30
    type_in(options.top, "-5")
    assert layer.bounds.y == -5
    type_in(options.across, "200")
    assert layer.bounds.extent == (2 * layer.home.width, 2 * layer.home.height)
    type_in(options.angle, "90")
    assert layer.placement.rotation == 90
    assert labels(options) == ["Move", "Move", "Scale", "Rotate"]
    assert (options.across.value(), options.angle.value()) == (200, 90)


def test_without_the_link_width_and_height_are_apart(options: MoveOptions) -> None:
    layer = layer_of(options)
    QTest.mouseClick(options.linked, Qt.MouseButton.LeftButton)
    type_in(options.across, "50")
    assert layer.placement.scale_y == 1
    type_in(options.down, "150")
    assert layer.placement.scale_x == pytest.approx(0.5, abs=0.02)
    assert options.down.value() == 150


def test_buttons_flip_turn_and_reset(options: MoveOptions) -> None:
    layer = layer_of(options)
    for button in (options.flip_across, options.flip_down, options.turn):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert labels(options) == ["Flip", "Flip", "Rotate"]
    assert layer.placement.scale_x == layer.placement.scale_y == -1
    assert layer.placement.rotation == 90
    QTest.mouseClick(options.reset, Qt.MouseButton.LeftButton)
    assert layer.placement == HOME
    assert not options.reset.isEnabled()


def test_a_number_that_goes_on_changing_is_one_step(options: MoveOptions) -> None:
    for x in (20, 21, 22):
        options.left.setValue(x)
    assert labels(options) == ["Move"]
    options.left.settled.emit()
    options.left.setValue(40)
    assert labels(options) == ["Move", "Move"]


def test_double_click_resets_one_number(options: MoveOptions) -> None:
    layer = layer_of(options)
    type_in(options.across, "150")
    QTest.mouseDClick(options.across.lineEdit(), Qt.MouseButton.LeftButton)
    assert layer.placement.scale_x == layer.placement.scale_y == 1


def test_a_mask_only_moves(options: MoveOptions) -> None:
    session = options.session  # type: ignore[attr-defined]
    mask = session.document.mask(MaskKind.repaint)
    session.set_active_layer(mask.id)
    assert not options.left.isEnabled()
    mask.raster.writable(Bounds(5, 6, 7, 8))[...] = 255
    options.refresh()
    assert options.left.value() == 5
    assert options.left.isEnabled()
    assert not options.angle.isEnabled()
    type_in(options.left, "15")
    assert mask.raster.content_bounds() == Bounds(15, 6, 7, 8)


def test_the_numbers_follow_undo_and_the_drag(options: MoveOptions) -> None:
    layer = layer_of(options)
    type_in(options.left, "30")
    options.session.undo()  # type: ignore[attr-defined]
    assert options.left.value() == layer.home.x
    tool = options.toolbox.move_tool  # type: ignore[attr-defined]
    tool.nudge(4, 0)
    assert options.left.value() == layer.home.x + 4
    assert layer.placement == HOME
    tool.settle()
    assert layer.placement == Placement(4, 0)


def test_auto_select_is_the_tools_choice(options: MoveOptions) -> None:
    options.picks.click()
    assert options.toolbox.move_tool.choices.picks  # type: ignore[attr-defined]


def test_every_control_has_a_name_and_a_tip(options: MoveOptions) -> None:
    fields = (options.left, options.top, options.across, options.down, options.angle)
    buttons = (options.linked, options.flip_across, options.flip_down, options.turn)
    for control in (*fields, *buttons):
        assert control.accessibleName()
        assert control.toolTip()
    assert options.reset.toolTip()
    assert options.picks.toolTip()
