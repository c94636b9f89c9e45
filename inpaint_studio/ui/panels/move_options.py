"""The move tool's options: what a click takes, and the active layer's place in numbers."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from inpaint_studio.core.aspect import MAX_SIDE
from inpaint_studio.core.placement import HOME
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.ui.theme import METRICS
from inpaint_studio.ui.widgets import ValueRange, push_button, tool_button
from inpaint_studio.ui.widgets.fitting_row import FittingRow
from inpaint_studio.ui.widgets.number_field import NumberField

SCRUB = 200.0
"""Px of dragging in a field that make as many px of the picture."""
MOST_PERCENT = 3200.0
FOLLOW_MS = 40
"""As often the numbers follow a drag."""


class PlaceRange(ValueRange):
    """Any place in the largest picture. Dragged, it follows the pointer px by px."""

    def fraction(self, value: float) -> float:
        """See `ValueRange`: not bounded, as there is no slider beside the field."""
        return value / SCRUB

    def value_at(self, fraction: float) -> float:
        """See `ValueRange`."""
        return self.clamped(fraction * SCRUB)


class MoveOptions(FittingRow):
    """Shows where the active layer lies and puts it elsewhere."""

    def __init__(
        self,
        session: EditorSession,
        toolbox: ToolBox,
        title: QLabel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._toolbox = toolbox
        self._tool = toolbox.move_tool
        self._places = self._tool.placements
        anywhere = PlaceRange(-MAX_SIDE, MAX_SIDE)
        percent = ValueRange(0.1, MOST_PERCENT, decimals=1, logarithmic=True)
        self.picks = QCheckBox(self.tr("Auto-select"))
        self.left = NumberField(anywhere)
        self.top = NumberField(anywhere)
        self.across = NumberField(percent, self.tr(" %"))
        self.down = NumberField(percent, self.tr(" %"))
        self.linked = tool_button("link", self.tr("Keep the ratio"), checkable=True, small=True)
        self.angle = NumberField(ValueRange(-180, 180, decimals=1), self.tr("°"))
        self.flip_across = tool_button(
            "flip-horizontal-2", self.tr("Flip horizontally"), small=True
        )
        self.flip_down = tool_button("flip-vertical-2", self.tr("Flip vertically"), small=True)
        self.turn = tool_button("rotate-cw", self.tr("Rotate 90° clockwise"), small=True)
        self.reset = push_button(self.tr("Reset"), quiet=True)
        self.row.setSpacing(METRICS.space_m)
        self._build(title)
        self._connect()

    def _build(self, title: QLabel) -> None:
        self.picks.setToolTip(
            self.tr("A click takes the topmost layer under it. Ctrl-click does it the other way.")
        )
        title.setToolTip(
            self.tr(
                "Drag to move: Shift keeps to one axis, Alt moves a copy, arrows nudge.\n"
                "Corners keep the ratio, sides stretch; Shift the other way round, Alt about the "
                "middle.\nOutside a corner: rotate, with Shift in steps of 15°."
            )
        )
        self.linked.setChecked(True)
        self.reset.setToolTip(self.tr("Put the layer back where it first lay"))
        self.row.addWidget(title)
        self.row.addWidget(self.picks)
        self._add_field(self.tr("X"), self.left, self.tr("Left edge in px"))
        self._add_field(self.tr("Y"), self.top, self.tr("Top edge in px"))
        self._add_field(self.tr("W"), self.across, self.tr("Width in percent of its own"))
        self.row.addWidget(self.linked)
        self._add_field(self.tr("H"), self.down, self.tr("Height in percent of its own"))
        self._add_field(self.tr("Angle"), self.angle, self.tr("Clockwise, in degrees"))
        for button in (self.flip_across, self.flip_down, self.turn, self.reset):
            self.row.addWidget(button)
        self.row.addStretch()

    def _add_field(self, name: str, field: NumberField, tip: str) -> None:
        # One control, so that name and number stay together where the row is too narrow.
        control = QWidget()
        row = QHBoxLayout(control)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(METRICS.space_s)
        label = QLabel(name)
        label.setBuddy(field)
        field.setAccessibleName(tip)
        field.setToolTip(tip)
        field.settled.connect(self._session.settle)
        row.addWidget(label)
        row.addWidget(field)
        self.row.addWidget(control)

    def _connect(self) -> None:
        places, tool, session = self._places, self._tool, self._session
        self.picks.toggled.connect(self._choose_picks)
        self.left.valueChanged.connect(lambda value: self._set(x=int(value)))
        self.top.valueChanged.connect(lambda value: self._set(y=int(value)))
        self.across.valueChanged.connect(lambda value: self._scale(across=value / 100))
        self.down.valueChanged.connect(lambda value: self._scale(down=value / 100))
        self.angle.valueChanged.connect(self._turn_to)
        self.across.reset_requested.connect(lambda: self.across.setValue(100))
        self.down.reset_requested.connect(lambda: self.down.setValue(100))
        self.angle.reset_requested.connect(lambda: self.angle.setValue(0))
        self.flip_across.clicked.connect(lambda: places.flip(across=True))
        self.flip_down.clicked.connect(lambda: places.flip(across=False))
        self.turn.clicked.connect(lambda: places.turn(90))
        self.reset.clicked.connect(places.reset)
        tool.lift_changed.connect(self.refresh)
        self._soon = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._soon.timeout.connect(self.refresh)
        tool.dragged_on.connect(self._follow)
        self._toolbox.tool_changed.connect(self.refresh)
        session.changed.connect(lambda _change: self.refresh())
        session.active_layer_changed.connect(self.refresh)
        session.document_replaced.connect(self.refresh)

    def _follow(self) -> None:
        """Show where a drag has led to; not for every report of a fast mouse."""
        if not self._soon.isActive():
            self._soon.start()

    def _choose_picks(self, on: bool) -> None:
        self._tool.choices = replace(self._tool.choices, picks=on)

    def _set(self, *, x: int | None = None, y: int | None = None) -> None:
        self._places.set_position(x=x, y=y)
        self.refresh()

    def _scale(self, *, across: float | None = None, down: float | None = None) -> None:
        box = self._tool.box
        if box is not None and self.linked.isChecked():
            now_across, now_down = abs(box.placement.scale_x), abs(box.placement.scale_y)
            if across is not None:
                down = now_down * across / now_across
            elif down is not None:
                across = now_across * down / now_down
        self._places.set_scale(across=across, down=down)
        self.refresh()

    def _turn_to(self, degrees: float) -> None:
        self._places.set_rotation(degrees)
        self.refresh()

    def refresh(self) -> None:
        """Show the numbers of the active layer as it lies now."""
        if self._toolbox.current is not ToolName.move:
            # Nobody sees them, and to look at a mask's bounds for each dab would cost.
            return
        box, bounds = self._tool.box, self._tool.bounds
        for field, value in ((self.left, bounds.x), (self.top, bounds.y)):
            _show(field, value)
            field.setEnabled(not bounds.is_empty)
        for widget in (self.across, self.down, self.angle, self.linked):
            widget.setEnabled(box is not None)
        for button in (self.flip_across, self.flip_down, self.turn):
            button.setEnabled(box is not None)
        self.reset.setEnabled(self._tool.is_placed)
        place = HOME if box is None else box.placement
        _show(self.across, abs(place.scale_x) * 100)
        _show(self.down, abs(place.scale_y) * 100)
        _show(self.angle, place.rotation)


def _show(field: NumberField, value: float) -> None:
    with QSignalBlocker(field):
        field.setValue(value)
