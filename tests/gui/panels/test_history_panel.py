"""The history list, by real clicks and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.ui.panels.history_panel import HistoryPanel
from inpaint_studio.ui.theme import apply_theme
from tests.documents import noise_document

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session() -> EditorSession:
    session = EditorSession(512 << 20)
    session.open(noise_document())
    return session


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication, session: EditorSession) -> HistoryPanel:
    apply_theme(qapp, "dark")
    panel = HistoryPanel(session)
    panel.resize(240, 220)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def do_steps(session: EditorSession, count: int) -> None:
    """Hide and show the picture, over and over: steps that don't merge."""
    assert session.document is not None
    picture = next(iter(session.document.layers))
    layers = LayerController(session)
    for _ in range(count):
        layers.toggle_visible(picture.id)


def row(panel: HistoryPanel, number: int) -> QModelIndex:
    return panel.view.model().index(number, 0)


def texts(panel: HistoryPanel) -> list[str]:
    model = panel.view.model()
    return [row(panel, number).data() for number in range(model.rowCount())]


def click(panel: HistoryPanel, number: int) -> None:
    center = panel.view.visualRect(row(panel, number)).center()
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=center)


def dim_rows(panel: HistoryPanel) -> list[int]:
    count = panel.view.model().rowCount()
    role = Qt.ItemDataRole.ForegroundRole
    return [number for number in range(count) if row(panel, number).data(role) is not None]


def note(panel: HistoryPanel) -> str:
    return next(x.text() for x in panel.findChildren(QLabel) if " MB of " in x.text())


def test_starts_with_the_opened_file(panel: HistoryPanel) -> None:
    assert texts(panel) == ["Open noise.png"]
    assert panel.view.currentIndex().row() == 0
    assert note(panel) == "0 MB of 512"


def test_lists_the_steps_and_highlights_where_the_document_is(
    panel: HistoryPanel, session: EditorSession
) -> None:
    do_steps(session, 3)
    assert texts(panel) == ["Open noise.png", "Hide layer", "Show layer", "Hide layer"]
    assert panel.view.currentIndex().row() == 3
    assert note(panel) == "1 MB of 512"
    session.undo()
    assert panel.view.currentIndex().row() == 2
    assert dim_rows(panel) == [3]


def test_click_travels_there_and_back(panel: HistoryPanel, session: EditorSession) -> None:
    do_steps(session, 3)
    click(panel, 1)
    assert session.history.position == 1
    assert dim_rows(panel) == [2, 3]
    click(panel, 3)
    assert session.history.position == 3
    click(panel, 0)
    assert session.history.position == 0


def test_keys_move_and_enter_travels(panel: HistoryPanel, session: EditorSession) -> None:
    do_steps(session, 3)
    for _ in range(2):
        QTest.keyClick(panel.view, Qt.Key.Key_Up)
    assert session.history.position == 3
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert session.history.position == 1


def test_looking_without_enter_is_forgotten(
    qtbot: QtBot, panel: HistoryPanel, session: EditorSession
) -> None:
    do_steps(session, 3)
    panel.activateWindow()
    panel.view.setFocus()
    qtbot.waitUntil(panel.view.hasFocus)
    QTest.keyClick(panel.view, Qt.Key.Key_Up)
    assert panel.view.currentIndex().row() == 2
    panel.view.clearFocus()
    assert panel.view.currentIndex().row() == 3


def test_enter_is_not_taken_by_a_shortcut_of_the_window(
    qtbot: QtBot, panel: HistoryPanel, session: EditorSession
) -> None:
    kept: list[bool] = []
    action = QAction("Keep", panel)
    action.setShortcut(QKeySequence("Return"))
    action.triggered.connect(lambda: kept.append(True))
    panel.addAction(action)
    do_steps(session, 2)
    panel.activateWindow()
    panel.view.setFocus()
    qtbot.waitUntil(panel.view.hasFocus)
    QTest.keyClick(panel.view, Qt.Key.Key_Up)
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert session.history.position == 1
    assert kept == []


def test_a_new_step_gives_up_the_undone_ones(panel: HistoryPanel, session: EditorSession) -> None:
    do_steps(session, 4)
    session.travel(1)
    do_steps(session, 1)
    assert texts(panel) == ["Open noise.png", "Hide layer", "Show layer"]
    assert dim_rows(panel) == []


def test_scrolls_to_where_the_document_is(panel: HistoryPanel, session: EditorSession) -> None:
    do_steps(session, 30)
    bar = panel.view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    session.travel(0)
    assert bar.value() == 0


def test_undone_steps_say_so(panel: HistoryPanel, session: EditorSession) -> None:
    do_steps(session, 1)
    session.undo()
    assert row(panel, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Hide layer, undone"


def test_another_document_and_none(panel: HistoryPanel, session: EditorSession) -> None:
    do_steps(session, 3)
    session.open(noise_document())
    assert texts(panel) == ["Open noise.png"]
    session.open(None)
    assert texts(panel) == []
    assert not panel.view.isVisible()


def test_unchanged_rows_stay(panel: HistoryPanel, session: EditorSession) -> None:
    do_steps(session, 3)
    removed: list[object] = []
    guard = QObject()
    panel.view.model().rowsRemoved.connect(lambda *_: removed.append(guard))
    do_steps(session, 1)
    session.undo()
    assert removed == []
