"""A cancel comes out of `generate` as it was raised, and the model works on."""

from __future__ import annotations

import pytest

from inpaint_studio.errors import JobCancelledError
from tests.engine.diffusion.edits import Steps, opened, work
from tests.engine.tiny_models import TinyModels


@pytest.mark.parametrize("name", ["sd15", "sdxl_inpaint", "flux_kontext", "qwen_image", "z_image"])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_cancelled_model_works_on(tiny: TinyModels, name: str, at: int) -> None:
    """Call 0 and 1 come before the first step: at the start and after the text was read."""
    backend, asked = opened(tiny(name)), work(tiny(name))
    before = backend.generate(asked, Steps())
    stopped = Steps(at, JobCancelledError())

    with pytest.raises(JobCancelledError):
        backend.generate(asked, stopped)

    assert len(stopped.fractions) == at
    assert "step" not in vars(backend._pipe.scheduler)
    assert (backend.generate(asked, Steps())[0] == before[0]).all()


def test_any_other_error_leaves_the_model_usable(tiny: TinyModels) -> None:
    backend, asked = opened(tiny("flux")), work(tiny("flux"))
    before = backend.generate(asked, Steps())

    with pytest.raises(ZeroDivisionError):
        backend.generate(asked, Steps(2, ZeroDivisionError()))

    assert (backend.generate(asked, Steps())[0] == before[0]).all()
