from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inpaint_studio.core.change import ChangeKind
from inpaint_studio.core.commands import AddCandidates
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.history import History
from inpaint_studio.core.layer import MaskKind, PlacedLayer
from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.core.placement_commands import PlaceLayer, ShiftMask
from inpaint_studio.core.request import request_again
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.geometry import Bounds
from tests.documents import made_up_result, noise_document, result_layer, state_of

PLENTY = 1 << 30
PLACEMENTS = st.builds(
    Placement,
    st.integers(-40, 40) | st.floats(-40, 40),
    st.integers(-40, 40) | st.floats(-40, 40),
    st.sampled_from([1, -1, 0.5, 1.7]),
    st.sampled_from([1, -1, 2]),
    st.sampled_from([0, 90, 180, 33.3]),
)


def place(document: Document, index: int, after: Placement, label: str = "Move") -> PlaceLayer:
    layer = list(document.layers)[index]
    assert isinstance(layer, PlacedLayer)
    return PlaceLayer(label, layer.id, layer.placement, after)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), PLACEMENTS), min_size=1, max_size=4))
def test_undo_and_redo_are_exact(moves: list[tuple[int, Placement]]) -> None:
    document, history = noise_document(), History(PLENTY)
    document.layers.insert(1, result_layer(Bounds(10, 12, 30, 20)))
    states = [state_of(document)]
    for index, placement in moves:
        history.do(document, place(document, index, placement), merge=False)
        states.append(state_of(document))
    for state in reversed(states[:-1]):
        history.undo(document)
        assert state_of(document) == state
    for state in states[1:]:
        history.redo(document)
        assert state_of(document) == state


def test_the_change_covers_where_it_was_and_where_it_is() -> None:
    document = noise_document(96, 64)
    change = place(document, 0, Placement(200, 0)).redo(document)
    assert change.dirty == Bounds(0, 0, 296, 64)
    assert change.kind == ChangeKind.layers | ChangeKind.pixels


def test_a_series_merges_and_another_layer_or_label_does_not() -> None:
    document, history = noise_document(), History(PLENTY)
    document.layers.insert(1, result_layer(Bounds(10, 12, 30, 20)))
    for dx in (1, 2, 3):
        history.do(document, place(document, 0, Placement(dx, 0)))
    assert history.labels == ["Move"]
    history.do(document, place(document, 1, Placement(1, 0)))
    history.do(document, place(document, 1, Placement(1, 0, rotation=3), "Rotate"))
    assert history.labels == ["Move", "Move", "Rotate"]
    for _ in range(3):
        history.undo(document)
    placed = [layer for layer in document.layers if isinstance(layer, PlacedLayer)]
    assert [layer.placement for layer in placed] == [HOME, HOME]


def test_a_moved_base_leaves_honest_transparency() -> None:
    document = noise_document(96, 64)
    before = flatten(document.layers.painted, document.frame)
    place(document, 0, Placement(30, -10)).redo(document)
    shown = flatten(document.layers.painted, document.frame)
    assert not shown[:, :30].any()
    assert not shown[54:].any()
    assert np.array_equal(shown[:54, 30:], before[10:, :66])
    uncovered = Uncovered.of(document)
    assert uncovered.area == 96 * 64 - 66 * 54
    assert uncovered.covered_rectangle() == Bounds(30, 0, 66, 54)


def test_a_mask_moves_with_its_values_and_back() -> None:
    document, history = noise_document(), History(PLENTY)
    mask = document.mask(MaskKind.repaint)
    mask.raster.writable(Bounds(5, 6, 8, 8))[2:4, 3:7] = 99
    before = mask.raster.read(Bounds(0, 0, 40, 40))
    content = mask.raster.content_bounds()
    change = history.do(document, ShiftMask("Move mask", mask.id, -20, 7))
    assert change.kind == ChangeKind.mask
    assert change.dirty.contains(content.union(content.translated(-20, 7)))
    assert mask.raster.content_bounds() == content.translated(-20, 7)
    assert np.array_equal(mask.raster.read(Bounds(-20, 7, 40, 40)), before)
    history.do(document, ShiftMask("Move mask", mask.id, 1, 1))
    assert history.labels == ["Move mask"]
    history.undo(document)
    assert np.array_equal(mask.raster.read(Bounds(0, 0, 40, 40)), before)
    assert mask.raster.content_bounds() == content


def test_an_empty_mask_can_be_moved_and_painted_after() -> None:
    document = noise_document()
    mask = document.mask(MaskKind.repaint)
    ShiftMask("Move mask", mask.id, 5, 5).redo(document)
    assert mask.raster.content_bounds().is_empty
    mask.raster.writable(Bounds(1, 1, 2, 2))[...] = 255
    assert mask.raster.content_bounds() == Bounds(1, 1, 2, 2)


def test_each_kind_of_layer_has_its_own_step() -> None:
    document = noise_document()
    picture, mask = next(iter(document.layers)), document.mask(MaskKind.repaint)
    with pytest.raises(TypeError):
        PlaceLayer("Move", mask.id, HOME, Placement(1, 1)).redo(document)
    with pytest.raises(TypeError):
        ShiftMask("Move", picture.id, 1, 1).redo(document)


def test_more_candidates_lie_where_the_result_lies() -> None:
    document = noise_document()
    layer = result_layer(Bounds(10, 12, 30, 20), candidates=1)
    document.layers.insert(1, layer)
    PlaceLayer("Turn", layer.id, HOME, Placement(20, 5, 1.5, 1.5, 30)).redo(document)
    bounds = layer.bounds
    request = request_again(
        document, document.layers.painted_below(layer.id), layer.result, layer.result.params
    )
    # Made for the surroundings that the first ones were made for, so that they can be compared.
    assert [piece.context for piece in request.pieces] == [Bounds(10, 12, 30, 20)]
    more = made_up_result(Bounds(10, 12, 30, 20), candidates=2, seed=5)
    AddCandidates("More", layer.id, more, 1, 0).redo(document)
    assert layer.placement == Placement(20, 5, 1.5, 1.5, 30)
    assert layer.rasters[0].bounds == bounds
