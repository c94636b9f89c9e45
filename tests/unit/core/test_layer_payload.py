from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.core.layer import ImageLayer, Layer, LayerProps, MaskLayer, ResultLayer
from inpaint_studio.core.layer_payload import LayerPayload
from inpaint_studio.core.raster import Raster
from inpaint_studio.errors import FileProblemError
from inpaint_studio.geometry import Bounds
from tests.blob_stores import MemoryStore
from tests.documents import result_layer

RNG = np.random.default_rng(5)


def picture() -> ImageLayer:
    pixels = RNG.integers(0, 256, (30, 20, 4), dtype=np.uint8)
    return ImageLayer(LayerProps("Picture"), Raster(pixels, -7, 12))


def mask() -> MaskLayer:
    layer = MaskLayer(LayerProps("Mask"))
    layer.raster.writable(Bounds(-3, -2, 9, 8))[...] = RNG.integers(0, 256, (8, 9), dtype=np.uint8)
    return layer


def pixels_of(layer: Layer) -> list[bytes]:
    if isinstance(layer, ImageLayer | MaskLayer):
        return [layer.raster.pixels.tobytes()]
    assert isinstance(layer, ResultLayer)
    pieces = layer.result.pieces
    arrays = [a for p in pieces for a in (*p.candidates, p.mask, p.denoise_mask, p.alpha)]
    return [array.tobytes() for array in arrays] + [r.pixels.tobytes() for r in layer.rasters]


def layers() -> list[Layer]:
    result = result_layer(Bounds(-4, 6, 18, 14))
    result.show_candidate(2)
    return [picture(), mask(), result]


@pytest.mark.parametrize("layer", layers(), ids=lambda layer: type(layer).__name__)
def test_comes_back_as_it_was(layer: Layer) -> None:
    store, payload = MemoryStore(), LayerPayload(layer)
    before, bounds, nbytes = pixels_of(layer), layer.bounds, layer.nbytes
    payload.stow(store)
    assert layer.nbytes == payload.nbytes == 0
    assert payload.disk_nbytes == sum(map(len, store.blobs.values())) > 0
    payload.fetch()
    assert (pixels_of(layer), layer.bounds) == (before, bounds)
    assert (payload.nbytes, payload.disk_nbytes) == (nbytes, 0)
    assert store.blobs == {}


def test_a_second_time_changes_nothing() -> None:
    layer, store = picture(), MemoryStore()
    payload, before = LayerPayload(layer), pixels_of(layer)
    payload.fetch()
    payload.stow(store)
    payload.stow(store)
    assert store.puts == 1
    payload.fetch()
    assert pixels_of(layer) == before


def test_pixels_that_another_layer_shows_stay_shared() -> None:
    layer = picture()
    other = ImageLayer(LayerProps("Copy"), layer.raster)
    payload = LayerPayload(layer)
    payload.stow(MemoryStore())
    payload.fetch()
    assert layer.raster.pixels is other.raster.pixels


def test_the_shell_of_a_result_still_knows_what_it_was() -> None:
    layer = result_layer(Bounds(0, 0, 18, 14))
    LayerPayload(layer).stow(MemoryStore())
    assert layer.result.num_candidates == 3
    assert layer.result.bounds == Bounds(0, 0, 18, 14)
    assert layer.bounds.is_empty


def test_faults_leave_it_as_it_is() -> None:
    layer, store = picture(), MemoryStore(is_full=True)
    payload, before = LayerPayload(layer), pixels_of(layer)
    with pytest.raises(FileProblemError):
        payload.stow(store)
    assert pixels_of(layer) == before
    store.is_full = False
    payload.stow(store)
    blobs = dict(store.blobs)
    store.blobs.clear()
    with pytest.raises(FileProblemError):
        payload.fetch()
    store.blobs.update(blobs)
    payload.fetch()
    assert pixels_of(layer) == before


def test_a_layer_without_pixels_of_its_own_stays() -> None:
    store = MemoryStore()
    LayerPayload(Layer(LayerProps("Group"))).stow(store)
    assert store.puts == 0
