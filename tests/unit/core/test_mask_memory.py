from __future__ import annotations

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, MaskSettings
from inpaint_studio.core.mask_memory import clear_steps, masks_of, remember, restore_steps
from inpaint_studio.geometry import Bounds
from tests.documents import made_up_result, noise_document


def document_with_masks() -> tuple[Document, MaskLayer, MaskLayer]:
    """Two masks with soft random values that overlap and cross a tile's edge."""
    document = noise_document(700, 600)
    rng = np.random.default_rng(5)
    first = document.mask(MaskKind.repaint)
    second = MaskLayer(LayerProps("Mask 2"), settings=MaskSettings(grow=9))
    document.layers.insert(len(document.layers), second)
    for mask, spot in ((first, Bounds(200, 210, 150, 90)), (second, Bounds(240, 100, 40, 300))):
        mask.raster.writable(spot)[...] = rng.integers(0, 256, (spot.height, spot.width), np.uint8)
    return document, first, second


def do(document: Document, steps: list[Command]) -> None:
    for step in steps:
        step.redo(document)


def values(document: Document, mask: MaskLayer) -> np.ndarray:
    return mask.raster.read(document.frame.pad(50))


def test_used_masks_are_cleared_and_come_back_each_with_its_own_values() -> None:
    document, first, second = document_with_masks()
    before = [values(document, mask) for mask in (first, second)]
    used = remember((first, second), document.frame)
    do(document, [*clear_steps(document, used)])
    assert first.raster.content_bounds().is_empty
    assert second.raster.content_bounds().is_empty
    do(document, [*restore_steps(document, used)])
    for mask, expected in zip((first, second), before, strict=True):
        np.testing.assert_array_equal(values(document, mask), expected)


def test_what_was_painted_since_stays() -> None:
    document, first, second = document_with_masks()
    used = remember((first, second), document.frame)
    later = Bounds(500, 500, 30, 30)
    second.raster.writable(later)[...] = 200
    # Also right beside, where the grown mask reached.
    second.raster.writable(Bounds(234, 100, 3, 3))[...] = 60
    do(document, [*clear_steps(document, used)])
    assert second.raster.read(later).min() == 200
    assert second.raster.read(Bounds(234, 100, 3, 3)).min() == 60
    assert not second.raster.read(Bounds(240, 100, 40, 300)).any()


def test_what_lies_outside_the_area_is_not_touched() -> None:
    document, first, _ = document_with_masks()
    first.raster.writable(Bounds(-40, -40, 20, 20))[...] = 255
    do(document, [*clear_steps(document, remember([first], document.frame))])
    assert first.raster.content_bounds() == Bounds(-40, -40, 20, 20)


def test_values_of_a_mask_that_is_gone_come_to_the_topmost() -> None:
    document, first, second = document_with_masks()
    both = np.maximum(values(document, first), values(document, second))
    used = remember((first, second), document.frame)
    do(document, [*clear_steps(document, used)])
    document.layers.remove(second.id)
    do(document, [*restore_steps(document, used)])
    np.testing.assert_array_equal(values(document, first), both)


def test_a_result_of_unknown_masks_gives_those_of_its_pieces() -> None:
    document = noise_document()
    result = made_up_result(Bounds(10, 8, 30, 20))
    do(document, [*restore_steps(document, masks_of(result))])
    restored = document.mask(MaskKind.repaint).raster.read(Bounds(10, 8, 30, 20))
    np.testing.assert_array_equal(restored, result.pieces[0].mask)


def test_empty_masks_are_not_remembered() -> None:
    document = noise_document()
    assert remember(document.layers.masks(MaskKind.repaint), document.frame) == ()
