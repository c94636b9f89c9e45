from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.brush import BrushSettings, Stroke
from inpaint_studio.core.pressure import FIRM, LINEAR, MOST_POINTS, SOFT, PressureCurve
from inpaint_studio.core.raster import Raster
from inpaint_studio.core.stroke_path import Sample
from inpaint_studio.geometry import Bounds, Point

unit = st.floats(0, 1)


@st.composite
def curves(draw: st.DrawFn) -> PressureCurve:
    inner = draw(st.lists(st.integers(1, 999), unique=True, max_size=MOST_POINTS - 2))
    pressures = [0.0, *(x / 1000 for x in sorted(inner)), 1.0]
    effects = sorted(draw(unit) for _ in pressures)
    return PressureCurve(tuple(zip(pressures, effects, strict=True)))


@given(unit)
def test_the_straight_curve_changes_nothing(pressure: float) -> None:
    assert LINEAR.at(pressure) == pressure


def test_three_points_on_a_line_are_that_line() -> None:
    curve = PressureCurve(((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)))
    for i in range(65):
        assert curve.at(i / 64) == pytest.approx(i / 64, abs=1e-15)


def test_known_values() -> None:
    """Slopes 0.5, 1 and 1.5 by hand: halfway of each piece (y0 + y1) / 2 + (m0 - m1) * h / 8."""
    curve = PressureCurve(((0.0, 0.0), (0.5, 0.25), (1.0, 1.0)))
    assert curve.at(0.25) == pytest.approx(0.125 + (0.5 - 1) * 0.5 / 8, abs=1e-15)
    assert curve.at(0.75) == pytest.approx(0.625 + (1 - 1.5) * 0.5 / 8, abs=1e-15)


def test_a_step_is_flat_where_it_is_flat() -> None:
    curve = PressureCurve(((0.0, 0.2), (0.4, 0.2), (0.6, 0.9), (1.0, 0.9)))
    assert {curve.at(i / 100) for i in range(41)} == {0.2}
    assert {curve.at(i / 100) for i in range(60, 101)} == {0.9}
    assert curve.at(0.5) == pytest.approx(0.55)


@given(curves(), unit, unit)
def test_never_falls_and_stays_between_its_ends(curve: PressureCurve, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert curve.at(low) <= curve.at(high) + 1e-12
    assert curve.points[0][1] <= curve.at(a) <= curve.points[-1][1]


@given(curves())
def test_goes_through_its_points(curve: PressureCurve) -> None:
    for pressure, effect in curve.points:
        assert curve.at(pressure) == pytest.approx(effect, abs=1e-12)


def test_pressures_out_of_range_count_as_the_nearest() -> None:
    curve = PressureCurve(((0.0, 0.1), (1.0, 0.8)))
    assert curve.at(-3) == 0.1
    assert curve.at(7) == 0.8


@pytest.mark.parametrize(
    "points",
    [
        (),
        ((0.0, 0.0),),
        ((0.0, 0.0), (0.5, 0.9), (1.0, 0.5)),
        ((0.0, 0.0), (0.0, 0.5), (1.0, 1.0)),
        ((0.1, 0.0), (1.0, 1.0)),
        ((0.0, -0.1), (1.0, 1.0)),
        ((0.0, 0.0), (1.0, 1.1)),
        ((0.0, float("nan")), (1.0, 1.0)),
        tuple((i / 6, i / 6) for i in range(7)),
    ],
)
def test_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match=r"no rising curve|does not lie"):
        PressureCurve(points)


@pytest.mark.parametrize("curve", [LINEAR, SOFT, FIRM])
def test_text_round_trip(curve: PressureCurve) -> None:
    assert PressureCurve.from_text(curve.to_text()) == curve


@given(st.text(max_size=30))
def test_any_text_is_some_curve(text: str) -> None:
    assert PressureCurve.from_text(text).at(0.5) >= 0


def test_text_that_is_no_curve_is_the_straight_one() -> None:
    assert PressureCurve.from_text("0 0, 1 1 1") == LINEAR
    assert PressureCurve.from_text("0 1, 1 0") == LINEAR


def width_of_stroke(brush: BrushSettings, pressure: float) -> int:
    raster, frame = Raster.empty_mask(), Bounds(0, 0, 120, 120)
    stroke = Stroke(raster, brush, frame)
    for x in (40, 80):
        stroke.extend(Sample(Point(x, 60.5), pressure))
    stroke.finish()
    return int((raster.read(frame)[:, 60] > 127).sum())


def test_the_brush_follows_its_curves() -> None:
    floor = PressureCurve(((0.0, 0.5), (1.0, 0.5)))
    brush = BrushSettings(size=40, hardness=1.0, smoothing=0.0, size_curve=floor)
    # Half the effect is 0.05 + 0.95 / 2 of the size, whatever the pressure.
    assert {width_of_stroke(brush, pressure) for pressure in (0.1, 0.6, 1.0)} == {21}
    assert width_of_stroke(replace(brush, size_curve=SOFT), 0.3) > width_of_stroke(
        replace(brush, size_curve=FIRM), 0.3
    )


def test_opacity_has_a_curve_of_its_own() -> None:
    faint = PressureCurve(((0.0, 0.0), (1.0, 0.0)))
    brush = BrushSettings(40, 1.0, pressure_to_opacity=True, opacity_curve=faint)
    raster = Raster.empty_mask()
    Stroke(raster, brush, Bounds(0, 0, 99, 99)).extend(Sample(Point(50, 50)))
    assert raster.read(Bounds(50, 50, 1, 1)).item() == round(255 * 0.05)
