"""What the model picker says about a model: family, size, fit and licence, in few words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from inpaint_studio.editor.machine import Fit, Machine
from inpaint_studio.editor.model_reasons import family_label
from inpaint_studio.models.model_info import ModelFormat, ModelInfo
from inpaint_studio.models.variants import VARIANTS

GIB = 2**30

translate = QCoreApplication.translate


def size_text(nbytes: int) -> str:
    """ "6.9 GB", or MB below one."""
    gib = nbytes / GIB
    return f"{gib:.1f} GB" if gib >= 1 else f"{max(1, round(nbytes / 2**20))} MB"


def need_text(model: ModelInfo, machine: Machine) -> str:
    """ "7 of 24 GB" where the graphics card is known, else the size."""
    if not machine.gpu_bytes or model.nbytes < GIB:
        return size_text(model.nbytes)
    return translate("models", "{0} of {1} GB").format(
        f"{model.nbytes / GIB:.0f}", f"{machine.gpu_bytes / GIB:.0f}"
    )


def facts_text(model: ModelInfo, machine: Machine) -> str:
    """Family, what it was trained for, size and fit, in one line."""
    parts = [family_label(model.family)]
    if model.speed in VARIANTS:
        parts.append(VARIANTS[model.speed].label)
    if model.is_inpainting:
        parts.append(translate("models", "made for inpainting"))
    if model.format is ModelFormat.gguf:
        parts.append(model.dtype or "GGUF")
    return " · ".join([*parts, size_text(model.nbytes), fit_text(model, machine)])


def fit_text(model: ModelInfo, machine: Machine) -> str:
    """How it sits on this machine."""
    card = f"{machine.gpu_bytes / GIB:.0f}"
    match machine.fit(model):
        case Fit.fits:
            return translate("models", "fits the {0} GB card").format(card)
        case Fit.offload:
            return translate("models", "partly in main memory, slower")
        case Fit.processor:
            return translate("models", "no graphics card found")
    return translate("models", "too large for this machine")
