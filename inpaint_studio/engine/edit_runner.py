"""The recipe of an edit, from request to result, one step a line. Runs in the worker process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inpaint_studio.core.edit import EditParams, EditPiece, EditRequest, EditResult, ResultPiece
from inpaint_studio.engine.backend import Backend
from inpaint_studio.errors import EditRefusedError, JobCancelledError
from inpaint_studio.imaging.blend import composite, keep_only
from inpaint_studio.imaging.mask_ops import (
    PATCH_FILL_SHAPING,
    Shaping,
    compositing_mask,
    denoise_mask,
)
from inpaint_studio.imaging.seam import SeamReport, seam_report


def run_edit(
    request: EditRequest,
    backend: Backend,
    on_progress: Callable[[float, str], None],
    is_cancelled: Callable[[], bool],
) -> EditResult:
    """Make all candidates of all pieces.

    `on_progress(fraction, message)`: 0..1, never falling, and what is done in the user's words.
    Raises EditRefusedError where the edit makes no sense as asked, and JobCancelledError at the
    next step after `is_cancelled()` became true; the request is never changed.
    """
    started = time.perf_counter()
    if not request.pieces:
        raise EditRefusedError("Nothing is masked yet. Paint over what should change.")
    steps = _Steps(len(request.pieces) * request.params.num_candidates, on_progress, is_cancelled)
    pieces = tuple(_run_piece(piece, request.params, backend, steps) for piece in request.pieces)
    on_progress(1.0, "Done")
    return EditResult(request.params, backend.identity, pieces, time.perf_counter() - started)


@dataclass
class _Steps:
    """Counts the fills of an edit and tells both sides: progress outward, cancel inward."""

    total: int
    on_progress: Callable[[float, str], None]
    is_cancelled: Callable[[], bool]
    finished: int = 0

    def check(self, fraction: float = 0.0) -> None:
        """Report that the current fill has got that far (0..1); stop here if asked to."""
        if self.is_cancelled():
            raise JobCancelledError
        message = "Filling" if self.total == 1 else f"Filling {self.finished + 1} of {self.total}"
        self.on_progress((self.finished + min(max(fraction, 0.0), 1.0)) / self.total, message)


def _run_piece(
    piece: EditPiece, params: EditParams, backend: Backend, steps: _Steps
) -> ResultPiece:
    shaping = _shaping(params)
    denoise = denoise_mask(piece.mask, shaping)
    alpha = compositing_mask(piece.mask, denoise, shaping, keep_soft=True)
    candidates: list[np.ndarray] = []
    reports: list[SeamReport] = []
    for index in range(params.num_candidates):
        steps.check()
        generated = backend.generate(piece.image, denoise, piece.avoid, params, index, steps.check)
        candidate = keep_only(piece.image, generated, denoise)
        reports.append(seam_report(piece.image, composite(piece.image, candidate, alpha), alpha))
        candidates.append(candidate)
        steps.finished += 1
    return ResultPiece(piece.context, tuple(candidates), piece.mask, denoise, alpha, tuple(reports))


def _shaping(params: EditParams) -> Shaping:
    return PATCH_FILL_SHAPING.overridden(params.feather, params.grow, params.blend)
