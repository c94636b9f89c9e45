from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from inpaint_studio.core.edit import DiffusionOptions, EditParams, EditPiece, Intent
from inpaint_studio.engine.backend import Capabilities
from inpaint_studio.engine.piece_masks import piece_masks
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.mask_ops import bounds_of

PARAMS = EditParams(options=DiffusionOptions(Path("model")))
HARD = Capabilities(redraws=True)
SOFT = Capabilities(redraws=True, soft_mask=True)


def piece(value: int = 255) -> EditPiece:
    mask = np.zeros((200, 200), np.uint8)
    mask[80:120, 80:120] = value
    return EditPiece(Bounds(0, 0, 200, 200), np.zeros((200, 200, 3), np.uint8), mask, mask * 0)


def test_patch_fill_gets_a_narrow_edge() -> None:
    masks = piece_masks(piece(), EditParams(), Capabilities())
    assert bounds_of(masks.told) == bounds_of(piece().mask).pad(3)
    assert (masks.alpha[80:120, 80:120] == 255).all()


def test_hard_backends_draw_the_whole_ramp_and_the_alpha_fades_it() -> None:
    masks = piece_masks(piece(), PARAMS, HARD)
    assert set(np.unique(masks.told)) == {0, 255}
    assert bounds_of(masks.told) == bounds_of(masks.denoise)
    assert bounds_of(masks.alpha).width <= bounds_of(masks.told).width
    assert len(np.unique(masks.alpha)) > 20
    assert masks.hidden is masks.alpha
    assert (masks.alpha[masks.told == 0] == 0).all()


def test_soft_backends_get_the_ramp_itself() -> None:
    masks = piece_masks(piece(), PARAMS, SOFT)
    assert masks.told is masks.denoise
    assert len(np.unique(masks.told)) > 20
    assert masks.hidden is masks.painted


def test_a_half_painted_area_is_half_seen_or_half_repainted() -> None:
    params = replace(PARAMS, feather=0)
    hard, soft = (piece_masks(piece(128), params, takes) for takes in (HARD, SOFT))
    assert (hard.told[100, 100], hard.alpha[100, 100]) == (255, 128)
    assert (soft.told[100, 100], soft.alpha[100, 100]) == (128, 255)


def test_a_gentle_edit_has_a_narrow_ramp() -> None:
    full = piece_masks(piece(), PARAMS, HARD)
    gentle = piece_masks(piece(), replace(PARAMS, strength=0.3), HARD)
    assert bounds_of(gentle.denoise).width < bounds_of(full.denoise).width - 30


def test_an_instruction_without_a_mask_is_about_everything() -> None:
    params = replace(PARAMS, intent=Intent.instruct)
    empty = piece(0)
    masks = piece_masks(empty, params, HARD)
    assert (masks.told == 255).all()
    assert (masks.alpha == 255).all()
    assert not empty.mask.any()
    assert bounds_of(piece_masks(piece(), params, HARD).told).width < 200
