from __future__ import annotations

import weakref
from importlib import import_module
from typing import Any

import psutil
import pytest
import torch

from inpaint_studio.engine.backends.diffusion.devices import cpu_device
from inpaint_studio.engine.backends.diffusion.footprint import parts_of, weight_bytes
from inpaint_studio.engine.backends.diffusion.memory import TensorCache, free
from inpaint_studio.engine.backends.diffusion.placement import Placement, place
from tests.engine.diffusion.care import card, picture, pipeline
from tests.engine.tiny_models import TinyModels

# At run time: pyright does not see the names that they fill in lazily.
diffusers: Any = import_module("diffusers")

MIB = 2**20


def rss() -> int:
    return psutil.Process().memory_info().rss


def wide_unet() -> Any:
    """About 200 MiB of weights for the tiny SDXL."""
    return diffusers.UNet2DConditionModel(
        block_out_channels=(512, 512),
        layers_per_block=2,
        sample_size=16,
        in_channels=9,
        out_channels=4,
        down_block_types=("DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D"),
        mid_block_type=None,
    )


@pytest.mark.parametrize("rung", list(Placement))
def test_parts_die_at_every_rung(tiny: TinyModels, rung: Placement) -> None:
    pipe = pipeline(tiny, "sdxl_inpaint")
    place(pipe, rung, card())
    picture(pipe)
    parts = [weakref.ref(part) for part in parts_of(pipe).values()]
    assert len(parts) == 4
    free(pipe, cpu_device())
    assert [part() for part in parts] == [None] * 4


def test_main_memory_comes_back() -> None:
    before = rss()
    pipe = diffusers.DDPMPipeline(wide_unet(), diffusers.DDPMScheduler())
    size = weight_bytes(pipe.unet)
    assert size > 150 * MIB
    assert rss() - before > 0.8 * size
    unet = weakref.ref(pipe.unet)
    free(pipe, cpu_device())
    assert unet() is None
    assert rss() - before < 0.2 * size


def tensor(nbytes: int) -> torch.Tensor:
    return torch.zeros(nbytes, dtype=torch.uint8)


class TestTensorCache:
    def put(self, cache: TensorCache[str], key: str, nbytes: int) -> None:
        cache.put(key, key.upper(), (tensor(nbytes), None))

    def test_gives_back_what_was_put(self) -> None:
        cache: TensorCache[str] = TensorCache(100)
        assert cache.get("a") is None
        self.put(cache, "a", 60)
        assert cache.get("a") == "A"
        assert cache.nbytes == 60

    def test_the_least_recently_used_goes_first(self) -> None:
        cache: TensorCache[str] = TensorCache(100)
        self.put(cache, "a", 40)
        self.put(cache, "b", 40)
        cache.get("a")
        self.put(cache, "c", 40)
        assert [cache.get(key) for key in "abc"] == ["A", None, "C"]
        assert cache.nbytes == 80

    def test_the_same_key_counts_once(self) -> None:
        cache: TensorCache[str] = TensorCache(100)
        self.put(cache, "a", 40)
        self.put(cache, "a", 30)
        assert cache.nbytes == 30

    def test_what_is_too_large_is_not_kept(self) -> None:
        cache: TensorCache[str] = TensorCache(100)
        self.put(cache, "a", 40)
        self.put(cache, "b", 101)
        assert cache.get("b") is None
        assert cache.get("a") == "A"

    def test_clear(self) -> None:
        cache: TensorCache[str] = TensorCache(100)
        self.put(cache, "a", 40)
        cache.clear()
        assert cache.get("a") is None
        assert cache.nbytes == 0
