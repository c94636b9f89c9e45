from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from inpaint_studio.cli import main
from inpaint_studio.commandline.report import ProgressPrinter


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_is_rewritten() -> None:
    screen = Terminal()
    printer = ProgressPrinter(screen)
    printer(0.1, "Loading the model")
    printer(0.5, "Generating")
    printer.end()
    assert screen.getvalue() == "\rLoading the model  10%\rGenerating  50%       \n"


def test_a_log_gets_a_line_for_each_stage() -> None:
    log = io.StringIO()
    printer = ProgressPrinter(log)
    for step in range(50):
        printer(step / 100, f"Step {step}")
    printer(0.9, "Finishing")
    printer.end()
    assert log.getvalue() == "Step 0   0%\nFinishing  90%\n"


def test_fill_stays_silent_in_a_log() -> None:
    log = io.StringIO()
    printer = ProgressPrinter(log, only_terminal=True)
    printer(0.5, "Filling")
    printer.end()
    assert log.getvalue() == ""


@pytest.fixture
def filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> dict[str, object]:
    """The report of a fill through the real worker."""
    import numpy as np
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(0).integers(0, 256, (64, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save("photo.png")
    mask = np.zeros((64, 80), np.uint8)
    mask[20:30, 20:30] = 255
    Image.fromarray(mask).save("mask.png")
    arguments = ["fill", "photo.png", "--mask", "mask.png", "-o", "o.png", "--candidates", "2"]
    assert main([*arguments, "--json"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return json.loads(told.out)


def test_fill_reports_what_it_did(filled: dict[str, object]) -> None:
    assert (filled["width"], filled["height"], filled["intent"]) == (80, 64, "remove")
    assert "prompt" not in filled
    seconds, outputs = filled["seconds"], filled["outputs"]
    assert isinstance(seconds, dict)
    assert {"open", "fill", "write", "engine"} <= seconds.keys()
    assert isinstance(outputs, list)
    assert [output["path"] for output in outputs] == ["o-1.png", "o-2.png"]
    assert [output["patch_radius"] for output in outputs] == [3, 5]
    for output in outputs:
        assert Path(output["path"]).exists()
        assert output["pieces"][0]["max_change_outside"] == 0
