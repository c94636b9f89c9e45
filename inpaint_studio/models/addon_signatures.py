"""Tells add-ons apart by the names and shapes of their weights: embedding, VAE, ControlNet, ..."""

from __future__ import annotations

from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelKind
from inpaint_studio.models.recognised import Recognised
from inpaint_studio.models.weights import WeightsHeader

MOST_EMBEDDING_TENSORS = 4
EMBEDDING_NAMES = frozenset({"emb_params", "clip_l", "clip_g", "string_to_param.*"})

_STARTS = (
    (ModelKind.controlnet, ("control_model.", "controlnet_cond_embedding.", "controlnet_blocks.")),
    (ModelKind.controlnet, ("control_all_x_embedder.", "control_layers.", "controlnet_x_embedder")),
    (ModelKind.ip_adapter, ("ip_adapter.", "image_proj.", "double_blocks.0.processor.ip_adapter")),
)
_LATE_STARTS = (
    (
        ModelKind.vae,
        ("first_stage_model.", "decoder.conv_in.", "decoder.layers.", "taesd_decoder."),
    ),
    (ModelKind.vae, ("decoder.middle.0.", "decoder.up_blocks.", "decoder.mid_block.")),
    (ModelKind.text_encoder, ("text_model.", "encoder.block.0.layer.0.", "transformer.resblocks.")),
    (ModelKind.text_encoder, ("model.layers.0.self_attn.", "cond_stage_model.", "blk.0.attn_q.")),
    (ModelKind.upscaler, ("body.0.rdb1.", "RRDB_trunk.", "model.1.sub.0.", "params_ema.")),
)


def recognise_addon(header: WeightsHeader) -> Recognised | None:
    """An add-on whose names could be taken for a model's: look here first."""
    kind = _by_start(header, _STARTS)
    return Recognised(kind) if kind else _embedding(header)


def recognise_part(header: WeightsHeader) -> Recognised | None:
    """A part of a model that a whole model has as well: look here last."""
    kind = _by_start(header, _LATE_STARTS)
    return Recognised(kind) if kind else None


def _by_start(
    header: WeightsHeader, table: tuple[tuple[ModelKind, tuple[str, ...]], ...]
) -> ModelKind | None:
    for kind, starts in table:
        if any(name.startswith(starts) for name in header.tensors):
            return kind
    return None


def _embedding(header: WeightsHeader) -> Recognised | None:
    """A few vectors of the width of a text encoder's dictionary, under a known name or alone."""
    tensors = header.tensors
    is_named = bool(EMBEDDING_NAMES & tensors.keys())
    if not is_named and (len(tensors) != 1 or "." in next(iter(tensors))):
        return None
    widths = {t.shape[-1] for t in tensors.values() if len(t.shape) in (1, 2)}
    if len(tensors) > MOST_EMBEDDING_TENSORS or not widths:
        return None
    if {"clip_l", "clip_g"} <= tensors.keys():
        return Recognised(ModelKind.embedding, Family.sdxl)
    return Recognised(ModelKind.embedding, _EMBEDDING_WIDTHS.get(next(iter(widths))))


_EMBEDDING_WIDTHS = {768: Family.sd15, 1024: Family.sd2, 1280: Family.sdxl}
