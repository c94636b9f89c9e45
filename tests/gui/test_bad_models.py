"""Whatever is taken for a model: one plain sentence, and patch fill goes on. The worker is real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.edit import Intent
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.engine.backends.backends import NOT_INSTALLED
from inpaint_studio.ui.studio import Studio
from tests.gui.test_editing import drag, open_photo
from tests.model_files import SD15, SDXL, VAE, WAN, kohya_lora, write_folder, write_safetensors

LEFT = Qt.MouseButton.LeftButton


def half_downloaded(folder: Path) -> Path:
    path = write_folder(folder / "half")
    weights = path / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".safetensors.incomplete"))
    return path


def cut_short(folder: Path) -> Path:
    path = write_safetensors(folder / "short.safetensors", SDXL)
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size // 2)
    return path


def text(folder: Path) -> Path:
    path = folder / "notes.safetensors"
    path.write_text("Just some notes about a model")
    return path


def pickled(folder: Path) -> Path:
    path = folder / "old.ckpt"
    path.write_bytes(b"\x80\x02}q\x00.")
    return path


BAD: dict[Callable[[Path], Path], str] = {
    half_downloaded: "this download isn't finished",
    cut_short: "short.safetensors: Only",
    text: "notes.safetensors: This is not a model file",
    pickled: "old.ckpt: This format can run programs hidden in the file",
    lambda f: write_safetensors(f / "style.safetensors", kohya_lora(768)): (
        "style.safetensors is a LoRA. Choose a model, then add the LoRA to it."
    ),
    lambda f: write_safetensors(f / "film.safetensors", WAN): "makes video",
    lambda f: write_safetensors(f / "part.safetensors", VAE): "part.safetensors is no model",
    lambda f: f / "gone.safetensors": "This isn't there any more",
}


def generate(studio: Studio, qtbot: QtBot) -> None:
    with qtbot.waitSignal(studio.services.edits.result_arrived, timeout=60_000):
        QTest.mouseClick(studio.window.edit_bar.generate_button, LEFT)
    assert isinstance(studio.services.session.active_layer, ResultLayer)


def test_one_sentence_each_and_patch_fill_goes_on(
    studio: Studio, photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_photo(studio, photo, qtbot)
    library = studio.services.library
    for write, words in BAD.items():
        with qtbot.waitSignal(library.refused, timeout=10_000):
            library.add(write(tmp_path))
        said = studio.window.messages.message()
        assert words in said
        assert "\n" not in said
        assert len(said) < 220
        assert studio.services.edits.settings.choices.model is None
        assert library.places == ()
    drag(studio, (420, 60), (450, 90))
    generate(studio, qtbot)


@pytest.fixture
def without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window finds the package, but it can't be imported: the worker, which is started after
    this, has to say so."""
    (tmp_path / "path").mkdir()
    broken = "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')"
    (tmp_path / "path" / "torch.py").write_text(broken)
    monkeypatch.syspath_prepend(tmp_path / "path")


def test_without_torch_a_model_is_refused_and_patch_fill_goes_on(
    without_torch: None, studio: Studio, photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_photo(studio, photo, qtbot)
    library, edits = studio.services.library, studio.services.edits
    library.add(write_safetensors(tmp_path / "dream.safetensors", SD15))
    qtbot.waitUntil(lambda: edits.settings.choices.model is not None, timeout=10_000)
    edits.settings.choose_intent(Intent.fill)
    drag(studio, (420, 60), (450, 90))
    with qtbot.waitSignal(edits.failed, timeout=60_000) as failed:
        QTest.mouseClick(studio.window.edit_bar.generate_button, LEFT)
    assert failed.args is not None
    assert failed.args[0] == NOT_INSTALLED
    assert NOT_INSTALLED in studio.window.messages.message()
    library.choose(None)
    generate(studio, qtbot)
