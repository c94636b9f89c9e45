from __future__ import annotations

from inpaint_studio.models.presets import PRESETS, PresetName
from inpaint_studio.models.variants import Defaults

USUAL = Defaults(30, 7.0, 1.0)
FEW = Defaults(4, 1.0, 1.0, is_few_step=True)


def test_presets_change_the_steps() -> None:
    steps = {name.value: PRESETS[name].steps(USUAL) for name in PresetName}
    assert steps == {"draft": 15, "balanced": 30, "quality": 45, "custom": 30}


def test_few_step_models_never_run_fewer_steps() -> None:
    steps = {name.value: PRESETS[name].steps(FEW) for name in PresetName}
    assert steps == {"draft": 4, "balanced": 4, "quality": 8, "custom": 4}


def test_a_one_step_model_stays_at_one() -> None:
    assert PRESETS[PresetName.draft].steps(Defaults(1, 1.0, 1.0, is_few_step=True)) == 1
