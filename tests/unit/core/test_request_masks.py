"""What an edit takes of several masks."""

from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, EditPiece
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, MaskSettings
from inpaint_studio.core.request import request_from_document
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from tests.documents import noise_document

FIRST, SECOND = Bounds(40, 30, 20, 20), Bounds(55, 45, 30, 10)


def add_mask(
    document: Document, spot: Bounds, kind: MaskKind = MaskKind.repaint, **settings: object
) -> MaskLayer:
    mask = MaskLayer(LayerProps("Mask"), kind, MaskSettings(**settings))  # type: ignore[arg-type]
    mask.raster.writable(spot)[...] = 200
    document.layers.insert(len(document.layers), mask)
    return mask


def only_piece(document: Document) -> EditPiece:
    (piece,) = request_from_document(document, EditParams()).pieces
    return piece


def test_the_used_masks_are_edited_together() -> None:
    document = noise_document(300, 200)
    document.mask(MaskKind.repaint).raster.writable(FIRST)[...] = 120
    add_mask(document, SECOND, grow=3, feather=4)
    add_mask(document, Bounds(70, 80, 10, 10), is_used=False)
    piece = only_piece(document)
    used = MaskUnion.used(document, MaskKind.repaint)
    np.testing.assert_array_equal(piece.mask, used.read(piece.context))
    assert piece.mask.max() == 200


def test_avoid_masks_join_and_may_all_be_gone() -> None:
    document = noise_document(300, 200)
    document.mask(MaskKind.repaint).raster.writable(FIRST)[...] = 255
    document.layers.remove(document.mask(MaskKind.avoid).id)
    assert not only_piece(document).avoid.any()
    add_mask(document, Bounds(20, 20, 5, 5), MaskKind.avoid)
    add_mask(document, Bounds(80, 20, 5, 5), MaskKind.avoid, grow=2)
    add_mask(document, Bounds(20, 60, 5, 5), MaskKind.avoid, is_used=False)
    piece = only_piece(document)
    expected = MaskUnion.used(document, MaskKind.avoid).read(piece.context)
    np.testing.assert_array_equal(piece.avoid, expected)
    assert int((piece.avoid > 0).sum()) > 25 + 25


def test_masks_that_are_not_used_are_named_as_the_reason() -> None:
    document = noise_document()
    add_mask(document, FIRST, is_used=False)
    with pytest.raises(EditRefusedError, match="not used by edits"):
        request_from_document(document, EditParams())


def test_what_softening_leaves_nothing_of_is_no_mask() -> None:
    document = noise_document(300, 200)
    add_mask(document, Bounds(50, 50, 1, 1), feather=100)
    with pytest.raises(EditRefusedError):
        request_from_document(document, EditParams())


def test_a_mask_that_reaches_into_the_frame_counts_there() -> None:
    document = noise_document(300, 200)
    add_mask(document, Bounds(-12, 50, 10, 10), grow=6)
    piece = only_piece(document)
    rows, columns = np.nonzero(piece.mask)
    assert columns.max() + piece.context.x == 3
    assert document.frame.contains(piece.context)
    assert rows.size
