"""What a strength will do, in one line."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_WORDS = (
    (0.99, QT_TRANSLATE_NOOP("strength", "Starts anew: nothing old shows through.")),
    (0.85, QT_TRANSLATE_NOOP("strength", "Something new in the old colours and light.")),
    (0.65, QT_TRANSLATE_NOOP("strength", "Changes the thing where it stands.")),
    (0.4, QT_TRANSLATE_NOOP("strength", "Retouches: shapes stay, surfaces change.")),
    (0.2, QT_TRANSLATE_NOOP("strength", "Smooths details and seams.")),
    (0.0, QT_TRANSLATE_NOOP("strength", "Hardly changes anything.")),
)


def strength_words(strength: float) -> str:
    """The line for a strength 0..1."""
    words = next(text for least, text in _WORDS if strength >= least)
    return QCoreApplication.translate("strength", str(words))
