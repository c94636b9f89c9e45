from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inpaint_studio.files.recent import MOST_RECENT_FILES, RecentFiles

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(b"")
    return path


def paths(recent: RecentFiles) -> list[str]:
    return [entry.path.name for entry in recent.entries()]


def test_newest_first_without_doubles(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "state")
    assert recent.entries() == ()
    for hour, name in enumerate(["a", "b", "a"]):
        recent.add(make(tmp_path, name), NOON + timedelta(hours=hour))
    assert paths(RecentFiles(tmp_path / "state")) == ["a", "b"]
    assert recent.entries()[0].used == NOON + timedelta(hours=2)


def test_a_link_and_a_detour_are_the_same_file(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path)
    file = make(tmp_path, "a")
    (tmp_path / "link").symlink_to(file)
    recent.add(tmp_path / "link")
    recent.add(tmp_path / "x" / ".." / "a")
    assert paths(recent) == ["a"]
    assert recent.entries()[0].used.tzinfo is not None


def test_at_most_twelve(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path)
    for number in range(MOST_RECENT_FILES + 3):
        recent.add(make(tmp_path, f"{number}.png"))
    assert len(recent.entries()) == MOST_RECENT_FILES
    assert paths(recent)[0] == f"{MOST_RECENT_FILES + 2}.png"


def test_missing_files_are_hidden_until_they_are_back(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path)
    path = make(tmp_path, "a")
    recent.add(path)
    path.unlink()
    assert recent.entries() == ()
    recent.add(make(tmp_path, "b"))
    make(tmp_path, "a")
    assert paths(recent) == ["b", "a"]


def test_remove_and_clear(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path)
    for name in "abc":
        recent.add(make(tmp_path, name))
    recent.remove(tmp_path / "b")
    assert paths(recent) == ["c", "a"]
    recent.clear()
    assert recent.entries() == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        b"[" * 5000,
        b'[1, null, {"path": 3}, {"path": "a", "used": "never"}, {"path": "\\u0000", "used": 1}]',
    ],
)
def test_a_broken_list_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "recent.json").write_bytes(content)
    recent = RecentFiles(tmp_path)
    assert recent.entries() == ()
    recent.add(make(tmp_path, "a"))
    assert paths(recent) == ["a"]


def test_times_without_a_zone_count_as_utc(tmp_path: Path) -> None:
    path = make(tmp_path, "a")
    text = f'[{{"path": "{path}", "used": "2026-11-22T12:00:00"}}]'
    (tmp_path / "recent.json").write_text(text)
    assert RecentFiles(tmp_path).entries()[0].used == NOON


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = make(tmp_path, "file") / "state"
    RecentFiles(blocked).add(make(tmp_path, "a"))
    assert RecentFiles(blocked).entries() == ()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=120))
def test_any_bytes_are_tolerated(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "recent.json").write_bytes(content)
    RecentFiles(tmp_path).entries()
