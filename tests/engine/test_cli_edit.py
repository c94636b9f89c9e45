"""`inpaint-studio-cli edit` with tiny models, through the real worker."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from inpaint_studio.cli import main
from tests.engine.tiny_models import TinyModels

# The worker imports torch and diffusers first, which takes long on a busy machine.
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyModels:
    return TinyModels(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    photo = np.asarray(data.astronaut())[:256, 100:356]
    Image.fromarray(photo).save("photo.png")
    mask = np.zeros(photo.shape[:2], np.uint8)
    mask[100:150, 90:160] = 255
    Image.fromarray(mask).save("mask.png")
    return tmp_path


def pixels(path: str) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def test_an_edit_with_everything_then_an_instruction_without_a_mask(
    desk: Path, tiny: TinyModels, capsys: pytest.CaptureFixture[str], same_worker: None
) -> None:
    style = tiny("sd15_lora.safetensors")
    arguments = (
        f"edit photo.png --mask mask.png --model {tiny('sd15')} --lora {style}:0.5 --steps 3"
    )
    arguments += f" --embedding {tiny('sd15_embedding.safetensors')} --colour-match 0.5"
    arguments += " --guidance-scale 4 --seed 5 --candidates 2 --strength 0.9 -o out.png --json"
    given = [*arguments.split(), "--scheduler", "euler a", "--prompt", "a cat"]
    assert main([*given, "--negative-prompt", "text"]) == 0
    told = capsys.readouterr()
    report = json.loads(told.out)
    assert (report["intent"], report["prompt"], report["strength"]) == ("fill", "a cat", 0.9)
    assert report["steps"] >= 1
    assert report["placement"]
    assert report["seconds"]["load"] > 0
    assert [output["seed"] for output in report["outputs"]] == [5, 6]
    piece = report["outputs"][0]["pieces"][0]
    assert piece["max_change_outside"] == 0
    assert piece["worked_at"]["width"] % 8 == 0
    assert "Loading" in told.err
    assert piece["noise_ratio"] > 0
    assert report["colour_match"] == 0.5
    assert (pixels("out-1.png") != pixels("out-2.png")).any()
    before, after = pixels("photo.png"), pixels("out-1.png")
    assert (before[100:150, 90:160] != after[100:150, 90:160]).any()
    np.testing.assert_array_equal(before[:20], after[:20])

    given = f"edit photo.png --model {tiny('flux2_klein')} --intent instruct --steps 1 -o out.png"
    assert main([*given.split(), "--prompt", "make it night"]) == 0
    assert (pixels("photo.png") != pixels("out.png")).any()
