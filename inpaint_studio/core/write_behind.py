"""A store that writes in a thread of its own, so that nobody waits for the disk.

What waits to be written is still in memory and is read from there.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence

from inpaint_studio.core.blob_store import BlobStore, Part
from inpaint_studio.errors import FileProblemError

MOST_WAITING = 512 << 20
"""Bytes that may wait. A `put` beyond that waits for room: memory is what is short."""


class WriteBehind:
    """A `BlobStore` in front of a slower one.

    What that one refuses stays in memory and can be read, until it is dropped; `problem` says
    why, and `tell` is called, in the thread that writes. From then on `put` waits for the disk
    and raises, until it takes something again.

    There is no thread while nothing waits.
    """

    def __init__(
        self,
        store: BlobStore,
        tell: Callable[[], object] = lambda: None,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._store = store
        self._tell = tell
        self._most_waiting = most_waiting
        self._keys = itertools.count(1)
        # Reentrant: garbage may be collected, and blobs dropped, while it is held.
        self._lock = threading.RLock()
        self._has_written = threading.Condition(self._lock)
        self._waiting: dict[int, tuple[Part, ...]] = {}
        self._refused: dict[int, tuple[tuple[Part, ...], FileProblemError]] = {}
        self._kept: dict[int, int] = {}
        self._is_writing = False
        self._trusts = True

    def put(self, parts: Sequence[Part]) -> int:
        """Keep the parts. They must not change any more. Raises FileProblemError."""
        key = next(self._keys)
        if not self._trusts:
            self._kept[key] = self._store.put(parts)
            self._trusts = True
            return key
        size = _size(parts)
        with self._lock:
            self._has_written.wait_for(lambda: self._has_room(size))
            self._waiting[key] = tuple(parts)
            if not self._is_writing:
                self._is_writing = True
                threading.Thread(target=self._write_all, name="history writer").start()
        return key

    def get(self, key: int) -> bytearray:
        """A kept blob, whole. Raises FileProblemError."""
        with self._lock:
            parts = self._waiting.get(key) or self._refused.get(key, ((), None))[0]
            inner = self._kept.get(key)
        return _joined(parts) if inner is None else self._store.get(inner)

    def drop(self, key: int) -> None:
        """Forget a blob. Never fails."""
        with self._lock:
            self._waiting.pop(key, None)
            self._refused.pop(key, None)
            inner = self._kept.pop(key, None)
            self._has_written.notify_all()
        if inner is not None:
            self._store.drop(inner)

    def problem(self, key: int) -> FileProblemError | None:
        """Why a blob could not be kept after all; it is only in memory then."""
        refused = self._refused.get(key)
        return None if refused is None else refused[1]

    def wait(self) -> None:
        """Return when nothing waits to be written."""
        with self._lock:
            self._has_written.wait_for(lambda: not self._waiting)

    def _has_room(self, size: int) -> bool:
        waiting = sum(_size(parts) for parts in self._waiting.values())
        return not waiting or waiting + size <= self._most_waiting

    def _write_all(self) -> None:
        # When the program ends, nobody asks for it any more.
        while threading.main_thread().is_alive():
            with self._lock:
                key = next(iter(self._waiting), None)
                if key is None:
                    self._is_writing = False
                    return
            self._write(key)

    def _write(self, key: int) -> None:
        with self._lock:
            parts = self._waiting.get(key)
        if parts is None:
            return
        try:
            inner = self._store.put(parts)
        except FileProblemError as error:
            self._refuse(key, error)
            return
        with self._lock:
            is_wanted = self._waiting.pop(key, None) is not None
            if is_wanted:
                self._kept[key] = inner
            self._has_written.notify_all()
        if not is_wanted:
            self._store.drop(inner)

    def _refuse(self, key: int, error: FileProblemError) -> None:
        with self._lock:
            parts = self._waiting.pop(key, None)
            if parts is not None:
                self._refused[key] = parts, error
            self._trusts = False
            self._has_written.notify_all()
        self._tell()


def _size(parts: Sequence[Part]) -> int:
    return sum(map(len, parts))


def _joined(parts: Sequence[Part]) -> bytearray:
    result, offset = bytearray(_size(parts)), 0
    for part in parts:
        result[offset : offset + len(part)] = part
        offset += len(part)
    return result
