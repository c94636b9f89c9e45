"""Wiring: builds settings, services, engine and window, and runs them."""

from __future__ import annotations

import argparse
import gc
from pathlib import Path

from inpaint_studio import __version__
from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.brush_memory import restore_brush
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.expand_controller import ExpandController
from inpaint_studio.editor.expand_preflight import ExpandPreflight
from inpaint_studio.editor.file_controller import FileController
from inpaint_studio.editor.frame_controller import FrameController
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.mask_files import MaskFiles
from inpaint_studio.editor.model_library import ModelLibrary
from inpaint_studio.editor.preflight import Preflight
from inpaint_studio.editor.prompt_history import PromptHistory
from inpaint_studio.editor.services import Services
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.files.blob_folder import BlobFolder, remove_stale_folders
from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.settings import Settings, folders
from inpaint_studio.ui.application import Application
from inpaint_studio.ui.icons import app_icon
from inpaint_studio.ui.studio import Studio


def build_services(settings: Settings, engine: Supervisor) -> Services:
    """The editor without its widgets."""
    session = EditorSession(
        settings.get("history_budget_mib") << 20,
        store=BlobFolder(_history_folder()),
        disk_budget_bytes=settings.get("history_disk_budget_mib") << 20,
    )
    toolbox = ToolBox(session)
    restore_brush(toolbox, settings)
    recent = RecentFiles(folders().state)
    edit_settings = EditSettings()
    edit_settings.restore(settings)
    edits = EditController(session, engine, edit_settings)
    library = ModelLibrary(settings, edit_settings)
    preflight = Preflight(session, edit_settings)
    expansions = ExpandController(session, engine)
    masks = MaskController(session, toolbox)
    return Services(
        settings,
        recent,
        session,
        toolbox,
        edits,
        masks,
        MaskFiles(session, masks),
        LayerController(session),
        FileController(session, recent, settings),
        library,
        PromptHistory(folders().state),
        preflight,
        FrameController(session),
        expansions,
        ExpandPreflight(session, edit_settings, expansions, library, preflight.pace, settings),
    )


def run(arguments: list[str]) -> int:
    """Start the program and return its exit code."""
    options, qt_arguments = _parser().parse_known_args(arguments[1:])
    app = Application([arguments[0], *qt_arguments])
    app.setApplicationName("Inpaint Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("inpaint-studio")
    app.setWindowIcon(app_icon())
    settings = Settings.load(folders().settings_file)
    engine = Supervisor()
    studio = Studio(app, build_services(settings, engine), engine)
    if options.demo is None:
        # The demo's pictures are of the window's own size.
        studio.window.fit_screen()
    studio.start()
    BackgroundTask(lambda _report, _cancelled: remove_stale_folders(_history_folder())).start()
    # All of this stays to the end: no collection needs to look at it again.
    gc.freeze()
    gc.enable()
    if options.demo is not None:
        from inpaint_studio.ui.demo import run_demo

        return run_demo(studio, options.demo, options.photo)
    if options.photo is not None:
        studio.open_path(options.photo)
    return app.exec()


def _history_folder() -> Path:
    return folders().state / "history"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="inpaint-studio", description="Edit a photo.")
    parser.add_argument("photo", nargs="?", type=Path)
    parser.add_argument("--demo", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    return parser
