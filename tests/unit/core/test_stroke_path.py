"""A stroke's way is the same however often the pointer tells where it is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.stroke_path import LONGEST_REACH, Sample, StrokePath, reach_of
from inpaint_studio.geometry import Point

places = st.tuples(st.integers(0, 400), st.integers(0, 300), st.floats(0, 1))
ways = st.lists(places, min_size=2, max_size=6, unique_by=lambda place: place[:2])


def samples(way: list[tuple[int, int, float]]) -> list[Sample]:
    return [Sample(Point(x, y), pressure) for x, y, pressure in way]


def told_finely(way: list[Sample], times: int) -> list[Sample]:
    """The same straight ways in so many reports each."""
    steps = pairwise(way)
    return [way[0]] + [a.toward(b, i / times) for a, b in steps for i in range(1, times + 1)]


def smoothed(way: list[Sample], reach: float) -> Sample:
    """Where the smooth line is after the last report: the control point of the last curve."""
    path = StrokePath(reach)
    for sample in way:
        path.extend(sample)
    assert path._smooth is not None
    return path._smooth


@given(ways, st.floats(0.5, 60), st.integers(2, 9))
def test_smoothing_does_not_depend_on_the_number_of_reports(
    way: list[tuple[int, int, float]], reach: float, times: int
) -> None:
    coarse = smoothed(samples(way), reach)
    fine = smoothed(told_finely(samples(way), times), reach)
    assert fine.point.distance_to(coarse.point) < 1e-6
    assert fine.pressure == pytest.approx(coarse.pressure, abs=1e-6)


@given(ways, st.floats(0, 60))
def test_pieces_join_and_end_where_the_pointer_left(
    way: list[tuple[int, int, float]], reach: float
) -> None:
    path = StrokePath(reach)
    pieces = [path.extend(sample) for sample in samples(way)]
    pieces.append(path.finish())
    for before, after in pairwise(pieces):
        assert before[-1].point == after[0].point
    x, y, _ = way[-1]
    assert pieces[-1][-1].point.distance_to(Point(x, y)) < 1e-6


def test_it_follows_at_its_reach() -> None:
    way = samples([(0, 0, 1.0), (1000, 0, 1.0)])
    assert smoothed(way, 32.0).point.x == pytest.approx(968, abs=0.01)


def test_the_same_place_again_only_carries_pressure() -> None:
    path = StrokePath(0.0)
    path.extend(Sample(Point(5, 5), 0.2))
    assert path.extend(Sample(Point(5, 5), 0.9)) == [Sample(Point(5, 5), 0.9)]


def test_without_reports_there_is_nothing_to_finish() -> None:
    assert StrokePath(3.0).finish() == []


def test_the_reach_is_measured_on_the_screen() -> None:
    assert reach_of(0.0, 1.0) == 0
    assert reach_of(1.0, 1.0) == LONGEST_REACH
    assert reach_of(1.0, 4.0) == LONGEST_REACH / 4
