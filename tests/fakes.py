"""Scriptable backends: one fills with plain colours, or misbehaves in the ways real ones do."""

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
    DiffusionOptions,
    EditParams,
    EditPiece,
    EditRequest,
    ModelIdentity,
    PatchFillOptions,
)
from inpaint_studio.engine.backend import (
    Backend,
    BackendsFactory,
    Capabilities,
    GenerateInput,
    OnLoad,
    OnStep,
    RunFacts,
)
from inpaint_studio.errors import EditRefusedError, EngineError, JobCancelledError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend import keep_only
from inpaint_studio.imaging.crop import plan_crop
from inpaint_studio.imaging.size_rule import SizeRule

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
    preview = 12
    lose_driver = 13


class FakeBackend:
    """What a backend is apart from generating: any size, copies texture, nothing to tell."""

    identity = ModelIdentity("scripted", "Scripted", "1")
    capabilities = Capabilities(has_strength=False)
    notices: tuple[str, ...] = ()
    facts = RunFacts()
    is_closed = False

    def close(self) -> None:
        self.is_closed = True


class ScriptedBackend(FakeBackend):
    """Does what `script` says, or without one what the request's seed says."""

    def __init__(self, script: Script | None = None) -> None:
        self._script = script

    def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
        return [self._one(work, candidate, on_step) for candidate in work.candidates]

    def _one(self, work: GenerateInput, candidate: int, on_step: OnStep) -> np.ndarray:
        on_step(0.0, None)
        script = self._script or Script(work.params.seed)
        _DEEDS.get(script, _do_nothing)(on_step)
        on_step(1.0, None)
        if script is Script.wrong_size:
            return np.zeros((4096, 4096, 3), np.uint8)
        generated = work.image.copy()
        generated[work.mask > 0] = COLOURS[candidate % len(COLOURS)]
        return generated


class PerfectModel(FakeBackend):
    """Draws what really is under the mask, as `flaw` makes it; elsewhere it gives back its input.

    `truth` uint8 HxWx3 is the whole crop of `context`; a flaw is called with a picture and the
    candidate's index.
    """

    def __init__(
        self,
        context: Bounds,
        truth: np.ndarray,
        flaw: Callable[[np.ndarray, int], np.ndarray] = lambda picture, _index: picture,
        sizes: SizeRule | None = None,
        soft_mask: bool = False,
        has_strength: bool = True,
    ) -> None:
        self.capabilities = Capabilities(sizes, True, soft_mask, has_strength)
        self.facts = RunFacts(4, "whole")
        self.works: list[GenerateInput] = []
        self._context = context
        self._truth = truth
        self._flaw = flaw

    def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
        self.works.append(work)
        truth = plan_crop(self._context, self.capabilities.sizes).picture_to_model(self._truth)
        for step in range(4):
            on_step((step + 1) / 4, truth[::8, ::8])
        return [keep_only(work.image, self._flaw(truth, i), work.mask) for i in work.candidates]


class OneBackend:
    """Backends that are always the same one; for diffusion it takes a while to load, once."""

    def __init__(self, backend: Backend, load_steps: int = 0) -> None:
        self._backend = backend
        self._load_steps = load_steps

    def backend_for(self, params: EditParams, on_load: OnLoad) -> Backend:
        if isinstance(params.options, DiffusionOptions):
            for step in range(self._load_steps):
                time.sleep(0.1)
                on_load((step + 1) / self._load_steps, "Loading Scripted")
            self._load_steps = 0
        return self._backend

    def close(self) -> None:
        self._backend.close()


def scripted(script: Script | None = None, load_steps: int = 0) -> BackendsFactory:
    """A factory for the engine: every job does `script`, or what its own seed says."""
    return partial(_scripted, script, load_steps)


def _scripted(script: Script | None, load_steps: int) -> OneBackend:
    return OneBackend(ScriptedBackend(script), load_steps)


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


def broken_factory() -> OneBackend:
    """A backend that can't be made."""
    raise RuntimeError("no such library")


def fatal_factory() -> OneBackend:
    """A backend that takes the worker with it while it is made."""
    os.abort()


class TrapFactory:
    """A factory that does `deed(argument)` to the worker before the worker is up."""

    def __init__(self, deed: Callable[[int], object], argument: int) -> None:
        self._trap = (deed, (argument,))

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return self._trap

    def __call__(self) -> OneBackend:
        raise NotImplementedError


def _do_nothing(_on_step: OnStep) -> None:
    pass


def _take_steps(on_step: OnStep) -> None:
    for step in range(1, 1000):
        time.sleep(LONG_SECONDS / 1000)
        on_step(step / 1000, None)


def _show_up(on_step: OnStep) -> None:
    """Be seen at the half, later than the engine's limit on how often it tells progress."""
    time.sleep(0.1)
    with suppress(JobCancelledError):
        on_step(0.5, None)


def _show_previews(on_step: OnStep) -> None:
    for step in range(12):
        time.sleep(0.05)
        on_step(step / 12, np.full((9, 9, 3), 20 * step, np.uint8))


def _be_deaf(on_step: OnStep) -> None:
    _show_up(on_step)
    time.sleep(LONG_SECONDS)


def _abort(_on_step: OnStep) -> None:
    os.abort()


def _segfault(_on_step: OnStep) -> None:
    ctypes.string_at(0)


def _stop(on_step: OnStep) -> None:
    _show_up(on_step)
    os.kill(os.getpid(), signal.SIGSTOP)


def _hold_gil(_on_step: OnStep) -> None:
    if sys.platform == "win32":
        ctypes.PyDLL("kernel32").Sleep(int(LONG_SECONDS * 1000))
    else:
        ctypes.PyDLL(None).sleep(int(LONG_SECONDS))


def _raise_error(_on_step: OnStep) -> None:
    raise ValueError("a bug in a library")


def _run_out_of_memory(_on_step: OnStep) -> None:
    raise MemoryError


def _refuse(_on_step: OnStep) -> None:
    raise EditRefusedError("There is nothing left to copy from.", "all avoided")


class LostDriverError(EngineError):
    """What a graphics driver in ruins makes of an edit."""

    needs_fresh_worker = True


def _lose_driver(_on_step: OnStep) -> None:
    raise LostDriverError("The graphics driver is lost.")


def _tell_modules(_on_step: OnStep) -> None:
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
    Script.preview: _show_previews,
    Script.lose_driver: _lose_driver,
}
