"""Connects what has to do with engines: pill, model picker, LoRAs, pre-flight, preview, queue."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from inpaint_studio.core.edit import EditParams
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.editor.model_reasons import family_label
from inpaint_studio.editor.services import Services
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.engine.worker_client import EngineState
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.ui.dialogs.model_texts import need_text
from inpaint_studio.ui.main_window import MainWindow

MOST_LORAS_IN_MENU = 24


class Generation(QObject):
    """Signal `refused(str)`: why something is not done, in the user's words."""

    refused = Signal(str)

    def __init__(self, services: Services, engine: Supervisor, window: MainWindow) -> None:
        super().__init__(window)
        self._services = services
        self._window = window
        self._settings = services.edits.settings
        engine.engine_state_changed.connect(
            lambda state: window.engine_pill.show_state(EngineState(state))
        )
        self._connect_models()
        self._connect_jobs()
        self._show_engine()

    def _connect_models(self) -> None:
        window, library = self._window, self._services.library
        picker = window.model_picker
        window.engine_pill.clicked.connect(lambda: picker.open_below(window.engine_pill))
        picker.file_requested.connect(self._add_model_file)
        picker.folder_requested.connect(self._add_model_folder)
        picker.companion_requested.connect(self._choose_companion)
        library.refused.connect(self.refused)
        library.changed.connect(self._show_engine)
        self._settings.refused.connect(self.refused)
        self._settings.changed.connect(self._show_engine)
        window.edit_panel.advanced.loras.add_requested.connect(self._offer_loras)

    def _connect_jobs(self) -> None:
        window, edits, preflight = self._window, self._services.edits, self._services.preflight
        edits.submitted.connect(self._remember_prompt)
        edits.result_arrived.connect(self._learn_pace)
        edits.previewed.connect(window.canvas.set_preview)
        edits.preview_ended.connect(window.canvas.clear_preview)
        edits.jobs_changed.connect(lambda: window.status.show_waiting(max(0, len(edits.jobs) - 1)))
        window.status.queue_requested.connect(
            lambda: window.queue_popup.open_above(window.status.queue_button)
        )
        preflight.changed.connect(self._show_flight)
        self._services.expand_preflight.changed.connect(self._show_flight)
        edits.busy_changed.connect(self._show_flight)

    def _show_engine(self) -> None:
        model = self._settings.choices.model
        if model is None:
            self._window.engine_pill.show_engine()
        else:
            need = need_text(model, self._services.library.machine)
            self._window.engine_pill.show_engine(model.name, need)

    def _show_flight(self) -> None:
        flight = self._services.preflight.flight
        expands = self._services.expand_preflight.applies
        if flight is None or expands or self._services.edits.is_busy:
            self._window.canvas.set_preflight(None)
        else:
            self._window.canvas.set_preflight(flight.bounds, flight.label)

    def _remember_prompt(self, params: EditParams) -> None:
        self._services.prompts.remember(params.prompt)

    def _learn_pace(self, layer_id: int) -> None:
        document = self._services.session.document
        layer = document.layers.find(layer_id) if document is not None else None
        if isinstance(layer, ResultLayer):
            self._services.preflight.pace.learn(layer.result)

    def _add_model_file(self) -> None:
        self._window.model_picker.close()
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Add a model file"),
            "",
            self.tr("Models (*.safetensors *.sft *.gguf);;All files (*)"),
        )
        if chosen:
            self._services.library.add(Path(chosen))

    def _add_model_folder(self) -> None:
        self._window.model_picker.close()
        title = self.tr("Add a model's folder, or a folder with models")
        chosen = QFileDialog.getExistingDirectory(self._window, title)
        if chosen:
            self._services.library.add(Path(chosen))

    def _choose_companion(self, model: ModelInfo) -> None:
        self._window.model_picker.close()
        title = self.tr("Choose the complete folder of {0}").format(family_label(model.family))
        chosen = QFileDialog.getExistingDirectory(self._window, title, str(model.path.parent))
        if chosen:
            self._services.library.lend(model, Path(chosen))

    def _offer_loras(self, button: QWidget) -> None:
        """A menu of the add-ons that fit the model, and a file for others; the file if none do."""
        choices = self._settings.choices
        used = {info.path for info in (*choices.embeddings, *(use.info for use in choices.loras))}
        found = self._services.library.addons
        fitting = [addon for addon in found if choices.fits(addon) and addon.path not in used]
        if not fitting:
            self._add_lora_file()
            return
        menu = QMenu(button)
        for addon in fitting[:MOST_LORAS_IN_MENU]:
            menu.addAction(addon.name).triggered.connect(partial(self._settings.add_addon, addon))
        menu.addSeparator()
        menu.addAction(self.tr("From a file…")).triggered.connect(self._add_lora_file)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _add_lora_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Add a LoRA or an embedding"),
            "",
            self.tr("LoRAs and embeddings (*.safetensors);;All files (*)"),
        )
        if chosen:
            self._services.library.add_addon(Path(chosen))
