"""How the next edit is made: preset, strength, candidates, seed, and the rest folded away."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from inpaint_studio.core.edit import EditParams, PatchFillOptions
from inpaint_studio.editor.edit_choices import MAX_CANDIDATES, MAX_SEED
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.models.presets import PRESETS, PresetName
from inpaint_studio.ui.icons import icon
from inpaint_studio.ui.panels.advanced_panel import AdvancedPanel
from inpaint_studio.ui.panels.strength_words import strength_words
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import Section, ValueField, ValueRange, tool_button
from inpaint_studio.ui.widgets.number_field import NumberField
from inpaint_studio.ui.widgets.section import caps_font

LABEL_WIDTH = 78
RANDOM = -1


class EditPanel(Section):
    """Shows what the chosen engine can be told; what it doesn't know is not there."""

    def __init__(self, edits: EditController, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Edit"), parent=parent)
        self._settings = edits.settings
        self._last_seed = 0
        self.preset = PresetButton()
        self.strength = ValueField(self.tr("Strength"), ValueRange(0, 1, 0.05, 2), 1.0)
        self.strength_words = QLabel(wordWrap=True)
        self.candidates = ValueField(self.tr("Candidates"), ValueRange(1, MAX_CANDIDATES), 2)
        most = len(PatchFillOptions().radii)
        self.patch_candidates = ValueField(self.tr("Candidates"), ValueRange(1, most), most)
        self.seed = NumberField(ValueRange(RANDOM, MAX_SEED))
        self.lock = tool_button(
            "lock-open", self.tr("Keep the seed of the last edit"), checkable=True, small=True
        )
        self.advanced = AdvancedPanel(self._settings)
        self._patch_words = QLabel(
            self.tr("Copies texture from nearby. It can't invent faces or things it doesn't see."),
            wordWrap=True,
        )
        self._add_rows()
        self._connect()
        edits.submitted.connect(self._on_submitted)
        self._show_choices()

    def _add_rows(self) -> None:
        self.add_corner_widget(self.preset)
        rows = QVBoxLayout()
        rows.setSpacing(METRICS.space_s)
        for field in (self.strength, self.candidates, self.patch_candidates):
            field.set_label_width(LABEL_WIDTH)
        self.patch_candidates.set_tooltip(
            self.tr("How many variants to make. Small patches keep detail, large ones structure.")
        )
        self.candidates.set_tooltip(self.tr("How many variants to make, each with its own seed"))
        self.strength.set_tooltip(self.tr("How far the result may be from what is there now"))
        for label in (self.strength_words, self._patch_words):
            set_text_role(label, "small")
        for widget in (self.strength, self.strength_words, self.candidates, self.patch_candidates):
            rows.addWidget(widget)
        rows.addLayout(self._seed_row())
        rows.addWidget(self._patch_words)
        rows.addWidget(self.advanced)
        self.body.addLayout(rows)

    def _connect(self) -> None:
        change = self._settings.change
        self.preset.chosen_action.connect(self._on_preset_chosen)
        self.strength.value_changed.connect(lambda value: change(strength=value))
        self.candidates.value_changed.connect(lambda value: change(candidates=int(value)))
        self.patch_candidates.value_changed.connect(
            lambda value: change(patch_candidates=int(value))
        )
        self.seed.valueChanged.connect(self._on_seed_typed)
        self.seed.reset_requested.connect(lambda: change(seed=None))
        self.lock.clicked.connect(self._on_lock_clicked)
        self._settings.changed.connect(self._show_choices)

    def _seed_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(METRICS.space_s)
        label = QLabel(self.tr("Seed"))
        label.setFixedWidth(LABEL_WIDTH)
        label.setBuddy(self.seed)
        self.seed.setSpecialValueText(self.tr("random"))
        self.seed.setAccessibleName(self.tr("Seed"))
        self.seed.setToolTip(
            self.tr("The same seed gives the same picture. Double-click for a random one.")
        )
        for widget in (label, self.seed, self.lock):
            row.addWidget(widget)
        row.addStretch()
        return row

    def _on_preset_chosen(self, action: QAction) -> None:
        self._settings.choose_preset(PresetName(action.data()))

    def _on_submitted(self, params: EditParams) -> None:
        self._last_seed = params.seed

    def _on_seed_typed(self, value: float) -> None:
        self._settings.change(seed=None if value == RANDOM else int(value))

    def _on_lock_clicked(self, locked: bool) -> None:
        self._settings.change(seed=self._last_seed if locked else None)

    def _show_choices(self) -> None:
        choices = self._settings.choices
        family = choices.family
        self.set_note("" if family else self.tr("Patch fill"))
        self.preset.setVisible(family is not None)
        self.preset.show_preset(choices.preset)
        for widget in (self.strength, self.strength_words):
            widget.setVisible(family is not None and family.has_strength)
        self.strength.set_default(choices.suggested_strength)
        self.strength.set_value(choices.effective_strength)
        self.strength_words.setText(strength_words(choices.effective_strength))
        self.candidates.setVisible(family is not None)
        self.candidates.set_value(choices.candidates)
        self.patch_candidates.setVisible(family is None)
        self.patch_candidates.set_value(choices.patch_candidates)
        self._patch_words.setVisible(family is None)
        self._show_seed(choices.seed)

    def _show_seed(self, seed: int | None) -> None:
        self.seed.blockSignals(True)
        self.seed.setValue(RANDOM if seed is None else seed)
        self.seed.blockSignals(False)
        self.lock.setChecked(seed is not None)
        self.lock.setIcon(icon("lock-open" if seed is None else "lock"))


class PresetButton(QToolButton):
    """The name of the preset with a menu of all. `chosen_action` carries the action clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "menu-head")
        self.setFont(caps_font(self.font()))
        self.setAccessibleName(self.tr("Preset"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._group = QActionGroup(self)
        self.actions_by_preset: dict[PresetName, QAction] = {}
        for preset in PRESETS.values():
            action = self._menu.addAction(preset.label)
            action.setToolTip(preset.help)
            action.setData(preset.name.value)
            action.setCheckable(True)
            self._group.addAction(action)
            self.actions_by_preset[preset.name] = action
        self.setMenu(self._menu)
        self.chosen_action = self._group.triggered

    def show_preset(self, name: PresetName) -> None:
        """Show which one is chosen."""
        self.setText(f"{PRESETS[name].label} ▾")
        self.setToolTip(PRESETS[name].help)
        self.actions_by_preset[name].setChecked(True)
