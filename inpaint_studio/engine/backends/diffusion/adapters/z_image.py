"""Z-Image and Z-Image-Turbo."""

from __future__ import annotations

from typing import Any

from inpaint_studio.engine.backends.diffusion.adapters.adapter import Adapter, Embeddings
from inpaint_studio.engine.backends.diffusion.adapters.latents import Layout
from inpaint_studio.engine.backends.diffusion.prompts import Words


class ZImage(Adapter):
    """Guides above a scale of 0; embeddings are lists."""

    pipeline = "ZImageInpaintPipeline"
    layout = Layout()

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """Embeddings of different lengths, so no tensor of a batch."""
        embeds, negative = pipe.encode_prompt(
            prompt=words.text,
            device=pipe._execution_device,
            do_classifier_free_guidance=words.is_guided,
            negative_prompt=words.negative,
        )
        return {"prompt_embeds": embeds, "negative_prompt_embeds": negative or None}
