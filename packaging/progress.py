"""One line per step on the terminal, and commands that stay quiet unless they fail.

Standard library only; parses on Python 3.8 so that an old Python gets a clear answer.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SECONDS_BETWEEN_DOTS = 5.0
SECONDS_TO_STOP = 5.0
LOG_LINES_SHOWN = 12
AGAIN = "run the same command again"


class StepFailedError(Exception):
    """A step failed. `str(error)` says in one line what happened and what to do.

    `log` (may be empty) is the output of the command behind it; its end is shown first.
    """

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


@dataclass(frozen=True)
class Outcome:
    """What a finished command left: its exit code and its output, stderr included."""

    code: int
    log: str


@contextmanager
def step(label: str) -> Iterator[None]:
    """Print `label`, and when the work inside is over its seconds (or that it failed)."""
    started = time.monotonic()
    print(f"  {label} ...", end="", flush=True)
    try:
        yield
    except KeyboardInterrupt:
        print(" stopped", flush=True)
        raise
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def run_quietly(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None
) -> Outcome:
    """Run `command` with its output kept back; a dot every few seconds shows that it lives."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        code = _wait(process, with_dots=True)
        output.seek(0)
        return Outcome(code, output.read().decode(errors="replace"))


def run_visibly(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> int:
    """Run `command` on this terminal and return its exit code."""
    sys.stdout.flush()
    return _wait(subprocess.Popen(command, cwd=cwd, env=env), with_dots=False)


def last_lines(log: str, count: int = LOG_LINES_SHOWN) -> str:
    """Return the last `count` lines of `log` that are not empty, indented."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in lines[-count:])


def _wait(process: subprocess.Popen[bytes], *, with_dots: bool) -> int:
    try:
        while True:
            try:
                return process.wait(SECONDS_BETWEEN_DOTS)
            except subprocess.TimeoutExpired:
                if with_dots:
                    print(".", end="", flush=True)
    except BaseException:
        _stop(process)
        raise


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End `process`. Ctrl+C reached it too, so it first gets time to tidy up by itself."""
    for end in (lambda: None, process.terminate, process.kill):
        end()
        try:
            process.wait(SECONDS_TO_STOP)
            return
        except subprocess.TimeoutExpired:
            continue
