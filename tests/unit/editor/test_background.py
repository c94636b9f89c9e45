"""Background work: outcomes, cancel, and what happens when its owner goes first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from inpaint_studio.editor import background
from inpaint_studio.editor.background import BackgroundTask, stop_all
from inpaint_studio.errors import FileProblemError, JobCancelledError
from tests.fakes import until

Report = Callable[[float], None]
IsCancelled = Callable[[], bool]


@pytest.fixture(autouse=True)
def nothing_left(qtbot: QtBot) -> Iterator[None]:
    yield
    stop_all()
    qtbot.waitUntil(lambda: not background._running)


def work_until_cancelled(_report: Report, is_cancelled: IsCancelled) -> None:
    until(is_cancelled, 10)
    raise JobCancelledError


def test_a_result_arrives_on_the_thread_that_asked(qtbot: QtBot) -> None:
    told: list[object] = []

    class Receiver(QObject):
        def on_finished(self, result: object) -> None:
            told.append((result, threading.current_thread()))

    receiver = Receiver()
    task = BackgroundTask(lambda _r, _c: threading.current_thread())
    task.finished.connect(receiver.on_finished)
    with qtbot.waitSignal(task.finished):
        task.start()
    [(worked_on, told_on)] = told  # pyright: ignore[reportGeneralTypeIssues]
    assert told_on is threading.main_thread()
    assert worked_on is not told_on


def test_progress_is_told_in_steps_worth_telling(qtbot: QtBot) -> None:
    def work(report: Report, _is_cancelled: IsCancelled) -> None:
        for step in range(10_001):
            report(step / 10_000)

    told: list[float] = []
    task = BackgroundTask(work)
    task.progressed.connect(told.append)
    with qtbot.waitSignal(task.finished):
        task.start()
    assert told == sorted(told)
    assert 90 <= len(told) <= 101


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (FileProblemError("a.png", "it is damaged."), "a.png: it is damaged."),
        (MemoryError(), "There is not enough memory for this."),
        (ZeroDivisionError("x"), "Something unexpected went wrong."),
    ],
)
def test_errors_come_in_plain_words(qtbot: QtBot, error: Exception, message: str) -> None:
    def work(_report: Report, _is_cancelled: IsCancelled) -> None:
        raise error

    task = BackgroundTask(work)
    with qtbot.waitSignal(task.failed) as failed:
        task.start()
    assert failed.args is not None
    assert str(failed.args[0]) == message


def test_cancel_ends_the_work(qtbot: QtBot) -> None:
    task = BackgroundTask(work_until_cancelled)
    task.start()
    with qtbot.waitSignal(task.cancelled):
        task.cancel()


def test_what_is_cancelled_before_its_turn_never_begins(qtbot: QtBot) -> None:
    begun: list[bool] = []
    task = BackgroundTask(lambda _r, _c: begun.append(True))
    task.cancel()
    with qtbot.waitSignal(task.cancelled):
        task.start()
    assert not begun


def test_a_task_that_nobody_holds_still_reports(qtbot: QtBot) -> None:
    told: list[Any] = []
    task = BackgroundTask(lambda _r, _c: 7)
    task.finished.connect(told.append)
    task.start()
    del task
    qtbot.waitUntil(lambda: told == [7])


def test_destroying_the_owner_cancels_and_nothing_is_told(qtbot: QtBot) -> None:
    told: list[str] = []

    class Owner(QObject):
        def on_cancelled(self) -> None:
            told.append("cancelled")

    owner = Owner()
    task = BackgroundTask(work_until_cancelled, owner)
    task.cancelled.connect(owner.on_cancelled)
    task.start()
    owner.deleteLater()
    qtbot.waitUntil(lambda: not background._running)
    assert task.wait(1)
    assert told == []


def test_stop_all_waits_for_every_thread() -> None:
    tasks = [BackgroundTask(work_until_cancelled) for _ in range(3)]
    for task in tasks:
        task.start()
    assert stop_all(5)
    assert all(task.wait(0) for task in tasks)


def test_stop_all_says_when_something_will_not_stop(qtbot: QtBot) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(_report: Report, _is_cancelled: IsCancelled) -> None:
        begun.set()
        go_on.wait(10)

    task = BackgroundTask(work)
    task.start()
    assert begun.wait(10)
    assert not stop_all(0.05)
    with qtbot.waitSignal(task.finished):
        go_on.set()
