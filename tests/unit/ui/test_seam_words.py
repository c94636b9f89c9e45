from __future__ import annotations

from dataclasses import replace

from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.seam import SeamReport
from inpaint_studio.ui.panels.seam_words import seam_words
from tests.documents import made_up_result


def test_the_worst_of_all_islands_is_told() -> None:
    (piece,) = made_up_result(Bounds(0, 0, 20, 10)).pieces
    reports = (
        (SeamReport(0, 1, 0.5, 1.02, 0.98), SeamReport(0, 1, 0, 1, 1)),
        (SeamReport(0, 1, 1.25, 0.5, 1.5), SeamReport(0, 1, 0, 1, 1)),
    )
    pieces = tuple(replace(piece, reports=of_piece) for of_piece in reports)
    result = replace(made_up_result(Bounds(0, 0, 20, 10)), pieces=pieces)
    assert seam_words(result, 0) == "Colour step 1.2 · sharpness 50 % · noise 150 %"
    assert seam_words(result, 1) == "Colour step 0.0 · sharpness 100 % · noise 100 %"
