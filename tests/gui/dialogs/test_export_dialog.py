"""The export dialog: formats, endings, warnings and what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QColorDialog, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from inpaint_studio.editor.file_controller import ExportSubject, FileController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.files.export import ExportFormat
from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.settings import EXPORT_FOLDER, EXPORT_FORMAT, EXPORT_QUALITY, Settings
from inpaint_studio.ui.dialogs.export_dialog import ExportDialog, ask_export
from inpaint_studio.ui.theme import apply_theme
from tests.documents import noise_document

LEFT = Qt.MouseButton.LeftButton
Make = Callable[..., ExportDialog]


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def make(qtbot: QtBot, qapp: QApplication, tmp_path: Path, settings: Settings) -> Make:
    apply_theme(qapp, "dark")
    subject = ExportSubject(tmp_path / "photo-edited.jpg", (1600, 900), False, True)

    def make(**changes: object) -> ExportDialog:
        wanted = replace(subject, **changes)  # pyright: ignore[reportArgumentType]
        dialog = ExportDialog(wanted, lambda path: path == tmp_path / "photo.jpg", settings)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def choose(dialog: ExportDialog, qtbot: QtBot, chosen: ExportFormat) -> None:
    """Choose a format with the keyboard, as a person would."""
    box = dialog.format_box
    steps = box.findData(chosen) - box.currentIndex()
    key = Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up
    for _ in range(abs(steps)):
        qtbot.keyClick(box, key)
    assert box.currentData() is chosen


def type_name(dialog: ExportDialog, qtbot: QtBot, name: str) -> None:
    dialog.name.selectAll()
    qtbot.keyClicks(dialog.name, name) if name else qtbot.keyClick(dialog.name, Qt.Key.Key_Delete)


def test_enter_accepts_the_suggestion(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = make()
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.path() == tmp_path / "photo-edited.jpg"
    assert dialog.options().format is ExportFormat.jpeg
    assert dialog.options().keep_metadata


def test_cancel_and_escape_reject(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    qtbot.mouseClick(dialog.cancel_button, LEFT)
    assert dialog.isHidden()
    dialog.show()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_typing_replaces_the_stem_and_keeps_the_ending(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    qtbot.keyClicks(dialog.name, "mine")
    assert dialog.name.text() == "mine.jpg"


@pytest.mark.parametrize("chosen", list(ExportFormat))
def test_the_format_changes_the_ending(
    make: Make, qtbot: QtBot, tmp_path: Path, chosen: ExportFormat
) -> None:
    dialog = make()
    choose(dialog, qtbot, chosen)
    assert dialog.path() == tmp_path / f"photo-edited{chosen.suffixes[0]}"
    assert dialog.options().format is chosen
    assert dialog.quality.isVisible() == chosen.has_quality
    assert dialog.lossless.isVisible() == (chosen is ExportFormat.webp)


@pytest.mark.parametrize(
    ("typed", "chosen", "written"),
    [
        ("a.webp", ExportFormat.webp, "a.webp"),
        ("a.JPEG", ExportFormat.jpeg, "a.JPEG"),
        ("a", ExportFormat.jpeg, "a.jpg"),
        ("a.b", ExportFormat.jpeg, "a.b.jpg"),
        ("a.tif", ExportFormat.tiff, "a.tif"),
    ],
)
def test_a_typed_ending_chooses_the_format(
    make: Make, qtbot: QtBot, tmp_path: Path, typed: str, chosen: ExportFormat, written: str
) -> None:
    dialog = make()
    type_name(dialog, qtbot, typed)
    assert dialog.options().format is chosen
    assert dialog.path() == tmp_path / written


def test_lossless_needs_no_quality(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = make(suggested=tmp_path / "a.webp")
    qtbot.keyClick(dialog.lossless, Qt.Key.Key_Space)
    assert dialog.options().lossless
    assert not dialog.quality.isVisible()
    choose(dialog, qtbot, ExportFormat.png)
    assert not dialog.options().lossless


def test_only_a_transparent_picture_in_jpeg_asks_for_a_background(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not make().matte_button.isVisible()
    dialog = make(may_be_transparent=True)
    assert dialog.matte_button.isVisible()
    assert dialog.options().matte == (255, 255, 255)
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor(1, 2, 3))
    qtbot.mouseClick(dialog.matte_button, LEFT)
    assert dialog.options().matte == (1, 2, 3)
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor())
    qtbot.mouseClick(dialog.matte_button, LEFT)
    assert dialog.options().matte == (1, 2, 3)
    choose(dialog, qtbot, ExportFormat.png)
    assert not dialog.matte_button.isVisible()


def test_camera_data_and_place_can_be_left_out(make: Make, qtbot: QtBot) -> None:
    dialog = make()
    qtbot.keyClick(dialog.keep_location, Qt.Key.Key_Space)
    assert not dialog.options().keep_location
    assert dialog.options().keep_metadata
    qtbot.keyClick(dialog.keep_metadata, Qt.Key.Key_Space)
    assert not dialog.options().keep_metadata
    assert not dialog.keep_location.isEnabled()


def test_a_picture_without_camera_data_does_not_offer_it(make: Make) -> None:
    dialog = make(has_camera_data=False)
    assert not dialog.keep_metadata.isVisible()
    assert not dialog.keep_location.isVisible()


def test_the_size_is_told(make: Make) -> None:
    assert make().size_label.text() == "1600 × 900 px"


def test_an_existing_file_is_warned_of(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "there.jpg").touch()
    dialog = make()
    assert not dialog.warning.isVisible()
    type_name(dialog, qtbot, "there.jpg")
    assert dialog.warning.text().startswith("There is a file of that name already.")
    assert dialog.warning.isVisible()
    assert dialog.export_button.text() == "Replace"
    qtbot.mouseClick(dialog.export_button, LEFT)
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_the_original_needs_a_tick(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    dialog = make()
    type_name(dialog, qtbot, "photo.jpg")
    assert dialog.warning.text() == "This is the picture you opened. Replace it?"
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert dialog.isVisible()
    qtbot.keyClick(dialog.replace_original, Qt.Key.Key_Space)
    qtbot.mouseClick(dialog.export_button, LEFT)
    assert dialog.result() == QDialog.DialogCode.Accepted


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the file a name."),
        ("a/b.jpg", "The name can't hold slashes."),
        ("folder.jpg", "There is a folder of that name."),
    ],
)
def test_what_can_not_be_written_is_told_at_once(
    make: Make, qtbot: QtBot, tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "folder.jpg").mkdir()
    dialog = make()
    type_name(dialog, qtbot, name)
    assert dialog.warning.text().startswith(words)
    assert not dialog.export_button.isEnabled()
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_too_large_for_the_format(make: Make, qtbot: QtBot) -> None:
    dialog = make(size=(20000, 100))
    choose(dialog, qtbot, ExportFormat.webp)
    assert "too many for" in dialog.warning.text()
    choose(dialog, qtbot, ExportFormat.tiff)
    assert dialog.export_button.isEnabled()


def test_browse_changes_the_folder(
    make: Make, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    answers = iter([str(tmp_path / "sub"), ""])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(answers))
    dialog = make()
    qtbot.mouseClick(dialog.browse_button, LEFT)
    qtbot.mouseClick(dialog.browse_button, LEFT)
    assert dialog.path() == tmp_path / "sub" / "photo-edited.jpg"


def test_a_missing_folder_is_told(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = make()
    dialog.folder.selectAll()
    qtbot.keyClicks(dialog.folder, str(tmp_path / "nowhere"))
    assert "doesn't exist" in dialog.warning.text()
    assert not dialog.export_button.isEnabled()


def test_the_choice_is_remembered(
    make: Make, qtbot: QtBot, tmp_path: Path, settings: Settings
) -> None:
    dialog = make(suggested=tmp_path / "a.webp")
    dialog.quality.field.setValue(70)
    qtbot.mouseClick(dialog.export_button, LEFT)
    assert settings.get(EXPORT_FORMAT) == "webp"
    assert settings.get(EXPORT_QUALITY) == 70
    assert settings.get(EXPORT_FOLDER) == str(tmp_path)
    assert make().options().quality == 70


def test_cancel_remembers_nothing(make: Make, qtbot: QtBot, settings: Settings) -> None:
    dialog = make()
    choose(dialog, qtbot, ExportFormat.webp)
    qtbot.mouseClick(dialog.cancel_button, LEFT)
    assert settings.get(EXPORT_FORMAT) == "png"


def test_asking_returns_path_and_options(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, settings: Settings
) -> None:
    session = EditorSession(1 << 20)
    files = FileController(session, RecentFiles(tmp_path), settings)
    assert ask_export(None, files, settings) is None
    settings.set(EXPORT_FOLDER, str(tmp_path))
    session.open(noise_document())

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        qtbot.mouseClick(dialog.export_button, LEFT)

    QTimer.singleShot(0, answer)
    choice = ask_export(None, files, settings)
    assert choice is not None
    assert choice[0] == tmp_path / "noise-edited.png"
    QTimer.singleShot(0, QApplication.closeAllWindows)
    assert ask_export(None, files, settings) is None
