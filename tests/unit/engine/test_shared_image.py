from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inpaint_studio.core.edit import EditParams, EditPiece, EditRequest, ResultPiece, SeamReport
from inpaint_studio.engine import shared_image
from inpaint_studio.engine.shared_image import (
    PREVIEW_BLOCK,
    PREVIEW_SIDE,
    SMALLEST_BLOCK,
    ArrayWriter,
    ImageBlock,
    attached,
    pack_request,
    pack_result,
    put_preview,
    read_array,
    request_size,
    result_size,
    unpack_request,
    unpack_result,
)
from inpaint_studio.errors import EditRefusedError, EngineError
from inpaint_studio.geometry import Bounds


@pytest.fixture
def block() -> Iterator[ImageBlock]:
    block = ImageBlock()
    yield block
    block.close()


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def exists(name: str) -> bool:
    try:
        with attached(name):
            return True
    except FileNotFoundError:
        return False


def test_arrays_come_out_as_they_went_in(block: ImageBlock):
    memory = block.reserve(1000)
    arrays = [noise(5, 7, 3), noise(4, 4, seed=1), noise(0, 9), noise(3, 3, 3, seed=2)]
    writer = ArrayWriter(memory)
    refs = [writer.put(array) for array in arrays]
    for ref, array in zip(refs, arrays, strict=True):
        np.testing.assert_array_equal(read_array(memory, ref), array)


def test_strided_arrays_are_packed_densely(block: ImageBlock):
    array = noise(20, 30, 3)
    memory = block.reserve(array.nbytes)
    view = array[::2, 5:25:3, ::-1]
    ref = ArrayWriter(memory).put(view)
    np.testing.assert_array_equal(read_array(memory, ref), view)


def test_read_array_is_a_copy(block: ImageBlock):
    memory = block.reserve(16)
    writer = ArrayWriter(memory)
    ref = writer.put(np.full((4, 4), 7, np.uint8))
    copy = read_array(memory, ref)
    block.close()
    np.testing.assert_array_equal(copy, np.full((4, 4), 7, np.uint8))
    assert copy.flags.writeable


def test_only_uint8_is_taken(block: ImageBlock):
    with pytest.raises(TypeError, match="float32"):
        ArrayWriter(block.reserve(64)).put(np.zeros((2, 2), np.float32))


def test_array_that_does_not_fit_is_refused(block: ImageBlock):
    writer = ArrayWriter(block.reserve(1))
    with pytest.raises(TypeError, match="too small"):
        writer.put(np.zeros((4096, 4096), np.uint8))


def test_block_is_reused_for_what_fits(block: ImageBlock):
    name = block.reserve(10).name
    assert block.reserve(SMALLEST_BLOCK).name == name


def test_block_grows_and_the_old_one_is_gone(block: ImageBlock):
    small = block.reserve(10).name
    large = block.reserve(SMALLEST_BLOCK + 1)
    assert large.size > SMALLEST_BLOCK
    assert not exists(small)
    assert exists(large.name)


def test_only_a_very_large_block_is_given_back_after_a_job(
    block: ImageBlock, monkeypatch: pytest.MonkeyPatch
):
    block.trim()
    monkeypatch.setattr(shared_image, "KEPT_BLOCK", 4 * SMALLEST_BLOCK)
    kept = block.reserve(4 * SMALLEST_BLOCK).name
    block.trim()
    assert exists(kept)
    large = block.reserve(5 * SMALLEST_BLOCK).name
    block.trim()
    assert not exists(large)


def test_close_unlinks_and_may_be_repeated():
    block = ImageBlock()
    name = block.reserve(10).name
    block.close()
    block.close()
    assert not exists(name)
    with pytest.raises(EngineError):
        _ = block.memory


def test_names_are_short_enough_for_macos(block: ImageBlock):
    assert len(block.reserve(10).name) <= 30


def test_too_large_a_job_is_refused(block: ImageBlock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shared_image, "LARGEST_BLOCK", 1000)
    with pytest.raises(EditRefusedError, match="too large"):
        block.reserve(1001)


def test_no_room_is_told_in_plain_words(block: ImageBlock, monkeypatch: pytest.MonkeyPatch):
    def refuse(_name: str | None = None, create: bool = False, size: int = 0) -> SharedMemory:
        raise OSError(errno.ENOMEM, "no memory")

    monkeypatch.setattr(shared_image, "SharedMemory", refuse)
    with pytest.raises(EngineError, match="not enough free memory"):
        block.reserve(10)


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs promises more than it has")
def test_full_tmpfs_is_noticed_before_anything_is_written(
    block: ImageBlock, monkeypatch: pytest.MonkeyPatch
):
    def full(_file: int, _offset: int, _size: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(EngineError, match="not enough free memory"):
        block.reserve(10)


@given(st.integers(0, 1 << 40))
def test_size_class_wastes_little(size: int):
    rounded = shared_image._size_class(size)
    assert rounded >= max(size, SMALLEST_BLOCK)
    assert rounded <= max(size * 1.25, size + SMALLEST_BLOCK)
    assert rounded % SMALLEST_BLOCK == 0


def test_request_survives_the_trip(block: ImageBlock):
    pieces = tuple(
        EditPiece(Bounds(x, -3, 9, 6), noise(6, 9, 3, seed=x), noise(6, 9), noise(6, 9, seed=8))
        for x in (1, 2)
    )
    request = EditRequest(EditParams(), pieces)
    memory = block.reserve(request_size(request))
    back = unpack_request(pack_request(pieces, memory), memory)
    for piece, copy in zip(pieces, back, strict=True):
        assert copy.context == piece.context
        for name in ("image", "mask", "avoid"):
            np.testing.assert_array_equal(getattr(copy, name), getattr(piece, name))


def test_result_survives_the_trip_and_fits_the_promised_size(block: ImageBlock):
    params = EditParams()
    report = SeamReport(0, 1.0, 0.5, 0.9)
    piece = ResultPiece(
        context=Bounds(0, 0, 9, 6),
        candidates=tuple(noise(6, 9, 3, seed=n) for n in range(params.num_candidates)),
        mask=noise(6, 9, seed=5),
        denoise_mask=noise(6, 9, seed=6),
        alpha=noise(6, 9, seed=7),
        reports=(report,) * params.num_candidates,
    )
    source = EditPiece(piece.context, piece.candidates[0], piece.mask, piece.mask)
    size = result_size(EditRequest(params, (source,)))
    packed = [*piece.candidates, piece.mask, piece.denoise_mask, piece.alpha]
    assert size == sum(array.nbytes for array in packed)

    memory = block.reserve(size)
    (back,) = unpack_result(pack_result([piece], memory), memory)
    assert (back.context, back.reports) == (piece.context, piece.reports)
    unpacked = [*back.candidates, back.mask, back.denoise_mask, back.alpha]
    for array, copy in zip(packed, unpacked, strict=True):
        np.testing.assert_array_equal(copy, array)


def test_previews_take_turns_in_two_slots(block: ImageBlock):
    memory = block.reserve(PREVIEW_BLOCK)
    pictures = [noise(PREVIEW_SIDE, PREVIEW_SIDE, 3, seed=n) for n in range(3)]
    refs = [put_preview(picture, memory, count) for count, picture in enumerate(pictures)]
    np.testing.assert_array_equal(read_array(memory, refs[1]), pictures[1])
    np.testing.assert_array_equal(read_array(memory, refs[2]), pictures[2])
    assert refs[0] == refs[2]
    with pytest.raises(ValueError, match="does not fit"):
        put_preview(noise(PREVIEW_SIDE + 1, PREVIEW_SIDE, 3), memory, 0)
