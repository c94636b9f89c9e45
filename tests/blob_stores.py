"""A store of blobs in memory, with the faults that a disk has."""

from __future__ import annotations

from collections.abc import Sequence

from inpaint_studio.core.blob_store import Part
from inpaint_studio.errors import FileProblemError


class MemoryStore:
    """Keeps blobs in `blobs`. While `is_full` it takes no more; clear `blobs` to lose them."""

    def __init__(self, *, is_full: bool = False) -> None:
        self.is_full = is_full
        self.blobs: dict[int, bytes] = {}
        self.puts = 0

    def put(self, parts: Sequence[Part]) -> int:
        if self.is_full:
            raise FileProblemError("history", "the disk is full.")
        self.puts += 1
        self.blobs[self.puts] = b"".join(parts)
        return self.puts

    def get(self, key: int) -> bytearray:
        if key not in self.blobs:
            raise FileProblemError("history", "it is gone.")
        return bytearray(self.blobs[key])

    def problem(self, key: int) -> None:
        """What it took it keeps."""

    def drop(self, key: int) -> None:
        self.blobs.pop(key, None)
