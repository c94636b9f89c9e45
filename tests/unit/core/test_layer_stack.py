"""What is painted, shown and locked through groups, and where layers may be put."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.arrangement import (
    Arrangement,
    Place,
    Spot,
    block,
    outermost,
    siblings,
    with_moved,
)
from inpaint_studio.core.compose import PaintedGroup
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import LayerSnapshot, flatten, snapshot
from inpaint_studio.core.group_commands import grouping
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer, LayerProps, ResultLayer
from inpaint_studio.core.layer_stack import LayerStack
from inpaint_studio.core.request import request_again
from inpaint_studio.core.result_place import place_for_result, top_of_pictures
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from tests.documents import noise_document, result_layer


class Desk:
    """A picture below the results A, B and C, which all overlap."""

    def __init__(self) -> None:
        self.document: Document = noise_document(60, 50)
        self.stack: LayerStack = self.document.layers
        self.picture = next(iter(self.stack))
        self.a, self.b, self.c = (self.add(name, 5 * i) for i, name in enumerate("ABC", start=1))

    def add(self, name: str, x: int) -> ResultLayer:
        layer = result_layer(Bounds(x, x, 20, 15), name)
        self.stack.insert(top_of_pictures(self.document), layer)
        return layer

    def group(self, *layers: Layer, **props: object) -> GroupLayer:
        group = GroupLayer(replace(LayerProps("Group"), **props))  # pyright: ignore[reportArgumentType]
        grouping(self.document, "Group", [layer.id for layer in layers], group).redo(self.document)
        return group

    def look(self, *layers: object) -> bytes:
        return flatten(list(layers), self.document.frame).tobytes()  # pyright: ignore[reportArgumentType]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_without_groups_the_layers_themselves_are_painted(desk: Desk) -> None:
    assert desk.stack.painted == [desk.picture, desk.a, desk.b, desk.c]
    desk.b.props = replace(desk.b.props, opacity=0)
    desk.c.props = replace(desk.c.props, visible=False)
    assert desk.stack.painted == desk.stack.shown == [desk.picture, desk.a]


def test_a_hidden_group_hides_its_members_at_any_depth(desk: Desk) -> None:
    inner = desk.group(desk.a, desk.b)
    outer = desk.group(inner, desk.c, visible=False)
    assert desk.stack.painted == desk.stack.shown == [desk.picture]
    assert desk.stack.groups_of(desk.a) == [inner, outer]
    assert not desk.stack.is_shown(desk.a)


def test_only_groups_that_do_something_are_painted_as_such(desk: Desk) -> None:
    inner = desk.group(desk.a, desk.b)
    assert desk.stack.painted == [desk.picture, desk.a, desk.b, desk.c]
    inner.props = replace(inner.props, opacity=200)
    outer = desk.group(inner, desk.c, blend_mode=BlendMode.screen)
    members = (PaintedGroup(inner.props, (desk.a, desk.b)), desk.c)
    assert desk.stack.painted == [desk.picture, PaintedGroup(outer.props, members)]
    assert desk.stack.shown == [desk.picture, desk.a, desk.b, desk.c]


def test_what_is_below_a_layer_keeps_the_groups_around_it(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b, opacity=120)
    assert desk.stack.painted_below(desk.b.id) == [
        desk.picture,
        PaintedGroup(group.props, (desk.a,)),
    ]
    assert desk.stack.painted_below(desk.a.id) == [desk.picture]
    assert desk.stack.painted_below(desk.c.id) == desk.stack.painted[:2]
    piece = request_again(
        desk.document, desk.stack.painted_below(desk.b.id), desk.b.result, desk.b.result.params
    ).pieces[0]
    for above in (desk.b, desk.c):
        above.props = replace(above.props, visible=False)
    seen = flatten(desk.stack.painted, piece.context)
    assert piece.image.tobytes() == seen[..., 2::-1].tobytes()


def test_a_snapshot_of_a_group_stays_as_it_was(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b, blend_mode=BlendMode.multiply)
    look, then = desk.look(*desk.stack.painted), snapshot(desk.stack.painted)
    desk.a.show_candidate(2)
    group.props = replace(group.props, opacity=30)
    desk.stack.remove(desk.b.id)
    assert desk.look(*then) == look
    assert isinstance(then[1], PaintedGroup)
    assert isinstance(then[1].members[0], LayerSnapshot)


def test_the_nearest_lock_counts(desk: Desk) -> None:
    inner = desk.group(desk.a)
    outer = desk.group(inner, desk.b, locked=True)
    assert desk.stack.lock_on(desk.a) is outer
    assert desk.stack.lock_on(desk.c) is None
    inner.props = replace(inner.props, locked=True)
    assert desk.stack.lock_on(desk.a) is inner


def test_bounds_and_blocks_hold_all_members(desk: Desk) -> None:
    inner = desk.group(desk.a, desk.b)
    outer = desk.group(inner, desk.c)
    assert desk.stack.block(outer.id) == [desk.a, desk.b, inner, desk.c, outer]
    assert desk.stack.bounds_of(outer.id) == Bounds(5, 5, 30, 25)
    assert desk.stack.bounds_of(inner.id) == Bounds(5, 5, 25, 20)
    assert outer.nbytes == 0


def test_an_arrangement_of_other_layers_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="other layers"):
        desk.stack.arrange(desk.stack.arrangement[1:])


def test_transparency_is_seen_through_groups(desk: Desk) -> None:
    assert Uncovered.of(desk.document).is_empty
    desk.group(desk.picture, opacity=254)
    alpha = flatten(desk.stack.painted, desk.document.frame)[..., 3]
    assert Uncovered.of(desk.document).area == np.count_nonzero(alpha < 255) > 2000
    other = Desk()
    other.group(other.picture, blend_mode=BlendMode.screen)
    assert Uncovered.of(other.document).is_empty


AREA = Bounds(5, 5, 10, 10)
FREE = Bounds(40, 40, 10, 5)


def test_a_result_goes_on_top_of_the_active_layer_in_its_group(desk: Desk) -> None:
    group = desk.group(desk.a, desk.b)
    place = place_for_result(desk.document, desk.a, FREE)
    assert place == (desk.stack.index(desk.a.id) + 1, group.id)
    assert place_for_result(desk.document, group, FREE) == (desk.stack.index(group.id), group.id)


def test_a_result_is_never_covered(desk: Desk) -> None:
    inner = desk.group(desk.a, desk.b)
    outer = desk.group(inner)
    top = (top_of_pictures(desk.document), None)
    for active in (desk.a, desk.b, inner, outer):
        assert place_for_result(desk.document, active, Bounds(16, 16, 5, 5)) == top
    # Only B lies over it, in the same group.
    over_b = (desk.stack.index(inner.id), inner.id)
    assert place_for_result(desk.document, desk.a, Bounds(10, 10, 4, 4)) == over_b
    desk.b.props = replace(desk.b.props, visible=False)
    over_a = (desk.stack.index(desk.a.id) + 1, inner.id)
    assert place_for_result(desk.document, desk.a, Bounds(10, 10, 4, 4)) == over_a


@pytest.mark.parametrize(
    "props",
    [{"opacity": 250}, {"visible": False}, {"locked": True}, {"blend_mode": BlendMode.multiply}],
)
def test_a_result_stays_out_of_groups_that_would_change_it(
    desk: Desk, props: dict[str, object]
) -> None:
    inner = desk.group(desk.a)
    outer = desk.group(inner, **props)
    top = (top_of_pictures(desk.document), None)
    for active in (desk.a, inner, outer):
        assert place_for_result(desk.document, active, FREE) == top


def test_a_result_goes_on_top_where_no_group_is_active(desk: Desk) -> None:
    desk.group(desk.a)
    top = (top_of_pictures(desk.document), None)
    gone = result_layer(FREE)
    gone.parent_id = 12345
    for active in (None, desk.picture, list(desk.stack)[-1], gone):
        assert place_for_result(desk.document, active, FREE) == top


@st.composite
def arrangements(draw: st.DrawFn) -> Arrangement:
    """Layers 0, 1, ..., of which those that have members are groups."""
    arrangement: Arrangement = ()
    for layer_id in range(draw(st.integers(1, 9))):
        parent = draw(st.sampled_from([None, *range(layer_id)]))
        beside = siblings(arrangement, parent)
        spot = Spot(parent, draw(st.sampled_from([None, *beside])))
        arrangement = with_moved((*arrangement, Place(layer_id)), [layer_id], spot)
    return arrangement


@given(data=st.data(), before=arrangements())
def test_moving_keeps_all_layers_groups_and_orders(
    data: st.DataObject, before: Arrangement
) -> None:
    ids = sorted(place.layer_id for place in before)
    chosen = data.draw(st.sets(st.sampled_from(ids), min_size=1))
    roots = outermost(before, chosen)
    moved = [place.layer_id for root in roots for place in block(before, root)]
    parents = [None, *(i for i in ids if i not in moved)]
    parent = data.draw(st.sampled_from(parents))
    above = [i for i in siblings(before, parent) if i not in moved]
    spot = Spot(parent, data.draw(st.sampled_from([None, *above])))
    after = with_moved(before, chosen, spot)
    assert sorted(place.layer_id for place in after) == ids
    inside = siblings(after, parent)
    start = 0 if spot.above is None else inside.index(spot.above) + 1
    assert inside[start : start + len(roots)] == roots
    for root in roots:
        assert block(after, root)[:-1] == block(before, root)[:-1]
    for number, place in enumerate(after):
        whole = block(after, place.layer_id)
        assert after[number + 1 - len(whole) : number + 1] == whole
    kept = [place for place in before if place.layer_id not in moved]
    assert [place for place in after if place.layer_id not in moved] == kept


@given(before=arrangements(), data=st.data())
def test_nothing_moves_into_itself(before: Arrangement, data: st.DataObject) -> None:
    root = data.draw(st.sampled_from(before)).layer_id
    inside = data.draw(st.sampled_from(block(before, root))).layer_id
    with pytest.raises(ValueError, match="itself"):
        with_moved(before, [root], Spot(inside))
