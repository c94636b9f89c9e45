"""How long an expansion will take here, learned from the steps that were done."""

from __future__ import annotations

from dataclasses import replace

from inpaint_studio.core.edit import EditParams, EditResult
from inpaint_studio.core.expansion import TILE_STRENGTH
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.preflight import Pace
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, ExpansionStep, StepKind
from inpaint_studio.settings import PATCH_PACE, Settings

PATCH_MAKING, PATCH_LIMIT = 25, 600_000
"""Patch fill takes as long for a px that it makes as for that many that it reads. Beyond the limit
it works smaller, so that this part takes no longer. Fitted on crops of 256² to 2048²."""


class ExpandPace:
    """Keeps patch fill's pace in the settings. Models' is in `pace`, by model."""

    def __init__(self, settings: Settings, pace: Pace) -> None:
        self._settings = settings
        self._pace = pace

    def learn(self, step: ExpansionStep, result: EditResult) -> None:
        """Measure a step that is done."""
        self._pace.learn(result)
        if not result.run.steps:
            work = patch_work(step) * result.num_candidates
            measured = result.seconds / work * 1e6
            known = (self._settings.get(PATCH_PACE) + measured) / 2
            self._settings.set(PATCH_PACE, min(max(known, PATCH_PACE.minimum), PATCH_PACE.maximum))

    def seconds(self, plan: ExpansionPlan, choices: EditChoices) -> float:
        """How long all steps will take; 0 where the model was not measured yet."""
        if choices.model is None:
            work = sum(patch_work(step) for step in plan.steps)
            return self._settings.get(PATCH_PACE) * work / 1e6 * choices.num_candidates
        return sum(
            self._pace.seconds(*_work_of(step.kind, choices), step.size.area) for step in plan.steps
        )


def patch_work(step: ExpansionStep) -> int:
    """How much patch fill has to do, in px that it reads."""
    made = sum(mask.area for mask in step.masks)
    return step.size.area + min(PATCH_MAKING * made, PATCH_LIMIT)


def _work_of(kind: StepKind, choices: EditChoices) -> tuple[EditParams, int]:
    """What a step is made with, and how many steps of the model it takes."""
    params, steps = choices.params(0), choices.effective_steps
    if kind is StepKind.tile:
        return replace(params, options=replace(params.options, num_images_per_prompt=1)), max(
            1, round(steps * TILE_STRENGTH)
        )
    return params, steps
