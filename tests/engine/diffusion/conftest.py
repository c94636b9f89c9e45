from __future__ import annotations

from collections.abc import Iterator

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
def one_thread() -> Iterator[None]:
    """Tiny matrices are fastest on one thread, and the other cores stay free."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
