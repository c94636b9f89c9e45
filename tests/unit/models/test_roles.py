from __future__ import annotations

from pathlib import Path

from inpaint_studio.models.families import Family
from inpaint_studio.models.lora_signatures import lora_fits
from inpaint_studio.models.model_info import ModelInfo, ModelKind
from inpaint_studio.models.roles import problem_as_embedding, problem_as_lora, problem_as_model

LORA = ModelInfo(Path("l"), ModelKind.lora, Family.sdxl)
MODEL = ModelInfo(Path("m"), ModelKind.checkpoint, Family.sdxl)


def test_a_lora_is_no_model() -> None:
    assert problem_as_model(LORA) == (
        "This is a LoRA for Stable Diffusion XL, not a model. Add it under LoRAs."
    )
    assert problem_as_model(MODEL) == ""
    assert problem_as_model(ModelInfo(Path("v"), ModelKind.vae)) == "This is a VAE, not a model."


def test_a_model_is_no_lora() -> None:
    assert problem_as_lora(MODEL, None) == "This is a model for Stable Diffusion XL, not a LoRA."


def test_loras_fit_their_own_family() -> None:
    assert problem_as_lora(LORA, Family.sdxl) == ""
    assert problem_as_lora(LORA, Family.flux) == (
        "This is a LoRA for Stable Diffusion XL. It doesn't fit FLUX.1."
    )


def test_a_problem_of_the_file_comes_first() -> None:
    broken = ModelInfo(Path("b"), problem="The file is empty.")
    assert problem_as_model(broken) == problem_as_embedding(broken, None) == "The file is empty."


def test_families_that_share_loras() -> None:
    assert lora_fits(Family.flux, Family.flux_fill)
    assert lora_fits(Family.qwen_image, Family.qwen_image_edit)
    assert lora_fits(None, Family.sd15)
    assert not lora_fits(Family.sd15, Family.sd2)
