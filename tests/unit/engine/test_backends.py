from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from inpaint_studio.core.edit import DiffusionOptions, EditParams, LoraChoice, PatchFillOptions
from inpaint_studio.engine.backend import Backend, OnLoad
from inpaint_studio.engine.backends import backends
from inpaint_studio.engine.backends.backends import StandardBackends
from inpaint_studio.errors import EngineError
from tests.fakes import ScriptedBackend


def quiet(_fraction: float, _text: str) -> None:
    pass


def model(name: str, **more: object) -> EditParams:
    return EditParams(options=DiffusionOptions(Path(name), **more))  # pyright: ignore


class Opened:
    """Stands in for the diffusion module; writes down what was opened and closed."""

    def __init__(self) -> None:
        self.models: list[str] = []
        self.opened: list[ScriptedBackend] = []

    def open_backend(self, options: DiffusionOptions, on_load: OnLoad) -> Backend:
        assert all(backend.is_closed for backend in self.opened)
        if options.model.name == "broken":
            raise EngineError("This file is damaged.")
        on_load(0.5, "Loading it")
        self.models.append(options.model.name)
        self.opened.append(ScriptedBackend())
        return self.opened[-1]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    opened = Opened()
    module = ModuleType("fake_diffusion")
    module.__dict__["open_backend"] = opened.open_backend
    monkeypatch.setitem(sys.modules, "fake_diffusion", module)
    monkeypatch.setattr(backends, "DIFFUSION_MODULE", "fake_diffusion")
    return opened


def test_patch_fill_is_made_once_and_is_the_default() -> None:
    standard = StandardBackends()
    first = standard.backend_for(EditParams(), quiet)
    assert first.identity.backend == "patch_fill"
    again = standard.backend_for(EditParams(seed=5, options=PatchFillOptions((3,))), quiet)
    assert again is first


def test_one_model_stays_loaded_and_is_closed_before_the_next(opened: Opened) -> None:
    standard = StandardBackends()
    heard: list[tuple[float, str]] = []
    first = standard.backend_for(model("a"), lambda *said: heard.append(said))
    assert heard == [(0.5, "Loading it")]
    assert standard.backend_for(model("a", num_images_per_prompt=4, scheduler="x"), quiet) is first
    assert standard.backend_for(model("a", loras=(LoraChoice(Path("l")),)), quiet) is first
    assert standard.backend_for(model("a", placement="offload"), quiet) is first
    standard.backend_for(EditParams(), quiet)
    assert standard.backend_for(model("a"), quiet) is first
    standard.backend_for(model("b"), quiet)
    standard.backend_for(model("b", compile=True), quiet)
    assert opened.models == ["a", "b", "b"]
    standard.close()
    standard.close()
    assert all(backend.is_closed for backend in opened.opened)


def test_a_model_that_fails_leaves_room_for_the_next_try(opened: Opened) -> None:
    standard = StandardBackends()
    standard.backend_for(model("a"), quiet)
    with pytest.raises(EngineError, match="damaged"):
        standard.backend_for(model("broken"), quiet)
    standard.backend_for(model("a"), quiet)
    assert opened.models == ["a", "a"]


@pytest.mark.parametrize("package", ["torch", "diffusers"])
def test_missing_packages_are_told_in_plain_words(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_module(_name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named '{package}.nn'", name=f"{package}.nn")

    monkeypatch.setattr(backends, "import_module", no_module)
    standard = StandardBackends()
    with pytest.raises(EngineError, match="need an extra installation") as missing:
        standard.backend_for(model("a"), quiet)
    assert package in missing.value.details
    assert standard.backend_for(EditParams(), quiet).identity.backend == "patch_fill"


def test_a_bug_in_our_own_imports_is_no_missing_installation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backends, "DIFFUSION_MODULE", "inpaint_studio.no_such_module")
    with pytest.raises(ModuleNotFoundError):
        StandardBackends().backend_for(model("a"), quiet)
