"""The settings of a mask below the list, by real clicks and keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskKind, MaskLayer, MaskSettings
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.panels.layer_model import LayerModel
from inpaint_studio.ui.panels.layers_panel import LayersPanel
from inpaint_studio.ui.panels.mask_section import MaskSection
from inpaint_studio.ui.theme import MASK_TINTS, apply_theme
from tests.documents import noise_document

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Desk:
    session: EditorSession
    masks: MaskController
    panel: LayersPanel
    section: MaskSection

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    @property
    def mask(self) -> MaskLayer:
        return self.document.mask(MaskKind.repaint)

    @property
    def model(self) -> LayerModel:
        model = self.panel.view.model()
        assert isinstance(model, LayerModel)
        return model

    def names(self) -> list[str]:
        model = self.model
        return [str(model.data(model.index(row))) for row in range(model.rowCount())]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, "dark")
    session = EditorSession(1 << 30)
    session.open(noise_document(200, 100))
    layers, masks = LayerController(session), MaskController(session, ToolBox(session))
    panel = LayersPanel(session, layers)
    section = MaskSection(session, layers, masks)
    panel.add_to_footer(section)
    for kind, color in ((MaskKind.repaint, "#f0384f"), (MaskKind.avoid, "#6795ff")):
        panel.set_mask_color(kind, color)
        section.set_color(kind, color)
    qtbot.addWidget(panel)
    panel.resize(280, 420)
    panel.show()
    qtbot.waitExposed(panel)
    session.set_active_layer(session.document.mask(MaskKind.repaint).id if session.document else 0)
    return Desk(session, masks, panel, section)


def chosen(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def test_it_is_there_only_for_masks(desk: Desk) -> None:
    assert desk.section.isVisible()
    desk.session.set_active_layer(next(iter(desk.document.layers)).id)
    assert not desk.section.isVisible()
    desk.session.open(None)
    assert not desk.section.isVisible()


def test_it_shows_what_is_set_and_follows_undo(desk: Desk) -> None:
    desk.masks.set_grow(desk.mask.id, 12)
    desk.masks.set_feather(desk.mask.id, 30)
    desk.masks.set_used(desk.mask.id, False)
    section = desk.section
    assert (section.grow.value(), section.soften.value()) == (12, 30)
    assert not section.used.isChecked()
    desk.session.travel(0)
    assert (section.grow.value(), section.soften.value()) == (0, 0)
    assert section.used.isChecked()


def test_numbers_are_typed_and_one_step_each(desk: Desk) -> None:
    for field, text in ((desk.section.grow, "17"), (desk.section.soften, "40")):
        field.field.setFocus()
        field.field.selectAll()
        QTest.keyClicks(field.field, text)
        QTest.keyClick(field.field, Qt.Key.Key_Return)
    assert desk.mask.settings == MaskSettings(grow=17, feather=40)
    assert desk.session.history.labels == ["Mask growth", "Soft mask edge"]


def test_the_tint_is_not_what_is_masked(desk: Desk) -> None:
    desk.mask.raster.writable(Bounds(0, 0, 9, 9))[...] = 200
    desk.section.tint.field.setFocus()
    desk.section.tint.field.selectAll()
    QTest.keyClicks(desk.section.tint.field, "50")
    QTest.keyClick(desk.section.tint.field, Qt.Key.Key_Return)
    assert desk.mask.props.opacity == 128
    pixels = desk.masks.pixels()
    assert pixels is not None
    assert int(pixels.max()) == 200


def test_a_click_decides_whether_edits_use_it_and_the_row_says_so(desk: Desk) -> None:
    desk.mask.raster.writable(Bounds(0, 0, 100, 100))[...] = 255
    QTest.mouseClick(desk.section.used, LEFT, pos=QPoint(8, desk.section.used.height() // 2))
    assert not desk.mask.settings.is_used
    assert desk.model.subtitle(desk.mask).startswith("not used · ")


def test_colours_are_chosen_from_a_menu(desk: Desk) -> None:
    menu = desk.section.color_menu(desk.mask)
    chosen(menu, "Green").trigger()
    assert desk.mask.settings.color == MASK_TINTS["green"]
    assert desk.section.swatch.color == MASK_TINTS["green"]
    assert desk.model.mask_color(desk.mask) == MASK_TINTS["green"]
    chosen(desk.section.color_menu(desk.mask), "As in Settings").trigger()
    assert desk.mask.settings.color is None
    assert desk.section.swatch.color == "#f0384f"


def test_the_swatch_opens_the_menu(desk: Desk, qtbot: QtBot) -> None:
    QTest.mouseClick(desk.section.swatch, LEFT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_the_rows_thumbnail_has_the_masks_colour(desk: Desk) -> None:
    desk.masks.set_color(desk.mask.id, "#00ff00")
    place = desk.panel.view.parts(desk.model.index_of(desk.mask.id)).thumbnail
    image = desk.panel.view.viewport().grab(place).toImage()
    foot = image.pixelColor(image.width() // 2, image.height() - 2)
    assert (foot.green() > 240, foot.red() < 20) == (True, True)


def test_new_masks_have_rows_also_while_they_are_empty(desk: Desk) -> None:
    desk.session.set_active_layer(None)
    assert desk.names() == ["Mask", "noise.png"]
    desk.masks.new(MaskKind.avoid)
    desk.masks.new(MaskKind.repaint)
    assert desk.names() == ["Mask 2", "Don't copy from here 2", "Mask", "noise.png"]
    current = desk.panel.view.currentIndex()
    assert desk.model.layer_id(current) == desk.document.mask(MaskKind.repaint).id
    QTest.keyClick(desk.panel.view, Qt.Key.Key_Delete)
    assert desk.names() == ["Don't copy from here 2", "Mask", "noise.png"]


def test_a_masks_row_offers_a_copy(desk: Desk) -> None:
    desk.mask.raster.writable(Bounds(0, 0, 9, 9))[...] = 77
    chosen(desk.panel.menu_for(desk.mask.id), "Duplicate").trigger()
    assert desk.names()[0] == "Mask copy"
    np.testing.assert_array_equal(desk.mask.raster.read(Bounds(0, 0, 9, 9)), 77)


def test_everything_has_a_name_and_a_tooltip(desk: Desk) -> None:
    section = desk.section
    for widget in (section.swatch, section.used, section.grow, section.soften, section.tint):
        assert widget.toolTip()
    assert section.swatch.accessibleName()
