from __future__ import annotations

import pytest

from inpaint_studio.core.aspect import MAX_SIDE
from inpaint_studio.core.commands import DeleteLayer, SetLayerProps
from inpaint_studio.core.group_commands import grouping
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import LayerProps, MaskKind, PlacedLayer, ResultLayer
from inpaint_studio.core.placement import HOME, MOST_AREA, Placement
from inpaint_studio.editor.placement_controller import PlacementController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.tools.move_tool import MoveChoices, MoveTool
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent
from inpaint_studio.geometry import Bounds, Point
from tests.documents import noise_document, result_layer, state_of


class Editing:
    """A picture with two results in a group, and what the controller has told."""

    def __init__(self) -> None:
        self.session = EditorSession(10 * 2**20)
        document = noise_document(96, 64)
        self.first, self.second = (
            result_layer(Bounds(10, 12, 30, 20), "First"),
            result_layer(Bounds(50, 20, 30, 20), "Second"),
        )
        document.layers.insert(1, self.first)
        document.layers.insert(2, self.second)
        self.session.open(document)
        self.document = document
        self.group = GroupLayer(LayerProps("Group"))
        ids = [self.first.id, self.second.id]
        self.session.do(grouping(document, "Group", ids, self.group))
        self.controller = PlacementController(self.session)
        self.told: list[str] = []
        self.controller.refused.connect(self.told.append)

    def choose(self, layer_id: int) -> PlacementController:
        self.session.set_active_layer(layer_id)
        return self.controller

    def lock(self, layer_id: int) -> None:
        layer = self.document.layers.find(layer_id)
        after = LayerProps(layer.props.name, locked=True)
        self.session.do(SetLayerProps("Lock", layer_id, layer.props, after))


@pytest.fixture
def editing() -> Editing:
    return Editing()


def places(editing: Editing) -> list[Placement]:
    return [editing.first.placement, editing.second.placement]


def drag(tool: MoveTool, by: tuple[float, float], keys: Modifier = Modifier.none) -> None:
    for deed, x, y in ((tool.begin, 0.0, 0.0), (tool.motion, *by), (tool.end, *by)):
        deed(PointerEvent(Point(20 + x, 20 + y), Point(20 + x, 20 + y), modifiers=keys))


def test_a_group_moves_with_all_that_is_in_it_as_one_step(editing: Editing) -> None:
    editing.choose(editing.group.id).set_position(x=0)
    assert editing.controller.targets() is not None
    dx = editing.first.placement.dx
    assert places(editing) == [Placement(dx, 0)] * 2
    assert (
        min(
            layer.placement.bounds_of(layer.home, layer.home).x
            for layer in (editing.first, editing.second)
        )
        == 0
    )
    editing.session.undo()
    assert places(editing) == [HOME, HOME]


def test_a_group_is_dragged_and_copied(editing: Editing) -> None:
    editing.choose(editing.group.id)
    tool = MoveTool(editing.session)
    tool.choices = MoveChoices(snaps=False)
    before = state_of(editing.document)
    drag(tool, (7, 5))
    assert places(editing) == [Placement(7, 5)] * 2
    editing.session.undo()
    assert state_of(editing.document) == before
    drag(tool, (7, 5), Modifier.alt)
    assert places(editing) == [HOME, HOME]
    copies = editing.document.layers.block(editing.session.active_layer.id)  # type: ignore[union-attr]
    moved = [layer.placement for layer in copies if isinstance(layer, PlacedLayer)]
    assert moved == [Placement(7, 5)] * 2
    assert not {layer.id for layer in copies} & {editing.first.id, editing.second.id}


def test_groups_and_masks_are_not_scaled(editing: Editing) -> None:
    mask = editing.document.mask(MaskKind.repaint)
    mask.raster.writable(Bounds(5, 5, 5, 5))[...] = 255
    for layer_id in (editing.group.id, mask.id):
        controller = editing.choose(layer_id)
        controller.turn(90)
        controller.set_scale(across=2)
        controller.flip(across=True)
    assert len(editing.told) == 6
    assert places(editing) == [HOME, HOME]


def test_a_lock_on_the_group_or_on_a_member_holds_all(editing: Editing) -> None:
    editing.lock(editing.second.id)
    editing.choose(editing.group.id).set_position(x=0)
    assert "Second" in editing.told[-1]
    editing.lock(editing.group.id)
    editing.choose(editing.first.id).set_position(x=0)
    assert "Group" in editing.told[-1]
    assert places(editing) == [HOME, HOME]


def test_nothing_to_move_is_said(editing: Editing) -> None:
    editing.choose(editing.document.mask(MaskKind.repaint).id).set_position(x=3)
    assert "nothing in it" in editing.told[-1]


def test_reset_takes_a_whole_group_back(editing: Editing) -> None:
    editing.choose(editing.first.id).set_rotation(20)
    editing.choose(editing.group.id).set_position(x=30)
    editing.controller.reset()
    assert places(editing) == [HOME, HOME]


def test_nothing_is_enlarged_beyond_what_fits_into_memory(editing: Editing) -> None:
    controller = editing.choose(editing.first.id)
    controller.set_scale(across=1e5, down=1e5)
    assert editing.first.bounds.area <= MOST_AREA * 1.01
    assert max(editing.first.bounds.extent) <= MAX_SIDE


def test_a_layer_that_went_while_it_was_dragged_stays_gone(editing: Editing) -> None:
    editing.choose(editing.first.id)
    tool, layers = MoveTool(editing.session), editing.document.layers
    tool.begin(PointerEvent(Point(20, 20), Point(20, 20)))
    tool.motion(PointerEvent(Point(40, 20), Point(40, 20)))
    editing.session.do(DeleteLayer("Delete", editing.first, layers.index(editing.first.id)))
    tool.end(PointerEvent(Point(40, 20), Point(40, 20)))
    assert editing.session.history.labels[-1] == "Delete"
    assert isinstance(editing.first, ResultLayer)
    assert editing.first.placement == HOME


def test_with_ctrl_a_member_is_picked_and_moves_alone(editing: Editing) -> None:
    editing.choose(editing.group.id)
    tool = MoveTool(editing.session)
    tool.choices = MoveChoices(snaps=False)
    editing.first.result.pieces[0].alpha[...] = 255
    drag(tool, (7, 5), Modifier.ctrl)
    assert editing.session.active_layer is editing.first
    assert places(editing) == [Placement(7, 5), HOME]
