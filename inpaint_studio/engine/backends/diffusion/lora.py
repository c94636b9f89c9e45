"""LoRAs: small changes to a loaded model, several at once, each with its own weight."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from inpaint_studio.core.edit import LoraChoice
from inpaint_studio.engine.backends.diffusion.errors_in_words import told_in_words
from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import Family
from inpaint_studio.models.roles import problem_as_lora

NOTHING_FITS = "is a LoRA for another kind of model: none of its weights fit this one."
UNET_FAMILIES = {768: Family.sd15, 1024: Family.sd2, 2048: Family.sdxl}
TRANSFORMER_FAMILIES = {
    "SD3Transformer2DModel": Family.sd3,
    "FluxTransformer2DModel": Family.flux,
    "Flux2Transformer2DModel": Family.flux2_klein,
    "QwenImageTransformer2DModel": Family.qwen_image,
    "ZImageTransformer2DModel": Family.z_image,
    "ChromaTransformer2DModel": Family.chroma,
}


def apply_loras(pipe: Any, loras: tuple[LoraChoice, ...]) -> None:
    """Give the pipeline exactly these LoRAs; the model itself stays loaded.

    A file that is already in and has not changed on disk is not read again, so a change of weights
    is instant. Raises FileProblemError: with nothing changed where the file's header tells that it
    doesn't fit, else with all LoRAs taken out.
    Hooks of an offloaded pipeline must be off while this runs.
    """
    if not hasattr(pipe, "load_lora_weights"):
        if loras:
            raise FileProblemError(loras[0].path, "can't be used: this model takes no LoRAs.")
        return
    wanted = {adapter_name(lora.path): lora for lora in loras}
    new = [name for name in wanted if name not in _loaded(pipe)]
    for name in new:
        _refuse_unfit(pipe, wanted[name].path)
    with quiet_libraries():
        _keep_only(pipe, set(wanted))
        try:
            for name in new:
                _load(pipe, name, wanted[name].path)
        except FileProblemError:
            pipe.unload_lora_weights()
            raise
        if wanted:
            pipe.set_adapters(list(wanted), [lora.weight for lora in wanted.values()])


def adapter_name(path: Path) -> str:
    """A name for the file as it is on disk now; another after it was changed.

    Raises FileProblemError if it is gone.
    """
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise FileProblemError(path, "isn't there any more.") from error
    return "lora_" + sha256(f"{path}|{changed}".encode()).hexdigest()[:16]


def model_family(pipe: Any) -> Family | None:
    """The family whose LoRAs fit, None if that can't be told."""
    if (unet := getattr(pipe, "unet", None)) is not None:
        return UNET_FAMILIES.get(unet.config.cross_attention_dim)
    return TRANSFORMER_FAMILIES.get(type(getattr(pipe, "transformer", None)).__name__)


def _loaded(pipe: Any) -> set[str]:
    return {name for names in pipe.get_list_adapters().values() for name in names}


def _keep_only(pipe: Any, wanted: set[str]) -> None:
    loaded = _loaded(pipe)
    if loaded and not loaded & wanted:
        # Also takes the wrappers away, so that no time is lost in them.
        pipe.unload_lora_weights()
    elif loaded - wanted:
        pipe.delete_adapters(sorted(loaded - wanted))


def _refuse_unfit(pipe: Any, path: Path) -> None:
    problem = problem_as_lora(identify(path), model_family(pipe))
    if problem:
        raise FileProblemError(path, problem)


def _load(pipe: Any, name: str, path: Path) -> None:
    try:
        with told_in_words(path):
            pipe.load_lora_weights(
                str(path.parent),
                weight_name=path.name,
                adapter_name=name,
                local_files_only=True,
                use_safetensors=True,
            )
    except FileProblemError as error:
        raise FileProblemError(path, NOTHING_FITS, error.details) from error
    # diffusers says nothing when no weight fits.
    if name not in _loaded(pipe):
        raise FileProblemError(path, NOTHING_FITS)
