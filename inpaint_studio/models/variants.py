"""Few-step variants of models (LCM, Lightning, Turbo, ...) and the defaults that follow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from inpaint_studio.models.families import FAMILIES, Family, FamilyInfo, Guidance
from inpaint_studio.models.model_info import ModelInfo


@dataclass(frozen=True)
class SpeedVariant:
    """A way of training that needs few steps, or the long way of a family that is usually fast.

    `pattern` is searched in names, lower-case. `guidance_scale` None = guidance off. `families`
    empty = any. `scheduler`: a name of `schedulers.SCHEDULERS` or "" = the model's own.
    """

    name: str
    label: str
    pattern: str
    steps: int
    guidance_scale: float | None = None
    scheduler: str = ""
    families: frozenset[Family] = frozenset()

    def suits(self, family: Family | None) -> bool:
        """Whether the family has this variant."""
        return not self.families or family in self.families

    @property
    def is_few_step(self) -> bool:
        """Whether more steps than these bring little."""
        return self.steps <= 12


_QWEN = frozenset({Family.qwen_image, Family.qwen_image_edit})
_SD = frozenset({Family.sd15, Family.sd2, Family.sdxl})
_FLUX = frozenset({Family.flux, Family.flux_fill, Family.flux_kontext})
_KLEIN = frozenset({Family.flux2_klein})
_Z_IMAGE = frozenset({Family.z_image})

_WORD_START, _WORD_END = r"(?<![a-z])", r"(?![a-z])"


def _word(text: str) -> str:
    return _WORD_START + text + _WORD_END


_LIST = (
    SpeedVariant("schnell", "schnell", "schnell", 4, families=frozenset({Family.flux})),
    # The embedded scale stays the family's with FLUX: the scale is an input, not a second run.
    SpeedVariant("flux-turbo", "Turbo", _word("turbo"), 8, 3.5, families=_FLUX),
    SpeedVariant("flux-hyper", "Hyper", _word("hyper(-?sd)?"), 8, 3.5, families=_FLUX),
    SpeedVariant("klein-base", "klein base", "klein.*base|base.*klein", 50, 4.0, families=_KLEIN),
    SpeedVariant("z-image-turbo", "Turbo", _word("turbo"), 9, families=_Z_IMAGE),
    SpeedVariant("qwen-lightning", "Lightning", "lightning", 4, families=_QWEN),
    SpeedVariant("sd3-turbo", "Turbo", _word("turbo"), 4, families=frozenset({Family.sd3})),
    SpeedVariant("lcm", "LCM", _word("lcm"), 6, 1.5, "lcm", _SD),
    SpeedVariant("lightning", "Lightning", "lightning", 4, None, "euler trailing", _SD),
    SpeedVariant("hyper", "Hyper", _word("hyper(-?sd(xl|15)?)?"), 8, None, "ddim trailing", _SD),
    SpeedVariant("dmd2", "DMD2", _word("dmd2?"), 4, None, "lcm", _SD),
    SpeedVariant("turbo", "Turbo", _word("(sd-?xl-?|sd-?)?turbo"), 4, None, "euler trailing", _SD),
    SpeedVariant("flash", "Flash", _word("flash"), 8, families=frozenset({Family.chroma})),
)
VARIANTS: dict[str, SpeedVariant] = {variant.name: variant for variant in _LIST}
"""Every variant; the first that fits a name counts."""

_STEPS = re.compile(r"(?<!\d)(\d{1,2})[-_ ]?steps?")


def speed_in_name(name: str, family: Family | None) -> tuple[str, int]:
    """(variant's name or "", steps that the name states or 0) of a file or folder name."""
    lower = name.lower()
    for variant in _LIST:
        if variant.suits(family) and re.search(variant.pattern, lower):
            stated = _STEPS.search(lower)
            return variant.name, int(stated[1]) if stated else 0
    return "", 0


@dataclass(frozen=True)
class Defaults:
    """What to start with for a model; every value can be changed by the person.

    `scheduler` "" = the model's own. `is_few_step`: more steps bring little. `has_negative_prompt`:
    False where the default guidance switches it off.
    """

    steps: int
    guidance_scale: float
    strength: float
    scheduler: str = ""
    is_few_step: bool = False
    has_negative_prompt: bool = True


def defaults_for(model: ModelInfo, loras: Iterable[ModelInfo] = ()) -> Defaults:
    """Defaults of the family, or of the few-step variant that the model or a LoRA brings.

    A model of unknown family gets Stable Diffusion XL's.
    """
    family = FAMILIES[model.family or Family.sdxl]
    for source in (*loras, model):
        variant = VARIANTS.get(source.speed)
        if variant is not None and variant.suits(model.family):
            return _of_variant(family, variant, source.speed_steps)
    return Defaults(
        family.default_steps,
        family.default_guidance_scale,
        family.default_strength,
        is_few_step=family.default_steps <= 12,
        has_negative_prompt=_is_guided(family, family.default_guidance_scale),
    )


def _of_variant(family: FamilyInfo, variant: SpeedVariant, stated_steps: int) -> Defaults:
    scale = family.guidance_off if variant.guidance_scale is None else variant.guidance_scale
    if family.family is Family.flux_fill:
        scale = family.default_guidance_scale
    return Defaults(
        stated_steps or variant.steps,
        scale,
        family.default_strength,
        variant.scheduler,
        variant.is_few_step,
        _is_guided(family, scale),
    )


def _is_guided(family: FamilyInfo, scale: float) -> bool:
    return family.guidance is not Guidance.embedded and scale > family.guidance_off
