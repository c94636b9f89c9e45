"""The library over real files with true headers, read on a real thread."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.editor import model_library
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.model_library import ModelLibrary
from inpaint_studio.settings import LAST_MODEL, MODEL_FOLDERS, Settings
from tests.model_files import FLUX, SD15, SDXL, kohya_lora, write_folder, write_safetensors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two models, a LoRA, and a file that only pretends."""
    write_safetensors(tmp_path / "m" / "b.safetensors", SDXL)
    write_safetensors(tmp_path / "m" / "A.safetensors", SD15)
    write_safetensors(tmp_path / "m" / "style.safetensors", kohya_lora(768))
    (tmp_path / "m" / "page.safetensors").write_text("<html>")
    return tmp_path / "m"


class Desk:
    def __init__(self, qtbot: QtBot, *places: Path, last: Path | None = None) -> None:
        self._qtbot = qtbot
        self.settings = Settings()
        self.settings.set(MODEL_FOLDERS, "\n".join(map(str, places)))
        self.settings.set(LAST_MODEL, str(last or ""))
        self.chosen = EditSettings()
        self.library = ModelLibrary(self.settings, self.chosen)
        self.said: list[str] = []
        self.library.refused.connect(self.said.append)
        self.chosen.refused.connect(self.said.append)

    def wait(self) -> None:
        self._qtbot.waitUntil(lambda: not self.library.is_looking, timeout=10_000)

    def look(self) -> None:
        self.library.look()
        self.wait()

    def add(self, path: Path) -> None:
        self.library.add(path)
        self.wait()

    @property
    def names(self) -> list[str]:
        return [info.name for info in self.library.models]


def test_models_are_found_by_name_and_loras_apart(qtbot: QtBot, folder: Path) -> None:
    desk = Desk(qtbot, folder)
    assert not desk.library.models
    desk.look()
    assert desk.names == ["A", "b"]
    assert [info.name for info in desk.library.addons] == ["style"]
    assert desk.library.machine.memory_bytes
    assert desk.chosen.choices.model is None


def test_the_last_model_is_chosen_again(qtbot: QtBot, folder: Path) -> None:
    desk = Desk(qtbot, last=folder / "b.safetensors")
    desk.look()
    assert desk.chosen.choices.model is not None
    assert desk.chosen.choices.model.name == "b"
    desk.library.choose(None)
    assert desk.settings.get(LAST_MODEL) == ""
    desk.look()
    assert desk.chosen.choices.model is None


def test_a_last_model_that_is_gone_or_cannot_run_leaves_patch_fill(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Desk(qtbot, last=folder / "lost.safetensors").look()
    monkeypatch.setattr(model_library, "missing_packages", lambda: ("torch",))
    desk = Desk(qtbot, last=folder / "b.safetensors")
    desk.look()
    assert desk.chosen.choices.model is None
    assert not desk.said
    desk.library.choose(desk.library.models[0])
    assert "not installed: torch" in desk.said[0]
    assert desk.chosen.choices.model is None


def test_a_model_file_is_added_chosen_and_remembered(qtbot: QtBot, folder: Path) -> None:
    desk = Desk(qtbot)
    desk.add(folder / "b.safetensors")
    assert desk.names == ["b"]
    assert desk.library.places == (folder / "b.safetensors",)
    assert desk.settings.get(LAST_MODEL) == str(folder / "b.safetensors")
    desk.look()
    assert desk.names == ["b"]


def test_a_folder_of_models_is_added_whole(qtbot: QtBot, folder: Path) -> None:
    desk = Desk(qtbot)
    desk.add(folder)
    assert desk.names == ["A", "b"]
    assert [info.name for info in desk.library.addons] == ["style"]
    assert desk.library.places == (folder,)
    assert desk.chosen.choices.model is None


def test_the_only_model_of_a_folder_is_chosen_whatever_lies_beside_it(
    qtbot: QtBot, folder: Path
) -> None:
    (folder / "b.safetensors").unlink()
    desk = Desk(qtbot)
    desk.add(folder)
    assert desk.chosen.choices.model is not None
    assert desk.chosen.choices.model.name == "A"


def test_a_folder_of_loras_is_added_too(qtbot: QtBot, folder: Path) -> None:
    for name in ("A", "b"):
        (folder / f"{name}.safetensors").unlink()
    desk = Desk(qtbot)
    desk.add(folder)
    assert not desk.said
    assert desk.library.places == (folder,)
    assert [info.name for info in desk.library.addons] == ["style"]
    assert (desk.names, desk.chosen.choices.model) == ([], None)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("style.safetensors", "is a LoRA"),
        ("page.safetensors", "page.safetensors: This is a web page"),
        ("gone.safetensors", "isn't there"),
    ],
)
def test_what_is_no_model_is_refused_and_not_added(
    qtbot: QtBot, folder: Path, name: str, words: str
) -> None:
    desk = Desk(qtbot)
    desk.add(folder / name)
    assert words in desk.said[0]
    assert desk.library.places == ()
    assert desk.chosen.choices.model is None


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A FLUX transformer alone, and elsewhere a folder with all that it lacks."""
    write_folder(tmp_path / "lender", "FluxPipeline", "transformer", {"in_channels": 64})
    return write_safetensors(tmp_path / "unet" / "dev.safetensors", FLUX)


def test_where_the_rest_of_a_transformer_is_stays_known(
    qtbot: QtBot, bare: Path, tmp_path: Path
) -> None:
    desk = Desk(qtbot, bare)
    desk.look()
    (info,) = (m for m in desk.library.models if m.path == bare)
    assert desk.library.companion_of(info) is None
    desk.library.lend(info, tmp_path / "lender")
    desk.wait()
    assert not desk.said
    assert desk.chosen.choices.model == info
    assert desk.chosen.choices.companion == tmp_path / "lender"
    desk.library.choose(None)
    assert desk.chosen.choices.companion is None
    desk.library.choose(info)
    assert desk.chosen.choices.companion == tmp_path / "lender"


def test_a_folder_that_lends_nothing_is_refused(qtbot: QtBot, bare: Path, tmp_path: Path) -> None:
    desk = Desk(qtbot, bare)
    desk.look()
    (info,) = (m for m in desk.library.models if m.path == bare)
    write_folder(tmp_path / "other")
    desk.library.lend(info, tmp_path / "other")
    desk.wait()
    assert desk.said == ["other: is not a complete folder of FLUX.1."]
    assert desk.library.companion_of(info) is None


def test_a_lora_is_added_to_a_model_of_its_family_only(qtbot: QtBot, folder: Path) -> None:
    desk = Desk(qtbot, folder)
    desk.look()
    first, second = desk.library.models
    desk.library.choose(second)
    desk.library.add_addon(folder / "style.safetensors")
    desk.wait()
    assert "for Stable Diffusion 1.5" in desk.said[0]
    desk.library.choose(first)
    desk.library.add_addon(folder / "style.safetensors")
    desk.wait()
    assert [use.info.name for use in desk.chosen.choices.loras] == ["style"]
