"""How much work the tiles do, and that what they hold is right."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import ImageLayer, LayerProps, MaskKind
from inpaint_studio.core.overview import Overview
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.ui.canvas.scene import Scene
from inpaint_studio.ui.canvas.tile_cache import TILE, TileCache, halve, halve_mask
from tests.gui.canvas.bench import NO_KEYS, Bench, flat_document

TILE_NBYTES = TILE * TILE * 4


class ArraySource:
    """Shows an array that lies at (0, 0)."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        height, width = self.pixels.shape[:2]
        inside = bounds.intersection(Bounds(0, 0, width, height))
        if inside.is_empty or not self.pixels[inside.slices()].any():
            return None
        result = np.zeros((bounds.height, bounds.width, 4), np.uint8)
        result[inside.relative_to(bounds).slices()] = self.pixels[inside.slices()]
        return halved(result) if level else result


def noise(height: int, width: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.integers(0, 256, (height, width, 4), dtype=np.uint8)


def values(image: QImage | None) -> np.ndarray:
    assert image is not None
    return np.frombuffer(image.constBits(), np.uint8).reshape(TILE, TILE, 4)


def halved(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    quads = pixels.reshape(height // 2, 2, width // 2, 2, 4).sum(axis=(1, 3), dtype=int)
    return ((quads + 2) // 4).astype(np.uint8)


def cell(level: int, tx: int, ty: int) -> Bounds:
    side = TILE << level
    return Bounds(tx * side, ty * side, side, side)


def test_halve_is_the_rounded_mean() -> None:
    pixels = noise(64, 96)
    pixels[:8] = 255
    out = np.empty((32, 48, 4), np.uint8)
    halve(pixels, out)
    np.testing.assert_array_equal(out, halved(pixels))


def test_halving_a_mask_is_the_same() -> None:
    values = noise(64, 96)[..., 0]
    expected = halved(np.repeat(values[..., None], 4, axis=2))[..., 0]
    np.testing.assert_array_equal(halve_mask(values), expected)


def test_levels_are_means_of_means() -> None:
    pixels = noise(1024, 1024)
    cache = TileCache(ArraySource(pixels), 2**24)
    np.testing.assert_array_equal(values(cache.image(0, cell(0, 1, 2))), pixels[512:768, 256:512])
    np.testing.assert_array_equal(values(cache.image(1, cell(1, 1, 0))), halved(pixels[:512, 512:]))
    np.testing.assert_array_equal(values(cache.image(2, cell(2, 0, 0))), halved(halved(pixels)))


@pytest.mark.parametrize("dirty", [Bounds(3, 5, 1, 1), Bounds(250, 240, 301, 77)])
def test_a_repaired_tile_equals_a_new_one(dirty: Bounds) -> None:
    source = ArraySource(noise(1024, 1024))
    cache = TileCache(source, 2**24)
    for level in range(4):
        cache.image(level, cell(level, 0, 0))
    source.pixels[dirty.slices()] ^= 0x55
    cache.invalidate(dirty)
    fresh = TileCache(source, 2**24)
    for level in (3, 0, 2, 1):
        np.testing.assert_array_equal(
            values(cache.image(level, cell(level, 0, 0))),
            values(fresh.image(level, cell(level, 0, 0))),
        )


def test_blank_tiles_take_no_memory_and_come_and_go() -> None:
    source = ArraySource(np.zeros((1024, 1024, 4), np.uint8))
    cache = TileCache(source, 2**24)
    assert cache.image(2, cell(2, 0, 0)) is None
    assert cache.nbytes == 0
    source.pixels[10, 10] = 200
    cache.invalidate(Bounds(10, 10, 1, 1))
    assert values(cache.image(0, cell(0, 0, 0)))[10, 10].tolist() == [200] * 4
    source.pixels[10, 10] = 0
    cache.invalidate(Bounds(10, 10, 1, 1))
    assert cache.image(0, cell(0, 0, 0)) is None
    assert cache.nbytes == 0


def test_opaque_tiles_are_copied_not_blended() -> None:
    pixels = noise(256, 256)
    pixels[..., 3] = 255
    source = ArraySource(pixels)
    cache = TileCache(source, 2**24)
    image = cache.image(0, cell(0, 0, 0))
    assert image is not None
    assert image.format() == QImage.Format.Format_RGB32
    pixels[7, 7] = 254
    cache.invalidate(Bounds(7, 7, 1, 1))
    image = cache.image(0, cell(0, 0, 0))
    assert image is not None
    assert image.hasAlphaChannel()


def test_the_oldest_tiles_go_first() -> None:
    cache = TileCache(ArraySource(noise(1024, 1024)), 2 * TILE_NBYTES)
    for tx in range(4):
        cache.image(0, cell(0, tx, 0))
    assert cache.nbytes == 2 * TILE_NBYTES
    made = cache.tiles_made
    cache.image(0, cell(0, 3, 0))
    assert cache.tiles_made == made
    cache.image(0, cell(0, 0, 0))
    assert cache.tiles_made == made + 1


def test_a_tile_outlives_those_it_was_made_of() -> None:
    # One tile of level 3 is made of 4 of level 2 and 16 of level 1.
    cache = TileCache(ArraySource(noise(4096, 2048)), 24 * TILE_NBYTES)
    for ty in (0, 1):
        cache.image(3, cell(3, 0, ty))
    assert cache.nbytes == 24 * TILE_NBYTES
    made = cache.tiles_made
    for ty in (0, 1):
        cache.image(3, cell(3, 0, ty))
    assert cache.tiles_made == made


def test_tiles_left_of_and_above_the_origin() -> None:
    cache = TileCache(ArraySource(noise(64, 64)), 2**24)
    assert cache.image(1, cell(1, -1, -1)) is None
    cache.invalidate(Bounds(-5, -5, 10, 10))
    assert cache.image(1, cell(1, -1, -1)) is None


def tiles_made(scene: Scene) -> list[int]:
    return [tiles.tiles_made for tiles in (scene.picture, *scene.masks.values())]


def big_document(side: int) -> Document:
    pixels = np.full((side, side, 4), 255, np.uint8)
    return Document.from_pixels(pixels, Origin("big.png"))


def work_of_a_dab(bench: Bench, side: int, zoom: float) -> tuple[int, int]:
    bench.open(big_document(side), zoom)
    bench.grab()
    scene = bench.canvas.scene
    masks, picture = scene.masks[MaskKind.repaint], scene.picture
    middle = QPoint(bench.canvas.width() // 2, bench.canvas.height() // 2)
    # The first dab also looks at the blank tiles around, for its outline.
    QTest.mouseClick(bench.canvas, Qt.MouseButton.LeftButton, NO_KEYS, middle)
    bench.grab()
    before = (masks.tiles_made, masks.pixels_made, picture.tiles_made)
    place = middle + QPoint(6, 4)
    QTest.mouseClick(bench.canvas, Qt.MouseButton.LeftButton, NO_KEYS, place)
    bench.grab()
    assert picture.tiles_made == before[2]
    return masks.tiles_made - before[0], masks.pixels_made - before[1]


@pytest.mark.parametrize("zoom", [1.0, 0.3])
def test_the_work_of_a_dab_does_not_grow_with_the_document(bench: Bench, zoom: float) -> None:
    small, large = work_of_a_dab(bench, 2048, zoom), work_of_a_dab(bench, 4096, zoom)
    assert small[0] == large[0] <= 12
    # Dabs lie differently on the tiles' grids, so not to the pixel.
    assert max(small[1], large[1]) <= 40 * 40 * 2


def work_of_an_undo(bench: Bench, side: int) -> tuple[int, int, int]:
    """Tiles made, bytes kept of the stroke, and bytes of it once it is undone."""
    bench.open(big_document(side))
    place = bench.canvas.to_document(Point(200, 150))
    # The same place on the grid of tiles, whatever the document's size.
    bench.canvas.scene.clear()
    x, y = int(place.x) // TILE * TILE + 100, int(place.y) // TILE * TILE + 100
    masks = bench.canvas.scene.masks[MaskKind.repaint]
    bench.stroke((x, y), (x + 60, y + 20), (x + 80, y))
    bench.grab()
    made, kept = masks.tiles_made, bench.session.history.nbytes
    bench.session.undo()
    bench.grab()
    assert not bench.mask().any()
    return masks.tiles_made - made, kept, bench.session.history.nbytes


def test_the_work_of_an_undo_does_not_grow_with_the_document(bench: Bench) -> None:
    small, large = work_of_an_undo(bench, 1024), work_of_an_undo(bench, 4096)
    assert small == large
    assert small[0] <= 4
    assert small[1] < 4000


def test_masks_keep_memory_only_where_they_are_painted(bench: Bench) -> None:
    bench.open(big_document(4096))
    masks = bench.canvas.scene.masks
    assert [tiles.nbytes for tiles in masks.values()] == [0, 0]
    place = bench.canvas.to_document(Point(200, 150))
    bench.stroke(place)
    bench.grab()
    assert masks[MaskKind.avoid].nbytes == 0
    assert 0 < masks[MaskKind.repaint].nbytes <= 4 * TILE * TILE


def test_panning_makes_only_the_tiles_that_come_into_view(bench: Bench) -> None:
    bench.open(big_document(2048))
    bench.grab()
    scene = bench.canvas.scene
    made = tiles_made(scene)
    for x in (205, 190, 210, 200):
        QTest.mousePress(bench.canvas, Qt.MouseButton.MiddleButton, NO_KEYS, QPoint(200, 150))
        QTest.mouseMove(bench.canvas, QPoint(x, 150))
        QTest.mouseRelease(bench.canvas, Qt.MouseButton.MiddleButton, NO_KEYS, QPoint(x, 150))
        bench.grab()
    assert tiles_made(scene) == made


def test_hovering_makes_no_tiles(bench: Bench) -> None:
    bench.stroke((50, 50), (90, 90))
    bench.grab()
    scene = bench.canvas.scene
    made = tiles_made(scene)
    for x in range(40, 160, 10):
        bench.move(x, 70)
    assert tiles_made(scene) == made


def test_showing_and_hiding_the_mask_makes_no_tiles(bench: Bench) -> None:
    bench.stroke((50, 50), (90, 90))
    bench.grab()
    scene = bench.canvas.scene
    made = tiles_made(scene)
    for visible in (False, True):
        bench.canvas.set_mask_visible(visible)
        bench.grab()
    assert tiles_made(scene) == made


class CountingSource(ArraySource):
    """Also knows how many px of the array were looked at."""

    def __init__(self, pixels: np.ndarray) -> None:
        super().__init__(pixels)
        self.pixels_read = 0

    def read(self, bounds: Bounds, level: int) -> np.ndarray | None:
        self.pixels_read += bounds.area
        return super().read(bounds, level)


@pytest.mark.parametrize("level", [2, 3])
def test_a_picture_with_its_levels_is_seen_whole_without_reading_it(level: int) -> None:
    pixels = noise(1500, 1300)
    plain, quick = CountingSource(pixels), CountingSource(pixels)
    overview = Overview(pixels)
    slow, fast = TileCache(plain, 2**26), TileCache(quick, 2**26, overview.read)
    for place in Bounds(0, 0, 1300, 1500).tiles(TILE << level):
        np.testing.assert_array_equal(
            values(slow.image(level, place)), values(fast.image(level, place))
        )
    assert quick.pixels_read == 0
    assert fast.tiles_made < slow.tiles_made / 4
    # Finer levels are read as ever, and so is what the levels don't have any more.
    np.testing.assert_array_equal(values(fast.image(0, cell(0, 1, 2))), pixels[512:768, 256:512])


def test_a_canvas_uses_the_levels_until_something_lies_over_the_picture(bench: Bench) -> None:
    document = Document.from_pixels(noise(1024, 1024), Origin("noise.png"))
    picture = next(layer for layer in document.layers if isinstance(layer, ImageLayer))
    picture.raster.overview = Overview(picture.raster.pixels)
    bench.open(document, zoom=0.25)
    scene = bench.canvas.scene
    whole = cell(2, 0, 0)
    alone = values(scene.picture.image(2, whole)).copy()
    # Halved step by step, it would be made of four others.
    assert scene.picture.tiles_made <= 2
    np.testing.assert_array_equal(alone, halved(halved(document_pixels(document))))
    half = noise(1024, 1024) // 2
    bench.session.do(AddLayer("Add", ImageLayer(LayerProps("over"), Raster(half)), 1))
    both = values(scene.picture.image(2, whole)).copy()
    assert (both != alone).any()
    bench.session.undo()
    np.testing.assert_array_equal(values(scene.picture.image(2, whole)), alone)


def document_pixels(document: Document) -> np.ndarray:
    return flatten(document.layers.painted, document.frame)


def test_masks_without_anything_painted_make_no_tiles_of_finer_levels(bench: Bench) -> None:
    bench.open(flat_document(4096, 4096), zoom=0.06)
    masks = bench.canvas.scene.masks[MaskKind.avoid]
    # No more than the view's own level has, and what is made in advance around it.
    assert 0 < masks.tiles_made <= 4
