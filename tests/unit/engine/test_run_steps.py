from __future__ import annotations

import numpy as np
import pytest

from inpaint_studio.engine import run_steps
from inpaint_studio.engine.run_steps import PREVIEW_SIDE, PreviewFrame, RunSteps
from inpaint_studio.errors import JobCancelledError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.crop import plan_crop
from inpaint_studio.imaging.size_rule import SizeRule


class Heard:
    def __init__(self) -> None:
        self.progress: list[tuple[float, str]] = []
        self.previews: list[tuple[Bounds, np.ndarray]] = []

    def steps(self, total: int = 1, is_cancelled: bool = False) -> RunSteps:
        return RunSteps(
            total,
            lambda *said: self.progress.append(said),
            lambda: is_cancelled,
            lambda *shown: self.previews.append(shown),
        )


def frame(size: int = 200) -> PreviewFrame:
    plan = plan_crop(Bounds(5, 6, size, size), SizeRule(64, 64, 4096 * 4096, 64, 4096))
    picture = np.full((size, size, 3), 200, np.uint8)
    alpha = np.zeros((size, size), np.uint8)
    alpha[:, size // 2 :] = 255
    return PreviewFrame(plan, picture, alpha)


def test_a_part_of_the_work_takes_its_part_of_the_bar() -> None:
    heard = Heard()
    steps = heard.steps(2)
    steps.finished = 1
    steps.listener("Refining", 0.5, 1.0)(0.5, None)
    assert heard.progress == [((1 + 0.75) / 2, "Refining 2 of 2")]


def test_a_cancel_stops_before_anything_is_said() -> None:
    heard = Heard()
    with pytest.raises(JobCancelledError):
        heard.steps(is_cancelled=True).report("Filling", 0.5)
    assert heard.progress == []


def test_previews_are_seen_in_their_surroundings() -> None:
    framed = frame().framed(np.full((32, 32, 3), 50, np.uint8))
    assert framed.shape == (200, 200, 3)
    assert (framed[:, :100] == 200).all()
    assert (framed[:, 100:] == 50).all()


def test_what_pads_the_models_picture_is_not_shown() -> None:
    preview = np.zeros((256, 256, 3), np.uint8)
    preview[:200, :200] = 90
    assert (frame().framed(preview)[:, 100:] == 90).all()


def test_previews_of_large_crops_stay_small() -> None:
    framed = frame(1500).framed(np.zeros((60, 60, 3), np.uint8))
    assert framed.shape == (PREVIEW_SIDE, PREVIEW_SIDE, 3)


def test_not_too_many_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(run_steps.time, "monotonic", lambda: now)
    heard = Heard()
    on_step = heard.steps().listener("Generating", 0.0, 1.0, frame())
    for _ in range(10):
        now += 0.1
        on_step(0.5, np.zeros((8, 8, 3), np.uint8))
        on_step(0.5, None)
    assert len(heard.previews) == 4
    assert {context for context, _image in heard.previews} == {Bounds(5, 6, 200, 200)}


def test_time_is_counted_by_stage() -> None:
    steps = Heard().steps()
    with steps.stage("generate"):
        pass
    with pytest.raises(ValueError, match="x"), steps.stage("finish"):
        raise ValueError("x")
    assert steps.seconds.generate > 0
    assert steps.seconds.finish > 0
    assert steps.seconds.refine == 0


def test_the_bar_waits_for_what_starts_over() -> None:
    heard = Heard()
    listen = heard.steps().listener("Generating", 0.0, 1.0)
    for fraction in (0.5, 0.0, 0.3, 0.6):
        listen(fraction, None)
    assert [done for done, _ in heard.progress] == [0.5, 0.5, 0.5, 0.6]
