from __future__ import annotations

import importlib
import sys
import tomllib
from pathlib import Path

import pytest

environment = importlib.import_module("environment")
progress = importlib.import_module("progress")
ROOT = Path(__file__).resolve().parents[3]
PROJECT = {"project": {"dependencies": ["numpy"]}, "tool": {"ruff": {"line-length": 100}}}


def test_python_in_follows_the_platform() -> None:
    assert environment.python_in(Path(".venv"), "linux") == Path(".venv/bin/python")
    assert environment.python_in(Path(".venv"), "darwin") == Path(".venv/bin/python")
    assert environment.python_in(Path(".venv"), "win32") == Path(".venv/Scripts/python.exe")


def test_clean_environ_drops_what_mixes_two_pythons() -> None:
    environ = {"PATH": "/bin", "PYTHONPATH": "/x", "PYTHONHOME": "/y", "PIP_USER": "1"}
    assert environment.clean_environ(environ) == {"PATH": "/bin"}


@pytest.mark.parametrize(
    ("extras", "covered"),
    [((), True), (("dev",), True), (("dev", "diffusion"), True), (("dev", "other"), False)],
)
def test_stamp_covers_fewer_extras_than_it_has(extras: tuple[str, ...], covered: bool) -> None:
    stamp = environment.Stamp("abc", frozenset({"dev", "diffusion"}))
    assert stamp.covers("abc", extras) is covered
    assert not stamp.covers("another", extras)


def test_stamp_survives_the_file(tmp_path: Path) -> None:
    stamp = environment.Stamp("abc", frozenset({"dev", "diffusion"}))
    environment.write_stamp(tmp_path / "stamp.json", stamp)
    assert environment.read_stamp(tmp_path / "stamp.json") == stamp


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"fingerprint": 1, "extras": 2}', "\xff"])
def test_a_stamp_that_makes_no_sense_is_no_stamp(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stamp.json"
    path.write_bytes(text.encode("latin-1"))
    assert environment.read_stamp(path) is None
    assert environment.read_stamp(tmp_path / "missing.json") is None


def test_fingerprint_changes_with_what_pip_goes_by() -> None:
    fingerprints = {
        environment.fingerprint(PROJECT, b"", "3.11", "/a"),
        environment.fingerprint({"project": {"dependencies": []}}, b"", "3.11", "/a"),
        environment.fingerprint(PROJECT, b"numpy==2", "3.11", "/a"),
        environment.fingerprint(PROJECT, b"", "3.12", "/a"),
        environment.fingerprint(PROJECT, b"", "3.11", "/b"),
    }
    assert len(fingerprints) == 5


def test_fingerprint_leaves_out_the_settings_of_tools() -> None:
    other = PROJECT | {"tool": {"ruff": {"line-length": 80}}}
    assert environment.fingerprint(PROJECT, b"", "3.11", "/a") == environment.fingerprint(
        other, b"", "3.11", "/a"
    )


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("WARNING: Retrying ... NewConnectionError(...)\nERROR: Could not find", "network"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "disk is full"),
        ("SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')", "certificate"),
        ("ERROR: Could not find a version that satisfies the requirement x", "Python here"),
        ("ERROR: [Errno 13] Permission denied: '/x'", "can't be written"),
        ("noise\nERROR: first\nERROR: something else\nnoise", "something else"),
        ("", "output above"),
    ],
)
def test_explain_pip_says_what_happened(log: str, said: str) -> None:
    message = environment.explain_pip(log)
    assert said in message
    assert "\n" not in message


def test_a_missing_or_broken_venv_is_not_usable(tmp_path: Path) -> None:
    venv = environment.Venv(tmp_path)
    assert not environment.is_usable(venv)
    venv.python.parent.mkdir(parents=True)
    assert not environment.is_usable(venv)
    venv.python.write_text("not a program")
    assert not environment.is_usable(venv)


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right there")
def test_a_python_that_lives_elsewhere_is_not_usable(tmp_path: Path) -> None:
    venv = environment.Venv(tmp_path)
    venv.python.parent.mkdir(parents=True)
    venv.python.symlink_to(sys.executable)
    assert not environment.is_usable(venv)


def test_constraints_fit_the_dependencies() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    asked = [Requirement(text) for group in groups for text in group]
    pins = [
        Requirement(line)
        for line in (ROOT / "packaging/constraints.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    for python in ("3.11", "3.12", "3.13", "3.14"):
        pinned = {
            pin.name.lower(): next(iter(pin.specifier)).version
            for pin in pins
            if pin.marker is None or pin.marker.evaluate({"python_version": python})
        }
        for one in asked:
            if one.marker is None or one.marker.evaluate({"python_version": python}):
                assert one.specifier.contains(pinned[one.name.lower()]), f"{one} on {python}"
