"""The model picker over files with true headers, by real clicks and keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from inpaint_studio.editor import model_library
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.machine import Machine, install_command
from inpaint_studio.editor.model_library import ModelLibrary
from inpaint_studio.models.families import Family
from inpaint_studio.settings import MODEL_FOLDERS, Settings
from inpaint_studio.ui.dialogs.model_picker import ModelPicker
from inpaint_studio.ui.dialogs.model_texts import facts_text, need_text, size_text
from inpaint_studio.ui.theme import apply_theme
from tests.model_files import FLUX, SD15_INPAINT, SDXL, write_folder, write_safetensors
from tests.model_infos import model

LEFT = Qt.MouseButton.LeftButton
GIB = 2**30


@dataclass
class Desk:
    """A picker under a button, with two models and a broken file."""

    picker: ModelPicker
    library: ModelLibrary
    settings: EditSettings
    anchor: QPushButton

    def open(self) -> None:
        self.picker.open_below(self.anchor)

    def row(self, name: str) -> int:
        rows = range(self.picker.list.count())
        return next(row for row in rows if self.picker.list.item(row).text() == name)

    def click(self, name: str) -> None:
        view = self.picker.list
        place = view.visualItemRect(view.item(self.row(name))).center()
        QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Desk:
    apply_theme(qapp, "dark")
    write_safetensors(tmp_path / "dream.safetensors", SDXL)
    write_safetensors(tmp_path / "fixer.safetensors", SD15_INPAINT)
    (tmp_path / "old.ckpt").write_bytes(b"\x80\x02")
    program = Settings()
    program.set(MODEL_FOLDERS, f"{tmp_path}\n{tmp_path / 'old.ckpt'}")
    settings = EditSettings()
    library = ModelLibrary(program, settings)
    anchor = QPushButton("engine")
    qtbot.addWidget(anchor)
    anchor.show()
    picker = ModelPicker(library, settings, anchor)
    library.look()
    qtbot.waitUntil(lambda: not library.is_looking, timeout=10_000)
    return Desk(picker, library, settings, anchor)


def test_it_lists_patch_fill_first_and_problems_last(desk: Desk) -> None:
    desk.open()
    texts = [desk.picker.list.item(row).text() for row in range(desk.picker.list.count())]
    assert texts == ["Patch fill", "dream", "fixer", "old"]
    broken = desk.picker.list.item(3)
    assert not broken.flags() & Qt.ItemFlag.ItemIsEnabled
    assert "can run programs hidden in the file" in broken.toolTip()
    assert not desk.picker.notice.isVisible()
    assert not desk.picker.grab().isNull()


def test_a_click_chooses_and_closes(desk: Desk) -> None:
    desk.open()
    desk.click("fixer")
    assert not desk.picker.isVisible()
    assert desk.settings.choices.model is not None
    assert desk.settings.choices.model.family is Family.sd15
    desk.open()
    desk.click("Patch fill")
    assert desk.settings.choices.model is None


def test_the_keyboard_chooses_too(desk: Desk) -> None:
    desk.open()
    QTest.keyClick(desk.picker.list, Qt.Key.Key_Down)
    QTest.keyClick(desk.picker.list, Qt.Key.Key_Return)
    assert desk.settings.choices.model is not None
    assert desk.settings.choices.model.name == "dream"


def test_a_model_with_a_problem_cannot_be_chosen(desk: Desk) -> None:
    desk.open()
    desk.click("old")
    assert desk.picker.isVisible()
    assert desk.settings.choices.model is None


def test_without_torch_it_says_what_is_missing_and_how_to_get_it(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    monkeypatch.setattr(model_library, "missing_packages", lambda: ("torch", "diffusers"))
    desk.library.look()
    qtbot.waitUntil(lambda: not desk.library.is_looking, timeout=10_000)
    desk.open()
    notice = desk.picker.notice
    assert notice.isVisible()
    assert notice.command.text() == install_command()
    QTest.mouseClick(notice.copy_button, LEFT)
    assert qapp.clipboard().text() == install_command()
    desk.click("dream")
    assert desk.settings.choices.model is None
    desk.click("Patch fill")
    assert not desk.picker.isVisible()


def test_adding_is_asked_for(desk: Desk, qtbot: QtBot) -> None:
    desk.open()
    with qtbot.waitSignal(desk.picker.file_requested):
        QTest.mouseClick(desk.picker.file_button, LEFT)
    with qtbot.waitSignal(desk.picker.folder_requested):
        QTest.mouseClick(desk.picker.folder_button, LEFT)


def test_the_rest_of_a_bare_transformer_is_asked_for(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    write_safetensors(tmp_path / "bare.safetensors", FLUX)
    lender = write_folder(tmp_path / "lender", "FluxPipeline", "transformer", {"in_channels": 64})
    desk.library.look()
    qtbot.waitUntil(lambda: not desk.library.is_looking, timeout=10_000)
    desk.open()
    assert not desk.picker.companion_button.isVisible()
    desk.picker.list.setCurrentRow(desk.row("bare"))
    with qtbot.waitSignal(desk.picker.companion_requested) as asked:
        QTest.mouseClick(desk.picker.companion_button, LEFT)
    assert asked.args is not None
    desk.library.lend(asked.args[0], lender)
    qtbot.waitUntil(lambda: not desk.library.is_looking, timeout=10_000)
    desk.open()
    assert desk.picker.list.currentRow() == desk.row("bare")
    assert "lender" in desk.picker.list.currentItem().data(Qt.ItemDataRole.UserRole + 2)
    desk.picker.list.setCurrentRow(desk.row("dream"))
    assert not desk.picker.companion_button.isVisible()


def test_looking_again_finds_what_is_new(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.open()
    write_safetensors(tmp_path / "new.safetensors", SDXL)
    QTest.mouseClick(desk.picker.look_button, LEFT)
    assert desk.picker.state.text() == "Looking for models…"
    qtbot.waitUntil(lambda: not desk.library.is_looking, timeout=10_000)
    assert desk.row("new")


def test_it_opens_inside_the_screen(desk: Desk, qapp: QApplication) -> None:
    screen = qapp.primaryScreen().availableGeometry()
    desk.anchor.move(screen.right() - 5, screen.bottom() - 5)
    desk.open()
    assert screen.contains(desk.picker.geometry())
    assert desk.picker.mapToGlobal(QPoint(0, 0)).x() >= 0


def test_the_words() -> None:
    big = model(is_inpainting=True)
    assert size_text(7 * GIB) == "7.0 GB"
    assert size_text(1000) == "1 MB"
    assert need_text(big, Machine(32 * GIB, 24 * GIB)) == "7 of 24 GB"
    assert need_text(big, Machine(32 * GIB)) == "7.0 GB"
    words = "Stable Diffusion XL · made for inpainting · 7.0 GB · "
    assert facts_text(big, Machine(32 * GIB, 24 * GIB)) == words + "fits the 24 GB card"
    assert facts_text(big, Machine(32 * GIB, 6 * GIB)) == words + "partly in main memory, slower"
    assert facts_text(big, Machine(32 * GIB)) == words + "no graphics card found"
    assert facts_text(big, Machine(4 * GIB)) == words + "too large for this machine"
    fast = model(speed="lightning", speed_steps=4)
    assert "Lightning" in facts_text(fast, Machine())
