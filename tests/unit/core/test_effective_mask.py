from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.effective_mask import MaskUnion, effective_values
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, MaskSettings
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.mask_ops import feather, grow
from tests.documents import noise_document

WHOLE = Bounds(-60, -60, 320, 280)


def mask_of(settings: MaskSettings, *spots: Bounds) -> MaskLayer:
    mask = MaskLayer(LayerProps("Mask"), settings=settings)
    for spot in spots:
        mask.raster.writable(spot)[...] = 200
    return mask


def test_without_shaping_it_is_the_raster_itself_uncopied() -> None:
    mask = mask_of(MaskSettings(), Bounds(10, 10, 30, 20))
    values = effective_values(mask, Bounds(12, 12, 4, 4))
    assert values is not None
    assert np.shares_memory(values, mask.raster.pixels)
    assert effective_values(mask, Bounds(100, 100, 8, 8)) is None


def test_it_is_grown_and_then_softened() -> None:
    mask = mask_of(MaskSettings(grow=7, feather=12), Bounds(40, 30, 50, 40))
    expected = feather(grow(mask.raster.read(WHOLE), 7), 12)
    values = effective_values(mask, WHOLE)
    assert values is not None
    np.testing.assert_array_equal(values, expected)


@given(
    x=st.integers(-20, 120),
    y=st.integers(-20, 90),
    width=st.integers(1, 70),
    height=st.integers(1, 70),
    grown=st.integers(0, 25),
    soft=st.integers(0, 40),
)
def test_a_part_has_the_values_of_the_whole(
    x: int, y: int, width: int, height: int, grown: int, soft: int
) -> None:
    spots = (Bounds(5, 5, 9, 60), Bounds(60, 20, 31, 7))
    mask = mask_of(MaskSettings(grow=grown, feather=soft), *spots)
    part = Bounds(x, y, width, height)
    whole = MaskUnion([mask]).read(WHOLE)
    np.testing.assert_array_equal(
        MaskUnion([mask]).view(part), whole[part.relative_to(WHOLE).slices()]
    )
    outside = whole.copy()
    bounds = MaskUnion([mask]).bounds
    outside[bounds.relative_to(WHOLE).slices()] = 0
    assert not outside.any()


def test_a_union_is_the_maximum_of_those_that_are_used() -> None:
    document = noise_document()
    first = document.mask(MaskKind.repaint)
    first.raster.writable(Bounds(0, 0, 10, 10))[...] = 100
    second = mask_of(MaskSettings(), Bounds(5, 5, 10, 10))
    third = mask_of(MaskSettings(is_used=False), Bounds(40, 40, 5, 5))
    for mask in (second, third):
        document.layers.insert(len(document.layers), mask)
    union = MaskUnion.used(document, MaskKind.repaint)
    assert union.masks == (first, second)
    assert union.bounds == Bounds(0, 0, 15, 15)
    values = union.read(Bounds(0, 0, 15, 15))
    assert (values[2, 2], values[7, 7], values[12, 12], values[12, 2]) == (100, 200, 200, 0)


def test_what_is_read_is_a_copy() -> None:
    mask = mask_of(MaskSettings(), Bounds(0, 0, 8, 8))
    MaskUnion([mask]).read(Bounds(0, 0, 8, 8))[...] = 0
    assert mask.raster.pixels.all()


@pytest.mark.parametrize("masks", [(), (mask_of(MaskSettings()),)])
def test_nothing_painted_is_nothing_masked(masks: tuple[MaskLayer, ...]) -> None:
    assert MaskUnion(masks).bounds.is_empty
    assert not MaskUnion(masks).read(Bounds(0, 0, 4, 4)).any()


@pytest.mark.parametrize("settings", [MaskSettings(), MaskSettings(grow=3, feather=4)])
def test_what_was_read_stays_when_the_mask_is_painted_on(settings: MaskSettings) -> None:
    mask = mask_of(settings, Bounds(0, 0, 64, 64))
    for part in (Bounds(0, 0, 64, 64), Bounds(8, 8, 20, 20), Bounds(-5, -5, 90, 90)):
        values = MaskUnion([mask]).read(part)
        before = values.copy()
        mask.raster.writable(Bounds(0, 0, 64, 64))[...] ^= 255
        np.testing.assert_array_equal(values, before)


def test_inside_of_what_is_full_shaping_changes_nothing() -> None:
    mask = mask_of(MaskSettings(grow=5, feather=8), Bounds(0, 0, 100, 80))
    mask.raster.writable(Bounds(0, 0, 100, 80))[...] = 255
    shaped = feather(grow(mask.raster.read(WHOLE), 5), 8)
    part = Bounds(20, 20, 50, 30)
    values = effective_values(mask, part)
    assert values is not None
    np.testing.assert_array_equal(values, shaped[part.relative_to(WHOLE).slices()])
