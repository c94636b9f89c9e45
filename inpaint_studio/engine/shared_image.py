"""Pictures in shared memory: reused blocks, and how requests and results are packed into them.

The editor's side owns every block; the worker only attaches to it by name. Both share one resource
tracker (a spawned process inherits it), which keeps names in a set: the worker's attach registers
nothing new, so the owner's unlink stays the only end of a block.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.shared_memory import SharedMemory

import numpy as np

from inpaint_studio.core.edit import EditPiece, EditRequest, ResultPiece
from inpaint_studio.engine.protocol import ArrayRef, PieceRef, ResultPieceRef
from inpaint_studio.errors import EditRefusedError, EngineError

SMALLEST_BLOCK = 1 << 20
LARGEST_BLOCK = 4 << 30
KEPT_BLOCK = 64 << 20
"""Bytes that stay with a block between jobs; what is larger is given back to the system."""
PREVIEW_SIDE = 512
"""px. Previews are never larger than that squared."""
_PREVIEW_SLOTS = 2
_PREVIEW_BYTES = PREVIEW_SIDE * PREVIEW_SIDE * 3
PREVIEW_BLOCK = _PREVIEW_SLOTS * _PREVIEW_BYTES
"""Bytes of the block for previews: one slot is written while the other one is read."""


class ImageBlock:
    """A block of shared memory that is used again for every job. For its owner only."""

    def __init__(self) -> None:
        self._memory: SharedMemory | None = None

    @property
    def memory(self) -> SharedMemory:
        """The block as it was last reserved. Raises EngineError before that."""
        if self._memory is None:
            raise EngineError("The engine has no memory to work in.")
        return self._memory

    def reserve(self, size: int) -> SharedMemory:
        """Make sure that `size` bytes fit. What was in the block may be lost.

        Raises EditRefusedError over `LARGEST_BLOCK`, EngineError where the system has no room.
        """
        if size > LARGEST_BLOCK:
            raise EditRefusedError("This area is too large to edit at once. Mask a smaller one.")
        if self._memory is None or size > self._memory.size:
            self.close()
            self._memory = _create(_size_class(size))
        return self._memory

    def trim(self) -> None:
        """After a job: keep the block for the next one, unless it is very large."""
        if self._memory is not None and self._memory.size > KEPT_BLOCK:
            self.close()

    def close(self) -> None:
        """Give the memory back to the system. Closing twice does no harm."""
        if self._memory is not None:
            self._memory.close()
            self._memory.unlink()
            self._memory = None


class ArrayWriter:
    """Packs uint8 arrays one behind the other into a block."""

    def __init__(self, memory: SharedMemory) -> None:
        self._memory = memory
        self._offset = 0

    def put(self, array: np.ndarray) -> ArrayRef:
        """Copy the array in. Raises TypeError if it is not uint8 or does not fit."""
        if array.dtype != np.uint8:
            raise TypeError(f"shared arrays are uint8, not {array.dtype}")
        ref = ArrayRef(self._offset, array.shape)
        _view(self._memory, ref)[...] = array
        self._offset += array.nbytes
        return ref


def put_preview(image: np.ndarray, memory: SharedMemory, count: int) -> ArrayRef:
    """Copy the `count`-th preview of a job (uint8 HxWx3, at most `PREVIEW_SIDE`²) into its slot.

    Raises ValueError if it is larger.
    """
    if image.nbytes > _PREVIEW_BYTES:
        raise ValueError(f"a preview of {image.shape} does not fit")
    ref = ArrayRef(count % _PREVIEW_SLOTS * _PREVIEW_BYTES, image.shape)
    _view(memory, ref)[...] = image
    return ref


def read_array(memory: SharedMemory, ref: ArrayRef) -> np.ndarray:
    """A copy that outlives the block: uint8 of `ref.shape`."""
    return _view(memory, ref).copy()


@contextmanager
def attached(name: str) -> Iterator[SharedMemory]:
    """Open another process's block for a moment; it is never unlinked here."""
    memory = SharedMemory(name)
    try:
        yield memory
    finally:
        memory.close()


def request_size(request: EditRequest) -> int:
    """Bytes that the request's arrays take."""
    return sum(p.image.nbytes + p.mask.nbytes + p.avoid.nbytes for p in request.pieces)


def result_size(request: EditRequest) -> int:
    """Bytes that the arrays of its result will take: all candidates and three masks a piece."""
    bytes_per_pixel = 3 * request.params.num_candidates + 3
    return sum(piece.mask.size * bytes_per_pixel for piece in request.pieces)


def pack_request(pieces: Iterable[EditPiece], memory: SharedMemory) -> tuple[PieceRef, ...]:
    """Copy the pieces into the block."""
    put = ArrayWriter(memory).put
    return tuple(PieceRef(p.context, put(p.image), put(p.mask), put(p.avoid)) for p in pieces)


def unpack_request(refs: Iterable[PieceRef], memory: SharedMemory) -> tuple[EditPiece, ...]:
    """Copy the pieces out of the block."""
    return tuple(
        EditPiece(
            context=ref.context,
            image=read_array(memory, ref.image),
            mask=read_array(memory, ref.mask),
            avoid=read_array(memory, ref.avoid),
        )
        for ref in refs
    )


def pack_result(pieces: Iterable[ResultPiece], memory: SharedMemory) -> tuple[ResultPieceRef, ...]:
    """Copy the result's pieces into the block."""
    put = ArrayWriter(memory).put
    return tuple(
        ResultPieceRef(
            context=piece.context,
            candidates=tuple(put(candidate) for candidate in piece.candidates),
            mask=put(piece.mask),
            denoise_mask=put(piece.denoise_mask),
            alpha=put(piece.alpha),
            reports=piece.reports,
        )
        for piece in pieces
    )


def unpack_result(refs: Iterable[ResultPieceRef], memory: SharedMemory) -> tuple[ResultPiece, ...]:
    """Copy the result's pieces out of the block."""
    return tuple(
        ResultPiece(
            context=ref.context,
            candidates=tuple(read_array(memory, candidate) for candidate in ref.candidates),
            mask=read_array(memory, ref.mask),
            denoise_mask=read_array(memory, ref.denoise_mask),
            alpha=read_array(memory, ref.alpha),
            reports=ref.reports,
        )
        for ref in refs
    )


def _view(memory: SharedMemory, ref: ArrayRef) -> np.ndarray:
    # Never kept: a block can't be closed while an array looks into it.
    return np.ndarray(ref.shape, np.uint8, memory.buf, ref.offset)


def _size_class(size: int) -> int:
    """`size` rounded up to whole MiB, or by at most a quarter: similar jobs share a block."""
    step = max(SMALLEST_BLOCK, 1 << max(0, size.bit_length() - 3))
    return max(step, -(-size // step) * step)


def _create(size: int) -> SharedMemory:
    try:
        memory = SharedMemory(create=True, size=size)
    except OSError as error:
        raise _no_room(size, error) from error
    try:
        _claim(memory)
    except OSError as error:
        memory.close()
        memory.unlink()
        raise _no_room(size, error) from error
    return memory


def _claim(memory: SharedMemory) -> None:
    """Take the pages now: where tmpfs is full, a later write would end the process by SIGBUS."""
    if sys.platform == "linux":
        file = os.open(f"/dev/shm/{memory.name}", os.O_RDWR)
        try:
            os.posix_fallocate(file, 0, memory.size)
        finally:
            os.close(file)


def _no_room(size: int, error: OSError) -> EngineError:
    return EngineError(
        "There is not enough free memory for this edit. Close other programs or mask less.",
        f"{size >> 20} MiB of shared memory: {error}",
    )
