"""Remembers between sessions which rung of the memory ladder a model needed."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inpaint_studio.atomic import write_bytes_atomically
from inpaint_studio.engine.backends.diffusion.devices import Device
from inpaint_studio.engine.backends.diffusion.placement import Placement

MEMORY_FILE = "placements.json"
MEMORY_LIMIT = 200
NOTICEABLY_MORE = 1.1


@dataclass(frozen=True)
class Need:
    """What a job needed: a rung (None = nothing known), and its candidates one by one or not."""

    placement: Placement | None = None
    is_split: bool = False


@dataclass(frozen=True)
class LadderMemory:
    """What was needed on this machine, in a small JSON file of `folder`; None = remembers nothing.

    A need counts for jobs at least as large, while no more memory is free than it was then: it is
    no reason to be slow for ever that another program was open once.
    """

    folder: Path | None

    def recall(self, model: str, device: Device, work: int) -> Need:
        """What a job of `work` = pixels x batch needs."""
        entry = self._read().get(f"{model}|{device.name}", {})
        try:
            is_small = work < entry["work"]
            has_more = device.free_bytes() > entry["free"] * NOTICEABLY_MORE
            placement = Placement(entry["placement"])
        except (TypeError, KeyError, ValueError):
            return Need()
        return Need() if is_small or has_more else Need(placement, entry.get("split") is True)

    def remember(self, model: str, device: Device, work: int, free: int, need: Need) -> None:
        """Keep what a job needed that had failed with `work` = pixels x images at once, and that
        had started with `free` bytes; a full disk is no error."""
        if self.folder is None or need.placement is None:
            return
        entries = self._read()
        key = f"{model}|{device.name}"
        entries.pop(key, None)
        entries[key] = {
            "placement": need.placement.value,
            "split": need.is_split,
            "work": work,
            "free": free,
        }
        newest = dict(list(entries.items())[-MEMORY_LIMIT:])
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(newest, indent=1)
            write_bytes_atomically(self.folder / MEMORY_FILE, text.encode())

    def _read(self) -> dict[str, Any]:
        if self.folder is None:
            return {}
        try:
            entries = json.loads((self.folder / MEMORY_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}
