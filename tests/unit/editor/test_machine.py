from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from inpaint_studio.editor import machine
from inpaint_studio.editor.machine import (
    Fit,
    Machine,
    install_command,
    look_around,
    missing_packages,
)
from tests.model_infos import model

GIB = 2**30


@pytest.mark.parametrize(
    ("memory", "gpu", "dtype", "fit"),
    [
        (32, 24, "F16", Fit.fits),
        (32, 8, "F16", Fit.offload),
        (32, 8, "F32", Fit.fits),
        (8, 6, "F16", Fit.too_large),
        (16, 0, "F16", Fit.processor),
        (8, 0, "F16", Fit.too_large),
        (0, 0, "F16", Fit.processor),
    ],
)
def test_where_a_model_of_7_gb_goes(memory: int, gpu: int, dtype: str, fit: Fit) -> None:
    assert Machine(memory * GIB, gpu * GIB).fit(model(dtype=dtype)) is fit


def test_this_machine_has_memory() -> None:
    assert look_around().memory_bytes > GIB


@pytest.mark.parametrize(
    ("answer", "expected"), [("24564\n8192\n", 24564 << 20), ("[N/A]\n", 0), ("", 0)]
)
def test_the_largest_nvidia_card_counts(
    monkeypatch: pytest.MonkeyPatch, answer: str, expected: int
) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda _name: "/bin/nvidia-smi")
    monkeypatch.setattr(
        machine.subprocess,
        "run",
        lambda command, **_options: subprocess.CompletedProcess(command, 0, answer, ""),
    )
    assert machine._nvidia_bytes() == expected


def test_a_driver_that_hangs_or_fails_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(command: list[str], **_options: object) -> None:
        raise subprocess.TimeoutExpired(command, 5)

    monkeypatch.setattr(machine.shutil, "which", lambda _name: "/bin/nvidia-smi")
    monkeypatch.setattr(machine.subprocess, "run", hang)
    assert machine._nvidia_bytes() == 0


def test_missing_packages_are_named_without_importing_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name == "torch" else object())
    assert missing_packages() == ("torch",)


def test_the_command_installs_into_this_python() -> None:
    assert install_command().startswith(f'"{sys.executable}" -m pip install ')
    assert str(Path(machine.__file__).parents[2]) in install_command()
