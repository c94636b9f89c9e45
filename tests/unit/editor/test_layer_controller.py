"""What the layers list can do to a document, and what it must not."""

from __future__ import annotations

import pytest

from inpaint_studio.core.arrangement import Spot
from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import (
    ImageLayer,
    Layer,
    LayerProps,
    MaskKind,
    MaskLayer,
    MaskSettings,
)
from inpaint_studio.core.raster import Raster
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from tests.documents import noise_document, result_layer, state_of


@pytest.fixture
def session() -> EditorSession:
    session = EditorSession(1 << 20)
    session.open(noise_document())
    return session


@pytest.fixture
def layers(session: EditorSession) -> LayerController:
    return LayerController(session)


def document_of(session: EditorSession) -> Document:
    assert session.document is not None
    return session.document


def picture_of(session: EditorSession) -> Layer:
    return next(iter(document_of(session).layers))


def add_result(session: EditorSession) -> Layer:
    layer = result_layer(Bounds(10, 10, 30, 20))
    session.do(AddLayer("Remove", layer, 1))
    return layer


def test_toggle_visible_is_a_step_with_its_own_verb(
    session: EditorSession, layers: LayerController
) -> None:
    picture = picture_of(session)
    layers.toggle_visible(picture.id)
    assert not picture.props.visible
    layers.toggle_visible(picture.id)
    assert picture.props.visible
    assert session.history.labels == ["Hide layer", "Show layer"]


def test_moving_the_opacity_is_one_step(session: EditorSession, layers: LayerController) -> None:
    picture = picture_of(session)
    before = state_of(document_of(session))
    for opacity in (200, 120, 60):
        layers.set_opacity(picture.id, opacity)
        assert picture.props.opacity == opacity
    assert session.history.labels == ["Layer opacity"]
    session.undo()
    assert state_of(document_of(session)) == before


@pytest.mark.parametrize(("asked", "set_to"), [(-5, 0), (300, 255), (77, 77)])
def test_opacity_is_held_to_its_range(
    session: EditorSession, layers: LayerController, asked: int, set_to: int
) -> None:
    picture = picture_of(session)
    layers.set_opacity(picture.id, asked)
    assert picture.props.opacity == set_to


def test_what_changes_nothing_is_no_step(session: EditorSession, layers: LayerController) -> None:
    picture = picture_of(session)
    layers.set_opacity(picture.id, 255)
    layers.rename(picture.id, "noise.png")
    layers.rename(picture.id, "   ")
    layers.rename(9999999, "ghost")
    layers.delete(9999999)
    assert session.history.labels == []


def test_rename_drops_blanks(session: EditorSession, layers: LayerController) -> None:
    picture = picture_of(session)
    layers.rename(picture.id, "  Sky ")
    assert picture.props.name == "Sky"
    assert session.history.labels == ["Rename layer"]


def test_delete_goes_on_with_the_layer_below(
    session: EditorSession, layers: LayerController
) -> None:
    result = add_result(session)
    session.set_active_layer(result.id)
    before = state_of(document_of(session))
    layers.delete(result.id)
    assert result.id not in document_of(session).layers
    assert session.active_layer is picture_of(session)
    session.undo()
    assert state_of(document_of(session)) == before


def test_delete_of_another_layer_keeps_the_active_one(
    session: EditorSession, layers: LayerController
) -> None:
    result = add_result(session)
    mask = document_of(session).mask(MaskKind.repaint)
    session.set_active_layer(mask.id)
    layers.delete(result.id)
    assert session.active_layer is mask


def test_the_last_mask_and_the_last_picture_stay(
    session: EditorSession, layers: LayerController
) -> None:
    said: list[str] = []
    layers.refused.connect(said.append)
    add_result(session)
    layers.delete(document_of(session).mask(MaskKind.repaint).id)
    layers.delete(picture_of(session).id)
    assert len(document_of(session).layers) == 4
    assert said == [
        "The last mask stays. Clear it instead.",
        "This is the last picture, so it stays.",
    ]


def test_masks_of_what_is_not_copied_go_and_come_back(
    session: EditorSession, layers: LayerController
) -> None:
    avoid = document_of(session).mask(MaskKind.avoid)
    session.set_active_layer(avoid.id)
    layers.delete(avoid.id)
    assert not document_of(session).layers.masks(MaskKind.avoid)
    assert session.active_layer is document_of(session).mask(MaskKind.repaint)
    session.undo()
    assert document_of(session).mask(MaskKind.avoid) is avoid


def test_a_duplicated_mask_has_its_own_pixels(
    session: EditorSession, layers: LayerController
) -> None:
    mask = document_of(session).mask(MaskKind.repaint)
    mask.settings = MaskSettings("#00ff00", is_used=False, grow=3, feather=5)
    mask.raster.writable(Bounds(3, 4, 5, 6))[...] = 90
    layers.duplicate(mask.id)
    copy = session.active_layer
    assert isinstance(copy, MaskLayer)
    assert (copy.kind, copy.settings) == (mask.kind, mask.settings)
    mask.raster.writable(Bounds(3, 4, 5, 6))[...] = 0
    assert copy.raster.content_bounds() == Bounds(3, 4, 5, 6)
    layers.delete(mask.id)
    assert document_of(session).layers.masks(MaskKind.repaint) == [copy]


def test_one_of_two_pictures_can_go(session: EditorSession, layers: LayerController) -> None:
    picture = picture_of(session)
    assert isinstance(picture, ImageLayer)
    copy = ImageLayer(LayerProps("copy"), Raster(picture.raster.pixels))
    session.do(AddLayer("Duplicate layer", copy, 1))
    layers.delete(picture.id)
    assert picture.id not in document_of(session).layers
    assert layers.why_kept(copy.id)


def test_nothing_happens_without_a_document() -> None:
    session = EditorSession(1 << 20)
    layers = LayerController(session)
    layers.toggle_visible(1)
    layers.delete(1)
    assert layers.why_kept(1) == ""
    assert session.history.labels == []


def names(session: EditorSession) -> list[str]:
    return [layer.props.name for layer in document_of(session).layers]


def look_of(session: EditorSession) -> bytes:
    document = document_of(session)
    return flatten(document.layers.painted, document.frame).tobytes()


def test_layers_move_among_pictures_and_masks_stay_on_top(
    session: EditorSession, layers: LayerController
) -> None:
    picture, result = picture_of(session), add_result(session)
    before = state_of(document_of(session))
    layers.shift(picture.id, 1)
    assert names(session)[:2] == ["Remove", "noise.png"]
    layers.shift(picture.id, 1)
    assert names(session)[:2] == ["Remove", "noise.png"]
    assert session.history.labels.count("Move layer") == 1
    layers.move([result.id], Spot(None, picture.id))
    session.undo()
    session.undo()
    assert state_of(document_of(session)) == before
    layers.move([document_of(session).mask(MaskKind.repaint).id], Spot())
    assert state_of(document_of(session)) == before


def test_a_duplicate_is_a_layer_of_its_own(session: EditorSession, layers: LayerController) -> None:
    result = add_result(session)
    layers.duplicate(result.id)
    assert names(session)[1:3] == ["Remove", "Remove copy"]
    copy = session.active_layer
    assert copy is not None
    assert copy is not result
    layers.set_opacity(copy.id, 10)
    assert result.props.opacity == 255


@pytest.mark.parametrize("mode", list(BlendMode))
def test_merging_keeps_the_look(
    session: EditorSession, layers: LayerController, mode: BlendMode
) -> None:
    result = add_result(session)
    layers.set_blend_mode(result.id, mode)
    layers.set_opacity(result.id, 170)
    before, look = state_of(document_of(session)), look_of(session)
    layers.merge_down(result.id)
    assert names(session)[0] == "noise.png"
    assert len(document_of(session).layers) == 3
    assert look_of(session) == look
    session.undo()
    assert state_of(document_of(session)) == before


def test_flatten_leaves_hidden_layers_alone(
    session: EditorSession, layers: LayerController
) -> None:
    hidden, shown = add_result(session), add_result(session)
    layers.toggle_visible(hidden.id)
    look = look_of(session)
    layers.flatten_visible()
    assert look_of(session) == look
    assert hidden.id in document_of(session).layers
    assert shown.id not in document_of(session).layers


def test_locked_layers_refuse_with_their_name(
    session: EditorSession, layers: LayerController
) -> None:
    result = add_result(session)
    refusals: list[str] = []
    layers.refused.connect(refusals.append)
    layers.toggle_locked(result.id)
    before = state_of(document_of(session))
    layers.set_blend_mode(result.id, BlendMode.multiply)
    layers.merge_down(result.id)
    layers.move([result.id], Spot())
    layers.delete(result.id)
    layers.flatten_visible()
    assert state_of(document_of(session)) == before
    assert len(refusals) == 5
    assert all("Remove" in text for text in refusals)


def test_nothing_to_merge_with_is_said(session: EditorSession, layers: LayerController) -> None:
    refusals: list[str] = []
    layers.refused.connect(refusals.append)
    layers.merge_down(picture_of(session).id)
    result = add_result(session)
    layers.toggle_visible(result.id)
    layers.merge_down(result.id)
    assert len(refusals) == 2
