"""A cancel comes out of `generate` as it was raised, and the model works on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from inpaint_studio.core.edit import DiffusionOptions, EditPiece, EditRequest
from inpaint_studio.engine.backends.diffusion.backend import open_backend
from inpaint_studio.engine.edit_runner import run_edit
from inpaint_studio.errors import JobCancelledError
from inpaint_studio.geometry import Bounds
from tests.engine.diffusion.edits import Steps, hole, opened, photo, work
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


@pytest.mark.parametrize(
    ("stage", "most_steps"),
    [("read the words", 0), ("encode", 1), ("denoise", 1), ("decode", 4)],
)
def test_a_cancel_at_any_stage_ends_the_edit(
    tiny: TinyModels, monkeypatch: pytest.MonkeyPatch, stage: str, most_steps: int
) -> None:
    """What a library computes at the moment runs to its end; then nothing more is begun."""
    backend = opened(tiny("sd15_inpaint"))
    pipe = backend._pipe
    params = replace(work(tiny("sd15_inpaint")).params, prompt=f"a cat, {stage}", seed=3)
    picture, mask = photo().copy(), hole()
    # Other pixels each time: known pictures are not encoded again.
    picture[0, 0] = len(stage)
    piece = EditPiece(Bounds(0, 0, *mask.shape[::-1]), picture, mask, np.zeros_like(mask))
    wish: list[str] = []
    steps: list[str] = []

    def wished_in(owner: Any, name: str) -> None:
        original: Callable[..., Any] = getattr(owner, name)

        def during(*args: Any, **kwargs: Any) -> Any:
            wish.append(stage)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, name, during)

    owner, name = {
        "read the words": (pipe.text_encoder, "forward"),
        "encode": (pipe.vae, "encode"),
        "denoise": (pipe.unet, "forward"),
        "decode": (pipe.vae.decoder, "forward"),
    }[stage]
    wished_in(owner, name)
    count = pipe.unet.register_forward_pre_hook(lambda *_: steps.append("step"))
    with pytest.raises(JobCancelledError):
        run_edit(EditRequest(params, (piece,)), backend, lambda *_: None, lambda: bool(wish))
    assert wish
    assert len(steps) <= most_steps
    count.remove()
    monkeypatch.undo()
    assert run_edit(EditRequest(params, (piece,)), backend, lambda *_: None, lambda: False).pieces


def test_a_cancel_while_loading_leaves_nothing_half_loaded(tiny: TinyModels) -> None:
    heard: list[str] = []

    def stop_at_the_second(_fraction: float, message: str) -> None:
        heard.append(message)
        if len(heard) == 2:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        open_backend(DiffusionOptions(tiny("sd15")), stop_at_the_second)
    assert len(heard) == 2
    backend = open_backend(DiffusionOptions(tiny("sd15")), lambda *_: None)
    assert backend.generate(work(tiny("sd15")), Steps())
    backend.close()
