"""Blobs as files in a folder of this process alone, which goes when the process does.

A folder stays behind where the process was killed; `remove_stale_folders` clears those up.
"""

from __future__ import annotations

import errno
import itertools
import os
import secrets
import shutil
import sys
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from inpaint_studio.core.blob_store import Part
from inpaint_studio.errors import FileProblemError

FREE_SPACE_TO_LEAVE = 512 << 20
"""Bytes of the disk that are left to everybody else."""
_LOCK = ".lock"


class BlobFolder:
    """A `BlobStore` below the folder `parent`. Nothing is made there before the first blob.

    A lock file beside the folder is held locked as long as the process lives.
    """

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._folder: Path | None = None
        self._keys = itertools.count(1)
        # One thread may write while another reads.
        self._lock = threading.Lock()

    def put(self, parts: Sequence[Part]) -> int:
        """Write one file, whole or not at all. Raises FileProblemError."""
        return self._write_parts(parts, sum(map(len, parts)))

    def _write_parts(self, parts: Sequence[Part], size: int) -> int:
        try:
            folder, key = self._own_folder(), next(self._keys)
            if shutil.disk_usage(folder).free < size + FREE_SPACE_TO_LEAVE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            _write(folder / str(key), parts)
        except OSError as error:
            reason = "the disk is full." if error.errno == errno.ENOSPC else "it can't be written."
            raise FileProblemError(self._parent, reason, str(error)) from error
        return key

    def get(self, key: int) -> bytearray:
        """Read one file. Raises FileProblemError."""
        try:
            with (self._own_folder() / str(key)).open("rb") as file:
                data = bytearray(os.fstat(file.fileno()).st_size)
                file.readinto(data)
        except OSError as error:
            reason = "older steps can't be read back from the disk, so they are gone."
            raise FileProblemError(self._parent, reason, str(error)) from error
        return data

    def drop(self, key: int) -> None:
        """Delete one file."""
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / str(key)).unlink()

    def problem(self, key: int) -> None:
        """What it took it keeps."""

    def _own_folder(self) -> Path:
        with self._lock:
            self._folder = self._folder or _new_folder(self, self._parent)
        return self._folder


def _new_folder(owner: BlobFolder, parent: Path) -> Path:
    parent.mkdir(parents=True, exist_ok=True)
    lock_path, lock = _new_lock(parent)
    folder = lock_path.with_suffix("")
    folder.mkdir()
    weakref.finalize(owner, _clear_up, lock_path, lock)
    return folder


def remove_stale_folders(parent: Path) -> None:
    """Delete the folders whose process is gone. Never fails: what stays goes another time."""
    for path in [*parent.glob(f"*{_LOCK}")]:
        with suppress(OSError), path.open("r+b") as lock:
            if _lock(lock):
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                # Windows deletes no open file.
                lock.close()
                path.unlink()


def _write(path: Path, parts: Sequence[Part]) -> None:
    # Not synced to the disk: after a power cut nobody asks for it.
    with path.open("xb") as file:
        try:
            file.writelines(parts)
        except OSError:
            file.close()
            path.unlink()
            raise


def _new_lock(parent: Path) -> tuple[Path, BinaryIO]:
    """A lock file of a new name, held until it is closed."""
    while True:
        path = parent / f"{os.getpid()}-{secrets.token_hex(4)}{_LOCK}"
        lock = path.open("xb")
        # Another process that clears up may have taken it for a stale one in between.
        if _lock(lock) and path.exists():
            return path, lock
        lock.close()


def _lock(file: BinaryIO) -> bool:
    """Lock the file if nobody else has. Closing it, or the end of the process, unlocks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _clear_up(lock_path: Path, lock: BinaryIO) -> None:
    shutil.rmtree(lock_path.with_suffix(""), ignore_errors=True)
    lock.close()
    with suppress(OSError):
        lock_path.unlink()
