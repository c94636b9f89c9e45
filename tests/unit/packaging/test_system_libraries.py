from __future__ import annotations

import importlib
from pathlib import Path

import pytest

system = importlib.import_module("system_libraries")
progress = importlib.import_module("progress")
EGL = system.SystemLibrary("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd")
GL = system.SystemLibrary("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd")


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_has_display(platform: str, environ: dict[str, str], expected: bool) -> None:
    assert system.has_display(platform, environ) is expected


def test_needed_libraries_follow_the_display() -> None:
    def needed(platform: str, environ: dict[str, str], offscreen: bool = False) -> set[str]:
        libraries = system.needed_libraries(platform, environ, offscreen=offscreen)
        return {library.soname for library in libraries}

    x11 = needed("linux", {"DISPLAY": ":0"})
    wayland = needed("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"})
    assert "libxcb-cursor.so.0" in x11
    assert "libwayland-client.so.0" in wayland - x11
    assert needed("linux", {"DISPLAY": ":0"}, offscreen=True) == x11 & wayland
    assert "libEGL.so.1" in x11 & wayland
    assert not needed("win32", {})
    assert not needed("darwin", {})


def test_missing_libraries_are_those_that_do_not_load() -> None:
    def load(soname: str) -> None:
        if soname == EGL.soname:
            raise OSError

    assert system.missing_libraries([EGL, GL], load) == [EGL]


@pytest.mark.parametrize(
    ("tool", "expected"),
    [
        ("apt-get", "apt-get install -y --no-install-recommends libegl1 libgl1 python3.11-venv"),
        ("dnf", "dnf install -y libglvnd-egl libglvnd-glx"),
        ("pacman", "pacman -S --needed libglvnd"),
        ("none", ""),
    ],
)
def test_install_command_speaks_to_the_package_manager(tool: str, expected: str) -> None:
    command = system.install_command(
        [EGL, GL], venv_package="python3.11-venv", has_tool=lambda name: name == tool
    )
    assert " ".join(command) == expected


@pytest.mark.parametrize(
    ("tool", "root", "agreed", "environ", "expected"),
    [
        ("apt-get", True, True, {}, True),
        ("apt-get", True, False, {"CI": "true"}, True),
        ("apt-get", True, False, {}, False),
        ("apt-get", False, True, {"CI": "true"}, False),
        ("dnf", True, True, {}, False),
    ],
)
def test_may_install_only_as_root_with_apt_and_leave(
    tool: str, root: bool, agreed: bool, environ: dict[str, str], expected: bool
) -> None:
    assert system.may_install([tool], environ, agreed=agreed, is_root=root) is expected


def test_what_is_missing_is_named_with_the_command_to_type() -> None:
    command = ["apt-get", "install", "-y", "libegl1"]
    text = system.advice([EGL], command, venv_package="", is_root=False)
    assert "This system lacks libEGL.so.1." in text
    assert text.splitlines()[1:] == ["  sudo apt-get update && sudo apt-get install -y libegl1"]
    root = system.advice([EGL] * 6, command, venv_package="python3.11-venv", is_root=True)
    assert "and 3 more" in root
    assert "--yes-system" in root
    assert "sudo" not in root
    unknown = system.advice([], [], venv_package="python3.11-venv", is_root=True)
    assert "lacks Python's venv module. Install" in unknown
    assert "sudo dnf install" in system.advice(
        [EGL], ["dnf", "install", "-y", "x"], venv_package="", is_root=False
    )


def test_something_missing_that_may_not_be_installed_stops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    absent = system.SystemLibrary("libnowhere.so.7", "libnowhere7", "nowhere", "nowhere")
    monkeypatch.setattr(system, "_is_root", lambda: False)
    with pytest.raises(progress.StepFailedError, match=r"libnowhere\.so\.7"):
        system.ensure_system([absent], venv_package="", agreed=True, root=tmp_path)
    system.ensure_system([], venv_package="", agreed=False, root=tmp_path)
