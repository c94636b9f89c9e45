"""Four named trades of time for quality, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from inpaint_studio.models.variants import Defaults

FEWEST_STEPS = 4


class PresetName(Enum):
    """The presets a person can choose."""

    draft = "draft"
    balanced = "balanced"
    quality = "quality"
    custom = "custom"


@dataclass(frozen=True)
class Preset:
    """How a preset changes a model's defaults.

    `few_step_factor` is the steps' factor for few-step models, which fall apart below the number
    they were trained for and gain little above it. `step_cache`: skip blocks whose output barely
    changes. `area_factor`: the largest area to generate at, of the family's; larger crops are
    scaled down to it. None is above 1: a crop at its own size loses nothing, and models repeat
    things beyond the area they were trained for. `refines`: what was scaled down is drawn once
    more, in tiles of its own size.
    """

    name: PresetName
    label: str
    help: str
    steps_factor: float = 1.0
    few_step_factor: float = 1.0
    step_cache: bool = False
    area_factor: float = 1.0
    refines: bool = True

    def steps(self, defaults: Defaults) -> int:
        """How many steps to run with this preset."""
        factor = self.few_step_factor if defaults.is_few_step else self.steps_factor
        fewest = min(FEWEST_STEPS, defaults.steps)
        return max(fewest, round(defaults.steps * factor))


_LIST = (
    Preset(
        PresetName.draft,
        "Draft",
        "About half the time, a little less detail. Good for trying out.",
        steps_factor=0.5,
        step_cache=True,
        area_factor=0.6,
        refines=False,
    ),
    Preset(PresetName.balanced, "Balanced", "What the model was made for."),
    Preset(
        PresetName.quality,
        "Quality",
        "More steps: calmer surfaces and finer detail, about half as long again.",
        steps_factor=1.5,
        few_step_factor=2.0,
    ),
    Preset(PresetName.custom, "Custom", "Your own numbers."),
)
PRESETS: dict[PresetName, Preset] = {preset.name: preset for preset in _LIST}
"""Every preset; custom changes nothing by itself."""
