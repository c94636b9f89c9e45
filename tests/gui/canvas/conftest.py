from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.ui.canvas.canvas_view import CanvasView
from tests.documents import noise_document
from tests.gui.canvas.bench import Bench

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    session = EditorSession(10 * 2**20)
    toolbox = ToolBox(session)
    canvas = CanvasView(session, toolbox)
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    qtbot.waitExposed(canvas)
    bench = Bench(session, toolbox, canvas)
    bench.open(noise_document(200, 150))
    bench.leave()
    toolbox.set_brush(size=20, hardness=1.0)
    yield bench
    canvas.close()
