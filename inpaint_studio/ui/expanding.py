"""Connects what has to do with the frame: its plan on the canvas, its progress, its messages."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.edit import Intent
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.editor.services import Services
from inpaint_studio.editor.toolbox import ToolName
from inpaint_studio.ui.canvas.frame_overlay import ShownPlan
from inpaint_studio.ui.main_window import MainWindow


class Expanding(QObject):
    """Signal `informed(str)`: what the person should know, in the user's words."""

    informed = Signal(str)

    def __init__(self, services: Services, window: MainWindow) -> None:
        super().__init__(window)
        self._services = services
        self._window = window
        expansions, preflight = services.expansions, services.expand_preflight
        services.frames.refused.connect(self.informed)
        services.session.changed.connect(self._on_changed)
        services.toolbox.tool_changed.connect(self._show_plan)
        services.edits.busy_changed.connect(self._show_plan)
        preflight.changed.connect(self._show_plan)
        preflight.refused.connect(self.informed)
        expansions.busy_changed.connect(self._on_busy_changed)
        expansions.step_started.connect(self._show_plan)
        expansions.refused.connect(self.informed)
        expansions.stopped.connect(self._tell_stopped)
        expansions.previewed.connect(window.canvas.set_preview)
        expansions.preview_ended.connect(window.canvas.clear_preview)
        expansions.redone.connect(self._on_redone)
        window.layers_panel.redo_requested.connect(self._redo)

    def generate(self) -> None:
        """Expand where that is what Generate means now; otherwise edit what is masked."""
        preflight, settings = self._services.expand_preflight, self._services.edits.settings
        if preflight.is_masked and settings.choices.intent is not Intent.expand:
            self._services.edits.generate()
        else:
            preflight.when_known(self._generate)

    def _generate(self) -> None:
        preflight = self._services.expand_preflight
        if self._services.expansions.is_busy:
            self.informed.emit(self.tr("Still expanding. Esc stops it; finished steps stay."))
        elif preflight.applies:
            preflight.start()
        else:
            self._services.edits.generate()

    def _on_busy_changed(self, busy: bool) -> None:
        note = self.tr("Expanding… You can go on painting meanwhile.") if busy else ""
        self._window.edit_bar.show_note(note)
        self._show_plan()

    def _on_changed(self, change: Change) -> None:
        document = self._services.session.document
        if document is not None and ChangeKind.frame in change.kind:
            self._window.status.show_frame(document.frame)

    def _show_plan(self) -> None:
        self._window.canvas.set_plan(self._plan_to_show())

    def _plan_to_show(self) -> ShownPlan | None:
        expansions, preflight = self._services.expansions, self._services.expand_preflight
        if expansions.current_step is not None and expansions.plan is not None:
            return ShownPlan(expansions.plan, self._step_label(), expansions.current_step)
        wanted = preflight.applies or self._services.toolbox.current is ToolName.frame
        is_busy = expansions.is_busy or self._services.edits.is_busy
        if preflight.plan is None or not wanted or is_busy:
            return None
        return ShownPlan(preflight.plan, preflight.label)

    def _step_label(self) -> str:
        expansions = self._services.expansions
        step, plan = expansions.current_step, expansions.plan
        if step is None or plan is None:
            return ""
        return self.tr("Step {0} of {1}").format(step + 1, len(plan.steps))

    def _redo(self, layer_id: int) -> None:
        document = self._services.session.document
        layer = document.layers.find(layer_id) if document is not None else None
        if isinstance(layer, ResultLayer):
            self._services.expand_preflight.redo(layer)

    def _on_redone(self, layer_id: int) -> None:
        """Show the new candidates, and say what did not follow."""
        self._services.session.set_active_layer(layer_id)
        self._window.strip.show_for(layer_id)
        document = self._services.session.document
        layer = document.layers.find(layer_id) if document is not None else None
        place = layer.result.place if isinstance(layer, ResultLayer) else None
        if place is not None and place.number < place.count:
            text = self.tr(
                "Step {0} is made anew. Later steps stay as they were; "
                "if a join shows, redo the step above it, too."
            )
            self.informed.emit(text.format(place.number))

    def _tell_stopped(self, done: int) -> None:
        plan = self._services.expansions.plan
        if plan is not None and self._services.expansions.can_resume:
            text = self.tr("Stopped after step {0} of {1}. Expand goes on from there.")
            self.informed.emit(text.format(done, len(plan.steps)))
