"""Wiring: builds settings, services, engine and window, and runs them."""

from __future__ import annotations

import argparse
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from inpaint_studio import __version__
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.file_controller import FileController
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.services import Services
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.settings import Settings, folders
from inpaint_studio.ui.demo import run_demo
from inpaint_studio.ui.icons import app_icon
from inpaint_studio.ui.studio import Studio


def build_services(settings: Settings, engine: Supervisor) -> Services:
    """The editor without its widgets."""
    session = EditorSession(settings.get("history_budget_mib") << 20)
    toolbox = ToolBox(session)
    toolbox.set_brush(
        size=settings.get("brush_size"),
        hardness=settings.get("brush_hardness"),
        opacity=settings.get("brush_opacity"),
        pressure_to_size=settings.get("pressure_to_size"),
        pressure_to_opacity=settings.get("pressure_to_opacity"),
    )
    recent = RecentFiles(folders().state)
    return Services(
        settings,
        recent,
        session,
        toolbox,
        EditController(session, engine),
        MaskController(session, toolbox),
        LayerController(session),
        FileController(session, recent, settings),
    )


def run(arguments: list[str]) -> int:
    """Start the program and return its exit code."""
    options, qt_arguments = _parser().parse_known_args(arguments[1:])
    app = QApplication([arguments[0], *qt_arguments])
    # Every report of a fast pen counts; the canvas repaints at most once a frame anyway.
    app.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    app.setApplicationName("Inpaint Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("inpaint-studio")
    app.setWindowIcon(app_icon())
    settings = Settings.load(folders().settings_file)
    engine = Supervisor()
    studio = Studio(app, build_services(settings, engine), engine)
    studio.start()
    if options.demo is not None:
        return run_demo(studio, options.demo, options.photo)
    if options.photo is not None:
        studio.open_path(options.photo)
    return app.exec()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="inpaint-studio", description="Edit a photo.")
    parser.add_argument("photo", nargs="?", type=Path)
    parser.add_argument("--demo", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    return parser
