"""How the next edit is made: candidates and seed."""

from __future__ import annotations

from PySide6.QtCore import QRandomGenerator
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inpaint_studio.core.edit import PatchFillOptions
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import Section, ValueField, ValueRange, tool_button
from inpaint_studio.ui.widgets.number_field import NumberField

LABEL_WIDTH = 78
MAX_SEED = 999_999


class EditPanel(Section):
    """Candidates and seed of the patch fill."""

    def __init__(self, edits: EditController, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Edit"), parent=parent)
        self._edits = edits
        most = len(PatchFillOptions().radii)
        self._candidates = ValueField(self.tr("Candidates"), ValueRange(1, most), most)
        self._seed = NumberField(ValueRange(0, MAX_SEED))
        self._dice = tool_button("dices", self.tr("Another random seed"), small=True)
        self.set_note(self.tr("Patch fill"))
        self._build_rows()
        self._candidates.value_changed.connect(lambda value: edits.set_candidates(int(value)))
        self._seed.valueChanged.connect(lambda value: edits.set_seed(int(value)))
        self._seed.reset_requested.connect(lambda: self._seed.setValue(0))
        self._dice.clicked.connect(self._roll)

    def _build_rows(self) -> None:
        rows = QVBoxLayout()
        rows.setSpacing(METRICS.space_s)
        self._candidates.set_label_width(LABEL_WIDTH)
        self._candidates.set_value(self._edits.params.num_candidates)
        self._candidates.set_tooltip(
            self.tr("How many variants to make. Small patches keep detail, large ones structure.")
        )
        rows.addWidget(self._candidates)
        rows.addLayout(self._seed_row())
        note = QLabel(
            self.tr("Copies texture from nearby. It can't invent faces or things it doesn't see.")
        )
        note.setWordWrap(True)
        set_text_role(note, "small")
        rows.addWidget(note)
        self.body.addLayout(rows)

    def _seed_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(METRICS.space_s)
        label = QLabel(self.tr("Seed"))
        label.setFixedWidth(LABEL_WIDTH)
        label.setBuddy(self._seed)
        self._seed.setAccessibleName(self.tr("Seed"))
        self._seed.setToolTip(self.tr("The same seed gives the same pixels"))
        for widget in (label, self._seed, self._dice):
            row.addWidget(widget)
        row.addStretch()
        return row

    def _roll(self) -> None:
        self._seed.setValue(QRandomGenerator.global_().bounded(MAX_SEED + 1))
