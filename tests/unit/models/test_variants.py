from __future__ import annotations

from pathlib import Path

import pytest

from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.models.schedulers import scheduler_named
from inpaint_studio.models.variants import VARIANTS, Defaults, defaults_for, speed_in_name


@pytest.mark.parametrize(
    ("name", "family", "expected"),
    [
        ("juggernautXL_v9Lightning", Family.sdxl, ("lightning", 0)),
        ("sdxl_lightning_4step_lora", Family.sdxl, ("lightning", 4)),
        ("Hyper-SDXL-8steps-CFG-lora", Family.sdxl, ("hyper", 8)),
        ("lcm-lora-sdv1-5", Family.sd15, ("lcm", 0)),
        ("sd_xl_turbo_1.0_fp16", Family.sdxl, ("turbo", 0)),
        ("flux1-schnell", Family.flux, ("schnell", 0)),
        ("FLUX.1-Turbo-Alpha", Family.flux, ("flux-turbo", 0)),
        ("Hyper-FLUX.1-dev-16steps-lora", Family.flux, ("flux-hyper", 16)),
        ("FLUX.2-klein-4B", Family.flux2_klein, ("", 0)),
        ("FLUX.2-klein-base-4B", Family.flux2_klein, ("klein-base", 0)),
        ("z_image_turbo_bf16", Family.z_image, ("z-image-turbo", 0)),
        ("Z-Image", Family.z_image, ("", 0)),
        (
            "Qwen-Image-Edit-2511-Lightning-8steps-V1.0",
            Family.qwen_image_edit,
            ("qwen-lightning", 8),
        ),
        ("sd3.5_large_turbo", Family.sd3, ("sd3-turbo", 0)),
        ("flux1-dev", Family.flux, ("", 0)),
        ("dreamshaper_8", Family.sd15, ("", 0)),
        ("calcmodel", Family.sd15, ("", 0)),
    ],
)
def test_names_tell_the_variant(name: str, family: Family, expected: tuple[str, int]) -> None:
    assert speed_in_name(name, family) == expected


def model(family: Family | None, speed: str = "", steps: int = 0) -> ModelInfo:
    return ModelInfo(Path("m"), family=family, speed=speed, speed_steps=steps)


def test_defaults_of_a_family() -> None:
    assert defaults_for(model(Family.sd15)) == Defaults(25, 7.5, 1.0)
    fill = defaults_for(model(Family.flux_fill))
    assert (fill.steps, fill.guidance_scale, fill.has_negative_prompt) == (30, 30.0, False)


def test_klein_is_few_step_by_itself() -> None:
    klein = defaults_for(model(Family.flux2_klein))
    assert (klein.steps, klein.guidance_scale, klein.is_few_step) == (4, 1.0, True)


def test_a_few_step_model_runs_few_steps_without_guidance() -> None:
    lightning = defaults_for(model(Family.sdxl, "lightning", 8))
    assert lightning == Defaults(8, 1.0, 1.0, "euler trailing", True, has_negative_prompt=False)


def test_z_image_is_unguided_at_zero() -> None:
    assert defaults_for(model(Family.z_image, "z-image-turbo")).guidance_scale == 0.0


def test_a_speed_lora_decides_before_the_model() -> None:
    lora = model(Family.sd15, "lcm")
    with_lora = defaults_for(model(Family.sd15), [model(Family.sd15), lora])
    assert (with_lora.steps, with_lora.guidance_scale, with_lora.scheduler) == (6, 1.5, "lcm")


def test_a_speed_lora_of_another_family_changes_nothing() -> None:
    assert defaults_for(model(Family.flux), [model(Family.sd15, "lcm")]).steps == 28


def test_fill_keeps_its_scale_with_a_turbo_lora() -> None:
    fill = defaults_for(model(Family.flux_fill), [model(Family.flux, "flux-turbo")])
    assert (fill.steps, fill.guidance_scale) == (8, 30.0)


def test_an_unknown_family_has_defaults() -> None:
    assert defaults_for(model(None)).steps == 30


def test_variants_name_schedulers_that_their_families_take() -> None:
    for variant in VARIANTS.values():
        for family in variant.families:
            assert not variant.scheduler or scheduler_named(variant.scheduler, family)
