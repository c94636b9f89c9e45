"""One spawned worker process and the connection to it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path

from inpaint_studio.engine.backend import BackendsFactory
from inpaint_studio.engine.protocol import FromWorker, Quit, RunEdit
from inpaint_studio.engine.worker import CancelLatch, worker_main

QUIT_GRACE_SECONDS = 0.5
DEATH_SECONDS = 5.0
"""How long a killed process may take to be gone: memory is given back first."""

SPAWN = multiprocessing.get_context("spawn")


class WorkerGoneError(Exception):
    """The process has ended, or nothing can be said to it any more."""


class WorkerProcess:
    """A running worker. Raises OSError where the system starts no process."""

    def __init__(self, factory: BackendsFactory, latch: CancelLatch) -> None:
        self.is_ready = False
        self._crash_log = _new_file()
        self._conn, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(
            target=worker_main,
            args=(theirs, latch, factory, str(self._crash_log)),
            name="inpaint-engine",
            daemon=True,
        )
        try:
            self._process.start()
        except OSError:
            self._conn.close()
            self._crash_log.unlink(missing_ok=True)
            raise
        finally:
            # Only then does a dead worker show as the end of the stream.
            theirs.close()

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

    def send(self, message: RunEdit | Quit) -> None:
        """Raises WorkerGoneError if nobody listens."""
        try:
            self._conn.send(message)
        except OSError as error:
            raise WorkerGoneError from error

    def receive(
        self, timeout: float | None, others: Sequence[Connection] = ()
    ) -> FromWorker | None:
        """The next message; None after `timeout` seconds or when one of `others` has something.

        What the worker said last is still read after its death. Then raises WorkerGoneError.
        """
        ready = wait([self._conn, self._process.sentinel, *others], timeout)
        if self._conn in ready:
            try:
                return self._conn.recv()
            except (EOFError, OSError) as error:
                raise WorkerGoneError from error
        if self._process.sentinel in ready:
            raise WorkerGoneError
        return None

    def quit(self) -> None:
        """Ask to exit, then insist. Returns when the process is gone."""
        try:
            self.send(Quit())
            self._process.join(QUIT_GRACE_SECONDS)
        except WorkerGoneError:
            pass
        self.kill()

    def kill(self) -> None:
        """End the process at once, and wait until it is gone."""
        self._process.kill()
        self._process.join(DEATH_SECONDS)
        self._conn.close()
        with suppress(OSError):
            self._crash_log.unlink()

    def post_mortem(self) -> str:
        """How the process ended by itself, for the details of an error. Leaves it killed."""
        self._process.join(QUIT_GRACE_SECONDS)
        stack = ""
        with suppress(OSError):
            stack = self._crash_log.read_text(encoding="utf-8", errors="replace")
        self.kill()
        return f"{_ending(self._process.exitcode)}\n{stack}".strip()


def _new_file() -> Path:
    file, path = tempfile.mkstemp(prefix="inpaint-engine-", suffix=".txt")
    os.close(file)
    return Path(path)


def _ending(exitcode: int | None) -> str:
    if exitcode is None or exitcode >= 0:
        return f"The worker process ended with exit code {exitcode}."
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:
        name = str(-exitcode)
    hint = " Often this means that the system ran out of memory." if name == "SIGKILL" else ""
    return f"The worker process was ended by signal {name}.{hint}"
