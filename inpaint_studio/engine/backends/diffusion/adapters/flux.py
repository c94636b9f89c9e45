"""FLUX.1 (dev, schnell, Fill, Kontext) and Chroma, which is built on it."""

from __future__ import annotations

from typing import Any

from inpaint_studio.engine.backends.diffusion.adapters.adapter import (
    Adapter,
    Call,
    Embeddings,
    InstructAdapter,
)
from inpaint_studio.engine.backends.diffusion.adapters.latents import Layout
from inpaint_studio.engine.backends.diffusion.prompts import Words


def embed_flux(pipe: Any, words: Words) -> Embeddings:
    """T5's tokens and CLIP's pooled embedding."""
    embeds, pooled, _ = pipe.encode_prompt(
        prompt=words.text, prompt_2=None, device=pipe._execution_device
    )
    return {"prompt_embeds": embeds, "pooled_prompt_embeds": pooled}


class Flux(Adapter):
    """dev and schnell."""

    pipeline = "FluxInpaintPipeline"
    layout = Layout(packed=True)

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """See `embed_flux`."""
        return embed_flux(pipe, words)


class FluxFill(Flux):
    """Fill sees the mask and always starts from noise."""

    pipeline = "FluxFillPipeline"
    cell = 1
    takes_strength = False


def without_resizing(call: Call) -> dict[str, Any]:
    """Keeps Kontext from choosing one of its 17 sizes of a megapixel."""
    return {"max_area": call.extent.area, "_auto_resize": False}


class FluxKontext(InstructAdapter):
    """Kontext, whole picture."""

    pipeline = "FluxKontextPipeline"
    layout = Layout(packed=True)

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """See `embed_flux`."""
        return embed_flux(pipe, words)

    def arguments(self, call: Call, embeddings: Embeddings) -> dict[str, Any]:
        """At the size of the crop."""
        return super().arguments(call, embeddings) | without_resizing(call)


class FluxKontextInpaint(Flux):
    """Kontext, confined to the mask."""

    pipeline = "FluxKontextInpaintPipeline"

    def arguments(self, call: Call, embeddings: Embeddings) -> dict[str, Any]:
        """At the size of the crop."""
        return super().arguments(call, embeddings) | without_resizing(call)


class Chroma(Adapter):
    """Chroma: T5 alone, and guided."""

    pipeline = "ChromaInpaintPipeline"
    layout = Layout(packed=True)

    def prepare(self, pipe: Any) -> None:
        """The pipeline asks for a setting of FLUX that Chroma's transformer does not have."""
        super().prepare(pipe)
        if "guidance_embeds" not in pipe.transformer.config:
            pipe.transformer.register_to_config(guidance_embeds=False)

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """Embeddings with their attention masks."""
        embeds, _, mask, negative, _, negative_mask = pipe.encode_prompt(
            prompt=words.text,
            negative_prompt=words.negative,
            device=pipe._execution_device,
            do_classifier_free_guidance=words.is_guided,
        )
        return {
            "prompt_embeds": embeds,
            "prompt_attention_mask": mask,
            "negative_prompt_embeds": negative,
            "negative_prompt_attention_mask": negative_mask,
        }
