"""Steps of the history that change the frame, and that fill what a larger frame shows.

The frame is a rectangle of the document: no pixels move, and what a smaller one hides stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.core.blob_store import Payload
from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.commands import Together
from inpaint_studio.core.document import Document
from inpaint_studio.core.history import Command
from inpaint_studio.core.step import Step
from inpaint_studio.geometry import Bounds


@dataclass(frozen=True)
class SetFrame(Step):
    """Show another rectangle of the document."""

    before: Bounds
    after: Bounds

    @property
    def label(self) -> str:
        """What it came to: expanded, cropped, moved or something of each."""
        if self.after.contains(self.before):
            return "Expand frame"
        if self.before.contains(self.after):
            return "Crop"
        if self.before.extent == self.after.extent:
            return "Move frame"
        return "Change frame"

    def redo(self, document: Document) -> Change:
        """Set the new frame."""
        return set_frame(document, self.after)

    def undo(self, document: Document) -> Change:
        """Set the old frame."""
        return set_frame(document, self.before)

    def merged_with(self, later: Command) -> Command | None:
        """A frame that goes on changing is one step."""
        return SetFrame(self.before, later.after) if isinstance(later, SetFrame) else None


def set_frame(document: Document, frame: Bounds) -> Change:
    """Change the frame at once. For commands, and for a drag that is recorded when it ends."""
    change = Change(ChangeKind.frame, document.frame.union(frame))
    document.frame = frame
    return change


@dataclass(frozen=True, eq=False)
class FillFrame:
    """What one expansion has done so far. Its later parts join the earlier ones into one step.

    `run` tells one expansion from another.
    """

    run: int
    parts: Together

    @property
    def label(self) -> str:
        """The label of its parts."""
        return self.parts.label

    @property
    def nbytes(self) -> int:
        """Memory of all parts beside their payloads."""
        return self.parts.nbytes

    def held(self, is_done: bool) -> list[Payload]:
        """The payloads of all parts."""
        return self.parts.held(is_done)

    def redo(self, document: Document) -> Change:
        """Do all parts."""
        return self.parts.redo(document)

    def undo(self, document: Document) -> Change:
        """Take all parts back."""
        return self.parts.undo(document)

    def merged_with(self, later: Command) -> Command | None:
        """The next part of the same expansion belongs to this step."""
        if not isinstance(later, FillFrame) or later.run != self.run:
            return None
        together = Together(self.label, self.parts.steps + later.parts.steps)
        return FillFrame(self.run, together)
