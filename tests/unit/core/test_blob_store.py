from __future__ import annotations

from inpaint_studio.core.blob_store import Blob
from tests.blob_stores import MemoryStore


def test_a_blob_is_its_parts_one_after_the_other() -> None:
    blob = Blob(MemoryStore(), [b"ab", memoryview(b"cde"), b""])
    assert blob.nbytes == 5
    assert blob.read() == b"abcde"


def test_nobody_holds_it_and_the_store_forgets_it() -> None:
    store = MemoryStore()
    kept, lost = Blob(store, [b"kept"]), Blob(store, [b"lost"])
    assert len(store.blobs) == 2
    del lost
    assert list(store.blobs.values()) == [b"kept"]
    assert kept.read() == b"kept"
