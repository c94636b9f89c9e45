"""The recipe of an edit, from request to result, one step a line. Runs in the worker process."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from inpaint_studio.core.edit import (
    EditParams,
    EditPiece,
    EditRequest,
    EditResult,
    PieceSize,
    ResultPiece,
    RunReport,
)
from inpaint_studio.engine.backend import Backend, GenerateInput, RunFacts
from inpaint_studio.engine.piece_masks import PieceMasks, piece_masks
from inpaint_studio.engine.prefilling import prefilled
from inpaint_studio.engine.refine import (
    generate_tile,
    refine,
    refine_params,
    refine_share,
    refine_tiles,
)
from inpaint_studio.engine.run_steps import OnPreview, PreviewFrame, RunSteps
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend import composite, keep_only
from inpaint_studio.imaging.crop import CropPlan, plan_crop
from inpaint_studio.imaging.harmonise import harmonised
from inpaint_studio.imaging.seam import SeamReport, seam_report
from inpaint_studio.imaging.tile_plan import PlannedTile


def run_edit(
    request: EditRequest,
    backend: Backend,
    on_progress: Callable[[float, str], None],
    is_cancelled: Callable[[], bool],
    on_preview: OnPreview = lambda _context, _image: None,
) -> EditResult:
    """Make all candidates of all pieces.

    `on_progress(fraction, message)`: 0..1, never falling, and what is done in the user's words.
    `on_preview(bounds, picture)`: now and then, what a part of the document will look like.
    Raises EditRefusedError where the edit makes no sense as asked, and JobCancelledError at the
    next step after `is_cancelled()` became true; the request is never changed.
    """
    started = time.perf_counter()
    if not request.pieces:
        raise EditRefusedError("Nothing is masked yet. Paint over what should change.")
    steps = RunSteps(len(request.pieces), on_progress, is_cancelled, on_preview)
    runs = [_PieceRun(piece, request.params, backend, steps) for piece in request.pieces]
    pieces = tuple(run.result() for run in runs)
    on_progress(1.0, "Done")
    report = RunReport(
        tuple(run.size for run in runs),
        runs[0].facts.steps,
        runs[0].facts.placement,
        tuple(dict.fromkeys(notice for run in runs for notice in run.notices)),
        steps.seconds,
    )
    seconds = time.perf_counter() - started
    return EditResult(request.params, backend.identity, pieces, seconds, report)


class _PieceRun:
    """One piece on its way through the recipe."""

    def __init__(
        self, piece: EditPiece, params: EditParams, backend: Backend, steps: RunSteps
    ) -> None:
        self._piece = piece
        self._params = params
        self._backend = backend
        self._takes = backend.capabilities.within(params.most_pixels)
        self._steps = steps
        self._verb = "Generating" if self._takes.redraws else "Filling"
        self.size = PieceSize(0, 0)
        self.facts = RunFacts()
        self.notices: tuple[str, ...] = ()

    def result(self) -> ResultPiece:
        """The recipe."""
        self._steps.report(self._verb, 0.0)
        with self._steps.stage("prepare"):
            masks = piece_masks(self._piece, self._params, self._takes)
            plan = plan_crop(self._piece.context, self._takes.sizes)
            tiles = refine_tiles(plan, masks, self._takes) if self._params.refines else []
            work = self._work(plan, masks)
        self.size = PieceSize(*plan.size, plan.scale, len(tiles))
        with self._steps.stage("generate"):
            generated = self._generated(work, plan, masks, 1 - refine_share(tiles))
        with self._steps.stage("refine"):
            generated = self._refined(generated, tiles, masks)
        # Decoding can't be stopped; what it came to can be dropped.
        self._steps.check()
        with self._steps.stage("finish"):
            candidates = self._finished(generated, masks)
            reports = tuple(self._report(candidate, masks) for candidate in candidates)
        self._steps.finished += 1
        return ResultPiece(
            self._piece.context,
            candidates,
            self._piece.mask,
            masks.denoise,
            masks.alpha,
            reports,
        )

    def _work(self, plan: CropPlan, masks: PieceMasks) -> GenerateInput:
        """What the backend gets: the crop at its size, with something to start from."""
        everything = Bounds(0, 0, plan.context.width, plan.context.height)
        candidates = tuple(range(self._params.num_candidates))
        work = masks.work(self._piece.image, everything, plan, self._params, candidates)
        if not self._takes.redraws:
            return work
        return prefilled(work, self._steps.listener(self._verb, 0.0, 0.0))

    def _generated(
        self, work: GenerateInput, plan: CropPlan, masks: PieceMasks, end: float
    ) -> list[np.ndarray]:
        """All candidates at the crop's own size."""
        frame = PreviewFrame(plan, self._piece.image, masks.alpha)
        made = self._backend.generate(work, self._steps.listener(self._verb, 0.0, end, frame))
        # A backend tells about its latest work only, and the second pass is work of its own.
        self.facts, self.notices = self._backend.facts, self._backend.notices
        if len(made) != len(work.candidates):
            raise ValueError(f"asked for {len(work.candidates)} pictures, got {len(made)}")
        return [plan.picture_from_model(picture) for picture in made]

    def _refined(
        self, generated: list[np.ndarray], tiles: list[PlannedTile], masks: PieceMasks
    ) -> list[np.ndarray]:
        """The candidates after the second pass that large crops need."""
        if not tiles:
            return generated
        start = 1 - refine_share(tiles)
        gentle = refine_params(self._params)
        share = (1 - start) / (len(tiles) * len(generated))

        def one(candidate: int, picture: np.ndarray, bounds: Bounds, index: int) -> np.ndarray:
            done = start + share * (candidate * len(tiles) + index)
            on_step = self._steps.listener("Refining", done, done + share)
            return generate_tile(picture, bounds, masks, self._backend, gentle, candidate, on_step)

        original = self._piece.image
        refined = [
            refine(tiles, original, coarse, masks, lambda *tile, k=k: one(k, *tile))
            for k, coarse in enumerate(generated)
        ]
        self.notices += self._backend.notices
        return refined

    def _finished(self, generated: list[np.ndarray], masks: PieceMasks) -> tuple[np.ndarray, ...]:
        """The candidates in the picture's colours and grain; all else as it was."""
        original = self._piece.image
        if self._takes.redraws:
            amounts = (self._params.colour_match, self._params.grain_match)
            generated = [
                harmonised(
                    original,
                    picture,
                    masks.told,
                    masks.hidden,
                    masks.avoid,
                    amounts,
                    self._params.seed + index,
                )
                for index, picture in enumerate(generated)
            ]
        return tuple(keep_only(original, picture, masks.denoise) for picture in generated)

    def _report(self, candidate: np.ndarray, masks: PieceMasks) -> SeamReport:
        original = self._piece.image
        return seam_report(original, composite(original, candidate, masks.alpha), masks.alpha)
