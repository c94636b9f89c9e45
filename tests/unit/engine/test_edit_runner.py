from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from inpaint_studio.core.edit import (
    DiffusionOptions,
    EditParams,
    EditPiece,
    EditRequest,
    Intent,
    ModelIdentity,
    PatchFillOptions,
    PieceSize,
)
from inpaint_studio.engine.backend import Capabilities, GenerateInput, OnStep, RunFacts
from inpaint_studio.engine.backends.patch_fill import PatchFillBackend
from inpaint_studio.engine.edit_runner import run_edit
from inpaint_studio.errors import EditRefusedError, JobCancelledError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend import composite
from inpaint_studio.imaging.crop import plan_context
from inpaint_studio.imaging.mask_ops import bounds_of
from inpaint_studio.imaging.seam import seam_report
from inpaint_studio.imaging.size_rule import SizeRule
from tests.fakes import FakeBackend


@dataclass
class PaintEverything(FakeBackend):
    """Fills the whole crop, far beyond the mask, with one grey per candidate."""

    steps: tuple[float, ...] = (0.5,)
    masks: list[np.ndarray] = field(default_factory=list)

    def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
        self.masks.append(work.mask)
        for fraction in self.steps:
            on_step(fraction, None)
        return [np.full_like(work.image, 50 + 10 * candidate) for candidate in work.candidates]


class Progress:
    def __init__(self, stop_after: int | None = None) -> None:
        self.seen: list[tuple[float, str]] = []
        self._stop_after = stop_after

    def __call__(self, fraction: float, message: str) -> None:
        self.seen.append((fraction, message))

    def is_cancelled(self) -> bool:
        return self._stop_after is not None and len(self.seen) >= self._stop_after


def piece(size: int = 40, x: int = 0) -> EditPiece:
    mask = np.zeros((size, size), np.uint8)
    mask[size // 2 - 4 : size // 2 + 4, size // 2 - 4 : size // 2 + 4] = 255
    image = np.full((size, size, 3), 200, np.uint8)
    return EditPiece(Bounds(x, 0, size, size), image, mask, np.zeros_like(mask))


def request(*pieces: EditPiece, grow: int | None = None, blend: int | None = None) -> EditRequest:
    params = EditParams(grow=grow, blend=blend, options=PatchFillOptions((3, 5)))
    return EditRequest(params, pieces)


def test_makes_every_candidate_of_every_piece() -> None:
    asked = request(piece(), piece(x=100))
    result = run_edit(asked, PaintEverything(), Progress(), lambda: False)
    assert result.params is asked.params
    assert result.model == ModelIdentity("scripted", "Scripted", "1")
    assert [p.context.x for p in result.pieces] == [0, 100]
    assert [[int(c[20, 20, 0]) for c in p.candidates] for p in result.pieces] == [[50, 60]] * 2
    assert all(len(p.reports) == 2 for p in result.pieces)
    assert result.seconds >= 0


def test_keeps_only_what_was_masked() -> None:
    asked = piece()
    result = run_edit(request(asked), PaintEverything(), Progress(), lambda: False)
    made = result.pieces[0]
    for candidate, report in zip(made.candidates, made.reports, strict=True):
        assert (candidate[made.denoise_mask == 0] == 200).all()
        seen = composite(asked.image, candidate, made.alpha)
        assert (seen[made.alpha == 0] == asked.image[made.alpha == 0]).all()
        assert report.max_change_outside == 0
    assert made.mask is asked.mask
    assert (made.alpha[asked.mask == 255] == 255).all()


def test_grow_and_blend_are_taken_from_the_params() -> None:
    backend = PaintEverything()
    result = run_edit(request(piece(), grow=0, blend=0), backend, Progress(), lambda: False)
    assert (backend.masks[0] == piece().mask).all()
    assert (result.pieces[0].alpha == piece().mask).all()
    run_edit(request(piece(), grow=6), backend, Progress(), lambda: False)
    assert bounds_of(backend.masks[-1]) == bounds_of(piece().mask).pad(6)


def test_progress_is_in_plain_words_and_never_falls() -> None:
    progress = Progress()
    asked = request(piece(), piece(x=100))
    run_edit(asked, PaintEverything((0.5, 2.0)), progress, lambda: False)
    assert progress.seen == [
        (0.0, "Filling 1 of 2"),
        (0.25, "Filling 1 of 2"),
        (0.5, "Filling 1 of 2"),
        (0.5, "Filling 2 of 2"),
        (0.75, "Filling 2 of 2"),
        (1.0, "Filling 2 of 2"),
        (1.0, "Done"),
    ]


@pytest.mark.parametrize("steps", range(2))
def test_stops_at_the_next_step_after_a_cancel(steps: int) -> None:
    progress = Progress(stop_after=steps)
    with pytest.raises(JobCancelledError):
        run_edit(request(piece()), PaintEverything(), progress, progress.is_cancelled)
    assert len(progress.seen) == steps


def test_refuses_a_request_without_pieces() -> None:
    with pytest.raises(EditRefusedError, match="Nothing is masked yet"):
        run_edit(request(), PaintEverything(), Progress(), lambda: False)


@pytest.mark.parametrize(("photo", "y", "x"), [("coffee", 90, 480), ("chelsea", 60, 380)])
def test_a_removal_from_a_photo_leaves_no_seam(photo: str, y: int, x: int) -> None:
    picture = getattr(data, photo)()
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    painted = np.where(np.hypot(rows - y, columns - x) < 24, np.uint8(255), np.uint8(0))
    frame = Bounds(0, 0, picture.shape[1], picture.shape[0])
    context = plan_context(bounds_of(painted), frame)
    image, mask = picture[context.slices()], painted[context.slices()]
    covered = np.where(mask[..., None] > 0, np.array([255, 0, 255], np.uint8), image)
    asked = EditRequest(EditParams(), (EditPiece(context, covered, mask, np.zeros_like(mask)),))
    result = run_edit(asked, PatchFillBackend(), Progress(), lambda: False)
    again = run_edit(asked, PatchFillBackend(), Progress(), lambda: False)
    untouched = seam_report(image, image, result.pieces[0].alpha).seam_ratio
    for index, candidate in enumerate(result.pieces[0].candidates):
        assert result.pieces[0].reports[index].max_change_outside == 0
        assert result.seam_ratio(index) < 1.15 * max(untouched, 1)
        assert (candidate == again.pieces[0].candidates[index]).all()
        inside = candidate[mask > 0].astype(int)
        assert not ((inside[:, 0] > 200) & (inside[:, 1] < 60)).any()


class Halfway(FakeBackend):
    """A model of few sizes that draws a smooth grey, and a preview of it."""

    def __init__(self, sizes: SizeRule, soft_mask: bool = False) -> None:
        self.capabilities = Capabilities(sizes, True, soft_mask)
        self.facts = RunFacts(20, "model offload")
        self.notices = ("Parts of the model were moved.",)
        self.works: list[GenerateInput] = []

    def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
        self.works.append(work)
        on_step(0.5, np.full((16, 16, 3), 90, np.uint8))
        return [np.full_like(work.image, 90) for _ in work.candidates]


def model_request(asked: EditPiece, intent: Intent = Intent.fill, count: int = 1) -> EditRequest:
    options = DiffusionOptions(Path("model"), count)
    params = EditParams(intent, seed=5, colour_match=0, grain_match=0, options=options)
    return EditRequest(params, (asked,))


@pytest.mark.parametrize("soft_mask", [False, True])
@pytest.mark.parametrize("size", [40, 131, 300, 700])
def test_every_size_comes_back_at_its_own_and_only_the_mask_changes(
    size: int, soft_mask: bool
) -> None:
    backend = Halfway(SizeRule(16, 128 * 128, 256 * 256, 64, 512), soft_mask)
    asked = piece(size)
    asked.image[...] = np.random.default_rng(1).integers(0, 256, asked.image.shape)
    before = asked.image.copy()
    result = run_edit(model_request(asked, count=2), backend, Progress(), lambda: False)
    (made,) = result.pieces
    given = backend.works[0]
    assert given.image.shape[0] % 16 == given.image.shape[1] % 16 == 0
    assert given.mask.shape == given.avoid.shape == given.image.shape[:2]
    assert set(np.unique(given.mask)) <= {0, 255} or soft_mask
    assert given.seeds == (5, 6)
    for candidate in made.candidates:
        assert candidate.shape == before.shape
        np.testing.assert_array_equal(
            candidate[made.denoise_mask == 0], before[made.denoise_mask == 0]
        )
        seen = composite(before, candidate, made.alpha)
        np.testing.assert_array_equal(seen[made.alpha == 0], before[made.alpha == 0])
        assert (candidate[asked.mask > 0] == 90).all()
    np.testing.assert_array_equal(asked.image, before)


def test_the_run_is_reported() -> None:
    backend = Halfway(SizeRule(16, 128 * 128, 256 * 256, 64, 512))
    result = run_edit(model_request(piece(120)), backend, Progress(), lambda: False)
    run = result.run
    assert (run.steps, run.placement) == (20, "model offload")
    assert run.notices == ("Parts of the model were moved.",)
    assert run.sizes == (PieceSize(128, 128, 128 / 120),)
    assert run.seconds.generate > 0
    assert run.seconds.load == 0


def test_previews_show_the_document() -> None:
    seen: list[tuple[Bounds, np.ndarray]] = []
    backend = Halfway(SizeRule(16, 64 * 64, 256 * 256, 64, 512))
    asked = piece(160, x=30)
    run_edit(
        model_request(asked),
        backend,
        Progress(),
        lambda: False,
        lambda *shown: seen.append(shown),
    )
    ((context, image),) = seen
    assert context == asked.context
    assert image[80, 80, 0] == 90
    assert image[2, 2, 0] == 200


def test_an_instruction_without_a_mask_changes_the_whole_picture() -> None:
    asked = piece(160)
    asked.mask[...] = 0
    backend = Halfway(SizeRule(16, 64 * 64, 256 * 256, 64, 512))
    result = run_edit(model_request(asked, Intent.instruct), backend, Progress(), lambda: False)
    (made,) = result.pieces
    assert (made.candidates[0] == 90).all()
    assert (made.alpha == 255).all()
    assert not made.mask.any()
    assert made.reports[0].seam_ratio == 1


def test_a_model_that_gives_back_too_few_is_an_error() -> None:
    class TooFew(Halfway):
        def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
            return super().generate(work, on_step)[:-1]

    with pytest.raises(ValueError, match="asked for 2"):
        run_edit(model_request(piece(), count=2), TooFew(SizeRule()), Progress(), lambda: False)
