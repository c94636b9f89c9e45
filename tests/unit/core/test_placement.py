from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inpaint_studio.core.layer import ImageLayer, LayerProps
from inpaint_studio.core.layer_payload import LayerPayload
from inpaint_studio.core.placement import HOME, Placement
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from tests.blob_stores import MemoryStore
from tests.documents import result_layer

RNG = np.random.default_rng(9)
STEPS = st.integers(-400, 400)
PARTS = st.floats(-50, 50)
FACTORS = st.floats(0.3, 3) | st.floats(-3, -0.3)
PLACEMENTS = st.builds(Placement, PARTS, PARTS, FACTORS, FACTORS, st.floats(-180, 180))


def picture(width: int = 30, height: int = 21) -> ImageLayer:
    pixels = RNG.integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return ImageLayer(LayerProps("Picture"), Raster(pixels, -7, 12))


def painted(layer: ImageLayer) -> tuple[Bounds, bytes]:
    (raster,) = layer.rasters
    return raster.bounds, raster.pixels.tobytes()


def test_a_whole_move_keeps_the_very_pixels() -> None:
    layer = picture()
    nbytes = layer.nbytes
    layer.placement = Placement(40, -3)
    (raster,) = layer.rasters
    assert raster.pixels is layer.raster.pixels
    assert raster.bounds == layer.bounds == Bounds(33, 9, 30, 21)
    assert layer.nbytes == nbytes


def test_a_result_moved_by_whole_px_is_not_cut_out_again() -> None:
    layer = result_layer(Bounds(4, 5, 18, 14))
    (before,) = layer.rasters
    nbytes = layer.nbytes
    layer.placement = Placement(3, 4)
    (after,) = layer.rasters
    assert after.pixels is before.pixels
    assert after.bounds == before.bounds.translated(3, 4)
    assert layer.nbytes == nbytes


def test_what_is_painted_is_made_once_and_counted() -> None:
    layer = picture(30, 20)
    nbytes = layer.nbytes
    layer.placement = Placement(scale_x=2, scale_y=2)
    assert layer.nbytes == nbytes
    assert layer.rasters is layer.rasters
    assert layer.nbytes == nbytes * 5
    layer.placement = HOME
    assert layer.rasters[0].pixels is layer.raster.pixels
    assert layer.nbytes == nbytes


def test_a_result_keeps_its_pieces_only_as_they_are_painted() -> None:
    layer = result_layer(Bounds(4, 5, 18, 14))
    without = layer.nbytes
    layer.placement = Placement(rotation=20)
    assert layer.nbytes == without
    (raster,) = layer.rasters
    assert layer.nbytes == without + raster.nbytes


@settings(max_examples=60, deadline=None)
@given(PLACEMENTS)
def test_bounds_are_those_of_what_is_painted(placement: Placement) -> None:
    for layer in (picture(), result_layer(Bounds(4, 5, 18, 14))):
        layer.placement = placement
        assert layer.bounds == Bounds.union_of(raster.bounds for raster in layer.rasters)


@settings(max_examples=40, deadline=None)
@given(PLACEMENTS, STEPS, STEPS)
def test_moved_by_whole_px_the_same_bytes_come_out(placement: Placement, dx: int, dy: int) -> None:
    layer = picture()
    layer.placement = placement
    bounds, pixels = painted(layer)
    layer.placement = placement.moved(dx, dy)
    assert painted(layer) == (bounds.translated(dx, dy), pixels)
    fresh = picture()
    fresh.raster = layer.raster
    fresh.placement = placement.moved(dx, dy)
    assert painted(fresh) == (bounds.translated(dx, dy), pixels)


@given(PLACEMENTS)
def test_any_placement_is_brought_onto_whole_pixels_if_it_is_upright(placement: Placement) -> None:
    home = Bounds(-7, 12, 31, 20)
    upright = Placement(placement.dx, placement.dy, placement.scale_x, placement.scale_y, 90)
    tidy = upright.on_whole_pixels(home)
    for corner in tidy.map_of(home).corners(home):
        assert corner.x == pytest.approx(round(corner.x), abs=1e-6)
        assert corner.y == pytest.approx(round(corner.y), abs=1e-6)
    assert tidy.on_whole_pixels(home) == tidy
    assert tidy.middle_of(home).distance_to(upright.middle_of(home)) <= 1


def test_turning_by_right_angles_keeps_the_pixels() -> None:
    layer = picture()
    own = layer.raster.pixels
    layer.placement = HOME.turned(layer.home, 90)
    assert np.array_equal(layer.rasters[0].pixels, np.rot90(own, -1))
    for _ in range(3):
        layer.placement = layer.placement.turned(layer.home, 90)
    assert np.array_equal(layer.rasters[0].pixels, own)
    # An odd and an even side: it lies half a px off its middle in between, but doesn't drift.
    assert layer.placement == HOME


@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
def test_flipping_mirrors_what_is_seen(rotation: float) -> None:
    layer = picture(30, 20)
    layer.placement = HOME.turned(layer.home, rotation)
    (seen,) = layer.rasters
    layer.placement = layer.placement.flipped(layer.home, across=True)
    assert np.array_equal(layer.rasters[0].pixels, seen.pixels[:, ::-1])
    assert layer.bounds == seen.bounds
    layer.placement = layer.placement.flipped(layer.home, across=False)
    assert np.array_equal(layer.rasters[0].pixels, seen.pixels[::-1, ::-1])


def test_flipping_at_an_angle_turns_the_angle_round() -> None:
    home = Bounds(0, 0, 40, 20)
    flipped = Placement(rotation=30).flipped(home, across=True)
    assert flipped.map_of(home).corners(home)[0].x == pytest.approx(
        40 - Placement(rotation=30).map_of(home).corners(home)[0].x
    )
    assert flipped.flipped(home, across=True) == Placement(rotation=30)


def test_another_candidate_lies_in_the_same_place() -> None:
    layer = result_layer(Bounds(4, 5, 18, 14))
    layer.placement = Placement(3, 4, 1.5, 1.5)
    (before,) = layer.rasters
    layer.show_candidate(1)
    (after,) = layer.rasters
    assert after.bounds == before.bounds
    assert not np.array_equal(after.pixels, before.pixels)
    assert np.array_equal(after.pixels[..., 3], before.pixels[..., 3])


@pytest.mark.parametrize("layer", [picture(), result_layer(Bounds(4, 5, 18, 14))])
def test_a_placed_layer_survives_the_store(layer: ImageLayer) -> None:
    layer.placement = Placement(3.5, 4, 1.5, 0.7, 33)
    before, nbytes = painted(layer), layer.nbytes
    payload, store = LayerPayload(layer), MemoryStore()
    payload.stow(store)
    assert layer.nbytes == 0
    # Only the layer's own pixels: what is painted is made again.
    assert payload.disk_nbytes < nbytes
    payload.fetch()
    assert painted(layer) == before


def test_what_nothing_shows_can_be_placed() -> None:
    layer = result_layer(Bounds(4, 5, 18, 14))
    layer.result.pieces[0].alpha[...] = 0
    layer.placement = Placement(scale_x=2, rotation=10)
    assert layer.home.is_empty
    assert layer.bounds.is_empty
    assert [raster.bounds.is_empty for raster in layer.rasters] == [True]
