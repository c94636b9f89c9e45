"""What this machine can hold: its memory and its graphics card's, asked without torch."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

from inpaint_studio.models.model_info import ModelInfo

DIFFUSION_PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "safetensors")
"""What diffusion models need to run, by import name. LoRAs also need peft."""

GPU_WORKSPACE = 3 << 29
"""1.5 GiB beside the weights, for activations at 1 MP and for the driver."""
MEMORY_SHARE = 0.8
"""Of main memory: the rest belongs to the system and to the picture."""
UNIFIED_SHARE = 0.7
"""Of the memory of Apple's chips, what Metal lets the GPU use by default."""
ASK_SECONDS = 5.0


class Fit(Enum):
    """How a model sits on this machine."""

    fits = "fits"
    """The whole model lies in the graphics card's memory."""
    offload = "offload"
    """Parts wait in main memory: slower, but it works."""
    processor = "processor"
    """No graphics card is known; it fits into main memory."""
    too_large = "too large"


@dataclass(frozen=True)
class Machine:
    """Bytes of memory; 0 where it is not known. `gpu_bytes` is that of the largest card."""

    memory_bytes: int = 0
    gpu_bytes: int = 0

    def fit(self, model: ModelInfo) -> Fit:
        """Where the model would run. An estimate from its bytes: nothing is loaded."""
        # Full-precision weights are loaded as half precision on a graphics card.
        on_gpu = model.nbytes // 2 if model.dtype == "F32" else model.nbytes
        if self.gpu_bytes and on_gpu + GPU_WORKSPACE <= self.gpu_bytes:
            return Fit.fits
        if self.memory_bytes and model.nbytes > MEMORY_SHARE * self.memory_bytes:
            return Fit.too_large
        return Fit.offload if self.gpu_bytes else Fit.processor


def look_around() -> Machine:
    """Ask the system and the drivers. Takes up to a few tenths of a second: not for the GUI."""
    memory = _memory_bytes()
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return Machine(memory, round(memory * UNIFIED_SHARE))
    return Machine(memory, max(_nvidia_bytes(), _amd_bytes()))


def free_memory_bytes() -> int:
    """Main memory that programs may still take, caches counted in; 0 where it is not known."""
    try:
        with Path("/proc/meminfo").open() as lines:
            found = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
            return int(next(found, 0)) << 10
    except (OSError, ValueError, IndexError):
        return 0


def missing_packages() -> tuple[str, ...]:
    """The packages that diffusion models need and this installation lacks. Imports none."""
    return tuple(name for name in DIFFUSION_PACKAGES if find_spec(name) is None)


def install_command() -> str:
    """The command that installs what `missing_packages` found."""
    root = Path(__file__).resolve().parents[2]
    what = (
        f"{root}[diffusion]" if (root / "pyproject.toml").is_file() else "inpaint-studio[diffusion]"
    )
    return f'"{sys.executable}" -m pip install "{what}"'


def _memory_bytes() -> int:
    if sys.platform == "win32":
        return _windows_memory_bytes()
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


def _windows_memory_bytes() -> int:
    import ctypes

    kilobytes = ctypes.c_ulonglong(0)
    kernel = ctypes.windll.kernel32  # pyright: ignore[reportAttributeAccessIssue]
    found = kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024 if found else 0


def _nvidia_bytes() -> int:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0
    command = [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=ASK_SECONDS, check=True
        )
        return max((int(line) << 20 for line in answer.stdout.split()), default=0)
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _amd_bytes() -> int:
    """The amdgpu driver's own number, Linux only."""
    sizes = [0]
    for path in Path("/sys/class/drm").glob("card*/device/mem_info_vram_total"):
        try:
            sizes.append(int(path.read_text()))
        except (OSError, ValueError):
            continue
    return max(sizes)
