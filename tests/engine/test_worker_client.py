from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path

import numpy as np
import psutil
import pytest

from inpaint_studio.core.edit import DiffusionOptions, EditRequest, EditResult
from inpaint_studio.engine import worker_client
from inpaint_studio.engine.backend import BackendsFactory
from inpaint_studio.engine.edit_runner import run_edit
from inpaint_studio.engine.worker_client import EngineState, Patience, WorkerClient
from inpaint_studio.errors import EditRefusedError, EngineError, JobCancelledError
from inpaint_studio.geometry import Bounds
from tests.fakes import (
    Script,
    ScriptedBackend,
    TrapFactory,
    broken_factory,
    edit_request,
    fatal_factory,
    scripted,
    until,
)

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


class Harness:
    """A client with its states, and a way to act while a job runs."""

    def __init__(self, factory: BackendsFactory | None = None, **patience: float) -> None:
        self.states: list[EngineState] = []
        self.client = WorkerClient(
            factory or scripted(), self.states.append, Patience(**{"cancel": 0.3, **patience})
        )
        self.progress: list[tuple[float, str]] = []
        self.previews: list[tuple[Bounds, np.ndarray]] = []
        self._job = 0

    @property
    def worker(self) -> psutil.Process:
        assert self.client.pid is not None
        return psutil.Process(self.client.pid)

    def run(
        self,
        request: EditRequest,
        is_cancelled: Callable[[], bool] = lambda: False,
        on_progress: Callable[[float, str], None] | None = None,
    ) -> EditResult:
        def note(fraction: float, text: str) -> None:
            self.progress.append((fraction, text))

        self._job += 1
        self.progress.clear()
        return self.client.run(
            self._job,
            request,
            on_progress or note,
            is_cancelled,
            lambda context, image: self.previews.append((context, image)),
        )

    def in_job(self) -> bool:
        """Whether something was heard of the job."""
        return bool(self.progress)

    def in_deed(self) -> bool:
        """Whether the backend is in the middle of what its script says."""
        return self.in_job() and self.progress[-1][0] >= 0.4

    def die(self) -> None:
        """kill -9, as somebody else would do it."""
        worker = self.worker
        worker.kill()
        # A zombie's other threads may still be ending; it is dead when it can be waited for.
        gone = os.WEXITED | os.WNOHANG | os.WNOWAIT
        assert until(lambda: os.waitid(os.P_PID, worker.pid, gone) is not None, 5)

    def assert_works(self) -> None:
        result = self.run(edit_request())
        assert result.model.backend == "scripted"
        assert self.states[-1] is EngineState.ready


@pytest.fixture
def harness() -> Iterator[Harness]:
    harness = Harness()
    yield harness
    harness.client.close()
    assert harness.states[-1:] in ([EngineState.stopped], [])


def assert_same(result: EditResult, expected: EditResult) -> None:
    assert (result.params, result.model) == (expected.params, expected.model)
    for piece, other in zip(result.pieces, expected.pieces, strict=True):
        assert (piece.context, piece.reports) == (other.context, other.reports)
        for name in ("mask", "denoise_mask", "alpha"):
            np.testing.assert_array_equal(getattr(piece, name), getattr(other, name))
        for candidate, same in zip(piece.candidates, other.candidates, strict=True):
            np.testing.assert_array_equal(candidate, same)


def test_results_are_those_of_this_process(harness: Harness):
    for request in (edit_request(islands=2), edit_request(size=150, radii=(3, 5, 7))):
        expected = run_edit(request, ScriptedBackend(), lambda *_: None, lambda: False)
        assert_same(harness.run(request), expected)
        fractions = [fraction for fraction, _text in harness.progress]
        assert fractions == sorted(fractions)
        assert 0.0 <= fractions[0] <= fractions[-1] <= 1.0
    ready, busy = EngineState.ready, EngineState.busy
    assert harness.states == [EngineState.starting, ready, busy, ready, busy, ready]


def test_a_worker_that_lost_its_driver_is_replaced(harness: Harness):
    harness.run(edit_request())
    lost = harness.worker.pid
    with pytest.raises(EngineError, match="driver is lost"):
        harness.run(edit_request(Script.lose_driver))
    harness.run(edit_request())
    assert harness.worker.pid != lost
    assert not psutil.pid_exists(lost)


def with_model(request: EditRequest) -> EditRequest:
    return replace(request, params=replace(request.params, options=DiffusionOptions(Path("m"))))


def test_previews_arrive_a_few_times_a_second_and_whole(harness: Harness):
    request = edit_request(Script.preview, radii=(3,))
    harness.run(request)
    # 12 steps in 0.6 s or more; a slow machine shows more of them.
    assert 1 <= len(harness.previews) < 12
    (piece,) = request.pieces
    greys = []
    for context, image in harness.previews:
        assert context == piece.context
        assert image.shape == piece.image.shape
        assert (image[piece.mask == 0] == piece.image[piece.mask == 0]).mean() > 0.9
        (grey,) = np.unique(image[piece.mask > 0])
        greys.append(int(grey))
    assert greys == sorted(set(greys))


def test_the_report_of_a_run_comes_back(harness: Harness):
    result = harness.run(edit_request(islands=2))
    assert [(size.width, size.scale) for size in result.run.sizes] == [(64, 1.0), (65, 1.0)]
    assert result.run.seconds.generate > 0
    assert result.run.notices == ()


def test_loading_is_told_and_comes_first():
    harness = Harness(scripted(load_steps=3))
    try:
        result = harness.run(with_model(edit_request()))
        words = [text for _fraction, text in harness.progress]
        fractions = [fraction for fraction, _text in harness.progress]
        assert words[0] == "Loading Scripted"
        assert words[-1] == "Done"
        assert fractions == sorted(fractions)
        assert result.run.seconds.load >= 0.3
        again = harness.run(with_model(edit_request()))
        assert "Loading Scripted" not in [text for _fraction, text in harness.progress]
        assert again.run.seconds.load < 0.3
    finally:
        harness.client.close()


def test_loading_can_be_cancelled_and_the_worker_stays():
    harness = Harness(scripted(load_steps=300))
    try:
        harness.assert_works()
        pid = harness.client.pid
        with pytest.raises(JobCancelledError):
            harness.run(with_model(edit_request()), harness.in_job)
        harness.assert_works()
        assert harness.client.pid == pid
    finally:
        harness.client.close()


def test_failed_jobs_keep_their_words_and_the_worker(harness: Harness):
    harness.assert_works()
    pid = harness.client.pid
    with pytest.raises(EngineError, match="could not finish") as broken:
        harness.run(edit_request(Script.raise_error))
    assert "a bug in a library" in broken.value.details
    with pytest.raises(EngineError, match="not enough memory"):
        harness.run(edit_request(Script.memory_error))
    with pytest.raises(EngineError, match="could not finish"):
        harness.run(edit_request(Script.wrong_size))
    with pytest.raises(EditRefusedError, match="nothing left to copy from") as refused:
        harness.run(edit_request(Script.refuse))
    assert refused.value.details == "all avoided"
    harness.assert_works()
    assert harness.client.pid == pid


def test_worker_imports_no_qt(harness: Harness):
    with pytest.raises(EditRefusedError) as told:
        harness.run(edit_request(Script.tell_modules))
    modules = told.value.details.split()
    assert "numpy" in modules
    assert not {"PySide6", "shiboken6", "qasync", "torch"}.intersection(modules)


@posix_only
def test_crash_tells_its_stack_and_the_next_job_works(harness: Harness):
    with pytest.raises(EngineError, match="stopped unexpectedly") as crash:
        harness.run(edit_request(Script.segfault))
    assert "SIGSEGV" in crash.value.details
    assert "fakes.py" in crash.value.details
    with pytest.raises(EngineError, match="stopped unexpectedly") as crash:
        harness.run(edit_request(Script.abort))
    assert "SIGABRT" in crash.value.details
    harness.assert_works()


def test_kill_during_a_job(harness: Harness):
    def kill_soon() -> bool:
        if harness.in_job():
            harness.worker.kill()
            harness.progress.clear()
        return False

    with pytest.raises(EngineError, match="Your picture is unchanged") as crash:
        harness.run(edit_request(Script.deaf), kill_soon)
    if sys.platform != "win32":
        assert "SIGKILL" in crash.value.details
    harness.assert_works()


@posix_only
def test_kill_between_jobs_goes_unnoticed(harness: Harness):
    harness.assert_works()
    harness.die()
    harness.assert_works()


def test_hang_ends_after_a_silence():
    harness = Harness(silence=2.0)
    try:
        with pytest.raises(EngineError, match="stopped answering"):
            harness.run(edit_request(Script.hold_gil))
        harness.assert_works()
    finally:
        harness.client.close()


def test_long_library_call_is_no_hang():
    harness = Harness(silence=2.0)
    enough = time.monotonic() + 3.5
    try:
        with pytest.raises(JobCancelledError):
            harness.run(edit_request(Script.deaf), lambda: time.monotonic() > enough)
    finally:
        harness.client.close()


def test_cancel_before_the_worker_is_up(harness: Harness):
    harness.client.start()
    pid = harness.client.pid
    asked = iter([False, True])
    with pytest.raises(JobCancelledError):
        harness.run(edit_request(), lambda: next(asked))
    assert EngineState.busy not in harness.states
    harness.assert_works()
    assert harness.client.pid == pid


def test_cancel_between_steps_keeps_the_worker(harness: Harness):
    harness.assert_works()
    pid = harness.client.pid
    with pytest.raises(JobCancelledError):
        harness.run(edit_request(Script.steps), harness.in_job)
    harness.assert_works()
    assert harness.client.pid == pid


def test_cancel_of_a_deaf_library_replaces_the_worker(harness: Harness):
    harness.assert_works()
    pid = harness.client.pid
    with pytest.raises(JobCancelledError):
        harness.run(edit_request(Script.deaf, radii=(3,)), harness.in_deed)
    assert pid is not None
    assert not psutil.pid_exists(pid)
    harness.assert_works()


@posix_only
def test_cancel_of_a_stopped_process(harness: Harness):
    with pytest.raises(JobCancelledError):
        harness.run(edit_request(Script.stop, radii=(3,)), harness.in_deed)
    harness.assert_works()


def test_cancel_wins_over_a_result_that_is_just_ready(harness: Harness):
    def late() -> bool:
        return harness.states[-2:] == [EngineState.busy, EngineState.ready]

    with pytest.raises(JobCancelledError):
        harness.run(edit_request(), late)


def test_interrupted_listener_leaves_no_half_done_job(harness: Harness):
    def interrupt(_fraction: float, _text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harness.run(edit_request(Script.steps), on_progress=interrupt)
    harness.assert_works()


def test_backend_that_cannot_be_made():
    harness = Harness(broken_factory)
    try:
        for _attempt in range(2):
            with pytest.raises(EngineError, match="could not finish") as failure:
                harness.run(edit_request())
            assert "no such library" in failure.value.details
    finally:
        harness.client.close()


def test_worker_that_dies_at_its_start():
    harness = Harness(TrapFactory(os._exit, 3))
    try:
        with pytest.raises(EngineError, match="does not start") as failure:
            harness.run(edit_request())
        assert "exit code 3" in failure.value.details
        assert harness.client.pid is None
    finally:
        harness.client.close()


def test_worker_that_takes_forever_to_start():
    harness = Harness(TrapFactory(time.sleep, 30), start=0.5)
    try:
        with pytest.raises(EngineError, match="does not start"):
            harness.run(edit_request())
    finally:
        harness.client.close()


def test_system_that_starts_no_process(harness: Harness, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_args: object) -> None:
        raise OSError("too many processes")

    with monkeypatch.context() as patch:
        patch.setattr(worker_client, "WorkerProcess", refuse)
        with pytest.raises(EngineError, match="does not start") as failure:
            harness.run(edit_request())
        assert failure.value.details == "too many processes"
    harness.assert_works()


def test_worker_that_keeps_dying_is_left_alone_between_jobs():
    bell, button = Pipe(duplex=False)
    states: list[EngineState] = []

    def note(state: EngineState) -> None:
        states.append(state)
        if state is EngineState.stopped:
            button.send_bytes(b"!")

    client = WorkerClient(fatal_factory, note)
    with bell, button:
        client.rest(bell)
        assert client.pid is None
        with pytest.raises(EngineError, match="stopped unexpectedly"):
            client.run(1, edit_request(), lambda *_: None, lambda: False)
        client.close()
    assert states.count(EngineState.stopped) == 2


@posix_only
def test_ctrl_c_in_the_terminal_does_not_reach_the_job(harness: Harness):
    def interrupt_twice() -> bool:
        if harness.in_job():
            harness.worker.send_signal(signal.SIGINT)
        return len(harness.progress) > 2

    harness.assert_works()
    pid = harness.client.pid
    with pytest.raises(JobCancelledError):
        harness.run(edit_request(Script.steps), interrupt_twice)
    assert harness.client.pid == pid


def test_close_before_and_after_everything():
    client = WorkerClient(scripted())
    client.close()
    client.start()
    client.close()
    client.close()
    assert client.pid is None
