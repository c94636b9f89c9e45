"""Every family gives the same kind of result for the same kind of request."""

from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.core.edit import Intent
from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import FAMILIES, Family, Task
from tests.engine.diffusion.edits import (
    SIZE,
    Steps,
    decoded_latents,
    distance,
    hole,
    opened,
    photo,
    work,
)
from tests.engine.tiny_models import FOLDERS, TinyModels

INSTRUCTED = ["flux_kontext", "flux2_klein", "qwen_image_edit", "qwen_image_edit_plus"]


@pytest.fixture(autouse=True)
def small_qwen_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qwen-Image-Edit's pipelines work at a megapixel: here at 160 x 160 px, for speed."""
    from diffusers.pipelines.qwenimage import (
        pipeline_qwenimage_edit,
        pipeline_qwenimage_edit_inpaint,
        pipeline_qwenimage_edit_plus,
    )

    for module in (pipeline_qwenimage_edit, pipeline_qwenimage_edit_inpaint):
        real = module.calculate_dimensions
        monkeypatch.setattr(
            module, "calculate_dimensions", lambda _area, ratio, real=real: real(160**2, ratio)
        )
    monkeypatch.setattr(pipeline_qwenimage_edit_plus, "VAE_IMAGE_SIZE", 128**2)
    monkeypatch.setattr(pipeline_qwenimage_edit_plus, "CONDITION_IMAGE_SIZE", 64**2)


def test_every_family_has_a_tiny_model(tiny: TinyModels) -> None:
    assert {identify(tiny(name)).family for name in FOLDERS} == set(Family)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_batch_equals_its_single_runs(tiny: TinyModels, name: str) -> None:
    backend, steps = opened(tiny(name)), Steps()
    asked = {"guidance_scale": 4.0, "negative_prompt": "a dog"}

    both = backend.generate(work(tiny(name), candidates=(0, 1), **asked), steps)
    second = backend.generate(work(tiny(name), candidates=(1,), **asked), Steps())

    assert [(made.shape, made.dtype) for made in both] == [((*SIZE, 3), np.uint8)] * 2
    assert np.abs(both[1].astype(int) - second[0]).max() <= 1
    assert distance(both[0], both[1]) > 0.5
    assert steps.fractions == sorted(steps.fractions)
    assert backend.facts.steps == 4
    height, width = steps.previews[0].shape[:2]
    assert width / height == pytest.approx(SIZE[1] / SIZE[0], rel=0.2)


@pytest.mark.parametrize(
    "name", [name for name in FOLDERS if name not in ("flux_fill", "sd2", "sd2_inpaint")]
)
def test_less_strength_stays_closer_to_the_picture(tiny: TinyModels, name: str) -> None:
    backend = opened(tiny(name))
    vae = backend._pipe.vae
    latents = {}
    for strength in (0.1, 1.0):
        with decoded_latents(vae) as seen:
            backend.generate(work(tiny(name), strength=strength), Steps())
        latents[strength] = seen[0]
        assert backend.facts.steps >= 4
    with decoded_latents(vae) as seen:
        backend.generate(work(tiny(name), strength=0.02), Steps())

    near, far = (float((latents[s] - seen[0]).abs().mean()) for s in (0.1, 1.0))
    assert near < far


@pytest.mark.parametrize("name", INSTRUCTED)
def test_an_instruction_for_the_whole_picture(tiny: TinyModels, name: str) -> None:
    everything = np.full((100, 90), 255, np.uint8)
    asked = work(tiny(name), everything, intent=Intent.instruct, prompt="make it blue")

    made = opened(tiny(name)).generate(asked, Steps())

    assert made[0].shape == (100, 90, 3)
    assert distance(made[0], photo(100, 90)) > 1


@pytest.mark.parametrize("name", INSTRUCTED)
def test_an_instruction_confined_to_a_mask(tiny: TinyModels, name: str) -> None:
    backend = opened(tiny(name))
    asked = work(tiny(name), intent=Intent.instruct, prompt="make it blue")

    with decoded_latents(backend._pipe.vae) as seen:
        made = backend.generate(asked, Steps())
    with decoded_latents(backend._pipe.vae) as other:
        backend.generate(work(tiny(name), intent=Intent.instruct, prompt="a dog", seed=9), Steps())

    assert made[0].shape == (*SIZE, 3)
    # Qwen-Image-Edit's picture, and with it the mask, is a little smaller.
    assert (seen[0][..., :3, :4] == other[0][..., :3, :4]).all()
    assert not (seen[0] == other[0]).all()


@pytest.mark.parametrize("name", INSTRUCTED)
@pytest.mark.parametrize("is_confined", [False, True])
def test_a_gentle_instruction_takes_few_steps_and_stays_near(
    tiny: TinyModels, name: str, is_confined: bool
) -> None:
    backend = opened(tiny(name))
    mask = hole() if is_confined else np.full(SIZE, 255, np.uint8)
    plan = {"intent": Intent.instruct, "prompt": "make it blue", "num_inference_steps": 20}
    latents = {}
    for strength in (0.25, 0.9):
        with decoded_latents(backend._pipe.vae) as seen:
            backend.generate(work(tiny(name), mask, strength=strength, **plan), Steps())
        latents[strength] = seen[0]
        assert backend.facts.steps == pytest.approx(20 * strength, abs=1)
    with decoded_latents(backend._pipe.vae) as seen:
        backend.generate(work(tiny(name), mask, strength=0.02, **plan), Steps())

    near, far = (float((latents[s] - seen[0]).abs().mean()) for s in (0.25, 0.9))
    assert near < 0.8 * far


@pytest.mark.parametrize("family", Family)
def test_instructions_are_offered_where_a_pipeline_follows_them(family: Family) -> None:
    instructed = {Family.flux_kontext, Family.flux2_klein, Family.qwen_image_edit}
    assert (Task.instruct in FAMILIES[family].tasks) == (family in instructed)
