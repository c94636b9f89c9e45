"""The list of jobs, by real clicks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.panels.queue_popup import QueuePopup
from inpaint_studio.ui.panels.status_line import StatusLine
from inpaint_studio.ui.theme import apply_theme
from tests.documents import noise_document
from tests.fake_engine import FakeEngine

LEFT = Qt.MouseButton.LeftButton


@dataclass
class Desk:
    """Three jobs in the queue."""

    engine: FakeEngine
    edits: EditController
    popup: QueuePopup
    anchor: QLabel


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Desk:
    apply_theme(qapp, "dark")
    session, engine = EditorSession(1 << 30), FakeEngine()
    edits = EditController(session, engine)
    document = noise_document()
    session.open(document)
    mask = document.mask(MaskKind.repaint)
    anchor = QLabel("anchor")
    qtbot.addWidget(anchor)
    anchor.show()
    popup = QueuePopup(edits, anchor)
    for x in (10, 40, 70):
        bounds = Bounds(x, 10, 8, 8)
        patch = MaskPatch.replacing(mask.raster, bounds, np.full((8, 8), 255, np.uint8))
        session.do(PaintMask("Paint mask", mask.id, patch))
        edits.generate()
    engine.job_started.emit(1)
    popup.open_above(anchor)
    return Desk(engine, edits, popup, anchor)


def test_each_job_can_be_cancelled(desk: Desk) -> None:
    assert list(desk.popup.rows) == [1, -1, -2]
    QTest.mouseClick(desk.popup.rows[-1].cancel_button, LEFT)
    assert list(desk.popup.rows) == [1, -2]
    QTest.mouseClick(desk.popup.cancel_all_button, LEFT)
    assert desk.engine.cancelled == [1]
    assert list(desk.popup.rows) == [1]


def test_it_follows_the_work_and_closes_after_the_last(desk: Desk) -> None:
    desk.engine.job_progressed.emit(1, 0.25, "Generating")
    texts = [label.text() for label in desk.popup.rows[-1].findChildren(QLabel)]
    assert "waiting" in texts
    for job in (1, 2, 3):
        desk.engine.finish(job)
    assert not desk.popup.isVisible()


def test_the_status_line_counts_what_waits(qtbot: QtBot) -> None:
    status = StatusLine()
    qtbot.addWidget(status)
    status.show()
    assert not status.queue_button.isVisible()
    status.show_waiting(2)
    assert status.queue_button.text() == "2 waiting ▴"
    with qtbot.waitSignal(status.queue_requested):
        QTest.mouseClick(status.queue_button, LEFT)
    status.show_waiting(0)
    assert not status.queue_button.isVisible()
