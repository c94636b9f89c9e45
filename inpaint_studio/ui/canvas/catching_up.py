"""Lets a moving view be drawn coarsely where that is slow, and makes up for it in idle time."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

from inpaint_studio.ui.canvas.scene import Scene, needs_smoothing
from inpaint_studio.ui.canvas.tile_painting import LEAST_WORK, Effort
from inpaint_studio.ui.canvas.viewport import Viewport

SMOOTH_LIMIT_SECONDS = 0.012
"""A frame that takes longer is drawn without interpolation while the view moves."""
REST_MS = 150
"""The view rests when it has not moved for this long."""
PATIENCE = 0.004
"""Seconds in which a frame makes tiles; then coarser ones stand in, or nothing for now."""
SLICE = 0.01
"""Seconds in which tiles are made before a frame that waits for them."""
SLICES = 96
"""At most so many small parts of tiles are made in advance after the view has moved."""


class CatchingUp(QObject):
    """`repaint` asks for the whole canvas to be painted again."""

    def __init__(
        self, scene: Scene, viewport: Viewport, repaint: Callable[[], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._scene = scene
        self._viewport = viewport
        self._repaint = repaint
        self._slow_smoothing = False
        self._is_complete = True
        self._owes_repaint = False
        self._slices_left = 0
        self._rest_timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest_timer.timeout.connect(self._on_rest)
        self._idle_timer = QTimer(self, singleShot=True, interval=0)
        self._idle_timer.timeout.connect(self._use_idle_time)

    @property
    def is_settled(self) -> bool:
        """Whether everything is drawn as it should be, and nothing is being made in advance."""
        is_coarse = self._slow_smoothing and self._rest_timer.isActive()
        is_idle = not (self._owes_repaint or self._idle_timer.isActive())
        return self._is_complete and not is_coarse and is_idle

    def effort(self) -> Effort:
        """How long the next frame may make tiles."""
        return Effort(PATIENCE, LEAST_WORK if self._is_complete else 0.0)

    @property
    def is_smooth(self) -> bool:
        """Whether the next frame is to be interpolated."""
        moving = self._rest_timer.isActive()
        return needs_smoothing(self._viewport) and not (moving and self._slow_smoothing)

    def view_moved(self) -> None:
        """Another part of the document is seen now, or in another way."""
        self._rest_timer.start()
        self._slices_left = SLICES

    def painted(self, *, complete: bool, is_whole: bool, smooth: bool, seconds: float) -> None:
        """A frame was painted: whether no coarser tile stood in, whether it was all of the canvas
        and interpolated, and how long it took."""
        # A part that is complete says nothing about the rest.
        self._is_complete = complete and (self._is_complete or is_whole)
        if smooth and is_whole:
            self._slow_smoothing = seconds > SMOOTH_LIMIT_SECONDS
        # A grab that comes later is complete, but leaves the screen as it is.
        self._owes_repaint |= not complete
        if self._slices_left > 0 or self._owes_repaint:
            self._idle_timer.start()

    def _use_idle_time(self) -> None:
        """Make what a coarser tile stood in for; then what panning would bring into view."""
        was_missing = self._prepare()
        if self._owes_repaint:
            self._owes_repaint = False
            self._repaint()
        elif was_missing and self._slices_left > 0:
            self._slices_left -= 1
            self._idle_timer.start()
        else:
            self._slices_left = 0

    def _prepare(self) -> bool:
        """Make a part of what is missing, or several before a frame that waits for them."""
        deadline = perf_counter() + SLICE
        was_missing = self._scene.prepare(self._viewport)
        while was_missing and self._owes_repaint and perf_counter() < deadline:
            was_missing = self._scene.prepare(self._viewport)
        return was_missing

    def _on_rest(self) -> None:
        if self._slow_smoothing and needs_smoothing(self._viewport):
            self._repaint()
