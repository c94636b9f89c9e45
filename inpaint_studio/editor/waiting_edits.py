"""Edits that were asked for while another one is made: they begin from what that one leaves."""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams
from inpaint_studio.core.mask_memory import UsedMask


@dataclass(frozen=True, eq=False)
class WaitingEdit:
    """What was asked for: everything but the picture, which will be another by then.

    `number`: below 0, so that it is no number of the engine's. `masks`: what was painted and not
    asked for before; empty for an instruction about the whole picture.
    """

    number: int
    document: Document
    params: EditParams
    masks: tuple[UsedMask, ...]


class WaitingEdits:
    """The edits in their order."""

    def __init__(self) -> None:
        self._edits: list[WaitingEdit] = []
        self._last = 0

    def __len__(self) -> int:
        return len(self._edits)

    def add(
        self, document: Document, params: EditParams, masks: tuple[UsedMask, ...]
    ) -> WaitingEdit:
        """Put an edit last."""
        self._last -= 1
        self._edits.append(WaitingEdit(self._last, document, params, masks))
        return self._edits[-1]

    def take(self, number: int | None = None) -> WaitingEdit | None:
        """Take out that one, or the first; None if there is none."""
        place = next((i for i, e in enumerate(self._edits) if number in (None, e.number)), None)
        return None if place is None else self._edits.pop(place)

    @property
    def masks(self) -> tuple[UsedMask, ...]:
        """What all of them are about."""
        return tuple(mask for edit in self._edits for mask in edit.masks)
