from __future__ import annotations

import gc
from collections.abc import Iterator
from importlib import import_module

import pytest
import torch

# First, so that the libraries start offline and silent in every test of this folder.
import inpaint_studio.engine.backends.diffusion  # noqa: F401
from tests.engine.tiny_models import TinyModels


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> TinyModels:
    """`tiny("sdxl")` is a random model of that kind: see tiny_models."""
    return TinyModels(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session", autouse=True)
def quick_garbage_collection() -> Iterator[None]:
    """Memory is given back by collecting garbage, which the libraries' own million objects slow
    down: 0.3 s each time. They live for ever, so they need not be looked at."""
    import_module("diffusers.pipelines.flux.pipeline_flux_inpaint")
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny matrices are fastest on one thread, and the other cores stay free."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
