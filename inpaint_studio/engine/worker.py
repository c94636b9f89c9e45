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
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

import numpy as np

from inpaint_studio.core.edit import EditParams, EditRequest, EditResult
from inpaint_studio.engine.backend import Backend, Backends, BackendsFactory
from inpaint_studio.engine.protocol import (
    Cancelled,
    Failed,
    Finished,
    FromWorker,
    Heartbeat,
    Preview,
    Progress,
    Quit,
    Ready,
    RunEdit,
)
from inpaint_studio.engine.shared_image import (
    attached,
    pack_result,
    put_preview,
    unpack_request,
)
from inpaint_studio.errors import (
    EditRefusedError,
    EngineError,
    InpaintStudioError,
    JobCancelledError,
)
from inpaint_studio.geometry import Bounds

NICENESS = 5
HEARTBEAT_SECONDS = 1.0
PROGRESS_SECONDS = 0.05
LOAD_SHARE = 0.3
"""How much of the progress bar loading a model takes, when one is loaded."""
DETAILS_LIMIT = 8000
"""Characters of a traceback that are sent: one message stays one write to the pipe."""


class CancelLatch(Protocol):
    """A number in shared memory: the job whose cancel was asked for."""

    value: int


def standard_backends() -> Backends:
    """The default factory: everything that ships."""
    from inpaint_studio.engine.backends.backends import StandardBackends

    return StandardBackends()


def worker_main(
    conn: Connection, cancel_latch: CancelLatch, backends_factory: BackendsFactory, crash_log: str
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
            _Worker(conn, cancel_latch, backends_factory).serve()
        finally:
            faulthandler.disable()


class _Worker:
    """One connection, one set of backends, one job at a time."""

    def __init__(
        self, conn: Connection, cancel_latch: CancelLatch, backends_factory: BackendsFactory
    ) -> None:
        self._conn = conn
        self._cancel_latch = cancel_latch
        self._backends_factory = backends_factory
        self._backends: Backends | None = None
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

            self._ready_backends().backend_for(EditParams(), lambda _fraction, _text: None)

    def _ready_backends(self) -> Backends:
        if self._backends is None:
            self._backends = self._backends_factory()
        return self._backends

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
        except EngineError as error:
            details, fresh = error.details or _stack(), error.needs_fresh_worker
            return Failed(job, str(error), details, needs_fresh_worker=fresh)
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

        talk = _JobTalk(message, self._send, self._cancel_latch)
        talk.check()
        with attached(message.request_block) as memory:
            request = EditRequest(message.params, unpack_request(message.pieces, memory))
        backend, seconds = self._backend_for(message.params, talk)
        result = run_edit(request, backend, talk.progress, talk.is_cancelled, talk.preview)
        return _hand_over(message, _with_load_time(result, seconds))

    def _backend_for(self, params: EditParams, talk: _JobTalk) -> tuple[Backend, float]:
        """The backend, and the seconds it took to load."""
        started = time.perf_counter()
        backend = self._ready_backends().backend_for(params, talk.load)
        talk.check()
        return backend, time.perf_counter() - started


class _JobTalk:
    """What a job says on its way, and whether it shall stop."""

    def __init__(
        self, message: RunEdit, send: Callable[[FromWorker], None], cancel_latch: CancelLatch
    ) -> None:
        self._message = message
        self._send = send
        self._cancel_latch = cancel_latch
        self._last_time, self._last_text = -1.0, ""
        self._previews = 0
        self._start = 0.0

    def is_cancelled(self) -> bool:
        """Whether the cancel of this job was asked for."""
        return self._cancel_latch.value == self._message.job

    def check(self) -> None:
        """Raises JobCancelledError if so."""
        if self.is_cancelled():
            raise JobCancelledError

    def load(self, fraction: float, text: str) -> None:
        """Progress of loading the model: the first part of the job's. Raises JobCancelledError."""
        self.check()
        self._start = LOAD_SHARE
        self._tell(min(fraction, 1.0) * LOAD_SHARE, text)

    def progress(self, fraction: float, text: str) -> None:
        """Progress of the edit itself."""
        self._tell(self._start + fraction * (1 - self._start), text)

    def preview(self, context: Bounds, image: np.ndarray) -> None:
        """Show what the edit looks like so far."""
        with attached(self._message.preview_block) as memory:
            ref = put_preview(image, memory, self._previews)
        self._previews += 1
        self._send(Preview(self._message.job, context, ref))

    def _tell(self, fraction: float, text: str) -> None:
        """Passed on at most every `PROGRESS_SECONDS` unless the words change."""
        now = time.monotonic()
        if text != self._last_text or now - self._last_time >= PROGRESS_SECONDS:
            self._last_time, self._last_text = now, text
            self._send(Progress(self._message.job, fraction, text))


def _with_load_time(result: EditResult, seconds: float) -> EditResult:
    run = replace(result.run, seconds=replace(result.run.seconds, load=seconds))
    return replace(result, run=run, seconds=result.seconds + seconds)


def _hand_over(message: RunEdit, result: EditResult) -> Finished:
    with attached(message.result_block) as memory:
        refs = pack_result(result.pieces, memory)
    return Finished(message.job, result.params, result.model, refs, result.seconds, result.run)


def _stack() -> str:
    return traceback.format_exc()[-DETAILS_LIMIT:]
