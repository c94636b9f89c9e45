"""What this installation has and what it lacks, as a text to read or to send."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from inpaint_studio import __version__
from inpaint_studio.resources import resource_folder
from inpaint_studio.settings import folders

NEEDED = ("PySide6-Essentials", "numpy", "pillow", "pypatchmatch")
DIFFUSION = ("torch", "diffusers", "transformers", "accelerate", "peft", "safetensors")


@dataclass(frozen=True)
class Diagnosis:
    """The report; `is_healthy` if the editor and patch fill can run."""

    text: str
    is_healthy: bool


def diagnose() -> Diagnosis:
    """Look at everything. Imports no torch: devices are asked of the driver, not of a library."""
    missing = [name for name in NEEDED if _version(name) is None]
    lines = [
        f"Inpaint Studio {__version__}",
        f"Python {platform.python_version()} ({sys.executable})",
        f"System {platform.platform()}, {os.cpu_count()} cores, {_memory()}",
        "",
        "Needed:",
        *_versions(NEEDED),
        "For diffusion models (optional):",
        *_versions(DIFFUSION),
        "",
        "Devices:",
        *_devices(),
        "",
        "Folders:",
        *_folders(),
        "",
        f"Display: {_display()}",
        f"Engine: {_engine()}",
    ]
    if missing:
        lines.append(f"Missing: {', '.join(missing)}. Run: python3 packaging/bootstrap.py run")
    else:
        lines.append("Everything that is needed is here.")
    return Diagnosis("\n".join(lines), not missing and _engine_works())


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _versions(packages: tuple[str, ...]) -> list[str]:
    return [f"  {name} {_version(name) or '- not installed'}" for name in packages]


def _memory() -> str:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "memory unknown"
    gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{gib:.0f} GiB memory"


def _devices() -> list[str]:
    devices = ["  processor: patch fill runs here"]
    if Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi"):
        devices.append("  NVIDIA driver found")
    if Path("/dev/kfd").exists():
        devices.append("  AMD ROCm driver found")
    if sys.platform == "darwin" and platform.machine() == "arm64":
        devices.append("  Apple GPU (MPS)")
    return devices


def _folders() -> list[str]:
    places = {**_named_folders(), "data files": resource_folder()}
    return [f"  {name}: {path}{_writable(path)}" for name, path in places.items()]


def _named_folders() -> dict[str, Path]:
    ours = folders()
    return {"settings": ours.config, "state": ours.state, "cache": ours.cache, "logs": ours.log}


def _writable(path: Path) -> str:
    existing = next((p for p in (path, *path.parents) if p.exists()), None)
    if existing is None or not os.access(existing, os.R_OK):
        return "  (can't be read)"
    return "" if os.access(existing, os.W_OK) else "  (read only)"


def _display() -> str:
    if sys.platform in {"win32", "darwin"}:
        return "the desktop"
    return os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "none (offscreen only)"


def _engine() -> str:
    return "patch fill works" if _engine_works() else "patch fill can't be loaded"


def _engine_works() -> bool:
    try:
        import patchmatch
    except (ImportError, OSError):
        return False
    return bool(patchmatch.patchmatch_available)
