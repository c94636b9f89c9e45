"""An engine for tests of the editor: does what it is told, on the spot, without a process."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.edit import EditRequest, EditResult, ResultPiece, SeamReport
from tests.documents import MODEL


class FakeEngine(QObject):
    """Keeps requests until the test calls `finish`, `fail` or `obey_cancel`."""

    job_started = Signal(int)
    job_progressed = Signal(int, float, str)
    job_previewed = Signal(int, object)
    job_finished = Signal(int, object)
    job_cancelled = Signal(int)
    job_failed = Signal(int, str, str)

    def __init__(self) -> None:
        super().__init__()
        self.requests: dict[int, EditRequest] = {}
        self.cancelled: list[int] = []

    def submit(self, request: EditRequest) -> int:
        job = len(self.requests) + 1
        self.requests[job] = request
        return job

    def cancel(self, job: int) -> None:
        self.cancelled.append(job)

    def finish(self, job: int) -> None:
        self.job_finished.emit(job, constant_result(self.requests[job]))

    def fail(self, job: int, message: str) -> None:
        self.job_failed.emit(job, message, "details")

    def obey_cancel(self, job: int) -> None:
        self.job_cancelled.emit(job)


def constant_result(request: EditRequest) -> EditResult:
    """Every candidate has a grey of its own in the mask; the second one's seam is best."""
    pieces = []
    for piece in request.pieces:
        candidates = []
        for candidate in range(request.params.num_candidates):
            pixels = piece.image.copy()
            pixels[piece.mask > 0] = 50 + 50 * candidate
            candidates.append(pixels)
        reports = tuple(SeamReport(0, abs(i - 1) * 0.2 + 1, 0, 1) for i in range(len(candidates)))
        pieces.append(
            ResultPiece(
                piece.context, tuple(candidates), piece.mask, piece.mask, piece.mask, reports
            )
        )
    return EditResult(request.params, MODEL, tuple(pieces), 0.1)
