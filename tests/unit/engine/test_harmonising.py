"""Our share of an edit, proved with a model that draws the truth as a real one would spoil it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from inpaint_studio.core.edit import DiffusionOptions, EditParams, EditPiece, EditRequest, Intent
from inpaint_studio.engine.edit_runner import run_edit
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend import composite
from inpaint_studio.imaging.crop import RedrawingContext
from inpaint_studio.imaging.mask_ops import bounds_of
from inpaint_studio.imaging.seam import SeamReport, seam_report
from inpaint_studio.imaging.size_rule import SizeRule
from tests.fakes import PerfectModel

PHOTOS = [
    ("astronaut", 120, 250, 60),
    ("astronaut", 380, 130, 50),
    ("astronaut", 60, 420, 40),
    ("coffee", 90, 480, 45),
    ("coffee", 250, 300, 60),
    ("coffee", 330, 100, 40),
    ("chelsea", 60, 380, 30),
    ("chelsea", 180, 200, 50),
    ("rocket", 200, 150, 50),
    ("rocket", 330, 400, 40),
]
"""Name, and row, column and radius in px of what is masked."""

ANY_SIZE = SizeRule(8, 64 * 64, 2048 * 2048, 64, 2048)


@dataclass(frozen=True, eq=False)
class Case:
    """A crop of a photo in which something covers a disc."""

    truth: np.ndarray
    piece: EditPiece


def case_of(name: str, y: int, x: int, radius: int) -> Case:
    picture = getattr(data, name)()
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    disc = np.hypot(rows - y, (columns - x) * 0.8) < radius
    painted = np.where(disc, np.uint8(255), np.uint8(0))
    frame = Bounds(0, 0, picture.shape[1], picture.shape[0])
    context = RedrawingContext(minimum_side=256).plan(bounds_of(painted), frame)
    truth, mask = picture[context.slices()], painted[context.slices()]
    covered = np.where(mask[..., None] > 0, np.array([255, 0, 255], np.uint8), truth)
    return Case(truth, EditPiece(context, covered, mask, np.zeros_like(mask)))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [case_of(*photo) for photo in PHOTOS]


def as_bytes(picture: np.ndarray) -> np.ndarray:
    return np.rint(picture.clip(0, 255)).astype(np.uint8)


def cast(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    return as_bytes(np.add(picture, (10, -6, -12)))


def gradient(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    slope = np.linspace(-16, 16, picture.shape[1])[None, :, None] * (1, 0.6, -0.5)
    return as_bytes(picture + slope)


def blur(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(1.2)))


def shift(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    return np.roll(picture, (1, 2), (0, 1))


def all_at_once(picture: np.ndarray, _index: int = 0) -> np.ndarray:
    return cast(blur(picture))


@dataclass(frozen=True)
class Look:
    """How an edit looks beside the truth. `error`: mean difference of low-passed 8-bit values."""

    report: SeamReport
    untouched: SeamReport
    error: float

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


def look(case: Case, picture: np.ndarray, alpha: np.ndarray) -> Look:
    seen = composite(case.piece.image, picture, alpha)
    low = [
        np.asarray(Image.fromarray(p).filter(ImageFilter.GaussianBlur(4))).astype(float)
        for p in (seen, case.truth)
    ]
    error = np.abs(low[0] - low[1])[alpha > 200].mean()
    untouched = seam_report(case.truth, case.truth, alpha)
    return Look(seam_report(case.piece.image, seen, alpha), untouched, float(error))


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
        assert after.seam < 1.15
        assert after.step < 0.3
        assert after.error < 2.5
        assert after.error < 0.45 * before.error
    errors = np.array([(before.error, after.error) for before, after in pairs])
    assert errors[:, 1].mean() < 0.16 * errors[:, 0].mean()


def test_softness_and_missing_grain_are_made_up_for(cases: list[Case]) -> None:
    pairs = [looks(case, blur) for case in cases]
    for before, after in pairs:
        assert after.softness < before.softness
        assert after.seam < 1.15
        assert after.step < 0.3
    assert np.mean([after.softness for _, after in pairs]) < 0.5 * np.mean(
        [before.softness for before, _ in pairs]
    )


def test_what_only_moved_a_little_is_left_alone(cases: list[Case]) -> None:
    for case in cases:
        before, after = looks(case, shift)
        assert after.seam < 1.15
        assert after.step < 0.3
        assert after.error < before.error + 0.3


def test_the_truth_stays_the_truth(cases: list[Case]) -> None:
    for case in cases:
        _before, after = looks(case, lambda picture, _index: picture)
        assert after.error < 0.05
        assert after.softness < 0.01
