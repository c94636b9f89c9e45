from __future__ import annotations

import pytest

from inpaint_studio.editor.model_reasons import family_label, why_not_lora, why_not_model
from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelInfo, ModelKind
from tests.model_infos import lora, model


def test_a_good_model_has_no_reason_unless_packages_are_missing() -> None:
    assert why_not_model(model()) == ""
    assert "torch, diffusers" in why_not_model(model(), ("torch", "diffusers"))


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (model(problem="The file is empty."), "painter.safetensors: The file is empty."),
        (lora(), "is a LoRA. Choose a model"),
        (model(kind=ModelKind.vae), "is no model to edit with (VAE)"),
        (ModelInfo(model().path, ModelKind.checkpoint), "is no model to edit with"),
    ],
)
def test_what_is_no_model_is_said(info: ModelInfo, words: str) -> None:
    assert words in why_not_model(info, ("torch",))


def test_loras_need_a_model_of_their_family() -> None:
    assert why_not_lora(lora(), model()) == ""
    assert "Choose a model" in why_not_lora(lora(), None)
    assert "for Stable Diffusion XL" in why_not_lora(lora(), model(Family.flux))
    assert family_label(None) == "an unknown model"
