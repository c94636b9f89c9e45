"""How an edit on its way talks: progress and previews outward, cancel inward, time by stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from inpaint_studio.core.edit import StageSeconds
from inpaint_studio.engine.backend import OnStep
from inpaint_studio.errors import JobCancelledError
from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.blend import composite
from inpaint_studio.imaging.crop import CropPlan
from inpaint_studio.imaging.resize import resize

PREVIEW_SECONDS = 0.25
PREVIEW_SIDE = 512
"""px. Enough for the eye to judge, little enough to make on the way."""

OnPreview = Callable[[Bounds, np.ndarray], None]
"""(part of the document, uint8 HxWx3 of a smaller size)."""


class PreviewFrame:
    """Puts a model's preview of a crop into the crop's own surroundings, at a small size."""

    def __init__(self, plan: CropPlan, picture: np.ndarray, alpha: np.ndarray) -> None:
        self._plan = plan
        self._large = picture, alpha
        scale = min(1.0, PREVIEW_SIDE / max(picture.shape[:2]))
        self._extent = Extent(plan.context.width, plan.context.height).scaled(scale)

    @property
    def context(self) -> Bounds:
        """What it shows."""
        return self._plan.context

    def framed(self, preview: np.ndarray) -> np.ndarray:
        """The preview (all of the model's picture, at any size) where it will be seen."""
        height = round(preview.shape[0] * self._plan.content.height / self._plan.size.height)
        width = round(preview.shape[1] * self._plan.content.width / self._plan.size.width)
        shown = preview[: max(1, height), : max(1, width)]
        picture, alpha = self._small
        return composite(picture, resize(shown, self._extent), alpha)

    @cached_property
    def _small(self) -> tuple[np.ndarray, np.ndarray]:
        """Picture and alpha at the preview's size, made when there is one."""
        picture, alpha = self._large
        return resize(picture, self._extent), resize(alpha, self._extent)


@dataclass
class RunSteps:
    """The course of an edit of `total` pieces.

    `on_progress(fraction 0..1, message)` never falls. Every call may raise JobCancelledError.
    """

    total: int
    on_progress: Callable[[float, str], None]
    is_cancelled: Callable[[], bool]
    on_preview: OnPreview
    finished: int = 0
    seconds: StageSeconds = field(default_factory=StageSeconds)
    _last_preview: float = 0.0
    _furthest: float = 0.0

    def check(self) -> None:
        """Stop here if asked to."""
        if self.is_cancelled():
            raise JobCancelledError

    def report(self, verb: str, fraction: float) -> None:
        """The current piece has got that far (0..1); stop here if asked to."""
        self.check()
        message = verb if self.total == 1 else f"{verb} {self.finished + 1} of {self.total}"
        done = (self.finished + min(max(fraction, 0.0), 1.0)) / self.total
        # A backend that ran out of memory starts over; the bar waits for it.
        self._furthest = max(self._furthest, done)
        self.on_progress(self._furthest, message)

    def listener(
        self, verb: str, start: float, end: float, frame: PreviewFrame | None = None
    ) -> OnStep:
        """For a backend whose work takes the piece from `start` to `end` (0..1)."""

        def on_step(fraction: float, preview: np.ndarray | None) -> None:
            self.report(verb, start + (end - start) * min(fraction, 1.0))
            if preview is not None and frame is not None:
                self._show(frame, preview)

        return on_step

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds what is done inside to that field of `seconds`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = getattr(self.seconds, name) + time.perf_counter() - started
            self.seconds = replace(self.seconds, **{name: spent})

    def _show(self, frame: PreviewFrame, preview: np.ndarray) -> None:
        now = time.monotonic()
        if now - self._last_preview >= PREVIEW_SECONDS:
            self._last_preview = now
            self.on_preview(frame.context, frame.framed(preview))
