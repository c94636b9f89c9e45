"""Runs one function off the GUI's thread and brings its outcome back by signal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, SignalInstance

from inpaint_studio.errors import InpaintStudioError, JobCancelledError

Work = Callable[[Callable[[float], None], Callable[[], bool]], Any]
"""Takes `report(fraction)` and `is_cancelled()`, returns the result."""

_Outcome = tuple[SignalInstance, tuple[object, ...]]
"""A signal to emit, and what with."""

_PROGRESS_STEP = 0.01
"""Smaller steps are not told: a reader that reports every block would flood the GUI."""

# Started and not yet reported. A task must outlive its thread whoever forgets it.
_running: set[BackgroundTask] = set()


class BackgroundTask(QObject):
    """A piece of work with three outcomes: `finished(result)`, `cancelled()`, `failed(error)`.

    Signals are emitted on the thread that started the task. `progressed(fraction)` is 0..1.
    When `owner` is destroyed the work is cancelled; its outcome then reaches nobody.
    """

    progressed = Signal(float)
    finished = Signal(object)
    cancelled = Signal()
    failed = Signal(object)
    _ended = Signal()

    def __init__(self, work: Work, owner: QObject | None = None) -> None:
        # Not a child of its owner: Qt would delete it while the thread still uses it.
        super().__init__()
        self._work = work
        self._cancel = threading.Event()
        self._done = threading.Event()
        self._outcome: _Outcome | None = None
        self._reported = 0.0
        self._ended.connect(self._on_ended)
        if owner is not None:
            owner.destroyed.connect(self.cancel)

    def start(self) -> None:
        """Begin on a thread of Qt's pool."""
        _running.add(self)
        QThreadPool.globalInstance().start(QRunnable.create(self._run))

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancel.set()

    def wait(self, timeout_s: float) -> bool:
        """Block until the thread is through with the work. Whether it is.

        The outcome is still told by signal, later.
        """
        return self._done.wait(timeout_s)

    def _run(self) -> None:
        self._outcome = self._work_outcome()
        self._ended.emit()
        self._done.set()

    def _work_outcome(self) -> _Outcome:
        try:
            if self._cancel.is_set():
                raise JobCancelledError
            return self.finished, (self._work(self._report, self._cancel.is_set),)
        except JobCancelledError:
            return self.cancelled, ()
        except InpaintStudioError as error:
            return self.failed, (error,)
        except MemoryError:
            return self.failed, (InpaintStudioError("There is not enough memory for this."),)
        except Exception as error:
            problem = InpaintStudioError("Something unexpected went wrong.", repr(error))
            return self.failed, (problem,)

    def _report(self, fraction: float) -> None:
        if fraction - self._reported >= _PROGRESS_STEP:
            self._reported = fraction
            self.progressed.emit(fraction)

    def _on_ended(self) -> None:
        _running.discard(self)
        outcome, self._outcome = self._outcome, None
        if outcome is not None:
            signal, values = outcome
            signal.emit(*values)


def stop_all(timeout_s: float = 10.0) -> bool:
    """Cancel all work and wait until no thread of it is left. Whether that came true.

    For the end of the program: outcomes are told only if the event loop goes on.
    """
    give_up = time.monotonic() + timeout_s
    tasks = list(_running)
    for task in tasks:
        task.cancel()
    return all(task.wait(max(0.0, give_up - time.monotonic())) for task in tasks)
