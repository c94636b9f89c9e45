from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.pipelines.flux.pipeline_flux_inpaint import FluxInpaintPipeline

from inpaint_studio.engine.backends.diffusion import speed
from inpaint_studio.engine.backends.diffusion.devices import DeviceKind, cpu_device
from inpaint_studio.engine.backends.diffusion.ladder import Ladder
from inpaint_studio.engine.backends.diffusion.placement import Placement, place
from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.errors import JobCancelledError
from tests.engine.diffusion.care import assert_same, card, picture, pipeline
from tests.engine.tiny_models import TinyModels


def strides_are_channels_last(part: Any) -> bool:
    kernels = [w for w in part.parameters() if w.dim() == 4 and w.shape[1] > 1 and w.shape[2] > 1]
    return all(w.is_contiguous(memory_format=torch.channels_last) for w in kernels)


def test_unets_on_cuda_are_channels_last_with_the_same_picture(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    bare = picture(pipe)
    speed.tune(pipe, cpu_device())
    assert not strides_are_channels_last(pipe.unet)
    speed.tune(pipe, card())
    assert strides_are_channels_last(pipe.unet)
    assert strides_are_channels_last(pipe.vae)
    assert_same(picture(pipe), bare)


def test_metal_with_little_memory_slices_attention(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    bare = picture(pipe)
    mac = replace(card(), kind=DeviceKind.mps, total_bytes=16 * 2**30)
    speed.tune(pipe, mac)
    assert any("Sliced" in type(p).__name__ for p in pipe.unet.attn_processors.values())
    assert_same(picture(pipe), bare)


def counted(block: Any) -> list[int]:
    """Grows whenever the block computes."""
    runs: list[int] = []
    original = block.forward

    def counting(*args: Any, **kwargs: Any) -> Any:
        runs.append(1)
        return original(*args, **kwargs)

    block.forward = counting
    return runs


@pytest.mark.parametrize("name", ["flux_fill", "qwen_image"])
@pytest.mark.parametrize("rung", list(Placement))
def test_the_step_cache_holds_at_every_rung(
    tiny: TinyModels, name: str, rung: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "STEP_CACHE_THRESHOLD", 1e9)
    pipe = pipeline(tiny, name)
    transformer = pipe.transformer
    is_flux = name == "flux_fill"
    last = (transformer.single_transformer_blocks if is_flux else transformer.transformer_blocks)[
        -1
    ]
    runs = counted(last.attn)
    assert speed.set_step_cache(pipe, True) == ""
    place(pipe, rung, card())
    first = picture(pipe, strength=1.0)
    assert len(runs) == 1, "the second of two steps is skipped"
    assert np.array_equal(picture(pipe, strength=1.0), first), "the cache outlived the picture"
    assert len(runs) == 2


def test_the_step_cache_goes_as_it_came(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "flux_fill")
    bare = picture(pipe)
    for _ in range(2):
        assert speed.set_step_cache(pipe, True) == ""
        assert speed.set_step_cache(pipe, True) == ""
        assert pipe.transformer.is_cache_enabled
        assert speed.set_step_cache(pipe, False) == ""
        assert speed.set_step_cache(pipe, False) == ""
        assert not pipe.transformer.is_cache_enabled
        assert not pipe.transformer._forward_pre_hooks
    assert_same(picture(pipe), bare)


def test_the_two_runs_of_a_guided_step_are_cached_apart(
    tiny: TinyModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "STEP_CACHE_THRESHOLD", 1e9)
    with quiet_libraries():
        pipe: Any = FluxInpaintPipeline.from_pretrained(tiny("flux"), local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    runs = counted(pipe.transformer.single_transformer_blocks[-1].attn)
    speed.set_step_cache(pipe, True)
    picture(pipe, true_cfg_scale=4.0, negative_prompt="a dog", strength=1.0)
    assert len(runs) == 2, "one computed for each text, in the first of two steps"


@pytest.mark.parametrize("name", ["sdxl_inpaint", "sd3", "z_image", "flux2_klein"])
def test_where_the_step_cache_is_not_possible_it_says_so(tiny: TinyModels, name: str) -> None:
    pipe = pipeline(tiny, name)
    bare = picture(pipe)
    assert speed.set_step_cache(pipe, True) == speed.NO_STEP_CACHE
    assert speed.set_step_cache(pipe, False) == ""
    assert_same(picture(pipe), bare)


def test_a_cancel_leaves_nothing_in_the_cache(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "flux_fill")
    speed.set_step_cache(pipe, True)
    ladder = Ladder(pipe, card(), "model-1", lambda _text: None)
    whole = ladder.run(lambda: picture(pipe), 64 * 64)

    def stop(*_args: Any) -> dict:
        raise JobCancelledError

    with pytest.raises(JobCancelledError):
        ladder.run(lambda: picture(pipe, callback_on_step_end=stop), 64 * 64)
    assert np.array_equal(ladder.run(lambda: picture(pipe), 64 * 64), whole)


def test_compiling_is_refused_where_it_cannot_work(
    tiny: TinyModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = pipeline(tiny, "flux_fill")
    offloaded = speed.compile_denoiser(pipe, Placement.group_offload)
    assert offloaded == speed.NO_COMPILE_OFFLOADED
    monkeypatch.setattr(speed, "find_spec", lambda _name: None)
    assert speed.compile_denoiser(pipe, Placement.whole) == speed.NO_COMPILER


@pytest.mark.parametrize("name", ["flux_fill", "sdxl_inpaint"])
def test_what_is_compiled(tiny: TinyModels, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []

    def note(module: torch.nn.Module, **_kwargs: Any) -> None:
        compiled.append(type(module).__name__)

    monkeypatch.setattr(speed, "find_spec", lambda _name: object())
    monkeypatch.setattr(torch.nn.Module, "compile", note)
    pipe = pipeline(tiny, name)
    assert speed.compile_denoiser(pipe, Placement.whole) == ""
    blocks = {
        "flux_fill": {"FluxTransformerBlock", "FluxSingleTransformerBlock"},
        "sdxl_inpaint": {"BasicTransformerBlock"},
    }
    assert set(compiled) == blocks[name]
