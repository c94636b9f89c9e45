"""The theme: readable colours, a complete palette, a style sheet that follows the mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel

from inpaint_studio.ui import style_sheet
from inpaint_studio.ui.theme import (
    DARK,
    LIGHT,
    METRICS,
    Colors,
    Metrics,
    Theme,
    apply_theme,
    build_palette,
    current,
    prepare_theme,
    set_text_role,
    tabular,
    theme,
    with_alpha,
)


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    apply_theme(qapp, "dark")


def luminance(color: str) -> float:
    """WCAG 2.2 relative luminance of "#rrggbb"."""
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


READABLE = [
    *[(text, ground) for text in ("text", "dim") for ground in ("canvas", "panel", "raised")],
    ("text", "hover"),
    *[
        (text, ground)
        for text in ("accent", "good", "look", "visible")
        for ground in ("panel", "raised")
    ],
    ("on_accent", "accent_fill"),
    ("on_accent", "accent_fill_hover"),
    *[("on_status", ground) for ground in ("good", "look", "visible")],
]


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize(("text", "ground"), READABLE)
def test_text_is_readable(colors: Colors, text: str, ground: str):
    assert contrast(getattr(colors, text), getattr(colors, ground)) >= 4.5


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["canvas", "panel", "raised"])
def test_focus_ring_is_seen(colors: Colors, ground: str):
    assert contrast(colors.accent, getattr(colors, ground)) >= 3.0


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
def test_check_box_outline_is_seen(colors: Colors):
    assert contrast(colors.line_strong, colors.panel) >= 3.0


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
def test_every_colour_is_written_in_full(colors: Colors):
    assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in asdict(colors).values())


def test_colours_and_sizes_share_no_name():
    assert not {f.name for f in fields(Colors)} & {f.name for f in fields(Metrics)}


def test_no_colour_is_written_outside_the_theme():
    folder = Path(style_sheet.__file__).parent
    sources = [path for path in folder.rglob("*.py") if path.name != "theme.py"]
    written = re.compile(r"""["' ]#[0-9a-fA-F]{3,8}\b|rgba?\(\d""")
    assert [path.name for path in sources if written.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
def test_palette_sets_every_role_in_every_group(colors: Colors):
    palette = build_palette(colors)
    roles = [r for r in QPalette.ColorRole if r.name not in ("NoRole", "NColorRoles")]
    groups = QPalette.ColorGroup
    for group in (groups.Active, groups.Inactive, groups.Disabled):
        assert [role.name for role in roles if not palette.isBrushSet(group, role)] == []


def test_disabled_text_is_fainter():
    palette = build_palette(DARK)
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled != palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)


@pytest.mark.parametrize(("mode", "colors"), [("dark", DARK), ("light", LIGHT)])
def test_mode_dresses_the_application(app: QApplication, mode, colors: Colors):
    apply_theme(app, mode)
    assert current() is colors
    assert theme().is_dark == (mode == "dark")
    assert app.palette().color(QPalette.ColorRole.Window) == QColor(colors.panel)
    assert colors.accent_fill in app.styleSheet()
    assert app.font().pixelSize() == METRICS.font


def test_system_mode_is_dark_where_the_desktop_does_not_say(app: QApplication):
    apply_theme(app, "light")
    apply_theme(app, "system")
    assert current() is DARK


def test_changed_comes_once_for_a_new_theme(app: QApplication, qtbot):
    apply_theme(app, "dark")
    seen = []
    theme().changed.connect(lambda: seen.append(current()))
    apply_theme(app, "light")
    apply_theme(app, "light")
    assert seen == [LIGHT]


def test_style_sheet_marks_exist(app: QApplication):
    apply_theme(app, "light")
    images = re.findall(r'url\("([^"]+)"\)', app.styleSheet())
    assert images
    assert all(Path(image).exists() for image in images)
    assert "$" not in app.styleSheet()


def test_marks_are_kept_in_the_cache_under_names_of_their_content(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for mode in ("light", "dark", "light"):
        apply_theme(app, mode)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.svg")}
    assert files
    assert not [*tmp_path.rglob("*.part")]
    assert all(str(tmp_path) in image for image in marks_of(app))
    # Another start of the program writes none of them again.
    fresh = Theme()
    for mode in ("dark", "light"):
        fresh.apply(app, mode)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.svg")} == files


def test_marks_are_there_where_the_cache_cant_be_written(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    fresh = Theme()
    fresh.apply(app, "light")
    assert marks_of(app)
    assert all(Path(image).exists() for image in marks_of(app))
    fresh.apply(app, "dark")
    assert all(Path(image).exists() for image in marks_of(app))


def test_the_style_sheet_comes_last(app: QApplication):
    app.setStyleSheet("")
    prepare_theme(app, "light")
    assert current() is LIGHT
    assert app.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.panel)
    assert app.styleSheet() == ""
    apply_theme(app, "light")
    assert LIGHT.panel in app.styleSheet()


def marks_of(app: QApplication) -> list[str]:
    return re.findall(r'url\("([^"]+)"\)', app.styleSheet())


def test_text_role_changes_the_font(app: QApplication, qtbot):
    label = QLabel("Drop a picture here")
    qtbot.addWidget(label)
    set_text_role(label, "title")
    assert label.font().pixelSize() == METRICS.font_title


def test_with_alpha():
    color = with_alpha("#102030", 0.5)
    assert (color.red(), color.green(), color.blue()) == (16, 32, 48)
    assert color.alphaF() == pytest.approx(0.5, abs=0.01)


def test_tabular_asks_for_digits_of_one_width(app: QApplication):
    assert [tag.toString() for tag in tabular(app.font()).featureTags()] == [b"tnum"]
