"""FLUX.2 klein."""

from __future__ import annotations

import math
from typing import Any

from inpaint_studio.engine.backends.diffusion.adapters.adapter import (
    Adapter,
    Embeddings,
    InstructAdapter,
)
from inpaint_studio.engine.backends.diffusion.adapters.latents import Layout, flux2_affine
from inpaint_studio.engine.backends.diffusion.prompts import Words
from inpaint_studio.geometry import Extent

LARGEST_AREA = 1024 * 1024
LAYOUT = Layout(flux2_affine, packed=True)


def embed_klein(pipe: Any, words: Words) -> Embeddings:
    """The undistilled model is guided, against nothing in particular."""
    embeds, _ = pipe.encode_prompt(prompt=words.text, device=pipe._execution_device)
    if pipe.config.is_distilled or not words.is_guided:
        return {"prompt_embeds": embeds}
    negative, _ = pipe.encode_prompt(prompt=words.negative, device=pipe._execution_device)
    return {"prompt_embeds": embeds, "negative_prompt_embeds": negative}


class Flux2Klein(InstructAdapter):
    """klein, whole picture."""

    pipeline = "Flux2KleinPipeline"
    layout = LAYOUT

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """See `embed_klein`."""
        return embed_klein(pipe, words)


class Flux2KleinInpaint(Adapter):
    """klein, confined to the mask. Samples the mask bilinearly at the middle of every token."""

    pipeline = "Flux2KleinInpaintPipeline"
    layout = LAYOUT
    cell = 16

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """See `embed_klein`."""
        return embed_klein(pipe, words)

    def working_extent(self, extent: Extent) -> Extent:
        """Larger pictures are shrunk to a megapixel, whatever size is asked for."""
        padded = extent.rounded_up_to(self.multiple)
        if padded.area <= LARGEST_AREA:
            return padded
        scale = math.sqrt(LARGEST_AREA / padded.area)
        width, height = (int(side * scale) // self.multiple * self.multiple for side in padded)
        return Extent(width, height)
