"""What makes a model faster without anybody noticing, and what trades something for speed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from inpaint_studio.engine.backends.diffusion.devices import Device, DeviceKind
from inpaint_studio.engine.backends.diffusion.placement import Placement, denoiser_of

if TYPE_CHECKING:
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline

STEP_CACHE_THRESHOLD = 0.1
"""How much the first block's output may change, relative to the step before, for the other blocks
to be skipped. 0.08 to 0.12 is what the method's authors use on FLUX; higher is faster, coarser."""
STEP_CACHED = ("FluxTransformer2DModel", "QwenImageTransformer2DModel")
"""Transformers whose blocks diffusers' cache handles right. FLUX.2's differ in what they return;
those of SD3, Z-Image and the UNets are not made for it."""
SMALL_MPS_BYTES = 64 * 2**30
NO_STEP_CACHE = "Skipping steps is not possible with this model; it runs as usual."
NO_COMPILER = "There is no compiler for the model on this computer; it runs uncompiled."
NO_COMPILE_OFFLOADED = "The model does not fit on the graphics card whole; it runs uncompiled."


def tune(pipe: DiffusionPipeline, device: Device) -> None:
    """Apply what costs nothing in quality. Call it once, after loading.

    Attention stays torch's scaled_dot_product_attention: it chooses among flash, memory-efficient
    and cuDNN kernels itself, takes the masks that Qwen and Z-Image pass, which the separate flash
    packages refuse, and rounds nothing, unlike SageAttention.
    """
    if device.kind is DeviceKind.mps and device.total_bytes < SMALL_MPS_BYTES:
        # Metal keeps the whole attention matrix; diffusers advises slices below 64 GiB.
        pipe.enable_attention_slicing()
    if device.kind is DeviceKind.cuda and "unet" in pipe.components:
        _make_channels_last(pipe)


def set_step_cache(pipe: DiffusionPipeline, wanted: bool) -> str:
    """Switch the first-block cache on or off; returns "" or why it can't be, for the user.

    Steps in which little changes are then skipped. Call it while nothing is offloaded; it holds at
    every rung. The pipeline forgets the cache after each picture, and `Ladder` after an error.
    """
    denoiser: Any = denoiser_of(pipe)
    if type(denoiser).__name__ not in STEP_CACHED:
        return NO_STEP_CACHE if wanted else ""
    if denoiser.is_cache_enabled and not wanted:
        denoiser.disable_cache()
        denoiser.naming.remove()
    elif wanted and not denoiser.is_cache_enabled:
        from diffusers.hooks.first_block_cache import FirstBlockCacheConfig

        denoiser.enable_cache(FirstBlockCacheConfig(threshold=STEP_CACHE_THRESHOLD))
        denoiser.naming = denoiser.register_forward_pre_hook(_name_run, with_kwargs=True)
    return ""


def compile_denoiser(pipe: DiffusionPipeline, placement: Placement) -> str:
    """Compile the blocks that repeat; returns "" or why it can't be, for the user.

    The first step of each picture size takes a minute longer. Once done there is no way back for
    this pipeline. Offload hooks break what the compiler sees, so only for models on the device.
    """
    if placement not in (Placement.whole, Placement.whole_tiled):
        return NO_COMPILE_OFFLOADED
    if find_spec("triton") is None:
        return NO_COMPILER
    denoiser: Any = denoiser_of(pipe)
    if getattr(denoiser, "_repeated_blocks", None):
        denoiser.compile_repeated_blocks(dynamic=True)
    else:
        denoiser.compile(dynamic=True)
    return ""


def _make_channels_last(pipe: DiffusionPipeline) -> None:
    import torch

    for name in ("unet", "vae", "controlnet"):
        part = pipe.components.get(name)
        if isinstance(part, torch.nn.Module):
            part.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _name_run(denoiser: Any, _args: tuple, kwargs: dict[str, Any]) -> None:
    """Tell the cache the runs of a guided step apart, by the text that they get.

    Not every pipeline does so itself, those for filling don't.
    """
    from diffusers.hooks.hooks import CacheContext, _set_cache_context

    text = kwargs["encoder_hidden_states"]
    _set_cache_context(denoiser, CacheContext(f"text at {text.data_ptr()}"))
