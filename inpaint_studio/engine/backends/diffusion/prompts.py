"""What is said to a model: the person's words, or what the intent means where there are none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib.util import find_spec

from inpaint_studio.core.edit import EditParams, Intent
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.models.families import FamilyInfo, Task

UNSAID = {
    # Naming what is seen keeps models from putting a new thing where the old one stood.
    Intent.remove: "empty background, seamless continuation of the surroundings",
    Intent.replace_background: "a plain, softly lit background",
    # No words: the model goes on with what surrounds the mask.
    Intent.fill: "",
    Intent.expand: "",
}
"""What an empty prompt means by intent, for models that read descriptions."""
UNSAID_INSTRUCTIONS = {
    Intent.remove: "Remove the object and continue the background naturally.",
    Intent.replace_background: "Replace the background with a plain, softly lit one.",
    Intent.fill: "Fill the gap so that the picture continues naturally.",
    Intent.expand: "Extend the picture beyond its edges so that it continues naturally.",
}
"""The same for models that follow instructions."""
WEIGHT = re.compile(r"\(([^()]+?)\s*:\s*(\d*\.?\d+)\)")
"""Words and how much they count, as other programs write it: "a (red:1.4) cat"."""
NO_WEIGHTS = "This model reads whole sentences: weights like (word:1.3) are left out."
WEIGHTS_MISSING = "Weights like (word:1.3) need the package compel, which is missing here."
NOTHING_NEW = "person, animal, object, text, watermark"
"""What a removal must not bring, unless the person says something else."""


@dataclass(frozen=True)
class Words:
    """`is_guided`: guidance is on, so that the model also runs with `negative`."""

    text: str
    negative: str
    is_guided: bool

    @property
    def has_weights(self) -> bool:
        """Whether some words count more or less than others."""
        return WEIGHT.search(self.text + " " + self.negative) is not None

    def without_weights(self) -> Words:
        """The same words, all counting the same."""
        text, negative = (WEIGHT.sub(r"\1", part) for part in (self.text, self.negative))
        return replace(self, text=text, negative=negative)

    def in_compel(self) -> Words:
        """The same in the notation of the package compel: "a (red)1.4 cat"."""
        text, negative = (WEIGHT.sub(r"(\1)\2", part) for part in (self.text, self.negative))
        return replace(self, text=text, negative=negative)


def words_for(params: EditParams, family: FamilyInfo, guidance_scale: float) -> Words:
    """What to say for an edit. Raises EditRefusedError for an instruction without words."""
    is_guided = guidance_scale > family.guidance_off
    negative = params.negative_prompt.strip() if family.has_negative_prompt else ""
    text = params.prompt.strip()
    if text:
        return Words(text, negative, is_guided)
    if params.intent is Intent.instruct:
        raise EditRefusedError('Say what should change, for example "make it a winter day".')
    if Task.instruct in family.tasks:
        return Words(UNSAID_INSTRUCTIONS[params.intent], negative, is_guided)
    if params.intent is Intent.remove and family.has_negative_prompt:
        negative = negative or NOTHING_NEW
    return Words(UNSAID[params.intent], negative, is_guided)


def readable(words: Words, reads_weights: bool) -> tuple[Words, str]:
    """The words as the model can read them, and "" or what was left out, for the user."""
    if not words.has_weights or (reads_weights and find_spec("compel")):
        return words, ""
    return words.without_weights(), WEIGHTS_MISSING if reads_weights else NO_WEIGHTS
