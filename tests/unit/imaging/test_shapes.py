from __future__ import annotations

import math

import numpy as np
import pytest

from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.shapes import (
    ellipse_points,
    polygon_bounds,
    polygon_mask,
    rectangle_points,
)


def test_a_rectangle_on_whole_pixels_is_exact() -> None:
    mask = polygon_mask(rectangle_points(Bounds(3, 2, 5, 4)), Bounds(0, 0, 12, 10))
    expected = np.zeros((10, 12), np.uint8)
    expected[2:6, 3:8] = 255
    np.testing.assert_array_equal(mask, expected)


def test_document_coordinates_may_be_negative() -> None:
    bounds = Bounds(-10, -6, 12, 10)
    mask = polygon_mask(rectangle_points(Bounds(-8, -5, 3, 2)), bounds)
    assert mask.sum() == 255 * 6
    assert mask[1, 2] == 255


@pytest.mark.parametrize("size", [(40, 40), (61, 23), (300, 700)])
def test_an_ellipse_has_its_area_and_smooth_edges(size: tuple[int, int]) -> None:
    box = Bounds(5, 5, *size)
    mask = polygon_mask(ellipse_points(box), box.pad(3))
    area = mask.sum(dtype=int) / 255
    assert area == pytest.approx(math.pi * size[0] * size[1] / 4, rel=0.02)
    assert len(np.unique(mask)) > 5


def test_bands_meet_without_a_gap() -> None:
    triangle = [Point(0, 0), Point(300, 0), Point(0, 700)]
    mask = polygon_mask(triangle, Bounds(0, 0, 300, 700))
    rows = mask.sum(axis=1, dtype=int) / 255
    expected = 300 * (1 - (np.arange(700) + 0.5) / 700)
    assert np.abs(rows - expected).max() < 0.6


def test_two_points_are_no_area() -> None:
    assert not polygon_mask([Point(0, 0), Point(9, 9)], Bounds(0, 0, 9, 9)).any()


def test_bounds_enclose_fractions() -> None:
    assert polygon_bounds([Point(0.5, -0.5), Point(3.2, 4)]) == Bounds(0, -1, 4, 5)
