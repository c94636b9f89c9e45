"""What a loaded model wears for an edit: LoRAs, embeddings, a scheduler, the step cache."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from inpaint_studio.core.edit import DiffusionOptions
from inpaint_studio.engine.backends.diffusion.embeddings import apply_embeddings
from inpaint_studio.engine.backends.diffusion.lora import apply_loras
from inpaint_studio.engine.backends.diffusion.schedulers import apply_scheduler
from inpaint_studio.engine.backends.diffusion.speed import set_step_cache
from inpaint_studio.errors import EngineError
from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import FAMILIES, FamilyInfo
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.models.variants import Defaults, defaults_for


def family_of(info: ModelInfo) -> FamilyInfo:
    """What suits the model. Raises EngineError for one of no family."""
    if info.family is None:
        raise EngineError(f"{info.name} is of a kind that can't edit pictures here yet.")
    return FAMILIES[info.family]


class Outfit:
    """Changes what is worn, without loading the model again. Knows the defaults that follow."""

    def __init__(self, pipe: Any, info: ModelInfo) -> None:
        self._pipe = pipe
        self._info = info
        self._worn: DiffusionOptions | None = None
        self.defaults: Defaults = defaults_for(info)

    def fits(self, options: DiffusionOptions) -> bool:
        """Whether nothing has to change."""
        return self._worn is not None and _worn_parts(self._worn) == _worn_parts(options)

    @property
    def words_key(self) -> Hashable:
        """What text embeddings depend on beside the words."""
        return (self._worn.loras, self._worn.embeddings) if self._worn else ()

    def wear(self, options: DiffusionOptions) -> str:
        """Change to what `options` ask for; returns "" or what can't be, in the user's words.

        The parts must lie in main memory without hooks. Raises InpaintStudioError for a file that
        does not fit; then the next call starts anew.
        """
        worn, self._worn = self._worn, None
        if worn is None or worn.embeddings != options.embeddings:
            apply_embeddings(self._pipe, options.embeddings)
        if worn is None or worn.loras != options.loras:
            apply_loras(self._pipe, options.loras)
        # A LoRA that makes models fast brings its scheduler along.
        loras = [identify(lora.path) for lora in options.loras]
        self.defaults = defaults_for(self._info, loras)
        apply_scheduler(self._pipe, options.scheduler or self.defaults.scheduler)
        notice = set_step_cache(self._pipe, options.step_cache)
        self._worn = options
        return notice

    def steps_within(self, steps: int) -> int:
        """`steps`, or as many as the scheduler can do."""
        config = self._pipe.scheduler.config
        return min(steps, getattr(config, "original_inference_steps", None) or steps)


def _worn_parts(options: DiffusionOptions) -> tuple:
    return options.loras, options.embeddings, options.scheduler, options.step_cache
