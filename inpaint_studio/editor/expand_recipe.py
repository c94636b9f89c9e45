"""What a plan is made from beside the picture: the engine's limits and the machine's memory."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.core.expansion_plan import plan_for
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.machine import MEMORY_SHARE, Machine, free_memory_bytes
from inpaint_studio.editor.preflight import BYTES_PER_PIXEL
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, PlanSettings

UNKNOWN_PIXELS = 1 << 20
"""px of a model's crop where the machine's memory is not known."""
UNKNOWN_BYTES = 2 << 30
"""Of free memory, where the system does not say."""
FREE_SHARE = 0.5
"""Of free memory, for one step: the picture, its tiles and other programs need some, too."""
PATCH_BYTES_PER_PIXEL = 90
"""Of a step by patch fill, at its peak, in both processes."""
LAYOUT_BYTES_PER_PIXEL = 60
"""Of the frame, while it is laid out at once."""


@dataclass(frozen=True)
class Recipe:
    """What of choices and machine a plan depends on.

    `free_pixels`: of the largest crop there is memory for. `layout_pixels`: of the largest frame.
    """

    choices: EditChoices
    free_pixels: int
    layout_pixels: int = PlanSettings.coarse_pixels

    @classmethod
    def of(cls, choices: EditChoices, machine: Machine) -> Recipe:
        """For the machine as it is now."""
        free = free_memory_bytes() or UNKNOWN_BYTES
        layout = round(FREE_SHARE * free) // LAYOUT_BYTES_PER_PIXEL
        layout = min(PlanSettings.coarse_pixels, layout)
        return cls(choices, free_pixels(machine, choices, free), layout)

    def plan(self, area: Uncovered) -> ExpansionPlan | None:
        """The steps that fill an area; None where there is nothing to fill or to continue."""
        family = self.choices.family
        settings = PlanSettings(
            refines=family is not None and family.has_strength, coarse_pixels=self.layout_pixels
        )
        sizes = None if family is None else family.sizes
        try:
            return plan_for(area, sizes, self.free_pixels, settings)
        except EditRefusedError:
            return None


def free_pixels(machine: Machine, choices: EditChoices, free_bytes: int) -> int:
    """px of the largest crop that there is memory for beside the model, by estimate.

    `free_bytes`: of main memory, now. Patch fill works there; a model's own place is measured
    whole, because it may be loaded already.
    """
    if choices.model is None:
        return round(FREE_SHARE * free_bytes) // PATCH_BYTES_PER_PIXEL
    if machine.gpu_bytes:
        # A model that is larger than that is moved in parts, of which half may be there at once.
        weights = min(choices.model.nbytes, machine.gpu_bytes // 2)
        return (machine.gpu_bytes - weights) // BYTES_PER_PIXEL
    if machine.memory_bytes:
        left = round(MEMORY_SHARE * machine.memory_bytes) - choices.model.nbytes
        return max(0, left) // BYTES_PER_PIXEL
    return UNKNOWN_PIXELS
