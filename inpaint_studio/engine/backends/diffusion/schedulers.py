"""Changes how a loaded model walks from noise to a picture."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.models.schedulers import SCHEDULERS, SchedulerKind

diffusers = import_module("diffusers")

OWN = "inpaint_studio_own"
"""Attribute of a scheduler we made: the model's own one, to start from and to return to."""

# PNDM runs one more step than asked for and fails at 1000; the multistep solver of the same
# order replaces it.
REPLACED = {"PNDMScheduler": "DPMSolverMultistepScheduler"}


def apply_scheduler(pipe: Any, name: str) -> None:
    """Give the pipeline the scheduler of that name, "" = the model's own.

    Always starts from the model's own configuration, so the order of calls doesn't matter. Raises
    EditRefusedError for a name that doesn't exist or doesn't suit the kind of model.
    """
    own = getattr(pipe.scheduler, OWN, pipe.scheduler)
    if name:
        choice = SCHEDULERS.get(name.strip().lower())
        if choice is None or choice.kind is not _kind(own):
            raise unsuitable(name)
        class_name, changes = choice.class_name, dict(choice.changes)
    else:
        class_name, changes = replacement(own), {}
    scheduler = _made(class_name, own, changes)
    setattr(scheduler, OWN, own)
    pipe.register_modules(scheduler=scheduler)


def unsuitable(name: str) -> EditRefusedError:
    """The refusal of a scheduler by its name."""
    return EditRefusedError(f'The sampler "{name}" doesn\'t suit this model. Choose another one.')


def replacement(scheduler: Any) -> str:
    """The class to use for a model's own scheduler."""
    name = type(scheduler).__name__
    return REPLACED.get(name, name)


def _kind(scheduler: Any) -> SchedulerKind:
    is_flow = type(scheduler).__name__.startswith("FlowMatch")
    return SchedulerKind.flow if is_flow else SchedulerKind.noise


def _made(class_name: str, own: Any, changes: dict[str, Any]) -> Any:
    """A fresh scheduler: the model's own config, as far as the class knows it, with changes."""
    cls = getattr(diffusers, class_name)
    with quiet_libraries():
        return cls.from_config(own.config, **changes)
