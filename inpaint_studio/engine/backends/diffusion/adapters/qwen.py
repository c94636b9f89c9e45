"""Qwen-Image and Qwen-Image-Edit."""

from __future__ import annotations

from typing import Any

from inpaint_studio.engine.backends.diffusion.adapters.adapter import (
    Adapter,
    Embeddings,
    InstructAdapter,
)
from inpaint_studio.engine.backends.diffusion.adapters.latents import Layout, qwen_affine
from inpaint_studio.engine.backends.diffusion.prompts import Words
from inpaint_studio.geometry import Extent

LAYOUT = Layout(qwen_affine, packed=True)


class QwenImage(Adapter):
    """Qwen-Image."""

    pipeline = "QwenImageInpaintPipeline"
    layout = LAYOUT
    guidance_argument = "true_cfg_scale"

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """Embeddings with their masks. Without a negative prompt there is no guidance at all."""
        device = pipe._execution_device
        embeds, mask = pipe.encode_prompt(prompt=words.text, device=device)
        embeddings = {"prompt_embeds": embeds, "prompt_embeds_mask": mask}
        if words.is_guided:
            negative, mask = pipe.encode_prompt(prompt=words.negative or " ", device=device)
            embeddings |= {"negative_prompt_embeds": negative, "negative_prompt_embeds_mask": mask}
        return embeddings


def words_with_picture(words: Words) -> Embeddings:
    """The plain words: they are read together with the picture."""
    negative = {"negative_prompt": words.negative or " "} if words.is_guided else {}
    return {"prompt": words.text} | negative


class QwenImageEdit(InstructAdapter):
    """Qwen-Image-Edit, whole picture."""

    pipeline = "QwenImageEditPipeline"
    layout = LAYOUT
    reads_picture = True
    guidance_argument = "true_cfg_scale"

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """See `words_with_picture`."""
        return words_with_picture(words)


class QwenImageEditPlus(QwenImageEdit):
    """Qwen-Image-Edit 2509 and later. No pipeline confines it to a mask: soft masks do."""

    pipeline = "QwenImageEditPlusPipeline"


class QwenImageEditInpaint(Adapter):
    """Qwen-Image-Edit, confined to the mask. Works at a megapixel whatever it is given."""

    pipeline = "QwenImageEditInpaintPipeline"
    layout = LAYOUT
    reads_picture = True
    guidance_argument = "true_cfg_scale"

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """See `words_with_picture`."""
        return words_with_picture(words)

    def working_extent(self, extent: Extent) -> Extent:
        """A megapixel of the same aspect, in multiples of 32 px."""
        from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_inpaint as pipeline

        # The pipeline computes it anew from what it is given, and rounding moves it once or twice.
        for _ in range(4):
            width, height, _ = pipeline.calculate_dimensions(1024 * 1024, extent[0] / extent[1])
            extent = Extent(int(width), int(height))
        return extent
