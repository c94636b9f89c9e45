"""The worker process: takes edits one at a time, computes them, answers with exactly one outcome.

It starts fast and lives apart from the window: what crashes, hangs or fills the memory here can be
killed without harm to a document.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from inpaint_studio.core.edit import EditRequest, EditResult
from inpaint_studio.engine.backend import Backend, BackendFactory
from inpaint_studio.engine.protocol import (
    Cancelled,
    Failed,
    Finished,
    FromWorker,
    Heartbeat,
    Progress,
    Quit,
    Ready,
    RunEdit,
)
from inpaint_studio.engine.shared_image import attached, pack_result, unpack_request
from inpaint_studio.errors import EditRefusedError, InpaintStudioError, JobCancelledError

NICENESS = 5
HEARTBEAT_SECONDS = 1.0
PROGRESS_SECONDS = 0.05
DETAILS_LIMIT = 8000
"""Characters of a traceback that are sent: one message stays one write to the pipe."""


class CancelLatch(Protocol):
    """A number in shared memory: the job whose cancel was asked for."""

    value: int


def make_patch_fill() -> Backend:
    """The default backend factory."""
    from inpaint_studio.engine.backends.patch_fill import PatchFillBackend

    return PatchFillBackend()


def worker_main(
    conn: Connection, cancel_latch: CancelLatch, backend_factory: BackendFactory, crash_log: str
) -> None:
    """Run the worker until Quit or until the other side is gone.

    `crash_log`: path of the file that gets the Python stacks if a library crashes the process.
    """
    # Ctrl+C in a terminal reaches the whole process group; the editor decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with Path(crash_log).open("w", encoding="utf-8") as log:
        faulthandler.enable(log)
        try:
            _Worker(conn, cancel_latch, backend_factory).serve()
        finally:
            faulthandler.disable()


class _Worker:
    """One connection, one backend, one job at a time."""

    def __init__(
        self, conn: Connection, cancel_latch: CancelLatch, backend_factory: BackendFactory
    ) -> None:
        self._conn = conn
        self._cancel_latch = cancel_latch
        self._backend_factory = backend_factory
        self._backend: Backend | None = None
        self._sending = threading.Lock()

    def serve(self) -> None:
        """Answer edits until there is nobody to answer."""
        self._send(Ready(os.getpid()))
        self._warm_up()
        while (message := self._receive()) is not None:
            with self._beating():
                outcome = self._outcome_of(message)
            self._send(outcome)

    def _warm_up(self) -> None:
        # The first job tries again what fails here, and has somebody to tell.
        with self._beating(), suppress(Exception):
            import inpaint_studio.engine.edit_runner  # noqa: F401

            self._ready_backend()

    def _ready_backend(self) -> Backend:
        if self._backend is None:
            self._backend = self._backend_factory()
        return self._backend

    def _receive(self) -> RunEdit | None:
        """The next edit; None for Quit and for a lost connection."""
        try:
            message = self._conn.recv()
        except (EOFError, OSError):
            return None
        return None if isinstance(message, Quit) else message

    def _send(self, message: FromWorker) -> None:
        try:
            with self._sending:
                self._conn.send(message)
        except OSError:
            # The editor is gone. A library may be computing in another thread: leave at once.
            os._exit(1)

    @contextmanager
    def _beating(self) -> Iterator[None]:
        done = threading.Event()

        def beat() -> None:
            while not done.wait(HEARTBEAT_SECONDS):
                self._send(Heartbeat())

        thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _outcome_of(self, message: RunEdit) -> Finished | Cancelled | Failed:
        job = message.job
        try:
            return self._edit(message)
        except JobCancelledError:
            return Cancelled(job)
        except EditRefusedError as error:
            return Failed(job, str(error), error.details, is_refusal=True)
        except InpaintStudioError as error:
            return Failed(job, str(error), error.details or _stack())
        except MemoryError:
            text = "There was not enough memory for this edit. Close other programs or mask less."
            return Failed(job, text, _stack())
        except Exception:
            text = "The engine could not finish this edit. Your picture is unchanged."
            return Failed(job, text, _stack())

    def _edit(self, message: RunEdit) -> Finished:
        from inpaint_studio.engine.edit_runner import run_edit

        def is_cancelled() -> bool:
            return self._cancel_latch.value == message.job

        if is_cancelled():
            raise JobCancelledError
        with attached(message.request_block) as memory:
            request = EditRequest(message.params, unpack_request(message.pieces, memory))
        progress = _progress_sender(message.job, self._send)
        result = run_edit(request, self._ready_backend(), progress, is_cancelled)
        return _hand_over(message, result)


def _hand_over(message: RunEdit, result: EditResult) -> Finished:
    with attached(message.result_block) as memory:
        refs = pack_result(result.pieces, memory)
    return Finished(message.job, result.params, result.model, refs, result.seconds)


def _progress_sender(job: int, send: Callable[[FromWorker], None]) -> Callable[[float, str], None]:
    """Passes progress on, at most every `PROGRESS_SECONDS` unless the words change."""
    last_time, last_text = -1.0, ""

    def report(fraction: float, text: str) -> None:
        nonlocal last_time, last_text
        now = time.monotonic()
        if text != last_text or now - last_time >= PROGRESS_SECONDS:
            last_time, last_text = now, text
            send(Progress(job, fraction, text))

    return report


def _stack() -> str:
    return traceback.format_exc()[-DETAILS_LIMIT:]
