"""The project's checks: style, types, import rules, tests. All run, then a table tells.

Standard library only; parses on Python 3.8.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from environment import clean_environ
from progress import run_visibly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from environment import Venv

# The console script's own file names an absolute interpreter, so a moved folder would break it.
LINT_IMPORTS = "import importlinter.cli as cli; cli.lint_imports_command(['--no-logo'])"


MOST_TEST_PROCESSES = 4
"""Each of them and its engine takes about a gigabyte where torch is loaded."""


@dataclass(frozen=True)
class Check:
    """A check by the name the table shows, and the arguments for `.venv`'s Python."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """How a check ended."""

    name: str
    passed: bool
    seconds: float


def all_checks(pytest_arguments: Sequence[str]) -> tuple[Check, ...]:
    """Return the checks in their order: the quick ones first, the tests last."""
    processes = min(os.cpu_count() or 1, MOST_TEST_PROCESSES)
    # A file's tests stay together, because they share fixtures that are slow to make.
    side_by_side = ("-n", str(processes), "--dist", "loadfile")
    return (
        Check("ruff check", ("-m", "ruff", "check", ".")),
        Check("ruff format", ("-m", "ruff", "format", "--check", ".")),
        Check("pyright", ("-m", "pyright")),
        Check("import rules", ("-c", LINT_IMPORTS)),
        Check("pytest", ("-m", "pytest", *side_by_side, *pytest_arguments)),
    )


def run_checks(venv: Venv, checks: Sequence[Check]) -> list[Result]:
    """Run every check, also after one has failed, with its output on this terminal."""
    env = {
        **clean_environ(os.environ),
        "QT_QPA_PLATFORM": "offscreen",
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
    }
    results: list[Result] = []
    for check in checks:
        print(f"\n[{check.name}]", flush=True)
        started = time.monotonic()
        code = run_visibly([str(venv.python), *check.arguments], cwd=venv.root, env=env)
        results.append(Result(check.name, code == 0, time.monotonic() - started))
    return results


def table(results: Sequence[Result]) -> str:
    """Return one line per result: the name, passed or FAILED, the seconds."""
    return "\n".join(
        f"  {result.name:<14}{'passed' if result.passed else 'FAILED':<8}{result.seconds:>7.1f} s"
        for result in results
    )
