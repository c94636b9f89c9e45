"""One document-wide history of commands, bounded in bytes."""

from __future__ import annotations

from typing import Protocol

from inpaint_studio.core.change import Change
from inpaint_studio.core.document import Document


class Command(Protocol):
    """A step that can be done, undone and done again, bit for bit.

    `label` is a verb in the user's words; `nbytes` what the step keeps in memory.
    """

    @property
    def label(self) -> str:
        """What was done, in the user's words."""
        ...

    @property
    def nbytes(self) -> int:
        """Memory the step keeps, in bytes."""
        ...

    def redo(self, document: Document) -> Change:
        """Do the step."""
        ...

    def undo(self, document: Document) -> Change:
        """Take the step back."""
        ...

    def merged_with(self, later: Command) -> Command | None:
        """This and a later step as one (a slider that goes on moving), or None."""
        ...


class History:
    """Done and undone commands. Over its byte budget it forgets the oldest, never the newest."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._commands: list[Command] = []
        self._done = 0
        self._forgotten = 0
        self._saved_at: int | None = 0
        self._is_settled = True

    @property
    def labels(self) -> list[str]:
        """Labels of all steps, oldest first, undone ones included."""
        return [command.label for command in self._commands]

    @property
    def position(self) -> int:
        """How many of the steps are done."""
        return self._done

    @property
    def nbytes(self) -> int:
        """Memory of all steps in bytes."""
        return sum(command.nbytes for command in self._commands)

    @property
    def budget_bytes(self) -> int:
        """How much memory the steps may take in bytes."""
        return self._budget_bytes

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._done > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._done < len(self._commands)

    @property
    def is_saved(self) -> bool:
        """Whether the document is as it was at the last `mark_saved`."""
        return self._saved_at == self._forgotten + self._done

    def mark_saved(self) -> None:
        """Remember the present state as the saved one."""
        self._saved_at = self._forgotten + self._done

    def settle(self) -> None:
        """The last step is complete: the next one stands on its own even if it could merge."""
        self._is_settled = True

    def do(self, document: Document, command: Command, *, merge: bool = True) -> Change:
        """Do a new step; what was undone is given up."""
        change = command.redo(document)
        self.record(command, merge=merge)
        return change

    def record(self, command: Command, *, merge: bool = False) -> None:
        """Keep a step that was already done live, such as a stroke."""
        if self._saved_at is not None and self._saved_at > self._forgotten + self._done:
            self._saved_at = None
        undone = self.can_redo
        del self._commands[self._done :]
        merged = None
        if merge and not (undone or self._is_settled or self.is_saved):
            merged = self._commands[-1].merged_with(command)
        if merged is None:
            self._commands.append(command)
            self._done += 1
        else:
            self._commands[-1] = merged
        self._is_settled = False
        self._forget_oldest()

    def undo(self, document: Document) -> Change:
        """Take back the last step. Raises IndexError where there is none."""
        if not self.can_undo:
            raise IndexError("nothing to undo")
        change = self._commands[self._done - 1].undo(document)
        self._done -= 1
        self._is_settled = True
        return change

    def redo(self, document: Document) -> Change:
        """Do the next undone step again. Raises IndexError where there is none."""
        if not self.can_redo:
            raise IndexError("nothing to redo")
        change = self._commands[self._done].redo(document)
        self._done += 1
        self._is_settled = True
        return change

    def _forget_oldest(self) -> None:
        excess = self.nbytes - self._budget_bytes
        while excess > 0 and self._done > 1:
            excess -= self._commands.pop(0).nbytes
            self._done -= 1
            self._forgotten += 1
