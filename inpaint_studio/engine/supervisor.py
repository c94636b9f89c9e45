"""The thread that runs the engine for the window: a queue of edits in, signals out."""

from __future__ import annotations

import multiprocessing
import threading
import traceback
from collections import deque
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal

from inpaint_studio.core.edit import EditRequest
from inpaint_studio.engine.backend import BackendsFactory
from inpaint_studio.engine.worker import standard_backends
from inpaint_studio.engine.worker_client import (
    DEFAULT_PATIENCE,
    EngineState,
    Patience,
    WorkerClient,
)
from inpaint_studio.errors import InpaintStudioError, JobCancelledError
from inpaint_studio.geometry import Bounds

SHUTDOWN_MILLISECONDS = 3000

BROKEN = "The engine could not finish this edit. Your picture is unchanged."


class Supervisor(QThread):
    """Runs edits one after the other in the worker process.

    Every job that was queued ends with exactly one of `job_finished`, `job_cancelled` and
    `job_failed`. `submit`, `cancel`, `cancel_all` may be called from any thread and return at once.
    """

    job_queued = Signal(int)
    job_started = Signal(int)
    job_progressed = Signal(int, float, str)
    """Job, fraction 0..1, what is being done."""
    job_previewed = Signal(int, object)
    """Job, (Bounds of the document it shows, uint8 HxWx3 of a smaller size): what the result looks
    like so far. A few times a second at most."""
    job_finished = Signal(int, object)
    """Job, EditResult."""
    job_cancelled = Signal(int)
    job_failed = Signal(int, str, str)
    """Job, message in the user's words, details for unfolding (may be empty)."""
    engine_state_changed = Signal(str)
    """One of the values of EngineState."""

    def __init__(
        self,
        backends_factory: BackendsFactory = standard_backends,
        patience: Patience = DEFAULT_PATIENCE,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._backends_factory = backends_factory
        self._patience = patience
        self._lock = threading.Lock()
        self._waiting: deque[tuple[int, EditRequest]] = deque()
        self._last_job = 0
        self._running_job: int | None = None
        self._is_cancel_asked = False
        self._is_stopping = False
        self._bell, self._bell_button = multiprocessing.Pipe(duplex=False)
        self._is_ringing = False

    def submit(self, request: EditRequest) -> int:
        """Queue the edit and return its job number. Nobody may write to its arrays any more.

        After `shutdown` it is cancelled at once.
        """
        with self._lock:
            self._last_job += 1
            job = self._last_job
            self._waiting.append((job, request))
            self._ring()
        self.job_queued.emit(job)
        if self._is_stopping:
            self.cancel(job)
        return job

    def cancel(self, job: int) -> None:
        """Take the job back; one that is just ending may still come to its `job_finished`."""
        with self._lock:
            was_waiting = self._take_out(job)
            if job == self._running_job:
                self._is_cancel_asked = True
        if was_waiting:
            self.job_cancelled.emit(job)

    def cancel_all(self) -> None:
        """Take back the running job and all that wait."""
        with self._lock:
            jobs = [job for job, _request in self._waiting]
            if self._running_job is not None:
                jobs.append(self._running_job)
        for job in jobs:
            self.cancel(job)

    def shutdown(self) -> bool:
        """Cancel everything and end the worker and this thread, for good.

        Blocks until they are gone, about a second at worst. False: the thread did not end.
        """
        with self._lock:
            self._is_stopping = True
            self._ring()
        self.cancel_all()
        return self.wait(SHUTDOWN_MILLISECONDS)

    def run(self) -> None:
        """The thread's body; Qt calls it."""
        client = WorkerClient(self._backends_factory, self._tell_state, self._patience)
        try:
            while not self._is_stopping:
                self._run_next(client)
        finally:
            client.close()

    def _run_next(self, client: WorkerClient) -> None:
        """Do the job whose turn it is; wait for the bell if there is none."""
        with self._lock:
            if self._waiting:
                self._running_job, request = self._waiting.popleft()
                self._is_cancel_asked = False
            else:
                request = None
        if request is None:
            client.rest(self._bell)
            self._silence_bell()
        else:
            self._run_job(client, request)

    def _run_job(self, client: WorkerClient, request: EditRequest) -> None:
        job = self._running_job
        assert job is not None
        self.job_started.emit(job)

        def show(context: Bounds, image: np.ndarray) -> None:
            self.job_previewed.emit(job, (context, image))

        try:
            progress = partial(self.job_progressed.emit, job)
            result = client.run(job, request, progress, self._ask, show)
        except JobCancelledError:
            report = partial(self.job_cancelled.emit, job)
        except InpaintStudioError as error:
            report = partial(self.job_failed.emit, job, str(error), error.details)
        except Exception:
            report = partial(self.job_failed.emit, job, BROKEN, traceback.format_exc())
        else:
            report = partial(self.job_finished.emit, job, result)
        with self._lock:
            self._running_job = None
        report()

    def _ask(self) -> bool:
        return self._is_cancel_asked or self._is_stopping

    def _take_out(self, job: int) -> bool:
        """Remove the job from the queue, under the lock. Whether it was there."""
        before = len(self._waiting)
        self._waiting = deque(entry for entry in self._waiting if entry[0] != job)
        return len(self._waiting) < before

    def _ring(self) -> None:
        """Wake the thread, under the lock. One ring is enough, so the pipe never fills."""
        if not self._is_ringing:
            self._is_ringing = True
            self._bell_button.send_bytes(b"!")

    def _silence_bell(self) -> None:
        with self._lock:
            if self._is_ringing:
                self._bell.recv_bytes()
                self._is_ringing = False

    def _tell_state(self, state: EngineState) -> None:
        self.engine_state_changed.emit(state.value)
