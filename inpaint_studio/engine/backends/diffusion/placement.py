"""Where the parts of a model lie while it computes: the rungs of the memory ladder as data.

From the fastest to the smallest; every rung runs with the processor as the device as well, so that
the code is tested without a graphics card. Imports torch only inside functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inpaint_studio.engine.backends.diffusion.devices import Device
from inpaint_studio.engine.backends.diffusion.footprint import (
    RESERVE_BYTES,
    TILE_SIDE,
    Footprint,
    decode_bytes,
    parts_of,
)
from inpaint_studio.models.placements import AUTO, PLACEMENT_NAMES, Placement

if TYPE_CHECKING:
    import torch
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline

LAYERWISE_CASTING = "layerwise_casting"
GROUP_HOOKS = ("group_offloading", "layer_execution_tracker", "lazy_prefetch_group_offloading")
"""diffusers' names of the hooks that group offloading hangs on every block."""


@dataclass(frozen=True)
class PlacementInfo:
    """`notice` for who gets it unasked: what changed, in the user's words.

    `is_tiled`: the VAE always works in tiles.
    """

    notice: str
    place: Callable[[DiffusionPipeline, Device], None]
    is_tiled: bool = True


def place(pipe: DiffusionPipeline, placement: Placement, device: Device) -> None:
    """Put the parts of a pipeline where the rung wants them, wherever they are now.

    Call it again after a LoRA was loaded or removed and after `from_pipe` (hooks hold on to the
    weights they saw), or make such changes inside `Ladder.lifted`. What fp8 rounded stays rounded,
    see `is_rounded`. Raises what torch raises when the memory is too small.
    """
    unplace(pipe)
    tile_vae(pipe, PLACEMENTS[placement].is_tiled)
    PLACEMENTS[placement].place(pipe, device)


def unplace(pipe: DiffusionPipeline) -> None:
    """Undo any placement: no offload hooks, everything in main memory. fp8 storage stays."""
    from diffusers.hooks.hooks import HookRegistry

    pipe.remove_all_hooks()
    for module in parts_of(pipe).values():
        registry = HookRegistry.check_if_exists_or_initialize(module)
        for name in GROUP_HOOKS:
            registry.remove_hook(name, recurse=True)
    pipe.to("cpu", silence_dtype_warnings=True)


def placements_for(pipe: DiffusionPipeline, device: Device) -> tuple[Placement, ...]:
    """The rungs that this model and device have, in order."""
    denoiser = denoiser_of(pipe)
    can_round = device.stores_fp8 and hasattr(denoiser, "enable_layerwise_casting")
    if not can_round or getattr(denoiser, "hf_quantizer", None) is not None:
        return tuple(p for p in Placement if p is not Placement.fp8_group_offload)
    return tuple(Placement)


def choose_placement(
    footprint: Footprint,
    device: Device,
    pixels: int,
    batch: int = 1,
    asked: str = AUTO,
    remembered: Placement | None = None,
    rungs: tuple[Placement, ...] = tuple(Placement),
) -> Placement:
    """The fastest rung whose estimate fits into the memory that is free now.

    Call it while the model lies in main memory. `pixels`: width x height of one image of the
    batch. `asked`: a value of `Placement` wins over everything; "auto" and unknown words do not.
    `remembered`: a rung that was needed before; nothing faster is chosen. `rungs`: those that the
    model has, see `placements_for`.
    """
    if asked != AUTO and asked in PLACEMENT_NAMES:
        return Placement(asked)
    if not device.is_accelerator:
        return Placement.cpu
    if remembered is not None:
        rungs = tuple(rung for rung in rungs if rung.order >= remembered.order)
    free = device.free_bytes() - RESERVE_BYTES
    for rung in rungs:
        if rung is not Placement.cpu and estimate(footprint, rung, pixels, batch) <= free:
            return rung
    # Estimates are on the safe side: the last rung on the card is tried before the processor.
    return Placement.leaf_offload if Placement.leaf_offload in rungs else Placement.cpu


def estimate(footprint: Footprint, placement: Placement, pixels: int, batch: int = 1) -> int:
    """Bytes of the device's memory that an edit takes at its peak, weights included.

    The peak is either a denoising step or the VAE's decoding of one image (batches are decoded
    image by image), each beside the weights that lie on the device then. fp8 halves blocks; with
    streams two blocks lie on the device, the one that computes and the next.
    """
    part = footprint
    step, decode = part.step_bytes(pixels, batch), part.decode_bytes(pixels)
    tile = part.tile_bytes(pixels)
    match placement:
        case Placement.whole:
            return part.total + max(step, decode)
        case Placement.whole_tiled:
            return part.total + max(step, tile)
        case Placement.model_offload:
            return max(part.denoiser + part.rest + step, part.text, part.vae + tile)
        case Placement.group_offload:
            return part.vae + max(part.outside_blocks + 2 * part.largest_block + step, tile)
        case Placement.fp8_group_offload:
            return part.vae + max(part.outside_blocks + part.largest_block + step, tile)
        case Placement.leaf_offload:
            return part.vae + max(2 * part.largest_weight + step, tile)
        case Placement.cpu:
            return 0


def fit_vae(pipe: DiffusionPipeline, placement: Placement, device: Device, pixels: int) -> None:
    """Before a job: let the VAE work in tiles if the rung or the size of the picture needs it.

    Tiles differ a little in tone from the whole, so they are for pictures that would not fit.
    """
    room = device.free_bytes() - RESERVE_BYTES
    tile_vae(pipe, PLACEMENTS[placement].is_tiled or decode_bytes(pipe, pixels) > room)


def tile_vae(pipe: DiffusionPipeline, wanted: bool) -> None:
    """Switch the VAE's tiles on or off; batches always go through it image by image."""
    vae: Any = getattr(pipe, "vae", None)
    if not hasattr(vae, "use_tiling"):
        return
    if hasattr(vae, "use_slicing"):
        vae.enable_slicing()
    if not wanted:
        vae.disable_tiling()
        return
    vae.enable_tiling()
    # Tiles are as large as the training pictures by default: for SDXL and FLUX 1024 px, no help.
    if getattr(vae, "tile_sample_min_size", 0) > TILE_SIDE:
        scale = vae.tile_sample_min_size // vae.tile_latent_min_size
        vae.tile_sample_min_size = TILE_SIDE
        vae.tile_latent_min_size = TILE_SIDE // scale


def is_rounded(pipe: DiffusionPipeline) -> bool:
    """Whether weights were rounded to fp8; only loading the model again brings them back."""
    return any(
        LAYERWISE_CASTING in module._diffusers_hook.hooks  # type: ignore[union-attr]
        for module in denoiser_of(pipe).modules()
        if hasattr(module, "_diffusers_hook")
    )


def denoiser_of(pipe: DiffusionPipeline) -> Any:
    """The UNet or the transformer."""
    parts = parts_of(pipe)
    return parts["unet"] if "unet" in parts else parts["transformer"]


def _place_whole(pipe: DiffusionPipeline, device: Device) -> None:
    pipe.to(device.torch_device)


def _place_model_offload(pipe: DiffusionPipeline, device: Device) -> None:
    pipe.enable_model_cpu_offload(device=device.torch_device)


def _place_group_offload(pipe: DiffusionPipeline, device: Device) -> None:
    _offload_groups(pipe, device, {"offload_type": "block_level", "num_blocks_per_group": 1})


def _place_fp8_group_offload(pipe: DiffusionPipeline, device: Device) -> None:
    import torch

    if not is_rounded(pipe):
        denoiser = denoiser_of(pipe)
        denoiser.enable_layerwise_casting(
            storage_dtype=torch.float8_e4m3fn, compute_dtype=denoiser.dtype
        )
    _place_group_offload(pipe, device)


def _place_leaf_offload(pipe: DiffusionPipeline, device: Device) -> None:
    _offload_groups(pipe, device, {"offload_type": "leaf_level"})


def _place_cpu(pipe: DiffusionPipeline, _device: Device) -> None:
    import torch

    # Processors compute float16 very slowly.
    if denoiser_of(pipe).dtype == torch.float16 and not is_rounded(pipe):
        pipe.to(torch.float32)


def _offload_groups(pipe: DiffusionPipeline, device: Device, grouping: dict[str, Any]) -> None:
    """Denoiser in groups, everything else leaf by leaf; the VAE stays on the device.

    The VAE is small, is called by `encode` and `decode` instead of `forward`, and in tiles would
    fetch its weights once per tile.
    """
    for name, module in parts_of(pipe).items():
        if name == "vae":
            module.to(device.torch_device)
        elif module is denoiser_of(pipe):
            _offload(module, device, use_stream=device.has_streams, **grouping)
        else:
            # Runs once per edit: nothing to prefetch for.
            _offload(module, device, use_stream=False, offload_type="leaf_level")


def _offload(module: torch.nn.Module, device: Device, *, use_stream: bool, **grouping: Any) -> None:
    import psutil
    from diffusers.hooks.group_offloading import apply_group_offloading

    weights = sum(p.numel() * p.element_size() for p in module.parameters())
    apply_group_offloading(
        module,
        onload_device=device.torch_device,
        use_stream=use_stream,
        # Streams pin a second copy of the weights in main memory unless told to pin on the fly.
        low_cpu_mem_usage=use_stream and psutil.virtual_memory().available < 1.5 * weights,
        **grouping,
    )


PLACEMENTS: dict[Placement, PlacementInfo] = {
    Placement.whole: PlacementInfo(
        "The whole model lies on the graphics card.",
        _place_whole,
        is_tiled=False,
    ),
    Placement.whole_tiled: PlacementInfo(
        "The graphics card's memory was too small; the picture is now decoded in tiles.",
        _place_whole,
    ),
    Placement.model_offload: PlacementInfo(
        "The graphics card's memory was too small; parts of the model now wait in main memory. "
        "Slower, same picture.",
        _place_model_offload,
    ),
    Placement.group_offload: PlacementInfo(
        "The graphics card's memory was too small; the model now visits it block by block. "
        "Slower, same picture.",
        _place_group_offload,
    ),
    Placement.fp8_group_offload: PlacementInfo(
        "The graphics card's memory was too small; the model is now stored in 8 bits. "
        "Slower, and details may differ a little.",
        _place_fp8_group_offload,
    ),
    Placement.leaf_offload: PlacementInfo(
        "The graphics card's memory was too small; the model now visits it layer by layer. "
        "Much slower.",
        _place_leaf_offload,
    ),
    Placement.cpu: PlacementInfo(
        "The graphics card's memory was too small; the processor does the work now. Very slow.",
        _place_cpu,
        is_tiled=False,
    ),
}
