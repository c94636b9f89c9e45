"""Brush and eraser as a hand uses them: every size, soft edges, keys, and a live circle."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from inpaint_studio.editor.toolbox import ToolName
from tests.documents import noise_document
from tests.gui.canvas.bench import LEFT, NO_KEYS, Bench
from tests.pointer import move

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
RIGHT = Qt.MouseButton.RightButton


def ring_radius(bench: Bench, before: np.ndarray, x: float, y: float) -> float:
    """How far from a place the circle on the screen reaches."""
    changed = np.argwhere((bench.on_screen() != before).any(axis=-1))
    middle = bench.at(x, y)
    return float(np.hypot(changed[:, 1] - middle.x(), changed[:, 0] - middle.y()).max())


@pytest.mark.parametrize("size", [1, 2, 3, 10, 101])
def test_a_stroke_is_as_thick_as_the_brush(bench: Bench, size: int) -> None:
    bench.toolbox.set_brush(size=size, hardness=1.0)
    bench.stroke((20, 75), (100, 75), (180, 75))
    column = bench.mask()[:, 100]
    assert column.sum(dtype=int) / 255 == pytest.approx(size, abs=1.2)
    assert column.max() == 255 if size > 1 else column.max() > 120


def test_the_largest_brush_covers_everything_in_one_tap(bench: Bench) -> None:
    bench.open(noise_document(1200, 900))
    bench.toolbox.set_brush(size=2000, hardness=1.0)
    assert bench.toolbox.brush.size == 2000
    bench.stroke((600, 450))
    assert bench.mask().min() == 255
    bench.session.undo()
    assert not bench.mask().any()


def test_a_soft_edge_falls_off_evenly_and_stays_soft(bench: Bench) -> None:
    bench.toolbox.set_brush(size=100, hardness=0.0)
    for _ in range(3):
        bench.stroke((20, 75), (180, 75))
    column = bench.mask()[75:, 100].astype(int)
    assert column[0] >= 250
    assert (np.diff(column) <= 0).all()
    assert np.diff(column).min() > -12
    assert len(bench.session.history.labels) == 1, "the same stroke again changes nothing"


def test_opacity_is_the_most_a_stroke_masks_and_the_least_an_eraser_leaves(bench: Bench) -> None:
    bench.toolbox.set_brush(size=40, hardness=1.0, opacity=0.4)
    bench.stroke((20, 75), (180, 75))
    assert bench.mask()[75, 100] == 102
    bench.toolbox.set_brush(opacity=1.0)
    bench.stroke((20, 75), (180, 75))
    bench.toolbox.choose(ToolName.eraser)
    bench.toolbox.set_brush(opacity=0.4)
    bench.stroke((20, 75), (180, 75))
    assert bench.mask()[75, 100] == 153


def test_swapping_goes_on_with_the_same_brush(bench: Bench) -> None:
    bench.toolbox.set_brush(size=30)
    bench.stroke((20, 75), (180, 75))
    bench.toolbox.swap_add_subtract()
    assert bench.toolbox.current is ToolName.eraser
    bench.stroke((100, 30), (100, 120))
    assert bench.mask()[75, 100] == 0
    bench.toolbox.swap_add_subtract()
    bench.stroke((100, 75))
    assert bench.mask()[75, 100] == 255


@pytest.mark.parametrize(("button", "keys"), [(LEFT, SHIFT), (RIGHT, ALT)])
def test_the_circle_grows_in_place_while_it_is_dragged(
    bench: Bench, button: Qt.MouseButton, keys: Qt.KeyboardModifier
) -> None:
    before = bench.on_screen()
    bench.press(100, 75, button, keys)
    for x in (110, 130, 140):
        move(bench.canvas, bench.at(x, 75), keys, button)
        expected = 10 + (x - 100)
        assert bench.toolbox.brush.size == 2 * expected
        assert ring_radius(bench, before, 100, 75) == pytest.approx(expected, abs=3)
    bench.release(140, 75, button, keys)
    assert not bench.mask().any()


def test_shift_clicks_make_a_straight_sided_shape(bench: Bench) -> None:
    bench.toolbox.set_brush(size=4)
    corners = [(30, 30), (170, 30), (170, 120), (30, 120), (30, 30)]
    for i, (x, y) in enumerate(corners):
        keys = SHIFT if i else NO_KEYS
        bench.press(x, y, keys=keys)
        bench.release(x, y, keys=keys)
    mask = bench.mask()
    assert (mask[30, 30:170] == 255).all()
    assert (mask[30:120, 170] == 255).all()
    assert not mask[40:110, 40:160].any()


def test_the_first_shift_click_is_a_tap(bench: Bench) -> None:
    bench.press(100, 75, keys=SHIFT)
    bench.release(100, 75, keys=SHIFT)
    mask = bench.mask()
    assert mask[75, 100] == 255
    assert not mask[75, :80].any()
