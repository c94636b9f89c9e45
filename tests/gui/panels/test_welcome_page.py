"""The welcome page: buttons, drops and the cards of recent pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QLocale, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.editor import background
from inpaint_studio.editor.background import stop_all
from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.ui.panels.recent_cards import RecentCard, day_text
from inpaint_studio.ui.panels.welcome_page import WelcomePage
from inpaint_studio.ui.theme import DARK, apply_theme

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def recent(tmp_path: Path) -> RecentFiles:
    return RecentFiles(tmp_path / "state")


@pytest.fixture
def page(
    qtbot: QtBot, qapp: QApplication, recent: RecentFiles, tmp_path: Path
) -> Iterator[WelcomePage]:
    apply_theme(qapp, "dark")
    result = WelcomePage(recent, tmp_path / "cache")
    qtbot.addWidget(result)
    result.resize(900, 600)
    yield result
    stop_all()
    qtbot.waitUntil(lambda: not background._running)


def add_pictures(recent: RecentFiles, folder: Path, count: int) -> list[Path]:
    """Red pictures, the newest first."""
    paths = []
    for index in range(count):
        path = folder / f"{index}.png"
        Image.new("RGB", (40, 30), (200, 0, 0)).save(path)
        recent.add(path, datetime.now(UTC) - timedelta(days=count - index))
        paths.insert(0, path)
    return paths


def show(page: WelcomePage, qtbot: QtBot) -> list[RecentCard]:
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    return page.cards


def url_mime() -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl("file:///a.png")])
    return mime


def drag_enters(page: WelcomePage, mime: QMimeData) -> bool:
    """Whether the page takes the drag."""
    event = QDragEnterEvent(
        QPoint(50, 50), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(page, event)
    return event.isAccepted()


@pytest.mark.parametrize("name", ["open", "paste", "sample"])
def test_each_button_asks_for_its_way(page: WelcomePage, qtbot: QtBot, name: str) -> None:
    show(page, qtbot)
    with qtbot.waitSignal(getattr(page, f"{name}_requested")):
        qtbot.mouseClick(getattr(page, f"{name}_button"), LEFT)


def test_an_empty_list_shows_nothing(page: WelcomePage, qtbot: QtBot) -> None:
    assert show(page, qtbot) == []


def test_at_most_six_cards_the_newest_first(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path
) -> None:
    paths = add_pictures(recent, tmp_path, 8)
    cards = show(page, qtbot)
    assert [card.path for card in cards] == paths[:6]
    assert cards[3].y() > cards[0].y()
    assert cards[3].x() == cards[0].x()


def test_a_click_chooses_the_picture(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path
) -> None:
    paths = add_pictures(recent, tmp_path, 2)
    cards = show(page, qtbot)
    with qtbot.waitSignal(page.path_chosen) as chosen:
        qtbot.mouseClick(cards[1], LEFT)
    assert chosen.args == [paths[1]]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_keyboard_chooses_too(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path, key: Qt.Key
) -> None:
    add_pictures(recent, tmp_path, 1)
    [card] = show(page, qtbot)
    page.sample_button.setFocus()
    qtbot.keyClick(page.sample_button, Qt.Key.Key_Tab)
    assert card.hasFocus()
    with qtbot.waitSignal(page.path_chosen):
        qtbot.keyClick(card, key)


def test_the_thumbnail_arrives_and_is_drawn(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path
) -> None:
    add_pictures(recent, tmp_path, 1)
    [card] = show(page, qtbot)
    qtbot.waitUntil(lambda: card.has_thumbnail)
    assert card.grab().toImage().pixelColor(100, 20) == QColor(200, 0, 0)


def test_a_damaged_picture_keeps_its_placeholder(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path
) -> None:
    (tmp_path / "bad.png").write_bytes(b"bad")
    recent.add(tmp_path / "bad.png")
    [card] = show(page, qtbot)
    qtbot.waitUntil(lambda: not background._running)
    assert not card.has_thumbnail
    assert card.grab().toImage().pixelColor(20, 20) == QColor(DARK.raised)


def test_the_menu_removes_a_card(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path
) -> None:
    paths = add_pictures(recent, tmp_path, 2)
    cards = show(page, qtbot)
    actions = {action.text(): action for action in cards[0].menu().actions()}
    actions["Remove from list"].trigger()
    assert [card.path for card in page.cards] == paths[1:]
    assert [entry.path for entry in recent.entries()] == paths[1:]


def test_delete_removes_and_the_focus_goes_on(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path
) -> None:
    add_pictures(recent, tmp_path, 2)
    cards = show(page, qtbot)
    cards[0].setFocus()
    qtbot.keyClick(cards[0], Qt.Key.Key_Delete)
    assert page.cards[0].hasFocus()
    qtbot.keyClick(page.cards[0], Qt.Key.Key_Delete)
    assert page.cards == []
    assert page.open_button.hasFocus()


def test_the_list_is_read_anew_when_the_page_comes_back(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path
) -> None:
    show(page, qtbot)
    page.hide()
    add_pictures(recent, tmp_path, 1)
    page.show()
    assert len(page.cards) == 1


def test_a_closed_page_drops_its_thumbnails(
    page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path
) -> None:
    add_pictures(recent, tmp_path, 6)
    show(page, qtbot)
    page.refresh()
    page.hide()
    qtbot.waitUntil(lambda: not background._running)


def test_a_drag_lights_the_zone_until_it_leaves(page: WelcomePage, qtbot: QtBot) -> None:
    show(page, qtbot)
    calm = frame_color(page)
    assert drag_enters(page, url_mime())
    assert frame_color(page) != calm
    QApplication.sendEvent(page, QDragLeaveEvent())
    assert frame_color(page) == calm


def test_text_does_not_light_the_zone(page: WelcomePage, qtbot: QtBot) -> None:
    show(page, qtbot)
    mime = QMimeData()
    mime.setText("hello")
    assert not drag_enters(page, mime)


def test_a_drop_is_passed_on(page: WelcomePage, qtbot: QtBot) -> None:
    show(page, qtbot)
    got: list[list[QUrl]] = []
    page.mime_dropped.connect(lambda mime: got.append(mime.urls()))
    mime = url_mime()
    assert drag_enters(page, mime)
    drop = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        mime,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    QApplication.sendEvent(page, drop)
    assert got == [mime.urls()]


def frame_color(page: WelcomePage) -> QColor:
    """Just inside the zone's left edge, where nothing else is drawn."""
    zone = page.open_button.parentWidget()
    assert isinstance(zone, QWidget)
    place = zone.mapTo(page, QPoint(12, zone.height() // 2))
    return page.grab().toImage().pixelColor(place)


@pytest.mark.parametrize(
    ("used", "text"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 23), "today"),
        (date(2026, 11, 21), "yesterday"),
        (date(2026, 11, 16), "Monday"),
        (date(2026, 11, 15), "15 Nov"),
        (date(2025, 11, 22), "22 Nov 2025"),
    ],
)
def test_days_are_told_as_people_say_them(used: date, text: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English))
    try:
        assert day_text(used, date(2026, 11, 22)) == text
    finally:
        QLocale.setDefault(before)


def test_cards_speak(page: WelcomePage, qtbot: QtBot, recent: RecentFiles, tmp_path: Path) -> None:
    add_pictures(recent, tmp_path, 1)
    [card] = show(page, qtbot)
    assert card.accessibleName() == "0.png, yesterday"
    assert card.toolTip() == str(tmp_path / "0.png")
