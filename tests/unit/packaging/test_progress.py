from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

progress = importlib.import_module("progress")


def test_run_quietly_keeps_the_output_of_both_streams(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(4)"
    outcome = progress.run_quietly([sys.executable, "-c", code], cwd=tmp_path)
    assert (outcome.code, outcome.log.split()) == (4, ["out", "err"])
    assert capfd.readouterr().out == ""


def test_a_long_command_shows_dots(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_DOTS", 0.05)
    progress.run_quietly([sys.executable, "-c", "import time; time.sleep(.4)"], cwd=tmp_path)
    assert set(capfd.readouterr().out) == {"."}


def test_an_interruption_ends_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    started: list[Any] = []

    class Popen(progress.subprocess.Popen):
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(progress.subprocess, "Popen", Popen)
    monkeypatch.setattr(progress, "SECONDS_TO_STOP", 0.05)
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_DOTS", 0.01)
    monkeypatch.setattr(progress, "print", interrupt, raising=False)
    with pytest.raises(KeyboardInterrupt):
        progress.run_quietly([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path)
    assert started[0].returncode is not None


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_step_says_how_it_ended(
    error: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    with progress.step("Counting"):
        pass
    with pytest.raises(error), progress.step("Breaking"):
        raise error
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("  Counting ... 0.")
    assert lines[1] == f"  Breaking ... {'stopped' if error is KeyboardInterrupt else 'failed'}"


def test_last_lines_are_few_and_not_empty() -> None:
    log = "\n\n".join(str(number) for number in range(100))
    assert progress.last_lines(log, 2) == "    98\n    99"
