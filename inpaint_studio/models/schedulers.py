"""Schedulers by the names people know, as plain data for whoever builds them.

Names follow the common ones of other programs; changes are constructor arguments of diffusers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from inpaint_studio.models.families import Family


class SchedulerKind(Enum):
    """What a model was trained to predict; schedulers of one kind fit no model of the other."""

    noise = "noise"
    flow = "flow"


@dataclass(frozen=True)
class SchedulerChoice:
    """A scheduler class of diffusers and what to change in the model's own scheduler config.

    `calls_per_step`: model runs a step takes (2 for Heun).
    """

    name: str
    class_name: str
    kind: SchedulerKind
    changes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    calls_per_step: int = 1


def _noise(
    name: str, class_name: str, calls_per_step: int = 1, **changes: object
) -> SchedulerChoice:
    frozen = MappingProxyType(changes)
    return SchedulerChoice(name, class_name, SchedulerKind.noise, frozen, calls_per_step)


def _flow(name: str, class_name: str, **changes: object) -> SchedulerChoice:
    return SchedulerChoice(name, class_name, SchedulerKind.flow, MappingProxyType(changes))


_DPM = "DPMSolverMultistepScheduler"
_EULER = "EulerDiscreteScheduler"
_FLOW_EULER = "FlowMatchEulerDiscreteScheduler"

# The flow pipelines that inpaint ask their scheduler for scale_noise, sigmas and mu, which UniPC
# and DPM++ don't offer; beta sigmas need scipy, which is not asked for.
_CHOICES = (
    _noise("dpm++ 2m", _DPM, algorithm_type="dpmsolver++", use_karras_sigmas=False),
    _noise("dpm++ 2m karras", _DPM, algorithm_type="dpmsolver++", use_karras_sigmas=True),
    _noise("dpm++ 2m sde", _DPM, algorithm_type="sde-dpmsolver++", use_karras_sigmas=False),
    _noise("dpm++ 2m sde karras", _DPM, algorithm_type="sde-dpmsolver++", use_karras_sigmas=True),
    _noise("euler", _EULER, use_karras_sigmas=False),
    _noise("euler karras", _EULER, use_karras_sigmas=True),
    _noise("euler trailing", _EULER, timestep_spacing="trailing"),
    _noise("euler a", "EulerAncestralDiscreteScheduler"),
    _noise("unipc", "UniPCMultistepScheduler"),
    _noise("ddim", "DDIMScheduler"),
    _noise("ddim trailing", "DDIMScheduler", timestep_spacing="trailing"),
    _noise("deis", "DEISMultistepScheduler"),
    _noise("heun", "HeunDiscreteScheduler", calls_per_step=2),
    _noise("lcm", "LCMScheduler"),
    _noise("tcd", "TCDScheduler"),
    _flow("flow match euler", _FLOW_EULER),
    _flow("flow match euler karras", _FLOW_EULER, use_karras_sigmas=True),
    _flow("flow match euler exponential", _FLOW_EULER, use_exponential_sigmas=True),
    _flow("flow match lcm", "FlowMatchLCMScheduler"),
)
SCHEDULERS: dict[str, SchedulerChoice] = {choice.name: choice for choice in _CHOICES}
"""Every scheduler by its name."""

NOISE_FAMILIES = frozenset({Family.sd15, Family.sd2, Family.sdxl})


def kind_of(family: Family) -> SchedulerKind:
    """Which kind of scheduler a family takes."""
    return SchedulerKind.noise if family in NOISE_FAMILIES else SchedulerKind.flow


def schedulers_for(family: Family) -> tuple[SchedulerChoice, ...]:
    """The schedulers that a family accepts, best known first."""
    return tuple(choice for choice in _CHOICES if choice.kind is kind_of(family))


def scheduler_named(name: str, family: Family) -> SchedulerChoice | None:
    """The choice, or None where the family takes no scheduler of that name (or none has it)."""
    choice = SCHEDULERS.get(name.strip().lower())
    return choice if choice is not None and choice.kind is kind_of(family) else None
