"""Our share of an edit, proved with a model that draws the truth as a real one would spoil it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from inpaint_studio.core.edit import DiffusionOptions, EditParams, EditPiece, EditRequest, Intent
from inpaint_studio.engine.edit_runner import run_edit
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend import composite
from inpaint_studio.imaging.crop import RedrawingContext
from inpaint_studio.imaging.mask_ops import bounds_of
from inpaint_studio.imaging.seam import SeamReport, seam_report
from inpaint_studio.imaging.size_rule import SizeRule
from tests.fakes import PerfectModel
from tests.photos import ten_photos

RADIUS = 50
"""px of what is masked, across; a quarter more along."""
SEAM_AIM = 1.15
"""Of the seam ratio, where an untouched photo has 1."""
STEP_AIM = 0.3
"""Delta E more than the photo itself has across the edge; 2.3 is what people just notice."""
ANY_SIZE = SizeRule(8, 64 * 64, 2048 * 2048, 64, 2048)


@dataclass(frozen=True, eq=False)
class Case:
    """A crop of a photo in which something covers a disc."""

    truth: np.ndarray
    piece: EditPiece


def case_of(picture: np.ndarray) -> Case:
    """A disc in the middle, where photos have their subject."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    disc = np.hypot(rows - height // 2, (columns - width // 2) * 0.8) < RADIUS
    painted = np.where(disc, np.uint8(255), np.uint8(0))
    frame = Bounds(0, 0, picture.shape[1], picture.shape[0])
    context = RedrawingContext(minimum_side=256).plan(bounds_of(painted), frame)
    truth, mask = picture[context.slices()], painted[context.slices()]
    covered = np.where(mask[..., None] > 0, np.array([255, 0, 255], np.uint8), truth)
    return Case(truth, EditPiece(context, covered, mask, np.zeros_like(mask)))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case_of(picture) for picture in ten_photos().values()]


def as_bytes(picture: np.ndarray) -> np.ndarray:
    return np.rint(picture.clip(0, 255)).astype(np.uint8)


def cast(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    return as_bytes(np.add(picture, (10, -6, -12)))


def gradient(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    slope = np.linspace(-16, 16, picture.shape[1])[None, :, None] * (1, 0.6, -0.5)
    return as_bytes(picture + slope)


def blur(picture: np.ndarray, _index: int = 0, sigma: float = 1.2) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)))


def shift(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    return np.roll(picture, (1, 2), (0, 1))


def all_at_once(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    return cast(blur(picture))


@dataclass(frozen=True)
class Look:
    """How an edit looks beside the truth.

    `error`: mean difference of low-passed 8-bit values; `distance`: RMS of all differences.
    """

    report: SeamReport
    untouched: SeamReport
    error: float
    distance: float

    @property
    def seam(self) -> float:
        return self.report.seam_ratio / max(self.untouched.seam_ratio, 1)

    @property
    def step(self) -> float:
        return self.report.colour_step - self.untouched.colour_step

    @property
    def softness(self) -> float:
        """How far the sharpness is from right, either way, as a logarithm."""
        return abs(np.log(self.report.sharpness_ratio / self.untouched.sharpness_ratio))

    @property
    def smoothness(self) -> float:
        """How far the noise is from right, either way, as a logarithm."""
        return abs(np.log(self.report.noise_ratio / self.untouched.noise_ratio))


def look(case: Case, picture: np.ndarray, alpha: np.ndarray) -> Look:
    seen = composite(case.piece.image, picture, alpha)
    low = [
        np.asarray(Image.fromarray(p).filter(ImageFilter.GaussianBlur(4))).astype(float)
        for p in (seen, case.truth)
    ]
    error = np.abs(low[0] - low[1])[alpha > 200].mean()
    distance = np.sqrt(((seen - case.truth.astype(float))[alpha > 200] ** 2).mean())
    untouched = seam_report(case.truth, case.truth, alpha)
    report = seam_report(case.piece.image, seen, alpha)
    return Look(report, untouched, float(error), float(distance))


def looks(
    case: Case, flaw: Callable[[np.ndarray, int], np.ndarray], soft_mask: bool = False
) -> tuple[Look, Look]:
    """Without and with our steps."""
    model = PerfectModel(case.piece.context, case.truth, flaw, ANY_SIZE, soft_mask)
    params = EditParams(intent=Intent.fill, options=DiffusionOptions(Path("model")))
    request = EditRequest(params, (case.piece,))
    (made,) = run_edit(request, model, lambda *_: None, lambda: False).pieces
    before = look(case, flaw(case.truth, 0), made.alpha)
    return before, look(case, made.candidates[0], made.alpha)


@pytest.mark.parametrize("soft_mask", [False, True])
@pytest.mark.parametrize("flaw", [cast, gradient, all_at_once])
def test_wrong_colours_are_put_right(
    cases: list[Case], flaw: Callable[[np.ndarray, int], np.ndarray], soft_mask: bool
) -> None:
    pairs = [looks(case, flaw, soft_mask) for case in cases]
    for before, after in pairs:
        assert after.report.max_change_outside == 0
        assert after.seam < SEAM_AIM
        assert after.step < STEP_AIM
        assert after.error < 1.5
        assert after.error < 0.25 * before.error
    errors = np.array([(before.error, after.error) for before, after in pairs])
    assert errors[:, 1].mean() < 0.13 * errors[:, 0].mean()


@pytest.mark.parametrize(("sigma", "mean", "worst"), [(0.6, 0.06, 0.2), (1.2, 0.16, 0.5)])
def test_softness_and_missing_grain_are_made_up_for(
    cases: list[Case], sigma: float, mean: float, worst: float
) -> None:
    pairs = [looks(case, partial(blur, sigma=sigma)) for case in cases]
    for before, after in pairs:
        assert after.softness < before.softness
        assert after.softness < worst
        assert after.seam < SEAM_AIM
        assert after.step < STEP_AIM
    assert np.mean([after.softness for _, after in pairs]) < mean
    smoothness = [(before.smoothness, after.smoothness) for before, after in pairs]
    before, after = np.mean(smoothness, axis=0)
    assert after < 0.5 * before
    sharper = np.mean([after.distance / before.distance for before, after in pairs])
    assert sharper < 0.85


def test_what_only_moved_a_little_is_left_alone(cases: list[Case]) -> None:
    for case in cases:
        before, after = looks(case, shift)
        assert after.seam < SEAM_AIM
        assert abs(after.step - before.step) < 0.1
        assert after.error < before.error + 0.3


def test_the_truth_stays_the_truth(cases: list[Case]) -> None:
    for case in cases:
        _before, after = looks(case, lambda picture, _index: picture)
        assert after.error < 0.05
        assert after.softness < 0.01
