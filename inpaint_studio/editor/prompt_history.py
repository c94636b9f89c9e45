"""The prompts that were used, newest first, and those kept under a name, as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inpaint_studio.atomic import write_bytes_atomically

MOST_RECENT_PROMPTS = 100
LONGEST_PROMPT = 4000
"""Characters. Longer ones are used, but not remembered."""


@dataclass(frozen=True)
class SavedPrompt:
    """A prompt kept under a name."""

    name: str
    text: str


class PromptHistory:
    """Recent and saved prompts. Every change is written at once.

    The file is read again for every call: two windows of the program share it. A file that can't
    be read counts as empty, one that can't be written is not worth a message.
    """

    def __init__(self, state_folder: Path) -> None:
        self._file = state_folder / "prompts.json"

    def recent(self) -> tuple[str, ...]:
        """At most 100 prompts, the last used first, none twice."""
        found = [text for text in self._rows("recent") if _is_prompt(text)]
        return tuple(dict.fromkeys(found))[:MOST_RECENT_PROMPTS]

    def saved(self) -> tuple[SavedPrompt, ...]:
        """The named prompts, by name."""
        found = {p.name: p for p in map(_parse_saved, self._rows("saved")) if p is not None}
        return tuple(sorted(found.values(), key=lambda prompt: prompt.name.casefold()))

    def remember(self, text: str) -> None:
        """Put a prompt that was used at the top; empty and very long ones are not kept."""
        text = text.strip()
        if _is_prompt(text):
            others = [other for other in self.recent() if other != text]
            self._write([text, *others][:MOST_RECENT_PROMPTS], self.saved())

    def save(self, name: str, text: str) -> None:
        """Keep a prompt under a name; one that had the name is replaced, an empty name ignored."""
        prompt = SavedPrompt(name.strip(), text.strip())
        if prompt.name and _is_prompt(prompt.text):
            others = [other for other in self.saved() if other.name != prompt.name]
            self._write(self.recent(), [*others, prompt])

    def forget(self, text: str) -> None:
        """Drop a prompt from the recent ones."""
        self._write([other for other in self.recent() if other != text], self.saved())

    def forget_saved(self, name: str) -> None:
        """Drop the prompt that is kept under a name."""
        self._write(self.recent(), [other for other in self.saved() if other.name != name])

    def _rows(self, key: str) -> list[Any]:
        try:
            stored = json.loads(self._file.read_bytes())
        except (OSError, ValueError, RecursionError):
            return []
        rows = stored.get(key) if isinstance(stored, dict) else None
        return rows if isinstance(rows, list) else []

    def _write(
        self,
        recent: list[str] | tuple[str, ...],
        saved: list[SavedPrompt] | tuple[SavedPrompt, ...],
    ) -> None:
        named = [{"name": prompt.name, "text": prompt.text} for prompt in saved]
        data = json.dumps({"recent": list(recent), "saved": named}, indent=1, ensure_ascii=False)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_bytes_atomically(self._file, data.encode("utf-8", "surrogatepass"))
        except OSError:
            return


def _is_prompt(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text.strip()) <= LONGEST_PROMPT


def _parse_saved(row: object) -> SavedPrompt | None:
    if not isinstance(row, dict):
        return None
    name, text = str(row.get("name", "")), str(row.get("text", ""))
    return SavedPrompt(name, text) if name and _is_prompt(text) else None
