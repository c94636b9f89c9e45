"""Where large things of the history go when memory is short: a store of byte blobs.

The document knows no file. What puts blobs into files is handed in from outside.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Protocol

from inpaint_studio.errors import FileProblemError

Part = bytes | memoryview
"""Some bytes of a blob. A memoryview is flat, of bytes."""


class BlobStore(Protocol):
    """Keeps blobs by number. `put` and `get` raise FileProblemError where they fail."""

    def put(self, parts: Sequence[Part]) -> int:
        """Keep the parts, one after the other, as one blob; returns its key."""
        ...

    def get(self, key: int) -> bytearray:
        """A kept blob, whole."""
        ...

    def drop(self, key: int) -> None:
        """Forget a blob. Never fails."""
        ...

    def problem(self, key: int) -> FileProblemError | None:
        """Why a blob that was taken could not be kept after all; `get` still gives it."""
        ...


class Blob:
    """Bytes in a store, which forgets them when nobody holds this object any more."""

    def __init__(self, store: BlobStore, parts: Sequence[Part]) -> None:
        self.nbytes = sum(map(len, parts))
        self._store = store
        self._key = store.put(parts)
        # The store as a whole goes when the program ends: no need to drop one by one then.
        weakref.finalize(self, store.drop, self._key).atexit = False

    def read(self) -> bytearray:
        """The bytes. Raises FileProblemError."""
        return self._store.get(self._key)

    @property
    def problem(self) -> FileProblemError | None:
        """Why the store could not keep it after all; it is only in memory then."""
        return self._store.problem(self._key)


class Payload(Protocol):
    """Pixels that a step keeps, in memory or in a store."""

    @property
    def nbytes(self) -> int:
        """Memory it takes, in bytes; 0 while it is in a store."""
        ...

    @property
    def disk_nbytes(self) -> int:
        """Bytes it takes in a store."""
        ...

    def stow(self, store: BlobStore) -> None:
        """Move it to the store. Raises FileProblemError and stays in memory where that fails."""
        ...

    def fetch(self) -> None:
        """Bring it back into memory. Raises FileProblemError."""
        ...

    @property
    def problem(self) -> FileProblemError | None:
        """Why the store could not keep it after all; then `fetch` it."""
        ...
