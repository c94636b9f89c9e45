"""`inpaint-studio-cli expand` through the real worker, with patch fill and a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from inpaint_studio.cli import main
from inpaint_studio.imaging.mask_ops import PATCH_FILL_SHAPING
from tests.engine.tiny_models import TinyModels

REACH = PATCH_FILL_SHAPING.grow


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    Image.fromarray(np.asarray(data.rocket())[60:180, 200:360]).save("photo.png")
    return tmp_path


def expand(arguments: str) -> int:
    return main(["expand", "photo.png", "-o", "out.png", *arguments.split()])


def pixels(path: str) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def test_sides_in_px(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert expand("--left 30 --bottom 20 --json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["frame"] == {"x": -30, "y": 0, "width": 190, "height": 140}
    assert [step["number"] for step in report["steps"]] == [1, 2, 3]
    assert all(step["seam_ratio"] < 2 for step in report["steps"])
    before, after = pixels("photo.png"), pixels("out.png")
    assert after.shape == (140, 190, 3)
    np.testing.assert_array_equal(after[: 120 - REACH, 30 + REACH :], before[:-REACH, REACH:])


def test_a_ratio_with_an_anchor(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert expand("--ratio 16:9 --anchor left") == 0
    assert "213 x 120  1 step" in capsys.readouterr().out
    before, after = pixels("photo.png"), pixels("out.png")
    np.testing.assert_array_equal(after[:, : 160 - REACH], before[:, :-REACH])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("", "Say how far"),
        ("--left 5 --ratio 1:1", "not both"),
        ("--left 5 --prompt sky", "Without --model"),
        ("--ratio 4:3", "already covers"),
        ("--left 16384", "at most 16384"),
        ("--left 5 --model nowhere", "no such file"),
    ],
)
def test_mistakes_are_one_sentence(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    assert expand(arguments) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1
    assert not Path("out.png").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--left -5", "-5 is not between 0 and 16384"),
        ("--left wide", "invalid whole number value: 'wide'"),
        ("--ratio wide", "wide is no ratio such as 16:9"),
        ("--ratio 16:9 --anchor middle", "invalid choice: 'middle'"),
        ("--left 5 --candidates 9", "9 is not between 1 and 3"),
    ],
)
def test_arguments_that_are_none(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        expand(arguments)
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1


def test_missing_and_broken_photos_are_named(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.png").write_bytes(b"no picture")
    for name in ("nowhere.png", "broken.png"):
        assert main(["expand", name, "-o", "out.png", "--left", "9"]) == 1
        told = capsys.readouterr().err
        assert name in told
        assert told.count("\n") == 1


def test_a_model_with_a_prompt_mends_its_joins_unless_told_not_to(
    desk: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    same_worker: None,
) -> None:
    monkeypatch.setattr("inpaint_studio.editor.expansion_runs.SEAM_LIMIT", 0.0)
    model = TinyModels(tmp_path / "tiny")("sd15")
    kinds: list[list[str]] = []
    for flag in ("", "--no-mending"):
        arguments = f"--right 64 --model {model} --prompt sky --steps 2 --seed 1 --json {flag}"
        assert expand(arguments) == 0
        report = json.loads(capsys.readouterr().out)
        assert report["steps"][0]["model"]["backend"] == "diffusion"
        assert report["steps"][0]["noise_ratio"] > 0
        assert pixels("out.png").shape == (120, 224, 3)
        kinds.append([step["kind"] for step in report["steps"]])
    assert kinds == [["step", "seam"], ["step"]]
