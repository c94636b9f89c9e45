"""The strip of candidates, by real clicks and keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import AddLayer
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import DiffusionOptions, EditParams, EditRequest, SeamReport
from inpaint_studio.core.layer import LayerProps, MaskKind, ResultLayer
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.panels.candidate_strip import TILE, CandidateStrip
from inpaint_studio.ui.panels.thumbnails import focus_of
from inpaint_studio.ui.theme import apply_theme, current
from tests.documents import made_up_result, noise_document, result_layer

LEFT = Qt.MouseButton.LeftButton
CONTEXT = Bounds(10, 10, 60, 40)


class QuietEngine(QObject):
    """Takes jobs and answers when told to."""

    job_started = Signal(int)
    job_progressed = Signal(int, float, str)
    job_previewed = Signal(int, object)
    job_finished = Signal(int, object)
    job_cancelled = Signal(int)
    job_failed = Signal(int, str, str)

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[EditRequest] = []

    def submit(self, request: EditRequest) -> int:
        self.requests.append(request)
        return len(self.requests)

    def cancel(self, job: int) -> None:
        self.job_cancelled.emit(job)


@dataclass
class Desk:
    """A strip over a canvas, and a document with one result."""

    session: EditorSession
    document: Document
    engine: QuietEngine
    result: ResultLayer
    strip: CandidateStrip
    edits: EditController
    canvas: QWidget

    def click(self, candidate: int) -> None:
        QTest.mouseClick(self.strip.tiles.button(candidate), LEFT)


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Desk:
    apply_theme(qapp, "dark")
    session = EditorSession(1 << 24)
    document = noise_document()
    session.open(document)
    result = result_layer(CONTEXT)
    session.do(AddLayer("Remove", result, 1))
    canvas = QWidget()
    canvas.resize(900, 500)
    qtbot.addWidget(canvas)
    engine = QuietEngine()
    edits = EditController(session, engine)
    strip = CandidateStrip(canvas, session, edits)
    canvas.show()
    qtbot.waitExposed(canvas)
    return Desk(session, document, engine, result, strip, edits, canvas)


def test_is_hidden_until_there_is_a_result(desk: Desk) -> None:
    assert not desk.strip.isVisible()
    assert desk.strip.layer is None
    desk.strip.show_for(desk.result.id)
    assert desk.strip.isVisible()
    assert desk.strip.layer is desk.result


def test_an_activated_result_shows_it_and_other_layers_hide_it(desk: Desk) -> None:
    desk.session.set_active_layer(desk.result.id)
    assert desk.strip.isVisible()
    desk.session.set_active_layer(desk.document.mask(MaskKind.repaint).id)
    assert not desk.strip.isVisible()


def test_other_layers_and_old_ids_are_ignored(desk: Desk) -> None:
    desk.strip.show_for(desk.document.mask(MaskKind.repaint).id)
    desk.strip.show_for(9999999)
    assert not desk.strip.isVisible()


def test_a_new_result_shows_it(desk: Desk) -> None:
    mask = desk.document.mask(MaskKind.repaint)
    mask.raster.writable(CONTEXT)[...] = 255
    desk.edits.generate()
    desk.engine.job_finished.emit(1, made_up_result(CONTEXT, candidates=2))
    assert desk.strip.isVisible()
    assert desk.strip.layer is desk.session.active_layer


def test_click_chooses(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    desk.click(2)
    assert desk.result.candidate == 2
    assert desk.strip.tiles.button(2).isChecked()
    assert desk.session.history.labels[-1] == "Choose candidate"
    desk.click(2)
    assert desk.session.history.labels.count("Choose candidate") == 1


def test_undo_moves_the_outline_back(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    desk.click(1)
    desk.session.undo()
    assert desk.strip.tiles.button(0).isChecked()
    assert desk.strip.isVisible()


def test_previous_and_next_go_round(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    QTest.mouseClick(desk.strip.previous_button, LEFT)
    assert desk.result.candidate == 2
    QTest.mouseClick(desk.strip.next_button, LEFT)
    assert desk.result.candidate == 0
    desk.strip.next()
    assert desk.result.candidate == 1


def test_arrow_keys_choose_among_the_tiles(desk: Desk, qtbot: QtBot) -> None:
    desk.strip.show_for(desk.result.id)
    first = desk.strip.tiles.button(0)
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert desk.result.candidate == 1


def test_keep_hides_the_strip_and_keeps_the_layer(desk: Desk, qtbot: QtBot) -> None:
    desk.strip.show_for(desk.result.id)
    with qtbot.waitSignal(desk.strip.kept):
        QTest.mouseClick(desk.strip.keep_button, LEFT)
    assert not desk.strip.isVisible()
    assert desk.result.id in desk.document.layers


def test_discard_deletes_the_result_and_brings_the_mask_back(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    QTest.mouseClick(desk.strip.discard_button, LEFT)
    assert desk.result.id not in desk.document.layers
    assert not desk.strip.isVisible()
    mask = desk.document.mask(MaskKind.repaint).raster
    assert np.array_equal(mask.read(CONTEXT), desk.result.result.pieces[0].mask)


def test_nothing_happens_while_hidden(desk: Desk, qtbot: QtBot) -> None:
    before = desk.session.history.labels
    with qtbot.assertNotEmitted(desk.strip.kept):
        for action in ("previous", "next", "keep", "more", "discard"):
            getattr(desk.strip, action)()
    assert desk.session.history.labels == before
    assert desk.engine.requests == []


def test_more_adds_tiles(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    QTest.mouseClick(desk.strip.more_button, LEFT)
    assert not desk.strip.more_button.isEnabled()
    desk.engine.job_finished.emit(1, made_up_result(CONTEXT, candidates=3, seed=5))
    assert desk.strip.more_button.isEnabled()
    assert desk.strip.tiles.button(5) is not None
    assert desk.strip.tiles.button(3).isChecked()
    desk.session.undo()
    assert desk.strip.tiles.button(5) is None


def test_goes_with_its_layer_and_does_not_come_back_with_redo(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    desk.session.undo()
    assert not desk.strip.isVisible()
    desk.session.redo()
    assert not desk.strip.isVisible()


def test_goes_with_its_document(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    desk.session.open(noise_document(seed=4))
    assert not desk.strip.isVisible()


def test_many_candidates_scroll_sideways(desk: Desk, qtbot: QtBot) -> None:
    many = result_layer(CONTEXT, candidates=12)
    desk.session.do(AddLayer("Remove", many, 2))
    desk.strip.show_for(many.id)
    tiles = desk.strip.tiles
    bar = tiles.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert desk.canvas.rect().contains(desk.strip.panel_geometry())
    wheel(tiles.viewport(), -120)
    assert bar.value() > 0
    bar.setValue(0)
    desk.strip.previous()
    assert many.candidate == 11
    assert bar.value() == bar.maximum()


def wheel(widget: QWidget, delta: int) -> None:
    center = QPointF(widget.rect().center())
    event = QWheelEvent(
        center,
        widget.mapToGlobal(center),
        QPoint(0, 0),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_tiles_speak_of_their_seams(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    names = [desk.strip.tiles.button(candidate).accessibleName() for candidate in range(3)]
    assert names == [
        "Candidate 1, seam 1.00: good",
        "Candidate 2, seam 1.10: good",
        "Candidate 3, seam 1.20: worth a look",
    ]
    measured = desk.strip.tiles.button(0).toolTip().splitlines()[1]
    assert measured == "Colour step 0.5 · sharpness 100 % · noise 100 %"


def test_an_edge_that_shows_can_be_mended(desk: Desk) -> None:
    desk.strip.show_for(desk.result.id)
    desk.click(2)
    assert not desk.strip.mend_button.isVisible()
    options = DiffusionOptions(Path("model"), 3)
    result = made_up_result(CONTEXT)
    (piece,) = result.pieces
    reports = tuple(SeamReport(0, seam, 0.5, 1.0) for seam in (1.0, 1.1, 1.4))
    result = replace(
        result, params=EditParams(options=options), pieces=(replace(piece, reports=reports),)
    )
    layer = ResultLayer(LayerProps("Fill"), result)
    desk.session.do(AddLayer("Fill", layer, 2))
    desk.strip.show_for(layer.id)
    assert not desk.strip.mend_button.isVisible()
    desk.click(2)
    assert desk.strip.mend_button.isVisible()
    asked: list[object] = []
    desk.edits.submitted.connect(asked.append)
    QTest.mouseClick(desk.strip.mend_button, LEFT)
    assert len(asked) == 1
    assert not desk.strip.mend_button.isEnabled()


def test_the_chosen_tile_is_outlined(desk: Desk, qtbot: QtBot) -> None:
    desk.strip.show_for(desk.result.id)
    desk.click(1)
    desk.canvas.setFocus()
    accent = QColor(current().accent)
    outlined = []
    for candidate in range(3):
        button = desk.strip.tiles.button(candidate)
        image = button.grab().toImage()
        outlined.append(image.pixelColor(button.width() // 2, 0) == accent)
    assert outlined == [False, True, False]


def test_tiles_show_what_changed_and_some_of_what_is_around_it() -> None:
    result = made_up_result(Bounds(400, 300, 200, 100))
    frame = Bounds(0, 0, 2000, 1000)
    focus = focus_of(result, frame, TILE)
    assert frame.contains(focus)
    assert focus.contains(result.bounds)
    assert focus.width / focus.height == pytest.approx(TILE.width() / TILE.height(), abs=0.02)
    assert focus_of(result, Bounds(450, 320, 60, 30), QSize(72, 52)) == Bounds(450, 320, 60, 30)
