"""Stable Diffusion 1.5, 2, XL and 3. 4-channel models blend, 9-channel models see the mask."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import torch

from inpaint_studio.engine.backends.diffusion.adapters.adapter import Adapter, Embeddings
from inpaint_studio.engine.backends.diffusion.adapters.latents import Layout
from inpaint_studio.engine.backends.diffusion.prompts import Words


def weighted(wrapper: str, pipe: Any, words: Words, plain: Embeddings) -> Embeddings:
    """`plain`, the embeddings without weights, with weights by the package compel (MIT).

    Pooled embeddings stay plain: compel would read the notation of the weights into them.
    """
    compel = import_module("compel")
    read = getattr(compel, wrapper)(
        pipe,
        textual_inversion_manager=compel.DiffusersTextualInversionManager(pipe),
        device=pipe._execution_device,
    )
    said = words.in_compel()
    found = read(said.text, negative_prompt=said.negative if said.is_guided else None)
    negative = found.negative_embeds
    # SDXL has zeros for no words at all.
    if said.is_guided and not plain["negative_prompt_embeds"].any():
        negative = torch.zeros_like(found.embeds)
    return plain | {"prompt_embeds": found.embeds, "negative_prompt_embeds": negative}


class StableDiffusion(Adapter):
    """SD1.5 and SD2."""

    pipeline = "StableDiffusionInpaintPipeline"
    layout = Layout()
    multiple = 8
    reads_weights = True

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """Two embeddings where guidance is on."""
        if words.has_weights:
            plain = self.embed(pipe, words.without_weights())
            return weighted("CompelForSD", pipe, words, plain)
        positive, negative = pipe.encode_prompt(
            prompt=words.text,
            device=pipe._execution_device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=words.is_guided,
            negative_prompt=words.negative,
        )
        return {"prompt_embeds": positive, "negative_prompt_embeds": negative}


class StableDiffusionMaskSeen(StableDiffusion):
    """The same with 9 channels."""

    cell = 1


class StableDiffusionXL(Adapter):
    """SDXL."""

    pipeline = "StableDiffusionXLInpaintPipeline"
    layout = Layout()
    multiple = 8
    reads_weights = True

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """Token and pooled embeddings. An empty negative prompt is zeros, as it was trained."""
        if words.has_weights:
            plain = self.embed(pipe, words.without_weights())
            return weighted("CompelForSDXL", pipe, words, plain)
        embeds, negative, pooled, negative_pooled = pipe.encode_prompt(
            prompt=words.text,
            device=pipe._execution_device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=words.is_guided,
            negative_prompt=words.negative or None,
        )
        return {
            "prompt_embeds": embeds,
            "negative_prompt_embeds": negative,
            "pooled_prompt_embeds": pooled,
            "negative_pooled_prompt_embeds": negative_pooled,
        }


class StableDiffusionXLMaskSeen(StableDiffusionXL):
    """The same with 9 channels."""

    cell = 1


class StableDiffusion3(Adapter):
    """SD3 and 3.5."""

    pipeline = "StableDiffusion3InpaintPipeline"
    layout = Layout()

    def run(self, pipe: Any, arguments: dict[str, Any]) -> np.ndarray:
        """Decodes itself: the pipeline forgets the VAE's shift (diffusers issue 13611)."""
        latents = pipe(**arguments, output_type="latent").images
        height, width = arguments["height"], arguments["width"]
        vae_latents = self.layout.to_vae(pipe.vae, latents, height, width)
        decoded = pipe.vae.decode(vae_latents, return_dict=False)[0]
        pipe.maybe_free_model_hooks()
        return pipe.image_processor.postprocess(decoded, output_type="np")

    def embed(self, pipe: Any, words: Words) -> Embeddings:
        """Token and pooled embeddings."""
        embeds, negative, pooled, negative_pooled = pipe.encode_prompt(
            prompt=words.text,
            prompt_2=None,
            prompt_3=None,
            device=pipe._execution_device,
            do_classifier_free_guidance=words.is_guided,
            negative_prompt=words.negative,
        )
        return {
            "prompt_embeds": embeds,
            "negative_prompt_embeds": negative,
            "pooled_prompt_embeds": pooled,
            "negative_pooled_prompt_embeds": negative_pooled,
        }
