from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import torch

from inpaint_studio.engine.backends.diffusion import devices
from inpaint_studio.engine.backends.diffusion.devices import (
    Device,
    DeviceKind,
    cpu_device,
    pick_device,
)
from tests.engine.diffusion.care import card

GIB = 2**30


def refuse(*_args: Any, **_kwargs: Any) -> Any:
    raise RuntimeError("no kernel image is available for execution on the device\nmore lines")


class PretendedCuda:
    """torch.cuda with two cards, as far as the module asks for it."""

    def __init__(self, name: str, *, bf16: bool) -> None:
        self._name, self._bf16 = name, bf16

    def is_available(self) -> bool:
        return True

    def device_count(self) -> int:
        return 2

    def mem_get_info(self, index: int) -> tuple[int, int]:
        return (2 + 4 * index) * GIB, 8 * GIB

    def memory_reserved(self, _index: int) -> int:
        return 3 * GIB

    def memory_allocated(self, _index: int) -> int:
        return 2 * GIB

    def get_device_properties(self, _index: int) -> Any:
        return SimpleNamespace(name=self._name, total_memory=8 * GIB)

    def is_bf16_supported(self, including_emulation: bool = True) -> bool:
        assert not including_emulation
        return self._bf16

    def device(self, _index: int) -> Any:
        return torch.device("cpu")


@pytest.fixture
def pretend_cuda(monkeypatch: pytest.MonkeyPatch) -> Any:
    def pretend(name: str = "NVIDIA RTX", *, bf16: bool = True) -> None:
        monkeypatch.setattr(torch, "cuda", PretendedCuda(name, bf16=bf16))
        monkeypatch.setattr(devices, "_prove", lambda _device: None)

    return pretend


def test_the_processor() -> None:
    device = cpu_device()
    assert not device.is_accelerator
    assert device.torch_device == torch.device("cpu")
    assert device.dtype == torch.float32
    assert device.name
    assert 0 < device.free_bytes() <= device.total_bytes == psutil.virtual_memory().total
    device.empty_cache()


def test_the_processor_computes_in_half_only_if_float32_does_not_fit() -> None:
    device = cpu_device()
    assert device.dtype_for(1000) == torch.float32
    assert device.dtype_for(device.total_bytes) == torch.bfloat16
    assert card().dtype_for(2**50) == torch.float32


def test_the_card_with_most_free_memory_is_taken(pretend_cuda: Any) -> None:
    pretend_cuda()
    device = pick_device()
    assert (device.kind, device.index, device.total_bytes) == (DeviceKind.cuda, 1, 8 * GIB)
    assert device.name == "NVIDIA RTX"
    assert device.torch_device == torch.device("cuda", 1)
    assert device.free_bytes() == 7 * GIB
    assert device.has_streams


@pytest.mark.parametrize(
    ("name", "bf16", "dtype"),
    [
        ("NVIDIA GeForce RTX 4070", True, torch.bfloat16),
        ("NVIDIA GeForce RTX 2070", False, torch.float16),
        ("NVIDIA GeForce GTX 1660 Ti", False, torch.float32),
        ("NVIDIA GeForce GTX 1080", False, torch.float16),
    ],
)
def test_the_number_format_suits_the_card(
    pretend_cuda: Any, name: str, bf16: bool, dtype: torch.dtype
) -> None:
    pretend_cuda(name, bf16=bf16)
    assert pick_device().dtype == dtype


def test_rocm_is_told_apart(pretend_cuda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_cuda("AMD Radeon")
    monkeypatch.setattr(torch.version, "hip", "6.4")
    assert pick_device().kind is DeviceKind.rocm


def test_a_card_that_cannot_compute_is_left_with_a_sentence(
    pretend_cuda: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_cuda()
    monkeypatch.setattr(devices, "_prove", refuse)
    notices: list[str] = []
    assert pick_device(notices.append).kind is DeviceKind.cpu
    assert notices == [
        "The graphics card can't be used, so the processor works alone "
        "(no kernel image is available for execution on the device)."
    ]


@pytest.mark.parametrize("missing", ["mem_get_info", "get_device_properties", "is_available"])
def test_a_backend_that_is_half_there_is_no_crash(
    pretend_cuda: Any, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    pretend_cuda()
    monkeypatch.setattr(PretendedCuda, missing, refuse)
    assert pick_device().kind is DeviceKind.cpu


def test_metal(monkeypatch: pytest.MonkeyPatch) -> None:
    metal = SimpleNamespace(
        is_available=lambda: True, is_macos_or_newer=lambda major, _minor: major <= 14
    )
    memory = SimpleNamespace(
        recommended_max_memory=lambda: 4 * GIB, current_allocated_memory=lambda: 3 * GIB
    )
    monkeypatch.setattr(torch.backends, "mps", metal)
    monkeypatch.setattr(torch, "mps", memory)
    monkeypatch.setattr(devices, "_prove", lambda _device: None)
    device = pick_device()
    assert device.kind is DeviceKind.mps
    assert device.dtype == torch.bfloat16
    assert device.torch_device == torch.device("mps")
    assert 0 < device.free_bytes() <= GIB
    assert not device.stores_fp8
    assert not device.has_streams


def test_intel(monkeypatch: pytest.MonkeyPatch) -> None:
    intel = SimpleNamespace(
        is_available=lambda: True,
        get_device_properties=lambda _index: SimpleNamespace(name="Arc", total_memory=16 * GIB),
        is_bf16_supported=lambda: True,
        mem_get_info=refuse,
        memory_reserved=lambda _index: 0,
        memory_allocated=lambda _index: 0,
        empty_cache=lambda: None,
    )
    monkeypatch.setattr(torch, "xpu", intel)
    monkeypatch.setattr(devices, "_prove", lambda _device: None)
    device = pick_device()
    assert (device.kind, device.name) == (DeviceKind.xpu, "Arc")
    # Some drivers don't tell what is free: all of it is the guess then.
    assert device.free_bytes() == 16 * GIB


def test_proving_really_computes() -> None:
    devices._prove(cpu_device())
    wrong = Device(DeviceKind.cuda, "missing", GIB, "float32", 7)
    with pytest.raises((RuntimeError, AssertionError)):
        devices._prove(wrong)
