"""Tells image models apart by the names and shapes of their weights.

Names are those of the first releases and of diffusers' own layout. Shapes count only where names
don't settle it, so that small test models are recognised as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelKind
from inpaint_studio.models.recognised import MAKES_VIDEO, Recognised, not_supported, refused
from inpaint_studio.models.weights import WeightsHeader

PREFIXES = ("model.diffusion_model.", "diffusion_model.", "")
TEXT_ENCODERS = ("cond_stage_model.", "conditioner.embedders.", "text_encoders.")
VAES = ("first_stage_model.", "vae.")


@dataclass(frozen=True)
class Denoiser:
    """The weights of a file under the prefix that the denoising part has there.

    `hint`: lower-case file name and the file's own title, for what weights don't tell.
    """

    header: WeightsHeader
    prefix: str
    hint: str

    def has(self, name: str) -> bool:
        """Whether there is a tensor of that name."""
        return self.prefix + name in self.header.tensors

    def shape(self, *names: str) -> tuple[int, ...]:
        """The shape of the first of these tensors that exists, else ()."""
        shapes = (self.header.shape(self.prefix + name) for name in names)
        return next((shape for shape in shapes if shape), ())

    def side(self, dimension: int, *names: str) -> int:
        """One side of the first of these tensors that exists, 0 if there is none."""
        shape = self.shape(*names)
        return shape[dimension] if -len(shape) <= dimension < len(shape) else 0

    def any_starts(self, *starts: str) -> bool:
        """Whether any tensor of the whole file starts so."""
        return any(name.startswith(starts) for name in self.header.tensors)

    def last_side(self, ending: str) -> int:
        """The last side of the first tensor whose name ends so, 0 if there is none."""
        found = (t.shape for n, t in self.header.tensors.items() if n.endswith(ending) and t.shape)
        return next((shape[-1] for shape in found), 0)

    @property
    def kind(self) -> ModelKind:
        """Whether text encoder and VAE are in the same file."""
        is_whole = self.any_starts(*TEXT_ENCODERS) and self.any_starts(*VAES)
        return ModelKind.checkpoint if is_whole else ModelKind.transformer

    def usable(self, family: Family, is_inpainting: bool = False, speed: str = "") -> Recognised:
        """The verdict for a model of a family."""
        return Recognised(self.kind, family, is_inpainting, speed=speed)


def recognise_denoiser(header: WeightsHeader, hint: str) -> Recognised | None:
    """The model in the file, a refusal for one that can't be used, or None if there is none."""
    for prefix in PREFIXES:
        denoiser = Denoiser(header, prefix, hint)
        for names, judge in SIGNATURES:
            if any(denoiser.has(name) for name in names):
                return judge(denoiser)
    return None


def _unet(denoiser: Denoiser) -> Recognised:
    """Stable Diffusion 1, 2, XL in the first release's layout or in diffusers'."""
    channels = denoiser.side(1, "input_blocks.0.0.weight", "conv_in.weight")
    if denoiser.any_starts("conditioner.embedders.0.model.transformer"):
        return refused(
            "This is the refiner of Stable Diffusion XL. Choose the base model, the refiner is not "
            "needed here."
        )
    if channels not in (4, 9):
        return refused(_UNET_TASKS.get(channels, not_supported("Stable Diffusion variant")))
    family = _unet_family(denoiser)
    return denoiser.usable(family, is_inpainting=channels == 9)


_UNET_TASKS = {
    5: "This is a depth model of Stable Diffusion 2, which can't be used here yet.",
    7: "This model enlarges pictures. It can't edit them.",
    8: "This is an InstructPix2Pix model, which can't be used here yet.",
}


def _unet_family(denoiser: Denoiser) -> Family:
    if denoiser.has("label_emb.0.0.weight") or denoiser.has("add_embedding.linear_1.weight"):
        return Family.sdxl
    is_sd2 = denoiser.any_starts("cond_stage_model.model.")
    return Family.sd2 if is_sd2 or denoiser.last_side("attn2.to_k.weight") == 1024 else Family.sd15


def _flux(denoiser: Denoiser) -> Recognised:
    inputs = denoiser.side(1, "img_in.weight", "x_embedder.weight")
    outputs = denoiser.side(0, "final_layer.linear.weight", "proj_out.weight")
    # Fill also takes the packed masked picture and an 8x8 mask per latent, 2x2 of them packed.
    if inputs and inputs == 2 * outputs + 256:
        return denoiser.usable(Family.flux_fill, is_inpainting=True)
    if outputs and inputs == 2 * outputs:
        return refused(not_supported("FLUX.1 depth or edge"))
    if "kontext" in denoiser.hint:
        return denoiser.usable(Family.flux_kontext)
    # Files made before Kontext say nothing; the embedded guidance is what schnell lacks.
    guided = ("guidance_in.in_layer.weight", "time_text_embed.guidance_embedder.linear_1.weight")
    is_guided = any(denoiser.has(name) for name in guided)
    return denoiser.usable(Family.flux, speed="" if is_guided else "schnell")


FLUX2_DEV_WIDTH = 6144


def _flux2(denoiser: Denoiser) -> Recognised:
    if denoiser.side(0, "img_in.weight", "x_embedder.weight") == FLUX2_DEV_WIDTH:
        return refused(not_supported("FLUX.2 [dev]"))
    return denoiser.usable(Family.flux2_klein)


def _sd3(denoiser: Denoiser) -> Recognised:
    if denoiser.any_starts(denoiser.prefix + "joint_blocks.") or denoiser.has(
        "context_embedder.weight"
    ):
        return denoiser.usable(Family.sd3)
    return refused(not_supported("PixArt"))


def _qwen(denoiser: Denoiser) -> Recognised:
    is_edit = "edit" in denoiser.hint
    return denoiser.usable(Family.qwen_image_edit if is_edit else Family.qwen_image)


Judge = Callable[[Denoiser], Recognised]


def _is(family: Family) -> Judge:
    return lambda denoiser: denoiser.usable(family)


def _no(problem: str) -> Judge:
    return lambda _: refused(problem)


# The first that fits counts: the order puts the special before what it was derived from.
SIGNATURES: tuple[tuple[tuple[str, ...], Judge], ...] = (
    (("mid_block.motion_modules.0.temporal_transformer.norm.bias",), _no(MAKES_VIDEO)),
    (("down_blocks.0.motion_modules.0.temporal_transformer.norm.weight",), _no(MAKES_VIDEO)),
    (("input_blocks.0.0.weight",), _unet),
    (("conv_in.weight",), _unet),
    (("distilled_guidance_layer.in_proj.weight",), _is(Family.chroma)),
    (("single_stream_modulation.lin.weight", "single_stream_modulation.linear.weight"), _flux2),
    (("early_stream_modulations.image.lin.weight",), _no(not_supported("FLUX.3"))),
    (
        (
            "double_blocks.0.img_attn.norm.key_norm.scale",
            "double_blocks.0.img_attn.norm.key_norm.weight",
            "double_blocks.0.img_attn.qkv.weight",
            "single_transformer_blocks.0.proj_mlp.weight",
        ),
        _flux,
    ),
    (("txt_in.individual_token_refiner.blocks.0.adaLN_modulation.1.bias",), _no(MAKES_VIDEO)),
    (("txt_in.text_norm.weight",), _no(not_supported("Qwen-Image 2.1"))),
    (("txtfusion.projector.weight",), _no(not_supported("Krea 2"))),
    (("transformer_blocks.0.img_mod.1.weight",), _qwen),
    (
        ("joint_blocks.0.context_block.adaLN_modulation.1.weight", "pos_embed.proj.weight"),
        _sd3,
    ),
    (("layers.0.adaLN_modulation.0.weight",), _is(Family.z_image)),
    (("cap_embedder.0.weight",), _no(not_supported("Lumina 2"))),
    (("patchify_proj.weight", "blocks.0.attn.qkv_x.weight"), _no(MAKES_VIDEO)),
    (("head.modulation", "vace_blocks.0.after_proj.bias"), _no(MAKES_VIDEO)),
    (("blocks.0.cross_attn.q_linear.weight",), _no(not_supported("Sana or PixArt"))),
    (("adaln_single.linear.weight",), _no(not_supported("PixArt or LTX"))),
    (("double_layers.0.attn.w2q.weight",), _no(not_supported("AuraFlow"))),
    (
        ("double_stream_blocks.0.block.adaLN_modulation.1.bias",),
        _no(not_supported("HiDream")),
    ),
    (("clip_txt_mapper.weight",), _no(not_supported("Stable Cascade"))),
    (("net.x_embedder.proj.1.weight",), _no(MAKES_VIDEO)),
)
