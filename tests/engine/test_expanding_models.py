"""Expansions with tiny diffusion models: two steps, and a layout with tiles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from inpaint_studio.commandline.photo_expand import fill_frame
from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.edit import DiffusionOptions, EditParams, EditRequest, EditResult
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.engine.backends.diffusion.backend import DiffusionBackend
from inpaint_studio.engine.edit_runner import run_edit
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan, StepKind, plan_expansion
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.imaging.size_rule import SizeRule
from tests.engine.diffusion.edits import opened
from tests.engine.tiny_models import TinyModels

PICTURE = Bounds(0, 0, 128, 96)
SIZES = SizeRule(8, 64 * 64, 128 * 128, 64, 160)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyModels:
    return TinyModels(tmp_path_factory.mktemp("tiny"))


class Small:
    """A backend that works at most at `SIZES`, and keeps what it was asked."""

    def __init__(self, backend: DiffusionBackend) -> None:
        self._backend = backend
        self.requests: list[EditRequest] = []

    @property
    def capabilities(self):
        return replace(self._backend.capabilities, sizes=SIZES)

    def __getattr__(self, name: str):
        return getattr(self._backend, name)

    def run(self, request: EditRequest, on_progress) -> EditResult:
        self.requests.append(request)
        return run_edit(request, self, on_progress, lambda: False)  # pyright: ignore


def expanded(model: Path, frame: Bounds) -> tuple[Document, ExpansionPlan, Small, int]:
    photo = np.asarray(data.chelsea())[60 : 60 + PICTURE.height, 120 : 120 + PICTURE.width]
    document = Document.from_pixels(from_rgb(photo), Origin("cat.png"))
    document.frame = frame
    plan = plan_expansion(frame, PICTURE, SIZES, 1 << 40)
    options = DiffusionOptions(model)
    params = EditParams(prompt="fur", num_inference_steps=2, seed=4, options=options)
    backend = Small(opened(model))
    told: list[float] = []
    area = Uncovered.of(document)
    done = fill_frame(document, plan, area, params, backend.run, lambda f, _text: told.append(f))
    assert told == sorted(told)
    return document, plan, backend, sum(step.mends for step in done)


def check_picture(document: Document, reach: int) -> None:
    picture = flatten(document.layers.painted, document.frame)
    assert picture[..., 3].min() == 255
    old = document.layers.painted[0].rasters[0]
    inner = old.bounds.pad(-reach)
    np.testing.assert_array_equal(
        picture[inner.relative_to(document.frame).slices()], old.view(inner)
    )


@pytest.mark.parametrize("model", ["sd15", "sd15_inpaint"])
def test_two_steps(tiny: TinyModels, model: str) -> None:
    document, plan, backend, menders = expanded(tiny(model), Bounds(-56, 0, 240, 96))
    assert [step.kind for step in plan.steps] == [StepKind.step] * 2
    assert len(backend.requests) == 2 + menders
    first, *_rest = backend.requests
    assert first.params.strength == 1.0
    assert first.params.prompt == "fur"
    seeds = {request.params.seed for request in backend.requests}
    assert seeds == {4, 5}
    check_picture(document, reach=48)


def test_a_layout_and_tiles(tiny: TinyModels) -> None:
    document, plan, backend, _menders = expanded(tiny("sd15"), Bounds(-136, -16, 264, 112))
    kinds = [step.kind for step in plan.steps]
    assert kinds[0] is StepKind.coarse
    assert set(kinds[1:]) == {StepKind.tile}
    assert {request.params.strength for request in backend.requests[1:]} <= {0.4, 0.35}
    check_picture(document, reach=48)
