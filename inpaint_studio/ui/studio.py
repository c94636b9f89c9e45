"""The running program: connects window, services and engine. Behaviour lives in those."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from inpaint_studio import __version__
from inpaint_studio.core.layer import MaskLayer, ResultLayer
from inpaint_studio.editor.background import stop_all
from inpaint_studio.editor.services import Services
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.errors import FileProblemError, InpaintStudioError
from inpaint_studio.settings import MASK_TINTED, THEME, Setting
from inpaint_studio.ui.application import Application
from inpaint_studio.ui.dialogs.ask import LeaveChoice, ask_before_leaving
from inpaint_studio.ui.expanding import Expanding
from inpaint_studio.ui.generation import Generation
from inpaint_studio.ui.live_settings import LiveSettings
from inpaint_studio.ui.main_window import MainWindow
from inpaint_studio.ui.masking import Masking
from inpaint_studio.ui.menus.edit_menu import edit_commands
from inpaint_studio.ui.menus.file_menu import file_commands
from inpaint_studio.ui.menus.help_menu import help_commands
from inpaint_studio.ui.menus.layer_menu import layer_commands
from inpaint_studio.ui.menus.mask_menu import mask_commands
from inpaint_studio.ui.menus.tool_menu import tool_commands
from inpaint_studio.ui.menus.view_menu import view_commands
from inpaint_studio.ui.panels.open_sources import open_filter, picture_from
from inpaint_studio.ui.shortcuts import ShortcutMap
from inpaint_studio.ui.theme import ThemeMode, apply_theme, prepare_theme
from inpaint_studio.ui.viewing import Viewing
from inpaint_studio.ui.widgets import MessageLevel

if TYPE_CHECKING:
    from inpaint_studio.ui.dialogs.settings_dialog import SettingsDialog

MOST_PIXELS = 500
"""The widest that a mask is grown, shrunk, feathered or smoothed at once."""
EXPORT_PATIENCE_SECONDS = 60.0
"""A picture that is being written when the window closes is written to its end."""


class Studio(QObject):
    """Services, engine, window and the connections between them."""

    def __init__(self, app: QApplication, services: Services, engine: Supervisor) -> None:
        super().__init__()
        self._app = app
        self._settings = services.settings
        self.engine = engine
        self.services = services
        prepare_theme(app, self._settings.get("theme"))
        self.window = MainWindow(self.services)
        apply_theme(app, self._settings.get("theme"))
        self._generation = Generation(services, engine, self.window)
        self.expanding = Expanding(services, self.window)
        self.viewing = Viewing(services, self.window)
        self.masking = Masking(app, services, self.window)
        self._live = LiveSettings(app, services, self.window)
        self._shortcuts = ShortcutMap(self.window.actions_table, self._settings, self.window)
        self._settings_dialog: SettingsDialog | None = None
        self._connect_engine()
        self._connect_files()
        self._connect_session()
        self._connect_view()
        self._connect_commands()
        self._refresh_actions()

    def start(self) -> None:
        """Show the window, then start the worker and look for models: nobody needs them before."""
        self.window.show()
        self.engine.start()
        self.services.library.look()
        for notice in self._settings.notices:
            self._inform(notice)

    def shut_down(self) -> None:
        """End the worker and keep the settings."""
        self.services.files.wait_for_exports(EXPORT_PATIENCE_SECONDS)
        self.services.mask_files.wait_for_exports(EXPORT_PATIENCE_SECONDS)
        stop_all()
        self.engine.shutdown()
        self._live.collect()
        # Whoever closes the window wants it closed, even if the settings can't be written.
        with suppress(FileProblemError):
            self._settings.save()

    def _connect_engine(self) -> None:
        edits, window = self.services.edits, self.window
        self._generation.refused.connect(self._inform)
        edits.noticed.connect(self._inform)
        edits.busy_changed.connect(self._on_edit_busy)
        edits.progressed.connect(window.status.show_progress)
        edits.result_arrived.connect(window.strip.show_for)
        edits.refused.connect(self._inform)
        edits.failed.connect(self._complain)
        expansions = self.services.expansions
        self.expanding.informed.connect(self._inform)
        expansions.busy_changed.connect(self._on_edit_busy)
        expansions.progressed.connect(window.status.show_progress)
        expansions.failed.connect(self._complain)

    def _connect_files(self) -> None:
        files, window = self.services.files, self.window
        files.busy_changed.connect(self._on_file_busy)
        files.progressed.connect(window.status.show_progress)
        files.noticed.connect(self._inform)
        files.failed.connect(self._complain)
        files.exported.connect(lambda path: self._inform(self.tr("Saved {0}").format(path.name)))
        self.masking.informed.connect(self._inform)
        self.masking.failed.connect(self._complain)
        window.welcome.open_requested.connect(self.open)
        window.welcome.paste_requested.connect(self.paste)
        window.welcome.sample_requested.connect(files.open_sample)
        window.welcome.path_chosen.connect(self.open_path)
        window.recent_menu.path_chosen.connect(self.open_path)
        window.welcome.mime_dropped.connect(self.open_mime)
        window.mime_dropped.connect(self.open_mime)

    def _connect_session(self) -> None:
        session = self.services.session
        session.document_replaced.connect(self._on_document_replaced)
        session.history_changed.connect(self._refresh_actions)
        session.noticed.connect(self._inform)
        session.active_layer_changed.connect(self._refresh_actions)

    def _connect_view(self) -> None:
        window = self.window
        if isinstance(self._app, Application):
            self._app.pen_left.connect(window.canvas.pen_left)
        window.canvas.zoom_changed.connect(self._show_zoom)
        window.canvas.stroke_started.connect(self._refresh_actions)
        window.canvas.stroke_ended.connect(self._refresh_actions)
        window.canvas.pointer_moved.connect(window.status.show_position)
        window.status.cancel_requested.connect(self.cancel)
        self.viewing.informed.connect(self._inform)
        self.services.layers.refused.connect(self._inform)
        self.services.toolbox.move_tool.refused.connect(self._inform)
        window.edit_bar.generate_requested.connect(self.expanding.generate)
        window.edit_bar.clear_requested.connect(self.services.masks.clear_used)
        window.strip.kept.connect(self._refresh_actions)
        window.layers_panel.layer_activated.connect(window.strip.show_for)
        window.close_requested.connect(self._on_close_requested)

    def _connect_commands(self) -> None:
        actions = self.window.actions_table
        for commands in (
            file_commands,
            edit_commands,
            layer_commands,
            mask_commands,
            view_commands,
            tool_commands,
            help_commands,
        ):
            actions.connect(commands(self))
        actions["show_mask"].setChecked(True)
        actions[f"theme_{self._settings.get('theme')}"].setChecked(True)

    def open(self) -> None:
        """Ask for a picture and open it."""
        if self._may_leave():
            folder = self._settings.get("last_open_folder")
            chosen, _ = QFileDialog.getOpenFileName(
                self.window, self.tr("Open a picture"), folder, open_filter()
            )
            if chosen:
                self._settings.set("last_open_folder", str(Path(chosen).parent))
                self.services.files.open_path(Path(chosen))

    def open_path(self, path: Path) -> None:
        """Open that picture, asking first about edits that no file holds."""
        if self._may_leave():
            self.services.files.open_path(path)

    def paste(self) -> None:
        """Open the picture on the clipboard."""
        self.open_mime(self._app.clipboard().mimeData())

    def export(self) -> None:
        """Ask where and how, then write the picture."""
        from inpaint_studio.ui.dialogs.export_dialog import ask_export

        choice = ask_export(self.window, self.services.files, self._settings)
        if choice is not None:
            self.services.files.export(*choice)

    def cancel(self) -> None:
        """Stop whatever works."""
        self.services.edits.cancel()
        self.services.expansions.cancel()
        self.services.files.cancel()

    def _on_edit_busy(self, busy: bool) -> None:
        self._show_work(busy, self.tr("Starting"))

    def _on_file_busy(self, busy: bool) -> None:
        self._show_work(busy, self.tr("Working"))

    @property
    def _is_busy(self) -> bool:
        services = self.services
        return services.edits.is_busy or services.expansions.is_busy or services.files.is_busy

    def _show_work(self, busy: bool, message: str) -> None:
        if busy:
            self.window.status.begin_work(message)
        elif not self._is_busy:
            self.window.status.end_work()
        self._refresh_actions()

    def _on_document_replaced(self) -> None:
        document = self.services.session.document
        self.window.show_editor(document is not None)
        self.window.status.show_frame(None if document is None else document.frame)
        if document is not None:
            self.window.canvas.fit()
            self._show_zoom(self.window.canvas.zoom)

    def _show_zoom(self, factor: float) -> None:
        if self.services.session.document is not None:
            self.window.status.show_zoom(factor)

    def _refresh_actions(self) -> None:
        session = self.services.session
        layer, drawing = session.active_layer, self.window.canvas.is_drawing
        present = {
            "document": session.document is not None,
            "undo": session.history.can_undo and not drawing,
            "redo": session.history.can_redo and not drawing,
            "layer": layer is not None,
            "result": isinstance(layer, ResultLayer),
            "step": isinstance(layer, ResultLayer) and layer.result.place is not None,
            "strip": not self.window.strip.isHidden(),
            "job": self._is_busy,
        }
        self.window.actions_table.enable({need for need, there in present.items() if there})
        self._show_title()

    def _show_title(self) -> None:
        document = self.services.session.document
        name = "" if document is None else f"{document.origin.name}[*] - "
        self.window.setWindowTitle(f"{name}Inpaint Studio")
        self.window.setWindowModified(self.services.session.is_modified)

    def set_theme(self, mode: ThemeMode) -> None:
        """Dress the program, and remember it."""
        self.choose(THEME, mode)

    def choose(self, setting: Setting[Any], value: Any) -> None:
        """Change a setting, and let it take effect."""
        self._settings.set(setting, value)
        self._live.apply(setting.key)

    def set_mask_tinted(self, on: bool) -> None:
        """Draw masks as tints or as outlines, and remember it."""
        self._settings.set(MASK_TINTED, on)
        self._live.apply(MASK_TINTED.key)

    def show_settings(self) -> None:
        """Open the settings beside the window, or bring them to the front."""
        self._live.collect()
        if self._settings_dialog is None:
            from inpaint_studio.ui.dialogs.settings_dialog import SettingsDialog

            dialog = SettingsDialog(self.services, self._shortcuts, self.window)
            dialog.changed.connect(self._live.apply)
            dialog.activated.connect(self._live.collect)
            self._settings_dialog = dialog
        self._settings_dialog.refresh()
        self._settings_dialog.show()
        self._settings_dialog.raise_()
        self._settings_dialog.activateWindow()

    def step_candidate(self, step: int) -> None:
        """Show the next (1) or previous (-1) candidate of the active result."""
        self.with_result(lambda layer: self.services.edits.step_candidate(layer, step))

    def with_result(self, action: Callable[[ResultLayer], object]) -> None:
        """Do something with the active layer if it is a result."""
        layer = self.services.session.active_layer
        if isinstance(layer, ResultLayer):
            action(layer)

    def with_layer(self, action: Callable[[int], object]) -> None:
        """Do something with the active layer's id, if there is one."""
        layer = self.services.session.active_layer
        if layer is not None:
            action(layer.id)

    def rename_layer(self) -> None:
        """Let the person type another name for the active layer, where it is listed."""
        hidden = self.window.actions_table["hide_panels"]
        if hidden.isChecked():
            hidden.trigger()
        self.with_layer(self.window.layers_panel.rename)

    def with_amount(self, key: str, change: Callable[[int], object], default: int) -> None:
        """Ask how much, then change the mask by it."""
        title = self.window.actions_table[key].text().rstrip("…")
        from inpaint_studio.ui.dialogs.amount_dialog import ask_amount

        amount = ask_amount(self.window, title, default, MOST_PIXELS)
        if amount is not None:
            change(amount)

    def mask_from_layer(self) -> None:
        """Mask what the active layer covers."""
        layer = self.services.session.active_layer
        if layer is not None and not isinstance(layer, MaskLayer):
            self.services.masks.from_layer(layer)
        else:
            self._inform(self.tr("Choose the layer to make a mask from in the Layers panel."))

    def open_mime(self, mime: QMimeData) -> None:
        """Open what was dropped or lies on the clipboard."""
        try:
            source = picture_from(mime)
        except InpaintStudioError as error:
            self._inform(str(error))
            return
        if isinstance(source, Path):
            self.open_path(source)
        elif self._may_leave():
            self.services.files.open_pixels(source, self.tr("Pasted picture"))

    def _may_leave(self) -> bool:
        """Whether the open document may go: it is in a file, or the person said so."""
        session = self.services.session
        if session.document is None or not session.is_modified:
            return True
        answer = ask_before_leaving(self.window, session.document.origin.name)
        if answer is LeaveChoice.export:
            self.export()
        return answer is LeaveChoice.discard

    def ask_then(self, action: Callable[[], object]) -> Callable[[], None]:
        """The action, preceded by the question about edits that no file holds."""

        def run_if_allowed() -> None:
            if self._may_leave():
                action()

        return run_if_allowed

    def _on_close_requested(self, event: QCloseEvent) -> None:
        if self._may_leave():
            self.shut_down()
            event.accept()
        else:
            event.ignore()

    def _inform(self, text: str) -> None:
        self.window.messages.show_message(MessageLevel.info, text)

    def _complain(self, text: str, details: str) -> None:
        self.window.messages.show_message(MessageLevel.problem, text, details=details)

    def show_about(self) -> None:
        """Say what this program is."""
        text = self.tr(
            "Inpaint Studio {0}\n\nPaint over what should go. Everything runs on this computer.\n"
            "Apache-2.0. Icons: Lucide (ISC). Built with Qt (LGPL) and PatchMatch (MIT)."
        )
        QMessageBox.about(self.window, self.tr("About"), text.format(__version__))
