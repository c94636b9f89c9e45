"""What a weight file turned out to be, and the words for what can't be used."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelKind


@dataclass(frozen=True)
class Recognised:
    """Kind and family of a weight file; see `ModelInfo` for the fields."""

    kind: ModelKind
    family: Family | None = None
    is_inpainting: bool = False
    problem: str = ""
    speed: str = ""


def refused(problem: str, kind: ModelKind = ModelKind.unknown) -> Recognised:
    """Something that can't be used, and why."""
    return Recognised(kind, problem=problem)


def other_task(task: str) -> str:
    """The sentence for a model that does something else: "makes video"."""
    return f"This model {task}. It can't edit pictures."


def not_supported(name: str) -> str:
    """The sentence for an image model that no adapter is written for."""
    return f"This is a {name} model, which can't be used here yet."


MAKES_VIDEO = other_task("makes video")
"""The most frequent of the other tasks."""
