"""One loaded model over several edits: what changes, what is kept, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.edit import DiffusionOptions, Intent, LoraChoice
from inpaint_studio.engine.backends.diffusion.backend import RELOADED, open_backend
from inpaint_studio.engine.backends.diffusion.generate import LEAST_STRENGTH, steps_for
from inpaint_studio.engine.backends.diffusion.ladder import ONE_BY_ONE
from inpaint_studio.engine.backends.diffusion.placement import is_rounded
from inpaint_studio.engine.backends.diffusion.prompts import (
    NO_WEIGHTS,
    NOTHING_NEW,
    UNSAID,
    UNSAID_INSTRUCTIONS,
    Words,
    words_for,
)
from inpaint_studio.errors import EditRefusedError, InpaintStudioError, JobCancelledError
from inpaint_studio.models.families import FAMILIES, Family
from tests.engine.diffusion.edits import Steps, distance, hole, opened, work
from tests.engine.tiny_models import TinyModels


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Words that SD's text encoder is asked for."""
    from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_inpaint import (
        StableDiffusionInpaintPipeline,
    )

    asked: list[str] = []
    encode = StableDiffusionInpaintPipeline.encode_prompt

    def counting(pipe: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("prompt") is not None:
            asked.append(kwargs["prompt"])
        return encode(pipe, *args, **kwargs)

    monkeypatch.setattr(StableDiffusionInpaintPipeline, "encode_prompt", counting)
    return asked


@given(st.integers(1, 100), st.floats(LEAST_STRENGTH, 1.0))
def test_at_least_four_steps_really_run(asked: int, strength: float) -> None:
    steps = steps_for(asked, strength)

    assert steps >= asked
    assert int(steps * strength) >= min(4, asked)
    assert strength < 1 or steps == asked


def test_what_is_no_model_is_refused_in_plain_words(tmp_path: Path) -> None:
    text = tmp_path / "model.safetensors"
    text.write_text("hello")

    for path in (text, tmp_path / "nothing", tmp_path):
        with pytest.raises(InpaintStudioError, match=r"[A-Z].*\."):
            open_backend(DiffusionOptions(path), lambda _fraction, _message: None)


def test_a_cancel_while_loading_comes_through(tiny: TinyModels) -> None:
    def cancel(_fraction: float, _message: str) -> None:
        raise JobCancelledError

    with pytest.raises(JobCancelledError):
        open_backend(DiffusionOptions(tiny("sd15")), cancel)


def test_what_it_says_of_itself(tiny: TinyModels) -> None:
    backend = opened(tiny("flux_fill"))

    assert backend.identity.backend == "diffusion"
    assert backend.identity.name == "flux_fill"
    assert backend.capabilities.sizes == FAMILIES[Family.flux_fill].sizes
    assert backend.capabilities.redraws
    assert not backend.capabilities.soft_mask
    assert not backend.capabilities.has_strength
    assert opened(tiny("sdxl")).capabilities.soft_mask


def test_only_the_asked_candidates_are_made(tiny: TinyModels) -> None:
    backend = opened(tiny("sd15"))

    third = backend.generate(work(tiny("sd15"), candidates=(2,)), Steps())
    same = backend.generate(work(tiny("sd15"), seed=2), Steps())

    assert len(third) == 1
    assert (third[0] == same[0]).all()


def test_known_words_are_not_read_again(tiny: TinyModels, counted: list[str]) -> None:
    backend = opened(tiny("sd15"))

    for prompt in ("one dog", "one dog", "two dogs", "one dog"):
        backend.generate(work(tiny("sd15"), prompt=prompt), Steps())

    assert counted == ["one dog", "two dogs"]


@pytest.mark.parametrize("name", ["sd15_inpaint", "flux", "qwen_image", "z_image"])
def test_a_known_crop_is_not_encoded_again(
    tiny: TinyModels, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = opened(tiny(name))
    encoded: list[tuple[int, ...]] = []
    encoder = backend._pipe.vae.encoder
    forward = encoder.forward

    def counting(image: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        encoded.append(tuple(image.shape))
        return forward(image, *args, **kwargs)

    monkeypatch.setattr(encoder, "forward", counting)
    mask = hole()
    # A mask of its own: the masked picture is encoded as well where a network sees it.
    mask[40:50, 60:70] = 0
    backend.generate(work(tiny(name), mask, seed=1), Steps())
    before = len(encoded)
    for seed, prompt in ((2, "a red cat"), (3, "a dog")):
        backend.generate(work(tiny(name), mask, seed=seed, prompt=prompt), Steps())
    assert len(encoded) == before
    other = hole()
    other[40:50, 60:70] = 0
    changed = work(tiny(name), other)
    changed.image[0, 0] += 9
    try:
        backend.generate(changed, Steps())
    finally:
        changed.image[0, 0] -= 9
    assert len(encoded) > before


def test_the_negative_prompt_counts_where_guidance_is_on(tiny: TinyModels) -> None:
    backend = opened(tiny("sd15"))

    def made(**params: Any) -> np.ndarray:
        return backend.generate(work(tiny("sd15"), **params), Steps())[0]

    guided = [made(guidance_scale=9.0, negative_prompt=words) for words in ("a dog", "grass")]
    unguided = [made(guidance_scale=1.0, negative_prompt=words) for words in ("a dog", "grass")]
    assert (guided[0] != guided[1]).any()
    assert (unguided[0] == unguided[1]).all()


def test_another_scheduler_without_loading(tiny: TinyModels) -> None:
    backend = opened(tiny("sdxl"))
    unet = backend._pipe.unet
    asked = work(tiny("sdxl"))
    before = backend.generate(asked, Steps())[0]

    other = backend.generate(work(tiny("sdxl"), options={"scheduler": "euler a"}), Steps())[0]

    assert distance(before, other) > 0
    assert (backend.generate(asked, Steps())[0] == before).all()
    assert backend._pipe.unet is unet


def test_an_unknown_scheduler_is_refused_and_forgotten(tiny: TinyModels) -> None:
    backend, asked = opened(tiny("sdxl")), work(tiny("sdxl"))
    before = backend.generate(asked, Steps())[0]

    with pytest.raises(EditRefusedError):
        backend.generate(work(tiny("sdxl"), options={"scheduler": "nonsense"}), Steps())

    assert (backend.generate(asked, Steps())[0] == before).all()


def test_a_missing_lora_is_refused_and_forgotten(tiny: TinyModels, tmp_path: Path) -> None:
    backend, asked = opened(tiny("sdxl")), work(tiny("sdxl"))
    before = backend.generate(asked, Steps())[0]
    loras = (LoraChoice(tmp_path / "gone.safetensors"),)

    with pytest.raises(InpaintStudioError, match="gone"):
        backend.generate(work(tiny("sdxl"), options={"loras": loras}), Steps())

    assert (backend.generate(asked, Steps())[0] == before).all()


def test_a_lora_comes_and_goes_without_loading(tiny: TinyModels) -> None:
    backend, asked = opened(tiny("sd15")), work(tiny("sd15"))
    unet = backend._pipe.unet
    before = backend.generate(asked, Steps())[0]
    loras = (LoraChoice(tiny("sd15_lora.safetensors")),)

    with_lora = backend.generate(work(tiny("sd15"), options={"loras": loras}), Steps())[0]

    assert (with_lora != before).any()
    assert (backend.generate(asked, Steps())[0] == before).all()
    assert backend._pipe.unet is unet


@pytest.mark.parametrize("placement", ["model-offload", "group-offload", "leaf-offload"])
@pytest.mark.parametrize("name", ["sdxl", "flux_kontext"])
def test_every_placement_makes_the_same_picture(
    tiny: TinyModels, name: str, placement: str
) -> None:
    backend, steps = opened(tiny(name)), Steps()
    soft = hole()
    soft[72:90] = 100
    # The others decode in tiles as well.
    whole = work(tiny(name), soft, options={"placement": "whole-tiled"})
    expected = backend.generate(whole, Steps())[0]
    moved = work(tiny(name), soft, options={"placement": placement})

    with pytest.raises(JobCancelledError):
        backend.generate(moved, Steps(3, JobCancelledError()))
    made = backend.generate(moved, steps)[0]

    assert backend.facts.placement == placement
    assert np.abs(made.astype(int) - expected).max() <= 1
    assert steps.previews


def test_weighted_words_change_what_stable_diffusion_makes(tiny: TinyModels) -> None:
    for name in ("sd15", "sdxl"):
        plain, weighted, same = (
            opened(tiny(name)).generate(work(tiny(name), prompt=prompt), Steps())[0]
            for prompt in ("a red cat", "a (red:1.5) cat", "a (red:1.0) cat")
        )
        assert (plain != weighted).any()
        assert np.abs(plain.astype(int) - same).max() <= 1


def test_weights_are_left_out_where_they_mean_nothing(tiny: TinyModels) -> None:
    backend = opened(tiny("flux"))
    plain = backend.generate(work(tiny("flux"), prompt="a red cat"), Steps())[0]
    assert backend.notices == ()

    weighted = backend.generate(work(tiny("flux"), prompt="a (red:1.5) cat"), Steps())[0]

    assert (plain == weighted).all()
    assert backend.notices == (NO_WEIGHTS,)


def test_instructions_need_a_model_that_follows_them(tiny: TinyModels) -> None:
    with pytest.raises(EditRefusedError, match="follow instructions"):
        opened(tiny("sd15")).generate(work(tiny("sd15"), intent=Intent.instruct), Steps())
    with pytest.raises(EditRefusedError, match="Say what should change"):
        opened(tiny("flux_kontext")).generate(
            work(tiny("flux_kontext"), intent=Intent.instruct, prompt=" "), Steps()
        )


@pytest.mark.parametrize("intent", [intent for intent in Intent if intent is not Intent.instruct])
def test_no_words_mean_what_the_intent_says(tiny: TinyModels, intent: Intent) -> None:
    asked = work(Path("model"), intent=intent, prompt="  ").params

    assert words_for(asked, FAMILIES[Family.flux], 3.5) == Words(UNSAID[intent], "", True)
    instruction = words_for(asked, FAMILIES[Family.flux_kontext], 3.5).text
    assert instruction == UNSAID_INSTRUCTIONS[intent]
    negative = words_for(asked, FAMILIES[Family.sd15], 1.0)
    assert negative == Words(UNSAID[intent], NOTHING_NEW * (intent is Intent.remove), False)


def test_a_strength_of_nothing_is_raised_to_what_schedulers_can_do(tiny: TinyModels) -> None:
    for name in ("sd15", "flux", "z_image"):
        backend = opened(tiny(name))
        backend.generate(work(tiny(name), strength=0.0), Steps())
        assert backend.facts.steps >= 4


def test_a_mask_of_a_single_pixel_is_seen(tiny: TinyModels) -> None:
    mask = hole(0)
    mask[69, 61] = 255
    for name in ("sd15", "flux2_klein"):
        backend = opened(tiny(name))
        one, two = (
            backend.generate(work(tiny(name), mask, seed=seed), Steps())[0] for seed in (1, 2)
        )
        assert (one != two).any()


def test_a_closed_model_is_gone(tiny: TinyModels) -> None:
    backend = open_backend(DiffusionOptions(tiny("sd15")), lambda _fraction, _message: None)
    backend.generate(work(tiny("sd15")), Steps())

    backend.close()

    assert backend._pipe.unet is None


def test_a_batch_that_does_not_fit_is_made_one_by_one(
    tiny: TinyModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = open_backend(DiffusionOptions(tiny("sdxl")), lambda *_: None)
    asked = work(tiny("sdxl"), candidates=(0, 1, 2))
    together = backend.generate(asked, Steps())
    step = backend._pipe.unet.forward

    def forward(sample: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        # Guided: two of each picture.
        if len(sample) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return step(sample, *args, **kwargs)

    monkeypatch.setattr(backend._pipe.unet, "forward", forward)
    steps = Steps()
    apart = backend.generate(asked, steps)
    assert backend.notices == (ONE_BY_ONE,)
    assert max(distance(a, b) for a, b in zip(apart, together, strict=True)) < 0.5
    heard = steps.fractions[steps.fractions.index(0.0, 1) :]
    assert heard == sorted(heard)
    assert 0.9 < heard[-1] < 1
    backend.close()


def test_rounded_weights_are_loaded_again_when_asked_for(tiny: TinyModels) -> None:
    backend = open_backend(DiffusionOptions(tiny("flux")), lambda *_: None)
    exact = backend.generate(work(tiny("flux")), Steps())
    rounded = work(tiny("flux"), options={"placement": "fp8-group-offload"})
    backend.generate(rounded, Steps())
    assert is_rounded(backend._pipe)
    backend.generate(work(tiny("flux"), options={"placement": "cpu"}), Steps())
    assert RELOADED not in backend.notices
    again = backend.generate(work(tiny("flux"), options={"placement": "whole"}), Steps())
    assert RELOADED in backend.notices
    assert not is_rounded(backend._pipe)
    assert np.abs(again[0].astype(int) - exact[0]).max() <= 1
    backend.close()
