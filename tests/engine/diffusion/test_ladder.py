from __future__ import annotations

import json
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inpaint_studio.engine.backends.diffusion.devices import DeviceKind, cpu_device
from inpaint_studio.engine.backends.diffusion.footprint import RESERVE_BYTES, footprint_of
from inpaint_studio.engine.backends.diffusion.ladder import (
    ONE_BY_ONE,
    Ladder,
    NeedsFreshWorkerError,
    is_out_of_memory,
)
from inpaint_studio.engine.backends.diffusion.ladder_memory import (
    MEMORY_FILE,
    MEMORY_LIMIT,
    LadderMemory,
    Need,
)
from inpaint_studio.engine.backends.diffusion.placement import (
    PLACEMENTS,
    Placement,
    estimate,
    is_rounded,
    place,
)
from inpaint_studio.errors import EngineError, JobCancelledError
from tests.engine.diffusion.care import PretendedCard, assert_same, card, picture, pipeline
from tests.engine.tiny_models import TinyModels

PIXELS = 64 * 64


class Script:
    """Raises the errors in turn, then runs the pipeline; keeps the rungs at which it was called."""

    def __init__(self, ladder: Ladder, pipe: Any, *errors: Exception) -> None:
        self._ladder, self._pipe = ladder, pipe
        self._errors = list(errors)
        self.rungs: list[Placement] = []
        self.together: list[int] = []

    def __call__(self) -> np.ndarray:
        self.rungs.append(self._ladder.placement)
        self.together.append(self._ladder.together)
        if self._errors:
            raise self._errors.pop(0)
        return picture(self._pipe)


def out_of_memory() -> Exception:
    return torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")


@pytest.fixture
def pipe(tiny: TinyModels) -> Any:
    return pipeline(tiny, "sdxl_inpaint")


def ladder_of(
    pipe: Any, notices: list[str], memory: LadderMemory | None = None, device: Any = None
) -> Ladder:
    return Ladder(pipe, device or card(), "model-1", notices.append, memory)


def test_without_trouble_nothing_is_said(pipe: Any) -> None:
    notices: list[str] = []
    bare = picture(pipe)
    ladder = ladder_of(pipe, notices)
    script = Script(ladder, pipe)
    assert_same(ladder.run(script, PIXELS), bare)
    assert script.rungs == [Placement.whole]
    assert notices == []


def test_goes_down_rung_by_rung_and_says_so(pipe: Any) -> None:
    notices: list[str] = []
    bare = picture(pipe)
    ladder = ladder_of(pipe, notices)
    script = Script(ladder, pipe, *[out_of_memory() for _ in range(3)])
    assert_same(ladder.run(script, PIXELS), bare)
    assert script.rungs == list(Placement)[:4]
    assert notices == [PLACEMENTS[rung].notice for rung in script.rungs[1:]]
    assert "parts of the model now wait in main memory. Slower, same picture." in notices[1]


def test_a_batch_is_made_one_by_one_before_anything_gets_slower(pipe: Any) -> None:
    notices: list[str] = []
    ladder = ladder_of(pipe, notices)
    script = Script(ladder, pipe, out_of_memory(), out_of_memory())
    ladder.run(script, PIXELS, batch=4)
    assert script.together == [4, 1, 1]
    assert script.rungs == [Placement.whole, Placement.whole, Placement.whole_tiled]
    assert notices == [ONE_BY_ONE, PLACEMENTS[Placement.whole_tiled].notice]


def test_the_next_batch_is_split_from_the_start_a_smaller_one_is_not(pipe: Any) -> None:
    ladder = ladder_of(pipe, [])
    ladder.run(Script(ladder, pipe, out_of_memory()), PIXELS, batch=4)
    for batch, together in ((4, 1), (3, 3), (1, 1)):
        script = Script(ladder, pipe)
        ladder.run(script, PIXELS, batch)
        assert (script.together, script.rungs) == ([together], [Placement.whole])


def test_a_batch_that_would_need_a_slower_rung_is_split_unasked(pipe: Any) -> None:
    side, rung = 1024, Placement.whole
    one = estimate(footprint_of(pipe), rung, side * side, 1)
    both = estimate(footprint_of(pipe), rung, side * side, 1000)
    tight = replace(card(), free=(one + both) // 2 + RESERVE_BYTES)
    ladder = ladder_of(pipe, [], device=tight)
    script = Script(ladder, pipe)
    ladder.run(script, side * side, batch=1000)
    assert (script.together, script.rungs) == ([1], [rung])


def test_every_rung_is_tried_before_giving_up(pipe: Any) -> None:
    notices: list[str] = []
    ladder = ladder_of(pipe, notices)
    script = Script(ladder, pipe, *[out_of_memory() for _ in Placement])
    with pytest.raises(EngineError, match="too large for this computer") as caught:
        ladder.run(script, PIXELS)
    assert script.rungs == list(Placement)
    assert "OutOfMemoryError" in caught.value.details
    assert is_rounded(pipe)
    ladder.run(Script(ladder, pipe), PIXELS)


def test_the_rung_is_kept_for_the_next_job(pipe: Any) -> None:
    ladder = ladder_of(pipe, [])
    ladder.run(Script(ladder, pipe, out_of_memory()), PIXELS)
    second = Script(ladder, pipe)
    ladder.run(second, PIXELS)
    assert second.rungs == [Placement.whole_tiled]


def test_the_processor_has_no_rung_below(pipe: Any) -> None:
    ladder = ladder_of(pipe, [], device=cpu_device())
    script = Script(ladder, pipe, MemoryError())
    with pytest.raises(EngineError, match="main memory is too small"):
        ladder.run(script, PIXELS)
    assert script.rungs == [Placement.cpu]


def test_running_out_while_placing_is_running_out(
    pipe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Placement] = []

    def placing(pipe: Any, placement: Placement, device: Any) -> None:
        tried.append(placement)
        if placement is Placement.whole:
            raise out_of_memory()
        place(pipe, placement, device)

    monkeypatch.setattr("inpaint_studio.engine.backends.diffusion.ladder.place", placing)
    ladder = ladder_of(pipe, [])
    ladder.run(Script(ladder, pipe), PIXELS)
    assert tried == [Placement.whole, Placement.whole_tiled]


@pytest.mark.parametrize("rung", list(Placement))
def test_a_cancel_passes_and_the_pipeline_stays_usable(pipe: Any, rung: Placement) -> None:
    ladder = ladder_of(pipe, [])

    def cancelled() -> np.ndarray:
        def stop(*_args: Any) -> dict:
            raise JobCancelledError

        return picture(pipe, callback_on_step_end=stop)

    with pytest.raises(JobCancelledError):
        ladder.run(cancelled, PIXELS, asked=rung.value)
    after = Script(ladder, pipe)
    again = ladder.run(after, PIXELS, asked=rung.value)
    assert after.rungs == [rung]
    assert_same(ladder.run(Script(ladder, pipe), PIXELS, asked=rung.value), again)


def test_tensors_of_the_failed_try_are_gone_before_the_next(pipe: Any) -> None:
    kept: list[weakref.ref] = []
    ladder = ladder_of(pipe, [])

    def call() -> bool:
        if not kept:
            activations = torch.zeros(1000)
            kept.append(weakref.ref(activations))
            raise out_of_memory()
        return kept[0]() is None

    assert ladder.run(call, PIXELS)


def test_another_error_is_not_taken_for_memory(pipe: Any) -> None:
    ladder = ladder_of(pipe, [])
    script = Script(ladder, pipe, ValueError("out of memory of old times"))
    with pytest.raises(ValueError, match="old times"):
        ladder.run(script, PIXELS)
    assert script.rungs == [Placement.whole]


def test_a_lost_device_asks_for_a_new_worker(pipe: Any) -> None:
    ladder = ladder_of(pipe, [])
    error = RuntimeError("CUDA error: an illegal memory access was encountered")
    with pytest.raises(NeedsFreshWorkerError, match="stopped answering"):
        ladder.run(Script(ladder, pipe, error), PIXELS)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("HIP out of memory."),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB)"),
        RuntimeError("Invalid buffer size: 16.00 GB"),
        RuntimeError("XPU out of memory. Tried to allocate 1.00 GiB"),
        RuntimeError(
            "level_zero backend failed with error: 39 (UR_RESULT_ERROR_OUT_OF_DEVICE_MEMORY)"
        ),
        RuntimeError(
            "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 1 bytes"
        ),
        RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried 1 bytes"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"),
        MemoryError(),
    ],
)
def test_how_running_out_sounds(error: Exception) -> None:
    assert is_out_of_memory(error)


def test_real_allocation_failure_is_recognised() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**50, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)


def test_a_larger_job_is_placed_anew_a_smaller_one_is_not(pipe: Any) -> None:
    tight = replace(card(), free=6 * 2**30)
    ladder = ladder_of(pipe, [], device=tight)
    rungs = []
    for pixels in (512 * 512, 2048 * 2048, 512 * 512):
        script = Script(ladder, pipe)
        ladder.run(script, pixels)
        rungs += script.rungs
    assert rungs[0] is Placement.whole
    assert rungs[1] is rungs[2]
    assert rungs[1] is not Placement.whole


def test_what_is_rounded_does_not_go_up_again(pipe: Any) -> None:
    ladder = ladder_of(pipe, [])
    ladder.run(Script(ladder, pipe), PIXELS, asked="fp8-group-offload")
    script = Script(ladder, pipe)
    ladder.run(script, PIXELS)
    assert script.rungs == [Placement.fp8_group_offload]


def test_lifted_for_changes_of_the_networks(pipe: Any) -> None:
    from peft import LoraConfig

    bare = picture(pipe)
    ladder = ladder_of(pipe, [])
    for rung in (Placement.model_offload, Placement.group_offload, Placement.leaf_offload):
        ladder.run(Script(ladder, pipe), PIXELS, asked=rung.value)
        with ladder.lifted():
            config = LoraConfig(target_modules=["to_q"], r=2, init_lora_weights=False)
            pipe.unet.add_adapter(config, "style")
        changed = ladder.run(Script(ladder, pipe), PIXELS, asked=rung.value)
        assert not np.array_equal(changed, bare)
        with ladder.lifted():
            pipe.unet.delete_adapters("style")
        assert_same(ladder.run(Script(ladder, pipe), PIXELS, asked=rung.value), bare)


def test_another_pipeline_with_the_same_parts(pipe: Any) -> None:
    ladder = ladder_of(pipe, [])
    bare = ladder.run(Script(ladder, pipe), PIXELS, asked="model-offload")
    other = type(pipe).from_pipe(pipe)
    other.set_progress_bar_config(disable=True)
    ladder.use(other)
    assert_same(ladder.run(Script(ladder, other), PIXELS, asked="model-offload"), bare)


class TestMemory:
    def remembering(self, tmp_path: Path) -> tuple[LadderMemory, PretendedCard]:
        return LadderMemory(tmp_path / "state"), card(8 * 2**30)

    def test_remembers_for_the_model_and_the_card(self, tmp_path: Path) -> None:
        memory, device = self.remembering(tmp_path)
        memory.remember("model-1", device, PIXELS, device.free, Need(Placement.group_offload))
        assert memory.recall("model-1", device, PIXELS) == Need(Placement.group_offload)
        assert memory.recall("model-2", device, PIXELS) == Need()
        assert memory.recall("model-1", replace(device, name="Other"), PIXELS) == Need()

    def test_smaller_jobs_and_more_free_memory_start_afresh(self, tmp_path: Path) -> None:
        memory, device = self.remembering(tmp_path)
        memory.remember("model-1", device, PIXELS, device.free, Need(Placement.group_offload))
        assert memory.recall("model-1", device, PIXELS - 1) == Need()
        assert memory.recall("model-1", replace(device, free=2 * device.free), PIXELS) == Need()

    @pytest.mark.parametrize("text", ["", "{", "[1]", '{"model-1|Pretended 3000": 5}', "null"])
    def test_a_damaged_file_is_no_memory(self, tmp_path: Path, text: str) -> None:
        memory, device = self.remembering(tmp_path)
        (tmp_path / "state").mkdir()
        (tmp_path / "state" / MEMORY_FILE).write_text(text)
        assert memory.recall("model-1", device, PIXELS) == Need()
        memory.remember("model-1", device, PIXELS, device.free, Need(Placement.cpu))
        assert memory.recall("model-1", device, PIXELS) == Need(Placement.cpu)

    def test_stays_small(self, tmp_path: Path) -> None:
        memory, device = self.remembering(tmp_path)
        for index in range(MEMORY_LIMIT + 5):
            memory.remember(f"model-{index}", device, PIXELS, 1, Need(Placement.cpu))
        assert len(json.loads((tmp_path / "state" / MEMORY_FILE).read_text())) == MEMORY_LIMIT
        assert memory.recall("model-0", replace(device, free=1), PIXELS) == Need()

    def test_a_folder_that_cannot_be_written_is_no_error(self, tmp_path: Path) -> None:
        (tmp_path / "state").write_text("a file in the way")
        memory, device = self.remembering(tmp_path)
        memory.remember("model-1", device, PIXELS, 1, Need(Placement.cpu))
        assert memory.recall("model-1", device, PIXELS) == Need()

    def test_the_next_start_begins_where_the_last_one_ended(
        self, tmp_path: Path, tiny: TinyModels
    ) -> None:
        memory, device = self.remembering(tmp_path)
        first = pipeline(tiny, "sdxl_inpaint")
        ladder = ladder_of(first, [], memory, device)
        ladder.run(Script(ladder, first, out_of_memory(), out_of_memory()), PIXELS)
        second = pipeline(tiny, "sdxl_inpaint")
        ladder = ladder_of(second, [], memory, device)
        script = Script(ladder, second)
        ladder.run(script, PIXELS)
        assert script.rungs == [Placement.model_offload]

    def test_a_split_batch_is_remembered(self, tmp_path: Path, pipe: Any) -> None:
        memory, device = self.remembering(tmp_path)
        first = ladder_of(pipe, [], memory, device)
        first.run(Script(first, pipe, out_of_memory()), PIXELS, batch=4)
        assert memory.recall("model-1", device, 4 * PIXELS) == Need(Placement.whole, True)
        second = ladder_of(pipe, [], memory, device)
        script = Script(second, pipe)
        second.run(script, PIXELS, batch=4)
        assert script.together == [1]


def test_mps_has_no_fp8_rung(pipe: Any) -> None:
    ladder = ladder_of(pipe, [], device=replace(card(), kind=DeviceKind.mps))
    script = Script(ladder, pipe, *[out_of_memory() for _ in range(4)])
    ladder.run(script, PIXELS)
    assert script.rungs[-1] is Placement.leaf_offload
    assert not is_rounded(pipe)
