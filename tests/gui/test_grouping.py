"""Groups in the real window: menu and shortcuts, and what the canvas then shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer, MaskKind
from inpaint_studio.core.result_place import top_of_pictures
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.ui.canvas.picture_source import PictureSource
from inpaint_studio.ui.panels.thumbnails import TileView, candidate_tile
from inpaint_studio.ui.studio import Studio
from tests.documents import assert_well_formed, result_layer, state_of

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Desk:
    """A photo with two results, of which the lower one is active."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.session = studio.services.session
        document = self.session.document
        assert document is not None
        self.document: Document = document
        self.lower = result_layer(Bounds(40, 40, 200, 160), "Lower")
        self.upper = result_layer(Bounds(150, 120, 200, 160), "Upper")
        for layer in (self.lower, self.upper):
            self.session.do(AddLayer("Remove", layer, top_of_pictures(document)))
        self.session.set_active_layer(self.lower.id)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        QTest.keyClick(self.studio.window, key, modifiers)

    def trigger(self, action: str) -> None:
        self.studio.window.actions_table[action].trigger()

    @property
    def group(self) -> GroupLayer:
        return next(layer for layer in self.document.layers if isinstance(layer, GroupLayer))

    def choose(self, *layers: Layer) -> None:
        view = self.studio.window.layers_panel.view
        model, selection = view.model(), view.selectionModel()
        for layer in layers:
            row = next(
                index
                for index in (model.index(number, 0) for number in range(model.rowCount()))
                if model.data(index) == layer.props.name
            )
            selection.select(row, selection.SelectionFlag.Select)

    def canvas(self) -> QImage:
        """What is seen of the results; bars float over other parts."""
        canvas = self.studio.window.canvas
        return canvas.grab(canvas.to_view(Bounds(40, 40, 310, 240)).toRect()).toImage()


@pytest.fixture
def desk(studio: Studio, photo: Path, qtbot: QtBot) -> Desk:
    with qtbot.waitSignal(studio.services.files.opened, timeout=10_000):
        studio.open_path(photo)
    qtbot.wait(20)
    return Desk(studio)


def test_grouped_and_ungrouped_by_shortcuts(desk: Desk) -> None:
    before = state_of(desk.document)
    desk.choose(desk.upper)
    desk.press(Qt.Key.Key_G, CTRL)
    assert desk.document.layers.block(desk.group.id) == [desk.lower, desk.upper, desk.group]
    assert desk.session.active_layer is desk.group
    desk.press(Qt.Key.Key_G, CTRL | SHIFT)
    assert desk.session.active_layer is desk.upper
    assert state_of(desk.document) == before
    desk.press(Qt.Key.Key_Z, CTRL)
    desk.press(Qt.Key.Key_Z, CTRL)
    assert state_of(desk.document) == before


def test_the_canvas_follows_a_group(desk: Desk) -> None:
    desk.choose(desk.upper)
    plain = desk.canvas()
    desk.trigger("group_layers")
    assert desk.canvas() == plain
    desk.trigger("toggle_layer")
    hidden = desk.canvas()
    assert hidden != plain
    desk.trigger("toggle_layer")
    assert desk.canvas() == plain
    desk.studio.services.layers.set_opacity(desk.group.id, 128)
    faded = desk.canvas()
    assert faded not in (plain, hidden)
    desk.studio.services.layers.set_blend_mode(desk.group.id, BlendMode.multiply)
    assert desk.canvas() != faded
    frame = desk.document.frame
    shown = PictureSource(lambda: desk.document).read(frame, 0)
    assert shown is not None
    np.testing.assert_array_equal(shown, flatten(desk.document.layers.painted, frame))


def test_steps_up_and_down_by_keys_lead_through_the_group(desk: Desk) -> None:
    desk.trigger("group_layers")
    desk.session.set_active_layer(desk.upper.id)
    desk.press(Qt.Key.Key_BracketLeft, CTRL)
    assert desk.upper.parent_id == desk.group.id
    desk.press(Qt.Key.Key_BracketRight, CTRL)
    assert desk.upper.parent_id is None
    desk.press(Qt.Key.Key_BracketLeft, CTRL)
    desk.trigger("move_out_of_group")
    assert desk.upper.parent_id is None
    assert_well_formed(desk.document.layers)


def test_all_chosen_go_from_the_menu_in_one_step(desk: Desk) -> None:
    desk.choose(desk.upper)
    before = state_of(desk.document)
    desk.trigger("delete_layer")
    assert desk.lower.id not in desk.document.layers
    assert desk.upper.id not in desk.document.layers
    desk.session.undo()
    assert state_of(desk.document) == before


def test_a_mask_from_a_group_covers_what_its_members_cover(desk: Desk) -> None:
    desk.choose(desk.upper)
    desk.trigger("group_layers")
    desk.trigger("mask_from_layer")
    frame = desk.document.frame
    alpha = flatten([desk.lower, desk.upper], frame)[..., 3]
    mask = desk.document.mask(MaskKind.repaint).raster.read(frame)
    np.testing.assert_array_equal(mask, alpha)


def test_tiles_of_candidates_show_groups_as_the_canvas_does(desk: Desk) -> None:
    view = TileView(Bounds(0, 0, 64, 48), QSize(64, 48), 1.0)
    below = desk.document.layers.painted_below(desk.upper.id)
    plain = candidate_tile(desk.upper.result, 0, below, view)
    desk.trigger("group_layers")
    desk.studio.services.layers.toggle_visible(desk.group.id)
    below = desk.document.layers.painted_below(desk.upper.id)
    hidden = candidate_tile(desk.upper.result, 0, below, view)
    desk.studio.services.layers.toggle_visible(desk.group.id)
    desk.studio.services.layers.set_opacity(desk.group.id, 128)
    below = desk.document.layers.painted_below(desk.upper.id)
    faded = candidate_tile(desk.upper.result, 0, below, view)
    assert hidden != plain
    assert faded not in (plain, hidden)
