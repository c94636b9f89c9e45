#!/usr/bin/env python3
"""Two commands that need nothing but Python 3.11: open the editor, or run every check.

    python3 packaging/bootstrap.py run [PHOTO]
    python3 packaging/bootstrap.py test [-- PYTEST ARGUMENTS]

Both make `.venv` in the project's folder, fill it, and repair it if need be. Standard library
only; parses on Python 3.8, so that an old Python gets a clear answer.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from checks import all_checks, run_checks, table
from environment import MINIMUM_PYTHON, Venv, clean_environ, is_usable, lacks_venv_module, prepare
from progress import StepFailedError, last_lines, run_visibly
from system_libraries import ensure_system, has_display, needed_libraries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent
DEMO_FOLDER = "demo-output"
TEST_EXTRAS = ("dev", "diffusion")
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")
EXIT_INTERRUPTED = 130  # 128 + SIGINT, the shells' convention


def main(arguments: Sequence[str]) -> int:
    """Run the command in `arguments`; return the exit code."""
    too_old = old_python_advice(sys.version_info[:2], shutil.which)
    if too_old:
        print(too_old, file=sys.stderr)
        return 1
    options = parse_arguments(arguments)
    try:
        return run_editor(options) if options.command == "run" else run_tests(options)
    except StepFailedError as error:
        if error.log:
            print(last_lines(error.log))
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command takes it up again.", file=sys.stderr)
        return EXIT_INTERRUPTED


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return `command` ("run" or "test") and its options; exits on `--help` and on mistakes."""
    parser = argparse.ArgumentParser(
        prog="bootstrap.py", description=(__doc__ or "").split("\n")[0]
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="install the editor into .venv and open it")
    run.add_argument("photo", nargs="?", type=Path, help="the picture to open")
    run.add_argument("--offscreen", action="store_true", help="no window: write a demo edit")
    test = commands.add_parser("test", help="install the tools into .venv and run every check")
    test.add_argument("pytest_arguments", nargs="*", help="after --: passed on to pytest")
    for command in (run, test):
        command.add_argument(
            "--yes-system",
            action="store_true",
            help="as root: install missing system packages with apt-get",
        )
    options = parser.parse_args(arguments)
    if options.command == "run" and options.photo and not options.photo.is_file():
        parser.error(f"there is no file {options.photo}")
    return options


def old_python_advice(version: tuple[int, ...], find: Callable[[str], str | None]) -> str:
    """Return a line to show where Python `version` is too old, or ""; `find` is like `which`."""
    if version >= MINIMUM_PYTHON:
        return ""
    needed, got = (".".join(map(str, numbers)) for numbers in (MINIMUM_PYTHON, version))
    newer = next((name for name in NEWER_PYTHONS if find(name)), None)
    what_to_do = f"type '{newer}' instead" if newer else "get one from your system or python.org"
    return f"Inpaint Studio needs Python {needed} or newer, and this is {got}: {what_to_do}."


def run_editor(options: argparse.Namespace) -> int:
    """Open the editor, or without a display let it write the demo edit. Returns its exit code."""
    offscreen = options.offscreen or not has_display(sys.platform, os.environ)
    venv = make_ready(options, (), offscreen=offscreen)
    env = clean_environ(os.environ)
    if offscreen:
        env["QT_QPA_PLATFORM"] = "offscreen"
        why = "as asked" if options.offscreen else "there is no display"
        print(f"No window ({why}): an edit made by the editor goes to {ROOT / DEMO_FOLDER}.")
    else:
        print("Opening the editor.")
    arguments = editor_arguments(options.photo, offscreen=offscreen)
    return run_visibly([str(venv.python), *arguments], cwd=ROOT, env=env)


def editor_arguments(photo: Path | None, *, offscreen: bool) -> list[str]:
    """Return the arguments for `.venv`'s Python; `photo` may be relative to the caller's folder."""
    demo = ["--demo", DEMO_FOLDER] if offscreen else []
    return ["-m", "inpaint_studio", *demo, *([str(photo.resolve())] if photo else [])]


def run_tests(options: argparse.Namespace) -> int:
    """Run every check and print the table. Returns 1 if one failed."""
    venv = make_ready(options, TEST_EXTRAS, offscreen=True)
    results = run_checks(venv, all_checks(options.pytest_arguments))
    passed = all(result.passed for result in results)
    print(f"\n{'All checks passed' if passed else 'Some checks FAILED'}\n{table(results)}")
    return 0 if passed else 1


def make_ready(options: argparse.Namespace, extras: Sequence[str], *, offscreen: bool) -> Venv:
    """Check the system's libraries and bring `.venv` up to date, a line per step."""
    print(f"Inpaint Studio, with Python {sys.version.split()[0]} in {ROOT}", flush=True)
    venv = Venv(ROOT)
    needs_module = not is_usable(venv) and lacks_venv_module()
    ensure_system(
        needed_libraries(sys.platform, os.environ, offscreen=offscreen),
        venv_package="python{}.{}-venv".format(*sys.version_info) if needs_module else "",
        agreed=options.yes_system,
        root=ROOT,
    )
    prepare(venv, extras)
    return venv


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
