"""The LoRAs and learned words of the next edit: what it is, and a way out; one line each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inpaint_studio.editor.edit_choices import EditChoices, LoraUse
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.model_reasons import family_label
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import ValueRange, push_button, tool_button
from inpaint_studio.ui.widgets.elided_label import ElidedLabel
from inpaint_studio.ui.widgets.number_field import NumberField

WEIGHTS = ValueRange(-2, 2, 0.05, 2)


class LoraRow(QWidget):
    """One LoRA. One of another family is greyed: it waits until its model is chosen."""

    def __init__(self, use: LoraUse, is_used: bool, settings: EditSettings) -> None:
        super().__init__()
        path = use.info.path
        self.label = ElidedLabel(use.info.name, Qt.TextElideMode.ElideMiddle)
        self.weight = NumberField(WEIGHTS)
        name = self.tr("Without {0}").format(use.info.name)
        self.remove_button = tool_button("x", name, small=True, color="dim")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(METRICS.space_xs)
        row.addWidget(self.label, 1)
        row.addWidget(self.weight)
        row.addWidget(self.remove_button)
        self.label.setToolTip(self._explanation(use, is_used))
        if not is_used:
            set_text_role(self.label, "dim")
        self.weight.setAccessibleName(self.tr("Weight of {0}").format(use.info.name))
        self.weight.setToolTip(self.tr("How strongly it acts; 1 is as it was trained"))
        self.weight.setValue(use.weight)
        self.weight.setEnabled(is_used)
        self.weight.valueChanged.connect(lambda value: settings.set_lora_weight(path, value))
        self.weight.reset_requested.connect(lambda: self.weight.setValue(1.0))
        self.remove_button.clicked.connect(lambda: settings.remove_lora(path))

    def show_weight(self, weight: float) -> None:
        """Show another weight; no signal."""
        self.weight.blockSignals(True)
        self.weight.setValue(weight)
        self.weight.blockSignals(False)

    def _explanation(self, use: LoraUse, is_used: bool) -> str:
        words = ", ".join(use.info.trigger_words[:8])
        listens = self.tr("Listens to: {0}").format(words) if words else ""
        family = family_label(use.info.family)
        waits = "" if is_used else self.tr("For {0}: not used with this model.").format(family)
        return "\n".join(text for text in (str(use.info.path), waits, listens) if text)


class EmbeddingRow(QWidget):
    """One textual inversion, with the word that it adds to what a prompt can say."""

    def __init__(self, info: ModelInfo, is_used: bool, settings: EditSettings) -> None:
        super().__init__()
        words = ", ".join(f"“{word}”" for word in info.trigger_words)
        self.label = ElidedLabel(
            self.tr("Write {0}").format(words or info.name), Qt.TextElideMode.ElideMiddle
        )
        name = self.tr("Without {0}").format(info.name)
        self.remove_button = tool_button("x", name, small=True, color="dim")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(METRICS.space_xs)
        row.addWidget(self.label, 1)
        row.addWidget(self.remove_button)
        family = family_label(info.family)
        waits = "" if is_used else self.tr("For {0}: not used with this model.").format(family)
        means = self.tr("A new word for the prompt")
        self.label.setToolTip("\n".join(text for text in (str(info.path), waits or means) if text))
        if not is_used:
            set_text_role(self.label, "dim")
        self.remove_button.clicked.connect(lambda: settings.remove_embedding(info.path))


class LoraList(QWidget):
    """All of them and a button for another one. `add_requested(QWidget)` carries that button."""

    add_requested = Signal(QWidget)

    def __init__(self, settings: EditSettings) -> None:
        super().__init__()
        self._settings = settings
        self._shown: tuple[tuple[Path, bool], ...] = ()
        self.rows: list[LoraRow] = []
        self.embedding_rows: list[EmbeddingRow] = []
        self.add_button = push_button(self.tr("Add a LoRA or embedding…"), "plus", quiet=True)
        self.add_button.setToolTip(self.tr("A small file that teaches a model a style or a thing"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(METRICS.space_xs)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_button.clicked.connect(lambda: self.add_requested.emit(self.add_button))

    def show_choices(self, choices: EditChoices) -> None:
        """Show what is chosen."""
        infos = (*(use.info for use in choices.loras), *choices.embeddings)
        shown = tuple((info.path, choices.fits(info)) for info in infos)
        if shown != self._shown:
            self._shown = shown
            self._rebuild(choices)
        for row, use in zip(self.rows, choices.loras, strict=True):
            row.show_weight(use.weight)

    def _rebuild(self, choices: EditChoices) -> None:
        for row in (*self.rows, *self.embedding_rows):
            self._column.removeWidget(row)
            # It may be in the middle of its own click.
            row.hide()
            row.deleteLater()
        self.rows = [LoraRow(u, choices.fits(u.info), self._settings) for u in choices.loras]
        self.embedding_rows = [
            EmbeddingRow(info, choices.fits(info), self._settings) for info in choices.embeddings
        ]
        for place, row in enumerate((*self.rows, *self.embedding_rows)):
            self._column.insertWidget(place, row)
