"""What a command changed. Views repaint from this and never guess."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto

from inpaint_studio.geometry import EMPTY, Bounds


class ChangeKind(Flag):
    """Which aspects of the document changed."""

    pixels = auto()
    """The picture looks different inside the dirty bounds."""
    mask = auto()
    """A mask looks different inside the dirty bounds."""
    layers = auto()
    """Layers came, went or have other props."""
    frame = auto()
    """The frame is another rectangle; the dirty bounds hold the old and the new one."""


@dataclass(frozen=True)
class Change:
    """Dirty bounds in document coordinates, and what kind of change it was."""

    kind: ChangeKind
    dirty: Bounds = EMPTY

    def merged_with(self, other: Change) -> Change:
        """One change that covers both."""
        return Change(self.kind | other.kind, self.dirty.union(other.dirty))
