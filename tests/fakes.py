"""A scriptable backend: fills with plain colours, or misbehaves in the ways real ones do."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from functools import partial

import numpy as np

from inpaint_studio.core.edit import (
    EditParams,
    EditPiece,
    EditRequest,
    ModelIdentity,
    PatchFillOptions,
)
from inpaint_studio.engine.backend import BackendFactory
from inpaint_studio.errors import EditRefusedError, JobCancelledError
from inpaint_studio.geometry import Bounds

COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200))
LONG_SECONDS = 30.0
"""Longer than any test waits."""


class Script(Enum):
    """What the backend does with a job. The value is the `seed` that asks for it."""

    fill = 0
    steps = 1
    deaf = 2
    abort = 3
    segfault = 4
    stop = 5
    hold_gil = 6
    raise_error = 7
    memory_error = 8
    refuse = 9
    wrong_size = 10
    tell_modules = 11


class ScriptedBackend:
    """Does what `script` says, or without one what the request's seed says."""

    def __init__(self, script: Script | None = None) -> None:
        self.identity = ModelIdentity("scripted", "Scripted", "1")
        self._script = script

    def generate(
        self,
        image: np.ndarray,
        mask: np.ndarray,
        avoid: np.ndarray,
        params: EditParams,
        candidate: int,
        on_step: Callable[[float], None],
    ) -> np.ndarray:
        on_step(0.0)
        script = self._script or Script(params.seed)
        _DEEDS.get(script, _do_nothing)(on_step)
        on_step(1.0)
        if script is Script.wrong_size:
            return np.zeros((4096, 4096, 3), np.uint8)
        generated = image.copy()
        generated[mask > 0] = COLOURS[candidate % len(COLOURS)]
        return generated


def scripted(script: Script | None = None) -> BackendFactory:
    """A factory for the engine: every job does `script`, or what its own seed says."""
    return partial(ScriptedBackend, script)


def edit_request(
    script: Script = Script.fill, size: int = 64, islands: int = 1, radii: tuple[int, ...] = (3, 5)
) -> EditRequest:
    """Noisy pieces, each with a masked square in the middle, that ask for `script`."""
    params = EditParams(seed=script.value, options=PatchFillOptions(radii=radii))
    return EditRequest(params, tuple(_piece(size, index) for index in range(islands)))


def _piece(size: int, index: int) -> EditPiece:
    image = np.random.default_rng(index).integers(0, 256, (size, size + index, 3), np.uint8)
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[size // 3 : size // 2, size // 3 : size // 2] = 255
    context = Bounds(index * 2 * size, -5, size + index, size)
    return EditPiece(context, image, mask, np.zeros_like(mask))


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for the condition. Whether it came true."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.01)
    return True


def broken_factory() -> ScriptedBackend:
    """A backend that can't be made."""
    raise RuntimeError("no such library")


def fatal_factory() -> ScriptedBackend:
    """A backend that takes the worker with it while it is made."""
    os.abort()


class TrapFactory:
    """A factory that does `deed(argument)` to the worker before the worker is up."""

    def __init__(self, deed: Callable[[int], object], argument: int) -> None:
        self._trap = (deed, (argument,))

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return self._trap

    def __call__(self) -> ScriptedBackend:
        raise NotImplementedError


def _do_nothing(_on_step: Callable[[float], None]) -> None:
    pass


def _take_steps(on_step: Callable[[float], None]) -> None:
    for step in range(1, 1000):
        time.sleep(LONG_SECONDS / 1000)
        on_step(step / 1000)


def _show_up(on_step: Callable[[float], None]) -> None:
    """Be seen at the half, later than the engine's limit on how often it tells progress."""
    time.sleep(0.1)
    with suppress(JobCancelledError):
        on_step(0.5)


def _be_deaf(on_step: Callable[[float], None]) -> None:
    _show_up(on_step)
    time.sleep(LONG_SECONDS)


def _abort(_on_step: Callable[[float], None]) -> None:
    os.abort()


def _segfault(_on_step: Callable[[float], None]) -> None:
    ctypes.string_at(0)


def _stop(on_step: Callable[[float], None]) -> None:
    _show_up(on_step)
    os.kill(os.getpid(), signal.SIGSTOP)


def _hold_gil(_on_step: Callable[[float], None]) -> None:
    if sys.platform == "win32":
        ctypes.PyDLL("kernel32").Sleep(int(LONG_SECONDS * 1000))
    else:
        ctypes.PyDLL(None).sleep(int(LONG_SECONDS))


def _raise_error(_on_step: Callable[[float], None]) -> None:
    raise ValueError("a bug in a library")


def _run_out_of_memory(_on_step: Callable[[float], None]) -> None:
    raise MemoryError


def _refuse(_on_step: Callable[[float], None]) -> None:
    raise EditRefusedError("There is nothing left to copy from.", "all avoided")


def _tell_modules(_on_step: Callable[[float], None]) -> None:
    raise EditRefusedError("modules", " ".join(sys.modules))


_DEEDS = {
    Script.steps: _take_steps,
    Script.deaf: _be_deaf,
    Script.abort: _abort,
    Script.segfault: _segfault,
    Script.stop: _stop,
    Script.hold_gil: _hold_gil,
    Script.raise_error: _raise_error,
    Script.memory_error: _run_out_of_memory,
    Script.refuse: _refuse,
    Script.tell_modules: _tell_modules,
}
