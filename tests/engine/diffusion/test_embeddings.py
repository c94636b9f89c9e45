from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from inpaint_studio.core.edit import DiffusionOptions
from inpaint_studio.engine.backends.diffusion.embeddings import apply_embeddings
from inpaint_studio.engine.backends.diffusion.loading import load_components
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.detect import identify
from tests.engine.tiny_models import TinyModels


def load(path: Path) -> Any:
    return load_components(identify(path), DiffusionOptions(path), torch.float32, lambda *_: None)


def words(pipe: Any, prompt: str) -> torch.Tensor:
    """What the denoiser is told: (1, 77, width)."""
    with torch.no_grad():
        return pipe.encode_prompt(
            prompt, device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=False
        )[0]


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
def test_the_files_name_becomes_a_word_and_goes_again(
    family: str, tiny: TinyModels, capfd: pytest.CaptureFixture[str]
) -> None:
    pipe, path = load(tiny(family)), tiny(f"{family}_embedding.safetensors")
    prompt = f"a photo of {path.stem}"
    capfd.readouterr()
    before, size = words(pipe, prompt), len(pipe.tokenizer)
    apply_embeddings(pipe, (path,))
    # Two vectors make two tokens.
    assert len(pipe.tokenizer) == size + 2
    assert not torch.allclose(words(pipe, prompt), before, atol=1e-3)
    learnt = words(pipe, prompt)
    apply_embeddings(pipe, (path,))
    assert torch.equal(words(pipe, prompt), learnt)
    apply_embeddings(pipe, ())
    assert len(pipe.tokenizer) == size
    assert torch.allclose(words(pipe, prompt), before, atol=1e-6)
    assert capfd.readouterr() == ("", "")


def test_vectors_are_those_of_the_file(tiny: TinyModels) -> None:
    pipe, path = load(tiny("sdxl")), tiny("sdxl_embedding.safetensors")
    apply_embeddings(pipe, (path,))
    stored = load_file(path)
    for tokenizer, encoder, name in (
        (pipe.tokenizer, pipe.text_encoder, "clip_l"),
        (pipe.tokenizer_2, pipe.text_encoder_2, "clip_g"),
    ):
        tokens = tokenizer.convert_tokens_to_ids([path.stem, f"{path.stem}_1"])
        table = encoder.get_input_embeddings().weight
        assert torch.equal(table[tokens], stored[name])


def test_one_is_replaced_while_another_stays(tiny: TinyModels, tmp_path: Path) -> None:
    pipe = load(tiny("sd15"))
    source = tiny("sd15_embedding.safetensors")
    first, second, third = (
        Path(shutil.copy(source, tmp_path / f"{name}.safetensors"))
        for name in ("oldstyle", "paper", "newstyle")
    )
    apply_embeddings(pipe, (first, second))
    apply_embeddings(pipe, (second, third))
    known = pipe.tokenizer.get_added_vocab()
    assert "paper" in known
    assert "newstyle" in known
    assert "oldstyle" not in known
    vector = load_file(source)["emb_params"]
    for word in ("paper", "newstyle"):
        tokens = pipe.tokenizer.convert_tokens_to_ids([word, f"{word}_1"])
        table = pipe.text_encoder.get_input_embeddings().weight
        assert torch.equal(table[tokens], vector), word


@pytest.mark.parametrize(
    ("model", "file", "said"),
    [
        ("sd15", "sdxl_embedding.safetensors", "Stable Diffusion 1.5"),
        ("sdxl", "sd15_embedding.safetensors", "Stable Diffusion XL"),
        ("sd2", "sd15_embedding.safetensors", "Stable Diffusion 2"),
        ("sd15", "sd15_lora.safetensors", "LoRA"),
        ("z_image", "sd15_embedding.safetensors", "learns no new words"),
        ("flux", "sd15_embedding.safetensors", "learns no new words"),
    ],
)
def test_what_does_not_fit_is_named(model: str, file: str, said: str, tiny: TinyModels) -> None:
    pipe = load(tiny(model))
    with pytest.raises(FileProblemError, match=said):
        apply_embeddings(pipe, (tiny(file),))


def test_vectors_of_another_width_leave_the_encoders_as_they_were(
    tiny: TinyModels, tmp_path: Path
) -> None:
    pipe, path = load(tiny("sd15")), tmp_path / "odd.safetensors"
    save_file({"emb_params": torch.zeros(1, 512)}, path)
    size = len(pipe.tokenizer)
    with pytest.raises(FileProblemError, match="odd"):
        apply_embeddings(pipe, (path,))
    assert len(pipe.tokenizer) == size
