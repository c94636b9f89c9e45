from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from skimage import data

from inpaint_studio.app import build_services
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.settings import Settings, folders
from inpaint_studio.ui.canvas import catching_up
from inpaint_studio.ui.studio import Studio


@pytest.fixture(autouse=True)
def _smooth_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw every frame smoothly: on a busy machine one that the view moved for would be coarse, and
    differ from the same one later."""
    monkeypatch.setattr(catching_up, "SMOOTH_LIMIT_SECONDS", 60.0)


@pytest.fixture
def studio(qtbot: QtBot) -> Iterator[Studio]:
    """The whole program: the real window, the real supervisor and worker process."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    engine = Supervisor()
    settings = Settings.load(folders().settings_file)
    program = Studio(app, build_services(settings, engine), engine)
    program.window.resize(1280, 800)
    program.start()
    qtbot.waitExposed(program.window)
    yield program
    program.shut_down()
    program.window.hide()
    program.window.deleteLater()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A real photo (512 x 512, NASA) as PNG."""
    path = tmp_path / "astronaut.png"
    Image.fromarray(np.asarray(data.astronaut())).save(path)
    return path
