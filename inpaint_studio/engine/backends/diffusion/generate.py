"""One run of a pipeline: from a crop to pictures, with progress, previews and soft masks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from PIL import Image

from inpaint_studio.engine.backend import OnStep
from inpaint_studio.engine.backends.diffusion.adapters.adapter import Adapter, Call, Embeddings
from inpaint_studio.engine.backends.diffusion.adapters.latents import encode, levels_of
from inpaint_studio.engine.backends.diffusion.late_start import starting_late
from inpaint_studio.engine.backends.diffusion.noise import predicted_original, watching
from inpaint_studio.engine.backends.diffusion.previews import Previews
from inpaint_studio.engine.backends.diffusion.soft_mask import SoftMask
from inpaint_studio.geometry import Extent

LEAST_REAL_STEPS = 4
LEAST_STRENGTH = 0.02
"""Below it nothing would change, and schedulers run out of steps."""


def steps_for(asked: int, strength: float) -> int:
    """Steps to ask for so that at least four, or `asked` if that is less, really run.

    At strength s pipelines run only the last s of their steps.
    """
    real = min(LEAST_REAL_STEPS, asked)
    steps = max(asked, math.ceil(real / strength))
    return steps if int(steps * strength) >= real else steps + 1


@dataclass(frozen=True, eq=False)
class Job:
    """A call with what the words came to. `soft_mask`: grey values are strength per pixel."""

    call: Call
    embeddings: Embeddings
    soft_mask: bool


def parts_of(call: Call, together: int, on_step: OnStep) -> Iterator[tuple[Call, OnStep]]:
    """The call in parts of `together` pictures, each with a listener that tells its share.

    Previews are of the first picture alone.
    """
    count = len(call.seeds)
    for start in range(0, count, together):
        part = replace(call, seeds=call.seeds[start : start + together])

        def listen(fraction: float, preview: np.ndarray | None, start: int = start) -> None:
            done = (start + fraction * min(together, count - start)) / count
            on_step(done, preview if start == 0 else None)

        yield part, listen


@torch.no_grad()
def run(
    pipe: Any, adapter: Adapter, job: Job, previews: Previews | None, on_step: OnStep
) -> tuple[list[np.ndarray], int]:
    """A picture uint8 HxWx3 of the call's size for every seed, and how many steps it took.

    What `on_step` raises ends the run and leaves the pipeline usable.
    """
    fitted = adapter.fitted(job.call)
    watch = _Watch(pipe, adapter, fitted, job.call.extent, previews, on_step)
    watch.soft_mask = _soft_mask(pipe, adapter, fitted) if job.soft_mask else None
    arguments = adapter.arguments(fitted, job.embeddings) | {
        "callback_on_step_end": watch.on_step_end,
        "callback_on_step_end_tensor_inputs": ["latents"],
    }
    with watching(pipe.scheduler, watch.on_output), _start(pipe, adapter, fitted):
        pictures = adapter.run(pipe, arguments)
    made = [adapter.as_asked(to_uint8(picture), job.call.extent) for picture in pictures]
    return made, pipe.num_timesteps


def to_uint8(picture: np.ndarray) -> np.ndarray:
    """Of floats 0..1."""
    return (picture * 255).round().clip(0, 255).astype(np.uint8)


def _soft_mask(pipe: Any, adapter: Adapter, call: Call) -> SoftMask | None:
    """None where the pipeline does everything that the mask asks for."""
    levels = levels_of(call.mask)
    is_soft = bool(((levels > 0) & (levels < 1)).any())
    is_unheld = not adapter.takes_mask and bool((levels < 1).any())
    if not is_soft and not is_unheld:
        return None
    return SoftMask(adapter.layout, pipe.vae, levels, _originals(pipe, call), call.seeds)


def _start(pipe: Any, adapter: Adapter, call: Call) -> AbstractContextManager[None]:
    """The pipeline's own start, or a later one below full strength."""
    if not adapter.starts_late or call.strength >= 1:
        return nullcontext()
    return starting_late(pipe, adapter.layout.from_vae(pipe.vae, _originals(pipe, call)))


def _originals(pipe: Any, call: Call) -> torch.Tensor:
    """The picture as VAE latents, (1, C, h, w). Encoded once: see `keep_encodings`."""
    return encode(pipe, pipe.image_processor.preprocess(Image.fromarray(call.image)))


class _Watch:
    """Follows the loop of one run. `call` is fitted, `asked` the size before that."""

    def __init__(
        self,
        pipe: Any,
        adapter: Adapter,
        call: Call,
        asked: Extent,
        previews: Previews | None,
        on_step: OnStep,
    ) -> None:
        self._pipe = pipe
        self._layout = adapter.layout
        self._working = call.extent
        self._shown = asked if adapter.is_padded(asked) else call.extent
        self._previews = previews
        self._on_step = on_step
        self._predicted: torch.Tensor | None = None
        self.soft_mask: SoftMask | None = None

    def on_output(self, output: torch.Tensor, timestep: Any, latents: torch.Tensor) -> None:
        """Keep what the model predicts, if it is to be shown."""
        if self._previews is not None and self._previews.is_due:
            said = (output[:1], timestep, latents[:1])
            self._predicted = predicted_original(self._pipe.scheduler, *said)

    def on_step_end(
        self, pipe: Any, index: int, _timestep: Any, tensors: dict[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        """diffusers' callback after each step."""
        if self.soft_mask is not None:
            tensors["latents"] = self.soft_mask.hold(pipe, index, tensors["latents"])
        # The last part is left for decoding.
        self._on_step((index + 1) / (pipe.num_timesteps + 1), self._preview())
        return tensors

    def _preview(self) -> np.ndarray | None:
        predicted, self._predicted = self._predicted, None
        if predicted is None or self._previews is None:
            return None
        vae_latents = self._layout.to_vae(
            self._pipe.vae, predicted, self._working.height, self._working.width
        )
        return self._previews.picture(vae_latents, self._shown.height, self._shown.width)
