from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.core.mask_patch import TILE, MaskPatch, save_tiles
from inpaint_studio.core.raster import Raster
from inpaint_studio.errors import FileProblemError
from inpaint_studio.geometry import Bounds
from tests.blob_stores import MemoryStore


def test_applied_twice_it_is_as_before() -> None:
    raster = Raster.empty_mask()
    raster.writable(Bounds(-10, 5, 300, 40))[...] = 100
    raster.ensure(Bounds(-60, -60, 500, 400))
    whole = Bounds(-600, -600, 1400, 1400)
    before = raster.read(whole)
    saved: dict[Bounds, np.ndarray] = {}
    stroke = Bounds(200, -50, 100, 200)
    save_tiles(raster, stroke, saved)
    raster.writable(stroke)[...] = 255
    after = raster.read(whole)
    patch = MaskPatch.between(saved, raster)
    patch.apply(raster)
    np.testing.assert_array_equal(raster.read(whole), before)
    patch.apply(raster)
    np.testing.assert_array_equal(raster.read(whole), after)


def test_untouched_tiles_are_not_kept() -> None:
    raster = Raster.empty_mask()
    saved: dict[Bounds, np.ndarray] = {}
    raster.ensure(Bounds(0, 0, TILE * 3, TILE))
    save_tiles(raster, Bounds(0, 0, TILE * 3, TILE), saved)
    raster.writable(Bounds(TILE, 0, 1, 1))[...] = 1
    patch = MaskPatch.between(saved, raster)
    assert patch.tiles == (Bounds(TILE, 0, TILE, TILE),)


def test_a_stroke_keeps_kilobytes_not_megabytes() -> None:
    raster = Raster(np.zeros((2048, 2048), np.uint8))
    saved: dict[Bounds, np.ndarray] = {}
    stroke = Bounds(100, 100, 1500, 200)
    save_tiles(raster, stroke, saved)
    raster.writable(stroke)[...] = 255
    assert MaskPatch.between(saved, raster).nbytes < 10_000


def test_replacing_reaches_the_wanted_pixels() -> None:
    raster = Raster.empty_mask()
    raster.writable(Bounds(0, 0, 300, 300))[...] = 50
    bounds = Bounds(-20, 100, 500, 100)
    wanted = np.arange(500 * 100, dtype=np.uint32).reshape(100, 500).astype(np.uint8)
    MaskPatch.replacing(raster, bounds, wanted).apply(raster)
    np.testing.assert_array_equal(raster.read(bounds), wanted)
    assert raster.read(Bounds(0, 0, 10, 10)).min() == 50


def test_undoing_never_grows_the_mask() -> None:
    raster = Raster(np.zeros((700, 1000), np.uint8))
    saved: dict[Bounds, np.ndarray] = {}
    corner = Bounds(990, 690, 10, 10)
    save_tiles(raster, corner, saved)
    raster.writable(corner)[...] = 255
    MaskPatch.between(saved, raster).apply(raster)
    assert raster.bounds == Bounds(0, 0, 1000, 700)
    assert raster.content_bounds().is_empty


def test_in_a_store_it_takes_no_memory_and_is_as_exact() -> None:
    store = MemoryStore()
    raster = Raster.empty_mask()
    bounds = Bounds(-20, 100, 500, 300)
    wanted = np.arange(500 * 300, dtype=np.uint32).reshape(300, 500).astype(np.uint8)
    patch = MaskPatch.replacing(raster, bounds, wanted)
    tiles, nbytes = patch.tiles, patch.nbytes
    patch.stow(store)
    assert (patch.nbytes, patch.disk_nbytes) == (0, nbytes)
    assert patch.tiles == tiles
    patch.apply(raster)
    np.testing.assert_array_equal(raster.read(bounds), wanted)
    assert (patch.nbytes, patch.disk_nbytes) == (nbytes, 0)
    assert store.blobs == {}
    patch.apply(raster)
    assert raster.content_bounds().is_empty


def test_without_room_in_the_store_it_stays_in_memory() -> None:
    raster = Raster.empty_mask()
    patch = MaskPatch.replacing(raster, Bounds(0, 0, 9, 9), np.full((9, 9), 7, np.uint8))
    with pytest.raises(FileProblemError):
        patch.stow(MemoryStore(is_full=True))
    patch.apply(raster)
    assert raster.read(Bounds(0, 0, 9, 9)).min() == 7
