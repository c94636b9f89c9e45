"""A row of controls for bars of any width: sliders give way first, then the last controls."""

from __future__ import annotations

from itertools import accumulate, pairwise

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget, QWidgetItem

from inpaint_studio.ui.theme import METRICS
from inpaint_studio.ui.widgets.popup import Popup
from inpaint_studio.ui.widgets.tool_button import tool_button
from inpaint_studio.ui.widgets.value_field import ValueField

SMALLEST = 120
"""px that the row asks for; its content adapts to what it gets."""


class FittingRow(QWidget):
    """Add widgets to `row`, the most important first.

    Where the row is too narrow its `ValueField`s hide their sliders (their numbers can be dragged
    too); what still has no room is found behind "»" at the end. What its owner hides stays hidden.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(METRICS.space_l, 0, METRICS.space_m, 0)
        self.row.setSpacing(METRICS.space_l)
        self._controls: list[QWidget] = []
        self._count = 0
        self._is_compact = False
        self.more_button = tool_button("chevrons-right", self.tr("More options"), small=True)
        self.more_button.setParent(self)
        self.more_button.hide()
        self.more = Popup(self)
        self._rest = QVBoxLayout(self.more)
        self._rest.setContentsMargins(*[METRICS.space_m] * 4)
        self._rest.setSpacing(METRICS.space_s)
        self.more_button.clicked.connect(self._open_more)

    def minimumSizeHint(self) -> QSize:
        """Narrow: the window may be made as small as its other parts allow."""
        return QSize(SMALLEST, super().minimumSizeHint().height())

    def overflowing(self) -> list[QWidget]:
        """The controls that are behind "»" now."""
        return self._controls[self._count :]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the controls to the width."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Tab goes from left to right.

        Left to itself Qt puts those last that were made without a parent, and where a row joins
        a window it orders all anew, so this waits until it is shown.
        """
        super().showEvent(event)
        self._order_stops()

    def _order_stops(self) -> None:
        """What is behind "»" is in a window of its own, with an order of its own."""
        in_row, behind = self._controls[: self._count], self._controls[self._count :]
        for controls, last in ((in_row, [self.more_button]), (behind, [])):
            stops = [stop for control in controls for stop in _tab_stops(control)]
            for first, second in pairwise([*stops, *last]):
                QWidget.setTabOrder(first, second)

    def event(self, event: QEvent) -> bool:
        """Controls that come, go or grow change what fits."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def _fit(self) -> None:
        self._take_new_controls()
        margins = self.row.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        full = [self._width(control, compact=False) for control in self._controls]
        compact = [self._width(control, compact=True) for control in self._controls]
        is_compact = sum(full) - self.row.spacing() > room
        count = len(self._controls)
        if is_compact and sum(compact) - self.row.spacing() > room:
            button = self.more_button.width()
            count = sum(end + button <= room for end in accumulate(compact))
        self._show_sliders(is_compact)
        self._put(count)

    def _take_new_controls(self) -> None:
        if self.overflowing():
            return
        items = [self.row.itemAt(i) for i in range(self.row.count())]
        in_row = [item.widget() for item in items if item is not None]
        self._controls = [w for w in in_row if w is not None and w is not self.more_button]
        self._count = len(self._controls)

    def _width(self, control: QWidget, *, compact: bool) -> int:
        """What a control takes with the space after it; 0 where its owner hides it."""
        if control.isHidden():
            return 0
        width = QWidgetItem(control).sizeHint().width()
        if isinstance(control, ValueField):
            width += control.slider_room * (control.is_compact - compact)
        return width + self.row.spacing()

    def _show_sliders(self, is_compact: bool) -> None:
        if is_compact == self._is_compact:
            return
        self._is_compact = is_compact
        for control in self._controls:
            if isinstance(control, ValueField):
                control.set_compact(is_compact)

    def _put(self, count: int) -> None:
        """The first `count` controls into the row, the others behind the button."""
        if count == self._count:
            return
        for i in range(min(count, self._count), max(count, self._count)):
            control, was_hidden = self._controls[i], self._controls[i].isHidden()
            if i < count:
                self.row.insertWidget(i, control)
            else:
                self._rest.insertWidget(i - count, control, 0, Qt.AlignmentFlag.AlignLeft)
            control.setHidden(was_hidden)
        self._count = count
        self.row.insertWidget(count, self.more_button)
        self.more_button.setVisible(count < len(self._controls))
        if self.isVisible():
            self._order_stops()

    def _open_more(self) -> None:
        self.more.adjustSize()
        corner = self.more_button.mapToGlobal(
            QPoint(self.more_button.width(), self.more_button.height() + METRICS.space_xs)
        )
        self.more.open_at(corner, Qt.AlignmentFlag.AlignTop)


def _tab_stops(control: QWidget) -> list[QWidget]:
    """The control itself, or what takes the focus inside it."""
    inside = control.findChildren(QWidget)
    takes = [w for w in (control, *inside) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [w for w in takes if w.focusProxy() is None and w.window() is control.window()]
