"""The shared libraries Qt expects from a Linux system, and the packages that bring missing ones.

The lists are the NEEDED entries of Qt's libraries and of its xcb and wayland platform plugins.
Standard library only; parses on Python 3.8.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from progress import AGAIN, StepFailedError, run_quietly, step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path


NAMES_SHOWN = 4


@dataclass(frozen=True)
class SystemLibrary:
    """A shared library by its soname, and the package that brings it on three systems.

    Debian's plain names hold after the 64-bit time transition too: libglib2.0-0t64 provides
    libglib2.0-0, and apt-get follows.
    """

    soname: str
    debian: str
    fedora: str
    arch: str


ALWAYS = (
    SystemLibrary("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    SystemLibrary("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    SystemLibrary("libX11.so.6", "libx11-6", "libX11", "libx11"),
    SystemLibrary("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    SystemLibrary("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    SystemLibrary("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    SystemLibrary("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    SystemLibrary("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    SystemLibrary("libzstd.so.1", "libzstd1", "libzstd", "zstd"),
)
X11 = (
    SystemLibrary("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    SystemLibrary("libxcb.so.1", "libxcb1", "libxcb", "libxcb"),
    SystemLibrary("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    SystemLibrary("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    SystemLibrary("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    SystemLibrary("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    SystemLibrary("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb"),
    SystemLibrary(
        "libxcb-render-util.so.0",
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
    ),
    SystemLibrary("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    SystemLibrary("libxcb-util.so.1", "libxcb-util1", "xcb-util", "xcb-util"),
    SystemLibrary("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    SystemLibrary("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    SystemLibrary(
        "libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"
    ),
)
WAYLAND = (
    SystemLibrary("libwayland-client.so.0", "libwayland-client0", "libwayland-client", "wayland"),
    SystemLibrary("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor", "wayland"),
    SystemLibrary("libwayland-egl.so.1", "libwayland-egl1", "libwayland-egl", "wayland"),
)


def has_display(platform: str, environ: Mapping[str, str]) -> bool:
    """Say whether a window can open: always off Linux, there only with a display server."""
    if environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    if platform != "linux":
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def needed_libraries(
    platform: str, environ: Mapping[str, str], *, offscreen: bool
) -> tuple[SystemLibrary, ...]:
    """Return what Qt will open here; nothing off Linux, where its wheels bring everything."""
    if platform != "linux":
        return ()
    if offscreen:
        return ALWAYS
    return ALWAYS + (WAYLAND if environ.get("WAYLAND_DISPLAY") else X11)


def missing_libraries(
    libraries: Iterable[SystemLibrary], load: Callable[[str], object] = ctypes.CDLL
) -> list[SystemLibrary]:
    """Return those of `libraries` that the dynamic loader does not find."""
    missing: list[SystemLibrary] = []
    for library in libraries:
        try:
            load(library.soname)
        except OSError:
            missing.append(library)
    return missing


def install_command(
    missing: Sequence[SystemLibrary], *, venv_package: str, has_tool: Callable[[str], bool]
) -> list[str]:
    """Return the install command of this system's package manager, or [] where none is known.

    `venv_package` is Debian's package with the venv module, or "" where it is not missing.
    """
    if has_tool("apt-get"):
        packages = [library.debian for library in missing] + [venv_package] * bool(venv_package)
        return ["apt-get", "install", "-y", "--no-install-recommends", *_unique(packages)]
    if has_tool("dnf"):
        return ["dnf", "install", "-y", *_unique(library.fedora for library in missing)]
    if has_tool("pacman"):
        return ["pacman", "-S", "--needed", *_unique(library.arch for library in missing)]
    return []


def may_install(
    command: Sequence[str], environ: Mapping[str, str], *, agreed: bool, is_root: bool
) -> bool:
    """Say whether to install by ourselves: as root, with apt-get, asked to or in CI."""
    return command[:1] == ["apt-get"] and is_root and (agreed or bool(environ.get("CI")))


def ensure_system(
    libraries: Sequence[SystemLibrary], *, venv_package: str, agreed: bool, root: Path
) -> None:
    """Check for `libraries` and Debian's `venv_package`; install what is missing where we may.

    Raises:
        StepFailedError: something is missing and stays so; the message has the command to type.
    """
    missing = missing_libraries(libraries)
    if not missing and not venv_package:
        return
    command = install_command(
        missing, venv_package=venv_package, has_tool=lambda name: shutil.which(name) is not None
    )
    if not may_install(command, os.environ, agreed=agreed, is_root=_is_root()):
        raise StepFailedError(
            advice(missing, command, venv_package=venv_package, is_root=_is_root())
        )
    with step("Installing system packages: " + " ".join(command[4:])):
        _apt_install(command, root)
    still_missing = missing_libraries(missing)
    if still_missing:
        raise StepFailedError(advice(still_missing, [], venv_package="", is_root=True))


def _apt_install(command: Sequence[str], root: Path) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for apt in (["apt-get", "update"], command):
        outcome = run_quietly(apt, cwd=root, env=env)
        if outcome.code:
            message = f"'{' '.join(apt)}' failed. Check the network and run it by hand."
            raise StepFailedError(message, outcome.log)


def advice(
    missing: Sequence[SystemLibrary], command: Sequence[str], *, venv_package: str, is_root: bool
) -> str:
    """Return what is missing and, on its own line, the command to type ([]: none is known)."""
    names = [library.soname for library in missing] + ["Python's venv module"] * bool(venv_package)
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    lacks = f"This system lacks {', '.join(names[:NAMES_SHOWN])}{more}."
    if not command:
        return f"{lacks} Install what brings them and {AGAIN}."
    with_apt = command[0] == "apt-get"
    lines = [["apt-get", "update"], command] if with_apt else [command]
    typed = " && ".join(" ".join(line if is_root else ["sudo", *line]) for line in lines)
    by_itself = ", or add --yes-system to it" if with_apt and is_root else ""
    return f"{lacks} Type the next line and {AGAIN}{by_itself}:\n  {typed}"


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
