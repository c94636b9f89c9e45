"""A diffusion model in the real window: chosen, asked, previewed, laid on the picture.

The model is tiny and random; the window, the supervisor and the worker process are the real ones.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from inpaint_studio.core.edit import DiffusionOptions, Intent
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.geometry import Bounds
from inpaint_studio.settings import LAST_MODEL
from inpaint_studio.ui.panels.layer_model import LayerModel
from inpaint_studio.ui.studio import Studio
from tests.gui.test_editing import drag, open_photo, picture_of
from tests.model_files import SDXL, kohya_lora, write_safetensors

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def sd15(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Stable Diffusion 1.5 for inpainting."""
    from tests.engine.tiny_models import TinyModels

    return TinyModels(tmp_path_factory.mktemp("tiny"))("sd15_inpaint")


def choose(studio: Studio, path: Path, qtbot: QtBot) -> None:
    library = studio.services.library
    library.add(path)
    qtbot.waitUntil(lambda: not library.is_looking, timeout=20_000)
    assert studio.services.edits.settings.choices.model is not None


# The worker imports torch and diffusers first, which takes long on a busy machine.
@pytest.mark.timeout(240)
def test_choose_paint_prompt_generate_keep_undo(
    studio: Studio, photo: Path, sd15: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    window, edits = studio.window, studio.services.edits
    document = open_photo(studio, photo, qtbot)
    before = picture_of(document)
    choose(studio, sd15, qtbot)
    assert window.engine_pill.text().startswith("sd15_inpaint")
    assert window.edit_bar.prompt.isVisible()
    QTest.mouseClick(window.edit_bar.intents.button(Intent.fill), LEFT)
    drag(studio, (420, 60), (450, 90), (470, 130))
    flight = studio.services.preflight.flight
    assert flight is not None
    assert flight.seconds == 0
    edits.settings.set_custom(steps=4)
    edits.settings.change(candidates=2)
    shown: list[Bounds] = []
    edits.previewed.connect(lambda bounds, _pixels: shown.append(bounds))
    QTest.keyClicks(window.edit_bar.prompt, "a red chair")
    with qtbot.waitSignal(edits.result_arrived, timeout=200_000):
        QTest.keyClick(window.edit_bar.prompt, Qt.Key.Key_Return)

    layer = studio.services.session.active_layer
    assert isinstance(layer, ResultLayer)
    assert layer.props.name == "Fill: a red chair"
    assert layer.result.num_candidates == 2
    assert set(shown) <= {piece.context for piece in layer.result.pieces}
    alpha = np.zeros(before.shape[:2], np.uint8)
    for piece in layer.result.pieces:
        alpha[piece.context.slices()] = np.maximum(alpha[piece.context.slices()], piece.alpha)
    after = picture_of(document)
    assert (after != before).any()
    np.testing.assert_array_equal(after[alpha == 0], before[alpha == 0])
    rows = LayerModel(studio.services.session, studio.services.layers)
    assert rows.subtitle(layer).startswith("sd15_inpaint")
    assert studio.services.prompts.recent() == ("a red chair",)
    drag(studio, (100, 60), (120, 90))
    flight = studio.services.preflight.flight
    assert flight is not None
    assert flight.seconds > 0
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CONTROL)
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, CONTROL)
    np.testing.assert_array_equal(picture_of(document), before)


def test_the_choice_outlives_the_program(studio: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    choose(studio, write_safetensors(tmp_path / "m" / "dream.safetensors", SDXL), qtbot)
    studio.services.edits.settings.change(candidates=5)
    studio.shut_down()
    settings = studio.services.settings
    assert settings.get(LAST_MODEL).endswith("dream.safetensors")
    assert settings.get("candidates") == 5


def test_add_ons_that_fit_the_model_are_offered(
    studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "m"
    write_safetensors(folder / "dream.safetensors", SDXL)
    write_safetensors(folder / "style.safetensors", kohya_lora(2048))
    write_safetensors(folder / "other.safetensors", kohya_lora(768))
    write_safetensors(folder / "word.safetensors", {"clip_l": (2, 768), "clip_g": (2, 1280)})
    library, settings = studio.services.library, studio.services.edits.settings
    library.add(folder)
    qtbot.waitUntil(lambda: not library.is_looking, timeout=20_000)
    library.choose(next(model for model in library.models if model.name == "dream"))
    loras = studio.window.edit_panel.advanced.loras
    studio.window.edit_panel.advanced.set_expanded(True)
    for name in ("style", "word"):
        loras.add_button.click()
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        texts = [action.text() for action in menu.actions()]
        assert name in texts
        assert "other" not in texts
        menu.actions()[texts.index(name)].trigger()
        menu.close()
    params = settings.next_params()
    assert isinstance(params.options, DiffusionOptions)
    assert [lora.path for lora in params.options.loras] == [folder / "style.safetensors"]
    assert params.options.embeddings == (folder / "word.safetensors",)
    assert loras.embedding_rows[0].label.text() == "Write “word”"


def test_the_pre_flight_is_drawn_only_for_models(
    studio: Studio, photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_photo(studio, photo, qtbot)
    drag(studio, (420, 60), (450, 90))
    bare = studio.window.canvas.grab().toImage()
    choose(studio, write_safetensors(tmp_path / "m" / "dream.safetensors", SDXL), qtbot)
    qtbot.wait(20)
    assert studio.window.canvas.grab().toImage() != bare
    studio.services.library.choose(None)
    assert studio.services.preflight.flight is None


def test_a_bad_model_is_said_in_the_message_bar(
    studio: Studio, photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_photo(studio, photo, qtbot)
    (tmp_path / "notes.safetensors").write_text("my notes")
    with qtbot.waitSignal(studio.services.library.refused, timeout=10_000):
        studio.services.library.add(tmp_path / "notes.safetensors")
    assert "notes.safetensors: This is not a model file." in studio.window.messages.message()
    drag(studio, (420, 60), (450, 90))
    with qtbot.waitSignal(studio.services.edits.result_arrived, timeout=60_000):
        QTest.mouseClick(studio.window.edit_bar.generate_button, LEFT)


def test_shortcut_letters_are_typed_into_the_prompt(
    studio: Studio, photo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    open_photo(studio, photo, qtbot)
    choose(studio, write_safetensors(tmp_path / "m" / "dream.safetensors", SDXL), qtbot)
    tool = studio.services.toolbox.current
    box = studio.window.edit_bar.prompt
    box.setFocus()
    QTest.keyClicks(box, "he,.[x] be")
    assert box.prompt() == "he,.[x] be"
    assert studio.services.toolbox.current is tool
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert studio.window.side.isVisible()


def test_a_preview_covers_the_masked_part_and_goes_again(
    studio: Studio, photo: Path, qtbot: QtBot
) -> None:
    open_photo(studio, photo, qtbot)
    canvas, edits = studio.window.canvas, studio.services.edits
    area = Bounds(100, 100, 64, 64)
    middle = canvas.to_view(area).center().toPoint()
    bare = canvas.grab().toImage().pixelColor(middle)
    green = np.zeros((16, 16, 4), np.uint8)
    green[..., 1] = green[..., 3] = 255
    edits.previewed.emit(area, green)
    assert canvas.grab().toImage().pixelColor(middle).name() == "#00ff00"
    edits.preview_ended.emit()
    assert canvas.grab().toImage().pixelColor(middle) == bare
