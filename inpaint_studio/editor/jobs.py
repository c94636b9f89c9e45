"""A job of the engine as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """A queued or running edit. `fraction` 0..1 and `message` tell how far it is."""

    number: int
    label: str
    fraction: float = 0.0
    message: str = ""
    is_running: bool = False
