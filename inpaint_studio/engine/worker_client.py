"""The editor's side of the worker process: hands it edits, keeps it alive, replaces it.

No Qt here: the supervisor's thread and the command line use it alike. One thread at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection, wait

import numpy as np

from inpaint_studio.core.edit import EditRequest, EditResult
from inpaint_studio.engine.backend import BackendsFactory
from inpaint_studio.engine.protocol import (
    Cancelled,
    Failed,
    Finished,
    FromWorker,
    Preview,
    Progress,
    Ready,
    RunEdit,
)
from inpaint_studio.engine.shared_image import (
    PREVIEW_BLOCK,
    ImageBlock,
    pack_request,
    read_array,
    request_size,
    result_size,
    unpack_result,
)
from inpaint_studio.engine.worker import standard_backends
from inpaint_studio.engine.worker_process import SPAWN, WorkerGoneError, WorkerProcess
from inpaint_studio.errors import EditRefusedError, EngineError, JobCancelledError
from inpaint_studio.geometry import Bounds

POLL_SECONDS = 0.03
MAX_FAILED_STARTS = 3

STOPPED = "The engine stopped unexpectedly. Your picture is unchanged; try again."
SILENT = "The engine stopped answering and was started anew. Your picture is unchanged."
NO_START = "The engine does not start. Your picture is unchanged; try again."


class EngineState(StrEnum):
    """What the engine is doing."""

    starting = "starting"
    ready = "ready"
    busy = "busy"
    restarting = "restarting"
    stopped = "stopped"


@dataclass(frozen=True)
class Patience:
    """How long to wait for the worker, in seconds, before it is replaced.

    `cancel`: for a cancel to be obeyed; `silence`: for any sign of life during a job; `start`: for
    the worker to be ready.
    """

    cancel: float = 0.7
    silence: float = 20.0
    start: float = 60.0


DEFAULT_PATIENCE = Patience()

OnProgress = Callable[[float, str], None]
"""(fraction 0..1, what is being done in the user's words)."""
OnPreview = Callable[[Bounds, np.ndarray], None]
"""(the part of the document it shows, uint8 HxWx3 of a smaller size)."""


@dataclass(frozen=True)
class _Ears:
    """Who hears what a job says, and whether it shall go on."""

    on_progress: OnProgress
    on_preview: OnPreview
    is_cancelled: Callable[[], bool]


class WorkerClient:
    """Owns the worker process and the shared memory. `close()` it in the end.

    `on_state` hears every change of `EngineState`.
    """

    def __init__(
        self,
        backends_factory: BackendsFactory = standard_backends,
        on_state: Callable[[EngineState], None] = lambda _state: None,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._backends_factory = backends_factory
        self._on_state = on_state
        self._patience = patience
        # Raw: a worker killed while it held a lock would leave it locked. Eight aligned bytes.
        self._latch = SPAWN.RawValue("q", -1)
        self._request_block = ImageBlock()
        self._result_block = ImageBlock()
        self._preview_block = ImageBlock()
        self._worker: WorkerProcess | None = None
        self._failed_starts = 0
        self._state = EngineState.stopped

    @property
    def pid(self) -> int | None:
        """The worker's process id, if there is a worker."""
        return self._worker.pid if self._worker else None

    def start(self) -> None:
        """Start the worker and return at once; `run` waits for it.

        Raises EngineError where the system starts no process.
        """
        self._running_worker()

    def rest(self, until: Connection) -> None:
        """Between jobs: return when `until` has something to read, keep the worker up till then.

        A worker that dies again and again before it did any work is left alone until the next job.
        """
        while self._failed_starts < MAX_FAILED_STARTS:
            try:
                message = self._running_worker().receive(None, [until])
            except WorkerGoneError:
                self._bury()
            except EngineError:
                continue
            else:
                if message is None:
                    return
                self._note_ready(message)
        self._enter(EngineState.stopped)
        wait([until])

    def run(
        self,
        job: int,
        request: EditRequest,
        on_progress: OnProgress,
        is_cancelled: Callable[[], bool],
        on_preview: OnPreview = lambda _context, _image: None,
    ) -> EditResult:
        """Run the edit in the worker; blocks. `job` is a number that was never used before.

        Raises JobCancelledError when `is_cancelled` became true, whatever the worker made of it;
        EditRefusedError for an edit that makes no sense; EngineError for everything that broke.
        """
        self._failed_starts = 0
        worker = self._await_ready(is_cancelled)
        try:
            message = self._hand_in(job, request)
            ears = _Ears(on_progress, on_preview, is_cancelled)
            answer = self._answer_to(message, worker, ears)
            if is_cancelled():
                raise JobCancelledError
            return self._result_of(answer)
        finally:
            self._request_block.trim()
            self._result_block.trim()

    def close(self) -> None:
        """End the worker and give back all memory; leaves no process. Closing twice is fine."""
        if self._worker is not None:
            if self._worker.is_ready and self._state is EngineState.ready:
                self._worker.quit()
            else:
                self._worker.kill()
            self._worker = None
        self._request_block.close()
        self._result_block.close()
        self._preview_block.close()
        self._enter(EngineState.stopped)

    def _enter(self, state: EngineState) -> None:
        if state is not self._state:
            self._state = state
            self._on_state(state)

    def _running_worker(self) -> WorkerProcess:
        """The worker, started if there is none. Raises EngineError."""
        if self._worker is None:
            if self._state is not EngineState.restarting:
                self._enter(EngineState.starting)
            try:
                self._worker = WorkerProcess(self._backends_factory, self._latch)
            except OSError as error:
                self._failed_starts += 1
                raise EngineError(NO_START, str(error)) from error
        return self._worker

    def _note_ready(self, message: FromWorker | None) -> None:
        if isinstance(message, Ready) and self._worker is not None:
            self._worker.is_ready = True
            self._enter(EngineState.ready)

    def _bury(self) -> str:
        """Clear a dead worker away. Returns how it died."""
        details = self._worker.post_mortem() if self._worker else ""
        self._worker = None
        self._failed_starts += 1
        self._enter(EngineState.restarting)
        return details

    def _end_worker(self) -> None:
        if self._worker is not None:
            self._worker.kill()
        self._worker = None
        self._enter(EngineState.restarting)

    def _await_ready(self, is_cancelled: Callable[[], bool]) -> WorkerProcess:
        give_up = time.monotonic() + self._patience.start
        while not is_cancelled():
            worker = self._running_worker()
            if worker.is_ready and worker.is_alive:
                return worker
            self._wait_for_start(worker, give_up)
        raise JobCancelledError

    def _wait_for_start(self, worker: WorkerProcess, give_up: float) -> None:
        """One turn of waiting. Raises EngineError when it was long enough or in vain."""
        try:
            self._note_ready(worker.receive(POLL_SECONDS))
        except WorkerGoneError:
            details = self._bury()
            if self._failed_starts >= MAX_FAILED_STARTS:
                raise EngineError(NO_START, details) from None
        else:
            if not worker.is_ready and time.monotonic() > give_up:
                self._end_worker()
                raise EngineError(NO_START, f"Not ready after {self._patience.start:g} s.")

    def _hand_in(self, job: int, request: EditRequest) -> RunEdit:
        into = self._request_block.reserve(request_size(request))
        out_of = self._result_block.reserve(result_size(request))
        previews = self._preview_block.reserve(PREVIEW_BLOCK)
        pieces = pack_request(request.pieces, into)
        return RunEdit(job, request.params, pieces, into.name, out_of.name, previews.name)

    def _answer_to(
        self, message: RunEdit, worker: WorkerProcess, ears: _Ears
    ) -> Finished | Failed | Cancelled:
        """Send the job and see it through; the worker is ready or on its way out afterwards."""
        self._enter(EngineState.busy)
        try:
            worker.send(message)
            answer = self._listen(worker, message.job, ears)
        except WorkerGoneError:
            return Failed(message.job, STOPPED, self._bury())
        except BaseException:
            # Hung, deaf to a cancel, or interrupted here: nobody knows what it is doing now.
            self._end_worker()
            raise
        if isinstance(answer, Failed) and answer.needs_fresh_worker:
            self._end_worker()
        else:
            self._enter(EngineState.ready)
        return answer

    def _listen(
        self, worker: WorkerProcess, job: int, ears: _Ears
    ) -> Finished | Failed | Cancelled:
        """Wait for the job's outcome. Raises when patience ends."""
        heard = time.monotonic()
        asked: float | None = None
        while True:
            message = worker.receive(POLL_SECONDS)
            if isinstance(message, Finished | Failed | Cancelled):
                return message
            now = time.monotonic()
            if message is not None:
                heard = now
            if isinstance(message, Progress):
                ears.on_progress(message.fraction, message.message)
            elif isinstance(message, Preview):
                image = read_array(self._preview_block.memory, message.image)
                ears.on_preview(message.context, image)
            if asked is None and ears.is_cancelled():
                asked, self._latch.value = now, job
            if asked is not None and now - asked > self._patience.cancel:
                raise JobCancelledError
            if message is None and now - heard > self._patience.silence:
                raise EngineError(SILENT)

    def _result_of(self, answer: Finished | Failed | Cancelled) -> EditResult:
        if isinstance(answer, Cancelled):
            raise JobCancelledError
        if isinstance(answer, Failed):
            kind = EditRefusedError if answer.is_refusal else EngineError
            raise kind(answer.message, answer.details)
        pieces = unpack_result(answer.pieces, self._result_block.memory)
        return EditResult(answer.params, answer.model, pieces, answer.seconds, answer.run)
