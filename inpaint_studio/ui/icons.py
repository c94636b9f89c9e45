"""Icons in the theme's colours, drawn from SVG at the size and pixel ratio they are shown at."""

from __future__ import annotations

from dataclasses import fields
from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from inpaint_studio.resources import resource
from inpaint_studio.ui.svg import tinted_svg
from inpaint_studio.ui.theme import Colors, current

# PySide leaves clones to Python's reference counting, but Qt keeps using them: hold them here.
_clones: list[QIconEngine] = []

_TOKENS = {field.name for field in fields(Colors)}
_APP_ICON_SIDES = (16, 20, 24, 32, 48, 64, 128, 256)


@cache
def icon(name: str, color: str = "text", checked: str = "on_accent") -> QIcon:
    """The icon `name`, e.g. "brush". It asks the theme each time it is drawn.

    `color` and `checked` name fields of `Colors`: for a plain and for a checked (On) control.
    Raises FileNotFoundError for an icon that is not shipped, AttributeError for an unknown colour.
    """
    resource("icons", f"{name}.svg")
    for token in (color, checked):
        if token not in _TOKENS:
            raise AttributeError(f"The theme has no colour {token!r}")
    return QIcon(_ThemeIconEngine(name, color, checked))


def draw_icon(painter: QPainter, name: str, rect: QRect, color: str) -> None:
    """Draws an icon centred in `rect` (logical pixels), sharp at the device's pixel ratio."""
    size = rect.size() * painter.device().devicePixelRatioF()
    painter.drawImage(rect, _rendered(name, size.width(), size.height(), color))


@cache
def app_icon() -> QIcon:
    """The program's own icon."""
    result = QIcon()
    renderer = QSvgRenderer(str(resource("icons", "app.svg")))
    for side in _APP_ICON_SIDES:
        result.addPixmap(QPixmap.fromImage(_paint_svg(renderer, QSize(side, side))))
    return result


@lru_cache(maxsize=512)
def _rendered(name: str, width: int, height: int, color: str) -> QImage:
    renderer = QSvgRenderer(QByteArray(tinted_svg(name, color)))
    return _paint_svg(renderer, QSize(width, height))


def _paint_svg(renderer: QSvgRenderer, size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    renderer.render(painter, QRectF(QPoint(0, 0), size))
    painter.end()
    return image


class _ThemeIconEngine(QIconEngine):
    """Chooses the colour when the icon is drawn, so that a new theme needs no new icon."""

    def __init__(self, name: str, color: str, checked: str) -> None:
        super().__init__()
        self._name = name
        self._color = color
        self._checked = checked

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        draw_icon(painter, self._name, rect, self._color_for(mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        image = _rendered(self._name, size.width(), size.height(), self._color_for(mode, state))
        return QPixmap.fromImage(image)

    def clone(self) -> QIconEngine:
        copy = _ThemeIconEngine(self._name, self._color, self._checked)
        _clones.append(copy)
        return copy

    def _color_for(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        colors: Colors = current()
        if mode == QIcon.Mode.Disabled:
            return colors.line_strong
        if state == QIcon.State.On:
            return getattr(colors, self._checked)
        if mode in (QIcon.Mode.Active, QIcon.Mode.Selected) and self._color == "dim":
            return colors.text
        return getattr(colors, self._color)
