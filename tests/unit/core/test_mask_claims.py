from __future__ import annotations

import numpy as np

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskKind, MaskSettings
from inpaint_studio.core.mask_claims import unclaimed, union_of
from inpaint_studio.geometry import Bounds
from tests.documents import noise_document

HERE, THERE = Bounds(10, 10, 20, 8), Bounds(24, 12, 20, 8)


def painted(document: Document, bounds: Bounds, value: int = 255) -> None:
    place = document.mask(MaskKind.repaint).raster.writable(bounds)
    np.maximum(place, value, out=place)


def test_what_was_asked_for_before_is_left_out() -> None:
    document = noise_document()
    painted(document, HERE)
    first = unclaimed(document, ())
    painted(document, THERE, 90)
    second = unclaimed(document, first)
    frame = document.frame
    expected = document.mask(MaskKind.repaint).raster.read(frame)
    expected[HERE.slices()] = 0
    np.testing.assert_array_equal(union_of(document, second).read(frame), expected)
    assert unclaimed(document, (*first, *second)) == ()


def test_nothing_painted_nothing_unclaimed() -> None:
    document = noise_document()
    assert unclaimed(document, ()) == ()
    painted(document, HERE)
    claims = unclaimed(document, ())
    document.mask(MaskKind.repaint).raster.writable(HERE)[...] = 0
    assert unclaimed(document, claims) == ()


def test_remembered_masks_spread_as_their_layer_does() -> None:
    document = noise_document()
    painted(document, HERE)
    claims = unclaimed(document, ())
    document.mask(MaskKind.repaint).settings = MaskSettings(grow=3)
    grown = union_of(document, claims).read(document.frame)
    assert grown[HERE.y - 3, HERE.x + 5] == 255
