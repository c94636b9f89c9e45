"""Connects what has to do with the frame: its plan on the canvas, its progress, its messages."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.change import Change, ChangeKind
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

    def generate(self) -> None:
        """Expand where that is what Generate means now; otherwise edit what is masked."""
        preflight = self._services.expand_preflight
        preflight.look_now()
        if self._services.expansions.is_busy and not self._services.expand_preflight.is_masked:
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
        if expansions.is_busy and expansions.plan is not None:
            return ShownPlan(expansions.plan, current=expansions.current_step)
        wanted = preflight.applies or self._services.toolbox.current is ToolName.frame
        if preflight.plan is None or not wanted or self._services.edits.is_busy:
            return None
        return ShownPlan(preflight.plan, preflight.label)

    def _tell_stopped(self, done: int) -> None:
        plan = self._services.expansions.plan
        if plan is not None and self._services.expansions.can_resume:
            text = self.tr("Stopped after step {0} of {1}. Expand goes on from there.")
            self.informed.emit(text.format(done, len(plan.steps)))
