"""What the steps of a history have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Generic, Self, TypeVar

from inpaint_studio.core.blob_store import Payload
from inpaint_studio.core.change import Change
from inpaint_studio.core.document import Document
from inpaint_studio.core.history import Command

PROPS_NBYTES = 256
"""A round figure for steps that keep no pixels beside their payloads."""

T = TypeVar("T")


class Step:
    """A command that keeps no pixels and stays alone, until a class says otherwise."""

    @property
    def nbytes(self) -> int:
        """See `Command.nbytes`."""
        return PROPS_NBYTES

    def held(self, is_done: bool) -> list[Payload]:
        """See `Command.held`."""
        return []

    def merged_with(self, later: Command) -> Command | None:
        """See `Command.merged_with`."""
        return None


@dataclass(frozen=True)
class LayerExchange(Step, Generic[T]):
    """Something of a layer is one value before and another after."""

    label: str
    layer_id: int
    before: T
    after: T

    def redo(self, document: Document) -> Change:
        """Set the new value."""
        return self._set(document, self.after)

    def undo(self, document: Document) -> Change:
        """Set the old value."""
        return self._set(document, self.before)

    @abstractmethod
    def _set(self, document: Document, value: T) -> Change:
        """Give the layer that value."""

    def merged_with(self, later: Command) -> Self | None:
        """What goes on changing, such as by a slider or by nudging, is one step."""
        if not isinstance(later, type(self)):
            return None
        if (later.layer_id, later.label) != (self.layer_id, self.label):
            return None
        return replace(self, after=later.after)
