"""How many bytes a model needs: its weights by part, and what a step and the VAE take on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline

RESERVE_BYTES = 512 * 2**20
"""Left for the driver's kernels, matrix workspaces and what the desktop takes meanwhile."""
TILE_SIDE = 512
"""Side in px of the tiles in which the VAE works when memory is scarce."""
ACTIVATIONS_PER_TOKEN = 24
"""Numbers alive at the peak of a block per token and channel: hidden state, norm, queries, keys,
values, attention output, the 4x wide MLP before and after its activation, their concatenation, and
some for float32 norms. Counted on FLUX' single block (20) and SDXL's first level (18)."""
VAE_ELEMENTS_PER_PIXEL = 2200
"""Numbers alive at the peak of decoding per px of the picture; measured by InvokeAI for the KL
autoencoders of SD1.5, SDXL and FLUX on CUDA, including what torch reserves."""
TILE_OVERHEAD = 1.25
"""The tiles that are finished and the ones being blended; InvokeAI's figure."""
USUAL_ELEMENTS_PER_PIXEL = 300
USUAL_DENOISER_SHARE = 0.75


@dataclass(frozen=True)
class Footprint:
    """Bytes of weights by part, and how large the working memory is.

    `rest`: ControlNets and image encoders. `largest_block`, `outside_blocks`: of the denoiser.
    `largest_weight`: of the whole model. `elements_per_pixel`: numbers alive in a step per px of
    one image. `element_size`, `vae_element_size`: bytes per number there.
    """

    denoiser: int
    text: int
    vae: int
    rest: int
    largest_block: int
    outside_blocks: int
    largest_weight: int
    elements_per_pixel: float
    element_size: int
    vae_element_size: int

    @property
    def total(self) -> int:
        """All weights."""
        return self.denoiser + self.text + self.vae + self.rest

    def step_bytes(self, pixels: int, batch: int) -> int:
        """What a denoising step takes beside the weights."""
        return int(self.elements_per_pixel * pixels * batch * self.element_size)

    def decode_bytes(self, pixels: int) -> int:
        """What decoding one image takes beside the weights."""
        return VAE_ELEMENTS_PER_PIXEL * pixels * self.vae_element_size

    def tile_bytes(self, pixels: int) -> int:
        """What decoding one image in tiles takes beside the weights."""
        tile = self.decode_bytes(TILE_SIDE * TILE_SIDE)
        return min(self.decode_bytes(pixels), int(TILE_OVERHEAD * tile))


def footprint_of(pipe: DiffusionPipeline) -> Footprint:
    """Read off the loaded parts; their device does not matter."""
    parts = parts_of(pipe)
    sizes = {name: weight_bytes(module) for name, module in parts.items()}
    name = "unet" if "unet" in parts else "transformer"
    denoiser: Any = parts[name]
    text = sum(size for part, size in sizes.items() if part.startswith("text_encoder"))
    blocks = [weight_bytes(block) for block in _blocks_of(denoiser)]
    return Footprint(
        denoiser=sizes[name],
        text=text,
        vae=sizes["vae"],
        rest=sum(sizes.values()) - sizes[name] - sizes["vae"] - text,
        largest_block=max(blocks, default=sizes[name]),
        outside_blocks=sizes[name] - sum(blocks) if blocks else 0,
        largest_weight=max(
            weight.numel() * weight.element_size()
            for module in parts.values()
            for weight in module.parameters()
        ),
        elements_per_pixel=_elements_per_pixel(denoiser),
        element_size=denoiser.dtype.itemsize,
        vae_element_size=_vae_element_size(parts["vae"]),
    )


def decode_bytes(pipe: DiffusionPipeline, pixels: int) -> int:
    """What decoding one image takes beside the weights."""
    return VAE_ELEMENTS_PER_PIXEL * pixels * _vae_element_size(parts_of(pipe)["vae"])


def usual_footprint(weights: int, element_size: int) -> Footprint:
    """A guess for a model that is not loaded, from the bytes of its weights once loaded."""
    denoiser = int(weights * USUAL_DENOISER_SHARE)
    return Footprint(
        denoiser=denoiser,
        text=weights - denoiser,
        vae=0,
        rest=0,
        largest_block=denoiser // 10,
        outside_blocks=denoiser // 20,
        largest_weight=weights // 50,
        elements_per_pixel=USUAL_ELEMENTS_PER_PIXEL,
        element_size=element_size,
        vae_element_size=element_size,
    )


def parts_of(pipe: DiffusionPipeline) -> dict[str, torch.nn.Module]:
    """The neural networks of a pipeline by the names of its arguments."""
    import torch

    return {
        name: part for name, part in pipe.components.items() if isinstance(part, torch.nn.Module)
    }


def weight_bytes(module: torch.nn.Module) -> int:
    """Bytes of all weights and buffers."""
    tensors = [*module.parameters(), *module.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def _vae_element_size(vae: Any) -> int:
    # SDXL's autoencoder overflows in float16: the pipeline casts it to float32 for decoding.
    upcasts = vae.dtype.itemsize == 2 and bool(getattr(vae.config, "force_upcast", False))
    return 4 if upcasts else vae.dtype.itemsize


def _blocks_of(denoiser: torch.nn.Module) -> list[torch.nn.Module]:
    """What group offloading moves one by one: the members of the lists right below the model."""
    import torch

    lists = (torch.nn.ModuleList, torch.nn.Sequential)
    return [block for child in denoiser.children() if isinstance(child, lists) for block in child]


def _elements_per_pixel(denoiser: Any) -> float:
    """`ACTIVATIONS_PER_TOKEN` x channels / px per token; twice for models that guide in a batch."""
    config = denoiser.config
    if "block_out_channels" in config:
        # A UNet: the first level has a token per latent, 8x8 px, and two of everything.
        return 2 * ACTIVATIONS_PER_TOKEN * config["block_out_channels"][0] / 64
    width = config.get("dim") or config["num_attention_heads"] * config["attention_head_dim"]
    # Transformers take 2x2 latents as a token: 16x16 px.
    return ACTIVATIONS_PER_TOKEN * width / 256
