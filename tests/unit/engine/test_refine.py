from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from inpaint_studio.core.edit import (
    DiffusionOptions,
    EditParams,
    EditPiece,
    EditRequest,
    EditResult,
    Intent,
)
from inpaint_studio.engine import refine
from inpaint_studio.engine.backend import Capabilities, GenerateInput, OnStep, RunFacts
from inpaint_studio.engine.edit_runner import run_edit
from inpaint_studio.errors import JobCancelledError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.size_rule import SizeRule
from tests.fakes import FakeBackend

SMALL = SizeRule(8, 64 * 64, 256 * 256, 64, 512)


class FineOnly(FakeBackend):
    """Keeps its input; in its second pass it paints its number of the call."""

    def __init__(self, has_strength: bool = True) -> None:
        self.capabilities = Capabilities(SMALL, True, has_strength=has_strength)
        self.facts = RunFacts(7, "whole")
        self.works: list[GenerateInput] = []

    def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
        self.works.append(work)
        is_first = work.params.strength == 1
        self.facts = RunFacts(7 if is_first else 3, "whole")
        self.notices = ("first",) if is_first else ("second",)
        on_step(1.0, None)
        return [work.image for _ in work.candidates]


def request(size: int = 512, hole: int = 360, candidates: int = 1) -> EditRequest:
    image = data.astronaut()[:size, :size]
    mask = np.zeros((size, size), np.uint8)
    start = (size - hole) // 2
    mask[start : start + hole, start : start + hole] = 255
    piece = EditPiece(Bounds(9, 9, size, size), image, mask, np.zeros_like(mask))
    options = DiffusionOptions(Path("model"), candidates)
    params = EditParams(Intent.instruct, feather=16, colour_match=0, grain_match=0, options=options)
    return EditRequest(params, (piece,))


def run(
    asked: EditRequest,
    backend: FineOnly,
    on_progress: Callable[[float, str], None] = lambda *_: None,
) -> EditResult:
    return run_edit(asked, backend, on_progress, lambda: False)


def test_large_crops_are_generated_small_and_refined_in_tiles() -> None:
    backend = FineOnly()
    seen: list[tuple[float, str]] = []
    result = run(request(), backend, lambda *said: seen.append(said))
    first, *tiles = backend.works
    (size,) = result.run.sizes
    assert first.image.shape == (256, 256, 3)
    assert (size.width, size.height, size.scale) == (256, 256, 0.5)
    assert size.refine_tiles == len(tiles) == 9
    assert {work.params.strength for work in tiles} == {refine.STRENGTH}
    for work in tiles:
        assert work.image.shape[0] * work.image.shape[1] <= SMALL.maximum_pixels
        assert work.mask.shape == work.image.shape[:2]
    assert result.run.steps == 7
    assert result.run.notices == ("first", "second")
    assert len({id(work.params) for work in tiles}) == 1
    fractions = [fraction for fraction, _text in seen]
    assert fractions == sorted(fractions)
    assert {"Generating", "Refining", "Done"} == {text for _fraction, text in seen}


def test_each_candidate_is_refined_with_its_own_seed() -> None:
    backend = FineOnly()
    result = run(request(candidates=2), backend)
    assert backend.works[0].seeds == (0, 1)
    assert [work.seeds for work in backend.works[1:]] == [(0,)] * 9 + [(1,)] * 9
    assert result.num_candidates == 2


def test_outside_pixels_stay_and_tiles_leave_no_joint() -> None:
    asked = request()
    result = run(asked, FineOnly())
    (piece,) = result.pieces
    outside = piece.denoise_mask == 0
    np.testing.assert_array_equal(piece.candidates[0][outside], asked.pieces[0].image[outside])
    assert piece.reports[0].max_change_outside == 0
    # Every tile gives back what it got, which is the enlarged first pass: soft, but in place.
    error = np.abs(piece.candidates[0].astype(int) - asked.pieces[0].image)
    assert error.mean() < 4


@pytest.mark.parametrize(("size", "has_strength"), [(256, True), (300, True), (512, False)])
def test_no_second_pass_where_it_gives_nothing(size: int, has_strength: bool) -> None:
    backend = FineOnly(has_strength)
    result = run(request(size, size // 2), backend)
    assert len(backend.works) == 1
    assert result.run.sizes[0].refine_tiles == 0


def test_tiles_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refine, "MOST_TILES", 4)
    backend = FineOnly()
    result = run(request(), backend)
    assert 1 < result.run.sizes[0].refine_tiles <= 4


def test_a_cancel_between_tiles() -> None:
    backend = FineOnly()
    with pytest.raises(JobCancelledError):
        run_edit(request(), backend, lambda *_: None, lambda: len(backend.works) > 3)
    assert len(backend.works) == 4


def test_a_layout_gets_no_second_pass_and_no_more_px_than_there_is_memory_for() -> None:
    asked, backend = request(), FineOnly()
    run(asked, backend)
    assert len(backend.works) > 1
    assert max(work.image.size // 3 for work in backend.works) > 128 * 128
    alone, small = FineOnly(), FineOnly()
    run(replace(asked, params=replace(asked.params, refines=False)), alone)
    assert len(alone.works) == 1
    limited = replace(asked.params, refines=False, most_pixels=128 * 128)
    result = run(replace(asked, params=limited), small)
    (work,) = small.works
    assert work.image.shape[0] * work.image.shape[1] <= 128 * 128
    assert result.pieces[0].candidates[0].shape == asked.pieces[0].image.shape
