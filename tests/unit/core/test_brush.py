from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inpaint_studio.core.brush import BrushSettings, Stroke, place_stamp
from inpaint_studio.core.raster import Raster
from inpaint_studio.core.stroke_path import Sample
from inpaint_studio.geometry import Bounds, Point

FRAME = Bounds(0, 0, 400, 300)
HARD = BrushSettings(size=40, hardness=1.0, pressure_to_size=False, smoothing=0.0)


def draw(
    samples: list[Sample], brush: BrushSettings, raster: Raster | None = None
) -> tuple[Raster, Bounds, Stroke]:
    raster = raster or Raster.empty_mask()
    stroke = Stroke(raster, brush, FRAME)
    dirty = Bounds.union_of(stroke.extend(sample) for sample in samples)
    return raster, dirty.union(stroke.finish()), stroke


def line(start: Point, end: Point, count: int, pressure: float = 1.0) -> list[Sample]:
    first, last = Sample(start, pressure), Sample(end, pressure)
    return [first.toward(last, i / (count - 1)) for i in range(count)]


def test_a_tap_paints_a_disc_of_the_brush_size() -> None:
    raster, dirty, _ = draw([Sample(Point(100.5, 100.5))], HARD)
    mask = raster.read(FRAME)
    area = mask.sum(dtype=int) / 255
    assert area == pytest.approx(math.pi * 20**2, rel=0.02)
    assert mask[100, 100] == 255
    assert mask[100, 125] == 0
    assert dirty.contains(raster.content_bounds())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 200, 2000])
def test_stamp_area_follows_the_size(size: float) -> None:
    stamp, bounds = place_stamp(Point(0.5, 0.5), size, 1.0, 1.0)
    assert stamp.shape == (bounds.height, bounds.width)
    area = stamp.sum(dtype=int) / 255
    # A disc of radius r + antialiasing of one px around the rim has about this area.
    assert area == pytest.approx(math.pi * (size / 2) ** 2, rel=0.04, abs=1.2)


def test_soft_stamp_falls_off_without_steps() -> None:
    stamp, _ = place_stamp(Point(0, 0), 100, 0.2, 1.0)
    row = stamp[stamp.shape[0] // 2].astype(int)
    assert row.max() == 255
    assert abs(np.diff(row)).max() < 20
    assert len(np.unique(row)) > 30


def test_painting_twice_changes_nothing_more() -> None:
    soft = BrushSettings(size=60, hardness=0.3, pressure_to_size=False)
    samples = line(Point(50, 50), Point(300, 200), 30)
    raster, _, _ = draw(samples, soft)
    once = raster.read(FRAME)
    draw(samples, soft, raster)
    np.testing.assert_array_equal(raster.read(FRAME), once)


def test_erasing_with_the_same_hard_stroke_leaves_nothing() -> None:
    samples = line(Point(50, 50), Point(300, 200), 30)
    raster, _, _ = draw(samples, HARD)
    eraser = BrushSettings(size=60, hardness=1.0, erase=True, pressure_to_size=False, smoothing=0.0)
    draw(samples, eraser, raster)
    assert raster.content_bounds().is_empty


def test_stamps_are_dense_enough_for_a_smooth_edge() -> None:
    raster, _, _ = draw(line(Point(60, 150), Point(340, 150), 8), HARD)
    edge = raster.read(Bounds(80, 100, 240, 31)).astype(int)
    # Coverage per column of a straight hard stroke: scallops would show as a spread.
    assert np.ptp(edge.sum(axis=0)) <= 1.5 * 255


def test_opacity_is_the_ceiling_of_a_stroke() -> None:
    half = BrushSettings(size=40, hardness=1.0, opacity=0.5, pressure_to_size=False)
    raster, _, _ = draw(line(Point(50, 50), Point(200, 60), 20), half)
    assert raster.read(FRAME).max() == 128


def test_pressure_narrows_the_stroke() -> None:
    brush = BrushSettings(size=40, hardness=1.0, pressure_to_size=True, smoothing=0.0)
    full, _, _ = draw(line(Point(50, 50), Point(200, 50), 20, 1.0), brush)
    light, _, _ = draw(line(Point(50, 50), Point(200, 50), 20, 0.3), brush)
    assert light.content_bounds().height < full.content_bounds().height / 2


def test_nothing_is_painted_outside_the_frame() -> None:
    raster, dirty, _ = draw(line(Point(-100, -50), Point(500, 400), 40), HARD)
    assert FRAME.contains(raster.content_bounds())
    assert FRAME.contains(dirty)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-50, 450), st.floats(-50, 350), st.floats(0, 1)),
        min_size=1,
        max_size=15,
    ),
    st.booleans(),
)
def test_patch_undoes_and_revert_restores(
    path: list[tuple[float, float, float]], erase: bool
) -> None:
    raster = Raster.empty_mask()
    raster.writable(Bounds(100, 100, 80, 80))[...] = 90
    before = raster.read(FRAME)
    brush = BrushSettings(size=30, hardness=0.5, erase=erase)
    samples = [Sample(Point(x, y), p) for x, y, p in path]
    _, dirty, stroke = draw(samples, brush, raster)
    after = raster.read(FRAME)
    changed = np.argwhere(before != after)
    assert all(dirty.contains_point(Point(float(x), float(y))) for y, x in changed)
    patch = stroke.take_patch()
    patch.apply(raster)
    np.testing.assert_array_equal(raster.read(FRAME), before)
    patch.apply(raster)
    np.testing.assert_array_equal(raster.read(FRAME), after)
    stroke.revert()
    np.testing.assert_array_equal(raster.read(FRAME), before)


def test_thousand_small_moves_draw_the_same_line_as_few() -> None:
    brush = BrushSettings(size=30, hardness=1.0, pressure_to_size=False, smoothing=0.0)
    few, _, _ = draw(line(Point(50, 50), Point(350, 250), 10), brush)
    many, _, _ = draw(line(Point(50, 50), Point(350, 250), 1000), brush)
    difference = np.abs(few.read(FRAME).astype(int) - many.read(FRAME).astype(int))
    assert (difference > 64).mean() < 0.002
