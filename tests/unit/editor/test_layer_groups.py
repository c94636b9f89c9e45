"""Groups: made, taken apart, moved through, copied, merged and deleted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inpaint_studio.core.arrangement import Spot
from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import ImageLayer, Layer, LayerProps, MaskKind, ResultLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.core.result_place import top_of_pictures
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from tests.documents import assert_well_formed, noise_document, result_layer, state_of


class Desk:
    """A picture with the results A, B and C above it, bottom first."""

    def __init__(self) -> None:
        self.session = EditorSession(1 << 22)
        self.document: Document = noise_document(80, 60)
        self.session.open(self.document)
        self.layers = LayerController(self.session)
        self.said: list[str] = []
        self.layers.refused.connect(self.said.append)
        self.picture = next(iter(self.document.layers))
        self.a, self.b, self.c = (self.add(name, 10 * i) for i, name in enumerate("ABC", start=1))

    def add(self, name: str, x: int) -> ResultLayer:
        layer = result_layer(Bounds(x, x, 30, 20), name)
        self.session.do(AddLayer(name, layer, top_of_pictures(self.document)))
        return layer

    def group(self, *layers: Layer) -> GroupLayer:
        self.layers.group([layer.id for layer in layers])
        group = self.session.active_layer
        assert isinstance(group, GroupLayer)
        return group

    def set(self, layer: Layer, **props: object) -> None:
        layer.props = replace(layer.props, **props)  # pyright: ignore[reportArgumentType]

    @property
    def look(self) -> bytes:
        return flatten(self.document.layers.painted, self.document.frame).tobytes()

    @property
    def tree(self) -> str:
        """The pictures' names, bottom first; what is in a group stands in brackets before it."""
        return _tree(self.document, None)


def _tree(document: Document, parent_id: int | None) -> str:
    words = []
    for layer in document.layers:
        if layer.parent_id == parent_id and layer.id not in _mask_ids(document):
            inside = _tree(document, layer.id)
            is_group = isinstance(layer, GroupLayer)
            words.append(f"[{inside}]{layer.props.name}" if is_group else layer.props.name)
    return " ".join(words)


def _mask_ids(document: Document) -> set[int]:
    return {mask.id for kind in MaskKind for mask in document.layers.masks(kind)}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_layers_that_lie_apart_are_gathered_at_the_topmost(desk: Desk) -> None:
    before = state_of(desk.document)
    desk.group(desk.a, desk.c)
    assert desk.tree == "noise.png B [A C]Group 1"
    assert_well_formed(desk.document.layers)
    desk.session.undo()
    assert state_of(desk.document) == before
    desk.session.redo()
    assert desk.tree == "noise.png B [A C]Group 1"


def test_a_plain_group_looks_like_its_members(desk: Desk) -> None:
    desk.set(desk.b, blend_mode=BlendMode.multiply)
    look = desk.look
    desk.group(desk.a, desk.b)
    assert desk.look == look
    assert [layer in (desk.a, desk.b) for layer in desk.document.layers.painted[1:3]] == [True] * 2


def test_opacity_of_a_group_fades_between_without_and_with(desk: Desk) -> None:
    desk.set(desk.b, blend_mode=BlendMode.difference)
    group = desk.group(desk.a, desk.b, desk.c)
    with_them = desk.look
    desk.layers.toggle_visible(group.id)
    without = desk.look
    desk.layers.toggle_visible(group.id)
    desk.layers.set_opacity(group.id, 0)
    assert desk.look == without
    desk.layers.set_opacity(group.id, 255)
    assert desk.look == with_them
    desk.layers.set_opacity(group.id, 128)
    faded = desk.look
    triples = zip(without, with_them, faded, strict=True)
    assert all(min(a, b) <= c <= max(a, b) for a, b, c in triples)


def test_another_blend_mode_isolates(desk: Desk) -> None:
    desk.set(desk.b, blend_mode=BlendMode.multiply)
    group = desk.group(desk.a, desk.b)
    desk.layers.set_blend_mode(group.id, BlendMode.screen)
    look = desk.look
    desk.layers.merge_down(group.id)
    merged = desk.session.active_layer
    assert isinstance(merged, ImageLayer)
    assert merged.props.blend_mode is BlendMode.screen
    assert desk.look == look


def test_a_change_of_a_group_is_as_large_as_its_members(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    dirty: list[Bounds] = []
    desk.session.changed.connect(lambda change: dirty.append(change.dirty))
    desk.layers.set_opacity(group.id, 9)
    desk.layers.move([group.id], Spot(None, desk.c.id))
    assert dirty == [Bounds(10, 10, 40, 30)] * 2


def test_ungrouping_leaves_the_members_in_its_place(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    before = state_of(desk.document)
    desk.layers.ungroup(group.id)
    assert desk.tree == "noise.png A B C"
    assert desk.session.active_layer is desk.b
    desk.session.undo()
    assert state_of(desk.document) == before


def test_what_a_group_hid_stays_hidden(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    desk.layers.toggle_visible(group.id)
    look = desk.look
    desk.layers.ungroup(group.id)
    assert desk.look == look
    assert not desk.a.props.visible


def test_steps_up_and_down_lead_through_groups(desk: Desk) -> None:
    desk.group(desk.a, desk.b)
    seen = [desk.tree]
    for _ in range(4):
        desk.layers.shift(desk.c.id, -1)
        seen.append(desk.tree)
    assert seen == [
        "noise.png [A B]Group 1 C",
        "noise.png [A B C]Group 1",
        "noise.png [A C B]Group 1",
        "noise.png [C A B]Group 1",
        "noise.png C [A B]Group 1",
    ]
    for expected in reversed(seen[:-1]):
        desk.layers.shift(desk.c.id, 1)
        assert desk.tree == expected
    desk.layers.shift(desk.c.id, 1)
    assert desk.tree == seen[0]


def test_a_group_moves_with_all_that_is_in_it(desk: Desk) -> None:
    inner = desk.group(desk.a, desk.b)
    outer = desk.group(inner)
    assert desk.tree == "noise.png [[A B]Group 1]Group 2 C"
    desk.layers.move([outer.id], Spot())
    assert desk.tree == "[[A B]Group 1]Group 2 noise.png C"
    desk.layers.move([outer.id], Spot(inner.id))
    assert desk.tree == "[[A B]Group 1]Group 2 noise.png C"
    desk.layers.move_out(desk.a.id)
    assert desk.tree == "[[B]Group 1 A]Group 2 noise.png C"


def test_the_last_member_leaves_an_empty_group(desk: Desk) -> None:
    group = desk.group(desk.a)
    desk.layers.move_out(desk.a.id)
    assert desk.tree == "noise.png []Group 1 A B C"
    desk.layers.move([desk.b.id, desk.c.id], Spot(group.id))
    assert desk.tree == "noise.png [B C]Group 1 A"


def test_a_locked_group_locks_its_members(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    desk.layers.toggle_locked(group.id)
    before = state_of(desk.document)
    desk.layers.set_blend_mode(desk.a.id, BlendMode.screen)
    desk.layers.delete(desk.a.id)
    desk.layers.move_out(desk.a.id)
    desk.layers.move([desk.c.id], Spot(group.id))
    desk.layers.merge_down(desk.b.id)
    desk.layers.ungroup(group.id)
    desk.layers.delete(group.id)
    assert state_of(desk.document) == before
    assert desk.said == ["“Group 1” is locked."] * 7
    desk.layers.shift(desk.c.id, -1)
    assert desk.tree == "noise.png C [A B]Group 1"


def test_deleting_a_group_is_one_step(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    before, steps = state_of(desk.document), desk.session.history.position
    desk.layers.delete(group.id)
    assert desk.tree == "noise.png C"
    assert desk.session.active_layer is desk.picture
    assert desk.session.history.position == steps + 1
    desk.session.undo()
    assert state_of(desk.document) == before


def test_several_are_deleted_together_or_not_at_all(desk: Desk) -> None:
    desk.layers.toggle_locked(desk.b.id)
    desk.layers.delete_all([desk.a.id, desk.b.id])
    assert desk.tree == "noise.png A B C"
    desk.layers.delete_all([desk.a.id, desk.picture.id])
    assert desk.said == ["“B” is locked.", "This is the last picture, so it stays."]
    desk.layers.delete_all([desk.a.id, desk.c.id])
    assert desk.tree == "noise.png B"
    assert desk.session.history.labels[-1] == "Delete layers"


def test_the_last_picture_keeps_its_group(desk: Desk) -> None:
    group = desk.group(desk.picture, desk.a)
    desk.layers.delete(group.id)
    assert desk.said == ["This is the last picture, so it stays."]


def test_going_on_after_a_delete_stays_in_the_group(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    for layer, heir in ((desk.b, desk.a), (desk.a, group), (group, desk.picture)):
        desk.session.set_active_layer(layer.id)
        desk.layers.delete(layer.id)
        assert desk.session.active_layer is heir


def test_a_copy_of_a_group_is_whole(desk: Desk) -> None:
    inner = desk.group(desk.a)
    desk.layers.toggle_locked(inner.id)
    group = desk.group(desk.b)
    desk.layers.toggle_locked(inner.id)
    desk.layers.move([inner.id], Spot(group.id, desk.b.id))
    desk.layers.duplicate(group.id)
    assert desk.tree == "noise.png [B [A]Group 1]Group 2 [B [A]Group 1]Group 2 copy C"
    assert_well_formed(desk.document.layers)
    copy = desk.session.active_layer
    assert copy is not None
    desk.layers.delete(group.id)
    assert desk.tree == "noise.png [B [A]Group 1]Group 2 copy C"
    desk.session.undo()
    desk.session.undo()
    assert desk.tree == "noise.png [B [A]Group 1]Group 2 C"


def test_merging_down_stays_in_the_group(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    look = desk.look
    desk.layers.merge_down(desk.a.id)
    assert desk.said == ["There is no layer below to merge with."]
    desk.layers.merge_down(desk.b.id)
    assert desk.tree == "noise.png [A]Group 1 C"
    assert desk.session.active_layer in desk.document.layers.block(group.id)
    assert_close(desk, look)


def test_merging_onto_a_group_takes_all_of_it(desk: Desk) -> None:
    desk.group(desk.a, desk.b)
    look = desk.look
    desk.layers.merge_down(desk.c.id)
    assert desk.tree == "noise.png Group 1"
    assert_close(desk, look)
    desk.session.undo()
    assert desk.look == look


def test_merging_a_group_keeps_its_props(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    desk.layers.set_opacity(group.id, 100)
    look = desk.look
    desk.layers.merge_down(group.id)
    assert desk.tree == "noise.png Group 1 C"
    assert desk.session.active_layer is not None
    assert desk.session.active_layer.props.opacity == 100
    assert_close(desk, look)


def test_what_blends_with_the_picture_below_is_not_merged_away_from_it(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    desk.layers.set_blend_mode(desk.b.id, BlendMode.multiply)
    look, tree = desk.look, desk.tree
    desk.layers.merge_group(group.id)
    desk.layers.merge_down(desk.c.id)
    desk.layers.merge_down(desk.b.id)
    words = "“B” blends with what lies below and would look different."
    assert [said.startswith(words) for said in desk.said] == [True, True, True]
    assert (desk.tree, desk.look) == (tree, look)


def test_what_blends_within_is_merged(desk: Desk) -> None:
    desk.layers.set_blend_mode(desk.a.id, BlendMode.multiply)
    look = desk.look
    desk.layers.merge_down(desk.a.id)
    assert desk.tree == "noise.png B C"
    assert_close(desk, look)
    group = desk.group(desk.b, desk.c)
    desk.layers.set_blend_mode(desk.b.id, BlendMode.screen)
    desk.layers.set_blend_mode(group.id, BlendMode.multiply)
    look = desk.look
    desk.layers.merge_group(group.id)
    assert desk.said == []
    assert_close(desk, look)


def test_hidden_layers_are_not_merged_away(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    desk.layers.toggle_visible(desk.a.id)
    desk.layers.merge_down(group.id)
    assert desk.said == ["Show all layers first: hidden ones are not merged."]
    desk.layers.toggle_visible(desk.b.id)
    desk.layers.merge_group(group.id)
    assert desk.said[1:] == ["There is nothing in this group to merge."]


def test_flatten_leaves_what_is_hidden_in_its_group(desk: Desk) -> None:
    emptied = desk.group(desk.a)
    kept = desk.group(desk.b, desk.c)
    desk.layers.set_opacity(kept.id, 90)
    desk.layers.toggle_visible(desk.b.id)
    look, before = desk.look, state_of(desk.document)
    desk.layers.flatten_visible()
    assert desk.look == look
    assert desk.tree == "noise.png [B]Group 2"
    assert emptied.id not in desk.document.layers
    desk.session.undo()
    assert state_of(desk.document) == before


def test_flatten_from_within_a_group_comes_out_of_it(desk: Desk) -> None:
    desk.group(desk.picture, desk.a)
    desk.layers.toggle_visible(desk.a.id)
    look = desk.look
    desk.layers.flatten_visible()
    assert desk.tree == "noise.png [A]Group 1"
    assert desk.look == look


def test_masks_stay_out_of_groups(desk: Desk) -> None:
    mask = desk.document.mask(MaskKind.repaint)
    desk.layers.group([mask.id])
    assert desk.said == ["Choose pictures or results to group: a mask can't be."]
    desk.layers.group([mask.id, desk.a.id])
    assert desk.tree == "noise.png [A]Group 1 B C"
    assert mask.parent_id is None


def test_a_group_needs_a_group(desk: Desk) -> None:
    desk.layers.ungroup(desk.a.id)
    assert desk.said == ["Choose a group to ungroup it."]


def test_a_document_opens_with_a_layer_and_not_a_group_active(desk: Desk) -> None:
    group = desk.group(desk.b, desk.c)
    desk.session.open(desk.document)
    assert desk.session.active_layer is desk.c
    group.props = replace(group.props, visible=False)
    desk.session.open(desk.document)
    assert desk.session.active_layer is desk.a


def test_a_deleted_group_counts_as_what_the_history_holds() -> None:
    desk = Desk()
    pixels = np.full((200, 200, 4), 255, np.uint8)
    picture = ImageLayer(LayerProps("big"), Raster(pixels))
    desk.session.do(AddLayer("big", picture, 1))
    group = desk.group(picture)
    desk.layers.delete(group.id)
    held = desk.session.history.nbytes
    assert held > 200 * 200 * 4
    desk.session.undo()
    assert desk.session.history.nbytes < 200 * 200 * 4


def assert_close(desk: Desk, look: bytes) -> None:
    """Merged half-transparent layers differ by what rounding loses."""
    assert all(abs(a - b) <= 2 for a, b in zip(desk.look, look, strict=True))
