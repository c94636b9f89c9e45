from __future__ import annotations

import pytest

from inpaint_studio.core.change import ChangeKind
from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, MaskSettings
from inpaint_studio.core.mask_commands import SetMaskSettings
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.geometry import Bounds
from tests.documents import noise_document, state_of

SPOT = Bounds(20, 20, 10, 10)


def test_settings_go_there_and_back_and_say_where_it_is_seen() -> None:
    document = noise_document()
    mask = document.mask(MaskKind.repaint)
    mask.raster.writable(SPOT)[...] = 255
    before = state_of(document)
    after = MaskSettings("#00ff00", grow=4, feather=6)
    step = SetMaskSettings("Grow", mask.id, mask.settings, after)
    change = step.redo(document)
    assert change.kind == ChangeKind.layers | ChangeKind.mask
    assert change.dirty == SPOT.pad(7)
    assert mask.settings == after
    assert state_of(document) != before
    assert step.undo(document).dirty == SPOT.pad(7)
    assert state_of(document) == before


def test_a_slider_that_goes_on_is_one_step() -> None:
    settings = [MaskSettings(grow=i) for i in range(3)]
    first = SetMaskSettings("Grow", 1, settings[0], settings[1])
    merged = first.merged_with(SetMaskSettings("Grow", 1, settings[1], settings[2]))
    assert merged == SetMaskSettings("Grow", 1, settings[0], settings[2])
    assert first.merged_with(SetMaskSettings("Grow", 2, settings[1], settings[2])) is None
    assert first.merged_with(SetMaskSettings("Soften", 1, settings[1], settings[2])) is None


def test_only_masks_have_mask_settings() -> None:
    document = noise_document()
    picture = next(layer for layer in document.layers if not isinstance(layer, MaskLayer))
    with pytest.raises(TypeError):
        SetMaskSettings("Grow", picture.id, MaskSettings(), MaskSettings(grow=1)).redo(document)


@pytest.mark.parametrize("settings", [MaskSettings(), MaskSettings(grow=9, feather=4)])
def test_painting_is_seen_as_far_as_the_settings_spread_it(settings: MaskSettings) -> None:
    document = noise_document()
    mask = MaskLayer(LayerProps("Mask"), settings=settings)
    document.layers.insert(len(document.layers), mask)
    after = mask.raster.read(SPOT) + 255
    change = PaintMask("Paint", mask.id, MaskPatch.replacing(mask.raster, SPOT, after)).redo(
        document
    )
    assert change.dirty == SPOT.pad(settings.reach)
    assert mask.bounds == mask.raster.bounds.pad(settings.reach)
