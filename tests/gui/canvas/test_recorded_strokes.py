"""Recorded strokes, replayed by real events, paint what their reference masks hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from pytestqt.qtbot import QtBot

from tests.strokes.hands import line, reports, spiral, swelling, wave, zigzag
from tests.strokes.paper import Paper
from tests.strokes.recording import RecordedStroke, load, recordings, reference_mask

EXTENT = (380, 280)
WAYS = {
    "wave": (wave(40, 340, 140, 70, 1.5), 0.7),
    "spiral": (spiral(190, 140, 110, 2.5), 0.8),
    "line": (line(30, 60, 350, 220), 0.2),
}
"""Seconds that each takes: as fast as hands are, 2000 px/s and more.

Without sharp turns: between two reports far apart nobody knows where a turn was.
"""
ZIGZAG = zigzag(20, 360, 140, 90, 9)
BOUND_125, BOUND_250 = 2, 1
"""px by which the edge of a hard stroke may lie elsewhere than at 1000 reports a second."""


@pytest.fixture
def paper(qtbot: QtBot) -> Iterator[Paper]:
    paper = Paper(EXTENT)
    yield paper
    paper.close()


def widened(mask: np.ndarray, by: int) -> np.ndarray:
    """Bool HxW: what lies within so many px of what is more than half masked."""
    image = Image.fromarray(np.where(mask > 127, 255, 0).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * by + 1))) > 0


def same_shape(a: np.ndarray, b: np.ndarray, within: int) -> bool:
    covers = widened(a, within)[b > 127].all() and widened(b, within)[a > 127].all()
    return bool(covers)


def painted(paper: Paper, stroke: RecordedStroke, burst: int = 1) -> np.ndarray:
    """The mask of one stroke alone."""
    paper.hand.stroke(stroke, burst=burst)
    mask = paper.mask()
    paper.session.undo()
    assert not paper.mask().any()
    return mask


@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.stem)
def test_a_recording_paints_its_reference(path: Path, paper: Paper) -> None:
    recording = load(path)
    paper.hand.draw(recording)
    mask, wanted = paper.mask().astype(int), reference_mask(path).astype(int)
    # Another processor may round a stamp's edge by one step of 255, nothing more.
    assert np.abs(mask - wanted).max() <= 1
    assert np.count_nonzero(mask != wanted) <= wanted.size / 1000


@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.stem)
def test_a_recording_is_undone_and_redone_exactly(path: Path, paper: Paper) -> None:
    recording = load(path)
    paper.hand.draw(recording)
    after, session = paper.mask(), paper.session
    steps = len(session.history.labels)
    assert 1 <= steps <= len(recording.strokes)
    session.travel(0)
    assert not paper.mask().any()
    session.travel(steps)
    np.testing.assert_array_equal(paper.mask(), after)


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("smoothing", [0.0, 0.2, 1.0])
def test_the_rate_of_reports_does_not_change_the_shape(
    name: str, smoothing: float, paper: Paper
) -> None:
    way, seconds = WAYS[name]
    paper.toolbox.set_brush(size=24, hardness=1.0, smoothing=smoothing)
    masks = {
        rate: painted(paper, RecordedStroke(reports(way, seconds, rate, pressing=swelling)))
        for rate in (125, 250, 1000)
    }
    assert same_shape(masks[125], masks[1000], BOUND_125)
    assert same_shape(masks[250], masks[1000], BOUND_250)


@pytest.mark.parametrize("device", ["pen", "mouse"])
def test_reports_that_arrive_in_bursts_all_count(device: str, paper: Paper) -> None:
    paper.toolbox.set_brush(size=6, hardness=1.0)
    told = reports(ZIGZAG, 0.9, 1000, whole_pixels=device == "mouse")
    stroke = RecordedStroke(told, device="pen" if device == "pen" else "mouse")
    steady = painted(paper, stroke)
    for burst in (16, len(told)):
        np.testing.assert_array_equal(painted(paper, stroke, burst), steady)


def test_what_is_told_twice_counts_once(paper: Paper) -> None:
    paper.toolbox.set_brush(size=6, hardness=1.0, smoothing=1.0)
    told = reports(WAYS["wave"][0], 0.7, 125)
    stuttering = tuple(report for report in told for _ in range(8))
    once = painted(paper, RecordedStroke(told))
    np.testing.assert_array_equal(painted(paper, RecordedStroke(stuttering)), once)


def test_smoothing_is_the_same_to_the_hand_at_every_zoom(qtbot: QtBot) -> None:
    heights = [height_on_screen(zoom) for zoom in (0.5, 1.0, 2.0)]
    assert max(heights) < 95, "the corners of 110 px are evened out"
    assert np.ptp(heights) <= 4


def height_on_screen(zoom: float) -> float:
    """Of a zigzag of 110 px on the screen, drawn with full smoothing."""
    paper = Paper(EXTENT, zoom)
    paper.canvas.resize(900, 700)
    told = reports(zigzag(190 - 80 / zoom, 190 + 80 / zoom, 140, 50 / zoom, 4), 0.5, 250)
    paper.toolbox.set_brush(size=10 / zoom, hardness=1.0, smoothing=1.0)
    rows = np.flatnonzero(painted(paper, RecordedStroke(told)).max(axis=1) > 127)
    paper.close()
    return float((rows[-1] - rows[0] + 1) * zoom)
