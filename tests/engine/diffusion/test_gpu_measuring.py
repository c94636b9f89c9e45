"""The graphics card's measurements at tiny size on the processor, so that their code is tried."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from inpaint_studio.engine.backends.diffusion.placement import Placement
from inpaint_studio.models.families import Family
from tests.engine.diffusion.care import card, pipeline
from tests.engine.tiny_models import TinyModels
from tests.gpu import full_size, measuring
from tests.gpu.measuring import Bench, Subject

FAMILIES = {"sdxl_inpaint": Family.sdxl, "flux_fill": Family.flux_fill}


@pytest.fixture(params=FAMILIES)
def bench(request: pytest.FixtureRequest, tiny: TinyModels) -> Bench:
    pipe = pipeline(tiny, request.param)
    subject = Subject("tiny", FAMILIES[request.param], pipe, 64, 4, tiny(request.param))
    return Bench(subject, card())


def test_overhead(bench: Bench) -> None:
    rows = list(measuring.overhead(bench, repeats=1))
    assert [row.unit for row in rows] == ["s", "s", "", "", "MiB"]
    assert all(row.value > 0 for row in rows[:-1])


def test_rungs(bench: Bench) -> None:
    rows = list(measuring.rungs(bench))
    assert len(rows) == len(Placement)
    assert bench.backend.facts.placement == Placement.cpu.value


def test_cancel_and_previews(bench: Bench) -> None:
    assert all(row.value >= 0 for row in measuring.cancel(bench))
    (row,) = measuring.previews(bench)
    assert 0 < row.value < 1
    assert not row.note.startswith("0 ")


@pytest.mark.parametrize("name", FAMILIES)
def test_full_size_models_can_be_built(name: str, tmp_path: Path) -> None:
    subject = getattr(full_size, name)(tmp_path, torch.device("meta"), torch.bfloat16)
    weights = sum(p.numel() for p in measuring_denoiser(subject).parameters())
    assert weights > (2.5e9 if name == "sdxl_inpaint" else 11.8e9)


def measuring_denoiser(subject: Subject) -> torch.nn.Module:
    pipe = subject.pipe
    return pipe.unet if "unet" in pipe.components else pipe.transformer
