"""The project's `.venv`: made, repaired, filled by pip, and left alone when it is up to date.

Standard library only; parses on Python 3.8.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from progress import AGAIN, StepFailedError, run_quietly, step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MINIMUM_PYTHON = (3, 11)
TESTED_PYTHONS = "3.11 to 3.13"
TORCH_EXTRA = "diffusion"
STAMP_NAME = "inpaint-studio-ready.json"
UNFINISHED_NAME = "inpaint-studio-unfinished"
VENV_BYTES = 40 * 1024**2  # an empty one with pip, measured 15-30 MiB
# Prints the version and the prefix only where pip can be imported too.
PROBE = "import json, sys, pip; print(json.dumps([list(sys.version_info[:2]), sys.prefix]))"
DISK_FULL = f"The disk is full. Free some space and {AGAIN}."
# What pip prints -> what happened and what to do. The first match counts.
PIP_FAILURES = (
    (r"No space left on device|Errno 28\b", DISK_FULL),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        f"The package index has a certificate Python doesn't trust. Set PIP_CERT and {AGAIN}.",
    ),
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError"
        r"|Connection(Reset|Refused)Error|ProtocolError|Network is unreachable"
        r"|Temporary failure in name resolution",
        f"The package index can't be reached. Check the network (or PIP_INDEX_URL) and {AGAIN}.",
    ),
    (r"Permission denied|Errno 13\b", f"A file can't be written. Look at its owner and {AGAIN}."),
    (
        r"Could not find a version|No matching distribution",
        f"A package has no build for this Python here. Take Python {TESTED_PYTHONS} and {AGAIN}.",
    ),
)


@dataclass(frozen=True)
class Stamp:
    """What `.venv` was last filled with: a hash of everything pip was told, and the extras."""

    fingerprint: str
    extras: frozenset[str]

    def covers(self, fingerprint: str, extras: Iterable[str]) -> bool:
        """Say whether nothing is left to install."""
        return self.fingerprint == fingerprint and self.extras >= frozenset(extras)


@dataclass(frozen=True)
class Venv:
    """The virtual environment in the project's folder."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter, there or not."""
        return python_in(self.folder, sys.platform)

    @property
    def stamp_file(self) -> Path:
        """Written when pip is through."""
        return self.folder / STAMP_NAME

    @property
    def unfinished_file(self) -> Path:
        """There while the folder is being made or filled; left behind by an interruption."""
        return self.folder / UNFINISHED_NAME


def python_in(folder: Path, platform: str) -> Path:
    """Return where a virtual environment keeps its interpreter."""
    return folder / "Scripts/python.exe" if platform == "win32" else folder / "bin/python"


def clean_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without what makes one Python load the modules of another."""
    return {k: v for k, v in environ.items() if k not in ("PYTHONHOME", "PYTHONPATH", "PIP_USER")}


def is_usable(venv: Venv) -> bool:
    """Say whether `.venv` is whole: not cut short, its Python new enough, with pip and in place."""
    return not venv.unfinished_file.exists() and _python_version(venv) >= MINIMUM_PYTHON


def lacks_venv_module() -> bool:
    """Say whether this Python came without ensurepip, as Debian's does at first."""
    return importlib.util.find_spec("ensurepip") is None


def prepare(venv: Venv, extras: Iterable[str]) -> None:
    """Bring `.venv` to a state where the editable project and `extras` are installed.

    Raises:
        StepFailedError: it couldn't be made or filled.
    """
    if not is_usable(venv):
        _create(venv)
    fingerprint = _fingerprint_of(venv)
    stamp = read_stamp(venv.stamp_file)
    if stamp and stamp.covers(fingerprint, extras):
        print("  .venv is up to date")
        return
    wanted = frozenset(extras) | (stamp.extras if stamp else frozenset())
    venv.stamp_file.unlink(missing_ok=True)
    _install(venv, wanted)
    write_stamp(venv.stamp_file, Stamp(fingerprint, wanted))


def read_stamp(path: Path) -> Stamp | None:
    """Return the stamp in `path`, or None where there is none that makes sense."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Stamp(str(data["fingerprint"]), frozenset(map(str, data["extras"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Write `stamp` so that `read_stamp` finds it."""
    data = {"fingerprint": stamp.fingerprint, "extras": sorted(stamp.extras)}
    path.write_text(json.dumps(data) + "\n", encoding="utf-8")


def fingerprint(pyproject: Mapping[str, Any], constraints: bytes, python: str, root: str) -> str:
    """Return a hash that changes with anything pip goes by.

    Of `pyproject` only the tables that bear on an installation count, not the tools' settings.
    `root` counts because an editable installation points into the folder.
    """
    tables = {
        "build-system": pyproject.get("build-system"),
        "project": pyproject.get("project"),
        "hatch": pyproject.get("tool", {}).get("hatch"),
    }
    text = json.dumps([tables, python, root], sort_keys=True)
    return hashlib.sha256(text.encode() + constraints).hexdigest()


def explain_pip(log: str) -> str:
    """Return in one line what pip's output `log` says went wrong and what to do."""
    for pattern, message in PIP_FAILURES:
        if re.search(pattern, log):
            return message
    errors = [line for line in log.splitlines() if line.startswith("ERROR:")]
    reason = errors[-1][len("ERROR:") :].strip() if errors else "see its output above"
    return f"pip failed: {reason}"


def _python_version(venv: Venv) -> tuple[int, ...]:
    """Return the version of a healthy `.venv`, or () where it is missing or broken."""
    try:
        answer = subprocess.run(
            [str(venv.python), "-I", "-c", PROBE], capture_output=True, timeout=60, check=True
        )
        version, prefix = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()
    return tuple(version) if Path(prefix).resolve() == venv.folder.resolve() else ()


def _create(venv: Venv) -> None:
    repair = venv.folder.exists() or venv.folder.is_symlink()
    with step("Making .venv anew (it was broken)" if repair else "Making .venv"):
        try:
            _remove(venv.folder)
            venv.folder.mkdir()
            venv.unfinished_file.touch()
        except OSError as error:
            raise StepFailedError(_explain_os_error(error)) from error
        # From inside a .venv that has just been removed only the Python it was made from is left.
        python = getattr(sys, "_base_executable", None) or sys.executable
        outcome = run_quietly(
            [python, "-m", "venv", str(venv.folder)], cwd=venv.root, env=clean_environ(os.environ)
        )
        if outcome.code or not _python_version(venv):
            # The venv module does not pass on why pip's installation failed.
            full = shutil.disk_usage(venv.root).free < VENV_BYTES
            reason = DISK_FULL if full else f"'{python} -m venv' failed; see its output above."
            raise StepFailedError(reason, outcome.log)
        venv.unfinished_file.unlink()


def _remove(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _explain_os_error(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return DISK_FULL
    return (
        f"{error.strerror}: {error.filename}. Close Inpaint Studio, look at its owner and {AGAIN}."
    )


def _fingerprint_of(venv: Venv) -> str:
    import tomllib  # new in Python 3.11, and this module is also read by older ones

    pyproject = tomllib.loads((venv.root / "pyproject.toml").read_text(encoding="utf-8"))
    python = ".".join(map(str, _python_version(venv)))
    return fingerprint(pyproject, _constraints(venv).read_bytes(), python, str(venv.root))


def _constraints(venv: Venv) -> Path:
    return venv.root / "packaging" / "constraints.txt"


def _install(venv: Venv, extras: frozenset[str]) -> None:
    # PyTorch alone and first: a local CPU build of the pinned version then wins over the index,
    # and the packages that depend on it take it as it is.
    if TORCH_EXTRA in extras:
        _pip(venv, "Installing PyTorch (large)", ["torch"])
    chosen = f".[{','.join(sorted(extras))}]" if extras else "."
    label = f"Installing Inpaint Studio with {', '.join(sorted(extras))}"
    _pip(venv, label if extras else "Installing Inpaint Studio", ["-e", chosen])


def _pip(venv: Venv, label: str, what: list[str]) -> None:
    """Install `what`. Cut short in the middle, `.venv` counts as broken and is made anew."""
    pip = [str(venv.python), "-m", "pip", "--disable-pip-version-check", "install"]
    command = [
        *pip,
        "--progress-bar",
        "off",
        "--retries",
        "2",
        "-c",
        str(_constraints(venv)),
        *what,
    ]
    with step(label):
        venv.unfinished_file.touch()
        outcome = run_quietly(command, cwd=venv.root, env=clean_environ(os.environ))
        # A failure before pip touched anything leaves the folder as it was.
        if outcome.code == 0 or "Installing collected packages" not in outcome.log:
            venv.unfinished_file.unlink()
        if outcome.code:
            raise StepFailedError(explain_pip(outcome.log), outcome.log)
