"""What keys do while the canvas has the focus: take the hand, give up, finish, nudge the frame."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.ui.canvas.pointer_control import PointerControl
from inpaint_studio.ui.canvas.pointer_input import nudge
from inpaint_studio.ui.canvas.viewport import Viewport

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class KeyControl:
    """`press` and `release` return whether the key was used here."""

    def __init__(
        self,
        session: EditorSession,
        toolbox: ToolBox,
        pointer: PointerControl,
        viewport: Viewport,
    ) -> None:
        self._session = session
        self._toolbox = toolbox
        self._pointer = pointer
        self._viewport = viewport

    def needs(self, event: QKeyEvent) -> bool:
        """Whether a key must not reach shortcuts now."""
        is_open = self._toolbox.tool.is_open
        escape = event.key() == Qt.Key.Key_Escape and (self._pointer.is_busy or is_open)
        enter = event.key() in _ENTER and is_open
        return escape or enter or event.key() == Qt.Key.Key_Space

    def press(self, event: QKeyEvent) -> bool:
        """Space is a hand while held; Escape takes back what is being drawn; the rest is for the
        tool."""
        if event.key() == Qt.Key.Key_Space:
            self._pointer.hold_hand(True)
            return True
        if event.key() == Qt.Key.Key_Escape and self._pointer.cancel():
            return True
        return self._give_to_tool(event)

    def release(self, event: QKeyEvent) -> bool:
        """Put the hand away; the frame's next nudge is a step of its own."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._pointer.hold_hand(False)
            return True
        if nudge(event, self._viewport.turn) is not None and not event.isAutoRepeat():
            self._toolbox.move_tool.settle()
            self._session.settle()
        return False

    def _give_to_tool(self, event: QKeyEvent) -> bool:
        """Enter and Escape end a gesture of several clicks; arrows move the frame's edges."""
        tool = self._toolbox.tool
        if tool.is_open and event.key() in _ENTER:
            tool.finish()
            return True
        if tool.is_open and event.key() == Qt.Key.Key_Escape:
            tool.cancel()
            return True
        moved = nudge(event, self._viewport.turn)
        if self._toolbox.current is ToolName.frame and moved is not None:
            self._toolbox.frame_tool.nudge(*moved)
            return True
        is_plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if self._toolbox.current is ToolName.move and moved is not None and is_plain:
            self._toolbox.move_tool.nudge(*moved[1:])
            return True
        return False
