"""What was measured at the edge of a result beside its seam, in one line."""

from __future__ import annotations

import math

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from inpaint_studio.core.edit import EditResult

_LINE = QT_TRANSLATE_NOOP("seam", "Colour step {0} · sharpness {1} · noise {2}")


def seam_words(result: EditResult, candidate: int) -> str:
    """The worst of all islands: the colour step in delta E, the others beside the surroundings."""
    reports = [piece.reports[candidate] for piece in result.pieces]
    colour = max(report.colour_step for report in reports)
    ratios = (
        _furthest([report.sharpness_ratio for report in reports]),
        _furthest([report.noise_ratio for report in reports]),
    )
    words = (f"{ratio * 100:.0f} %" for ratio in ratios)
    return QCoreApplication.translate("seam", str(_LINE)).format(f"{colour:.1f}", *words)


def _furthest(ratios: list[float]) -> float:
    """The one furthest from 1, either way."""
    return max(ratios, key=lambda ratio: abs(math.log(ratio)))
