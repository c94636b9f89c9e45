"""What the canvas does with fingers on a touch screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QInputDevice, QPointingDevice
from PySide6.QtTest import QTest

from inpaint_studio.geometry import Point
from tests.documents import noise_document
from tests.gui.canvas.bench import Bench

KIND = QInputDevice.DeviceType


@pytest.fixture
def screen() -> QPointingDevice:
    return QTest.createTouchDevice(KIND.TouchScreen)


@pytest.fixture(autouse=True)
def large_picture(bench: Bench) -> None:
    bench.open(noise_document(2000, 1500))


class Fingers:
    """Fingers that go down, move and go up one report after the other."""

    def __init__(self, bench: Bench, device: QPointingDevice) -> None:
        self._canvas, self._device = bench.canvas, device
        self._down: set[int] = set()

    def at(self, **places: tuple[int, int]) -> None:
        """Fingers a, b, c at these places; those not named go up or stay up."""
        touch = QTest.touchEvent(self._canvas, self._device)
        now = {ord(name) - ord("a"): QPoint(*place) for name, place in places.items()}
        for finger, place in now.items():
            if finger in self._down:
                touch.move(finger, place, self._canvas)
            else:
                touch.press(finger, place, self._canvas)
        for finger in self._down - now.keys():
            touch.release(finger, QPoint(), self._canvas)
        touch.commit()
        self._down = set(now)


@pytest.fixture
def fingers(bench: Bench, screen: QPointingDevice) -> Iterator[Fingers]:
    fingers = Fingers(bench, screen)
    yield fingers
    fingers.at()


def origin(bench: Bench) -> Point:
    return bench.canvas.to_document(Point(0, 0))


def test_one_finger_moves_the_picture_and_paints_nothing(bench: Bench, fingers: Fingers) -> None:
    start = origin(bench)
    fingers.at(a=(200, 150))
    fingers.at(a=(215, 140))
    fingers.at(a=(230, 145))
    assert origin(bench) == start.translated(-30, 5)
    fingers.at()
    assert not bench.mask().any()
    assert not bench.canvas.is_drawing
    assert bench.session.history.labels == []


def test_two_fingers_pinch_and_hold_what_is_under_them(bench: Bench, fingers: Fingers) -> None:
    left = bench.canvas.to_document(Point(150, 150))
    right = bench.canvas.to_document(Point(250, 150))
    fingers.at(a=(150, 150), b=(250, 150))
    fingers.at(a=(120, 140), b=(300, 140))
    assert bench.canvas.zoom == pytest.approx(1.8)
    assert bench.canvas.to_document(Point(120, 140)).distance_to(left) < 1
    assert bench.canvas.to_document(Point(300, 140)).distance_to(right) < 1


def test_a_second_finger_makes_no_jump(bench: Bench, fingers: Fingers) -> None:
    fingers.at(a=(100, 100))
    before = origin(bench)
    fingers.at(a=(100, 100), b=(300, 200))
    assert origin(bench) == before
    fingers.at(b=(300, 200))
    assert origin(bench) == before
    fingers.at(b=(310, 200))
    assert origin(bench) == before.translated(-10, 0)


def test_two_fingers_turn_only_after_some_play(bench: Bench, fingers: Fingers) -> None:
    fingers.at(a=(100, 150), b=(300, 150))
    fingers.at(a=(100, 145), b=(300, 155))
    upright = bench.canvas.to_document(Point(1, 0)).y - origin(bench).y
    assert upright == 0
    for lift in (20, 40, 60, 80):
        fingers.at(a=(100, 150 - lift), b=(300, 150 + lift))
    assert bench.canvas.to_document(Point(100, 0)).y != origin(bench).y


def test_a_resting_hand_moves_nothing_while_drawing(bench: Bench, fingers: Fingers) -> None:
    middle = bench.canvas.to_document(Point(200, 150))
    bench.press(middle.x, middle.y)
    before = origin(bench)
    fingers.at(a=(300, 280))
    fingers.at(a=(320, 290))
    assert origin(bench) == before
    assert bench.canvas.is_drawing
    bench.release(middle.x, middle.y)


def test_a_touchpads_fingers_are_not_a_screens(bench: Bench) -> None:
    pad = Fingers(bench, QTest.createTouchDevice(KIND.TouchPad))
    before = origin(bench)
    pad.at(a=(200, 150))
    pad.at(a=(240, 150))
    assert origin(bench) == before
    pad.at()


def test_without_a_picture_fingers_do_nothing(bench: Bench, fingers: Fingers) -> None:
    bench.session.open(None)
    fingers.at(a=(200, 150))
    fingers.at(a=(240, 150))
    assert not bench.canvas.is_drawing
