from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from inpaint_studio.errors import FileProblemError
from inpaint_studio.files.blob_folder import (
    FREE_SPACE_TO_LEAVE,
    BlobFolder,
    remove_stale_folders,
)

KILLED = """
import os, sys
from pathlib import Path
from inpaint_studio.files.blob_folder import BlobFolder
store = BlobFolder(Path(sys.argv[1]))
store.put([b"left behind"])
os._exit(1)
"""


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history"


def blobs(parent: Path) -> list[Path]:
    return sorted(path for path in parent.glob("*/*") if path.is_file())


def test_keeps_blobs_and_forgets_them(parent: Path) -> None:
    store = BlobFolder(parent)
    assert not parent.exists()
    first, second = store.put([b"ab", memoryview(b"cd")]), store.put([b""])
    assert (store.get(first), store.get(second)) == (b"abcd", b"")
    store.drop(first)
    store.drop(first)
    assert len(blobs(parent)) == 1
    with pytest.raises(FileProblemError, match="can't be read back"):
        store.get(first)


def test_leaves_nothing_when_it_goes(parent: Path) -> None:
    store = BlobFolder(parent)
    store.put([b"data"])
    assert list(parent.iterdir())
    del store
    gc.collect()
    assert list(parent.iterdir()) == []


def test_folders_of_living_processes_stay_and_those_of_dead_ones_go(parent: Path) -> None:
    store = BlobFolder(parent)
    key = store.put([b"mine"])
    subprocess.run([sys.executable, "-c", KILLED, str(parent)], check=False, timeout=60)
    assert len(blobs(parent)) == 2
    remove_stale_folders(parent)
    assert len(blobs(parent)) == 1
    assert len(list(parent.glob("*.lock"))) == 1
    assert store.get(key) == b"mine"


def test_nothing_to_clear_up(parent: Path) -> None:
    remove_stale_folders(parent)
    assert not parent.exists()


def test_leaves_room_on_the_disk(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = SimpleNamespace(free=FREE_SPACE_TO_LEAVE + 3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: free)
    store = BlobFolder(parent)
    store.put([b"abc"])
    with pytest.raises(FileProblemError, match="the disk is full"):
        store.put([b"abcd"])
    assert len(blobs(parent)) == 1


class BreaksOff(list[bytes]):
    """Parts of which the second can't be written."""

    def __iter__(self) -> Iterator[bytes]:
        yield self[0]
        raise OSError(28, "No space left on device")


def test_a_write_that_fails_leaves_no_part(parent: Path) -> None:
    store = BlobFolder(parent)
    store.put([b"before"])
    with pytest.raises(FileProblemError, match="the disk is full"):
        store._write_parts(BreaksOff([b"half", b"and half"]), size=12)
    assert [path.read_bytes() for path in blobs(parent)] == [b"before"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_can_t_be_written(parent: Path) -> None:
    parent.mkdir(parents=True)
    parent.chmod(0o500)
    with pytest.raises(FileProblemError, match="can't be written"):
        BlobFolder(parent).put([b"x"])


def test_a_file_where_the_folder_should_be(parent: Path) -> None:
    parent.parent.mkdir(parents=True)
    parent.write_text("in the way")
    with pytest.raises(FileProblemError, match="can't be written"):
        BlobFolder(parent).put([b"x"])
