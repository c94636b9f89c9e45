"""Fills what a larger frame shows: runs a plan step by step, each on what the last one made."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.commands import AddLayer, Together
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, EditRequest, EditResult
from inpaint_studio.core.expansion import SEAM_LIMIT, can_mend, mending_request, step_request
from inpaint_studio.core.frame_commands import FillFrame
from inpaint_studio.core.layer import LayerProps, MaskLayer, ResultLayer
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.edit_controller import Engine, best_candidate
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.imaging.outpaint_plan import (
    ExpansionPlan,
    PlanSettings,
    StepKind,
    plan_expansion,
)
from inpaint_studio.imaging.size_rule import SizeRule

_runs = itertools.count(1)


@dataclass
class _Run:
    """How far a plan is. `job`: what the engine does for it now."""

    document: Document
    plan: ExpansionPlan
    params: EditParams
    area: Uncovered
    number: int = field(default_factory=lambda: next(_runs))
    index: int = 0
    job: int | None = None
    is_running: bool = False
    is_mending: bool = False
    is_cancelled: bool = False
    layers: dict[int, int] = field(default_factory=dict)
    """Ids of the result layers by step."""
    menders: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all layers it made are still in the document."""
        made = (*self.layers.values(), *self.menders)
        return all(layer_id in self.document.layers for layer_id in made)

    def fraction(self, of_step: float) -> float:
        """How much of the work is done, 0..1."""
        done = sum(step.size.area for step in self.plan.steps[: self.index])
        now = self.plan.steps[self.index].size.area
        return (done + now * of_step) / self.plan.working_pixels


class ExpandController(QObject):
    """Makes plans and runs one at a time. All its layers are one step of the history.

    Signals: `busy_changed(bool)`, `progressed(float, str)`, `step_started(int index)`,
    `step_finished(int index, int layer id)`, `finished()`, `stopped(int steps done)` after a cancel
    (finished steps stay), `refused(str)`, `failed(str message, str details)`.
    `more(layer)` adds candidates to a result layer.
    """

    busy_changed = Signal(bool)
    progressed = Signal(float, str)
    step_started = Signal(int)
    step_finished = Signal(int, int)
    finished = Signal()
    stopped = Signal(int)
    refused = Signal(str)
    failed = Signal(str, str)

    def __init__(
        self,
        session: EditorSession,
        engine: Engine,
        more: Callable[[ResultLayer], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._engine = engine
        self._more = more
        self._run: _Run | None = None
        self.mends_seams = True
        engine.job_progressed.connect(self._on_progressed)
        engine.job_finished.connect(self._on_finished)
        engine.job_cancelled.connect(self._on_cancelled)
        engine.job_failed.connect(self._on_failed)
        session.document_replaced.connect(self._on_document_replaced)
        session.changed.connect(self._on_changed)

    @property
    def is_busy(self) -> bool:
        """Whether a plan is running."""
        return self._run is not None and self._run.is_running

    @property
    def plan(self) -> ExpansionPlan | None:
        """The plan that runs or ran last in this document."""
        return None if self._run is None else self._run.plan

    @property
    def current_step(self) -> int | None:
        """The step that runs, from 0."""
        return self._run.index if self._run is not None and self.is_busy else None

    @property
    def can_resume(self) -> bool:
        """Whether a stopped plan has steps left and its layers are all there."""
        run = self._run
        if run is None or run.is_running:
            return False
        return run.index < len(run.plan.steps) and run.is_whole

    def make_plan(
        self, sizes: SizeRule | None, free_pixels: int, settings: PlanSettings | None = None
    ) -> ExpansionPlan | None:
        """The steps that fill what the frame leaves uncovered now.

        Emits `refused` and returns None where there is nothing to fill or to continue.
        """
        document = self._session.document
        if document is None:
            return None
        area = Uncovered.of(document)
        if area.is_empty:
            self.refused.emit(
                self.tr("The picture already fills the frame. Drag an edge outward to expand it.")
            )
            return None
        try:
            known = area.covered_rectangle()
            plan = plan_expansion(document.frame, known, sizes, free_pixels, settings)
        except EditRefusedError as error:
            self.refused.emit(str(error))
            return None
        return plan.keeping(area.any_in)

    def start(self, plan: ExpansionPlan, params: EditParams, area: Uncovered | None = None) -> None:
        """Run all steps of a plan that was made for the document as it is.

        `area`: what the frame leaves uncovered now, where that is known already.
        """
        document = self._session.document
        if document is None or self.is_busy:
            return
        self._run = _Run(document, plan, params, area or Uncovered.of(document))
        self._go_on(self._run)

    def go(self, plan: ExpansionPlan, params: EditParams, area: Uncovered) -> None:
        """Go on with a stopped plan if it was made for this frame and with these params (but for
        the seed); otherwise start this one."""
        run = self._run
        same = run is not None and replace(run.params, seed=params.seed) == params
        if self.can_resume and same and run is not None and run.plan.frame == plan.frame:
            self.resume()
        else:
            self.start(plan, params, area)

    def resume(self) -> None:
        """Go on with a stopped plan where it stopped."""
        if self._run is not None and self.can_resume:
            self._go_on(self._run)

    def cancel(self) -> None:
        """Stop at once; the steps that are finished stay."""
        run = self._run
        if run is None or not run.is_running:
            return
        # Between two steps there is no job to cancel: the next one is then not begun.
        run.is_cancelled = True
        if run.job is not None:
            self._engine.cancel(run.job)

    def rerun(self, index: int) -> None:
        """Make more candidates of one finished step, on what lies below it."""
        layer = self.layer_of(index)
        if layer is not None:
            self._more(layer)

    def layer_of(self, index: int) -> ResultLayer | None:
        """What a step made, if it is finished and still there."""
        run = self._run
        if run is None or run.layers.get(index) not in run.document.layers:
            return None
        layer = run.document.layers.find(run.layers[index])
        return layer if isinstance(layer, ResultLayer) else None

    def _go_on(self, run: _Run) -> None:
        run.is_running, run.is_cancelled = True, False
        self.busy_changed.emit(True)
        self._submit_next(run)

    def _submit_next(self, run: _Run) -> None:
        """Ask for the next step that has something to do, or finish."""
        while run.index < len(run.plan.steps):
            request = step_request(run.document, run.plan, run.index, run.area, run.params)
            if request is not None:
                self._submit(run, request)
                self.step_started.emit(run.index)
                return
            run.index += 1
        self._end(run)
        self.finished.emit()

    def _submit(self, run: _Run, request: EditRequest) -> None:
        run.job = self._engine.submit(request)

    def _on_finished(self, job: int, result: EditResult) -> None:
        run = self._run_of(job)
        if run is None:
            return
        run.job = None
        if not run.is_whole:
            self._stop(run)
            return
        layer = self._place(run, result)
        if run.is_mending:
            run.is_mending = False
            run.menders.append(layer.id)
        else:
            run.layers[run.index] = layer.id
            if self._mend(run, result):
                return
        self._finish_step(run)

    def _mend(self, run: _Run, result: EditResult) -> bool:
        """Ask for a pass along the join if it shows and the backend can."""
        step = run.plan.steps[run.index]
        shows = result.seam_ratio(best_candidate(result)) > SEAM_LIMIT
        wanted = self.mends_seams and not run.is_cancelled and step.kind is not StepKind.coarse
        if not (shows and wanted and can_mend(run.params)):
            return False
        request = mending_request(run.document, run.plan, run.index, run.area, result.params)
        if request is None:
            return False
        run.is_mending = True
        self._submit(run, request)
        return True

    def _finish_step(self, run: _Run) -> None:
        done, run.index = run.index, run.index + 1
        self.step_finished.emit(done, run.layers[done])
        if run.is_cancelled and run.index < len(run.plan.steps):
            self._stop(run)
        else:
            self._submit_next(run)

    def _place(self, run: _Run, result: EditResult) -> ResultLayer:
        layer = ResultLayer(LayerProps(self._name(run)), result, best_candidate(result))
        layers = list(run.document.layers)
        top = max(i for i, other in enumerate(layers) if not isinstance(other, MaskLayer))
        label = self.tr("Expand")
        add = AddLayer(label, layer, top + 1)
        self._session.do(FillFrame(run.number, Together(label, (add,))))
        return layer

    def _name(self, run: _Run) -> str:
        name = self.tr("Seam {0} of {1}") if run.is_mending else self.tr("Expand {0} of {1}")
        return name.format(run.index + 1, len(run.plan.steps))

    def _on_progressed(self, job: int, fraction: float, message: str) -> None:
        run = self._run_of(job)
        if run is not None:
            step = self.tr("Step {0} of {1}").format(run.index + 1, len(run.plan.steps))
            # A second pass belongs to its step, whose own share is already done.
            done = run.fraction(1.0 if run.is_mending else fraction)
            self.progressed.emit(done, f"{step} · {message}")

    def _on_cancelled(self, job: int) -> None:
        run = self._run_of(job)
        if run is not None:
            self._stop(run)

    def _on_failed(self, job: int, message: str, details: str) -> None:
        run = self._run_of(job)
        if run is not None:
            self._end(run)
            self.failed.emit(message, details)

    def _on_changed(self, change: Change) -> None:
        if self._run is None or not self.is_busy or ChangeKind.layers not in change.kind:
            return
        if not self._run.is_whole:
            # Undone or deleted: the steps to come would have nothing to stand on.
            self.cancel()

    def _on_document_replaced(self) -> None:
        run, self._run = self._run, None
        if run is not None and run.job is not None:
            self._engine.cancel(run.job)
        if run is not None and run.is_running:
            self.busy_changed.emit(False)

    def _stop(self, run: _Run) -> None:
        self._end(run)
        self.stopped.emit(run.index)

    def _end(self, run: _Run) -> None:
        if run.is_mending:
            # The step itself is finished; only its second pass is given up.
            run.index += 1
        run.job, run.is_running, run.is_mending = None, False, False
        self.busy_changed.emit(False)

    def _run_of(self, job: int) -> _Run | None:
        """The run that waits for this job."""
        run = self._run
        return None if run is None or run.job != job else run
