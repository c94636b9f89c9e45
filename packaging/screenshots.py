"""Takes the pictures of the window: welcome, masked and filled, dark and light.

Usage: python packaging/screenshots.py FOLDER. QT_SCALE_FACTOR=1.5 takes them at 150 %.
`packaging/screenshot.png` of the README is FOLDER/filled-dark.png, made by this script.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from inpaint_studio.app import build_services
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.resources import resource
from inpaint_studio.settings import Settings
from inpaint_studio.ui.demo import SAMPLE, Demo
from inpaint_studio.ui.studio import Studio
from inpaint_studio.ui.theme import ThemeMode

THEMES: tuple[ThemeMode, ...] = ("dark", "light")


def take(app: QApplication, theme: ThemeMode, folder: Path) -> None:
    """The three pictures of one theme."""
    engine = Supervisor()
    settings = Settings()
    settings.set("theme", theme)
    studio = Studio(app, build_services(settings, engine), engine)
    studio.services.recent.add(resource(*SAMPLE))
    studio.start()
    demo = Demo(studio, folder)
    studio.window.welcome.refresh()
    demo.wait_until(lambda: all(card.has_thumbnail for card in studio.window.welcome.cards))
    demo.screenshot(f"welcome-{theme}.png")
    document = demo.open(None)
    demo.paint(demo.mask_of(document, None))
    demo.screenshot(f"masked-{theme}.png")
    demo.remove()
    demo.screenshot(f"filled-{theme}.png")
    studio.shut_down()
    studio.window.hide()
    studio.window.deleteLater()


def main(folder: Path) -> None:
    """Take all pictures, with settings and state of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        for name in ("CONFIG", "STATE", "CACHE"):
            os.environ[f"XDG_{name}_HOME"] = home
        app = QApplication(["screenshots"])
        for theme in THEMES:
            take(app, theme, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
