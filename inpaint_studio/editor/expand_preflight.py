"""What an expansion would do, before it runs: whether there is one, in which steps, how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.compose import Paintable
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import DiffusionOptions, Intent
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.flatten import snapshot
from inpaint_studio.core.layer import MaskKind, ResultLayer
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.expand_controller import ExpandController
from inpaint_studio.editor.expand_pace import ExpandPace
from inpaint_studio.editor.expand_recipe import Recipe
from inpaint_studio.editor.model_library import ModelLibrary
from inpaint_studio.editor.preflight import Pace, rounded_seconds
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import EMPTY, Bounds
from inpaint_studio.imaging.outpaint_plan import ExpansionPlan
from inpaint_studio.models.families import FAMILIES, FamilyInfo
from inpaint_studio.settings import MEND_JOINS, Settings

LOOK_DELAY_MS = 150
"""The frame has to rest for so long before what it leaves uncovered is looked at."""
LOOKED_AT_ONCE = 8_000_000
"""px that may be looked at without waiting: some 10 ms. More are left to a thread."""


@dataclass(frozen=True, eq=False)
class _Prospect:
    """What was found. `area`: uncovered pixels of the document's frame."""

    area: Uncovered
    plan: ExpansionPlan | None


@dataclass
class _LastLook:
    """What was found before, and where the picture changed since."""

    area: Uncovered | None = None
    dirty: Bounds = EMPTY


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
        program: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._expansions = expansions
        self._library = library
        self._pace = ExpandPace(program, pace)
        self._program = program
        self._prospect: _Prospect | None = None
        self._last = _LastLook()
        self._task: BackgroundTask | None = None
        self._waiting: Callable[[], object] | None = None
        self._made_for = _model_of(settings.choices)
        self._intent_before: Intent | None = None
        self._was_meant = False
        self._timer = QTimer(self, singleShot=True, interval=LOOK_DELAY_MS)
        self._timer.timeout.connect(self._look)
        session.document_replaced.connect(self._on_document_replaced)
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
        seconds = self._pace.seconds(plan, self._settings.choices)
        about = self.tr("about {0} s").format(rounded_seconds(seconds)) if seconds else ""
        return " · ".join(part for part in (text, about) if part)

    def when_known(self, action: Callable[[], object]) -> None:
        """Do something as soon as it is known what the frame leaves uncovered: mostly at once.

        Nothing is looked for while an expansion runs or without a document: at once then, too.
        """
        document = self._session.document
        if document is None or self._expansions.is_busy or self._prospect is not None:
            action()
            return
        if self._unseen(document) <= LOOKED_AT_ONCE:
            layers = document.layers.painted
            self._take(_look_at(document.frame, layers, self._recipe(), self._last))
            action()
            return
        self._waiting = action
        if self._task is None:
            self._look()

    def start(self) -> None:
        """Fill all that is uncovered, whatever the intent says."""
        self.when_known(self._start)

    def redo(self, layer: ResultLayer) -> None:
        """Make the step of an expansion again that a layer is, or whose join it mends."""
        self._expansions.redo(layer, mends=self._mends(self._family_of(layer)))

    def _start(self) -> None:
        prospect = self._prospect
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
            mends = self._mends(self._settings.choices.family)
            self._expansions.go(prospect.plan, params, prospect.area, mends=mends)

    def _mends(self, family: FamilyInfo | None) -> bool:
        """Whether joins that show are drawn once more: only some models can do that gently."""
        return self._program.get(MEND_JOINS) and family is not None and family.has_strength

    def _family_of(self, layer: ResultLayer) -> FamilyInfo | None:
        options = layer.result.params.options
        if not isinstance(options, DiffusionOptions):
            return None
        known = (self._settings.choices.model, *self._library.models)
        used = (model for model in known if model is not None and model.path == options.model)
        model = next(used, None)
        return None if model is None or model.family is None else FAMILIES[model.family]

    @property
    def is_masked(self) -> bool:
        """Whether something in the frame is painted over."""
        document = self._session.document
        if document is None:
            return False
        masks = MaskUnion.used(document, MaskKind.repaint)
        return masks.bounds.intersects(document.frame)

    def _recipe(self) -> Recipe:
        return Recipe.of(self._settings.choices, self._library.machine)

    def _unseen(self, document: Document) -> int:
        """px that a look would have to look at."""
        last = self._last
        if last.area is None:
            shown = Bounds.union_of(layer.bounds for layer in document.layers.shown)
            return document.frame.intersection(shown).area
        return last.area.unseen_in(document.frame, last.dirty)

    def _on_changed(self, change: Change) -> None:
        if change.kind & (ChangeKind.layers | ChangeKind.pixels):
            self._last.dirty = self._last.dirty.union(change.dirty)
        if change.kind & (ChangeKind.frame | ChangeKind.layers | ChangeKind.pixels):
            self._forget()

    def _on_document_replaced(self) -> None:
        self._last, self._waiting = _LastLook(), None
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
        last = replace(self._last)
        task = BackgroundTask(
            lambda _report, _cancelled: _look_at(frame, layers, recipe, last), self
        )
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
        self._last = _LastLook(prospect.area)
        self._suggest()
        self.changed.emit()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting()

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
        if layer is not None and plan is not None:
            self._pace.learn(plan.steps[index], layer.result)


def _look_at(frame: Bounds, layers: list[Paintable], recipe: Recipe, last: _LastLook) -> _Prospect:
    area = Uncovered(frame, layers, last.area, last.dirty)
    return _Prospect(area, recipe.plan(area))


def _model_of(choices: EditChoices) -> object:
    return None if choices.model is None else choices.model.path
