from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from inpaint_studio.engine.backends.diffusion.nan_guard import NOTICE, guarded_decode
from inpaint_studio.engine.backends.diffusion.placement import Placement, place
from inpaint_studio.errors import EngineError
from tests.engine.diffusion.care import card, picture, pipeline
from tests.engine.tiny_models import TinyModels


class Overflowing:
    """Stands in for a VAE's decoder: wrong in half precision, right in float32."""

    def __init__(self, vae: Any, wrong: float) -> None:
        self._vae, self._decode, self._wrong = vae, vae.decode, wrong
        self.calls: list[torch.dtype] = []

    def __call__(self, latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        self.calls.append(self._vae.dtype)
        decoded = self._decode(latents, *args, **kwargs)
        if self._vae.dtype == torch.float32:
            return decoded
        tensor = decoded[0] if isinstance(decoded, tuple) else decoded.sample
        tensor.fill_(self._wrong)
        return decoded


def half(tiny: TinyModels, name: str) -> Any:
    pipe = pipeline(tiny, name).to(torch.bfloat16)
    pipe.vae.register_to_config(force_upcast=False)
    return pipe


@pytest.fixture
def steps() -> list[int]:
    return []


def guarded(pipe: Any, notices: list[str], steps: list[int] | None = None) -> np.ndarray:
    def on_step_end(_pipe: Any, step: int, _time: Any, kwargs: dict) -> dict:
        if steps is not None:
            steps.append(step)
        return kwargs

    with guarded_decode(pipe, notices.append):
        return picture(pipe, callback_on_step_end=on_step_end)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1.0])
@pytest.mark.parametrize("name", ["sdxl_inpaint", "flux_fill", "qwen_image"])
def test_a_broken_picture_is_decoded_again_without_denoising_again(
    tiny: TinyModels, name: str, wrong: float, steps: list[int]
) -> None:
    pipe = half(tiny, name)
    right = picture(pipe)
    overflowing = Overflowing(pipe.vae, wrong)
    pipe.vae.decode = overflowing
    notices: list[str] = []
    result = guarded(pipe, notices, steps)
    assert overflowing.calls == [torch.bfloat16, torch.float32]
    assert steps == [*range(len(steps))], "denoised once"
    assert notices == [NOTICE]
    assert np.abs(result - right).mean() < 3
    assert pipe.vae.dtype == torch.bfloat16


@pytest.mark.parametrize("rung", list(Placement))
def test_at_every_rung(tiny: TinyModels, rung: Placement) -> None:
    pipe = half(tiny, "sdxl_inpaint")
    place(pipe, rung, card())
    pipe.vae.decode = Overflowing(pipe.vae, float("nan"))
    notices: list[str] = []
    result = guarded(pipe, notices)
    assert notices == [NOTICE]
    assert result.std() > 1
    guarded(pipe, notices)


def test_a_good_picture_is_decoded_once(tiny: TinyModels) -> None:
    pipe = half(tiny, "sdxl_inpaint")
    overflowing = Overflowing(pipe.vae, 0.5)
    pipe.vae.decode = overflowing
    notices: list[str] = []
    guarded(pipe, notices)
    assert overflowing.calls == [torch.bfloat16]
    assert notices == []


def test_one_black_image_of_a_batch_counts(tiny: TinyModels) -> None:
    pipe = half(tiny, "sdxl_inpaint")
    decode = pipe.vae.decode

    def half_black(latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        decoded = decode(latents, *args, **kwargs)
        if pipe.vae.dtype != torch.float32:
            decoded[0][1] = -1.0
        return decoded

    pipe.vae.decode = half_black
    notices: list[str] = []
    with guarded_decode(pipe, notices.append):
        picture(pipe, num_images_per_prompt=2)
    assert notices == [NOTICE]


def test_a_picture_that_is_black_in_float32_too_is_taken_as_it_is(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint").to(torch.bfloat16)
    pipe.vae.register_to_config(force_upcast=False)
    decode = pipe.vae.decode

    def black(latents: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        decoded = decode(latents, *args, **kwargs)
        decoded[0].fill_(-1.0)
        return decoded

    pipe.vae.decode = black
    notices: list[str] = []
    assert guarded(pipe, notices).max() == 0
    assert notices == []


def test_broken_latents_are_told(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")

    def break_latents(_pipe: Any, _step: int, _time: Any, kwargs: dict) -> dict:
        return {"latents": torch.full_like(kwargs["latents"], float("nan"))}

    with (
        pytest.raises(EngineError, match="lost itself in its numbers"),
        guarded_decode(pipe, lambda _text: None),
    ):
        picture(pipe, callback_on_step_end=break_latents)
    assert picture(pipe).std() > 1


def test_nothing_is_left_behind(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    before = dict(vars(pipe.vae))
    with guarded_decode(pipe, lambda _text: None):
        assert "decode" in vars(pipe.vae)
    assert vars(pipe.vae).keys() == before.keys()
