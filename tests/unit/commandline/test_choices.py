"""Every bad input of `edit` is one plain sentence, said before anything is computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inpaint_studio.cli import main
from inpaint_studio.commandline import choices
from inpaint_studio.commandline.photo_edit import output_paths
from tests.model_files import (
    FLUX_FILL,
    SD15,
    SD15_INPAINT,
    kohya_lora,
    write_folder,
    write_safetensors,
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a photo, masks and models that have true headers."""
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (40, 30), "white").save("photo.png")
    mask = np.zeros((30, 40), np.uint8)
    Image.fromarray(mask).save("black.png")
    mask[5:20, 5:20] = 255
    Image.fromarray(mask).save("mask.png")
    Image.fromarray(mask[:10]).save("small.png")
    write_safetensors(Path("sd15.safetensors"), SD15)
    write_safetensors(Path("inpaint.safetensors"), SD15_INPAINT)
    write_safetensors(Path("fill.safetensors"), FLUX_FILL)
    write_safetensors(Path("style.safetensors"), kohya_lora(768))
    write_safetensors(Path("xl-style.safetensors"), kohya_lora(2048))
    write_safetensors(Path("word.safetensors"), {"clip_l": (2, 768), "clip_g": (2, 1280)})
    Path("text.safetensors").write_text("These are my notes about models.")
    half = write_folder(Path("half"))
    (half / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--model gone", "gone: there is no such file or folder."),
        ("--model text.safetensors", "text.safetensors: This is not a model file."),
        ("--model half", "half: "),
        ("--model style.safetensors", "style.safetensors is a LoRA."),
        ("--model sd15.safetensors --lora gone.safetensors:1", "gone.safetensors: there is no"),
        (
            "--model sd15.safetensors --lora xl-style.safetensors:0.5",
            "is a LoRA for Stable Diffusion XL; the chosen model is Stable Diffusion 1.5.",
        ),
        ("--model sd15.safetensors --lora inpaint.safetensors", "inpaint.safetensors is no LoRA."),
        ("--model sd15.safetensors --embedding gone.safetensors", "gone.safetensors: there is no"),
        (
            "--model sd15.safetensors --embedding style.safetensors",
            "style.safetensors is no textual inversion.",
        ),
        (
            "--model sd15.safetensors --embedding word.safetensors",
            "is a textual inversion for Stable Diffusion XL; the chosen model is",
        ),
        ("--model fill.safetensors --companion gone", "gone: there is no such file or folder."),
        ("--model fill.safetensors --companion half", "half: is not a complete folder of FLUX.1"),
        ("--model sd15.safetensors --companion half", "sd15.safetensors is complete: leave"),
        (
            "--model sd15.safetensors --intent instruct --prompt x",
            "Stable Diffusion 1.5 can't instruct; it knows: remove, fill, replace-background.",
        ),
        ("--model sd15.safetensors --scheduler fast", "knows no scheduler fast; it knows: dpm++"),
        ("--model fill.safetensors --strength 0.5", "always starts from noise"),
        ("--model fill.safetensors --negative-prompt text", "no use for a negative prompt"),
        (
            "--model sd15.safetensors --guidance-scale 1 --negative-prompt text",
            "no use for a negative prompt at guidance 1",
        ),
        ("--model sd15.safetensors --mask gone.png", "gone.png"),
        ("--model sd15.safetensors --mask black.png", "black.png: the mask is all black"),
        ("--model sd15.safetensors --mask small.png", "has 40 × 10 pixels, the photo 40 × 30"),
        ("--model sd15.safetensors -o out.doc", "out.doc"),
        ("--model sd15.safetensors -o nowhere/out.png", "nowhere"),
    ],
)
def test_bad_input_is_one_plain_sentence(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: str, words: str
) -> None:
    given = ["edit", "photo.png", "--mask", "mask.png", "-o", "out.png", *arguments.split()]
    assert main(given) == 1
    told = capsys.readouterr().err
    assert words in told
    assert told.startswith("inpaint-studio-cli: ")
    assert told.count("\n") == 1
    assert not Path("out.png").exists()


def test_only_an_instruction_may_come_without_a_mask(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["edit", "photo.png", "-o", "out.png", "--model", "sd15.safetensors"]) == 1
    assert "The intent fill needs --mask" in capsys.readouterr().err


def test_missing_packages_come_with_the_command(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choices, "missing_packages", lambda: ("torch", "diffusers"))
    given = [
        "edit",
        "photo.png",
        "--mask",
        "mask.png",
        "-o",
        "out.png",
        "--model",
        "sd15.safetensors",
    ]
    assert main(given) == 1
    told = capsys.readouterr().err
    assert "not installed: torch, diffusers. Install them with:" in told
    assert "-m pip install" in told


def test_several_candidates_are_numbered() -> None:
    assert output_paths(Path("a/b.png"), 1) == (Path("a/b.png"),)
    assert output_paths(Path("a/b.png"), 2) == (Path("a/b-1.png"), Path("a/b-2.png"))
