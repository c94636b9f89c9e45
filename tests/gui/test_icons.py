"""Icons are drawn in the theme's colours at the size they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from inpaint_studio.resources import resource
from inpaint_studio.ui import style_sheet
from inpaint_studio.ui.icons import app_icon, draw_icon, icon
from inpaint_studio.ui.svg import tinted_svg
from inpaint_studio.ui.theme import DARK, LIGHT, apply_theme, current

SIZE = QSize(20, 20)


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "dark")


def ink(pixmap: QPixmap | QImage) -> str:
    """The colour of the most opaque pixel."""
    image = pixmap.toImage() if isinstance(pixmap, QPixmap) else pixmap
    places = [(x, y) for x in range(image.width()) for y in range(image.height())]
    x, y = max(places, key=lambda place: image.pixelColor(*place).alpha())
    return image.pixelColor(x, y).name()


def channels(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def assert_ink(pixmap: QPixmap | QImage, color: str):
    # Premultiplied pixels round by a step or two.
    assert channels(ink(pixmap)) == pytest.approx(channels(color), abs=2)


@pytest.mark.parametrize(
    ("mode", "state", "token"),
    [
        (QIcon.Mode.Normal, QIcon.State.Off, "text"),
        (QIcon.Mode.Normal, QIcon.State.On, "on_accent"),
        (QIcon.Mode.Active, QIcon.State.Off, "text"),
        (QIcon.Mode.Selected, QIcon.State.Off, "text"),
        (QIcon.Mode.Disabled, QIcon.State.Off, "line_strong"),
        (QIcon.Mode.Disabled, QIcon.State.On, "line_strong"),
    ],
)
def test_mode_and_state_choose_the_colour(mode, state, token):
    assert_ink(icon("brush").pixmap(SIZE, mode, state), getattr(DARK, token))


def test_dim_icon_lights_up_when_active():
    dim = icon("eye", "dim")
    assert_ink(dim.pixmap(SIZE), DARK.dim)
    assert_ink(dim.pixmap(SIZE, QIcon.Mode.Active), DARK.text)


def test_the_same_icon_follows_the_theme(qapp: QApplication):
    brush = icon("brush")
    apply_theme(qapp, "light")
    assert_ink(brush.pixmap(SIZE), LIGHT.text)


def test_pixmap_has_the_pixels_of_the_screen():
    pixmap = icon("brush").pixmap(SIZE, 1.5)
    assert pixmap.size() == QSize(30, 30)
    assert pixmap.devicePixelRatio() == 1.5


def test_icon_keeps_its_shape_in_a_wide_box():
    image = QImage(60, 20, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    draw_icon(painter, "square-dashed", QRect(0, 0, 60, 20), DARK.text)
    painter.end()
    drawn = [x for x in range(60) if any(image.pixelColor(x, y).alpha() > 0 for y in range(20))]
    assert min(drawn) >= 20
    assert max(drawn) < 40


def test_a_changed_copy_of_an_icon_survives(qapp: QApplication):
    copy = QIcon(icon("brush"))
    copy.setIsMask(True)
    assert_ink(copy.pixmap(SIZE), DARK.text)
    assert_ink(icon("brush").pixmap(SIZE), DARK.text)


def test_icons_are_made_once():
    assert icon("brush") is icon("brush")


def test_unknown_names_are_refused():
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")
    with pytest.raises(AttributeError):
        icon("brush", "no_such_colour")


def test_tinted_svg_is_thinner_and_coloured():
    svg = tinted_svg("brush", "#123456").decode()
    assert "currentColor" not in svg
    assert 'stroke="#123456"' in svg
    assert 'stroke-width="1.75"' in svg


def test_every_shipped_icon_can_be_drawn():
    names = [p.stem for p in resource("icons").glob("*.svg") if p.stem != "app"]
    assert len(names) > 50
    for name in names:
        assert_ink(icon(name).pixmap(QSize(24, 24)), current().text)


def test_every_icon_the_program_names_is_shipped():
    package = Path(style_sheet.__file__).parent
    named = re.compile(r'\b(?:icon|tool_button|IconLabel)\(\s*"([a-z0-9-]+)"')
    used = {
        name for path in package.rglob("*.py") for name in named.findall(path.read_text("utf-8"))
    }
    shipped = {path.stem for path in resource("icons").glob("*.svg")}
    assert used <= shipped


def test_icons_come_with_their_licence():
    assert "ISC License" in resource("icons", "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("side", [16, 48, 256])
def test_app_icon_has_its_sizes(side: int):
    assert app_icon().pixmap(side, side).size() == QSize(side, side)
