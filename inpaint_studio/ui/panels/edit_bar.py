"""The bar under the picture: what to do with what is masked, and the button that does it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from inpaint_studio.core.edit import Intent
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.prompt_history import PromptHistory
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.panels.prompt_popup import PromptPopup
from inpaint_studio.ui.theme import METRICS, set_text_role
from inpaint_studio.ui.widgets import (
    FloatingBar,
    Segment,
    Segmented,
    push_button,
    tool_button,
    tooltip_text,
)
from inpaint_studio.ui.widgets.prompt_box import PromptBox

TEXT_WIDTH = 330
PROMPT_WIDTH = 360


class EditBar(FloatingBar):
    """Says what to do next, and does it. Signals: `generate_requested`, `clear_requested`.

    With patch fill it is one sentence and Remove; a model adds its intents and the prompt.
    """

    generate_requested = Signal()
    clear_requested = Signal()

    def __init__(
        self,
        parent: QWidget,
        session: EditorSession,
        edits: EditController,
        prompts: PromptHistory,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._edits = edits
        self._text = QLabel()
        self.clear_button = push_button(self.tr("Clear"), quiet=True)
        self.generate_button = push_button("", "sparkles", primary=True)
        self.intents = _Intents()
        self.prompt = PromptBox(prompts.recent)
        self.history_button = tool_button(
            "history", self.tr("Earlier and saved prompts"), small=True, color="dim"
        )
        self.popup = PromptPopup(prompts, self)
        self._note = ""
        self._build()
        self._connect()
        self._show_choices()

    def _build(self) -> None:
        self._text.setFixedWidth(TEXT_WIDTH)
        self._text.setWordWrap(True)
        set_text_role(self._text, "dim")
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self.prompt.setToolTip(self.tr("What should be there. Up brings back earlier prompts"))
        self.prompt.setMinimumWidth(120)
        self.prompt.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clear_button.setToolTip(tooltip_text(self.tr("Clear the mask"), "Ctrl+D"))
        for widget in (self.intents, self._text):
            self.row.addWidget(widget)
        self.row.addWidget(self.prompt, 1)
        for widget in (self.history_button, self.clear_button, self.generate_button):
            self.row.addWidget(widget)

    def _connect(self) -> None:
        settings = self._edits.settings
        self.clear_button.clicked.connect(self.clear_requested)
        self.generate_button.clicked.connect(self.generate_requested)
        self.intents.chosen.connect(settings.choose_intent)
        self.prompt.prompt_changed.connect(lambda text: settings.change(prompt=text))
        self.prompt.submitted.connect(self.generate_requested)
        self.history_button.clicked.connect(self._open_popup)
        self.popup.chosen.connect(self.prompt.take)
        settings.changed.connect(self._show_choices)
        self._session.history_changed.connect(self._show_state)
        self._edits.busy_changed.connect(self._show_state)

    def show_note(self, text: str) -> None:
        """Say what goes on, in place of what to do next; "" ends it."""
        self._note = text
        self._show_state()

    def _open_popup(self) -> None:
        button = self.history_button.geometry()
        corner = self.panel.mapToGlobal(QPoint(button.right() + 1, -METRICS.space_xs))
        self.popup.open_above(corner, self.prompt.prompt())

    def _wanted_size(self, widest: int) -> QSize:
        hint = super()._wanted_size(widest)
        if self.prompt.isHidden():
            return hint
        # A floating bar takes what its content hints at; a prompt may get the room that is there.
        spare = PROMPT_WIDTH - self.prompt.minimumWidth()
        return QSize(min(self.panel.minimumSizeHint().width() + spare, widest), hint.height())

    def _show_choices(self) -> None:
        choices = self._edits.settings.choices
        has_model = choices.model is not None
        self.intents.show_intents(choices.intents, choices.intent)
        for widget in (self.prompt, self.history_button):
            widget.setVisible(has_model)
        for widget in (self._text, self.clear_button):
            widget.setVisible(not has_model)
        self.prompt.set_prompt(choices.prompt)
        self.prompt.setPlaceholderText(self._placeholder(choices.intent))
        self.generate_button.setText(self._verb(choices.intent))
        self.generate_button.setToolTip(
            tooltip_text(self._explanation(choices.intent), "Ctrl+Return")
        )
        self._show_state()

    def _show_state(self) -> None:
        document = self._session.document
        if document is None:
            return
        painted = MaskUnion.used(document, MaskKind.repaint).bounds.intersection(document.frame)
        self.clear_button.setEnabled(not painted.is_empty)
        self._text.setText(self._words_for(painted))

    def _words_for(self, painted: Bounds) -> str:
        if self._note:
            return self._note
        if self._edits.is_busy:
            return self.tr("Filling… You can go on painting meanwhile.")
        if self._edits.settings.choices.intent is Intent.expand:
            return self.tr(
                "Continues texture from nearby: sky, water, leaves, walls. "
                "It can't invent people or things."
            )
        if painted.is_empty:
            return self._words_without_mask()
        size = f"{painted.width} × {painted.height}"
        return self.tr("{0} px masked, to be filled from around.").format(size)

    def _words_without_mask(self) -> str:
        document = self._session.document
        masks = [] if document is None else document.layers.masks(MaskKind.repaint)
        if all(mask.raster.content_bounds().is_empty for mask in masks):
            return self.tr("Paint over what should go, then press Remove.")
        return self.tr("What is masked is not used by edits. Choose its mask in Layers to use it.")

    def _verb(self, intent: Intent) -> str:
        verbs = {
            Intent.remove: self.tr("Remove"),
            Intent.fill: self.tr("Fill"),
            Intent.expand: self.tr("Expand"),
            Intent.replace_background: self.tr("Replace"),
            Intent.instruct: self.tr("Apply"),
        }
        return verbs[intent]

    def _placeholder(self, intent: Intent) -> str:
        match intent:
            case Intent.replace_background:
                return self.tr("What should the background be?")
            case Intent.instruct:
                return self.tr("What should change? For example: make it winter")
        return self.tr("What should stand here? Empty: continue the surroundings")

    def _explanation(self, intent: Intent) -> str:
        explanations = {
            Intent.remove: self.tr("Remove what is masked"),
            Intent.fill: self.tr("Put something new where it is masked"),
            Intent.expand: self.tr("Continue the picture into the new area"),
            Intent.replace_background: self.tr("Replace the masked background"),
            Intent.instruct: self.tr("Change the picture as the prompt says"),
        }
        return explanations[intent]


class _Intents(QWidget):
    """The intents that the chosen engine knows, as segments; nothing where there is no choice."""

    chosen = Signal(Intent)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Intent, ...] = ()
        self._segments: Segmented | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)

    def show_intents(self, intents: tuple[Intent, ...], choice: Intent) -> None:
        """Show these, with one chosen; no signal."""
        if intents != self._shown:
            self._shown = intents
            self._rebuild()
        self.setVisible(len(intents) > 1)
        if self._segments is not None:
            self._segments.set_choice(choice.value)

    def button(self, intent: Intent) -> QWidget:
        """The segment of an intent. Raises KeyError where it is not shown."""
        if self._segments is None:
            raise KeyError(intent)
        return self._segments.button(intent.value)

    def _rebuild(self) -> None:
        if self._segments is not None:
            self._row.removeWidget(self._segments)
            self._segments.hide()
            self._segments.deleteLater()
        self._segments = Segmented([self._segment(i) for i in self._shown], self.tr("Intent"))
        self._segments.chosen.connect(lambda key: self.chosen.emit(Intent(key)))
        self._row.addWidget(self._segments, 0, Qt.AlignmentFlag.AlignVCenter)

    def _segment(self, intent: Intent) -> Segment:
        texts = {
            Intent.remove: (self.tr("Remove"), self.tr("Take it away, continue the surroundings")),
            Intent.fill: (self.tr("Fill"), self.tr("Put something new there")),
            Intent.expand: (self.tr("Expand"), self.tr("Continue the picture outward")),
            Intent.replace_background: (
                self.tr("Background"),
                self.tr("Paint over the background to put another one there"),
            ),
            Intent.instruct: (
                self.tr("Instruct"),
                self.tr("Say what should change; without a mask in the whole picture"),
            ),
        }
        return Segment(intent.value, *texts[intent])
