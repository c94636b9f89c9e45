"""The list of recently used files, kept as JSON in the state folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from inpaint_studio.atomic import write_bytes_atomically

MOST_RECENT_FILES = 12


@dataclass(frozen=True)
class RecentFile:
    """A file and when it was last opened or saved (with time zone)."""

    path: Path
    used: datetime


class RecentFiles:
    """Recently used files, newest first. Every change is written at once.

    The file is read again for every call: two windows of the program share it. A file that can't
    be read counts as an empty list, one that can't be written is not worth a message.
    """

    def __init__(self, state_folder: Path) -> None:
        self._file = state_folder / "recent.json"

    def entries(self) -> tuple[RecentFile, ...]:
        """At most 12 files that exist now; those on a drive that is away come back with it."""
        return tuple(entry for entry in self._read() if entry.path.is_file())

    def add(self, path: Path, used: datetime | None = None) -> None:
        """Put `path` at the top."""
        entry = RecentFile(path.resolve(), used or datetime.now(UTC))
        others = [other for other in self._read() if other.path != entry.path]
        self._write([entry, *others][:MOST_RECENT_FILES])

    def remove(self, path: Path) -> None:
        """Forget one file."""
        resolved = path.resolve()
        self._write([entry for entry in self._read() if entry.path not in (path, resolved)])

    def clear(self) -> None:
        """Forget all files."""
        self._write([])

    def _read(self) -> list[RecentFile]:
        try:
            rows = json.loads(self._file.read_bytes())
        except (OSError, ValueError, RecursionError):
            return []
        entries = [_parse(row) for row in rows] if isinstance(rows, list) else []
        return [entry for entry in entries if entry is not None][:MOST_RECENT_FILES]

    def _write(self, entries: list[RecentFile]) -> None:
        rows = [{"path": str(entry.path), "used": entry.used.isoformat()} for entry in entries]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_bytes_atomically(self._file, json.dumps(rows, indent=1).encode())
        except OSError:
            return


def _parse(row: object) -> RecentFile | None:
    try:
        used = datetime.fromisoformat(row["used"])  # pyright: ignore[reportIndexIssue]
        path = Path(row["path"])  # pyright: ignore[reportIndexIssue]
    except (KeyError, TypeError, ValueError):
        return None
    return RecentFile(path, used if used.tzinfo else used.replace(tzinfo=UTC))
