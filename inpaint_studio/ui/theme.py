"""The look of the program: colours, sizes, the palette and the style sheet built from them.

Every colour is named here and nowhere else. Painters ask `current()`; a new theme repaints them
all, and `theme().changed` is for those who keep something drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from inpaint_studio.settings import folders
from inpaint_studio.ui.style_sheet import build_style_sheet

ThemeMode = Literal["system", "dark", "light"]
TextRole = Literal["dim", "small", "head", "title", "link"]


@dataclass(frozen=True)
class Colors:
    """One theme's colours as "#rrggbb"."""

    canvas: str
    panel: str
    raised: str
    hover: str
    """Under the pointer, and the row that is chosen."""
    line: str
    line_strong: str
    """Outlines that have to be seen: check boxes, the drop zone, scroll bars."""
    text: str
    dim: str
    accent: str
    """Lines, focus rings, sliders and links."""
    accent_fill: str
    """Filled controls: a darker accent, because `on_accent` text has to be readable on it."""
    accent_fill_hover: str
    on_accent: str
    good: str
    look: str
    visible: str
    on_status: str
    """Text on a surface filled with good, look or visible."""
    shadow: str
    mask: str
    """The default tint of masked pixels, drawn at 45 %."""
    mask_outline: str
    checker_a: str
    checker_b: str
    cursor_light: str
    cursor_dark: str
    """The brush cursor's two rings, so that it shows on any picture."""
    pixel_grid: str
    """How much the lines of the pixel grid differ from what they lie on."""


DARK = Colors(
    canvas="#1f2023",
    panel="#26272b",
    raised="#303136",
    hover="#393a41",
    line="#3a3b41",
    line_strong="#6f717b",
    text="#e6e6e9",
    dim="#9a9ba3",
    accent="#6795ff",
    accent_fill="#3f70e4",
    accent_fill_hover="#3466db",
    on_accent="#ffffff",
    good="#3fb27f",
    look="#e0a63a",
    visible="#e97767",
    on_status="#141518",
    shadow="#000000",
    mask="#f0384f",
    mask_outline="#ff5a6b",
    checker_a="#3a3b41",
    checker_b="#2c2d31",
    cursor_light="#ffffff",
    cursor_dark="#000000",
    pixel_grid="#1c1c1c",
)

LIGHT = Colors(
    canvas="#d5d7db",
    panel="#f7f7f9",
    raised="#ffffff",
    hover="#e9eaef",
    line="#d0d2d8",
    line_strong="#868a94",
    text="#1d1e22",
    dim="#5a5e66",
    accent="#2664ff",
    accent_fill="#2664ff",
    accent_fill_hover="#1a55e8",
    on_accent="#ffffff",
    good="#1c8156",
    look="#9c6700",
    visible="#c23b2a",
    on_status="#ffffff",
    shadow="#000000",
    mask="#e8283f",
    mask_outline="#d81f38",
    checker_a="#ffffff",
    checker_b="#dfe1e6",
    cursor_light="#ffffff",
    cursor_dark="#000000",
    pixel_grid="#1c1c1c",
)


MASK_TINTS = {
    "red": "#f0384f",
    "orange": "#ff8c2e",
    "yellow": "#f2c230",
    "green": "#35b56a",
    "cyan": "#22b8cf",
    "blue": "#4c7dff",
    "violet": "#9b5cff",
    "pink": "#f25fb1",
}
"""Colours to tell masks apart by, in both themes."""


@dataclass(frozen=True)
class Metrics:
    """Sizes in device-independent pixels, the same in both themes."""

    space_xs: int = 4
    space_s: int = 8
    space_m: int = 12
    space_l: int = 16
    space_xl: int = 24
    radius_field: int = 5
    radius_button: int = 8
    radius_bar: int = 14
    font: int = 13
    font_small: int = 11
    font_title: int = 24
    row: int = 28
    layer_row: int = 42
    tool_button: int = 36
    icon: int = 20
    icon_small: int = 16
    focus_ring: int = 2


METRICS = Metrics()


class Theme(QObject):
    """Holds the colours in use and puts them on the application."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._app: QApplication | None = None
        self._mode: ThemeMode = "system"
        self._colors = DARK
        self._spare_folder: QTemporaryDir | None = None

    @property
    def colors(self) -> Colors:
        """The colours in use."""
        return self._colors

    @property
    def is_dark(self) -> bool:
        """Whether the dark theme is in use."""
        return self._colors is DARK

    def prepare(self, app: QApplication, mode: ThemeMode) -> None:
        """Gives the application Fusion, the palette and the font of `mode`."""
        self._mode = mode
        if self._app is not app:
            self._adopt(app)
        app.styleHints().setColorScheme(_SCHEMES[mode])
        self._choose_colors(app)

    def apply(self, app: QApplication, mode: ThemeMode) -> None:
        """The same, and the style sheet."""
        self.prepare(app, mode)
        self._refresh_sheet(app)

    def _adopt(self, app: QApplication) -> None:
        self._app = app
        app.setStyle("Fusion")
        app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus)
        app.setFont(interface_font(app.font()))
        app.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    def _on_color_scheme_changed(self) -> None:
        if self._app is not None and self._mode == "system":
            self._choose_colors(self._app)
            self._refresh_sheet(self._app)

    def _choose_colors(self, app: QApplication) -> None:
        self._colors = _colors_for(self._mode, app.styleHints().colorScheme())
        app.setPalette(build_palette(self._colors))

    def _refresh_sheet(self, app: QApplication) -> None:
        sheet = self._style_sheet({**asdict(self._colors), **asdict(METRICS)})
        if sheet != app.styleSheet():
            app.setStyleSheet(sheet)
            self.changed.emit()

    def _style_sheet(self, tokens: Mapping[str, object]) -> str:
        """The style sheet wants its check marks and arrows as files in the theme's colours."""
        try:
            return build_style_sheet(tokens, folders().cache / "theme")
        except OSError:
            # Where the person's cache can't be written, they last as long as the program runs.
            self._spare_folder = self._spare_folder or QTemporaryDir()
            return build_style_sheet(tokens, Path(self._spare_folder.path()))


_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "dark": Qt.ColorScheme.Dark,
    "light": Qt.ColorScheme.Light,
}


def _colors_for(mode: ThemeMode, system: Qt.ColorScheme) -> Colors:
    light = mode == "light" or (mode == "system" and system == Qt.ColorScheme.Light)
    return LIGHT if light else DARK


@cache
def theme() -> Theme:
    """The one theme of the program."""
    return Theme()


def current() -> Colors:
    """The colours in use."""
    return theme().colors


def prepare_theme(app: QApplication, mode: ThemeMode) -> None:
    """Dresses the application but for the style sheet, before its first window is made.

    With a sheet, Qt works out a widget's style again each time it gets a parent: a third of the
    time that it takes to make the window. `apply_theme` is to follow.
    """
    theme().prepare(app, mode)


def apply_theme(app: QApplication, mode: ThemeMode) -> None:
    """Dresses the application. "system" follows the desktop, and is dark where it doesn't say."""
    theme().apply(app, mode)


def set_text_role(widget: QWidget, role: TextRole) -> None:
    """Gives a label one of the text styles: dim, small (and dim), head, title or link."""
    widget.setProperty("role", role)
    repolish(widget)


def repolish(widget: QWidget) -> None:
    """Makes the style sheet look again at a widget whose properties changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def with_alpha(color: str, alpha: float) -> QColor:
    """A token as a translucent colour, `alpha` from 0 to 1."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result


def motion_ms(widget: QWidget) -> int:
    """How long a small movement takes: 120 ms, or 0 where the system asks for no animation."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return 120 if widget.style().styleHint(hint, None, widget) > 0 else 0


def interface_font(base: QFont) -> QFont:
    """The system's font at the program's text size."""
    font = QFont(base)
    font.setPixelSize(METRICS.font)
    return font


def tabular(base: QFont) -> QFont:
    """The font with digits of one width, where it has them, so that numbers don't jitter."""
    font = QFont(base)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def build_palette(colors: Colors) -> QPalette:
    """The complete palette of a theme, the Disabled group included."""
    palette = QPalette()
    for role, color in _palette_roles(colors).items():
        palette.setColor(role, QColor(color))
    disabled = QPalette.ColorGroup.Disabled
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText, _Role.Link):
        palette.setColor(disabled, role, with_alpha(colors.dim, 0.55))
    for role in (_Role.Highlight, _Role.Accent):
        palette.setColor(disabled, role, QColor(colors.line_strong))
    palette.setColor(disabled, _Role.HighlightedText, QColor(colors.panel))
    return palette


_Role = QPalette.ColorRole


def _palette_roles(colors: Colors) -> dict[QPalette.ColorRole, str]:
    return {
        _Role.Window: colors.panel,
        _Role.WindowText: colors.text,
        _Role.Base: colors.raised,
        _Role.AlternateBase: colors.panel,
        _Role.Text: colors.text,
        _Role.PlaceholderText: colors.dim,
        _Role.Button: colors.raised,
        _Role.ButtonText: colors.text,
        _Role.BrightText: colors.visible,
        _Role.ToolTipBase: colors.raised,
        _Role.ToolTipText: colors.text,
        _Role.Highlight: colors.accent_fill,
        _Role.HighlightedText: colors.on_accent,
        _Role.Accent: colors.accent,
        _Role.Link: colors.accent,
        _Role.LinkVisited: colors.accent,
        _Role.Light: colors.hover,
        _Role.Midlight: colors.line,
        _Role.Mid: colors.line,
        _Role.Dark: colors.line_strong,
        _Role.Shadow: colors.shadow,
    }
