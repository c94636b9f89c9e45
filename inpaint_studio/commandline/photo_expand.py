"""Expands a photo from file to file: the window's planner and steps, through the same worker."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inpaint_studio.commandline.arguments import ANCHORS
from inpaint_studio.commandline.photo_edit import Times, export_options
from inpaint_studio.core.aspect import MAX_SIDE, Anchor, Ratio, frame_for_ratio
from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.edit import EditParams, EditRequest, EditResult
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.expand_recipe import Recipe
from inpaint_studio.editor.expansion_runs import PlanRun
from inpaint_studio.editor.machine import look_around
from inpaint_studio.engine.worker_client import WorkerClient
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.files.export import check_export, export_image
from inpaint_studio.files.image_io import open_image
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan

OnProgress = Callable[[float, str], None]
RunEdit = Callable[[EditRequest, OnProgress], EditResult]


@dataclass(frozen=True)
class Growth:
    """How the frame grows: by px per side, or to a ratio around an anchor."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0
    ratio: Ratio | None = None
    anchor: Anchor = Anchor.centre

    def frame(self, picture: Bounds) -> Bounds:
        """The frame around a picture. Raises EditRefusedError where it can't be."""
        if self.ratio is not None:
            frame = frame_for_ratio(picture, self.ratio, self.anchor)
        else:
            frame = Bounds.from_corners(
                picture.x - self.left,
                picture.y - self.top,
                picture.right + self.right,
                picture.bottom + self.bottom,
            )
        if max(frame.extent) > MAX_SIDE:
            raise EditRefusedError(f"A frame is at most {MAX_SIDE} px wide and high.")
        return frame


@dataclass(frozen=True, eq=False)
class StepDone:
    """One edit of an expansion. `mends`: it was a second pass along the join of its step."""

    index: int
    result: EditResult
    candidate: int
    mends: bool = False


@dataclass(frozen=True, eq=False)
class PhotoExpansion:
    """A photo that was expanded and written."""

    photo: Path
    output: Path
    picture: Bounds
    plan: ExpansionPlan
    steps: tuple[StepDone, ...]
    times: Times


def expand_photo(
    photo: Path,
    output: Path,
    growth: Growth,
    choices: EditChoices,
    on_progress: OnProgress,
    *,
    mends: bool = True,
) -> PhotoExpansion:
    """Expand and write. `mends`: joins that show get a second pass, where the model can.

    Raises InpaintStudioError in the user's words.
    """
    started = time.monotonic()
    opened = open_image(photo)
    document = Document.from_pixels(opened.pixels, Origin(photo.name, photo, opened.format))
    picture = document.frame
    document.frame = growth.frame(picture)
    check_export(output, document.frame.extent, export_options(output, opened))
    area = Uncovered.of(document)
    plan = Recipe.of(choices, look_around()).plan(area)
    if plan is None:
        raise EditRefusedError("There is nothing to fill: the photo already covers that frame.")
    opened_at = time.monotonic()
    params = choices.params(choices.seed or 0)
    client = WorkerClient()
    try:
        run = _numbered(client)
        mends = mends and choices.family is not None and choices.family.has_strength
        steps = fill_frame(document, plan, area, params, run, on_progress, mends=mends)
    finally:
        client.close()
    filled_at = time.monotonic()
    pixels = flatten(document.layers.painted, document.frame)
    export_image(output, pixels, export_options(output, opened))
    times = Times(opened_at - started, filled_at - opened_at, time.monotonic() - filled_at)
    return PhotoExpansion(photo, output, picture, plan, steps, times)


def fill_frame(
    document: Document,
    plan: ExpansionPlan,
    area: Uncovered,
    params: EditParams,
    run: RunEdit,
    on_progress: OnProgress,
    *,
    mends: bool = True,
) -> tuple[StepDone, ...]:
    """Run all steps of a plan, each on what the last one made; layers join the document."""
    done: list[StepDone] = []
    work = PlanRun(document, plan, params, area, mends)
    while (order := work.next_order()) is not None:
        request = order.request()
        if request is not None:
            told = _share(plan, work.index, on_progress)
            done.append(_placed(work, run(request, told)))
            again = work.mending_order(done[-1].result)
            request = None if again is None else again.request()
            if request is not None:
                done.append(_placed(work, run(request, _at_end(told)), mends=True))
        work.step_done()
    return tuple(done)


def _placed(work: PlanRun, result: EditResult, *, mends: bool = False) -> StepDone:
    layer = work.layer_for(result, mends=mends)
    work.placing(layer).redo(work.document)
    return StepDone(work.index, layer.result, layer.candidate, mends)


def growth_from(options: argparse.Namespace) -> Growth:
    """What the arguments of `expand` ask for. Raises EditRefusedError where that is nothing."""
    sides = (options.left, options.top, options.right, options.bottom)
    if options.ratio is not None and any(sides):
        raise EditRefusedError("Give --ratio, or px for some sides, not both.")
    if options.ratio is None and not any(sides):
        raise EditRefusedError("Say how far: --left, --right, --top, --bottom, or --ratio.")
    return Growth(*sides, options.ratio, ANCHORS[options.anchor])


def _numbered(client: WorkerClient) -> RunEdit:
    jobs = iter(range(1, 1 << 30))

    def run(request: EditRequest, on_progress: OnProgress) -> EditResult:
        return client.run(next(jobs), request, on_progress, lambda: False)

    return run


def _share(plan: ExpansionPlan, index: int, on_progress: OnProgress) -> OnProgress:
    """Tells progress of one step as that of all."""
    before = sum(step.size.area for step in plan.steps[:index])
    own, whole = plan.steps[index].size.area, plan.working_pixels
    name = f"Step {index + 1} of {len(plan.steps)}"
    return lambda fraction, text: on_progress((before + own * fraction) / whole, f"{name} · {text}")


def _at_end(told: OnProgress) -> OnProgress:
    """A second pass belongs to its step, whose share is done."""
    return lambda _fraction, text: told(1.0, text)
