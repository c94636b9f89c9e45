"""A store that writes later: nothing is lost, whatever the disk does meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from inpaint_studio.core.blob_store import Blob, Part
from inpaint_studio.core.commands import AddLayer, DeleteLayer
from inpaint_studio.core.history import History
from inpaint_studio.core.write_behind import WriteBehind
from inpaint_studio.errors import FileProblemError
from inpaint_studio.geometry import Bounds
from tests.blob_stores import MemoryStore
from tests.documents import noise_document, result_layer, state_of

PLENTY = 1 << 30


class SlowStore(MemoryStore):
    """Writes nothing before `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.is_asked = threading.Event()
        self.writers: set[threading.Thread] = set()

    def put(self, parts: Sequence[Part]) -> int:
        self.writers.add(threading.current_thread())
        self.is_asked.set()
        self.go.wait(10)
        return super().put(parts)


@pytest.fixture
def disk() -> Iterator[SlowStore]:
    store = SlowStore()
    yield store
    store.go.set()


def test_nobody_waits_for_the_disk_and_what_waits_can_be_read(disk: SlowStore) -> None:
    store = WriteBehind(disk)
    first, second = store.put([b"ab", memoryview(b"c")]), store.put([b"de"])
    assert disk.blobs == {}
    assert (store.get(first), store.get(second)) == (b"abc", b"de")
    disk.go.set()
    store.wait()
    assert sorted(disk.blobs.values()) == [b"abc", b"de"]
    assert (store.get(first), store.get(second)) == (b"abc", b"de")
    assert threading.current_thread() not in disk.writers


def test_what_is_dropped_does_not_stay_on_the_disk(disk: SlowStore) -> None:
    store = WriteBehind(disk)
    being_written, waiting, kept = (Blob(store, [text]) for text in (b"a", b"b", b"c"))
    assert disk.is_asked.wait(10)
    del being_written, waiting
    disk.go.set()
    store.wait()
    for thread in disk.writers:
        thread.join()
    assert list(disk.blobs.values()) == [b"c"]
    assert disk.puts == 2
    del kept
    assert disk.blobs == {}


def test_more_than_may_wait_waits_for_room(disk: SlowStore) -> None:
    store = WriteBehind(disk, most_waiting=10)
    store.put([b"12345678"])
    done: list[int] = []
    putter = threading.Thread(target=lambda: done.append(store.put([b"abc"])))
    putter.start()
    putter.join(0.05)
    assert not done
    disk.go.set()
    putter.join(10)
    assert store.get(done[0]) == b"abc"
    store.wait()


def test_a_refused_blob_stays_readable_and_the_next_put_says_why() -> None:
    told: list[int] = []
    disk = MemoryStore(is_full=True)
    store = WriteBehind(disk, lambda: told.append(1))
    key = store.put([b"precious"])
    store.wait()
    assert store.get(key) == b"precious"
    problem = store.problem(key)
    assert problem is not None
    assert problem.reason == "the disk is full."
    with pytest.raises(FileProblemError, match="full"):
        store.put([b"more"])
    disk.is_full = False
    later = store.put([b"later"])
    assert store.problem(later) is None
    assert list(disk.blobs.values()) == [b"later"]
    store.drop(key)
    assert store.problem(key) is None


def test_a_layer_that_waits_to_be_written_comes_back_as_it_is(disk: SlowStore) -> None:
    document = noise_document()
    history = History(1, WriteBehind(disk), PLENTY)
    picture = next(iter(document.layers))
    before, pixels = state_of(document), picture.rasters[0].pixels
    history.do(document, DeleteLayer("Delete", picture, 0))
    assert history.nbytes < picture.rasters[0].nbytes + 1000
    history.undo(document)
    assert state_of(document) == before
    # Not a copy read back: undo at once costs nothing.
    assert picture.rasters[0].pixels is pixels


def test_a_full_disk_found_late_loses_no_pixels_and_forgets_only_old_steps() -> None:
    told: list[str] = []
    document, disk = noise_document(), MemoryStore(is_full=True)
    store = WriteBehind(disk)
    history = History(1, store, PLENTY, told.append)
    picture = next(iter(document.layers))
    before = state_of(document)
    history.do(document, AddLayer("Add", result_layer(Bounds(0, 0, 9, 9)), 1))
    middle = state_of(document)
    history.do(document, DeleteLayer("Delete", picture, 0))
    store.wait()
    history.take_back_refused()
    assert len(told) == 1
    assert "the disk is full. The oldest are forgotten" in told[0]
    assert history.disk_nbytes == 0
    assert history.labels == ["Delete"]
    history.undo(document)
    assert state_of(document) == middle != before


def test_arrays_that_are_views_are_read_from_what_waits(disk: SlowStore) -> None:
    store = WriteBehind(disk)
    whole = np.arange(16, dtype=np.uint8)
    blob = Blob(store, [whole[4:8].data])
    assert blob.read() == bytes([4, 5, 6, 7])
