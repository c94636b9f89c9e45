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
from inpaint_studio.core.edit import EditParams, EditRequest, EditResult, PatchFillOptions
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, ResultLayer
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.core.request import request_again, request_from_document
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.errors import EditRefusedError


class Engine(Protocol):
    """What the controller needs of the supervisor (and tests of their fake).

    Signals: `job_progressed(job, fraction 0..1, message)`, `job_finished(job, EditResult)`,
    `job_cancelled(job)`, `job_failed(job, message, details)`.
    """

    # Any: PySide's stubs type a signal differently on the class and on its instances.
    @property
    def job_progressed(self) -> Any: ...  # noqa: D102
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
    params: EditParams
    mask_layer_id: int
    layer_id: int | None = None


class EditController(QObject):
    """Submits edits and applies their results.

    Signals: `busy_changed(bool)`, `progressed(float, str)`, `result_arrived(int layer id)`,
    `refused(str)` (the edit makes no sense as asked), `failed(str message, str details)`.
    """

    busy_changed = Signal(bool)
    progressed = Signal(float, str)
    result_arrived = Signal(int)
    refused = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self, session: EditorSession, engine: Engine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._engine = engine
        self._pending: dict[int, _Pending] = {}
        self._params = EditParams()
        engine.job_progressed.connect(self._on_progressed)
        engine.job_finished.connect(self._on_finished)
        engine.job_cancelled.connect(self._on_cancelled)
        engine.job_failed.connect(self._on_failed)
        session.document_replaced.connect(self.cancel)

    @property
    def params(self) -> EditParams:
        """What the next edit is done with."""
        return self._params

    def set_candidates(self, count: int) -> None:
        """How many candidates the next edit makes, 1..3."""
        radii = PatchFillOptions().radii[:count]
        self._params = replace(self._params, options=PatchFillOptions(radii))

    def set_seed(self, seed: int) -> None:
        """Seed of the next edit; the same seed gives the same pixels."""
        self._params = replace(self._params, seed=seed)

    @property
    def is_busy(self) -> bool:
        """Whether a job is queued or running."""
        return bool(self._pending)

    def generate(self) -> None:
        """Edit what is masked. Emits `refused` where there is nothing to do."""
        document = self._session.document
        if document is None:
            return
        try:
            request = request_from_document(document, self._params)
        except EditRefusedError as error:
            self.refused.emit(str(error))
            return
        mask = document.mask(MaskKind.repaint)
        self._submit(request, _Pending(document, self._params, mask.id))

    def more(self, layer: ResultLayer) -> None:
        """Add as many candidates again to a result, made with the next seed."""
        document = self._session.document
        if document is None:
            return
        made = layer.result.num_candidates // layer.result.params.num_candidates
        params = replace(layer.result.params, seed=layer.result.params.seed + made)
        index = document.layers.index(layer.id)
        below = [b for b in document.layers.painted if document.layers.index(b.id) < index]
        request = request_again(document, below, layer.result, params)
        mask = document.mask(MaskKind.repaint)
        self._submit(request, _Pending(document, params, mask.id, layer.id))

    def cancel(self) -> None:
        """Stop all jobs."""
        for job in list(self._pending):
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

    def _submit(self, request: EditRequest, pending: _Pending) -> None:
        job = self._engine.submit(request)
        self._pending[job] = pending
        if len(self._pending) == 1:
            self.busy_changed.emit(True)

    def _take(self, job: int) -> _Pending | None:
        pending = self._pending.pop(job, None)
        if pending is not None and not self._pending:
            self.busy_changed.emit(False)
        return pending

    def _on_progressed(self, job: int, fraction: float, message: str) -> None:
        if job in self._pending:
            self.progressed.emit(fraction, message)

    def _on_finished(self, job: int, result: EditResult) -> None:
        pending = self._take(job)
        if pending is None or pending.document is not self._session.document:
            return
        if pending.layer_id is None:
            self._place(pending, result)
        else:
            self._extend(pending.document, pending.layer_id, result)

    def _on_cancelled(self, job: int) -> None:
        self._take(job)

    def _on_failed(self, job: int, message: str, details: str) -> None:
        if self._take(job) is not None:
            self.failed.emit(message, details)

    def _place(self, pending: _Pending, result: EditResult) -> None:
        document = pending.document
        name = pending.params.intent.value.capitalize()
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
