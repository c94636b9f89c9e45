"""The device that computes: which one, how much memory it has, which number format suits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

GIB = 2**30


class DeviceKind(Enum):
    """Whose driver computes. torch calls ROCm "cuda" too."""

    cuda = "cuda"
    rocm = "rocm"
    xpu = "xpu"
    mps = "mps"
    cpu = "cpu"


@dataclass(frozen=True)
class Device:
    """One device that passed a small computation.

    `total_bytes`: all of its memory; main memory for the processor. `dtype_name`: the format to
    load models in, a name in `torch` ("bfloat16", "float16", "float32").
    """

    kind: DeviceKind
    name: str
    total_bytes: int
    dtype_name: str
    index: int = 0

    @property
    def is_accelerator(self) -> bool:
        """Whether it is something else than the processor."""
        return self.kind is not DeviceKind.cpu

    @property
    def has_streams(self) -> bool:
        """Whether weights can travel while it computes."""
        return self.kind in (DeviceKind.cuda, DeviceKind.rocm, DeviceKind.xpu)

    @property
    def stores_fp8(self) -> bool:
        """Whether weights can be stored in 8-bit floats; only casts are needed, no arithmetic."""
        return self.kind is not DeviceKind.mps

    @property
    def torch_device(self) -> torch.device:
        """The device in torch's words."""
        import torch

        if self.kind in (DeviceKind.cpu, DeviceKind.mps):
            return torch.device(self.kind.value)
        return torch.device("xpu" if self.kind is DeviceKind.xpu else "cuda", self.index)

    @property
    def dtype(self) -> torch.dtype:
        """The format to load models in."""
        import torch

        return getattr(torch, self.dtype_name)

    def dtype_for(self, weights_16bit: int) -> torch.dtype:
        """The format for a model of that many bytes in a 16-bit format.

        The processor computes in float32, which is fastest there, unless only half of it fits.
        """
        import torch

        if not self.is_accelerator and 2 * weights_16bit > 0.8 * self.free_bytes():
            return torch.bfloat16
        return self.dtype

    def free_bytes(self) -> int:
        """Memory that a model can still take; includes what torch keeps for itself to reuse."""
        try:
            return max(_FREE[self.kind](self), 0)
        except (RuntimeError, AttributeError):
            return self.total_bytes

    def empty_cache(self) -> None:
        """Give back to the driver what torch keeps for reuse."""
        import torch

        with suppress(RuntimeError, AttributeError):
            if self.is_accelerator:
                getattr(torch, self.torch_device.type).empty_cache()


def pick_device(on_notice: Callable[[str], None] = lambda _text: None) -> Device:
    """The best device that really computes; the processor at worst.

    A driver may claim to be there and fail at the first computation (a card too new or too old for
    this torch, a broken installation): `on_notice` gets a sentence and the next device is tried.
    """
    for candidate in _accelerators():
        try:
            device = candidate()
            _prove(device)
        except (RuntimeError, AssertionError, AttributeError, OSError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
            on_notice(f"The graphics card can't be used, so the processor works alone ({reason}).")
        else:
            return device
    return cpu_device()


def cpu_device() -> Device:
    """The processor with the main memory."""
    import platform

    import psutil

    name = platform.processor() or platform.machine() or "processor"
    return Device(DeviceKind.cpu, name, psutil.virtual_memory().total, "float32")


def _accelerators() -> Iterator[Callable[[], Device]]:
    """Makers of the accelerators that claim to be there, best first."""
    import torch

    if _claims(torch.cuda):
        yield _cuda_device
    xpu = getattr(torch, "xpu", None)
    if xpu is not None and _claims(xpu):
        yield _xpu_device
    if _claims(torch.backends.mps):
        yield _mps_device


def _claims(backend: object) -> bool:
    try:
        return bool(backend.is_available())  # type: ignore[attr-defined]
    except (RuntimeError, AttributeError):
        return False


def _prove(device: Device) -> None:
    import torch

    ones = torch.ones((8, 8), dtype=device.dtype, device=device.torch_device)
    if float((ones @ ones).sum().cpu()) != 512.0:
        raise RuntimeError("it computes wrong numbers")


def _cuda_device() -> Device:
    import torch

    # The card with the most free memory: the other one may show the desktop.
    index = max(range(torch.cuda.device_count()), key=lambda i: torch.cuda.mem_get_info(i)[0])
    properties = torch.cuda.get_device_properties(index)
    kind = DeviceKind.rocm if torch.version.hip else DeviceKind.cuda
    with torch.cuda.device(index):
        has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    dtype = "bfloat16" if has_bf16 else _dtype_without_bf16(properties.name)
    return Device(kind, properties.name, properties.total_memory, dtype, index)


def _dtype_without_bf16(card: str) -> str:
    # GTX 16 cards give NaN, seen as black pictures, in float16 convolutions.
    return "float32" if "GTX 16" in card else "float16"


def _xpu_device() -> Device:
    import torch

    properties = torch.xpu.get_device_properties(0)
    dtype = "bfloat16" if torch.xpu.is_bf16_supported() else "float16"
    return Device(DeviceKind.xpu, properties.name, properties.total_memory, dtype)


def _mps_device() -> Device:
    import platform

    import torch

    # bfloat16 came to Metal with macOS 14.
    has_bf16 = torch.backends.mps.is_macos_or_newer(14, 0)
    total = torch.mps.recommended_max_memory()
    name = f"Apple {platform.machine()} graphics"
    return Device(DeviceKind.mps, name, total, "bfloat16" if has_bf16 else "float16")


def _free_cuda(device: Device) -> int:
    import torch

    free, _ = torch.cuda.mem_get_info(device.index)
    kept = torch.cuda.memory_reserved(device.index) - torch.cuda.memory_allocated(device.index)
    return free + kept


def _free_xpu(device: Device) -> int:
    import torch

    kept = torch.xpu.memory_reserved(device.index) - torch.xpu.memory_allocated(device.index)
    free, _ = torch.xpu.mem_get_info(device.index)
    return free + kept


def _free_mps(device: Device) -> int:
    import torch

    # Memory is shared with the processor: neither limit may be passed.
    return min(device.total_bytes - torch.mps.current_allocated_memory(), _free_cpu(device))


def _free_cpu(_device: Device) -> int:
    import psutil

    return psutil.virtual_memory().available


_FREE: dict[DeviceKind, Callable[[Device], int]] = {
    DeviceKind.cuda: _free_cuda,
    DeviceKind.rocm: _free_cuda,
    DeviceKind.xpu: _free_xpu,
    DeviceKind.mps: _free_mps,
    DeviceKind.cpu: _free_cpu,
}
