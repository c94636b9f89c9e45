"""The bar under the picture: what is masked, and the button that removes it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.theme import set_text_role
from inpaint_studio.ui.widgets import FloatingBar, push_button, tooltip_text

TEXT_WIDTH = 330


class EditBar(FloatingBar):
    """Says what to do next, and does it. Signals: `remove_requested`, `clear_requested`."""

    remove_requested = Signal()
    clear_requested = Signal()

    def __init__(self, parent: QWidget, session: EditorSession, edits: EditController) -> None:
        super().__init__(parent)
        self._session = session
        self._edits = edits
        self._text = QLabel()
        self._clear = push_button(self.tr("Clear"), quiet=True)
        self._remove = push_button(self.tr("Remove"), "sparkles", primary=True)
        self._build()
        self._clear.clicked.connect(self.clear_requested)
        self._remove.clicked.connect(self.remove_requested)
        session.history_changed.connect(self._show_state)
        edits.busy_changed.connect(self._show_state)
        self._show_state()

    def _build(self) -> None:
        self._text.setFixedWidth(TEXT_WIDTH)
        self._text.setWordWrap(True)
        set_text_role(self._text, "dim")
        self._clear.setToolTip(tooltip_text(self.tr("Clear the mask"), "Ctrl+D"))
        self._remove.setToolTip(tooltip_text(self.tr("Remove what is masked"), "Ctrl+Return"))
        for widget in (self._text, self._clear, self._remove):
            self.row.addWidget(widget)

    def _show_state(self) -> None:
        document = self._session.document
        if document is None:
            return
        painted = document.mask(MaskKind.repaint).raster.content_bounds()
        painted = painted.intersection(document.frame)
        self._clear.setEnabled(not painted.is_empty)
        self._remove.setEnabled(not self._edits.is_busy)
        self._text.setText(self._words_for(painted))

    def _words_for(self, painted: Bounds) -> str:
        if self._edits.is_busy:
            return self.tr("Filling… You can go on painting meanwhile.")
        if painted.is_empty:
            return self.tr("Paint over what should go, then press Remove.")
        size = f"{painted.width} × {painted.height}"
        return self.tr("{0} px masked, to be filled from around.").format(size)
