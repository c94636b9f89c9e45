"""How families lay out their latents, and how a picture becomes latents.

"Latents" are what a pipeline's loop works on: (B, C, h, w) or (B, tokens, channels). "VAE latents"
are what the VAE encodes and decodes: always (B, C, h, w) here, a side an eighth of the picture's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch.nn.functional import max_pool2d, pixel_shuffle, pixel_unshuffle

from inpaint_studio.engine.backends.diffusion.memory import TensorCache

VAE_FACTOR = 8
"""px of the picture per VAE latent, in every family."""
KEPT_ENCODINGS = 64 * 1024 * 1024
"""bytes; a crop of a megapixel takes 0.25 to 1 MB."""

Affine = tuple[torch.Tensor, torch.Tensor]


def kl_affine(vae: Any) -> Affine:
    """Shift and scale of AutoencoderKL."""
    shift = getattr(vae.config, "shift_factor", None) or 0.0
    return torch.tensor([shift]), torch.tensor([vae.config.scaling_factor])


def qwen_affine(vae: Any) -> Affine:
    """Shift and scale per channel of Qwen-Image's VAE."""
    return torch.tensor(vae.config.latents_mean), 1 / torch.tensor(vae.config.latents_std)


def flux2_affine(vae: Any) -> Affine:
    """Shift and scale per channel of a 2x2 patch: the batch norm of FLUX.2's VAE."""
    deviation = torch.sqrt(vae.bn.running_var + vae.config.batch_norm_eps)
    return vae.bn.running_mean, 1 / deviation


@dataclass(frozen=True)
class Layout:
    """`packed`: a token is 2x2 VAE latents. latents = (VAE latents - shift) * scale."""

    affine: Callable[[Any], Affine] = kl_affine
    packed: bool = False

    def from_vae(self, vae: Any, vae_latents: torch.Tensor) -> torch.Tensor:
        """What the loop would start from without noise."""
        grid = pixel_unshuffle(vae_latents, 2) if self.packed else vae_latents
        shift, scale = self._affine_of(vae, grid)
        return self._flat((grid - shift) * scale)

    def to_vae(self, vae: Any, latents: torch.Tensor, height: int, width: int) -> torch.Tensor:
        """The VAE latents of a picture of `height` x `width` px."""
        grid = latents
        if self.packed:
            rows, columns = height // (2 * VAE_FACTOR), width // (2 * VAE_FACTOR)
            grid = latents.transpose(1, 2).unflatten(2, (rows, columns))
        shift, scale = self._affine_of(vae, grid)
        grid = grid / scale + shift
        return pixel_shuffle(grid, 2) if self.packed else grid

    def like_latents(self, levels: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """One value per VAE latent (1, 1, h, w) in a shape that broadcasts to `latents`."""
        if not self.packed:
            return levels
        return self.tokens_of(levels.expand(-1, latents.shape[-1] // 4, -1, -1))

    def tokens_of(self, grid: torch.Tensor) -> torch.Tensor:
        """VAE-shaped values (B, C, h, w) in the order of the latents."""
        grid = pixel_unshuffle(grid, 2) if self.packed else grid
        return self._flat(grid)

    def _flat(self, grid: torch.Tensor) -> torch.Tensor:
        return grid.flatten(2).transpose(1, 2) if self.packed else grid

    def _affine_of(self, vae: Any, grid: torch.Tensor) -> Affine:
        def fit(values: torch.Tensor) -> torch.Tensor:
            values = values.to(grid.device, torch.float32)
            repeated = values.repeat_interleave(grid.shape[1] // len(values))
            return repeated.view(1, -1, 1, 1).to(grid.dtype)

        shift, scale = self.affine(vae)
        return fit(shift), fit(scale)


def levels_of(mask: np.ndarray) -> torch.Tensor:
    """Strength 0..1 per VAE latent, float32 (1, 1, h, w), of a mask uint8 HxW.

    The strongest of the pixels counts: what was painted gets at least the strength it was painted
    with.
    """
    levels = torch.from_numpy(mask.astype(np.float32) / 255)[None, None]
    return max_pool2d(levels, VAE_FACTOR)


def encode(pipe: Any, image: torch.Tensor) -> torch.Tensor:
    """VAE latents of pictures (B, 3, H, W) of -1..1."""
    vae = pipe.vae
    dtype = vae.dtype
    # SDXL's VAE overflows in half precision; its pipelines do the same.
    upcast = dtype == torch.float16 and getattr(vae.config, "force_upcast", False)
    if upcast:
        vae.to(dtype=torch.float32)
    image = image.to(pipe._execution_device, vae.dtype)
    has_frames = hasattr(vae.config, "temperal_downsample")
    encoded = vae.encode(image.unsqueeze(2) if has_frames else image)
    if upcast:
        vae.to(dtype=dtype)
    latents = encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.mode()
    return latents.squeeze(2) if has_frames else latents


def keep_encodings(vae: Any) -> None:
    """Make `vae.encode` return the mean of its distribution, and that of a known picture at once.

    Pipelines sample instead, from the first generator of a batch: then picture k of a batch would
    not equal its single run, and the sampling itself only adds noise.
    """
    original = vae.encode
    kept: TensorCache[torch.Tensor] = TensorCache(KEPT_ENCODINGS)

    def encode_once(image: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        tiled = getattr(vae, "use_tiling", False)
        key = (_digest(image), image.shape, image.dtype, vae.dtype, str(image.device), tiled)
        latents = kept.get(key)
        if latents is None:
            encoded = original(image, *args, **kwargs)
            if not hasattr(encoded, "latent_dist"):
                return encoded
            latents = encoded.latent_dist.mode()
            kept.put(key, latents, (latents,))
        return SimpleNamespace(latents=latents)

    vae.encode = encode_once


def _digest(image: torch.Tensor) -> bytes:
    pixels = image.detach().to("cpu", torch.float32).contiguous().numpy()
    return hashlib.blake2b(pixels.tobytes(), digest_size=16).digest()
