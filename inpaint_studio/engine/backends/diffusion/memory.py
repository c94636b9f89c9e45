"""Giving memory back, and caches that stay within a number of bytes."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from inpaint_studio.engine.backends.diffusion.devices import Device
from inpaint_studio.engine.backends.diffusion.placement import unplace

if TYPE_CHECKING:
    import torch
    from diffusers.pipelines.pipeline_utils import DiffusionPipeline

T = TypeVar("T")


def free(pipe: DiffusionPipeline, device: Device) -> None:
    """Empty a pipeline for good: its parts die, whoever still holds `pipe`; it can't run again."""
    import torch

    unplace(pipe)
    for name, part in list(pipe.components.items()):
        if isinstance(part, torch.nn.Module):
            setattr(pipe, name, None)
    release(device)


def release(device: Device) -> None:
    """Collect garbage and hand what torch and the C library keep for reuse back to the system."""
    gc.collect()
    device.empty_cache()
    if sys.platform == "linux":
        # glibc keeps freed blocks; without this a big model's main memory comes back late.
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)


class TensorCache(Generic[T]):
    """What was computed from a key; beyond `limit_bytes` the least recently used goes first.

    A value larger than the limit is not kept. Keys must hold everything the value depends on.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._entries: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self.nbytes = 0

    def get(self, key: Hashable) -> T | None:
        """The value, or None; counts as a use."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key][0]

    def put(self, key: Hashable, value: T, tensors: tuple[torch.Tensor | None, ...]) -> None:
        """Keep `value`, which consists of `tensors`; None among them weighs nothing."""
        if key in self._entries:
            self.nbytes -= self._entries.pop(key)[1]
        nbytes = sum(t.numel() * t.element_size() for t in tensors if t is not None)
        if nbytes > self._limit_bytes:
            return
        self._entries[key] = (value, nbytes)
        self.nbytes += nbytes
        while self.nbytes > self._limit_bytes:
            self.nbytes -= self._entries.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self.nbytes = 0
