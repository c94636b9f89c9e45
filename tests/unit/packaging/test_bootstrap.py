from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

bootstrap = importlib.import_module("bootstrap")
PACKAGING = Path(__file__).resolve().parents[3] / "packaging"
STANDARD_LIBRARY_ONLY = ("bootstrap", "checks", "environment", "progress", "system_libraries")


@pytest.mark.parametrize("name", STANDARD_LIBRARY_ONLY)
def test_an_old_python_can_read_the_scripts(name: str) -> None:
    ast.parse((PACKAGING / f"{name}.py").read_text("utf-8"), feature_version=(3, 8))


def test_an_old_python_is_told_which_one_to_take() -> None:
    assert bootstrap.old_python_advice((3, 11), lambda name: None) == ""
    assert bootstrap.old_python_advice((3, 14), lambda name: None) == ""
    alone = bootstrap.old_python_advice((3, 9), lambda name: None)
    assert "needs Python 3.11 or newer, and this is 3.9" in alone
    beside = bootstrap.old_python_advice((3, 9), lambda name: name if "3.12" in name else None)
    assert "type 'python3.12' instead" in beside


def test_run_takes_a_photo_that_exists(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    with pytest.raises(SystemExit):
        bootstrap.parse_arguments(["run", str(photo)])
    photo.touch()
    options = bootstrap.parse_arguments(["run", "--offscreen", str(photo)])
    assert (options.photo, options.offscreen) == (photo, True)
    assert bootstrap.parse_arguments(["run"]).photo is None


def test_test_hands_everything_after_the_dashes_to_pytest() -> None:
    options = bootstrap.parse_arguments(["test", "--", "tests/unit", "-k", "brush", "-x"])
    assert options.pytest_arguments == ["tests/unit", "-k", "brush", "-x"]
    assert bootstrap.parse_arguments(["test", "--yes-system"]).pytest_arguments == []


def test_the_editor_gets_an_absolute_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    photo = str(tmp_path.resolve() / "photo.png")
    window = bootstrap.editor_arguments(Path("photo.png"), offscreen=False)
    assert window == ["-m", "inpaint_studio", photo]
    demo = bootstrap.editor_arguments(None, offscreen=True)
    assert demo == ["-m", "inpaint_studio", "--demo", "demo-output"]
