from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.mask_files import MaskFiles
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox
from inpaint_studio.files.mask_io import read_mask
from tests.documents import noise_document, state_of


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.session = EditorSession(1 << 30)
        self.session.open(noise_document(90, 60))
        self.masks = MaskController(self.session, ToolBox(self.session))
        self.files = MaskFiles(self.session, self.masks)
        self.notices: list[str] = []
        self.files.noticed.connect(self.notices.append)

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    def wait_for_step(self, label: str) -> None:
        self.qtbot.waitUntil(lambda: label in self.session.history.labels)

    def values(self) -> np.ndarray:
        return self.document.mask(MaskKind.repaint).raster.read(self.document.frame)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def soft(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width), dtype=np.uint8)


def test_a_mask_goes_to_a_file_and_back(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    desk.masks.paste(soft(90, 60))
    path = tmp_path / "mask.png"
    with qtbot.waitSignal(desk.files.exported):
        desk.files.export(path)
    desk.masks.clear()
    desk.files.import_path(path)
    qtbot.waitUntil(lambda: bool(desk.values().any()))
    np.testing.assert_array_equal(desk.values(), soft(90, 60))
    assert desk.notices == []


def test_another_size_is_scaled_and_said(desk: Desk, tmp_path: Path) -> None:
    half = np.zeros((30, 45), np.uint8)
    half[:, 20:] = 255
    Image.fromarray(half).save(tmp_path / "half.png")
    desk.files.import_path(tmp_path / "half.png")
    desk.wait_for_step("Import mask")
    assert desk.values()[:, :38].max() == 0
    assert desk.values()[:, 42:].min() == 255
    assert desk.notices == ["The mask had 45 × 30 pixels and was scaled to 90 × 60."]


def test_a_bad_file_is_named_with_its_reason(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    bad = tmp_path / "broken.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    before = state_of(desk.document)
    with qtbot.waitSignal(desk.files.failed) as caught:
        desk.files.import_path(bad)
    assert caught.args is not None
    assert str(caught.args[0]).startswith("broken.png: ")
    with qtbot.waitSignal(desk.files.failed) as caught:
        desk.masks.mask_all()
        desk.files.export(tmp_path / "nowhere" / "mask.png")
    assert caught.args is not None
    assert "doesn't exist" in str(caught.args[0])
    desk.session.undo()
    assert state_of(desk.document) == before


def test_an_all_black_picture_adds_nothing(desk: Desk, qtbot: QtBot) -> None:
    black = np.zeros((60, 90, 4), np.uint8)
    black[..., 3] = 255
    desk.files.paste(black)
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert not desk.session.history.labels


def test_a_pasted_picture_becomes_a_mask_of_its_own(desk: Desk) -> None:
    desk.masks.mask_all()
    rgba = np.full((60, 90, 4), 255, np.uint8)
    rgba[..., 3] = soft(90, 60)
    desk.files.paste(rgba)
    desk.wait_for_step("Import mask")
    assert [m.props.name for m in desk.document.layers.masks(MaskKind.repaint)] == [
        "Mask",
        "Mask 2",
    ]
    np.testing.assert_array_equal(desk.values(), soft(90, 60))


def test_a_mask_for_another_picture_is_dropped(desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    Image.fromarray(soft(90, 60)).save(tmp_path / "mask.png")
    desk.files.import_path(tmp_path / "mask.png")
    desk.session.open(noise_document(50, 40))
    qtbot.wait(200)
    assert not desk.session.history.labels


def test_what_is_being_written_is_waited_for(desk: Desk, tmp_path: Path) -> None:
    desk.masks.paste(soft(90, 60))
    path = tmp_path / "mask.png"
    desk.files.export(path)
    assert desk.files.wait_for_exports(30)
    np.testing.assert_array_equal(read_mask(path), soft(90, 60))


def test_its_name_follows_the_picture(desk: Desk) -> None:
    assert desk.files.suggested_path().name == "noise-mask.png"
