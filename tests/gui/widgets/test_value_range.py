"""Ranges: slider fractions and steps stay inside and come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.ui.widgets import ValueRange

PERCENT = ValueRange(0, 100)
BRUSH = ValueRange(1, 2000, logarithmic=True)
STRENGTH = ValueRange(0, 1, 0.05, 2)
RANGES = st.sampled_from([PERCENT, BRUSH, STRENGTH])


@given(RANGES, st.floats(-5000, 5000))
def test_clamped_is_inside_and_rounded(values: ValueRange, value: float):
    result = values.clamped(value)
    assert values.minimum <= result <= values.maximum
    assert result == round(result, values.decimals)


@given(RANGES, st.floats(-1, 2))
def test_a_value_comes_back_from_its_place(values: ValueRange, fraction: float):
    value = values.value_at(fraction)
    assert values.value_at(values.fraction(value)) == pytest.approx(value)


@given(RANGES, st.integers(-50, 50), st.floats(0, 1))
def test_steps_go_their_way(values: ValueRange, steps: int, fraction: float):
    value = values.value_at(fraction)
    stepped = values.stepped(value, steps)
    assert (stepped - value) * steps >= 0
    inside = values.minimum < value < values.maximum
    assert not steps or not inside or stepped != value


def test_logarithmic_middle_is_the_geometric_mean():
    assert BRUSH.value_at(0.5) == 45
    assert BRUSH.fraction(1) == 0
    assert BRUSH.fraction(2000) == 1


def test_logarithmic_step_is_a_tenth_and_at_least_one():
    assert BRUSH.stepped(100, 1) == 110
    assert BRUSH.stepped(3, 1) == 4
    assert BRUSH.stepped(3, -1) == 2


@pytest.mark.parametrize("arguments", [(1, 1), (2, 1), (0, 10, 1, 0, True)])
def test_bad_ranges_are_refused(arguments):
    with pytest.raises(ValueError, match="range"):
        ValueRange(*arguments)
