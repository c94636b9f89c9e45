from __future__ import annotations

import pytest

from inpaint_studio.models.families import FAMILIES, Family, FamilyInfo, Guidance, Task


def test_every_family_is_described() -> None:
    assert set(FAMILIES) == set(Family)


@pytest.mark.parametrize("info", FAMILIES.values(), ids=lambda info: info.family.value)
def test_numbers_are_in_their_ranges(info: FamilyInfo) -> None:
    sizes = info.sizes
    assert info.guidance_off <= info.default_guidance_scale <= info.max_guidance_scale
    assert 0 < info.default_strength <= 1
    assert sizes.minimum_pixels < sizes.maximum_pixels <= sizes.maximum_side**2
    assert sizes.minimum_side % sizes.multiple == sizes.maximum_side % sizes.multiple == 0
    assert Task.inpaint in info.tasks


def test_only_guided_families_take_a_negative_prompt() -> None:
    assert not FAMILIES[Family.flux_fill].has_negative_prompt
    assert FAMILIES[Family.qwen_image].has_negative_prompt
    assert FAMILIES[Family.qwen_image].guidance is Guidance.true_cfg


def test_fill_always_starts_from_noise() -> None:
    without = {family for family, info in FAMILIES.items() if not info.has_strength}
    assert without == {Family.flux_fill}
