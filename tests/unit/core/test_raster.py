from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import EMPTY, Bounds

spots = st.lists(
    st.tuples(
        st.builds(
            Bounds,
            st.integers(-40, 40),
            st.integers(-40, 40),
            st.integers(1, 20),
            st.integers(1, 9),
        ),
        st.integers(0, 255),
    ),
    max_size=6,
)


@given(spots)
def test_reads_what_was_written_wherever_it_lies(writes: list[tuple[Bounds, int]]) -> None:
    everything = Bounds(-64, -64, 128, 128)
    expected = np.zeros((128, 128), np.uint8)
    raster = Raster.empty_mask()
    for bounds, value in writes:
        raster.writable(bounds)[...] = value
        expected[bounds.relative_to(everything).slices()] = value
    np.testing.assert_array_equal(raster.read(everything), expected)
    content = raster.content_bounds()
    assert raster.read(content).sum(dtype=int) == expected.sum(dtype=int)
    if not content.is_empty:
        edges = raster.read(content)
        assert all(e.any() for e in (edges[0], edges[-1], edges[:, 0], edges[:, -1]))


def test_read_is_a_copy() -> None:
    raster = Raster(np.full((4, 4), 7, np.uint8))
    raster.read(Bounds(0, 0, 4, 4))[...] = 0
    assert raster.pixels.min() == 7


def test_view_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="not inside"):
        Raster(np.zeros((4, 4), np.uint8)).view(Bounds(2, 2, 4, 4))


def test_empty_mask_has_no_content() -> None:
    raster = Raster.empty_mask()
    assert raster.content_bounds() == EMPTY
    raster.ensure(Bounds(0, 0, 100, 100))
    assert raster.content_bounds() == EMPTY


def test_content_follows_later_writes() -> None:
    raster = Raster.empty_mask()
    raster.writable(Bounds(10, 200, 300, 150))[...] = 1
    assert raster.content_bounds() == Bounds(10, 200, 300, 150)
    raster.writable(Bounds(10, 200, 300, 100))[...] = 0
    assert raster.content_bounds() == Bounds(10, 300, 300, 50)
    raster.writable(Bounds(500, 20, 1, 1))[...] = 9
    assert raster.content_bounds() == Bounds(10, 20, 491, 330)
    raster.writable(Bounds(10, 20, 491, 330))[...] = 0
    assert raster.content_bounds() == EMPTY


def test_colour_raster_keeps_channels_outside() -> None:
    raster = Raster(np.full((2, 2, 4), 9, np.uint8), x=5, y=5)
    pixels = raster.read(Bounds(4, 4, 4, 4))
    assert pixels.shape == (4, 4, 4)
    assert pixels[1:3, 1:3].min() == 9
    assert pixels.sum() == 9 * 16


def test_counts_what_is_painted_inside_an_area() -> None:
    raster = Raster.empty_mask()
    raster.writable(Bounds(-50, 10, 100, 20))[...] = 3
    assert raster.count_painted(Bounds(-100, 0, 400, 400)) == 2000
    assert raster.count_painted(Bounds(0, 0, 400, 400)) == 1000
    assert raster.count_painted(Bounds(200, 200, 9, 9)) == 0
    # It grows, and everything lies elsewhere in the array.
    raster.writable(Bounds(-900, -900, 10, 10))[...] = 1
    assert raster.count_painted(Bounds(-1000, -1000, 2000, 2000)) == 2100
    assert raster.content_bounds() == Bounds.from_corners(-900, -900, 50, 30)


def test_is_blank_says_so_only_where_it_is() -> None:
    raster = Raster.empty_mask()
    assert raster.is_blank(Bounds(0, 0, 9999, 9999))
    raster.ensure(Bounds(0, 0, 2048, 2048))
    raster.writable(Bounds(300, 300, 10, 10))[...] = 9
    assert not raster.is_blank(Bounds(290, 290, 40, 40))
    raster.content_bounds()
    assert not raster.is_blank(Bounds(290, 290, 40, 40))
    assert raster.is_blank(Bounds(1024, 1024, 512, 512))
    assert raster.is_blank(Bounds(-500, -500, 100, 100))
    raster.writable(Bounds(1500, 1500, 1, 1))[...] = 9
    assert not raster.is_blank(Bounds(1024, 1024, 512, 512))
    raster.writable(Bounds(1500, 1500, 1, 1))[...] = 0
    raster.content_bounds()
    assert raster.is_blank(Bounds(1024, 1024, 512, 512))
