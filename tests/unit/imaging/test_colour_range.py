from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.imaging.colour_range import (
    ColourRange,
    RangeTable,
    oklab,
    values_in_range,
)
from inpaint_studio.imaging.pixels import from_rgb

RED, GREEN = (200, 30, 30), (30, 160, 40)


def exact_oklab(rgb: np.ndarray) -> np.ndarray:
    """Ottosson's formula in double precision, 3xHxW, lightness 0..100."""
    srgb = rgb / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    cones = np.cbrt(linear @ np.array(to_cones).T)
    return np.moveaxis(cones @ np.array(to_lab).T * 100, -1, 0)


def select_range(picture: np.ndarray, wanted: ColourRange) -> np.ndarray:
    return RangeTable(wanted).select(picture)


def strip(*colours: tuple[int, int, int]) -> np.ndarray:
    return np.array([colours], np.uint8)


def test_oklab_follows_the_formula_down_to_the_darkest() -> None:
    rng = np.random.default_rng(3)
    rgb = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    rgb[:8] //= 40
    np.testing.assert_allclose(oklab(rgb), exact_oklab(rgb), atol=0.2)


def test_black_and_white_are_100_apart() -> None:
    lightness = oklab(strip((0, 0, 0), (255, 255, 255)))[0, 0]
    np.testing.assert_allclose(lightness, [0, 100], atol=0.01)


def test_values_fall_evenly_from_half_the_distance_on() -> None:
    lab = np.zeros((3, 1, 5), np.float32)
    lab[:] = oklab(strip(RED))[:, :, :1]
    lab[0, 0] += np.array([0, 4.9, 7.5, 9.9, 10.1], np.float32)
    values = values_in_range(lab, ColourRange((RED,), fuzziness=40))
    assert values[0, :2].tolist() == [255, 255]
    assert abs(int(values[0, 2]) - 128) <= 1
    assert 0 < values[0, 3] < 10
    assert values[0, 4] == 0


def test_without_fuzziness_only_the_very_colour_counts() -> None:
    picture = from_rgb(strip(RED, (201, 30, 30), (200, 30, 31), GREEN))
    values = select_range(picture, ColourRange((RED,), fuzziness=0))
    assert values.tolist() == [[255, 0, 0, 0]]


def test_colours_are_added_and_taken_away() -> None:
    picture = from_rgb(strip(RED, GREEN, (0, 0, 255)))
    assert select_range(picture, ColourRange((RED, GREEN), fuzziness=20)).tolist() == [
        [255, 255, 0]
    ]
    without = ColourRange((RED, GREEN), (GREEN,), 20)
    assert select_range(picture, without).tolist() == [[255, 0, 0]]


def test_no_colour_selects_nothing() -> None:
    assert not select_range(from_rgb(strip(RED)), ColourRange()).any()


def test_what_is_transparent_belongs_less_to_it() -> None:
    picture = from_rgb(strip(RED, RED), np.array([[255, 128]], np.uint8))
    values = select_range(picture, ColourRange((RED,), fuzziness=60))
    assert values.tolist() == [[255, 128]]


@pytest.mark.parametrize("rows", [1, 255, 256, 257, 600])
def test_bands_leave_no_seam(rows: int) -> None:
    rng = np.random.default_rng(rows)
    rgb = rng.integers(0, 256, (rows, 9, 3), dtype=np.uint8)
    wanted = ColourRange((RED, GREEN), ((90, 90, 90),), 150)
    expected = values_in_range(oklab(rgb), wanted)
    np.testing.assert_array_equal(select_range(from_rgb(rgb), wanted), expected)


@given(
    st.tuples(*[st.integers(0, 255)] * 3),
    st.integers(0, 200),
    st.integers(0, 200),
)
def test_more_fuzziness_never_masks_less(
    colour: tuple[int, int, int], less: int, more: int
) -> None:
    less, more = sorted((less, more))
    rgb = np.random.default_rng(1).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    small = values_in_range(oklab(rgb), ColourRange((colour,), fuzziness=less))
    large = values_in_range(oklab(rgb), ColourRange((colour,), fuzziness=more))
    assert (large >= small).all()


def test_colours_met_again_are_looked_up_and_give_the_same() -> None:
    rng = np.random.default_rng(3)
    wanted = ColourRange((RED, GREEN), ((90, 90, 90),), fuzziness=120)
    table = RangeTable(wanted)
    for _ in range(3):
        rgb = rng.integers(0, 256, (40, 50, 3), np.uint8)
        rgb[:20] //= 64
        expected = values_in_range(oklab(rgb), wanted)
        np.testing.assert_array_equal(table.select(from_rgb(rgb)), expected)
        np.testing.assert_array_equal(table.select(from_rgb(rgb)), expected)
