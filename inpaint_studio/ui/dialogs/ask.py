"""The question before edits are given up."""

from __future__ import annotations

from enum import Enum

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import push_button

_NARROWEST = 400


class LeaveChoice(Enum):
    """What to do with edits that no file holds."""

    export = "export"
    discard = "discard"
    stay = "stay"


def ask_before_leaving(parent: QWidget | None, name: str) -> LeaveChoice:
    """Ask whether the edits of the picture `name` may go. Closing the box means to stay."""
    dialog = LeaveDialog(name, parent)
    dialog.exec()
    dialog.deleteLater()
    return dialog.choice


class LeaveDialog(QDialog):
    """Export, discard or stay. `choice` holds the answer, `stay` until there is one."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = LeaveChoice.stay
        self.setWindowTitle(self.tr("Edits are not exported"))
        self.setMinimumWidth(_NARROWEST)
        self.discard_button = push_button(self.tr("Discard edits"))
        self.cancel_button = push_button(self.tr("Cancel"))
        self.export_button = push_button(self.tr("Export…"), primary=True)
        self.export_button.setDefault(True)
        self._build(name)
        self.discard_button.clicked.connect(lambda: self._answer(LeaveChoice.discard))
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(lambda: self._answer(LeaveChoice.export))

    def _build(self, name: str) -> None:
        question = QLabel(self.tr("{0} has edits that are not exported.").format(name))
        question.setWordWrap(True)
        bold = question.font()
        bold.setWeight(QFont.Weight.DemiBold)
        question.setFont(bold)
        consequence = QLabel(self.tr("They are lost when the picture is closed."))
        set_text_role(consequence, "dim")
        buttons = QHBoxLayout()
        buttons.setSpacing(METRICS.space_s)
        buttons.addWidget(self.discard_button)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*([METRICS.space_l] * 4))
        column.setSpacing(METRICS.space_xs)
        column.addWidget(question)
        column.addWidget(consequence)
        column.addSpacing(METRICS.space_l)
        column.addLayout(buttons)

    def _answer(self, choice: LeaveChoice) -> None:
        self.choice = choice
        self.accept()
