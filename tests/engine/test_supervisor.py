from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.edit import EditResult
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.engine.worker_client import Patience
from tests.fakes import Script, edit_request, scripted

ENDINGS = {"finished", "cancelled", "failed"}


class Listener:
    """A supervisor and what it said, in order."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.supervisor = Supervisor(scripted(), Patience(cancel=0.3))
        self.said: list[tuple[str, Any]] = []
        self.values: dict[int, tuple[Any, ...]] = {}
        self.states: list[str] = []
        for name in ("queued", "started", "progressed", "finished", "cancelled", "failed"):
            getattr(self.supervisor, f"job_{name}").connect(self._noting(name))
        self.supervisor.engine_state_changed.connect(self.states.append)

    def _noting(self, name: str) -> Any:
        def note(job: int, *values: Any) -> None:
            if (name, job) not in self.said:
                self.said.append((name, job))
            if name in ENDINGS:
                self.values[job] = values

        return note

    def said_of(self, job: int) -> list[str]:
        return [name for name, about in self.said if about == job]

    def wait_for(self, name: str, job: int) -> None:
        self._qtbot.waitUntil(lambda: (name, job) in self.said, timeout=20_000)

    def wait_for_state(self, state: str) -> None:
        self._qtbot.waitUntil(lambda: self.states[-1:] == [state], timeout=20_000)


@pytest.fixture
def listener(qtbot: QtBot) -> Iterator[Listener]:
    listener = Listener(qtbot)
    yield listener
    assert listener.supervisor.shutdown()
    assert listener.supervisor.isFinished() or not listener.supervisor.isRunning()


def worker_of(listener: Listener) -> psutil.Process:
    (worker,) = [
        child
        for child in psutil.Process().children()
        if "multiprocessing.spawn" in " ".join(child.cmdline())
    ]
    return worker


def test_jobs_run_in_order_and_end_once(listener: Listener):
    supervisor = listener.supervisor
    first = supervisor.submit(edit_request())
    supervisor.start()
    second = supervisor.submit(edit_request(Script.raise_error))
    third = supervisor.submit(edit_request(Script.refuse))
    fourth = supervisor.submit(edit_request(islands=2))
    listener.wait_for("finished", fourth)
    assert listener.said_of(first) == ["queued", "started", "progressed", "finished"]
    assert listener.said_of(second)[-1] == listener.said_of(third)[-1] == "failed"
    endings = [entry for entry in listener.said if entry[0] in ENDINGS]
    assert [job for _name, job in endings] == [first, second, third, fourth]
    (result,) = listener.values[fourth]
    assert isinstance(result, EditResult)
    assert len(result.pieces) == 2
    message, details = listener.values[third]
    assert message == "There is nothing left to copy from."
    assert details == "all avoided"


def test_previews_are_passed_on(listener: Listener):
    shown: list[tuple[int, Any]] = []
    listener.supervisor.job_previewed.connect(lambda job, what: shown.append((job, what)))
    listener.supervisor.start()
    request = edit_request(Script.preview, radii=(3,))
    job = listener.supervisor.submit(request)
    listener.wait_for("finished", job)
    assert shown
    assert {number for number, _what in shown} == {job}
    context, image = shown[-1][1]
    assert context == request.pieces[0].context
    assert image.dtype == "uint8"


def test_worker_is_up_before_the_first_job(listener: Listener):
    listener.supervisor.start()
    listener.wait_for_state("ready")
    assert listener.states == ["starting", "ready"]


def test_cancel_of_a_waiting_job_never_reaches_the_worker(listener: Listener):
    supervisor = listener.supervisor
    supervisor.start()
    running = supervisor.submit(edit_request(Script.steps))
    waiting = supervisor.submit(edit_request())
    listener.wait_for("progressed", running)
    supervisor.cancel(waiting)
    assert listener.said_of(waiting) == ["queued", "cancelled"]
    supervisor.cancel(running)
    listener.wait_for("cancelled", running)
    after = supervisor.submit(edit_request())
    listener.wait_for("finished", after)
    assert listener.said_of(waiting) == ["queued", "cancelled"]


def test_cancel_all_and_cancel_of_what_is_over(listener: Listener):
    supervisor = listener.supervisor
    supervisor.start()
    jobs = [supervisor.submit(edit_request(Script.deaf)) for _ in range(3)]
    listener.wait_for("started", jobs[0])
    supervisor.cancel_all()
    for job in jobs:
        listener.wait_for("cancelled", job)
        supervisor.cancel(job)
    supervisor.cancel(999)
    after = supervisor.submit(edit_request())
    listener.wait_for("finished", after)
    assert len([entry for entry in listener.said if entry[0] == "cancelled"]) == 3


def test_crash_fails_its_job_only(listener: Listener):
    supervisor = listener.supervisor
    supervisor.start()
    crashing = supervisor.submit(edit_request(Script.abort))
    after = supervisor.submit(edit_request())
    listener.wait_for("finished", after)
    assert listener.said_of(crashing)[-1] == "failed"
    assert "Your picture is unchanged" in listener.values[crashing][0]
    assert "restarting" in listener.states


def test_worker_that_dies_between_jobs_is_replaced_quietly(listener: Listener):
    listener.supervisor.start()
    listener.wait_for_state("ready")
    worker_of(listener).kill()
    listener.wait_for_state("restarting")
    listener.wait_for_state("ready")
    job = listener.supervisor.submit(edit_request())
    listener.wait_for("finished", job)
    assert not [entry for entry in listener.said if entry[0] == "failed"]


def test_shutdown_during_a_job(listener: Listener, qtbot: QtBot):
    supervisor = listener.supervisor
    supervisor.start()
    running = supervisor.submit(edit_request(Script.deaf))
    waiting = supervisor.submit(edit_request())
    listener.wait_for("progressed", running)
    worker = worker_of(listener)
    assert supervisor.shutdown()
    assert supervisor.isFinished()
    assert not worker.is_running()
    late = supervisor.submit(edit_request())
    for job in (running, waiting, late):
        listener.wait_for("cancelled", job)
    listener.wait_for_state("stopped")
    assert supervisor.shutdown()


def test_shutdown_before_the_worker_is_up(listener: Listener):
    listener.supervisor.start()
    job = listener.supervisor.submit(edit_request())
    assert listener.supervisor.shutdown()
    listener.wait_for("cancelled", job)


def test_shutdown_of_a_thread_that_never_ran(listener: Listener):
    job = listener.supervisor.submit(edit_request())
    assert listener.supervisor.shutdown()
    assert listener.said_of(job) == ["queued", "cancelled"]
