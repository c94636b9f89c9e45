"""What the `_class_name` in a diffusers folder says: the family, or why it can't be used."""

from __future__ import annotations

import re

from inpaint_studio.models.families import Family
from inpaint_studio.models.recognised import MAKES_VIDEO, not_supported, other_task

_VARIANTS = "(Inpaint|Img2Img)?Pipeline"

# The first that fits the whole name counts. sd15 stands for Stable Diffusion 1 and 2.
_FAMILIES = (
    (r"StableDiffusion" + _VARIANTS, Family.sd15),
    (r"StableDiffusionXL" + _VARIANTS, Family.sdxl),
    (r"StableDiffusion3" + _VARIANTS, Family.sd3),
    (r"FluxFillPipeline", Family.flux_fill),
    (r"FluxKontext(Inpaint)?Pipeline", Family.flux_kontext),
    (r"Flux" + _VARIANTS, Family.flux),
    (r"Flux2Klein(Inpaint)?Pipeline", Family.flux2_klein),
    (r"QwenImageEdit(Plus|Inpaint)?Pipeline", Family.qwen_image_edit),
    (r"QwenImage" + _VARIANTS, Family.qwen_image),
    (r"ZImage" + _VARIANTS, Family.z_image),
    (r"Chroma" + _VARIANTS, Family.chroma),
)
_REFUSALS = (
    (
        r"(Wan|LTX|Hunyuan(Video|Skyreels)|CogVideo|Mochi|Cosmos|Allegro|Animate|EasyAnimate)",
        MAKES_VIDEO,
    ),
    (
        r"(StableVideo|TextToVideo|VideoToVideo|SkyReels|Latte|LTX2?|Kandinsky5T2V|.*Video)",
        MAKES_VIDEO,
    ),
    (r"(StableAudio|AudioLDM|MusicLDM|AceStep)", other_task("makes sound")),
    (r"(Marigold)", other_task("measures depth or surfaces")),
    (r".*(Upscale|SuperResolution)", other_task("enlarges pictures")),
    (r"ShapE", other_task("makes 3D shapes")),
    (r"FluxControl", not_supported("FLUX.1 depth or edge")),
    (r"Flux2Pipeline", not_supported("FLUX.2 [dev]")),
    (r"QwenImage21", not_supported("Qwen-Image 2.1")),
)


def family_of_class(class_name: str) -> Family | None:
    """The family of a pipeline class, None if no adapter is written for it."""
    for pattern, family in _FAMILIES:
        if re.fullmatch(pattern, class_name):
            return family
    return None


def refusal_of_class(class_name: str) -> str:
    """Why a pipeline class without a family can't be used, in the user's words."""
    for pattern, sentence in _REFUSALS:
        if re.match(pattern, class_name):
            return sentence
    return not_supported(class_name.removesuffix("Pipeline")[:60])
