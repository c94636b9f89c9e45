from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.engine.backends.diffusion.schedulers import apply_scheduler
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.models.families import Family
from inpaint_studio.models.schedulers import schedulers_for

diffusers = import_module("diffusers")


class Holder:
    """What of a pipeline the schedulers see."""

    def __init__(self, scheduler: Any) -> None:
        self.scheduler = scheduler

    def register_modules(self, scheduler: Any) -> None:
        self.scheduler = scheduler


def noise_model() -> Holder:
    return Holder(
        diffusers.PNDMScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            prediction_type="v_prediction",
            skip_prk_steps=True,
            steps_offset=1,
        )
    )


def flow_model() -> Holder:
    return Holder(diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True))


@pytest.mark.parametrize("choice", schedulers_for(Family.sd15), ids=lambda choice: choice.name)
def test_every_noise_scheduler_is_made_and_steps(choice: Any) -> None:
    pipe = noise_model()
    apply_scheduler(pipe, choice.name)
    with quiet_libraries():
        pipe.scheduler.set_timesteps(4)
    assert type(pipe.scheduler).__name__ == choice.class_name
    assert len(pipe.scheduler.timesteps) >= 4
    assert pipe.scheduler.config.prediction_type == "v_prediction"
    assert pipe.scheduler.config.beta_end == 0.012
    for name, value in choice.changes.items():
        assert pipe.scheduler.config[name] == value


@pytest.mark.parametrize("choice", schedulers_for(Family.flux), ids=lambda choice: choice.name)
def test_every_flow_scheduler_is_made_and_steps(choice: Any) -> None:
    pipe = flow_model()
    apply_scheduler(pipe, choice.name)
    pipe.scheduler.set_timesteps(sigmas=[1.0, 0.75, 0.5, 0.25], mu=0.8)
    assert type(pipe.scheduler).__name__ == choice.class_name
    assert len(pipe.scheduler.timesteps) == 4
    assert pipe.scheduler.config.shift == 3.0


def test_no_name_gives_the_models_own_back() -> None:
    pipe = flow_model()
    own = pipe.scheduler.config
    apply_scheduler(pipe, "flow match euler karras")
    apply_scheduler(pipe, "flow match lcm")
    apply_scheduler(pipe, "")
    assert type(pipe.scheduler).__name__ == "FlowMatchEulerDiscreteScheduler"
    assert not pipe.scheduler.config.use_karras_sigmas
    assert pipe.scheduler.config.use_dynamic_shifting == own.use_dynamic_shifting


def test_the_order_of_choices_does_not_matter() -> None:
    straight, detour = noise_model(), noise_model()
    apply_scheduler(straight, "euler")
    apply_scheduler(detour, "lcm")
    apply_scheduler(detour, "dpm++ 2m sde karras")
    apply_scheduler(detour, "euler")
    for pipe in (straight, detour):
        with quiet_libraries():
            pipe.scheduler.set_timesteps(5)
    assert dict(straight.scheduler.config) == dict(detour.scheduler.config)
    assert straight.scheduler.timesteps.tolist() == detour.scheduler.timesteps.tolist()


@pytest.mark.parametrize(
    ("make", "name"),
    [(noise_model, "flow match euler"), (flow_model, "dpm++ 2m"), (noise_model, "no such thing")],
)
def test_a_scheduler_of_another_kind_is_refused(make: Any, name: str) -> None:
    pipe = make()
    before = pipe.scheduler
    with pytest.raises(EditRefusedError, match=name.replace("+", r"\+")):
        apply_scheduler(pipe, name)
    assert pipe.scheduler is before
