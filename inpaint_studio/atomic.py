"""Files that are replaced whole or not at all: written beside the target, then renamed over it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_writer(path: Path) -> Iterator[BinaryIO]:
    """A binary file to write; it takes the place of `path` when the block ends without an error.

    Symbolic links are followed, so the link stays a link; an existing file's permissions are
    kept. If the block raises, the old file stands and nothing is left behind. Raises OSError
    (PermissionError also for an existing file that is read-only, which a rename would replace).
    """
    target = path.resolve()
    mode = _mode_to_keep(target)
    # Opened by hand, not by tempfile: a new file then gets the permissions that the umask gives.
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(part, flags, 0o666)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            part.chmod(mode)
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    _sync_folder(target.parent)


def write_bytes_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`. Raises OSError, see `atomic_writer`."""
    with atomic_writer(path) as file:
        file.write(data)


def _mode_to_keep(target: Path) -> int | None:
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder")
    if not target.exists():
        return None
    if not os.access(target, os.W_OK):
        raise PermissionError(f"{target} is read-only")
    return target.stat().st_mode & 0o7777


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
