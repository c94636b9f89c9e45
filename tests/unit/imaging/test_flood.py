from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.measure import label

from inpaint_studio.imaging.flood import connected_to, near_colour


@settings(max_examples=150, deadline=None)
@given(arrays(bool, st.tuples(st.integers(1, 14), st.integers(1, 14))), st.data())
def test_connected_is_what_scikit_image_labels(area: np.ndarray, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, area.shape[0] - 1))
    column = data.draw(st.integers(0, area.shape[1] - 1))
    labels = np.asarray(label(area, connectivity=1))
    expected = (labels == labels[row, column]) & area if area[row, column] else area & False
    np.testing.assert_array_equal(connected_to(area, row, column), expected)


def test_a_spiral_is_followed_to_its_end() -> None:
    area = np.ones((41, 41), bool)
    for ring in range(1, 20, 2):
        area[ring, ring : 41 - ring] = False
        area[ring : 41 - ring, 40 - ring] = False
        area[40 - ring, ring : 41 - ring] = False
        area[ring + 2 : 41 - ring, ring] = False
    reached = connected_to(area, 0, 0)
    labels = np.asarray(label(area, connectivity=1))
    np.testing.assert_array_equal(reached, labels == labels[0, 0])
    assert reached[20, 20]


def test_touching_only_at_a_corner_is_apart() -> None:
    area = np.eye(4, dtype=bool)
    assert connected_to(area, 1, 1).sum() == 1


def test_near_colour_counts_every_channel() -> None:
    picture = np.array([[[10, 10, 10], [13, 10, 10], [10, 10, 14]]], np.uint8)
    near = near_colour(picture, np.array([10, 10, 10], np.uint8), 3)
    np.testing.assert_array_equal(near, [[True, True, False]])


def test_near_colour_at_the_ends_of_the_range() -> None:
    picture = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
    assert near_colour(picture, picture[0, 1], 255).all()
    assert not near_colour(picture, picture[0, 1], 0)[0, 0]
