"""Seam badges: level by ratio, colour by level, words for those who can't see colours."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from inpaint_studio.ui.theme import DARK, apply_theme
from inpaint_studio.ui.widgets import SeamBadge, SeamLevel, seam_level


@pytest.mark.parametrize(
    ("ratio", "level"),
    [
        (0.9, SeamLevel.good),
        (1.149, SeamLevel.good),
        (1.15, SeamLevel.look),
        (1.299, SeamLevel.look),
        (1.3, SeamLevel.visible),
        (9.0, SeamLevel.visible),
    ],
)
def test_levels(ratio: float, level: SeamLevel):
    assert seam_level(ratio) is level


@pytest.mark.parametrize(
    ("ratio", "token", "words"),
    [
        (1.02, "good", "Seam 1.02: good"),
        (1.2, "look", "Seam 1.20: worth a look"),
        (1.5, "visible", "Seam 1.50: visible"),
    ],
)
def test_badge_shows_and_says_the_level(qtbot, qapp: QApplication, ratio, token, words):
    apply_theme(qapp, "dark")
    badge = SeamBadge(ratio)
    qtbot.addWidget(badge)
    badge.resize(badge.sizeHint())
    image = badge.grab().toImage()
    assert image.pixelColor(4, 8) == QColor(getattr(DARK, token))
    assert badge.accessibleName() == badge.toolTip() == words
    assert badge.ratio() == ratio


def test_empty_badge_takes_no_room(qtbot):
    badge = SeamBadge()
    qtbot.addWidget(badge)
    assert badge.sizeHint().width() == 0
    assert badge.accessibleName() == ""
