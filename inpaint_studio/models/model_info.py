"""What is known about a model file or folder without loading it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from inpaint_studio.errors import shown_name
from inpaint_studio.models.families import Family

SAME_NAMES = frozenset({"diffusion_pytorch_model", "model", "pytorch_lora_weights"})
"""How diffusers calls every file of a kind."""


class ModelKind(Enum):
    """What a file is good for."""

    checkpoint = "model"
    """Everything an edit needs: a diffusers folder or a full single file."""
    transformer = "bare transformer or UNet"
    """Only the denoising part; text encoder and VAE come from elsewhere."""
    lora = "LoRA"
    embedding = "textual inversion"
    vae = "VAE"
    controlnet = "ControlNet"
    text_encoder = "text encoder"
    ip_adapter = "IP-Adapter"
    upscaler = "upscaler"
    unknown = "unknown"


class ModelFormat(Enum):
    """How it is stored."""

    folder = "folder"
    safetensors = "safetensors"
    gguf = "gguf"
    unknown = "unknown"


@dataclass(frozen=True)
class ModelInfo:
    """What the headers of a model say.

    `problem`: "" = usable as what `kind` says, else one plain sentence or two. `is_inpainting`: was
    trained with the mask as an input (9-channel UNets, FLUX Fill). `nbytes`: all weights on disk.
    `dtype`: of most weights, in safetensors' words ("F16", "BF16", "F8_E4M3") or GGUF's ("Q4_K").
    `pipeline_class`: `_class_name` of a folder. `variant`: "fp16" for a folder that only has files
    of that variant, else "". `speed`: name of a few-step variant (`variants.VARIANTS`) or "";
    `speed_steps`: the steps it was made for, 0 = not said. `title` and `licence`: as the file says.
    `trigger_words`: what a LoRA or embedding listens to.
    """

    path: Path
    kind: ModelKind = ModelKind.unknown
    family: Family | None = None
    is_inpainting: bool = False
    format: ModelFormat = ModelFormat.unknown
    nbytes: int = 0
    dtype: str = ""
    problem: str = ""
    pipeline_class: str = ""
    variant: str = ""
    speed: str = ""
    speed_steps: int = 0
    title: str = ""
    licence: str = ""
    trigger_words: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether it can be loaded as what `kind` says."""
        return not self.problem

    @property
    def name(self) -> str:
        """What to call it: the folder's or the file's name without the suffix.

        A folder of the Hugging Face cache gets the model's name, a file that is called alike in
        all models its folder's.
        """
        if self.format is ModelFormat.folder:
            return shown_name(self.path)
        is_called_alike = self.path.stem in SAME_NAMES
        return shown_name(self.path.parent) if is_called_alike else self.path.stem
