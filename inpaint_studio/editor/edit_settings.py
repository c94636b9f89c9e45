"""The choices for the next edit, observable, and kept between sessions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRandomGenerator, Signal

from inpaint_studio.core.edit import EditParams, Intent
from inpaint_studio.editor.edit_choices import MAX_SEED, EditChoices, LoraUse
from inpaint_studio.editor.model_reasons import why_not_embedding, why_not_lora
from inpaint_studio.models.model_info import ModelInfo, ModelKind
from inpaint_studio.models.placements import AUTO
from inpaint_studio.models.presets import PresetName
from inpaint_studio.settings import Settings


class EditSettings(QObject):
    """Holds `choices`. Signals: `changed()`, and `refused(str)` in the user's words."""

    changed = Signal()
    refused = Signal(str)

    def __init__(self, choices: EditChoices | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices = choices or EditChoices()

    @property
    def choices(self) -> EditChoices:
        """What is chosen now."""
        return self._choices

    def change(self, **fields: Any) -> None:
        """Choose other values for fields of `EditChoices`."""
        after = replace(self._choices, **fields)
        if after.intent not in after.intents:
            after = replace(after, intent=after.intents[0])
        if after != self._choices:
            self._choices = after
            self.changed.emit()

    def choose_model(self, model: ModelInfo | None, companion: Path | None = None) -> None:
        """Edit with this model, or with patch fill. Choices that suited another model are reset.

        `companion`: where a bare transformer's text encoders and VAE are; None = near it.
        """
        before = self._choices.model
        if (before and before.path) == (model and model.path):
            self.change(model=model, companion=companion)
        else:
            none_yet = {"strength": None, "steps": None, "guidance_scale": None, "scheduler": ""}
            self.change(model=model, companion=companion, placement=AUTO, **none_yet)

    def choose_intent(self, intent: Intent) -> None:
        """Ask for something else; the strength follows what suits it."""
        self.change(intent=intent, strength=None)

    def choose_preset(self, preset: PresetName) -> None:
        """Choose how long to think. The custom one starts from what is chosen now."""
        now = self._choices
        if preset is PresetName.custom and now.preset is not PresetName.custom:
            self.set_custom()
        else:
            self.change(preset=preset)

    def set_custom(self, *, steps: int | None = None, guidance_scale: float | None = None) -> None:
        """Choose steps or guidance by hand, which makes the preset a custom one."""
        now = self._choices
        self.change(
            preset=PresetName.custom,
            steps=now.effective_steps if steps is None else steps,
            guidance_scale=(
                now.effective_guidance_scale if guidance_scale is None else guidance_scale
            ),
        )

    def add_addon(self, info: ModelInfo) -> None:
        """Use a LoRA or a textual inversion with the chosen model; says so where it is neither."""
        if info.kind is ModelKind.embedding and not info.problem:
            self.add_embedding(info)
        else:
            self.add_lora(info)

    def add_embedding(self, info: ModelInfo) -> None:
        """Teach the chosen model a word; says so where the file doesn't fit it."""
        reason = why_not_embedding(info, self._choices.model)
        if reason:
            self.refused.emit(reason)
        else:
            others = tuple(i for i in self._choices.embeddings if i.path != info.path)
            self.change(embeddings=(*others, info))

    def remove_embedding(self, path: Path) -> None:
        """Edit without that textual inversion."""
        left = tuple(info for info in self._choices.embeddings if info.path != path)
        self.change(embeddings=left)

    def add_lora(self, info: ModelInfo) -> None:
        """Use a LoRA with the chosen model; says so where it is none or belongs to another."""
        reason = why_not_lora(info, self._choices.model)
        if reason:
            self.refused.emit(reason)
        else:
            others = tuple(use for use in self._choices.loras if use.info.path != info.path)
            self.change(loras=(*others, LoraUse(info)))

    def set_lora_weight(self, path: Path, weight: float) -> None:
        """How strongly a LoRA acts."""
        loras = self._choices.loras
        weighed = (replace(use, weight=weight) if use.info.path == path else use for use in loras)
        self.change(loras=tuple(weighed))

    def remove_lora(self, path: Path) -> None:
        """Edit without that LoRA."""
        self.change(loras=tuple(use for use in self._choices.loras if use.info.path != path))

    def next_params(self) -> EditParams:
        """The edit as it is chosen now; a random seed is drawn anew each time."""
        return self._choices.params(QRandomGenerator.global_().bounded(MAX_SEED + 1))

    def restore(self, settings: Settings) -> None:
        """Take what the last session chose, but for the model, which has to be found first."""
        self.change(
            preset=PresetName(settings.get("preset")),
            steps=settings.get("custom_steps") or None,
            candidates=settings.get("candidates"),
            patch_candidates=settings.get("patch_candidates"),
            compile=settings.get("compile_models"),
        )

    def keep(self, settings: Settings) -> None:
        """Write what the next session starts with into the settings."""
        now = self._choices
        settings.set("preset", now.preset.value)
        settings.set("custom_steps", now.steps or 0)
        settings.set("candidates", now.candidates)
        settings.set("patch_candidates", now.patch_candidates)
