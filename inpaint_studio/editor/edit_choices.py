"""What a person chose for the next edit, as one frozen value, and what follows from it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from inpaint_studio.core.edit import (
    DiffusionOptions,
    EditParams,
    Intent,
    LoraChoice,
    PatchFillOptions,
)
from inpaint_studio.models.families import FAMILIES, FamilyInfo, Task
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.models.placements import AUTO
from inpaint_studio.models.presets import PRESETS, PresetName
from inpaint_studio.models.variants import Defaults, defaults_for

MAX_CANDIDATES = 8
MAX_STEPS = 150
MAX_SEED = 999_999


@dataclass(frozen=True)
class LoraUse:
    """A LoRA file that was added and how strongly it acts, 0..2."""

    info: ModelInfo
    weight: float = 1.0


@dataclass(frozen=True)
class EditChoices:
    """How the next edit is made. `None` means: what suits the model and the intent.

    `model`: None = patch fill. `steps` and `guidance_scale` count only in the custom preset.
    `seed`: None = another one each time. `feather`, `grow`, `blend` in px.
    `can_expand`: the frame shows an area without a picture. `placement`: where the model lies in
    memory, a name of `models.placements`. `embeddings`: textual inversions. `companion`, `compile`:
    see `DiffusionOptions`; `colour_match`, `grain_match`: see `EditParams`.
    """

    model: ModelInfo | None = None
    intent: Intent = Intent.remove
    prompt: str = ""
    negative_prompt: str = ""
    strength: float | None = None
    preset: PresetName = PresetName.balanced
    steps: int | None = None
    guidance_scale: float | None = None
    scheduler: str = ""
    loras: tuple[LoraUse, ...] = ()
    embeddings: tuple[ModelInfo, ...] = ()
    candidates: int = 2
    patch_candidates: int = len(PatchFillOptions().radii)
    seed: int | None = None
    feather: int | None = None
    grow: int | None = None
    blend: int | None = None
    can_expand: bool = False
    placement: str = AUTO
    companion: Path | None = None
    compile: bool = False
    colour_match: float = 1.0
    grain_match: float = 1.0

    @property
    def family(self) -> FamilyInfo | None:
        """The family of the chosen model; None for patch fill."""
        if self.model is None or self.model.family is None:
            return None
        return FAMILIES[self.model.family]

    @property
    def intents(self) -> tuple[Intent, ...]:
        """What the chosen engine can be asked for."""
        known = (Intent.remove,) if self.family is None else intents_of(self.family)
        if not self.can_expand:
            return known
        place = known.index(Intent.fill) + 1 if Intent.fill in known else 1
        return (*known[:place], Intent.expand, *known[place:])

    @property
    def suggested_strength(self) -> float:
        """What suits the intent: a removal or an expansion starts from noise."""
        if self.family is None or self.intent in (Intent.remove, Intent.expand):
            return 1.0
        return self.family.default_strength

    @property
    def effective_strength(self) -> float:
        """The strength that an edit would use, 0..1."""
        if self.family is None or not self.family.has_strength:
            return 1.0
        return self.suggested_strength if self.strength is None else self.strength

    @property
    def defaults(self) -> Defaults | None:
        """What suits the model with its LoRAs; None for patch fill."""
        if self.model is None:
            return None
        return defaults_for(self.model, [use.info for use in self.active_loras])

    @property
    def effective_steps(self) -> int:
        """The steps that an edit would take at full strength; 0 for patch fill."""
        defaults = self.defaults
        if defaults is None:
            return 0
        if self.preset is PresetName.custom and self.steps is not None:
            return self.steps
        return PRESETS[self.preset].steps(defaults)

    @property
    def most_pixels(self) -> int | None:
        """The largest size to generate at, in px, where the preset wants less than the family."""
        factor = PRESETS[self.preset].area_factor
        if self.family is None or factor >= 1:
            return None
        return round(self.family.sizes.maximum_pixels * factor)

    @property
    def effective_guidance_scale(self) -> float:
        """The guidance scale that an edit would use; 0 for patch fill."""
        if self.preset is PresetName.custom and self.guidance_scale is not None:
            return self.guidance_scale
        return self.defaults.guidance_scale if self.defaults else 0.0

    @property
    def has_negative_prompt(self) -> bool:
        """Whether words about what must not appear have any effect."""
        return (
            self.family is not None
            and self.family.has_negative_prompt
            and self.effective_guidance_scale > self.family.guidance_off
        )

    @property
    def active_loras(self) -> tuple[LoraUse, ...]:
        """Those that fit the chosen model; the others wait for theirs."""
        return tuple(use for use in self.loras if self.fits(use.info))

    @property
    def active_embeddings(self) -> tuple[ModelInfo, ...]:
        """Those that fit the chosen model."""
        return tuple(info for info in self.embeddings if self.fits(info))

    @property
    def num_candidates(self) -> int:
        """How many variants the chosen engine will make."""
        return self.patch_candidates if self.model is None else self.candidates

    def fits(self, addon: ModelInfo) -> bool:
        """Whether a LoRA or a textual inversion was made for the chosen model's family."""
        return self.model is not None and addon.family is self.model.family

    def params(self, seed: int) -> EditParams:
        """The edit, with `seed` where none is locked."""
        params = EditParams(
            intent=self.intent,
            seed=seed if self.seed is None else self.seed,
            feather=self.feather,
            grow=self.grow,
            blend=self.blend,
        )
        if self.model is None:
            radii = PatchFillOptions().radii[: self.patch_candidates]
            return replace(params, options=PatchFillOptions(radii))
        return replace(
            params,
            prompt=self.prompt.strip(),
            negative_prompt=self.negative_prompt.strip() if self.has_negative_prompt else "",
            strength=self.effective_strength,
            num_inference_steps=self.effective_steps,
            guidance_scale=self.effective_guidance_scale,
            colour_match=self.colour_match,
            grain_match=self.grain_match,
            most_pixels=self.most_pixels,
            # The planner of an expansion decides for each step.
            refines=self.intent is Intent.expand or PRESETS[self.preset].refines,
            options=self._diffusion_options(self.model),
        )

    def _diffusion_options(self, model: ModelInfo) -> DiffusionOptions:
        return DiffusionOptions(
            model.path,
            num_images_per_prompt=self.candidates,
            loras=tuple(LoraChoice(use.info.path, use.weight) for use in self.active_loras),
            embeddings=tuple(info.path for info in self.active_embeddings),
            scheduler=self.scheduler,
            step_cache=PRESETS[self.preset].step_cache,
            compile=self.compile,
            placement=self.placement,
            companion=self.companion,
        )


def intents_of(family: FamilyInfo) -> tuple[Intent, ...]:
    """What a family can be asked for inside the picture. Expanding has a tool of its own."""
    found: tuple[Intent, ...] = ()
    if Task.inpaint in family.tasks:
        found = (Intent.remove, Intent.fill, Intent.replace_background)
    return (*found, Intent.instruct) if Task.instruct in family.tasks else found
