"""Goes down the memory ladder when the memory runs out, says so, and remembers it for the model.

The first step down, before any rung that makes the model slower, is to make candidates one by one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from inpaint_studio.engine.backends.diffusion.devices import Device
from inpaint_studio.engine.backends.diffusion.footprint import footprint_of
from inpaint_studio.engine.backends.diffusion.ladder_memory import LadderMemory, Need
from inpaint_studio.engine.backends.diffusion.memory import release
from inpaint_studio.engine.backends.diffusion.placement import (
    PLACEMENTS,
    Placement,
    choose_placement,
    fit_vae,
    is_rounded,
    place,
    placements_for,
    unplace,
)
from inpaint_studio.errors import EngineError

if TYPE_CHECKING:
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline

T = TypeVar("T")

OUT_OF_MEMORY_TEXTS = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cublas_status_alloc_failed",
    "cudnn_status_alloc_failed",
    "out_of_device_memory",
    "out_of_host_memory",
    "out_of_resources",
    "invalid buffer size",
)
"""In lower case: CUDA, HIP and MPS; DefaultCPUAllocator on Windows and elsewhere; libraries that
fail to allocate; Level Zero on XPU; a Metal buffer larger than the device takes."""
DEAD_DEVICE_TEXTS = (
    "illegal memory access",
    "device-side assert",
    "unspecified launch failure",
    "device lost",
    "device_lost",
    "driver shutting down",
    "hip error",
)
"""In lower case: after these, everything on the device fails until the process is a new one."""
ONE_BY_ONE = (
    "The memory was too small for all candidates at once; they are now made one by one. "
    "Same pictures."
)
ANY_WORK = sys.maxsize


class NeedsFreshWorkerError(EngineError):
    """The graphics driver is in a state that only a new process gets out of."""

    needs_fresh_worker = True


class Ladder:
    """A pipeline that is placed for each job and steps down by itself when the memory runs out.

    `model`: a fingerprint of what is loaded, the key in `memory`. `on_notice` gets a sentence for
    the user at each step down. `placement` is the rung of the last job; `together` is how many
    images of its batch are made at once: all or one.
    """

    def __init__(
        self,
        pipe: DiffusionPipeline,
        device: Device,
        model: str,
        on_notice: Callable[[str], None],
        memory: LadderMemory | None = None,
    ) -> None:
        self._pipe = pipe
        self._device = device
        self._model = model
        self._on_notice = on_notice
        self._memory = memory or LadderMemory(None)
        self._is_placed = False
        self._asked = "auto"
        self._largest_work = 0
        self._free = 0
        self._least_split = ANY_WORK
        self.placement = Placement.whole
        self.together = 1

    def run(self, call: Callable[[], T], pixels: int, batch: int = 1, asked: str = "auto") -> T:
        """The result of `call`, with the model placed, stepping down as often as needed.

        `call` runs the pipeline for `together` images at a time and may be called several times: it
        makes its random generators itself. `pixels`: width x height of one image; `batch`: images
        in all; `asked`: `DiffusionOptions.placement`.
        Other errors, a cancel among them, leave the pipeline ready for the next call. Raises
        EngineError if the memory is too small even at the last rung, and NeedsFreshWorkerError if
        the device is lost.
        """
        free = self._choose(pixels, batch, asked)
        while True:
            try:
                self._ensure_placed(pixels)
                return call()
            except Exception as error:
                if not is_out_of_memory(error):
                    self._settle(error)
                    raise
                details = f"{type(error).__name__}: {error}"
            # Outside the block above the error is gone, and with it the frames that hold tensors.
            failed = pixels * self.together
            self._step_down(details, pixels)
            self._remember(failed, free)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Everything lies in main memory without hooks inside the block: for loading and removing
        LoRAs and whatever else changes the networks."""
        self._lift()
        yield

    def use(self, pipe: DiffusionPipeline) -> None:
        """Run this pipeline from now on; it shares its parts with the one before (`from_pipe`)."""
        if pipe is not self._pipe:
            self._lift()
            self._pipe = pipe

    def _lift(self) -> None:
        unplace(self._pipe)
        self._is_placed = False

    def _choose(self, pixels: int, batch: int, asked: str) -> int:
        """Set the rung for a job, at most moving the model if the job is larger than those before.

        Returns the bytes that were free before, while nothing of the model was on the device.
        """
        work = pixels * batch
        if asked != self._asked or work > self._largest_work:
            self._lift()
            release(self._device)
            self._free = self._device.free_bytes()
            self._choose_rung(pixels, batch, asked)
            self._asked, self._largest_work = asked, work
        self.together = 1 if work >= self._least_split else batch
        return self._free

    def _choose_rung(self, pixels: int, batch: int, asked: str) -> None:
        """The fastest rung; one image at a time where the batch alone would need a slower one."""
        need = self._memory.recall(self._model, self._device, pixels * batch)
        footprint, rungs = footprint_of(self._pipe), placements_for(self._pipe, self._device)

        def rung_for(together: int) -> Placement:
            job = self._device, pixels, together
            return choose_placement(footprint, *job, asked, self._at_least(need.placement), rungs)

        self.placement = rung_for(1)
        fits_together = not need.is_split and rung_for(batch) is self.placement
        self._least_split = ANY_WORK if batch == 1 or fits_together else pixels * 2

    def _at_least(self, known: Placement | None) -> Placement | None:
        if not is_rounded(self._pipe):
            return known
        # What is rounded already gains nothing from a rung above.
        rounded = Placement.fp8_group_offload
        return rounded if known is None or known.order < rounded.order else known

    def _ensure_placed(self, pixels: int) -> None:
        if not self._is_placed:
            place(self._pipe, self.placement, self._device)
            self._is_placed = True
        fit_vae(self._pipe, self.placement, self._device, pixels)

    def _settle(self, error: Exception) -> None:
        """After an error in the middle of a run: offloaded parts go back, caches start afresh."""
        if is_dead_device(error):
            text = "The graphics card stopped answering. The engine starts afresh; try once more."
            raise NeedsFreshWorkerError(text, str(error)) from error
        # diffusers does this itself at the end of a run that was not interrupted.
        self._pipe.maybe_free_model_hooks()

    def _step_down(self, details: str, pixels: int) -> None:
        self._lift()
        release(self._device)
        if self.together > 1:
            self.together, self._least_split = 1, pixels * self.together
            self._on_notice(ONE_BY_ONE)
            return
        below = [
            rung
            for rung in placements_for(self._pipe, self._device)
            if rung.order > self.placement.order
        ]
        if not below:
            raise EngineError(_too_small_text(self._device), details)
        self.placement = below[0]
        self._on_notice(PLACEMENTS[self.placement].notice)

    def _remember(self, work: int, free: int) -> None:
        need = Need(self.placement, self._least_split != ANY_WORK)
        self._memory.remember(self._model, self._device, work, free, need)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory, of whatever device, ran out."""
    import torch

    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(part in text for part in OUT_OF_MEMORY_TEXTS)


def is_dead_device(error: BaseException) -> bool:
    """Whether the driver can't go on in this process."""
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(part in text for part in DEAD_DEVICE_TEXTS)


def _too_small_text(device: Device) -> str:
    advice = "Close other programs, mask a smaller area, make fewer candidates"
    if device.is_accelerator:
        return f"This model is too large for this computer. {advice}, or choose a smaller model."
    return f"The main memory is too small for this edit. {advice}, or choose a smaller model."
