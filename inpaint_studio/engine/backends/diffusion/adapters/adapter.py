"""What all pipelines have in common when they are called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image

from inpaint_studio.engine.backends.diffusion.adapters.latents import VAE_FACTOR, Layout
from inpaint_studio.engine.backends.diffusion.late_start import late_sigmas
from inpaint_studio.engine.backends.diffusion.prompts import Words
from inpaint_studio.geometry import Extent
from inpaint_studio.imaging.resize import pad_to_multiple, resize, resize_sharp

Embeddings = dict[str, Any]
"""What a pipeline takes instead of the words: tensors or lists of them, for one picture."""


@dataclass(frozen=True, eq=False)
class Call:
    """What one call of a pipeline is made from.

    `image` uint8 HxWx3, `mask` uint8 HxW, 255 = repaint. One seed per picture to make.
    """

    image: np.ndarray
    mask: np.ndarray
    words: Words
    strength: float
    guidance_scale: float
    num_inference_steps: int
    seeds: tuple[int, ...]

    @property
    def extent(self) -> Extent:
        """Of the picture."""
        height, width = self.mask.shape
        return Extent(width, height)

    @property
    def generators(self) -> list[torch.Generator]:
        """One per picture. On the processor, so that a seed means the same on every device."""
        return [torch.Generator("cpu").manual_seed(seed) for seed in self.seeds]


class Adapter:
    """Calls one pipeline class.

    `multiple`: of the sides in px. `cell`: side in px of what a pipeline blends as one; the mask is
    widened to whole cells so that sampling single pixels misses nothing; 1 where the model sees
    the mask itself. `takes_mask`: blends outside the mask by itself. `reads_picture`: the text
    encoder sees the picture, so its output can't be kept by the words alone. `reads_weights`: words
    can count more or less than others. `starts_late`: the pipeline has no argument for the strength
    and is made to start at a later timestep.
    """

    pipeline: ClassVar[str]
    layout: ClassVar[Layout]
    multiple: ClassVar[int] = 16
    cell: ClassVar[int] = VAE_FACTOR
    takes_mask: ClassVar[bool] = True
    takes_strength: ClassVar[bool] = True
    starts_late: ClassVar[bool] = False
    reads_picture: ClassVar[bool] = False
    reads_weights: ClassVar[bool] = False
    guidance_argument: ClassVar[str] = "guidance_scale"

    def prepare(self, pipe: Any) -> None:
        """Mend a pipeline that was just made: no progress bars, no censor, no invisible marks."""
        # Not `set_progress_bar_config`: tqdm starts a thread even for a bar that is switched off.
        pipe.progress_bar = _no_bar
        if getattr(pipe, "safety_checker", None) is not None:
            pipe.safety_checker = None
        if hasattr(pipe, "watermark"):
            pipe.watermark = None

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """Text embeddings as this pipeline takes them."""
        raise NotImplementedError

    def working_extent(self, extent: Extent) -> Extent:
        """The size the pipeline works at when it is given a picture of that size."""
        return extent.rounded_up_to(self.multiple)

    def fitted(self, call: Call) -> Call:
        """The call at the working size: padded where that suffices, else resized."""
        extent = self.working_extent(call.extent)
        if self.is_padded(call.extent):
            image, mask = (pad_to_multiple(a, self.multiple) for a in (call.image, call.mask))
        else:
            image, mask = resize_sharp(call.image, extent), resize(call.mask, extent)
        return replace(call, image=image, mask=mask)

    def as_asked(self, picture: np.ndarray, extent: Extent) -> np.ndarray:
        """What the pipeline made, back at the size of the call that was fitted."""
        if not self.is_padded(extent):
            return resize_sharp(picture, extent)
        return picture[: extent.height, : extent.width]

    def is_padded(self, extent: Extent) -> bool:
        """Whether a picture of that size is padded, not resized."""
        return self.working_extent(extent) == extent.rounded_up_to(self.multiple)

    def arguments(self, call: Call, embeddings: Embeddings) -> dict[str, Any]:
        """What the pipeline is called with; `call` is fitted."""
        arguments: dict[str, Any] = {
            "image": Image.fromarray(call.image),
            "height": call.extent.height,
            "width": call.extent.width,
            "num_inference_steps": call.num_inference_steps,
            "generator": call.generators,
            self.guidance_argument: call.guidance_scale,
        }
        if self.takes_mask:
            arguments["mask_image"] = Image.fromarray(self.hard_mask(call.mask))
        if self.takes_strength and not self.starts_late:
            arguments["strength"] = call.strength
        if self.starts_late and call.strength < 1:
            arguments["sigmas"] = late_sigmas(call.num_inference_steps, call.strength)
        if self.reads_picture:
            return arguments | embeddings | {"num_images_per_prompt": len(call.seeds)}
        # FLUX and others ignore num_images_per_prompt for embeddings that are given.
        return arguments | repeated(embeddings, len(call.seeds))

    def run(self, pipe: Any, arguments: dict[str, Any]) -> np.ndarray:
        """Call the pipeline. Returns float32 BxHxWx3 of 0..1."""
        return pipe(**arguments, output_type="np").images

    def hard_mask(self, mask: np.ndarray) -> np.ndarray:
        """255 wherever a pixel is masked at all, in whole cells."""
        height, width = mask.shape
        cells = mask.reshape(height // self.cell, self.cell, width // self.cell, self.cell)
        painted = (cells.max(axis=(1, 3)) > 0).astype(np.uint8) * 255
        return painted.repeat(self.cell, axis=0).repeat(self.cell, axis=1)


@contextmanager
def _no_bar(*_args: Any, **_kwargs: Any) -> Iterator[SimpleNamespace]:
    yield SimpleNamespace(update=lambda *_steps: None)


class InstructAdapter(Adapter):
    """Pipelines that take a picture and a sentence, and start from noise if left to themselves."""

    takes_mask = False
    starts_late = True


def repeated(embeddings: Embeddings, count: int) -> Embeddings:
    """The same for `count` pictures."""
    return {name: _repeat(value, count) for name, value in embeddings.items() if value is not None}


def _repeat(value: Any, count: int) -> Any:
    if isinstance(value, list):
        return value * count
    return value.repeat(count, *[1] * (value.dim() - 1))
