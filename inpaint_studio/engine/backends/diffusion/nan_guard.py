"""Notices a picture that came out as not-a-number or black and decodes it again in float32."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from inpaint_studio.errors import EngineError

if TYPE_CHECKING:
    import torch
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline

NOTICE = "The picture came out broken in half precision, so it was decoded again more precisely."
BLACK = -0.999
"""Decoders give -1 for black .. 1 for white."""


@contextmanager
def guarded_decode(pipe: DiffusionPipeline, on_notice: Callable[[str], None]) -> Iterator[None]:
    """Watch the VAE while `pipe` runs inside the block.

    Only the last part is repeated, from the same latents, whatever the family: float16 VAEs
    overflow (SDXL's is known for it), the denoising before is fine then. Raises EngineError out of
    the pipeline if the latents themselves are broken.
    """
    vae: Any = pipe.vae  # type: ignore[attr-defined]
    decode = vae.decode

    def decode_again_if_broken(latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        _refuse_broken(latents)
        decoded = decode(latents, *args, **kwargs)
        if not _is_broken(_tensor_of(decoded)) or _is_float32(vae):
            return decoded
        again = _decode_in_float32(vae, decode, latents, args, kwargs)
        if not _is_broken(_tensor_of(again)):
            on_notice(NOTICE)
        return again

    vae.decode = decode_again_if_broken
    try:
        yield
    finally:
        del vae.decode


def _refuse_broken(latents: torch.Tensor) -> None:
    import torch

    if not torch.isfinite(latents).all():
        raise EngineError(
            "The model lost itself in its numbers and made no picture. Lower the guidance, switch "
            "LoRAs off, or choose another file of this model.",
            f"latents: not finite, {latents.dtype}",
        )


def _is_broken(picture: torch.Tensor) -> bool:
    """Not finite anywhere, or black everywhere in one of the images of the batch."""
    import torch

    if not torch.isfinite(picture).all():
        return True
    return bool((picture.flatten(1).amax(dim=1) <= BLACK).any())


def _tensor_of(decoded: Any) -> torch.Tensor:
    """Decoders return a tuple or an object with `sample`, as they are asked to."""
    return decoded[0] if isinstance(decoded, tuple) else decoded.sample


def _is_float32(vae: Any) -> bool:
    import torch

    return vae.dtype == torch.float32


def _decode_in_float32(
    vae: Any, decode: Callable[..., Any], latents: torch.Tensor, args: tuple, kwargs: dict
) -> Any:
    import torch

    dtype = vae.dtype
    vae.to(torch.float32)
    try:
        return decode(latents.float(), *args, **kwargs)
    finally:
        vae.to(dtype)
