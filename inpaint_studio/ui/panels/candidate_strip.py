"""The strip of candidates: what an edit came to, side by side, to choose one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from inpaint_studio.core.change import Change, ChangeKind
from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditResult
from inpaint_studio.core.flatten import Paintable, snapshot
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.core.repair import shows_its_edge
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import EMPTY, Bounds
from inpaint_studio.ui.panels.seam_words import seam_words
from inpaint_studio.ui.panels.thumbnails import RADIUS, TileView, candidate_tile, focus_of
from inpaint_studio.ui.theme import METRICS, current, theme
from inpaint_studio.ui.widgets import (
    FloatingBar,
    SeamLevel,
    draw_seam_badge,
    push_button,
    seam_level,
    tool_button,
    tooltip_text,
)

TILE = QSize(72, 52)
TILES_IN_VIEW = 6
_RING = 3
"""Room around a tile for the outline of the chosen one."""
_BADGE_INSET = 3

Picture = Callable[[int, float], QImage]
"""Gives the tile of a candidate at a device pixel ratio."""


@dataclass(frozen=True)
class Scene:
    """What the tiles show: the candidates of a result over what lies below them."""

    result: EditResult
    below: tuple[Paintable, ...]
    frame: Bounds

    @classmethod
    def of(cls, layer: ResultLayer, document: Document) -> Scene:
        """The scene of a layer as the document is now."""
        below = document.layers.painted_below(layer.id)
        return cls(layer.result, tuple(snapshot(below)), document.frame)


class CandidateButton(QAbstractButton):
    """One candidate: its tile, its seam, and an outline while it is the chosen one."""

    def __init__(self, candidate: int, seam: float, words: str, picture: Picture) -> None:
        super().__init__()
        self._candidate = candidate
        self._seam = seam
        self._picture = picture
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(TILE + QSize(2 * _RING, 2 * _RING))
        meaning = {
            SeamLevel.good: self.tr("Candidate {0}, seam {1}: good"),
            SeamLevel.look: self.tr("Candidate {0}, seam {1}: worth a look"),
            SeamLevel.visible: self.tr("Candidate {0}, seam {1}: visible"),
        }
        name = meaning[seam_level(seam)].format(candidate + 1, f"{seam:.2f}")
        self.setAccessibleName(name)
        self.setToolTip(f"{name}\n{words}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws tile, badge and outline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = self.rect().adjusted(_RING, _RING, -_RING, -_RING)
        painter.drawImage(place, self._picture(self._candidate, self.devicePixelRatioF()))
        inset = place.adjusted(0, 0, -_BADGE_INSET, -_BADGE_INSET)
        draw_seam_badge(painter, inset, self._seam)
        color = self._outline_color()
        if color:
            _draw_ring(painter, self.rect(), color)

    def _outline_color(self) -> str:
        colors = current()
        if self.isChecked():
            return colors.text if self.hasFocus() else colors.accent
        return colors.line_strong if self.underMouse() else ""


class TileRow(QScrollArea):
    """The tiles, exclusive; more than `TILES_IN_VIEW` get a scroll bar.

    `chosen(int candidate)` is only for what the person does.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._content = QWidget()
        self._content.setObjectName("scrolled")
        self._row = QHBoxLayout(self._content)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._group.idToggled.connect(self._on_toggled)

    def sizeHint(self) -> QSize:
        """As wide as the tiles, up to `TILES_IN_VIEW` of them, and high enough for a scroll bar."""
        tile = TILE + QSize(2 * _RING, 2 * _RING)
        count = len(self._group.buttons())
        width = min(count, TILES_IN_VIEW) * (tile.width() + self._row.spacing())
        bar = self.horizontalScrollBar().sizeHint().height() if count > TILES_IN_VIEW else 0
        return QSize(max(width - self._row.spacing(), tile.width()), tile.height() + bar)

    def minimumSizeHint(self) -> QSize:
        """One tile."""
        return QSize(TILE.width() + 2 * _RING, self.sizeHint().height())

    def set_candidates(self, seams: list[tuple[float, str]], picture: Picture) -> None:
        """Makes a tile for each seam ratio, with words about what else was measured."""
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            # It may be in the middle of its own click, and must not paint a result it isn't of.
            button.hide()
            button.deleteLater()
        for candidate, (seam, words) in enumerate(seams):
            button = CandidateButton(candidate, seam, words, picture)
            self._group.addButton(button, candidate)
            self._row.addWidget(button)
        policy = Qt.ScrollBarPolicy
        many = len(seams) > TILES_IN_VIEW
        self.setHorizontalScrollBarPolicy(
            policy.ScrollBarAsNeeded if many else policy.ScrollBarAlwaysOff
        )
        self.updateGeometry()

    def set_choice(self, candidate: int) -> None:
        """Outlines a candidate and brings it into view, without a signal."""
        self._group.blockSignals(True)
        self._group.button(candidate).setChecked(True)
        self._group.blockSignals(False)
        self._content.updateGeometry()
        self.ensureWidgetVisible(self._group.button(candidate), TILE.width() // 2, 0)

    def button(self, candidate: int) -> QAbstractButton:
        """The tile of a candidate."""
        return self._group.button(candidate)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A plain wheel scrolls sideways too."""
        delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (delta.x() or delta.y()))
        event.accept()

    def _on_toggled(self, candidate: int, checked: bool) -> None:
        if checked:
            self.chosen.emit(candidate)


class CandidateStrip(FloatingBar):
    """Shows a result's candidates after it arrived or when its layer becomes active.

    Hides when the result is kept or gone, another layer becomes active or another document is
    open. `kept()`: the person is content with the chosen one.
    """

    kept = Signal()

    def __init__(self, parent: QWidget, session: EditorSession, edits: EditController) -> None:
        super().__init__(parent)
        self._session = session
        self._edits = edits
        self._layer: ResultLayer | None = None
        self._scene: Scene | None = None
        self._focus = EMPTY
        self._pictures: dict[tuple[int, float], QImage] = {}
        self.tiles = TileRow()
        self.previous_button = tool_button(
            "chevron-left", self.tr("Previous candidate"), ",", small=True, color="dim"
        )
        self.next_button = tool_button(
            "chevron-right", self.tr("Next candidate"), ".", small=True, color="dim"
        )
        self.keep_button = push_button(self.tr("Keep"), primary=True)
        self.more_button = push_button(self.tr("More"))
        self.mend_button = push_button(self.tr("Mend"))
        self.discard_button = tool_button(
            "trash-2", self.tr("Discard and bring the mask back"), small=True, color="dim"
        )
        self._add_contents()
        self._connect()
        self.hide()

    @property
    def layer(self) -> ResultLayer | None:
        """The result whose candidates are shown, None while the strip is hidden."""
        return self._layer

    def show_for(self, layer_id: int) -> None:
        """Shows the candidates of a result layer; any other layer is ignored."""
        document = self._session.document
        if document is None or layer_id not in document.layers:
            return
        layer = document.layers.find(layer_id)
        if isinstance(layer, ResultLayer):
            self._layer = layer
            self._refresh(document)
            self.place()
            self.show()
            self.raise_()

    def previous(self) -> None:
        """Shows the candidate before, from the first the last."""
        if self._layer is not None:
            self._edits.step_candidate(self._layer, -1)

    def next(self) -> None:
        """Shows the candidate after, from the last the first."""
        if self._layer is not None:
            self._edits.step_candidate(self._layer, 1)

    def keep(self) -> None:
        """Keeps the chosen candidate: the strip goes, the layer stays."""
        if self._layer is not None:
            self._dismiss()
            self.kept.emit()

    def more(self) -> None:
        """Asks for as many candidates again."""
        if self._layer is not None and not self._edits.is_busy:
            self._edits.more(self._layer)

    def mend(self) -> None:
        """Draws once more along the edge."""
        if self._layer is not None and not self._edits.is_busy:
            self._edits.repair(self._layer)

    def discard(self) -> None:
        """Deletes the result and brings its mask back."""
        if self._layer is not None:
            self._edits.discard(self._layer)

    def _add_contents(self) -> None:
        self.tiles.setAccessibleName(self.tr("Candidates"))
        self.keep_button.setToolTip(tooltip_text(self.tr("Keep this candidate"), "Return"))
        self.more_button.setToolTip(self.tr("Make more candidates like these"))
        self.mend_button.setToolTip(self.tr("The edge shows: draw gently over it once more"))
        self.row.setContentsMargins(*[METRICS.space_s] * 4)
        self.row.setSpacing(METRICS.space_xs)
        self.row.addWidget(self.previous_button)
        self.row.addWidget(self.tiles, 1)
        self.row.addWidget(self.next_button)
        self.row.addSpacing(METRICS.space_xs)
        buttons = (self.keep_button, self.more_button, self.mend_button, self.discard_button)
        for button in buttons:
            self.row.addWidget(button)

    def _connect(self) -> None:
        self.tiles.chosen.connect(self._on_chosen)
        self.previous_button.clicked.connect(self.previous)
        self.next_button.clicked.connect(self.next)
        self.keep_button.clicked.connect(self.keep)
        self.more_button.clicked.connect(self.more)
        self.mend_button.clicked.connect(self.mend)
        self.discard_button.clicked.connect(self.discard)
        self._edits.busy_changed.connect(self._on_busy_changed)
        self._edits.result_arrived.connect(self.show_for)
        self._session.changed.connect(self._on_changed)
        self._session.document_replaced.connect(self._dismiss)
        self._session.active_layer_changed.connect(self._on_active_layer_changed)
        theme().changed.connect(self._pictures.clear)

    def _on_chosen(self, candidate: int) -> None:
        if self._layer is not None:
            self._edits.show_candidate(self._layer, candidate)

    def _on_busy_changed(self, busy: bool) -> None:
        self.more_button.setEnabled(not busy)
        self.mend_button.setEnabled(not busy)

    def _on_changed(self, change: Change) -> None:
        document = self._session.document
        if self._layer is None or document is None or ChangeKind.layers not in change.kind:
            return
        if self._layer.id in document.layers:
            self._refresh(document)
        else:
            self._dismiss()

    def _on_active_layer_changed(self) -> None:
        layer = self._session.active_layer
        if isinstance(layer, ResultLayer):
            self.show_for(layer.id)
        elif layer is not None:
            self._dismiss()

    def _dismiss(self) -> None:
        self._layer = None
        self._scene = None
        self._pictures.clear()
        self.hide()

    def _refresh(self, document: Document) -> None:
        if self._layer is None:
            return
        scene = Scene.of(self._layer, document)
        if scene != self._scene:
            self._show_scene(scene)
        self.tiles.set_choice(self._layer.candidate)
        self.mend_button.setVisible(shows_its_edge(self._layer))

    def _show_scene(self, scene: Scene) -> None:
        is_new_result = self._scene is None or self._scene.result is not scene.result
        self._scene = scene
        self._focus = focus_of(scene.result, scene.frame, TILE)
        self._pictures.clear()
        count = scene.result.num_candidates
        if is_new_result:
            result = scene.result
            seams = [(result.seam_ratio(k), seam_words(result, k)) for k in range(count)]
            self.tiles.set_candidates(seams, self._picture)
        self.tiles.update()
        for button in (self.previous_button, self.next_button):
            button.setVisible(count > 1)

    def _picture(self, candidate: int, ratio: float) -> QImage:
        key = (candidate, ratio)
        if self._scene is None:
            return QImage()
        if key not in self._pictures:
            view = TileView(self._focus, TILE, ratio)
            tile = candidate_tile(self._scene.result, candidate, self._scene.below, view)
            self._pictures[key] = tile
        return self._pictures[key]


def _draw_ring(painter: QPainter, rect: QRect, color: str) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(color), METRICS.focus_ring))
    half = METRICS.focus_ring / 2
    radius = RADIUS + _RING - half
    painter.drawRoundedRect(QRectF(rect).adjusted(half, half, -half, -half), radius, radius)
