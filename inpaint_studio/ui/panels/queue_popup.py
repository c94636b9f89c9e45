"""The list of jobs: what runs, what waits, and a way to stop each."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.jobs import Job
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import push_button, tool_button
from inpaint_studio.ui.widgets.elided_label import ElidedLabel
from inpaint_studio.ui.widgets.popup import Popup

WIDTH = 340
BAR_WIDTH = 90


class JobRow(QWidget):
    """One job. `cancel_requested(int)` carries its number."""

    cancel_requested = Signal(int)

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.number = job.number
        self._label = ElidedLabel(job.label)
        self._state = QLabel()
        self._bar = QProgressBar()
        self.cancel_button = tool_button(
            "x", self.tr("Cancel {0}").format(job.label), small=True, color="dim"
        )
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedWidth(BAR_WIDTH)
        set_text_role(self._state, "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(METRICS.space_s)
        row.addWidget(self._label, 1)
        for widget in (self._state, self._bar, self.cancel_button):
            row.addWidget(widget)
        self.cancel_button.clicked.connect(lambda: self.cancel_requested.emit(self.number))
        self.show_job(job)

    def show_job(self, job: Job) -> None:
        """Show how far it is."""
        self._label.setToolTip(job.message or job.label)
        self._state.setText(self.tr("waiting"))
        self._state.setVisible(not job.is_running)
        self._bar.setVisible(job.is_running)
        self._bar.setValue(round(job.fraction * 1000))


class QueuePopup(Popup):
    """Follows the jobs while it is open, and closes when the last one is done."""

    def __init__(self, edits: EditController, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._edits = edits
        self.rows: dict[int, JobRow] = {}
        self.cancel_all_button = push_button(self.tr("Cancel all"), quiet=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(METRICS.space_xs)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[METRICS.space_m] * 4)
        column.setSpacing(METRICS.space_s)
        column.addLayout(self._list)
        column.addWidget(self.cancel_all_button, 0, Qt.AlignmentFlag.AlignRight)
        self.cancel_all_button.clicked.connect(edits.cancel)
        edits.jobs_changed.connect(self._follow)

    def open_above(self, anchor: QWidget) -> None:
        """Show the jobs over a widget, their right edges in line."""
        self._follow()
        self.adjustSize()
        corner = anchor.mapToGlobal(QPoint(anchor.width(), -METRICS.space_xs))
        self.open_at(corner, Qt.AlignmentFlag.AlignBottom)

    def _follow(self) -> None:
        jobs = {job.number: job for job in self._edits.jobs}
        if not jobs:
            self.close()
        for number in [number for number in self.rows if number not in jobs]:
            self._drop(self.rows.pop(number))
        for job in jobs.values():
            if job.number not in self.rows:
                self._add(job)
            self.rows[job.number].show_job(job)

    def _add(self, job: Job) -> None:
        row = JobRow(job)
        row.cancel_requested.connect(self._edits.cancel_job)
        self.rows[job.number] = row
        self._list.addWidget(row)

    def _drop(self, row: JobRow) -> None:
        # It may be in the middle of its own click.
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
