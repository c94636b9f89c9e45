from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from inpaint_studio.core.edit import DiffusionOptions, LoraChoice
from inpaint_studio.engine.backends.diffusion.loading import load_components
from inpaint_studio.engine.backends.diffusion.lora import adapter_name, apply_loras, model_family
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import Family
from tests.engine.tiny_models import FOLDERS, TinyModels


def load(path: Path) -> Any:
    return load_components(identify(path), DiffusionOptions(path), torch.float32, lambda *_: None)


def denoiser(pipe: Any) -> Any:
    return pipe.unet if hasattr(pipe, "unet") else pipe.transformer


def predict(pipe: Any) -> torch.Tensor:
    """What the denoiser makes of fixed inputs; any change of its weights shows."""
    generator = torch.Generator().manual_seed(0)
    model = denoiser(pipe)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    with torch.no_grad():
        if hasattr(pipe, "unet"):
            width = model.config["cross_attention_dim"]
            extra = {"text_embeds": noise(1, 1280), "time_ids": noise(1, 6)}
            return model(
                noise(1, model.config["in_channels"], 8, 8),
                timestep=500,
                encoder_hidden_states=noise(1, 5, width),
                added_cond_kwargs=extra if width == 2048 else None,
            ).sample
        return model(
            hidden_states=noise(1, 16, 64),
            encoder_hidden_states=noise(1, 5, 32),
            pooled_projections=noise(1, 16),
            timestep=torch.tensor([0.5]),
            img_ids=torch.zeros(16, 3),
            txt_ids=torch.zeros(5, 3),
            guidance=torch.tensor([3.5]),
        ).sample


FILES = [
    ("sd15", "sd15_lora.safetensors"),
    ("sd15", "sd15_kohya_lora.safetensors"),
    ("sdxl", "sdxl_lora.safetensors"),
    ("sdxl", "sdxl_kohya_lora.safetensors"),
    ("flux", "flux_lora.safetensors"),
    ("flux", "flux_kohya_lora.safetensors"),
]


@pytest.mark.parametrize(("model", "lora"), FILES)
def test_a_lora_changes_the_model_and_can_be_taken_out(
    model: str, lora: str, tiny: TinyModels, capfd: pytest.CaptureFixture[str]
) -> None:
    pipe, path = load(tiny(model)), tiny(lora)
    bare = predict(pipe)
    capfd.readouterr()
    apply_loras(pipe, (LoraChoice(path),))
    full = predict(pipe)
    apply_loras(pipe, (LoraChoice(path, 0.5),))
    half = predict(pipe)
    apply_loras(pipe, (LoraChoice(path, 0.0),))
    none = predict(pipe)
    apply_loras(pipe, ())
    assert not torch.allclose(full, bare, atol=1e-3)
    assert not torch.allclose(half, full, atol=1e-3)
    assert torch.allclose(none, bare, atol=1e-5)
    assert torch.equal(predict(pipe), bare)
    assert not pipe.get_list_adapters()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("model", ["sd15", "sdxl"])
def test_a_lora_changes_the_text_encoders_too(model: str, tiny: TinyModels) -> None:
    pipe = load(tiny(model))
    apply_loras(pipe, (LoraChoice(tiny(f"{model}_kohya_lora.safetensors")),))
    encoders = {"text_encoder", "text_encoder_2"} & pipe.components.keys()
    for name in encoders:
        # Six matrices, two factors each.
        loras = [p for n, p in getattr(pipe, name).named_parameters() if "lora_" in n]
        assert len(loras) == 12
        assert all(bool(p.any()) for p in loras)
    apply_loras(pipe, ())
    for name in encoders:
        assert not [n for n, _ in getattr(pipe, name).named_parameters() if "lora_" in n]


def test_a_lora_of_flux_fits_its_relatives(tiny: TinyModels) -> None:
    pipe = load(tiny("flux_fill"))
    apply_loras(pipe, (LoraChoice(tiny("flux_lora.safetensors")),))
    assert pipe.get_list_adapters()


def test_the_sum_of_several_does_not_depend_on_their_order(tiny: TinyModels) -> None:
    pipe = load(tiny("sd15"))
    first = LoraChoice(tiny("sd15_lora.safetensors"), 0.7)
    second = LoraChoice(tiny("sd15_kohya_lora.safetensors"), -0.3)
    apply_loras(pipe, (first, second))
    both = predict(pipe)
    apply_loras(pipe, (second, first))
    assert torch.allclose(predict(pipe), both, atol=1e-5)
    apply_loras(pipe, (first,))
    assert not torch.allclose(predict(pipe), both, atol=1e-3)


def test_replacing_equals_loading_afresh(tiny: TinyModels) -> None:
    first = LoraChoice(tiny("sdxl_lora.safetensors"))
    second = LoraChoice(tiny("sdxl_kohya_lora.safetensors"))
    fresh, changed = load(tiny("sdxl")), load(tiny("sdxl"))
    apply_loras(fresh, (second,))
    apply_loras(changed, (first,))
    network = changed.unet
    apply_loras(changed, (second,))
    assert changed.unet is network
    assert torch.equal(predict(changed), predict(fresh))


def test_a_known_file_is_not_read_again_and_a_changed_one_is(
    tiny: TinyModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = load(tiny("sd15"))
    path = Path(shutil.copy(tiny("sd15_lora.safetensors"), tmp_path / "style.safetensors"))
    reads: list[str] = []
    original = type(pipe).load_lora_weights

    def recording(self: Any, *arguments: Any, **settings: Any) -> None:
        reads.append(settings["weight_name"])
        original(self, *arguments, **settings)

    monkeypatch.setattr(type(pipe), "load_lora_weights", recording)
    apply_loras(pipe, (LoraChoice(path, 1.0),))
    apply_loras(pipe, (LoraChoice(path, 0.2),))
    assert reads == ["style.safetensors"]
    before = predict(pipe)
    save_file({key: value * 2 for key, value in load_file(path).items()}, path)
    os.utime(path, ns=(1, 1))
    apply_loras(pipe, (LoraChoice(path, 0.2),))
    assert len(reads) == 2
    assert not torch.allclose(predict(pipe), before, atol=1e-4)


@pytest.mark.parametrize(
    ("model", "lora", "said"),
    [
        ("flux", "sd15_lora.safetensors", r"Stable Diffusion 1\.5\. It doesn't fit FLUX\.1"),
        ("sdxl", "sd15_kohya_lora.safetensors", "doesn't fit Stable Diffusion XL"),
        ("sd15", "flux_kohya_lora.safetensors", r"FLUX\.1\. It doesn't fit Stable Diffusion 1"),
        ("sd2", "sdxl_lora.safetensors", "doesn't fit Stable Diffusion 2"),
        ("sd15", "sd15_embedding.safetensors", "textual inversion"),
        ("sd15", "sd15.safetensors", "not a LoRA"),
    ],
)
def test_what_does_not_fit_is_named_and_leaves_the_model_as_it_was(
    model: str, lora: str, said: str, tiny: TinyModels
) -> None:
    pipe = load(tiny(model))
    with pytest.raises(FileProblemError, match=said):
        apply_loras(pipe, (LoraChoice(tiny(lora)),))
    assert not pipe.get_list_adapters()


def unknown_lora(path: Path, stem: str, inputs: int) -> Path:
    """A LoRA that says nothing about its family."""
    weights = {
        f"{stem}.lora_A.weight": torch.ones(4, inputs),
        f"{stem}.lora_B.weight": torch.ones(8, 4),
    }
    save_file(weights, path)
    return path


@pytest.mark.parametrize(
    ("stem", "inputs"),
    [
        ("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q", 640),
        ("unet.elsewhere.to_q", 8),
        ("transformer.elsewhere.to_q", 8),
    ],
)
def test_weights_that_fit_nowhere_are_told(
    stem: str, inputs: int, tiny: TinyModels, tmp_path: Path
) -> None:
    pipe = load(tiny("sd15"))
    bare = predict(pipe)
    path = unknown_lora(tmp_path / "odd.safetensors", stem, inputs)
    with pytest.raises(FileProblemError, match=r"^odd\.safetensors: is a LoRA for another kind"):
        apply_loras(pipe, (LoraChoice(path),))
    assert not pipe.get_list_adapters()
    assert torch.equal(predict(pipe), bare)


def test_a_good_one_beside_a_wrong_one_works_again_alone(tiny: TinyModels) -> None:
    pipe = load(tiny("sd15"))
    good = LoraChoice(tiny("sd15_lora.safetensors"))
    with pytest.raises(FileProblemError):
        apply_loras(pipe, (good, LoraChoice(tiny("flux_lora.safetensors"))))
    bare = predict(pipe)
    apply_loras(pipe, (good,))
    assert not torch.equal(predict(pipe), bare)


def test_a_file_that_is_gone(tiny: TinyModels, tmp_path: Path) -> None:
    with pytest.raises(FileProblemError, match="isn't there any more"):
        apply_loras(load(tiny("sd15")), (LoraChoice(tmp_path / "gone.safetensors"),))


def test_names_are_safe_for_peft(tmp_path: Path) -> None:
    path = tmp_path / "my.style v1.5.safetensors"
    path.touch()
    assert adapter_name(path).isidentifier()


@pytest.mark.parametrize("name", FOLDERS)
def test_every_pipeline_takes_loras_of_its_family(name: str, tiny: TinyModels) -> None:
    pipe = load(tiny(name))
    apply_loras(pipe, ())
    family = model_family(pipe)
    assert family is identify(tiny(name)).family or {family, identify(tiny(name)).family} in (
        {Family.flux, Family.flux_fill},
        {Family.flux, Family.flux_kontext},
        {Family.qwen_image, Family.qwen_image_edit},
    )
