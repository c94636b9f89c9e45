from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from inpaint_studio.engine.backends.diffusion.devices import DeviceKind, cpu_device
from inpaint_studio.engine.backends.diffusion.footprint import (
    RESERVE_BYTES,
    footprint_of,
    parts_of,
    usual_footprint,
    weight_bytes,
)
from inpaint_studio.engine.backends.diffusion.placement import (
    Placement,
    choose_placement,
    estimate,
    fit_vae,
    is_rounded,
    place,
    placements_for,
    unplace,
)
from tests.engine.diffusion.care import PIPELINES, assert_same, card, picture, pipeline
from tests.engine.tiny_models import TinyModels

MIB = 2**20
GIB = 2**30
EXACT = [rung for rung in Placement if rung is not Placement.fp8_group_offload]

SDXL = replace(
    # What a full SDXL in float16 comes to.
    usual_footprint(7 * GIB, 2),
    denoiser=5135 * MIB,
    text=1632 * MIB,
    vae=167 * MIB,
    rest=0,
    largest_block=2000 * MIB,
    outside_blocks=900 * MIB,
    largest_weight=100 * MIB,
    elements_per_pixel=240.0,
    vae_element_size=4,
)


@pytest.mark.parametrize("name", PIPELINES)
def test_every_rung_gives_the_same_picture(tiny: TinyModels, name: str) -> None:
    pipe = pipeline(tiny, name)
    bare = picture(pipe)
    for rung in EXACT:
        place(pipe, rung, card())
        assert_same(picture(pipe), bare)
    unplace(pipe)
    assert_same(picture(pipe), bare)


@pytest.mark.parametrize("name", ["sdxl_inpaint", "flux_fill"])
def test_fp8_rounds_and_says_so(tiny: TinyModels, name: str) -> None:
    pipe = pipeline(tiny, name)
    assert not is_rounded(pipe)
    place(pipe, Placement.fp8_group_offload, card())
    rounded = picture(pipe)
    denoiser: Any = pipe.unet if "unet" in pipe.components else pipe.transformer
    assert any(p.dtype == torch.float8_e4m3fn for p in denoiser.parameters())
    assert is_rounded(pipe)
    for rung in (Placement.leaf_offload, Placement.cpu, Placement.fp8_group_offload):
        place(pipe, rung, card())
        assert_same(picture(pipe), rounded)
    assert is_rounded(pipe)


def test_rungs_any_to_any(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    bare = picture(pipe)
    for before in EXACT:
        for after in EXACT:
            place(pipe, before, card())
            place(pipe, after, card())
    assert_same(picture(pipe), bare)


def test_unplacing_leaves_no_hook(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "flux_fill")
    for rung in EXACT:
        place(pipe, rung, card())
        picture(pipe)
        unplace(pipe)
        for part in parts_of(pipe).values():
            for module in part.modules():
                assert not hasattr(module, "_hf_hook")
        assert not any(hooks_of(part) for part in parts_of(pipe).values())


def hooks_of(part: Any) -> list[Any]:
    registries = [getattr(module, "_diffusers_hook", None) for module in part.modules()]
    return [hook for registry in registries if registry for hook in registry.hooks]


def test_the_vae_stays_on_the_device_when_blocks_travel(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    place(pipe, Placement.group_offload, card())
    hooked = {name for name, part in parts_of(pipe).items() if any(hooks_of(part))}
    assert hooked == {"unet", "text_encoder", "text_encoder_2"}


def test_tiles_only_where_they_are_needed(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    place(pipe, Placement.whole, card())
    assert not pipe.vae.use_tiling
    assert pipe.vae.use_slicing
    place(pipe, Placement.whole_tiled, card())
    assert pipe.vae.use_tiling
    roomy = footprint_of(pipe).decode_bytes(1024 * 1024) + RESERVE_BYTES
    fit_vae(pipe, Placement.whole, card(roomy), 1024 * 1024)
    assert not pipe.vae.use_tiling
    fit_vae(pipe, Placement.whole, card(roomy - 1), 1024 * 1024)
    assert pipe.vae.use_tiling
    fit_vae(pipe, Placement.group_offload, card(), 64 * 64)
    assert pipe.vae.use_tiling


def test_tiles_are_512_px_also_for_vaes_trained_at_1024(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    pipe.vae.tile_sample_min_size, pipe.vae.tile_latent_min_size = 1024, 128
    place(pipe, Placement.whole_tiled, card())
    assert (pipe.vae.tile_sample_min_size, pipe.vae.tile_latent_min_size) == (512, 64)


def test_a_tiled_vae_gives_nearly_the_same_picture(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    pipe.vae.tile_sample_min_size, pipe.vae.tile_latent_min_size = 64, 8
    bare = picture(pipe, 128)
    place(pipe, Placement.whole_tiled, card())
    tiled = picture(pipe, 128)
    assert not np.array_equal(tiled, bare)
    assert tiled.shape == bare.shape


def test_half_precision_leaves_the_processor(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint").to(torch.float16)
    place(pipe, Placement.cpu, card())
    assert pipe.unet.dtype == torch.float32
    picture(pipe)


def test_quantised_models_are_not_rounded_again(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "flux_fill")
    assert placements_for(pipe, card()) == tuple(Placement)
    assert Placement.fp8_group_offload not in placements_for(
        pipe, replace(card(), kind=DeviceKind.mps)
    )
    pipe.transformer.hf_quantizer = object()
    assert Placement.fp8_group_offload not in placements_for(pipe, card())


def test_the_footprint_is_that_of_the_parts(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "flux_fill")
    footprint = footprint_of(pipe)
    assert footprint.total == sum(weight_bytes(part) for part in parts_of(pipe).values())
    assert footprint.denoiser == weight_bytes(pipe.transformer)
    assert footprint.text == weight_bytes(pipe.text_encoder) + weight_bytes(pipe.text_encoder_2)
    assert 0 < footprint.largest_block < footprint.denoiser
    blocks = [*pipe.transformer.transformer_blocks, *pipe.transformer.single_transformer_blocks]
    assert footprint.largest_block == max(weight_bytes(block) for block in blocks)
    in_blocks = sum(weight_bytes(block) for block in blocks)
    assert footprint.outside_blocks == footprint.denoiser - in_blocks
    assert footprint.element_size == 4


def test_sdxls_vae_counts_in_float32(tiny: TinyModels) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint").to(torch.bfloat16)
    assert footprint_of(pipe).vae_element_size == (4 if pipe.vae.config.force_upcast else 2)
    pipe.vae.register_to_config(force_upcast=True)
    assert footprint_of(pipe).vae_element_size == 4
    pipe.vae.register_to_config(force_upcast=False)
    assert footprint_of(pipe).vae_element_size == 2


@pytest.mark.parametrize("name", PIPELINES)
def test_every_family_has_a_footprint(tiny: TinyModels, name: str) -> None:
    footprint = footprint_of(pipeline(tiny, name))
    assert footprint.elements_per_pixel > 0
    assert estimate(footprint, Placement.whole, 1024 * 1024) > footprint.total


def test_each_rung_needs_less_than_the_one_above() -> None:
    needs = [estimate(SDXL, rung, 1024 * 1024) for rung in Placement]
    assert needs == sorted(needs, reverse=True)
    assert needs[-1] == 0


def test_a_larger_picture_and_a_batch_need_more() -> None:
    small = estimate(SDXL, Placement.model_offload, 512 * 512)
    assert estimate(SDXL, Placement.model_offload, 2048 * 2048) > small
    one = estimate(SDXL, Placement.model_offload, 1024 * 1024, batch=1)
    assert estimate(SDXL, Placement.model_offload, 1024 * 1024, batch=8) > one


@pytest.mark.parametrize(
    ("gigabytes", "rung"),
    [
        (24, Placement.whole),
        (12, Placement.whole_tiled),
        (8, Placement.model_offload),
        (5.95, Placement.group_offload),
        (5, Placement.fp8_group_offload),
        (3.5, Placement.leaf_offload),
        (0.1, Placement.leaf_offload),
    ],
)
def test_the_fastest_rung_that_fits_is_chosen(gigabytes: float, rung: Placement) -> None:
    assert choose_placement(SDXL, card(int(gigabytes * GIB)), 1024 * 1024) is rung


def test_what_is_asked_for_wins() -> None:
    assert choose_placement(SDXL, card(0), 1024 * 1024, asked="whole") is Placement.whole
    assert choose_placement(SDXL, cpu_device(), 64, asked="group-offload").value == "group-offload"
    assert choose_placement(SDXL, card(), 64, asked="no such rung") is Placement.whole


def test_the_processor_has_one_rung() -> None:
    assert choose_placement(SDXL, cpu_device(), 1024 * 1024) is Placement.cpu


def test_what_is_remembered_is_the_least() -> None:
    roomy = card()
    known = Placement.group_offload
    assert choose_placement(SDXL, roomy, 64, remembered=known) is Placement.group_offload
    tight = card(int(3.5 * GIB))
    assert choose_placement(SDXL, tight, 1024 * 1024, remembered=known) is Placement.leaf_offload
    assert choose_placement(SDXL, tight, 64, remembered=Placement.cpu) is Placement.cpu
