from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from inpaint_studio.core.edit import DiffusionOptions
from inpaint_studio.engine.backends.diffusion import gguf
from inpaint_studio.engine.backends.diffusion.loading import load_components
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.detect import identify
from tests.engine.tiny_models import TinyModels


def load(path: Path, dtype: torch.dtype = torch.float32) -> Any:
    return load_components(identify(path), DiffusionOptions(path), dtype, lambda *_: None)


@pytest.mark.parametrize("name", ["flux", "z_image"])
def test_quantised_weights_are_close_to_the_folders(name: str, tiny: TinyModels) -> None:
    quantised = load(tiny(f"{name}.gguf")).transformer
    exact = load(tiny(name)).transformer.state_dict()
    stored = dict(quantised.named_parameters())
    assert stored.keys() == exact.keys()
    number = 0
    for key, value in exact.items():
        if getattr(stored[key], "quant_type", None) is not None and value.ndim == 2:
            number += 1
            matrix = gguf_matrix(stored[key])
            assert matrix.shape == value.shape
            # Q8_0 rounds to 1/127 of the largest of 32 weights.
            assert float((matrix - value).abs().max()) <= float(value.abs().max()) / 127
    assert number > 10


def gguf_matrix(parameter: Any) -> torch.Tensor:
    from diffusers.quantizers.gguf.utils import dequantize_gguf_tensor

    return dequantize_gguf_tensor(parameter).float()


def test_only_the_transformer_is_quantised(tiny: TinyModels) -> None:
    pipe = load(tiny("flux.gguf"), torch.bfloat16)
    assert pipe.text_encoder_2.dtype is torch.bfloat16
    assert pipe.vae.dtype is torch.bfloat16
    assert {p.dtype for p in pipe.transformer.parameters()} >= {torch.uint8}


def test_a_truncated_file(tiny: TinyModels, tmp_path: Path) -> None:
    path = tmp_path / "flux.gguf"
    path.write_bytes(tiny("flux.gguf").read_bytes()[:-2000])
    with pytest.raises(FileProblemError, match="Download it again"):
        load(path)


def test_without_the_gguf_package(tiny: TinyModels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gguf, "find_spec", lambda name: None)
    with pytest.raises(FileProblemError, match=r'flux\.gguf: needs the package "gguf"'):
        load(tiny("flux.gguf"))
