"""Measures our path beside the bare diffusers call: time, memory, rungs, cancel and previews.

Runs on a graphics card with full-size models and on the processor with tiny ones; only the numbers
differ. All figures are rows for the benchmarks' table.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from inpaint_studio.core.edit import DiffusionOptions, EditParams, Intent
from inpaint_studio.engine.backend import GenerateInput
from inpaint_studio.engine.backends.diffusion.backend import DiffusionBackend
from inpaint_studio.engine.backends.diffusion.devices import Device
from inpaint_studio.engine.backends.diffusion.footprint import footprint_of
from inpaint_studio.engine.backends.diffusion.placement import (
    Placement,
    estimate,
    place,
    placements_for,
)
from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.errors import JobCancelledError
from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelFormat, ModelInfo, ModelKind
from tests.benchmarks.measure import Row, photo_like

MIB = 2**20
TIME_BUDGET = 1.03
MEMORY_BUDGET = 60.0
PREVIEW_BUDGET = 0.03


@dataclass(frozen=True)
class Subject:
    """A pipeline to measure: built in main memory, with the job that it gets."""

    name: str
    family: Family
    pipe: Any
    side: int
    steps: int
    folder: Path

    @property
    def info(self) -> ModelInfo:
        return ModelInfo(
            self.folder,
            ModelKind.checkpoint,
            self.family,
            is_inpainting=True,
            format=ModelFormat.folder,
        )

    def work(self, placement: str = "auto", candidates: int = 1) -> GenerateInput:
        options = DiffusionOptions(self.folder, candidates, placement=placement)
        params = EditParams(
            Intent.fill,
            "a red house",
            num_inference_steps=self.steps,
            guidance_scale=7.0,
            options=options,
        )
        image, mask = photo_like(self.side), np.zeros((self.side, self.side), np.uint8)
        quarter = self.side // 4
        mask[quarter:-quarter, quarter:-quarter] = 255
        return GenerateInput(image, mask, np.zeros_like(mask), params, tuple(range(candidates)))

    def bare(self) -> None:
        """What one would write without us."""
        work = self.work()
        with quiet_libraries():
            self.pipe(
                prompt=work.params.prompt,
                image=Image.fromarray(work.image),
                mask_image=Image.fromarray(work.mask),
                height=self.side,
                width=self.side,
                strength=1.0,
                guidance_scale=7.0,
                num_inference_steps=self.steps,
                generator=torch.Generator().manual_seed(0),
            )


@dataclass(frozen=True)
class Spent:
    """Of one call: seconds by the clock, processor seconds of all threads, and the peak in MiB of
    the device's memory (0 without a graphics card)."""

    wall: float
    cpu: float
    peak: float


class Bench:
    """A subject with our backend around it."""

    def __init__(self, subject: Subject, device: Device) -> None:
        self.subject = subject
        self.device = device
        self.footprint = footprint_of(subject.pipe)
        self.rungs = placements_for(subject.pipe, device)
        options = DiffusionOptions(subject.folder)
        self.backend = DiffusionBackend(subject.info, subject.pipe, device, options, [])

    def ours(self, placement: str = "auto") -> None:
        self.backend.generate(self.subject.work(placement), lambda _fraction, _preview: None)

    def spent(self, call: Callable[[], object]) -> Spent:
        self._wait()
        on_card = self.device.torch_device.type == "cuda"
        if on_card:
            torch.cuda.reset_peak_memory_stats()
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        self._wait()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = torch.cuda.max_memory_allocated() / MIB if on_card else 0.0
        return Spent(wall, cpu, peak)

    def _wait(self) -> None:
        if self.device.torch_device.type != "cpu":
            torch.accelerator.synchronize()


def overhead(bench: Bench, repeats: int) -> Iterator[Row]:
    """Our path and the bare call in turns, both with the model whole on the device."""
    name = bench.subject.name
    place(bench.subject.pipe, Placement.whole, bench.device)
    bench.subject.bare()
    alone = bench.spent(bench.subject.bare)
    bench.ours("whole")
    bare, ours = [], []
    for _ in range(repeats):
        bare.append(bench.spent(bench.subject.bare))
        ours.append(bench.spent(lambda: bench.ours("whole")))
    steps = bench.subject.steps
    seconds = statistics.median(spent.wall for spent in bare) / steps
    yield Row(f"{name}: bare call, a step, untuned", alone.wall / steps, "s", None)
    yield Row(f"{name}: bare call, a step", seconds, "s", None)
    for clock in ("wall", "cpu"):
        yield Row(f"{name}: ours / bare, {clock}", ratio(ours, bare, clock), "", TIME_BUDGET)
    more = max(spent.peak for spent in ours) - max(spent.peak for spent in bare)
    yield Row(f"{name}: ours - bare, peak memory", more, "MiB", MEMORY_BUDGET)


def ratio(ours: list[Spent], bare: list[Spent], clock: str) -> float:
    """Median of the ratios of neighbouring runs: what slows the machine slows both."""
    pairs = zip(ours, bare, strict=True)
    return statistics.median(getattr(a, clock) / getattr(b, clock) for a, b in pairs)


def rungs(bench: Bench) -> Iterator[Row]:
    """Every rung from the top: time, peak and what was estimated."""
    pixels = bench.subject.side**2
    for rung in bench.rungs:
        bench.ours(rung.value)
        spent = bench.spent(lambda rung=rung: bench.ours(rung.value))
        assert bench.backend.facts.placement == rung.value
        guess = estimate(bench.footprint, rung, pixels) / MIB
        note = f"peak {spent.peak:.0f} MiB, estimated {guess:.0f}"
        what = f"{bench.subject.name}: {rung.value}, a step"
        yield Row(what, spent.wall / bench.subject.steps, "s", None, note)


def cancel(bench: Bench) -> Iterator[Row]:
    """From the wish to the end of the call, asked for in the middle of a run, in steps."""
    bench.ours("whole")
    whole = bench.spent(lambda: bench.ours("whole"))
    asked: list[float] = []
    timer = threading.Timer(whole.wall / 2, lambda: asked.append(time.perf_counter()))

    def on_step(_fraction: float, _preview: np.ndarray | None) -> None:
        if asked:
            raise JobCancelledError

    timer.start()
    with suppress(JobCancelledError):
        bench.backend.generate(bench.subject.work("whole"), on_step)
    ended = time.perf_counter()
    timer.join()
    step = whole.wall / bench.subject.steps
    latency = max(ended - asked[0], 0.0)
    yield Row(f"{bench.subject.name}: cancel to idle", latency / step, "steps", None)
    yield Row(f"{bench.subject.name}: cancel to idle", latency, "s", 2.0)
    bench.ours("whole")


def previews(bench: Bench) -> Iterator[Row]:
    """The part of a run that goes into making previews, and how many there were."""
    seen: list[int] = []
    took: list[float] = []
    bench.ours("whole")
    decode = bench.backend._decode
    assert decode is not None

    def timed(latents: torch.Tensor) -> torch.Tensor:
        bench._wait()
        started = time.perf_counter()
        picture = decode(latents)
        bench._wait()
        took.append(time.perf_counter() - started)
        return picture

    def on_step(_fraction: float, preview: np.ndarray | None) -> None:
        if preview is not None:
            seen.append(preview.size)

    bench.backend._decode = timed
    work = bench.subject.work("whole")
    spent = bench.spent(lambda: bench.backend.generate(work, on_step))
    bench.backend._decode = decode
    note = f"{len(seen)} previews in {bench.subject.steps} steps"
    what = f"{bench.subject.name}: previews / run"
    yield Row(what, sum(took) / spent.wall, "", PREVIEW_BUDGET, note)
