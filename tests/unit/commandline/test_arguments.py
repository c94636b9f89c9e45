from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.cli import main
from inpaint_studio.commandline.arguments import LoraArgument, lora

EDIT = ["edit", "photo.png", "--mask", "mask.png", "--model", "m", "-o", "out.png"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("style.safetensors", LoraArgument(Path("style.safetensors"))),
        ("style.safetensors:0.5", LoraArgument(Path("style.safetensors"), 0.5)),
        ("style.safetensors:-1", LoraArgument(Path("style.safetensors"), -1.0)),
        ("C:/loras/style.safetensors", LoraArgument(Path("C:/loras/style.safetensors"))),
        ("C:/loras/style.safetensors:1", LoraArgument(Path("C:/loras/style.safetensors"), 1.0)),
        ("odd:name.safetensors", LoraArgument(Path("odd:name.safetensors"))),
        (":0.5", LoraArgument(Path(":0.5"))),
    ],
)
def test_a_lora_has_a_weight_only_if_it_is_a_number(text: str, expected: LoraArgument) -> None:
    assert lora(text) == expected


@given(st.text(st.characters(blacklist_characters="\0"), min_size=1), st.floats(-4, 4))
def test_any_file_name_takes_a_weight(name: str, weight: float) -> None:
    assert lora(f"{name}:{weight}") == LoraArgument(Path(name), weight)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--strength", "3"], "3 is not between 0.01 and 1"),
        (["--strength", "much"], "invalid number value: 'much'"),
        (["--strength", "nan"], "nan is not between"),
        (["--steps", "0"], "0 is not between 1 and 150"),
        (["--steps", "2.5"], "invalid whole number value: '2.5'"),
        (["--candidates", "9"], "9 is not between 1 and 8"),
        (["--guidance-scale", "-1"], "-1 is not between 0 and 100"),
        (["--seed", "-3"], "-3 is not between 0 and"),
        (["--intent", "repair"], "invalid choice: 'repair'"),
        (["--preset", "custom"], "invalid choice: 'custom'"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_a_mistake_is_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*EDIT, *arguments])
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_what_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["edit", "photo.png"])
    assert "--model, -o/--output" in capsys.readouterr().err
