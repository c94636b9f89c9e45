"""What all tests share: no display, no folders of the person who runs them, nothing left behind."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import hypothesis
import psutil
import pytest

from tests.fakes import until

LEAK_SECONDS = 3.0

# A busy machine is no failure: tests never judge by the clock.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The program's own application object, for those tests that need one at all."""
    from inpaint_studio.ui.application import Application

    return Application


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, state and cache go to a fresh folder in every test."""
    for name in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name.lower()))


def child_processes() -> set[psutil.Process]:
    """Children that are at work, without Python's own resource tracker, which stays."""
    children = set()
    for child in psutil.Process().children(recursive=True):
        try:
            if "multiprocessing.resource_tracker" not in " ".join(child.cmdline()):
                children.add(child)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            children.add(child)
    return {child for child in children if child.is_running()}


def live_threads() -> set[threading.Thread]:
    """Python's threads, without the stand-ins for Qt's, which Python never forgets."""
    return {t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)}


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Fail a test that leaves a process or a thread behind."""
    processes, threads = child_processes(), live_threads()
    yield
    until(lambda: child_processes() <= processes and live_threads() <= threads, LEAK_SECONDS)
    assert child_processes() <= processes, "a process was left behind"
    assert live_threads() <= threads, "a thread was left behind"


@pytest.fixture(autouse=True)
def no_pytest_in_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spawned process imports the script it came from; here that would be all of pytest."""
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
