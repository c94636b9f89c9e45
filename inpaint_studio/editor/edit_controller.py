"""From Generate to a result layer: asks the engine, follows the job, and places what returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.commands import (
    AddLayer,
    DeleteLayer,
    PaintMask,
    ReplaceResult,
    ShowCandidate,
    Together,
)
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, EditRequest, EditResult, Intent
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, ResultLayer
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.core.request import request_again, request_from_document
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.jobs import Job
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.imaging.resize import resize

LONGEST_NAME = 40
"""Characters of a prompt in the name of its layer."""


class Engine(Protocol):
    """What the controller needs of the supervisor (and tests of their fake).

    Signals: `job_started(job)`, `job_progressed(job, fraction 0..1, message)`,
    `job_previewed(job, (Bounds, uint8 HxWx3))`, `job_finished(job, EditResult)`,
    `job_cancelled(job)`, `job_failed(job, message, details)`.
    """

    # Any: PySide's stubs type a signal differently on the class and on its instances.
    @property
    def job_started(self) -> Any: ...  # noqa: D102
    @property
    def job_progressed(self) -> Any: ...  # noqa: D102
    @property
    def job_previewed(self) -> Any: ...  # noqa: D102
    @property
    def job_finished(self) -> Any: ...  # noqa: D102
    @property
    def job_cancelled(self) -> Any: ...  # noqa: D102
    @property
    def job_failed(self) -> Any: ...  # noqa: D102

    def submit(self, request: EditRequest) -> int:
        """Queue an edit; returns its job number."""
        ...

    def cancel(self, job: int) -> None:
        """Stop a queued or running job."""
        ...


@dataclass(frozen=True, eq=False)
class _Pending:
    """A job that was submitted, and what it was for. `layer_id`: the result that wants more."""

    document: Document
    request: EditRequest
    mask_layer_id: int
    layer_id: int | None = None

    @property
    def params(self) -> EditParams:
        return self.request.params

    def cut_out(self, context: Bounds, picture: np.ndarray) -> np.ndarray:
        """A picture of a piece (uint8 HxWx3, any size), transparent where nothing is masked.

        As premultiplied BGRA uint8 HxWx4 of the same size.
        """
        piece = next((p for p in self.request.pieces if p.context == context), None)
        if piece is None or not piece.mask.any():
            return from_rgb(picture)
        height, width = picture.shape[:2]
        return from_rgb(picture, resize(piece.mask, Extent(width, height)))


class EditController(QObject):
    """Submits edits and applies their results.

    Signals: `busy_changed(bool)`, `jobs_changed()` (how many, or how far one is),
    `progressed(float, str)`, `previewed(Bounds, array)` (premultiplied BGRA uint8 HxWx4 of any
    size, to be shown there) and `preview_ended()` while a job runs, `submitted(EditParams)`,
    `result_arrived(int layer id)`, `noticed(str)` (what was changed to make the edit possible),
    `refused(str)` (it makes no sense as asked), `failed(str message, str details)`.
    """

    busy_changed = Signal(bool)
    jobs_changed = Signal()
    progressed = Signal(float, str)
    previewed = Signal(object, object)
    preview_ended = Signal()
    submitted = Signal(object)
    result_arrived = Signal(int)
    noticed = Signal(str)
    refused = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self,
        session: EditorSession,
        engine: Engine,
        settings: EditSettings | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._engine = engine
        self._settings = settings or EditSettings(parent=self)
        self._pending: dict[int, _Pending] = {}
        self._jobs: dict[int, Job] = {}
        engine.job_started.connect(self._on_started)
        engine.job_progressed.connect(self._on_progressed)
        engine.job_previewed.connect(self._on_previewed)
        engine.job_finished.connect(self._on_finished)
        engine.job_cancelled.connect(self._on_cancelled)
        engine.job_failed.connect(self._on_failed)
        session.document_replaced.connect(self.cancel)

    @property
    def settings(self) -> EditSettings:
        """How the next edit is made."""
        return self._settings

    @property
    def is_busy(self) -> bool:
        """Whether a job is queued or running."""
        return bool(self._pending)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All that are queued or running, in their order."""
        return tuple(self._jobs.values())

    def generate(self) -> None:
        """Edit what is masked. Emits `refused` where there is nothing to do."""
        document = self._session.document
        if document is None:
            return
        params = self._settings.next_params()
        try:
            request = request_from_document(document, params)
        except EditRefusedError as error:
            self.refused.emit(str(error))
            return
        mask = document.mask(MaskKind.repaint)
        self._submit(_Pending(document, request, mask.id))

    def more(self, layer: ResultLayer) -> None:
        """Add as many candidates again to a result, made with the seeds after its own."""
        document = self._session.document
        if document is None:
            return
        # Candidate k of an edit is made with its seed + k.
        seed = layer.result.params.seed + layer.result.num_candidates
        params = replace(layer.result.params, seed=seed)
        index = document.layers.index(layer.id)
        below = [b for b in document.layers.painted if document.layers.index(b.id) < index]
        request = request_again(document, below, layer.result, params)
        mask = document.mask(MaskKind.repaint)
        self._submit(_Pending(document, request, mask.id, layer.id))

    def cancel(self) -> None:
        """Stop all jobs."""
        for job in list(self._pending):
            self.cancel_job(job)

    def cancel_job(self, job: int) -> None:
        """Stop one job, running or waiting."""
        if job in self._pending:
            self._engine.cancel(job)

    def step_candidate(self, layer: ResultLayer, step: int) -> None:
        """Show the next (1) or previous (-1) candidate, round and round."""
        self.show_candidate(layer, (layer.candidate + step) % layer.result.num_candidates)

    def show_candidate(self, layer: ResultLayer, candidate: int) -> None:
        """Show that candidate, as a step of the history."""
        if candidate != layer.candidate:
            label = "Choose candidate"
            self._session.do(ShowCandidate(label, layer.id, layer.candidate, candidate))

    def discard(self, layer: ResultLayer) -> None:
        """Delete the result and bring its mask back, so that another try is one click away."""
        document = self._session.document
        if document is None or layer.id not in document.layers:
            return
        steps: list[Command] = [DeleteLayer("Delete layer", layer, document.layers.index(layer.id))]
        mask = document.mask(MaskKind.repaint)
        for piece in layer.result.pieces:
            after = np.maximum(mask.raster.read(piece.context), piece.mask)
            patch = MaskPatch.replacing(mask.raster, piece.context, after)
            steps.append(PaintMask("Restore mask", mask.id, patch))
        self._session.do(Together("Discard result", tuple(steps)))

    def _submit(self, pending: _Pending) -> None:
        job = self._engine.submit(pending.request)
        self._pending[job] = pending
        self._jobs[job] = Job(job, self._name_of(pending.params))
        self.submitted.emit(pending.params)
        if len(self._pending) == 1:
            self.busy_changed.emit(True)
        self.jobs_changed.emit()

    def _take(self, job: int) -> _Pending | None:
        pending = self._pending.pop(job, None)
        ended = self._jobs.pop(job, None)
        if pending is None:
            return None
        if ended is not None and ended.is_running:
            self.preview_ended.emit()
        if not self._pending:
            self.busy_changed.emit(False)
        self.jobs_changed.emit()
        return pending

    def _on_started(self, job: int) -> None:
        if job in self._jobs:
            self._jobs[job] = replace(self._jobs[job], is_running=True)
            self.jobs_changed.emit()

    def _on_progressed(self, job: int, fraction: float, message: str) -> None:
        if job in self._jobs:
            now = replace(self._jobs[job], fraction=fraction, message=message, is_running=True)
            self._jobs[job] = now
            self.progressed.emit(fraction, message)
            self.jobs_changed.emit()

    def _on_previewed(self, job: int, preview: tuple[Bounds, np.ndarray]) -> None:
        pending = self._pending.get(job)
        if pending is not None and pending.document is self._session.document:
            context, picture = preview
            self.previewed.emit(context, pending.cut_out(context, picture))

    def _on_finished(self, job: int, result: EditResult) -> None:
        pending = self._take(job)
        if pending is None or pending.document is not self._session.document:
            return
        if pending.layer_id is None:
            self._place(pending, result)
        else:
            self._extend(pending.document, pending.layer_id, result)
        for notice in result.run.notices:
            self.noticed.emit(notice)

    def _on_cancelled(self, job: int) -> None:
        self._take(job)

    def _on_failed(self, job: int, message: str, details: str) -> None:
        if self._take(job) is not None:
            self.failed.emit(message, details)

    def _place(self, pending: _Pending, result: EditResult) -> None:
        document = pending.document
        name = self._name_of(pending.params)
        layer = ResultLayer(LayerProps(name), result, best_candidate(result))
        steps: list[Command] = [AddLayer(name, layer, _index_above_picture(document))]
        if pending.mask_layer_id in document.layers:
            steps.extend(_clear_used_mask(document, pending.mask_layer_id, result))
        self._session.do(Together(name, tuple(steps)))
        self._session.set_active_layer(layer.id)
        self.result_arrived.emit(layer.id)

    def _extend(self, document: Document, layer_id: int, more: EditResult) -> None:
        if layer_id not in document.layers:
            return
        layer = document.layers.find(layer_id)
        if isinstance(layer, ResultLayer):
            both = layer.result.with_more(more)
            self._session.do(
                ReplaceResult(
                    "More candidates",
                    layer_id,
                    before=layer.result,
                    after=both,
                    candidate=layer.result.num_candidates,
                    candidate_before=layer.candidate,
                )
            )
            self.result_arrived.emit(layer_id)

    def _name_of(self, params: EditParams) -> str:
        """What the result is called: the intent and, in short, the prompt."""
        verbs = {
            Intent.remove: self.tr("Remove"),
            Intent.fill: self.tr("Fill"),
            Intent.expand: self.tr("Expand"),
            Intent.replace_background: self.tr("Background"),
            Intent.instruct: self.tr("Instruct"),
        }
        words = " ".join(params.prompt.split())
        if len(words) > LONGEST_NAME:
            words = words[: LONGEST_NAME - 1].rstrip() + "…"
        return f"{verbs[params.intent]}: {words}" if words else verbs[params.intent]


def best_candidate(result: EditResult) -> int:
    """The candidate whose worst seam is the least visible."""
    return min(range(result.num_candidates), key=result.seam_ratio)


def _index_above_picture(document: Document) -> int:
    layers = list(document.layers)
    return max(i for i, layer in enumerate(layers) if not isinstance(layer, MaskLayer)) + 1


def _clear_used_mask(document: Document, layer_id: int, result: EditResult) -> list[Command]:
    """Steps that clear what was edited; strokes painted since the job began stay."""
    layer = document.layers.find(layer_id)
    if not isinstance(layer, MaskLayer):
        return []
    steps: list[Command] = []
    for piece in result.pieces:
        after = layer.raster.read(piece.context)
        after[piece.mask > 0] = 0
        patch = MaskPatch.replacing(layer.raster, piece.context, after)
        steps.append(PaintMask("Clear mask", layer_id, patch))
    return steps
