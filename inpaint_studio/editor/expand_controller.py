"""Fills what a larger frame shows: runs a plan step by step, or one of its steps again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.edit import EditParams, EditRequest, EditResult
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.edit_controller import Engine
from inpaint_studio.editor.expansion_runs import (
    ExpansionRun,
    PlanRun,
    StepAgain,
    results_of,
    step_of,
)
from inpaint_studio.editor.preview_picture import cut_out
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.errors import InpaintStudioError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan

AT_ONCE = 300_000
"""px that are copied without waiting: some 15 ms. More are left to a thread."""

T = TypeVar("T")


class ExpandController(QObject):
    """Runs one thing at a time. All layers of a plan are one step of the history.

    Signals: `busy_changed(bool)`, `progressed(float, str)`, `previewed(Bounds, array)` (see
    `EditController`) and `preview_ended()`, `step_started(int index)`,
    `step_finished(int index, int layer id)`, `finished()`, `stopped(int steps done)` after a cancel
    (finished steps stay), `redone(int layer id)` after one step was made again, `refused(str)`,
    `failed(str message, str details)`.
    """

    busy_changed = Signal(bool)
    progressed = Signal(float, str)
    previewed = Signal(object, object)
    preview_ended = Signal()
    step_started = Signal(int)
    step_finished = Signal(int, int)
    finished = Signal()
    stopped = Signal(int)
    redone = Signal(int)
    refused = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self, session: EditorSession, engine: Engine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._engine = engine
        self._plan_run: PlanRun | None = None
        self._run: ExpansionRun | None = None
        self._job: int | None = None
        self._request: EditRequest | None = None
        self._is_mending = self._is_cancelled = False
        self._turn = 0
        engine.job_progressed.connect(self._on_progressed)
        engine.job_previewed.connect(self._on_previewed)
        engine.job_finished.connect(self._on_finished)
        engine.job_cancelled.connect(self._on_cancelled)
        engine.job_failed.connect(self._on_failed)
        session.document_replaced.connect(self._on_document_replaced)
        session.changed.connect(self._on_changed)

    @property
    def is_busy(self) -> bool:
        """Whether a plan or a step is running."""
        return self._run is not None

    @property
    def plan(self) -> ExpansionPlan | None:
        """The plan that runs or ran last in this document."""
        return None if self._plan_run is None else self._plan_run.plan

    @property
    def current_step(self) -> int | None:
        """The step of the plan that runs, from 0."""
        plan_run = self._plan_run
        return plan_run.index if plan_run is not None and self._run is plan_run else None

    @property
    def can_resume(self) -> bool:
        """Whether a stopped plan has steps left and its layers are all there."""
        run = self._plan_run
        return run is not None and not (self.is_busy or run.is_done) and run.is_whole

    def start(
        self, plan: ExpansionPlan, params: EditParams, area: Uncovered, *, mends: bool = True
    ) -> None:
        """Run all steps of a plan that was made for the document as it is.

        `area`: what the frame leaves uncovered now. `mends`: joins that show get a second pass.
        """
        document = self._session.document
        if document is not None and not self.is_busy:
            self._plan_run = PlanRun(document, plan, params, area, mends)
            self._begin(self._plan_run)

    def go(
        self, plan: ExpansionPlan, params: EditParams, area: Uncovered, *, mends: bool = True
    ) -> None:
        """Go on with a stopped plan if it was made for this frame and with these params (but for
        the seed); otherwise start this one."""
        run = self._plan_run
        same = run is not None and replace(run.params, seed=params.seed) == params
        if self.can_resume and same and run is not None and run.plan.frame == plan.frame:
            run.mends = mends
            self.resume()
        else:
            self.start(plan, params, area, mends=mends)

    def resume(self) -> None:
        """Go on with a stopped plan where it stopped."""
        if self._plan_run is not None and self.can_resume:
            self._begin(self._plan_run)

    def redo(self, layer: ResultLayer, *, mends: bool = True) -> None:
        """Make one step again, with another seed, on the picture as it was for it; the layers
        above stay. `layer` may also be the mending of its join. One step of the history."""
        document = self._session.document
        if document is None or layer.id not in document.layers:
            return
        step = step_of(document, layer)
        if self.is_busy:
            self.refused.emit(self.tr("Still expanding. Esc stops it; finished steps stay."))
        elif step is None:
            self.refused.emit(self.tr("The step that this belongs to is no longer there."))
        elif document.layers.lock_on(step) is not None:
            self.refused.emit(self.tr("“{0}” is locked.").format(step.props.name))
        else:
            self._session.settle()
            self._begin(StepAgain(document, step, mends))

    def cancel(self) -> None:
        """Stop at once; the steps that are finished stay."""
        if self._run is not None:
            # Without a job to cancel, the next one is not begun.
            self._is_cancelled = True
            if self._job is not None:
                self._engine.cancel(self._job)

    def layer_of(self, index: int) -> ResultLayer | None:
        """What a step of the plan made, if it is finished and still there."""
        run = self._plan_run
        if run is None:
            return None
        place = replace(run.place, number=index + 1)
        found = (layer for layer in results_of(run.document) if layer.result.place == place)
        return next(found, None)

    def _begin(self, run: ExpansionRun) -> None:
        self._run, self._is_cancelled, self._is_mending = run, False, False
        self.busy_changed.emit(True)
        self._submit_next(run)

    def _submit_next(self, run: ExpansionRun) -> None:
        """Ask for the next step that has something to do, or finish."""
        order = run.next_order()
        if order is not None:
            self.step_started.emit(run.place.number - 1)
            self._soon(run, order.pixels, order.request, partial(self._submit_step, run))
            return
        self._end()
        if isinstance(run, StepAgain):
            self.redone.emit(run.layer.id)
        else:
            self.finished.emit()

    def _submit_step(self, run: ExpansionRun, request: EditRequest | None) -> None:
        if self._is_cancelled:
            self._stop(run)
        elif request is None:
            run.step_done()
            self._submit_next(run)
        else:
            self._submit(request)

    def _submit(self, request: EditRequest) -> None:
        self._request = request
        self._job = self._engine.submit(request)

    def _on_finished(self, job: int, result: EditResult) -> None:
        run = self._run_of(job)
        if run is None:
            return
        self._job = self._request = None
        mends = self._is_mending

        def make() -> ResultLayer:
            layer = run.layer_for(result, mends=mends)
            # Cut out here, so that painting it needs no time of the GUI's.
            _ = layer.rasters
            return layer

        pixels = sum(piece.context.area for piece in result.pieces)
        self._soon(run, pixels, make, partial(self._place, run))

    def _place(self, run: ExpansionRun, layer: ResultLayer) -> None:
        self.preview_ended.emit()
        if not run.is_whole:
            self._stop(run)
            return
        self._session.do(run.placing(layer))
        order = None
        if not (self._is_mending or self._is_cancelled):
            order = run.mending_order(layer.result)
        if order is None:
            self._finish_step(run, layer)
        else:
            self._is_mending = True
            self._soon(run, order.pixels, order.request, partial(self._submit_mending, run, layer))

    def _submit_mending(
        self, run: ExpansionRun, layer: ResultLayer, request: EditRequest | None
    ) -> None:
        if request is None or self._is_cancelled:
            self._finish_step(run, layer)
        else:
            self._submit(request)

    def _finish_step(self, run: ExpansionRun, layer: ResultLayer) -> None:
        self._is_mending = False
        number = run.place.number
        run.step_done()
        if isinstance(run, PlanRun):
            step = step_of(run.document, layer)
            self.step_finished.emit(number - 1, (step or layer).id)
            if self._is_cancelled and not run.is_done:
                self._stop(run)
                return
        self._submit_next(run)

    def _soon(
        self, run: ExpansionRun, pixels: int, work: Callable[[], T], then: Callable[[T], None]
    ) -> None:
        """Do work that copies so many px, on a thread if that takes time, and go on with it."""
        if pixels <= AT_ONCE:
            then(work())
            return
        turn = self._turn
        task = BackgroundTask(lambda _report, _is_cancelled: work(), self)

        def go_on(outcome: T) -> None:
            if self._run is run and self._turn == turn:
                then(outcome)

        def fail(error: InpaintStudioError) -> None:
            if self._run is run and self._turn == turn:
                self._fail(run, str(error), error.details)

        task.finished.connect(go_on)
        task.failed.connect(fail)
        task.start()

    def _on_progressed(self, job: int, fraction: float, message: str) -> None:
        run = self._run_of(job)
        if run is not None:
            place = run.place
            step = self.tr("Step {0} of {1}").format(place.number, place.count)
            what = self.tr("Mending the join") if self._is_mending else message
            # A second pass belongs to its step, whose own share is already done.
            done = run.fraction(1.0 if self._is_mending else fraction)
            self.progressed.emit(done, f"{step} · {what}")

    def _on_previewed(self, job: int, preview: tuple[Bounds, np.ndarray]) -> None:
        if self._run_of(job) is not None and self._request is not None:
            context, picture = preview
            self.previewed.emit(context, cut_out(self._request, context, picture))

    def _on_cancelled(self, job: int) -> None:
        run = self._run_of(job)
        if run is not None:
            self._stop(run)

    def _on_failed(self, job: int, message: str, details: str) -> None:
        run = self._run_of(job)
        if run is not None:
            self._fail(run, message, details)

    def _fail(self, run: ExpansionRun, message: str, details: str) -> None:
        self._give_up_mending(run)
        self._end()
        self.failed.emit(message, details)

    def _on_changed(self, change: Change) -> None:
        run = self._run
        if run is not None and ChangeKind.layers in change.kind and not run.is_whole:
            # Undone or deleted: what comes would have nothing to stand on.
            self.cancel()

    def _on_document_replaced(self) -> None:
        self._plan_run = None
        if self._run is not None:
            job = self._job
            self._end()
            if job is not None:
                self._engine.cancel(job)

    def _stop(self, run: ExpansionRun) -> None:
        self._give_up_mending(run)
        self._end()
        if isinstance(run, PlanRun):
            self.stopped.emit(run.index)

    def _give_up_mending(self, run: ExpansionRun) -> None:
        """The step itself is finished; only its second pass is not."""
        if self._is_mending:
            run.step_done()

    def _end(self) -> None:
        if self._job is not None:
            self._job = self._request = None
            self.preview_ended.emit()
        self._turn += 1
        self._run, self._is_mending = None, False
        self.busy_changed.emit(False)

    def _run_of(self, job: int) -> ExpansionRun | None:
        """The run that waits for this job."""
        return self._run if job == self._job else None
