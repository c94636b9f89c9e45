"""The settings through the real window: every choice is in force at once, and in the file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QColorDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inpaint_studio.app import build_services
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.pressure import SOFT
from inpaint_studio.engine.supervisor import Supervisor
from inpaint_studio.settings import GROUPS, MODEL_FOLDERS, Settings, folders
from inpaint_studio.ui.dialogs.setting_fields import (
    CheckField,
    ChoiceField,
    ColourField,
    CurveField,
    LinesField,
    NumberSettingField,
    SettingField,
)
from inpaint_studio.ui.dialogs.settings_dialog import SettingsDialog
from inpaint_studio.ui.studio import Studio
from inpaint_studio.ui.theme import theme
from tests.documents import noise_document

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication) -> Iterator[Studio]:
    """The window without a worker: nothing here is computed."""
    engine = Supervisor()
    studio = Studio(qapp, build_services(Settings.load(folders().settings_file), engine), engine)
    studio.window.resize(1000, 700)
    studio.window.show()
    qtbot.waitExposed(studio.window)
    yield studio
    studio.shut_down()
    studio.window.hide()
    studio.window.deleteLater()


@pytest.fixture
def dialog(studio: Studio, qtbot: QtBot) -> SettingsDialog:
    studio.window.actions_table["settings"].trigger()
    dialog = studio.window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    qtbot.waitExposed(dialog)
    return dialog


def field(dialog: SettingsDialog, key: str) -> SettingField:
    """The field of a setting, on its page."""
    for title, page in dialog.pages.items():
        if key in page.fields:
            dialog.show_page(title)
            return page.fields[key]
    raise KeyError(key)


def slide(field: SettingField, fraction: float) -> None:
    assert isinstance(field, NumberSettingField)
    slider = field.value.slider
    place = QPoint(round(7 + fraction * (slider.width() - 14)), slider.height() // 2)
    QTest.mouseClick(slider, LEFT, pos=place)


def in_file() -> dict[str, object]:
    return tomllib.loads(folders().settings_file.read_text())


def saved(key: str, value: object) -> bool:
    return folders().settings_file.exists() and in_file().get(key) == value


def test_every_labelled_setting_has_a_field(dialog: SettingsDialog) -> None:
    wanted = {setting.key for group in GROUPS for setting in group.shown}
    assert {key for page in dialog.pages.values() for key in page.fields} == wanted
    for page in dialog.pages.values():
        for shown in page.fields.values():
            assert shown.toolTip()


def test_pages_are_chosen_in_the_list(dialog: SettingsDialog) -> None:
    for row in range(dialog.list.count()):
        item = dialog.list.item(row)
        center = dialog.list.visualItemRect(item).center()
        QTest.mouseClick(dialog.list.viewport(), LEFT, pos=center)
        assert dialog.list.currentItem().text() == item.text()
    assert dialog.shortcuts_page.isVisible()


def test_theme(dialog: SettingsDialog, studio: Studio, qtbot: QtBot) -> None:
    choice = field(dialog, "theme")
    assert isinstance(choice, ChoiceField)
    QTest.mouseClick(choice.choice.button("light"), LEFT)
    assert not theme().is_dark
    assert studio.window.actions_table["theme_light"].isChecked()
    qtbot.waitUntil(lambda: saved("theme", "light"))
    studio.window.actions_table["theme_dark"].trigger()
    assert theme().is_dark
    dialog.refresh()
    assert choice.choice.choice() == "dark"


def test_mask_colour_typed_and_chosen(
    dialog: SettingsDialog, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    colour = field(dialog, "mask_color")
    assert isinstance(colour, ColourField)
    colour.hex.selectAll()
    QTest.keyClicks(colour.hex, "#00ff0")
    assert studio.services.settings.get("mask_color") == "#f0384f"
    QTest.keyClicks(colour.hex, "0")
    assert studio.services.settings.get("mask_color") == "#00ff00"
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_args: QColor(1, 2, 3))
    QTest.mouseClick(colour.swatch, LEFT)
    assert colour.hex.text() == "#010203"
    assert studio.services.settings.get("mask_color") == "#010203"


def masked_colour(studio: Studio) -> QColor:
    canvas = studio.window.canvas
    return canvas.grab().toImage().pixelColor(canvas.rect().center())


def test_the_canvas_follows_at_once(dialog: SettingsDialog, studio: Studio) -> None:
    studio.services.session.open(noise_document(96, 64))
    studio.services.masks.mask_all()
    colour = field(dialog, "mask_color")
    assert isinstance(colour, ColourField)
    slide(field(dialog, "mask_opacity"), 1.0)
    assert studio.services.settings.get("mask_opacity") == pytest.approx(0.9)
    colour.hex.selectAll()
    QTest.keyClicks(colour.hex, "#0000ff")
    assert masked_colour(studio).blue() > 225
    assert masked_colour(studio).red() < 30


def test_outline_and_checkerboard_reach_the_scene(dialog: SettingsDialog, studio: Studio) -> None:
    outline, checks = field(dialog, "mask_outline"), field(dialog, "checkerboard")
    assert isinstance(outline, CheckField)
    assert isinstance(checks, ChoiceField)
    session, canvas = studio.services.session, studio.window.canvas
    session.open(noise_document(96, 64))
    assert session.document is not None
    raster = session.document.mask(MaskKind.repaint).raster
    raster.writable(session.document.frame)[10:50, 10:80] = 255
    canvas.scene.clear()
    with_outline = canvas.grab().toImage()
    QTest.mouseClick(outline.box, LEFT, pos=QPoint(8, outline.box.height() // 2))
    assert studio.services.settings.get("mask_outline") is False
    assert canvas.grab().toImage() != with_outline
    session.document.layers.remove(next(iter(session.document.layers)).id)
    canvas.scene.clear()
    small = canvas.grab().toImage()
    QTest.mouseClick(checks.choice.button("large"), LEFT)
    assert canvas.grab().toImage() != small


def test_pen(dialog: SettingsDialog, studio: Studio, qtbot: QtBot) -> None:
    box = studio.services.toolbox
    box.set_brush(size=33)
    slide(field(dialog, "brush_smoothing"), 0.5)
    assert box.brush.smoothing == pytest.approx(0.5, abs=0.02)
    curve = field(dialog, "pressure_size_curve")
    assert isinstance(curve, CurveField)
    example = dialog.pad.paper.covered()
    QTest.mouseClick(curve.edit.preset_buttons[SOFT], LEFT)
    assert box.brush.size_curve == SOFT
    assert box.brush.size == 33
    assert dialog.pad.paper.covered() != example
    qtbot.waitUntil(lambda: saved("pressure_size_curve", "0 0, 0.3 0.55, 1 1"))


def test_a_curve_that_is_not_used_is_greyed_out(dialog: SettingsDialog, studio: Studio) -> None:
    switch, curve = field(dialog, "pressure_to_size"), field(dialog, "pressure_size_curve")
    assert isinstance(switch, CheckField)
    assert curve.isEnabled()
    QTest.mouseClick(switch.box, LEFT, pos=QPoint(8, switch.box.height() // 2))
    assert not studio.services.toolbox.brush.pressure_to_size
    assert not curve.isEnabled()


def test_what_the_window_changed_is_shown(dialog: SettingsDialog, studio: Studio) -> None:
    studio.services.toolbox.set_brush(pressure_to_opacity=True)
    studio.services.edits.settings.change(patch_candidates=1)
    studio.show_settings()
    switch = field(dialog, "pressure_to_opacity")
    assert isinstance(switch, CheckField)
    assert switch.box.isChecked()
    number = field(dialog, "patch_candidates")
    assert isinstance(number, NumberSettingField)
    assert number.value.value() == 1


def test_budgets_and_what_is_used(dialog: SettingsDialog, studio: Studio) -> None:
    session = studio.services.session
    session.open(noise_document())
    slide(field(dialog, "history_budget_mib"), 0.0)
    assert session.history.budget_bytes == 64 << 20
    slide(field(dialog, "history_disk_budget_mib"), 0.0)
    assert session.history.disk_budget_bytes == 0
    studio.services.masks.mask_all()
    assert dialog.history_use.text() == "1 MB in memory, 0 MB on disk"


def test_patch_fill_candidates(dialog: SettingsDialog, studio: Studio) -> None:
    slide(field(dialog, "patch_candidates"), 0.0)
    assert studio.services.edits.settings.choices.patch_candidates == 1


def test_compiling_is_off_until_it_is_ticked(dialog: SettingsDialog, studio: Studio) -> None:
    switch = field(dialog, "compile_models")
    assert isinstance(switch, CheckField)
    assert not switch.box.isChecked()
    QTest.mouseClick(switch.box, LEFT, pos=QPoint(8, switch.box.height() // 2))
    assert studio.services.edits.settings.choices.compile


def test_model_folders_are_taken_over_when_the_focus_leaves(
    dialog: SettingsDialog, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    lines = field(dialog, "model_folders")
    assert isinstance(lines, LinesField)
    lines.edit.setFocus()
    QTest.keyClicks(lines.edit, str(tmp_path))
    assert studio.services.settings.get(MODEL_FOLDERS) == ""
    dialog.close()
    assert studio.services.settings.get(MODEL_FOLDERS) == str(tmp_path)
    assert in_file()["model_folders"] == str(tmp_path)
    qtbot.waitUntil(lambda: not studio.services.library.is_looking)


def test_recent_files_are_cleared(studio: Studio, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"")
    studio.services.recent.add(picture)
    studio.show_settings()
    dialog = studio.window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    button = next(b for b in buttons(dialog) if b.text() == "Clear the list")
    QTest.mouseClick(button, LEFT)
    assert studio.services.recent.entries() == ()
    assert not button.isEnabled()


def buttons(dialog: SettingsDialog) -> list[QPushButton]:
    return dialog.findChildren(QPushButton)


def test_what_can_t_be_saved_is_said_and_still_in_force(
    dialog: SettingsDialog, studio: Studio, qtbot: QtBot
) -> None:
    folders().settings_file.mkdir(parents=True)
    slide(field(dialog, "mask_opacity"), 0.0)
    qtbot.waitUntil(lambda: not dialog.problem.isHidden())
    assert "can't be saved" in dialog.problem.text()
    assert studio.services.settings.get("mask_opacity") == pytest.approx(0.1)
    folders().settings_file.rmdir()
    dialog.save()
    assert dialog.problem.isHidden()


def test_everything_has_a_name(dialog: SettingsDialog) -> None:
    for page in dialog.pages.values():
        for shown in page.fields.values():
            target = shown.focusProxy()
            assert isinstance(target, QWidget)
            names = [w.accessibleName() for w in (target, *target.findChildren(QWidget))]
            texts = [b.text() for b in shown.findChildren(QCheckBox)]
            assert any(names) or any(texts)
