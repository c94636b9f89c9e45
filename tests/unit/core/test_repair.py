"""The second pass along an edge that shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import DiffusionOptions, EditParams, Intent, StepPlace
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import LayerProps, ResultLayer
from inpaint_studio.core.placement import Placement
from inpaint_studio.core.repair import is_repair, repair_request, shows_its_edge
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import to_rgb
from inpaint_studio.imaging.seam import SeamReport
from tests.documents import made_up_result, noise_document

CONTEXT = Bounds(4, 6, 60, 50)
HOLE = Bounds(18, 12, 24, 24)
"""Of the context."""
BY_MODEL = EditParams(
    Intent.fill, "a chair", seed=3, grow=9, options=DiffusionOptions(Path("model"), 4)
)


def made(seam: float = 1.4, params: EditParams = BY_MODEL) -> ResultLayer:
    """A result with one candidate that covers the hole."""
    result = made_up_result(CONTEXT, candidates=1)
    alpha = np.zeros((CONTEXT.height, CONTEXT.width), np.uint8)
    alpha[HOLE.slices()] = 255
    (piece,) = result.pieces
    piece = replace(piece, mask=alpha, alpha=alpha, reports=(SeamReport(0, seam, 0, 1),))
    return ResultLayer(LayerProps("Fill"), replace(result, params=params, pieces=(piece,)))


def placed(layer: ResultLayer) -> Document:
    document = noise_document()
    document.layers.insert(1, layer)
    return document


def test_a_band_on_both_sides_of_the_edge_is_drawn_gently() -> None:
    layer = made()
    document = placed(layer)
    request = repair_request(document, layer)
    assert request is not None
    (piece,) = request.pieces
    assert piece.context == CONTEXT
    shown = to_rgb(flatten(document.layers.painted, CONTEXT))
    np.testing.assert_array_equal(piece.image, shown)
    band = piece.mask > 0
    assert band[HOLE.y - 7, HOLE.x + 10]
    assert band[HOLE.y + 6, HOLE.x + 10]
    assert not band[HOLE.y - 10, HOLE.x + 10]
    assert not band[: HOLE.y - 10].any()
    assert not band[HOLE.y + 12, HOLE.x + 12]
    params = request.params
    assert (params.intent, params.prompt, params.strength) == (Intent.fill, "a chair", 0.35)
    assert (params.grow, params.num_candidates) == (0, 1)
    assert is_repair(replace(layer.result, params=params))
    assert not is_repair(layer.result)


def test_a_result_of_the_whole_picture_has_no_edge() -> None:
    layer = made()
    (piece,) = layer.result.pieces
    whole = replace(piece, alpha=np.full_like(piece.alpha, 255))
    layer = ResultLayer(layer.props, replace(layer.result, pieces=(whole,)))
    assert repair_request(placed(layer), layer) is None


@pytest.mark.parametrize(("seam", "offered"), [(1.0, False), (1.25, False), (1.26, True)])
def test_it_is_offered_above_the_limit(seam: float, offered: bool) -> None:
    assert shows_its_edge(made(seam)) is offered


def test_it_is_offered_for_models_where_the_result_was_made() -> None:
    assert not shows_its_edge(made(params=EditParams()))
    step = made()
    step.result = replace(step.result, place=StepPlace("expansion", 1, 2))
    assert not shows_its_edge(step)
    moved = made()
    moved.placement = Placement(dx=3)
    assert not shows_its_edge(moved)
