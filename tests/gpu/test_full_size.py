"""Full-size models on CUDA. Prints a table: `pytest tests/gpu -m gpu -s`."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# First, so that the libraries start offline and silent.
import inpaint_studio.engine.backends.diffusion  # noqa: F401
from tests.benchmarks.__main__ import line_of
from tests.benchmarks.measure import Row

torch = pytest.importorskip("torch")

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA"),
    # Kernels of libraries warn about themselves; what counts here are the numbers.
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(params=["sdxl_inpaint", "flux_fill"], scope="module")
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    from inpaint_studio.engine.backends.diffusion.devices import pick_device
    from tests.gpu import full_size
    from tests.gpu.measuring import Bench

    device = pick_device()
    folder: Path = tmp_path_factory.mktemp(request.param)
    build = getattr(full_size, request.param)
    made = Bench(build(folder, device.torch_device, device.dtype), device)
    yield made
    made.backend.close()
    del made
    gc.collect()
    assert torch.cuda.memory_allocated() < 200 * 2**20, "the card's memory did not come back"


def table(rows: Iterator[Row]) -> list[Row]:
    made = []
    for row in rows:
        print(line_of(row), flush=True)
        made.append(row)
    return made


@pytest.mark.parametrize("figures", ["overhead", "previews", "cancel", "rungs"])
def test_figures(bench: object, figures: str) -> None:
    from tests.gpu import measuring

    measure: dict[str, Callable[[], Iterator[Row]]] = {
        "overhead": lambda: measuring.overhead(bench, repeats=3),  # type: ignore[arg-type]
        "previews": lambda: measuring.previews(bench),  # type: ignore[arg-type]
        "cancel": lambda: measuring.cancel(bench),  # type: ignore[arg-type]
        # Last: fp8 rounds the weights.
        "rungs": lambda: measuring.rungs(bench),  # type: ignore[arg-type]
    }
    assert table(measure[figures]())
