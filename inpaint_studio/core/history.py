"""One document-wide history of commands, bounded in bytes.

Over the budget of memory, the oldest steps' pixels move to a store; over that of the disk, or
where there is no store, the oldest steps are forgotten. The newest step never is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from inpaint_studio.core.blob_store import BlobStore, Payload
from inpaint_studio.core.change import Change
from inpaint_studio.core.document import Document
from inpaint_studio.errors import FileProblemError


class Command(Protocol):
    """A step that can be done, undone and done again, bit for bit.

    `label` is a verb in the user's words; `nbytes` what the step keeps in memory. Large things
    that could go to disk are not part of that: `held` names them. See `core.step` for the usual.
    """

    @property
    def label(self) -> str:
        """What was done, in the user's words."""
        ...

    @property
    def nbytes(self) -> int:
        """Memory the step keeps beside its payloads, in bytes."""
        ...

    def held(self, is_done: bool) -> list[Payload]:
        """What this step alone keeps in that state; nothing that the document holds."""
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
    """Done and undone commands. Over its byte budgets it forgets the oldest, never the newest.

    `store`: where payloads go that do not fit into `budget_bytes` of memory, as long as they fit
    into `disk_budget_bytes`. `tell` is called with a sentence for the person when that fails.
    """

    def __init__(
        self,
        budget_bytes: int,
        store: BlobStore | None = None,
        disk_budget_bytes: int = 0,
        tell: Callable[[str], object] = lambda _sentence: None,
    ) -> None:
        self._budget_bytes = budget_bytes
        self._disk_budget_bytes = disk_budget_bytes
        self._store = store
        self._tell = tell
        self._has_told = False
        self._steps: list[_Step] = []
        self._done = 0
        self._forgotten = 0
        self._saved_at: int | None = 0
        self._is_settled = True

    @property
    def labels(self) -> list[str]:
        """Labels of all steps, oldest first, undone ones included."""
        return [step.command.label for step in self._steps]

    @property
    def position(self) -> int:
        """How many of the steps are done."""
        return self._done

    @property
    def nbytes(self) -> int:
        """Memory of all steps in bytes."""
        return sum(step.nbytes for step in self._steps)

    @property
    def disk_nbytes(self) -> int:
        """Bytes of all steps in the store."""
        return sum(step.disk_nbytes for step in self._steps)

    @property
    def budget_bytes(self) -> int:
        """How much memory the steps may take in bytes."""
        return self._budget_bytes

    @property
    def disk_budget_bytes(self) -> int:
        """How much of the disk the steps may take in bytes."""
        return self._disk_budget_bytes

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._done > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._done < len(self._steps)

    @property
    def is_saved(self) -> bool:
        """Whether the document is as it was at the last `mark_saved`."""
        return self._saved_at == self._forgotten + self._done

    def mark_saved(self) -> None:
        """Remember the present state as the saved one."""
        self._saved_at = self._forgotten + self._done

    def set_budgets(self, budget_bytes: int, disk_budget_bytes: int) -> None:
        """Change how much memory and disk the steps may take; kept to at once."""
        self._budget_bytes, self._disk_budget_bytes = budget_bytes, disk_budget_bytes
        self._keep_to_budgets(may_forget=True)

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
        del self._steps[self._done :]
        merged = None
        if merge and not (undone or self._is_settled or self.is_saved):
            merged = self._steps[-1].command.merged_with(command)
        if merged is not None:
            self._steps.pop()
        self._steps.append(_Step(command if merged is None else merged))
        self._done = len(self._steps)
        self._is_settled = False
        self._keep_to_budgets(may_forget=True)

    def undo(self, document: Document) -> Change:
        """Take back the last step. Raises IndexError where there is none.

        Raises FileProblemError where its pixels can't be read back; then nothing has changed,
        and this step and all before it are forgotten, as nothing can lead back to them.
        """
        if not self.can_undo:
            raise IndexError("nothing to undo")
        step = self._steps[self._done - 1]
        try:
            step.fetch()
        except FileProblemError:
            self._forgotten += self._done
            del self._steps[: self._done]
            self._done = 0
            self._is_settled = True
            raise
        change = step.command.undo(document)
        self._done -= 1
        self._after_travel(step, is_done=False)
        return change

    def redo(self, document: Document) -> Change:
        """Do the next undone step again. Raises IndexError where there is none.

        Raises FileProblemError where its pixels can't be read back; then nothing has changed,
        and this step and all after it are forgotten.
        """
        if not self.can_redo:
            raise IndexError("nothing to redo")
        step = self._steps[self._done]
        try:
            step.fetch()
        except FileProblemError:
            del self._steps[self._done :]
            raise
        change = step.command.redo(document)
        self._done += 1
        self._after_travel(step, is_done=True)
        return change

    def take_back_refused(self) -> None:
        """The store could not keep what it took: bring that back, and say so.

        To be called after such a store tells of it. Raises nothing: it is still in memory.
        """
        for step in self._steps:
            problem = step.take_back_refused()
            if problem is not None:
                self._tell_once(problem)
        self._keep_to_budgets(may_forget=True)

    def _after_travel(self, step: _Step, *, is_done: bool) -> None:
        step.set_done(is_done)
        self._is_settled = True
        self._keep_to_budgets(may_forget=False)

    def _keep_to_budgets(self, *, may_forget: bool) -> None:
        """Move payloads to the store, oldest first; forget the oldest steps where that fails."""
        while self._is_over_budget():
            if not (self._stow_oldest() or (may_forget and self._forget_oldest())):
                return

    def _is_over_budget(self) -> bool:
        too_much_memory = self.nbytes > self._budget_bytes
        return too_much_memory or self.disk_nbytes > self._disk_budget_bytes

    def _stow_oldest(self) -> bool:
        """Move the payloads of the oldest step that has some in memory. Whether that worked."""
        movable = (s for s in self._steps if 0 < s.movable_nbytes <= self._disk_budget_bytes)
        step = next(movable, None)
        if self._store is None or step is None:
            return False
        if self.disk_nbytes + step.movable_nbytes > self._disk_budget_bytes:
            return False
        try:
            step.stow(self._store)
        except FileProblemError as error:
            self._tell_once(error)
            return False
        self._has_told = False
        return True

    def _tell_once(self, error: FileProblemError) -> None:
        """Not for every stroke: the disk stays full for a while."""
        if not self._has_told:
            self._has_told = True
            self._tell(
                f"Older steps can't be kept on the disk: {error.reason} "
                "The oldest are forgotten instead, the newest stay."
            )

    def _forget_oldest(self) -> bool:
        if self._done <= 1:
            return False
        del self._steps[0]
        self._done -= 1
        self._forgotten += 1
        return True


class _Step:
    """A command with what it keeps in memory and on disk, measured when that changes."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.set_done(True)

    def set_done(self, is_done: bool) -> None:
        self._payloads = self.command.held(is_done)
        self._measure()

    def fetch(self) -> None:
        """Bring all payloads back first, so that the step happens whole or not at all."""
        try:
            for payload in self._payloads:
                payload.fetch()
        finally:
            self._measure()

    def stow(self, store: BlobStore) -> None:
        try:
            for payload in self._payloads:
                payload.stow(store)
        finally:
            self._measure()

    def take_back_refused(self) -> FileProblemError | None:
        """Fetch what its store could not keep. Returns why it could not."""
        problem = None
        for payload in self._payloads:
            if payload.problem is not None:
                problem = payload.problem
                payload.fetch()
        self._measure()
        return problem

    def _measure(self) -> None:
        self.movable_nbytes = sum(payload.nbytes for payload in self._payloads)
        self.nbytes = self.command.nbytes + self.movable_nbytes
        self.disk_nbytes = sum(payload.disk_nbytes for payload in self._payloads)
