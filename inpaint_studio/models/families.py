"""The families of models: how each is addressed and what suits it. Data only.

Defaults are those of the model cards and of diffusers' pipelines, version 0.42.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from inpaint_studio.imaging.size_rule import SizeRule


class Family(Enum):
    """Models that share a shape, so that one adapter and one LoRA fits all of them."""

    sd15 = "sd15"
    sd2 = "sd2"
    sdxl = "sdxl"
    sd3 = "sd3"
    flux_fill = "flux-fill"
    flux = "flux"
    flux_kontext = "flux-kontext"
    flux2_klein = "flux2-klein"
    qwen_image = "qwen-image"
    qwen_image_edit = "qwen-image-edit"
    z_image = "z-image"
    chroma = "chroma"


class Task(Enum):
    """What a model can be asked to do."""

    inpaint = "inpaint"
    """Repaint what is masked; expanding is the same task."""
    instruct = "instruct"
    """Follow a sentence like "make it night", with or without a mask."""


class Guidance(Enum):
    """What the guidance scale does in a family."""

    classifier_free = "classifier-free"
    """Two runs per step; the negative prompt counts. Argument `guidance_scale`."""
    true_cfg = "true-cfg"
    """The same by the argument `true_cfg_scale`; needs a negative prompt, " " at least."""
    embedded = "embedded"
    """The model was told the scale in training: one run per step, no negative prompt."""


@dataclass(frozen=True)
class FamilyInfo:
    """What suits a family.

    `default_guidance_scale` lies in `guidance_off` .. `max_guidance_scale`; at `guidance_off` each
    step needs one run only. `default_strength` is that of an edit which keeps part of the picture.
    `has_strength`: False where the model always starts from noise. `soft_mask`: its latents can be
    blended per pixel between steps. `licence_hint` is about the family's first release; a file may
    say otherwise (`licences.licence_of`).
    """

    family: Family
    label: str
    sizes: SizeRule
    tasks: frozenset[Task]
    default_steps: int
    default_guidance_scale: float
    max_guidance_scale: float
    licence_hint: str
    guidance: Guidance = Guidance.classifier_free
    guidance_off: float = 1.0
    default_strength: float = 1.0
    has_strength: bool = True
    soft_mask: bool = True

    @property
    def has_negative_prompt(self) -> bool:
        """Whether words about what must not appear have any effect."""
        return self.guidance is not Guidance.embedded


INPAINT = frozenset({Task.inpaint})
INSTRUCT = frozenset({Task.inpaint, Task.instruct})

OPEN_RAIL = "Free to use, also for business, except for harmful purposes (OpenRAIL-M)."
APACHE = "Free to use, also for business (Apache 2.0)."
BFL_NON_COMMERCIAL = "Free for non-commercial use only (FLUX.1 [dev] licence)."
STABILITY = "Free below 1 million US dollars of yearly revenue (Stability Community licence)."


def _sizes(multiple: int, smallest: int, largest: int, maximum_side: int) -> SizeRule:
    """A rule from the sides of the smallest and the largest square, in px."""
    return SizeRule(multiple, smallest * smallest, largest * largest, smallest // 2, maximum_side)


_INFOS = (
    FamilyInfo(
        family=Family.sd15,
        label="Stable Diffusion 1.5",
        sizes=_sizes(8, 512, 768, 1024),
        tasks=INPAINT,
        default_steps=25,
        default_guidance_scale=7.5,
        max_guidance_scale=20.0,
        licence_hint=OPEN_RAIL,
    ),
    FamilyInfo(
        family=Family.sd2,
        label="Stable Diffusion 2",
        sizes=_sizes(8, 512, 768, 1024),
        tasks=INPAINT,
        default_steps=25,
        default_guidance_scale=7.5,
        max_guidance_scale=20.0,
        licence_hint=OPEN_RAIL,
    ),
    FamilyInfo(
        family=Family.sdxl,
        label="Stable Diffusion XL",
        sizes=_sizes(8, 896, 1152, 2048),
        tasks=INPAINT,
        default_steps=30,
        default_guidance_scale=6.0,
        max_guidance_scale=20.0,
        licence_hint=OPEN_RAIL,
    ),
    FamilyInfo(
        family=Family.sd3,
        label="Stable Diffusion 3",
        sizes=_sizes(16, 768, 1152, 2048),
        tasks=INPAINT,
        default_steps=28,
        default_guidance_scale=5.0,
        max_guidance_scale=15.0,
        licence_hint=STABILITY,
    ),
    FamilyInfo(
        family=Family.flux_fill,
        label="FLUX.1 Fill",
        sizes=_sizes(16, 512, 1408, 2048),
        tasks=INPAINT,
        default_steps=30,
        default_guidance_scale=30.0,
        max_guidance_scale=60.0,
        licence_hint=BFL_NON_COMMERCIAL,
        guidance=Guidance.embedded,
        has_strength=False,
        soft_mask=False,
    ),
    FamilyInfo(
        family=Family.flux,
        label="FLUX.1",
        sizes=_sizes(16, 512, 1408, 2048),
        tasks=INPAINT,
        default_steps=28,
        default_guidance_scale=3.5,
        max_guidance_scale=10.0,
        licence_hint=BFL_NON_COMMERCIAL,
        guidance=Guidance.embedded,
        default_strength=0.85,
    ),
    FamilyInfo(
        family=Family.flux_kontext,
        label="FLUX.1 Kontext",
        sizes=_sizes(16, 768, 1024, 1568),
        tasks=INSTRUCT,
        default_steps=28,
        default_guidance_scale=2.5,
        max_guidance_scale=10.0,
        licence_hint=BFL_NON_COMMERCIAL,
        guidance=Guidance.embedded,
    ),
    FamilyInfo(
        family=Family.flux2_klein,
        label="FLUX.2 klein",
        sizes=_sizes(16, 512, 1024, 2048),
        tasks=INSTRUCT,
        default_steps=4,
        default_guidance_scale=1.0,
        max_guidance_scale=10.0,
        licence_hint=APACHE,
        guidance=Guidance.embedded,
        default_strength=0.8,
    ),
    FamilyInfo(
        family=Family.qwen_image,
        label="Qwen-Image",
        sizes=_sizes(16, 768, 1328, 2048),
        tasks=INPAINT,
        default_steps=30,
        default_guidance_scale=4.0,
        max_guidance_scale=10.0,
        licence_hint=APACHE,
        guidance=Guidance.true_cfg,
        default_strength=0.85,
    ),
    FamilyInfo(
        family=Family.qwen_image_edit,
        label="Qwen-Image-Edit",
        sizes=_sizes(16, 768, 1024, 2048),
        tasks=INSTRUCT,
        default_steps=30,
        default_guidance_scale=4.0,
        max_guidance_scale=10.0,
        licence_hint=APACHE,
        guidance=Guidance.true_cfg,
        default_strength=0.85,
    ),
    FamilyInfo(
        family=Family.z_image,
        label="Z-Image",
        sizes=_sizes(16, 512, 1536, 2048),
        tasks=INPAINT,
        default_steps=28,
        default_guidance_scale=4.0,
        max_guidance_scale=10.0,
        licence_hint=APACHE,
        # Here 1 is already twice the words' weight: the pipeline guides as soon as it is above 0.
        guidance_off=0.0,
    ),
    FamilyInfo(
        family=Family.chroma,
        label="Chroma",
        sizes=_sizes(16, 512, 1152, 2048),
        tasks=INPAINT,
        default_steps=28,
        default_guidance_scale=4.0,
        max_guidance_scale=10.0,
        licence_hint=APACHE,
        default_strength=0.85,
    ),
)

FAMILIES: dict[Family, FamilyInfo] = {info.family: info for info in _INFOS}
"""Every family."""
