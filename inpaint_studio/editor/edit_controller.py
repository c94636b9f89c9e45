"""From Generate to a result layer: asks the engine, follows the job, and places what returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.commands import (
    AddCandidates,
    AddLayer,
    DeleteLayer,
    ShowCandidate,
    Together,
)
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, EditRequest, EditResult, Intent
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.history import Command
from inpaint_studio.core.layer import LayerProps, MaskKind, ResultLayer
from inpaint_studio.core.mask_claims import unclaimed, union_of
from inpaint_studio.core.mask_memory import (
    UsedMask,
    clear_steps,
    masks_of,
    remember,
    restore_steps,
)
from inpaint_studio.core.repair import is_repair, repair_request
from inpaint_studio.core.request import request_again, request_from_document
from inpaint_studio.core.result_place import place_for_result
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.jobs import Job
from inpaint_studio.editor.preview_picture import cut_out
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.waiting_edits import WaitingEdits
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds

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
    """A job that was submitted, and what it was for.

    `used_masks`: what it was made with. `layer_id`: the result that wants more. `name`: of the new
    layer, where the intent does not say it.
    """

    document: Document
    request: EditRequest
    used_masks: tuple[UsedMask, ...] = ()
    layer_id: int | None = None
    name: str = ""

    @property
    def params(self) -> EditParams:
        return self.request.params


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
        self._waiting = WaitingEdits()
        self._was_busy = False
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
        return bool(self._pending) or len(self._waiting) > 0

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All that are queued or running, in their order."""
        # Those that wait here follow those of the engine.
        return tuple(sorted(self._jobs.values(), key=lambda job: (job.number < 0, abs(job.number))))

    def generate(self) -> None:
        """Edit what is masked. Emits `refused` where there is nothing to do.

        While an edit is being made, what was painted since then waits for its result. What is
        being made already is not made twice.
        """
        document = self._session.document
        if document is None:
            return
        params = self._settings.next_params()
        if any(pending.layer_id is None for pending in self._pending.values()):
            self._wait(document, params)
            return
        try:
            request = request_from_document(document, params)
        except EditRefusedError as error:
            self.refused.emit(str(error))
            return
        masks = MaskUnion.used(document, MaskKind.repaint).masks
        self._submit(_Pending(document, request, remember(masks, document.frame)))

    def _wait(self, document: Document, params: EditParams) -> None:
        asked = [mask for pending in self._pending.values() for mask in pending.used_masks]
        masks = unclaimed(document, (*asked, *self._waiting.masks))
        is_about_all = params.intent is Intent.instruct and not (asked or self._waiting.masks)
        if not masks and not is_about_all:
            self.refused.emit(
                self.tr("This is being made already. Paint over something else, or wait for it.")
            )
            return
        edit = self._waiting.add(document, params, masks)
        self._jobs[edit.number] = Job(edit.number, self._name_of(params))
        self._tell_jobs()

    def _begin_waiting(self) -> None:
        """Hand in the next edit that waited, if nothing that it waits for is left."""
        if any(pending.layer_id is None for pending in self._pending.values()):
            return
        while (edit := self._waiting.take()) is not None:
            self._jobs.pop(edit.number, None)
            masks = union_of(edit.document, edit.masks)
            try:
                request = request_from_document(edit.document, edit.params, masks)
            except EditRefusedError as error:
                self.refused.emit(str(error))
                continue
            self._submit(_Pending(edit.document, request, edit.masks))
            return
        self._tell_jobs()

    def more(self, layer: ResultLayer) -> None:
        """Add as many candidates again to a result, made with the seeds after its own."""
        document = self._session.document
        if document is None:
            return
        # Candidate k of an edit is made with its seed + k.
        seed = layer.result.params.seed + layer.result.num_candidates
        params = replace(layer.result.params, seed=seed)
        below = document.layers.painted_below(layer.id)
        request = request_again(document, below, layer.result, params)
        self._submit(_Pending(document, request, layer_id=layer.id))

    def repair(self, layer: ResultLayer) -> None:
        """Draw once more along the edge of a result, as a layer of its own above it."""
        document = self._session.document
        request = repair_request(document, layer) if document is not None else None
        if document is not None and request is not None:
            self._submit(_Pending(document, request, name=self.tr("Mended edge")))

    def cancel(self) -> None:
        """Stop all jobs."""
        for job in list(self._jobs):
            self.cancel_job(job)

    def cancel_job(self, job: int) -> None:
        """Stop one job, running or waiting."""
        if job in self._pending:
            self._engine.cancel(job)
        elif self._waiting.take(job) is not None:
            self._jobs.pop(job, None)
            self._tell_jobs()

    def step_candidate(self, layer: ResultLayer, step: int) -> None:
        """Show the next (1) or previous (-1) candidate, round and round."""
        self.show_candidate(layer, (layer.candidate + step) % layer.result.num_candidates)

    def show_candidate(self, layer: ResultLayer, candidate: int) -> None:
        """Show that candidate, as a step of the history."""
        if candidate != layer.candidate:
            label = "Choose candidate"
            self._session.do(ShowCandidate(label, layer.id, layer.candidate, candidate))

    def discard(self, layer: ResultLayer) -> None:
        """Delete the result and bring its masks back, so that another try is one click away."""
        document = self._session.document
        if document is None or layer.id not in document.layers:
            return
        steps: list[Command] = [DeleteLayer("Delete layer", layer, document.layers.index(layer.id))]
        if layer.used_masks or not is_repair(layer.result):
            steps.extend(restore_steps(document, layer.used_masks or masks_of(layer.result)))
        self._session.do(Together("Discard result", tuple(steps)))

    def _submit(self, pending: _Pending) -> None:
        job = self._engine.submit(pending.request)
        self._pending[job] = pending
        self._jobs[job] = Job(job, pending.name or self._name_of(pending.params))
        self.submitted.emit(pending.params)
        self._tell_jobs()

    def _tell_jobs(self) -> None:
        if self.is_busy != self._was_busy:
            self._was_busy = self.is_busy
            self.busy_changed.emit(self.is_busy)
        self.jobs_changed.emit()

    def _take(self, job: int) -> _Pending | None:
        pending = self._pending.pop(job, None)
        ended = self._jobs.pop(job, None)
        if pending is None:
            return None
        if ended is not None and ended.is_running:
            self.preview_ended.emit()
        self._tell_jobs()
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
            self.previewed.emit(context, cut_out(pending.request, context, picture))

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
        self._begin_waiting()

    def _on_cancelled(self, job: int) -> None:
        self._take(job)
        self._begin_waiting()

    def _on_failed(self, job: int, message: str, details: str) -> None:
        if self._take(job) is not None:
            self.failed.emit(message, details)
            self._begin_waiting()

    def _place(self, pending: _Pending, result: EditResult) -> None:
        document = pending.document
        name = pending.name or self._name_of(pending.params)
        shown = best_candidate(result)
        layer = ResultLayer(LayerProps(name), result, shown, pending.used_masks)
        active = self._session.active_layer
        index, layer.parent_id = place_for_result(document, active, layer.home)
        steps: list[Command] = [AddLayer(name, layer, index)]
        steps.extend(clear_steps(document, pending.used_masks))
        self._session.do(Together(name, tuple(steps)))
        self._session.set_active_layer(layer.id)
        self.result_arrived.emit(layer.id)

    def _extend(self, document: Document, layer_id: int, more: EditResult) -> None:
        if layer_id not in document.layers:
            return
        layer = document.layers.find(layer_id)
        if isinstance(layer, ResultLayer):
            self._session.do(
                AddCandidates(
                    "More candidates",
                    layer_id,
                    more,
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
