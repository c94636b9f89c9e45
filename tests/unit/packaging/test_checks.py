from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

checks = importlib.import_module("checks")


def test_tests_come_last_and_take_the_arguments() -> None:
    last = checks.all_checks(["-x", "tests/unit"])[-1]
    assert last.name == "pytest"
    assert last.arguments[:3] == ("-m", "pytest", "-n")
    # What is asked for comes last, so that it counts.
    assert last.arguments[-2:] == ("-x", "tests/unit")


def test_a_failed_check_does_not_stop_the_others(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    venv = SimpleNamespace(python=sys.executable, root=tmp_path)
    wanted = "import os; print(os.environ['QT_QPA_PLATFORM'])"
    results = checks.run_checks(
        venv,
        [checks.Check("bad", ("-c", "raise SystemExit(3)")), checks.Check("good", ("-c", wanted))],
    )
    assert [(result.name, result.passed) for result in results] == [("bad", False), ("good", True)]
    assert "offscreen" in capfd.readouterr().out


def test_table_has_a_line_per_check() -> None:
    text = checks.table(
        [checks.Result("ruff check", True, 0.12), checks.Result("pytest", False, 75)]
    )
    assert text == ("  ruff check    passed      0.1 s\n  pytest        FAILED     75.0 s")
