"""Opened tiny models, shared by all tests of a session, and the edits that are tried on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inpaint_studio.core.edit import DiffusionOptions, EditParams, Intent
from inpaint_studio.engine.backend import GenerateInput
from inpaint_studio.engine.backends.diffusion.backend import DiffusionBackend, open_backend

SIZE = (104, 136)
"""Height and width: multiples of 8 but not of 16."""


@cache
def opened(model: Path) -> DiffusionBackend:
    return open_backend(DiffusionOptions(model), lambda _fraction, _message: None)


@cache
def photo(height: int = SIZE[0], width: int = SIZE[1]) -> np.ndarray:
    """Smooth colours with a little noise."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:height, 0:width]
    ramps = np.stack([x * 255 / width, y * 255 / height, (x + y) * 127 / (width + height)], axis=2)
    return (ramps + rng.integers(0, 20, ramps.shape)).clip(0, 255).astype(np.uint8)


def hole(value: int = 255) -> np.ndarray:
    """A mask with a rectangle in the middle."""
    mask = np.zeros(SIZE, np.uint8)
    mask[32:72, 48:104] = value
    return mask


def work(
    model: Path,
    mask: np.ndarray | None = None,
    candidates: tuple[int, ...] = (0,),
    options: dict[str, Any] | None = None,
    **params: Any,
) -> GenerateInput:
    """An edit of the photo: four steps, unless `params` say otherwise."""
    mask = hole() if mask is None else mask
    settings = {"intent": Intent.fill, "prompt": "a red cat", "num_inference_steps": 4} | params
    asked = EditParams(
        **settings,
        options=DiffusionOptions(
            model, num_images_per_prompt=max(candidates) + 1, **(options or {})
        ),
    )
    return GenerateInput(photo(*mask.shape), mask, np.zeros_like(mask), asked, candidates)


class Steps:
    """An `OnStep` that keeps what it hears, and raises `error` at the call number `at`."""

    def __init__(self, at: int = -1, error: Exception | None = None) -> None:
        self.fractions: list[float] = []
        self.previews: list[np.ndarray] = []
        self._at, self._error = at, error

    def __call__(self, fraction: float, preview: np.ndarray | None) -> None:
        if len(self.fractions) == self._at and self._error is not None:
            raise self._error
        self.fractions.append(fraction)
        if preview is not None:
            self.previews.append(preview)


@contextmanager
def decoded_latents(vae: Any) -> Iterator[list[torch.Tensor]]:
    """What the VAE is asked to decode inside the block, float32 (B, C, h, w)."""
    seen: list[torch.Tensor] = []
    decode = vae.decode

    def recording(latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        seen.append(latents.float().flatten(2).unflatten(2, latents.shape[-2:]).clone())
        return decode(latents, *args, **kwargs)

    vae.decode = recording
    yield seen
    vae.__dict__.pop("decode", None)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """Mean absolute difference."""
    return float(np.abs(a.astype(float) - b).mean())
