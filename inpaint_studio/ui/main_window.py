"""The window: lays out the panels around the canvas. What they do is wired in `app.py`."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inpaint_studio.editor.services import Services
from inpaint_studio.ui.actions import Actions
from inpaint_studio.ui.canvas.canvas_view import CanvasView
from inpaint_studio.ui.canvas_menu import CanvasMenu
from inpaint_studio.ui.dialogs.model_picker import ModelPicker
from inpaint_studio.ui.focus_areas import FocusAreas
from inpaint_studio.ui.menus.recent_menu import RecentMenu
from inpaint_studio.ui.panels.candidate_strip import CandidateStrip
from inpaint_studio.ui.panels.edit_bar import EditBar
from inpaint_studio.ui.panels.edit_panel import EditPanel
from inpaint_studio.ui.panels.engine_pill import EnginePill
from inpaint_studio.ui.panels.history_panel import HistoryPanel
from inpaint_studio.ui.panels.layers_panel import LayersPanel
from inpaint_studio.ui.panels.mask_section import MaskSection
from inpaint_studio.ui.panels.open_sources import may_hold_picture
from inpaint_studio.ui.panels.option_row import OptionRow
from inpaint_studio.ui.panels.queue_popup import QueuePopup
from inpaint_studio.ui.panels.status_line import StatusLine
from inpaint_studio.ui.panels.tool_column import ToolColumn
from inpaint_studio.ui.panels.welcome_page import WelcomePage
from inpaint_studio.ui.theme import METRICS, theme
from inpaint_studio.ui.widgets import MessageBar, action_button
from inpaint_studio.ui.widgets.snug_scroll import SnugScroll

SIDE_WIDTH = 280
FIRST_SIZE = (1280, 800)
FRAME = 40
"""px. About as much the system puts around a window."""


class _SideArea(QScrollArea):
    def sizeHint(self) -> QSize:
        """As narrow as it may be, until it is dragged wider."""
        return QSize(SIDE_WIDTH, super().sizeHint().height())


class MainWindow(QMainWindow):
    """Welcome page or editor. `close_requested(QCloseEvent)` may ignore the event to stay open."""

    close_requested = Signal(object)
    mime_dropped = Signal(QMimeData)

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.actions_table = Actions(self)
        self.canvas = CanvasView(services.session, services.toolbox)
        self.welcome = WelcomePage(services.recent)
        self.option_row = OptionRow(services.session, services.toolbox, services.frames)
        self.tool_column = ToolColumn(services.toolbox, self.actions_table)
        self.edit_panel = EditPanel(services.edits)
        self.layers_panel = LayersPanel(services.session, services.layers)
        self.mask_section = MaskSection(services.session, services.layers, services.masks)
        self.layers_panel.add_to_footer(self.mask_section)
        self.layers_panel.add_corner_widget(
            action_button(self.actions_table["new_mask"], "plus", small=True)
        )
        self.history_panel = HistoryPanel(services.session)
        self.edit_bar = EditBar(self.canvas, services.session, services.edits, services.prompts)
        self.strip = CandidateStrip(self.canvas, services.session, services.edits)
        self.status = StatusLine()
        self.engine_pill = EnginePill()
        self.model_picker = ModelPicker(services.library, services.edits.settings, self.engine_pill)
        self.queue_popup = QueuePopup(services.edits, self.status)
        self.side = self._side_panel()
        self._pages = QStackedWidget()
        self.setCentralWidget(self._central())
        self.messages = MessageBar(self._pages)
        self._make_room_for_bars()
        services.edits.settings.changed.connect(self._make_room_for_bars)
        # The style sheet decides how high the bar is.
        theme().changed.connect(self._make_room_for_bars)
        self.recent_menu = RecentMenu(services.recent, self)
        self._build_menu_bar()
        self.canvas_menu = CanvasMenu(self.actions_table, self.canvas)
        self.focus_areas = FocusAreas(
            self,
            (
                *(self.canvas, self.edit_bar, self.strip, self.tool_column, self.option_row),
                *(self.edit_panel, self.layers_panel, self.history_panel),
                *(self.status, self.engine_pill, self.messages, self.welcome),
            ),
        )
        self.setAcceptDrops(True)
        self.resize(*FIRST_SIZE)
        self.show_editor(False)

    def fit_screen(self) -> None:
        """Maximize the window if it would reach over the screen's edge with its frame."""
        room, size = self.screen().availableGeometry(), self.size()
        if size.width() + FRAME > room.width() or size.height() + FRAME > room.height():
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def show_editor(self, shown: bool) -> None:
        """Show the editor, or the welcome page."""
        # Out of sight the welcome page must not keep the window wide.
        policy = QSizePolicy.Policy.Ignored if shown else QSizePolicy.Policy.Preferred
        self.welcome.setSizePolicy(policy, policy)
        self._pages.setCurrentIndex(1 if shown else 0)
        self.set_panels_visible(shown)
        if shown:
            self.canvas.setFocus()

    def set_panels_visible(self, shown: bool) -> None:
        """Show or hide everything around the canvas but the bars that float on it."""
        for panel in (self.option_row, self.tool_column, self.side):
            panel.setVisible(shown)

    def set_full_screen(self, on: bool) -> None:
        """Fill the screen, or be a window again."""
        # A maximized window is maximized again afterwards.
        state, full = self.windowState(), Qt.WindowState.WindowFullScreen
        self.setWindowState(state | full if on else state & ~full)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the owner ask about unsaved edits first."""
        self.close_requested.emit(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if may_hold_picture(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.mime_dropped.emit(event.mimeData())

    def _make_room_for_bars(self) -> None:
        """The picture is fitted above the edit bar, and the strip floats between the two."""
        above_bar = self.edit_bar.panel.sizeHint().height() + 2 * METRICS.space_l
        if self.strip.gap() == above_bar - METRICS.space_s:
            return
        self.strip.set_gap(above_bar - METRICS.space_s)
        margin = METRICS.space_xl
        self.canvas.set_fit_margins(margin, margin, margin, above_bar)

    def _build_menu_bar(self) -> None:
        self.actions_table.fill(self.menuBar(), {"open": self.recent_menu})
        self._place_pill()
        self.engine_pill.resized.connect(self._place_pill)

    def _place_pill(self) -> None:
        self.menuBar().setCornerWidget(self.engine_pill, Qt.Corner.TopRightCorner)

    def _central(self) -> QWidget:
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self.canvas)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._pages)
        splitter.addWidget(self.side)
        splitter.setStretchFactor(0, 1)
        splitter.setCollapsible(0, False)
        splitter.setHandleWidth(1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.tool_column)
        middle.addWidget(splitter, 1)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.option_row)
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        return central

    def _side_panel(self) -> QScrollArea:
        panel = QFrame()
        panel.setObjectName("sidePanel")
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(SnugScroll(self.edit_panel))
        column.addWidget(self.layers_panel, 3)
        column.addWidget(self.history_panel, 2)
        for view in (self.layers_panel.view, self.history_panel.view):
            # Lists scroll by themselves: they leave what the other panels need.
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        area = _SideArea()
        area.setWidgetResizable(True)
        area.setWidget(panel)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setMinimumWidth(SIDE_WIDTH)
        return area
