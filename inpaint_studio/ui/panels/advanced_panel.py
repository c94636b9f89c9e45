"""What only some people want to set: steps, guidance, scheduler, memory, LoRAs, the mask's edge."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from inpaint_studio.editor.edit_choices import MAX_STEPS, EditChoices
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.models.families import FamilyInfo
from inpaint_studio.models.placements import AUTO as PLACED_BY_SIZE
from inpaint_studio.models.placements import Placement
from inpaint_studio.models.schedulers import schedulers_for
from inpaint_studio.ui.panels.lora_list import LoraList
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import Section, ValueField, ValueRange
from inpaint_studio.ui.widgets.prompt_box import PromptBox

LABEL_WIDTH = 78
AUTO = -1
WIDEST = 256
"""px of feather, grow or blend that the sliders reach."""


class AdvancedPanel(Section):
    """Folded at first. Rows that the chosen engine doesn't know are not there."""

    def __init__(self, settings: EditSettings, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Advanced"), collapsible=True, parent=parent)
        self._settings = settings
        self._family: FamilyInfo | None = None
        self.steps = ValueField(self.tr("Steps"), ValueRange(1, MAX_STEPS))
        self.guidance = self._guidance_field(1.0, 20.0)
        self.scheduler = QComboBox()
        self.memory = QComboBox()
        self.negative = PromptBox()
        self.loras = LoraList(settings)
        self.edge = {
            "feather": self._edge_field(self.tr("Feather"), "feather"),
            "grow": self._edge_field(self.tr("Grow"), "grow"),
            "blend": self._edge_field(self.tr("Blend"), "blend"),
        }
        self.match = {
            "colour_match": self._match_field(self.tr("Colour"), "colour_match"),
            "grain_match": self._match_field(self.tr("Grain"), "grain_match"),
        }
        self._model_rows = QWidget()
        self._negative_row = QWidget()
        self._add_rows()
        self._connect()
        self._show_choices()
        self.set_expanded(False)

    def _add_rows(self) -> None:
        self.setProperty("role", "plain")
        column = self.layout()
        if column is not None:
            column.setContentsMargins(0, 0, 0, 0)
        self._build_model_rows()
        self._build_negative_row()
        self.body.setSpacing(METRICS.space_s)
        self.body.addWidget(self._model_rows)
        self._explain_edge()
        for field in (*self.edge.values(), *self.match.values()):
            self.body.addWidget(field)

    def _build_model_rows(self) -> None:
        rows = _column(self._model_rows)
        self.steps.set_label_width(LABEL_WIDTH)
        self.steps.set_tooltip(self.tr("More steps take longer and give calmer detail"))
        self.scheduler.setAccessibleName(self.tr("Scheduler"))
        self.scheduler.setToolTip(self.tr("How the noise is taken away, step by step"))
        self.memory.addItem(self.tr("What fits"), PLACED_BY_SIZE)
        for placement in Placement:
            self.memory.addItem(placement.label, placement.value)
        self.memory.setAccessibleName(self.tr("Memory"))
        self.memory.setToolTip(self.tr("Where the model lies while it computes"))
        for box in (self.scheduler, self.memory):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        rows.addWidget(self.steps)
        rows.addWidget(self.guidance)
        rows.addLayout(_labelled(self.tr("Scheduler"), self.scheduler))
        rows.addLayout(_labelled(self.tr("Memory"), self.memory))
        rows.addWidget(self._negative_row)
        rows.addWidget(self.loras)

    def _build_negative_row(self) -> None:
        rows = _column(self._negative_row)
        rows.setSpacing(METRICS.space_xs)
        label = QLabel(self.tr("Without"))
        set_text_role(label, "small")
        label.setBuddy(self.negative)
        self.negative.setAccessibleName(self.tr("Negative prompt"))
        self.negative.setToolTip(self.tr("Negative prompt: what must not appear"))
        self.negative.setPlaceholderText(self.tr("What must not appear, e.g. text, people"))
        rows.addWidget(label)
        rows.addWidget(self.negative)

    def _explain_edge(self) -> None:
        self.edge["feather"].set_tooltip(self.tr("How softly the mask fades out for the model"))
        self.edge["grow"].set_tooltip(self.tr("How far the mask reaches beyond what is painted"))
        self.edge["blend"].set_tooltip(self.tr("How softly the result passes into the picture"))
        self.match["colour_match"].set_tooltip(
            self.tr("How far the result takes on the colours around the mask")
        )
        self.match["grain_match"].set_tooltip(
            self.tr("How far it takes on their sharpness and grain; 0 for flat drawings")
        )

    def _connect(self) -> None:
        settings = self._settings
        self.steps.value_changed.connect(lambda value: settings.set_custom(steps=int(value)))
        self.scheduler.activated.connect(
            lambda index: settings.change(scheduler=self.scheduler.itemData(index))
        )
        self.memory.activated.connect(
            lambda index: settings.change(placement=self.memory.itemData(index))
        )
        self.negative.prompt_changed.connect(lambda text: settings.change(negative_prompt=text))
        settings.changed.connect(self._show_choices)

    def _edge_field(self, label: str, key: str) -> ValueField:
        field = ValueField(label, ValueRange(AUTO, WIDEST), AUTO, suffix=self.tr(" px"))
        field.set_label_width(LABEL_WIDTH)
        field.set_lowest_text(self.tr("auto"))
        field.value_changed.connect(self._edge_setter(key))
        return field

    def _edge_setter(self, key: str) -> Callable[[float], None]:
        def choose(value: float) -> None:
            self._settings.change(**{key: None if value == AUTO else int(value)})

        return choose

    def _match_field(self, label: str, key: str) -> ValueField:
        field = ValueField(label, ValueRange(0, 1, 0.05, 2), 1.0)
        field.set_label_width(LABEL_WIDTH)
        field.value_changed.connect(lambda value: self._settings.change(**{key: value}))
        return field

    def _guidance_field(self, least: float, most: float) -> ValueField:
        field = ValueField(self.tr("Guidance"), ValueRange(least, most, 0.5, 1))
        field.set_label_width(LABEL_WIDTH)
        field.set_tooltip(self.tr("How closely the prompt is followed; too much looks harsh"))
        field.value_changed.connect(lambda value: self._settings.set_custom(guidance_scale=value))
        return field

    def _show_choices(self) -> None:
        choices = self._settings.choices
        self._model_rows.setVisible(choices.model is not None)
        for key, field in self.edge.items():
            value = getattr(choices, key)
            field.set_value(AUTO if value is None else value)
        for key, field in self.match.items():
            field.setVisible(choices.model is not None)
            field.set_value(getattr(choices, key))
        if choices.family is not None:
            self._show_family(choices.family)
            self._show_model_rows(choices)

    def _show_family(self, family: FamilyInfo) -> None:
        """Another family has other schedulers and another range of guidance."""
        if family is self._family:
            return
        self._family = family
        self.scheduler.clear()
        self.scheduler.addItem(self.tr("Model's own"), "")
        for choice in schedulers_for(family.family):
            self.scheduler.addItem(choice.name, choice.name)
        rows = self._model_rows.layout()
        field = self._guidance_field(family.guidance_off, family.max_guidance_scale)
        if rows is not None:
            rows.replaceWidget(self.guidance, field)
        self.guidance.hide()
        self.guidance.deleteLater()
        self.guidance = field

    def _show_model_rows(self, choices: EditChoices) -> None:
        defaults = choices.defaults
        if defaults is not None:
            self.steps.set_default(defaults.steps)
            self.guidance.set_default(defaults.guidance_scale)
        self.steps.set_value(choices.effective_steps)
        self.guidance.set_value(choices.effective_guidance_scale)
        self.scheduler.setCurrentIndex(max(0, self.scheduler.findData(choices.scheduler)))
        self.memory.setCurrentIndex(max(0, self.memory.findData(choices.placement)))
        self._negative_row.setVisible(choices.has_negative_prompt)
        self.negative.set_prompt(choices.negative_prompt)
        self.loras.show_choices(choices)


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(METRICS.space_s)
    return column


def _labelled(text: str, widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(METRICS.space_s)
    label = QLabel(text)
    label.setFixedWidth(LABEL_WIDTH)
    label.setBuddy(widget)
    row.addWidget(label)
    row.addWidget(widget, 1)
    return row
