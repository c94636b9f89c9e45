from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.layer import ImageLayer, LayerProps
from inpaint_studio.core.raster import Raster
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.geometry import EMPTY, Bounds
from tests.documents import noise_document


def document_of(alpha: np.ndarray) -> Document:
    pixels = np.repeat(alpha[..., None], 4, axis=2)
    return Document.from_pixels(pixels, Origin("cutout.png"))


def test_a_covered_frame_has_nothing_to_fill() -> None:
    area = Uncovered.of(noise_document(700, 600))
    assert area.is_empty
    assert area.area == 0
    assert not area.any_in(Bounds(0, 0, 700, 600))
    assert area.covered_rectangle() == Bounds(0, 0, 700, 600)


@given(st.integers(-700, 90), st.integers(-700, 60), st.integers(7, 1700), st.integers(5, 1500))
def test_a_larger_frame_is_uncovered_around_the_picture(
    x: int, y: int, width: int, height: int
) -> None:
    document = noise_document()
    picture = document.frame
    document.frame = Bounds(x, y, width, height)
    inside = picture.intersection(document.frame)
    area = Uncovered.of(document)
    assert area.area == document.frame.area - inside.area
    assert area.covered_rectangle() == inside
    expected = np.full((height, width), 255, np.uint8)
    if not inside.is_empty:
        expected[inside.relative_to(document.frame).slices()] = 0
        assert not area.any_in(inside)
    np.testing.assert_array_equal(area.read(document.frame), expected)


def test_outside_the_frame_nothing_counts() -> None:
    document = noise_document()
    document.frame = Bounds(-10, 0, 50, 64)
    mask = Uncovered.of(document).read(Bounds(-20, 0, 30, 2))
    np.testing.assert_array_equal(mask[0], [0] * 10 + [255] * 10 + [0] * 10)


def test_half_transparent_pixels_are_filled_too() -> None:
    alpha = np.full((40, 50), 255, np.uint8)
    alpha[10:20, 10:15] = 128
    area = Uncovered.of(document_of(alpha))
    assert area.area == 50
    assert area.any_in(Bounds(14, 19, 1, 1))
    assert not area.any_in(Bounds(15, 20, 9, 9))
    np.testing.assert_array_equal(area.read(Bounds(0, 0, 50, 40)) > 0, alpha < 255)


def test_layers_cover_together_and_faded_or_hidden_ones_do_not() -> None:
    document = noise_document()
    document.frame = Bounds(0, 0, 150, 64)
    right = ImageLayer(LayerProps("right"), Raster(np.full((64, 54, 4), 255, np.uint8), 96))
    document.layers.insert(1, right)
    assert Uncovered.of(document).is_empty
    right.props = replace(right.props, opacity=254)
    assert Uncovered.of(document).area == 54 * 64
    right.props = replace(right.props, visible=False)
    assert Uncovered.of(document).area == 54 * 64


def test_a_rotated_photo_has_a_rectangle_inside() -> None:
    rows, columns = np.mgrid[:400, :600]
    inside = (abs((columns - 300) + 0.1 * (rows - 200)) < 250) & (
        abs((rows - 200) - 0.1 * (columns - 300)) < 150
    )
    area = Uncovered.of(document_of(np.where(inside, 255, 0).astype(np.uint8)))
    found = area.covered_rectangle()
    assert not area.read(found).any()
    assert found.area > 0.75 * inside.sum()


@pytest.mark.parametrize("thick", [1, 3, 20])
def test_thin_content_is_found(thick: int) -> None:
    alpha = np.zeros((500, 400), np.uint8)
    alpha[3 : 3 + thick, :] = 255
    alpha[:, 390:] = 255
    found = Uncovered.of(document_of(alpha)).covered_rectangle()
    assert not found.is_empty
    assert alpha[found.slices()].min() == 255


def test_an_empty_document_has_no_rectangle() -> None:
    area = Uncovered(Bounds(0, 0, 30, 20), [])
    assert area.area == 600
    assert area.covered_rectangle() == EMPTY


def test_another_look_only_looks_where_something_changed() -> None:
    document = noise_document(3000, 2000)
    first = Uncovered.of(document)
    assert first.seen_pixels == 3000 * 2000
    painted = document.layers.painted
    again = Uncovered(document.frame, painted, first, Bounds(600, 600, 10, 10))
    assert again.seen_pixels == 512 * 512
    frame = Bounds(-300, 0, 3300, 2000)
    assert first.unseen_in(frame, EMPTY) < 3000 * 2000 / 2
    grown = Uncovered(frame, painted, first)
    assert grown.seen_pixels == first.unseen_in(frame, EMPTY)
    assert grown.area == 300 * 2000


@given(st.integers(0, 700), st.integers(0, 500), st.integers(1, 90), st.integers(-200, 200))
def test_a_second_look_finds_what_a_first_one_would(x: int, y: int, side: int, move: int) -> None:
    rows, columns = np.mgrid[:600, :800]
    alpha = np.where((rows // 40 + columns // 70) % 3, 255, 0).astype(np.uint8)
    document = document_of(alpha)
    before = Uncovered.of(document)
    cover = ImageLayer(LayerProps("patch"), Raster(np.full((side, side, 4), 255, np.uint8), x, y))
    document.layers.insert(1, cover)
    document.frame = document.frame.translated(move, -move // 2)
    painted = document.layers.painted
    again, anew = Uncovered(document.frame, painted, before, cover.bounds), Uncovered.of(document)
    np.testing.assert_array_equal(again.read(document.frame), anew.read(document.frame))
    assert again.covered_rectangle() == anew.covered_rectangle()
    assert again.holes() == anew.holes()


def test_holes_are_what_does_not_reach_the_edge() -> None:
    alpha = np.full((700, 900), 255, np.uint8)
    alpha[300:350, 400:460] = 0
    alpha[100, 100] = 0
    alpha[0:60, 200:260] = 0
    area = Uncovered.of(document_of(alpha))
    assert sorted(area.holes()) == [Bounds(100, 100, 1, 1), Bounds(400, 300, 60, 50)]
    assert area.covered_rectangle(area.holes()) == Bounds(0, 60, 900, 640)


def test_tight_rectangles() -> None:
    alpha = np.full((700, 900), 255, np.uint8)
    alpha[510:520, 500:530] = 0
    area = Uncovered.of(document_of(alpha))
    assert area.tight(Bounds(0, 0, 900, 700)) == Bounds(500, 510, 30, 10)
    assert area.tight(Bounds(0, 0, 505, 700)) == Bounds(500, 510, 5, 10)
    assert area.tight(Bounds(0, 0, 100, 100)).is_empty
