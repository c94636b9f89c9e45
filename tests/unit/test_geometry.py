from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.geometry import EMPTY, Bounds, Extent, Point

coordinates = st.integers(-300, 300)
sizes = st.integers(0, 200)
bounds = st.builds(Bounds, coordinates, coordinates, sizes, sizes)
solid = st.builds(Bounds, coordinates, coordinates, st.integers(1, 200), st.integers(1, 200))


@given(bounds, bounds)
def test_intersection_is_inside_both(a: Bounds, b: Bounds) -> None:
    common = a.intersection(b)
    assert a.contains(common)
    assert b.contains(common)
    assert common == b.intersection(a)


@given(bounds, bounds)
def test_union_holds_both(a: Bounds, b: Bounds) -> None:
    assert a.union(b).contains(a)
    assert a.union(b).contains(b)


@given(solid, st.integers(1, 64))
def test_tiles_cover_exactly_once(a: Bounds, size: int) -> None:
    tiles = list(a.tiles(size))
    assert len(set(tiles)) == len(tiles)
    assert sum(tile.intersection(a).area for tile in tiles) == a.area


@given(solid, solid)
def test_slid_into_keeps_size_where_it_fits(a: Bounds, frame: Bounds) -> None:
    slid = a.slid_into(frame)
    assert frame.contains(slid)
    assert slid.width == min(a.width, frame.width)
    assert slid.height == min(a.height, frame.height)


@given(solid, st.integers(1, 64))
def test_snapped_out_contains_and_lies_on_the_grid(a: Bounds, multiple: int) -> None:
    snapped = a.snapped_out(multiple)
    assert snapped.contains(a)
    assert all(edge % multiple == 0 for edge in (snapped.x, snapped.y, snapped.right))
    assert snapped.width < a.width + 2 * multiple


@given(solid, solid)
def test_relative_to_and_back(a: Bounds, origin: Bounds) -> None:
    assert a.relative_to(origin).translated(origin.x, origin.y) == a


def test_pad_below_nothing_is_empty() -> None:
    assert Bounds(0, 0, 4, 4).pad(-3).is_empty


def test_at_least_grows_around_the_centre() -> None:
    assert Bounds(10, 10, 4, 20).at_least((10, 10)) == Bounds(7, 10, 10, 20)


def test_enclosing_negative_fractions() -> None:
    assert Bounds.enclosing(-0.5, -1.0, 0.2, 1.1) == Bounds(-1, -1, 2, 3)


def test_union_of_nothing_is_empty() -> None:
    assert Bounds.union_of([]) == EMPTY


def test_extent_rounds_up_and_never_vanishes() -> None:
    assert Extent(511, 513).rounded_up_to(8) == Extent(512, 520)
    assert Extent(3, 3).scaled(0.01) == Extent(1, 1)


def test_point_distance() -> None:
    assert Point(0, 0).distance_to(Point(3, 4)) == 5
