"""How the engine ends together with its program, seen from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.fakes import until

ROOT = Path(__file__).parents[2]

RUN_ONE_JOB = """
from inpaint_studio.engine.worker_client import WorkerClient
from tests.fakes import Script, edit_request, scripted
client = WorkerClient(scripted())
client.run(1, edit_request(), lambda *_: None, lambda: False)
print(client.pid, flush=True)
"""
THEN_CLOSE = "client.close()"
THEN_DROP = "import sys; sys.exit()"
THEN_RUN_FOREVER = """
client.run(2, edit_request(Script.deaf), lambda *_: print("busy", flush=True), lambda: False)
"""


def start(program: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_nothing_is_said_at_exit(tmp_path: Path):
    with start(RUN_ONE_JOB + THEN_CLOSE, tmp_path) as program:
        output, errors = program.communicate(timeout=60)
    assert program.returncode == 0
    assert errors == ""
    assert not psutil.pid_exists(int(output))
    assert not list(tmp_path.iterdir())


def test_worker_goes_with_a_program_that_forgets_it(tmp_path: Path):
    with start(RUN_ONE_JOB + THEN_DROP, tmp_path) as program:
        output, _errors = program.communicate(timeout=60)
    assert until(lambda: not psutil.pid_exists(int(output)), 5)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_worker_goes_with_a_program_that_is_killed_during_a_job(tmp_path: Path):
    with start(RUN_ONE_JOB + THEN_RUN_FOREVER, tmp_path) as program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        assert program.stdout.readline() == "busy\n"
        program.kill()
        program.communicate(timeout=60)
    assert until(lambda: not psutil.pid_exists(pid), 10)
