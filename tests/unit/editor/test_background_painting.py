from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from inpaint_studio.core.layer import ImageLayer, PlacedLayer
from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.core.placement_commands import PlaceLayer
from inpaint_studio.editor import background_painting
from inpaint_studio.editor.background_painting import BackgroundPainting
from inpaint_studio.editor.session import EditorSession
from tests.documents import noise_document

TURNED = Placement(rotation=20)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> EditorSession:
    monkeypatch.setattr(background_painting, "LARGE_AREA", 96 * 64)
    session = EditorSession(10 * 2**20)
    session.open(noise_document(96, 64))
    return session


def picture(session: EditorSession) -> ImageLayer:
    layer = session.active_layer
    assert isinstance(layer, ImageLayer)
    return layer


def place(session: EditorSession, layer: PlacedLayer, after: Placement) -> None:
    session.do(PlaceLayer("Place", layer.id, layer.placement, after))
    session.settle()


def test_a_large_turned_layer_is_made_elsewhere(session: EditorSession, qtbot: QtBot) -> None:
    painting, layer = BackgroundPainting(session), picture(session)
    with qtbot.waitSignal(painting.changed):
        place(session, layer, TURNED)
        assert painting.waiting == {layer: TURNED}
    assert painting.waiting == {}
    assert layer.is_painted
    fresh = ImageLayer(layer.props, layer.raster)
    fresh.placement = TURNED
    assert np.array_equal(layer.rasters[0].pixels, fresh.rasters[0].pixels)


def test_whole_moves_and_small_layers_are_not_waited_for(
    session: EditorSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    painting, layer = BackgroundPainting(session), picture(session)
    place(session, layer, Placement(500, 3))
    assert painting.waiting == {}
    monkeypatch.setattr(background_painting, "LARGE_AREA", 1 << 20)
    place(session, layer, TURNED)
    assert painting.waiting == {}


def test_what_is_turned_on_or_undone_meanwhile_is_not_kept(
    session: EditorSession, qtbot: QtBot
) -> None:
    painting, layer = BackgroundPainting(session), picture(session)
    place(session, layer, TURNED)
    with qtbot.waitSignal(painting.changed):
        place(session, layer, Placement(rotation=40))
        assert painting.waiting == {layer: Placement(rotation=40)}
    bounds = layer.rasters[0].bounds
    assert bounds == layer.bounds
    session.undo()
    session.undo()
    assert painting.waiting == {}
    assert layer.placement == HOME
    assert layer.rasters[0].pixels is layer.raster.pixels
    qtbot.waitUntil(lambda: not background_is_busy())


def test_whoever_needs_the_pixels_gets_them_at_once(session: EditorSession, qtbot: QtBot) -> None:
    painting, layer = BackgroundPainting(session), picture(session)
    with qtbot.waitSignal(painting.changed):
        place(session, layer, TURNED)
        assert layer.rasters[0].bounds == layer.bounds


def test_another_document_is_not_waited_for(session: EditorSession, qtbot: QtBot) -> None:
    painting, layer = BackgroundPainting(session), picture(session)
    place(session, layer, TURNED)
    session.open(None)
    assert painting.waiting == {}
    assert isinstance(painting, QObject)
    qtbot.waitUntil(lambda: not background_is_busy())


def background_is_busy() -> bool:
    from inpaint_studio.editor import background

    return bool(background._running)
