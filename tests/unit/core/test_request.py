from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.edit import EditParams
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
