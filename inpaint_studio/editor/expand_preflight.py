"""What an expansion would do, before it runs: whether there is one, in which steps, how long."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, Intent
from inpaint_studio.core.expansion import TILE_STRENGTH
from inpaint_studio.core.flatten import LayerSnapshot, snapshot
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.expand_controller import ExpandController
from inpaint_studio.editor.machine import MEMORY_SHARE, Machine
from inpaint_studio.editor.model_library import ModelLibrary
from inpaint_studio.editor.preflight import BYTES_PER_PIXEL, Pace, rounded_seconds
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.outpaint_plan import (
    ExpansionPlan,
    ExpansionStep,
    PlanSettings,
    StepKind,
    plan_expansion,
)

LOOK_DELAY_MS = 150
"""The frame has to rest for so long before what it leaves uncovered is looked at."""
PATCH_SECONDS = 1.4e-6
"""For a px that patch fill reads, and 25 times that for one it makes, on an idle 3 GHz core; what
this machine measures takes its place. Steps beyond `PATCH_LIMIT` such px are done smaller."""
PATCH_MAKING, PATCH_LIMIT = 25, 1_200_000
UNKNOWN_PIXELS = 1 << 20
"""px of a model's crop where the machine's memory is not known."""


@dataclass(frozen=True)
class Recipe:
    """What of the choices a plan depends on."""

    choices: EditChoices
    free_pixels: int

    def plan(self, area: Uncovered) -> ExpansionPlan | None:
        """The steps that fill an area; None where there is nothing to fill or to continue."""
        if area.is_empty:
            return None
        family = self.choices.family
        settings = PlanSettings(refines=family is not None and family.has_strength)
        sizes = None if family is None else family.sizes
        known = area.covered_rectangle()
        try:
            plan = plan_expansion(area.frame, known, sizes, self.free_pixels, settings)
        except EditRefusedError:
            return None
        return plan.keeping(area.any_in)


@dataclass(frozen=True, eq=False)
class _Prospect:
    """What was found. `area`: uncovered pixels of the document's frame."""

    area: Uncovered
    plan: ExpansionPlan | None


class ExpandPreflight(QObject):
    """Follows frame, layers and choices; `changed()`: plan or estimate are others.

    Where nothing is masked beside an uncovered area it chooses the intent to expand, and gives the
    earlier intent back when that is over. Signal `refused(str)`: why it does not start.
    """

    changed = Signal()
    refused = Signal(str)

    def __init__(
        self,
        session: EditorSession,
        settings: EditSettings,
        expansions: ExpandController,
        library: ModelLibrary,
        pace: Pace,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._expansions = expansions
        self._library = library
        self._pace = pace
        self._prospect: _Prospect | None = None
        self._task: BackgroundTask | None = None
        self._made_for = _model_of(settings.choices)
        self._intent_before: Intent | None = None
        self._was_meant = False
        self._patch_seconds = PATCH_SECONDS
        self._timer = QTimer(self, singleShot=True, interval=LOOK_DELAY_MS)
        self._timer.timeout.connect(self._look)
        session.document_replaced.connect(self._forget)
        session.changed.connect(self._on_changed)
        session.history_changed.connect(self._suggest)
        settings.changed.connect(self._on_choices_changed)
        expansions.busy_changed.connect(lambda _busy: self._forget())
        expansions.step_finished.connect(self._learn)

    @property
    def plan(self) -> ExpansionPlan | None:
        """The steps as they would run now; None while the frame moves or where there are none."""
        return None if self._prospect is None else self._prospect.plan

    @property
    def applies(self) -> bool:
        """Whether Generate expands: it was chosen, or nothing is masked beside a new area."""
        intent = self._settings.choices.intent
        if self.plan is None or intent is Intent.instruct:
            return False
        return intent is Intent.expand or not self.is_masked

    @property
    def label(self) -> str:
        """ "8 steps · about 12 s"; "" without a plan."""
        plan = self.plan
        if plan is None:
            return ""
        count = len(plan.steps)
        text = self.tr("1 step") if count == 1 else self.tr("{0} steps").format(count)
        seconds = self._seconds(plan)
        about = self.tr("about {0} s").format(rounded_seconds(seconds)) if seconds else ""
        return " · ".join(part for part in (text, about) if part)

    def look_now(self) -> None:
        """Look at once if the last look is out of date."""
        document = self._session.document
        if document is not None and self._prospect is None and not self._expansions.is_busy:
            area = Uncovered.of(document)
            self._take(_Prospect(area, self._recipe().plan(area)))

    def start(self) -> None:
        """Fill all that is uncovered, whatever the intent says."""
        self.look_now()
        prospect, family = self._prospect, self._settings.choices.family
        if prospect is None or self._expansions.is_busy:
            return
        if prospect.area.is_empty:
            self.refused.emit(
                self.tr("Nothing is transparent here. Drag an edge of the frame outward (C).")
            )
        elif prospect.plan is None:
            self.refused.emit(
                self.tr("The frame holds no picture to continue. Move it over the picture.")
            )
        else:
            params = replace(self._settings.next_params(), intent=Intent.expand)
            self._expansions.mends_seams = family is not None and family.has_strength
            self._expansions.go(prospect.plan, params, prospect.area)

    @property
    def is_masked(self) -> bool:
        """Whether something in the frame is painted over."""
        document = self._session.document
        if document is None:
            return False
        painted = document.mask(MaskKind.repaint).raster.content_bounds()
        return painted.intersects(document.frame)

    def _recipe(self) -> Recipe:
        choices = self._settings.choices
        return Recipe(choices, free_pixels(self._library.machine, choices))

    def _on_changed(self, change: Change) -> None:
        seen = ChangeKind.frame | ChangeKind.layers | ChangeKind.pixels
        if change.kind & seen:
            self._forget()

    def _on_choices_changed(self) -> None:
        model = _model_of(self._settings.choices)
        if model != self._made_for:
            self._made_for = model
            self._forget()
        else:
            self.changed.emit()

    def _forget(self) -> None:
        """What was found is out of date; look again when things rest."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._prospect is not None:
            self._prospect = None
            self.changed.emit()
        if self._session.document is None or self._expansions.is_busy:
            self._timer.stop()
        else:
            self._timer.start()

    def _look(self) -> None:
        document = self._session.document
        if document is None or self._prospect is not None:
            return
        # Off this thread: the pixels of a very large picture take most of a second.
        layers, frame, recipe = snapshot(document.layers.painted), document.frame, self._recipe()
        task = BackgroundTask(lambda _report, _cancelled: _look_at(frame, layers, recipe), self)
        task.finished.connect(lambda prospect: self._take_from(task, document, prospect))
        self._task = task
        task.start()

    def _take_from(self, task: BackgroundTask, document: Document, prospect: _Prospect) -> None:
        if task is self._task and document is self._session.document:
            self._take(prospect)

    def _take(self, prospect: _Prospect) -> None:
        self._task = None
        self._timer.stop()
        self._prospect = prospect
        self._suggest()
        self.changed.emit()

    def _suggest(self) -> None:
        """Choose to expand where that is what is meant; take it back when it no longer is."""
        if self._prospect is None:
            return
        intent, can_expand = self._settings.choices.intent, self.plan is not None
        is_meant = can_expand and not self.is_masked
        if is_meant and not self._was_meant and intent is not Intent.expand:
            self._intent_before, intent = intent, Intent.expand
        elif not is_meant and self._intent_before is not None:
            before, self._intent_before = self._intent_before, None
            intent = before if intent is Intent.expand else intent
        self._was_meant = is_meant
        self._settings.change(can_expand=can_expand, intent=intent)

    def _learn(self, index: int, _layer_id: int) -> None:
        """Measure a step that is done."""
        layer, plan = self._expansions.layer_of(index), self._expansions.plan
        if layer is None or plan is None:
            return
        self._pace.learn(layer.result)
        if not layer.result.run.steps:
            work = _patch_work(plan.steps[index]) * layer.result.num_candidates
            self._patch_seconds = (self._patch_seconds + layer.result.seconds / work) / 2

    def _seconds(self, plan: ExpansionPlan) -> float:
        choices = self._settings.choices
        if choices.model is None:
            work = sum(_patch_work(step) for step in plan.steps)
            return self._patch_seconds * work * choices.num_candidates
        return sum(
            self._pace.seconds(*_work_of(step.kind, choices), step.size.area) for step in plan.steps
        )


def free_pixels(machine: Machine, choices: EditChoices) -> int:
    """px of the largest crop that there is memory for beside the model, by estimate."""
    if choices.model is None:
        return 1 << 40
    if machine.gpu_bytes:
        # A model that is larger than that is moved in parts, of which half may be there at once.
        weights = min(choices.model.nbytes, machine.gpu_bytes // 2)
        return (machine.gpu_bytes - weights) // BYTES_PER_PIXEL
    if machine.memory_bytes:
        left = round(MEMORY_SHARE * machine.memory_bytes) - choices.model.nbytes
        return max(0, left) // BYTES_PER_PIXEL
    return UNKNOWN_PIXELS


def _look_at(frame: Bounds, layers: list[LayerSnapshot], recipe: Recipe) -> _Prospect:
    area = Uncovered(frame, layers)
    return _Prospect(area, recipe.plan(area))


def _model_of(choices: EditChoices) -> object:
    return None if choices.model is None else choices.model.path


def _patch_work(step: ExpansionStep) -> int:
    """How much patch fill has to do, in px that it reads."""
    made = sum(mask.area for mask in step.masks)
    return step.size.area + min(PATCH_MAKING * made, PATCH_LIMIT)


def _work_of(kind: StepKind, choices: EditChoices) -> tuple[EditParams, int]:
    """What a step is made with, and how many steps of the model it takes."""
    params, steps = choices.params(0), choices.effective_steps
    if kind is StepKind.tile:
        return replace(params, options=replace(params.options, num_images_per_prompt=1)), max(
            1, round(steps * TILE_STRENGTH)
        )
    return params, steps
