"""Asks for one number of pixels."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from inpaint_studio.ui.theme import METRICS
from inpaint_studio.ui.widgets import ValueField, ValueRange, push_button

WIDTH = 360


class AmountDialog(QDialog):
    """A slider with its number, and a button that does it. `amount` is the number, in px."""

    def __init__(
        self, title: str, default: int, maximum: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH)
        self.field = ValueField(
            self.tr("Amount"), ValueRange(1, maximum), default, suffix=self.tr(" px")
        )
        self.do_button = push_button(title, primary=True)
        self.cancel_button = push_button(self.tr("Cancel"))
        self.do_button.setDefault(True)
        self._build()
        self.field.select_number()
        self.do_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)

    def amount(self) -> int:
        """The chosen number of px."""
        return round(self.field.value())

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(METRICS.space_s)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.do_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*([METRICS.space_l] * 4))
        column.setSpacing(METRICS.space_l)
        column.addWidget(self.field)
        column.addLayout(buttons)


def ask_amount(parent: QWidget | None, title: str, default: int, maximum: int) -> int | None:
    """The number that was chosen; None if the dialog was cancelled."""
    dialog = AmountDialog(title, default, maximum, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return dialog.amount() if accepted else None
