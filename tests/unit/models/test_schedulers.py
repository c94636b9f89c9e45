from __future__ import annotations

from inpaint_studio.models.families import Family
from inpaint_studio.models.schedulers import (
    SchedulerKind,
    kind_of,
    scheduler_named,
    schedulers_for,
)


def test_every_family_has_schedulers_of_its_kind() -> None:
    for family in Family:
        choices = schedulers_for(family)
        assert choices
        assert {choice.kind for choice in choices} == {kind_of(family)}


def test_names_are_found_as_people_write_them() -> None:
    choice = scheduler_named(" DPM++ 2M Karras ", Family.sdxl)
    assert choice is not None
    assert choice.class_name == "DPMSolverMultistepScheduler"
    assert choice.changes == {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True}


def test_a_scheduler_of_the_other_kind_is_not_offered() -> None:
    assert scheduler_named("ddim", Family.flux) is None
    assert scheduler_named("flow match euler", Family.sd15) is None
    assert scheduler_named("nonsense", Family.sd15) is None


def test_flow_families() -> None:
    assert kind_of(Family.sd3) is SchedulerKind.flow
