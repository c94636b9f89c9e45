"""Colour range: a click masks its colour all over the picture, softly, and is tried out first."""

from __future__ import annotations

from inpaint_studio.editor.colour_range import ColourRangePicker
from inpaint_studio.editor.tools.tool import Modifier, PointerEvent, Tool


class ColourRangeTool(Tool):
    """Gives clicks to the picker: Shift adds a colour, Alt or the pen's other end
    takes one away, neither starts anew.

    Enter takes the range over into the mask, Escape forgets it.
    """

    def __init__(self, picker: ColourRangePicker) -> None:
        self._picker = picker

    @property
    def is_open(self) -> bool:
        """Whether a range is tried out."""
        return self._picker.is_open

    def begin(self, event: PointerEvent) -> None:
        """Take the colour under the pointer."""
        if Modifier.alt in event.modifiers or event.is_eraser:
            self._picker.take_away(event.position)
        elif Modifier.shift in event.modifiers:
            self._picker.add(event.position)
        else:
            self._picker.pick(event.position)

    def finish(self) -> None:
        """Mask the range."""
        self._picker.apply()

    def cancel(self) -> None:
        """Forget the range."""
        self._picker.forget()
