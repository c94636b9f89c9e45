from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.edit import DiffusionOptions, EditParams, Intent
from inpaint_studio.core.layer import LayerProps, MaskKind
from inpaint_studio.core.request import request_again, request_from_document
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import premultiply
from tests.documents import made_up_result, noise_document, result_layer


def paint(document: Document, bounds: Bounds, kind: MaskKind = MaskKind.repaint) -> None:
    document.mask(kind).raster.writable(bounds)[...] = 255


def test_the_request_is_a_copy_of_the_surroundings_only() -> None:
    document = noise_document(2000, 1500)
    paint(document, Bounds(1000, 700, 40, 30))
    request = request_from_document(document, EditParams())
    (piece,) = request.pieces
    assert piece.context.contains(Bounds(1000, 700, 40, 30))
    assert piece.context.area < 200 * 200
    picture = next(iter(document.layers)).rasters[0]
    np.testing.assert_array_equal(piece.image, picture.read(piece.context)[..., 2::-1])
    assert piece.mask.sum(dtype=int) == 255 * 40 * 30
    before = piece.mask.copy()
    paint(document, Bounds(0, 0, 2000, 1500))
    np.testing.assert_array_equal(piece.mask, before)


def test_far_islands_are_pieces_of_one_request() -> None:
    document = noise_document(2000, 1500)
    paint(document, Bounds(10, 10, 20, 20))
    paint(document, Bounds(1900, 1400, 20, 20))
    pieces = request_from_document(document, EditParams()).pieces
    assert len(pieces) == 2
    assert not pieces[0].context.intersects(pieces[1].context)
    assert sum(int(piece.mask.sum(dtype=int)) for piece in pieces) == 2 * 255 * 400


def test_nothing_masked_is_refused_in_plain_words() -> None:
    with pytest.raises(EditRefusedError, match="Nothing is masked yet"):
        request_from_document(noise_document(), EditParams())


def test_a_hidden_picture_is_refused() -> None:
    document = noise_document()
    paint(document, Bounds(5, 5, 5, 5))
    next(iter(document.layers)).props = LayerProps("hidden", visible=False)
    with pytest.raises(EditRefusedError, match="hidden"):
        request_from_document(document, EditParams())


def test_transparent_and_marked_pixels_are_avoided() -> None:
    rgba = np.full((60, 80, 4), 200, np.uint8)
    rgba[..., 3] = 255
    rgba[:10, :, 3] = 0
    document = Document.from_pixels(premultiply(rgba), Origin("cutout.png"))
    paint(document, Bounds(30, 30, 10, 10))
    paint(document, Bounds(70, 0, 10, 60), MaskKind.avoid)
    (piece,) = request_from_document(document, EditParams()).pieces
    assert piece.context == document.frame
    expected = np.zeros((60, 80), np.uint8)
    expected[:10] = 255
    expected[:, 70:] = 255
    np.testing.assert_array_equal(piece.avoid, expected)


def test_a_mask_outside_the_frame_counts_as_nothing() -> None:
    document = noise_document()
    paint(document, Bounds(-50, -50, 20, 20))
    with pytest.raises(EditRefusedError):
        request_from_document(document, EditParams())


def test_again_reads_the_layers_below_and_the_old_mask() -> None:
    document = noise_document()
    result = made_up_result(Bounds(10, 10, 40, 30))
    document.layers.insert(1, result_layer(Bounds(10, 10, 40, 30)))
    below = document.layers.painted[:1]
    (piece,) = request_again(document, below, result, EditParams()).pieces
    assert piece.context == Bounds(10, 10, 40, 30)
    np.testing.assert_array_equal(piece.mask, result.pieces[0].mask)
    original = below[0].rasters[0].read(piece.context)[..., 2::-1]
    np.testing.assert_array_equal(piece.image, original)


DIFFUSION = EditParams(options=DiffusionOptions(Path("model")))


def test_models_get_a_wider_context_and_less_of_it_at_low_strength() -> None:
    document = noise_document(3000, 2000)
    paint(document, Bounds(1000, 700, 300, 300))
    (piece,) = request_from_document(document, DIFFUSION).pieces
    # A sixteenth of the picture's long side is 188 px, more than half of the mask's side.
    assert piece.context.width == piece.context.height == 704
    (gentle,) = request_from_document(document, replace(DIFFUSION, strength=0.3)).pieces
    assert piece.context.contains(gentle.context)
    assert gentle.context.width == 512
    (wide,) = request_from_document(document, replace(DIFFUSION, grow=300)).pieces
    assert wide.context.width > 900


def test_an_instruction_needs_no_mask() -> None:
    document = noise_document()
    params = replace(DIFFUSION, intent=Intent.instruct)
    (piece,) = request_from_document(document, params).pieces
    assert piece.context == document.frame
    assert not piece.mask.any()
    paint(document, Bounds(10, 10, 5, 5))
    (piece,) = request_from_document(document, params).pieces
    assert piece.mask.any()


def test_a_scratch_over_a_large_picture_takes_little_memory() -> None:
    document = noise_document(4096, 4096)
    for i in range(0, 4096, 4):
        paint(document, Bounds(i, i, 4, 4))
    request = request_from_document(document, EditParams())
    pieces = request.pieces
    assert 8 <= len(pieces) <= 20
    assert sum(piece.mask.size for piece in pieces) < 4096 * 4096 // 4
    painted = document.mask(MaskKind.repaint).raster
    seen = np.zeros((4096, 4096), np.uint8)
    for piece in pieces:
        seen[piece.context.slices()] |= piece.mask
        everything = painted.read(piece.context)
        assert ((piece.mask | piece.avoid)[everything > 0] == 255).all()
        assert not (piece.mask & piece.avoid).any()
    np.testing.assert_array_equal(seen, painted.read(document.frame))


def test_again_keeps_out_what_the_other_pieces_repaint() -> None:
    document = noise_document()
    result = made_up_result(Bounds(10, 10, 40, 30))
    (first,) = result.pieces
    mask = np.zeros((30, 40), np.uint8)
    mask[:, 20:] = 255
    second = replace(first, context=Bounds(30, 10, 40, 30), mask=mask[:, ::-1].copy())
    both = replace(result, pieces=(replace(first, mask=np.zeros_like(mask)), second))
    pieces = request_again(document, document.layers.painted, both, EditParams()).pieces
    assert (pieces[0].avoid[:, 20:] == 255).all()
    assert not pieces[0].avoid[:, :20].any()
    assert not pieces[1].avoid.any()
