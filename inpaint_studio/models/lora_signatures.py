"""Recognises LoRA files and the family each was made for.

Trainers name weights in three ways (kohya's underscores, diffusers' dots, the first release's
names); with all dots as underscores the three look alike. What the weights leave open, the
trainer's notes decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelKind
from inpaint_studio.models.recognised import MAKES_VIDEO, Recognised
from inpaint_studio.models.weights import Tensor, WeightsHeader

MARKERS = (
    ".lora_down.",
    ".lora_up.",
    ".lora_A.",
    ".lora_B.",
    ".lora.up.",
    ".lora.down.",
    "_lora.up.",
    "_lora.down.",
    ".lora_linear_layer.",
    ".hada_w1_a",
    ".lokr_w",
    ".oft_blocks",
    ".dora_scale",
)
STARTS = ("lora_unet_", "lora_te", "lora_transformer_")

NOTES = ("ss_base_model_version", "modelspec.architecture", "base_model")
# The first that fits counts.
_NOTE_FAMILIES = (
    ("kontext", Family.flux_kontext),
    ("flux2", Family.flux2_klein),
    ("flux.2", Family.flux2_klein),
    ("flux-2", Family.flux2_klein),
    ("klein", Family.flux2_klein),
    ("flux", Family.flux),
    ("stable-diffusion-xl", Family.sdxl),
    ("sdxl", Family.sdxl),
    ("stable-diffusion-3", Family.sd3),
    ("sd3", Family.sd3),
    ("stable-diffusion-v2", Family.sd2),
    ("sd_v2", Family.sd2),
    ("stable-diffusion-v1", Family.sd15),
    ("sd_v1", Family.sd15),
    ("sd_1.5", Family.sd15),
    ("qwen_image_edit", Family.qwen_image_edit),
    ("qwen-image-edit", Family.qwen_image_edit),
    ("qwen", Family.qwen_image),
    ("zimage", Family.z_image),
    ("z-image", Family.z_image),
    ("z_image", Family.z_image),
    ("chroma", Family.chroma),
)

# Families that one LoRA may be used with: the weights it changes are the same in all of them.
ALIKE = (
    frozenset({Family.flux, Family.flux_fill, Family.flux_kontext}),
    frozenset({Family.qwen_image, Family.qwen_image_edit}),
)


def lora_fits(lora: Family | None, model: Family | None) -> bool:
    """Whether a LoRA of one family can be used with a model of the other. Unknown fits all."""
    if lora is None or model is None or lora is model:
        return True
    return any({lora, model} <= group for group in ALIKE)


def recognise_lora(header: WeightsHeader) -> Recognised | None:
    """The LoRA in the file, or None if it is something else."""
    if not any(_is_lora_name(name) for name in header.tensors):
        return None
    names = {name.replace(".", "_"): tensor for name, tensor in header.tensors.items()}
    if _any_of(names, _VIDEO):
        return Recognised(ModelKind.lora, problem=MAKES_VIDEO.replace("This model", "This LoRA"))
    structural = _family_by_weights(names)
    noted = _family_by_notes(header.metadata)
    # Notes may say more (Kontext is FLUX to its weights), but never something else.
    said_closer = noted is not None and (structural is None or lora_fits(noted, structural))
    return Recognised(ModelKind.lora, noted if said_closer else structural)


def _is_lora_name(name: str) -> bool:
    return name.startswith(STARTS) or any(marker in name for marker in MARKERS)


_VIDEO = re.compile(r"motion_modules|(?<!transformer_)blocks_\d+_(cross_attn|ffn_0)_|patchify_proj")

Names = dict[str, Tensor]


def _any_of(names: Names, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(name) for name in names)


def _family_by_notes(notes: dict[str, str]) -> Family | None:
    said = " ".join(notes.get(note, "") for note in NOTES).lower()
    return next((family for word, family in _NOTE_FAMILIES if word in said), None)


def _family_by_weights(names: Names) -> Family | None:
    for pattern, judge in _SHAPES_OF_FAMILIES:
        if _any_of(names, pattern):
            return judge(names)
    return None


FLUX_MLP_ROWS = 4
"""Rows of the first MLP weight over the width in FLUX.1; FLUX.2 has 6, for its gate."""


def _flux_or_flux2(names: Names) -> Family:
    """The two name their blocks alike, but FLUX.2's first MLP weight is half as tall again."""
    down = _sides(names, re.compile(r"double_blocks_\d+_img_mlp_0_(lora_down|lora_A)"), -1)
    up = _sides(names, re.compile(r"double_blocks_\d+_img_mlp_0_(lora_up|lora_B)"), 0)
    is_flux2 = bool(down and up) and max(up) > max(down) * FLUX_MLP_ROWS
    widths = _sides(names, re.compile(r"single_blocks_\d+_linear1_(lora_down|lora_A)"), -1)
    rows = _sides(names, re.compile(r"single_blocks_\d+_linear1_(lora_up|lora_B)"), 0)
    # linear1 makes q, k, v and the MLP: 3 + 4 widths in FLUX.1, 3 + 6 in FLUX.2.
    is_flux2 |= bool(widths and rows) and max(rows) > max(widths) * (3 + FLUX_MLP_ROWS)
    return Family.flux2_klein if is_flux2 else Family.flux


def _joint(names: Names) -> Family | None:
    """Only plain transformer blocks: Stable Diffusion 3 or attention of Qwen-Image."""
    found = (re.search(r"transformer_blocks_(\d{1,3})_", name) for name in names)
    last_block = max((int(match[1]) for match in found if match), default=0)
    if last_block >= SD3_MOST_BLOCKS:
        return Family.qwen_image
    widths = _sides(names, re.compile(r"to_(q|k|v)_lora_(A|down)"), -1)
    return Family.sd3 if widths & {1536, 2432} else None


SD3_MOST_BLOCKS = 38


def _unet(names: Names) -> Family | None:
    """Stable Diffusion by the width of the text that the cross attention reads."""
    widths = _sides(names, re.compile(r"attn2_(processor_)?to_k_lora_(down|A)"), -1)
    for width, family in ((2048, Family.sdxl), (1024, Family.sd2), (768, Family.sd15)):
        if width in widths:
            return family
    if _any_of(names, re.compile(r"lora_te2_|text_encoder_2_|attentions_\d_transformer_blocks_1_")):
        return Family.sdxl
    return None


def _sides(names: Names, pattern: re.Pattern[str], side: int) -> set[int]:
    """That side of all weights whose name fits."""
    fitting = (tensor.shape for name, tensor in names.items() if pattern.search(name))
    return {shape[side] for shape in fitting if len(shape) >= 2}


Judge = Callable[[Names], Family | None]
_FLUX2_ONLY = r"(single|double)_stream_modulation|to_qkv_mlp_proj|_linear_in_"
# The first that fits counts.
_SHAPES_OF_FAMILIES: tuple[tuple[re.Pattern[str], Judge], ...] = (
    (re.compile("distilled_guidance_layer"), lambda _: Family.chroma),
    (re.compile(_FLUX2_ONLY), lambda _: Family.flux2_klein),
    (re.compile(r"(double|single)_blocks_\d"), _flux_or_flux2),
    (re.compile(r"single_transformer_blocks_\d"), lambda _: Family.flux),
    (re.compile(r"joint_blocks_\d"), lambda _: Family.sd3),
    (re.compile(r"_(img|txt)_(mod|mlp)_"), lambda _: Family.qwen_image),
    (re.compile(r"(down|up|input|output)_blocks_\d|mid_block_|middle_block_"), _unet),
    (re.compile(r"(?<!encoder_)layers_\d+_(attention|feed_forward)_"), lambda _: Family.z_image),
    (re.compile(r"transformer_blocks_\d"), _joint),
)
