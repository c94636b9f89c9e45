from __future__ import annotations

import pytest

from inpaint_studio.core.change import ChangeKind
from inpaint_studio.core.commands import AddLayer, SetLayerProps, Together
from inpaint_studio.core.frame_commands import FillFrame, SetFrame
from inpaint_studio.core.history import History
from inpaint_studio.core.layer import LayerProps, MaskKind
from inpaint_studio.geometry import Bounds
from tests.documents import noise_document, result_layer, state_of

FRAME = Bounds(0, 0, 96, 64)


def part(run: int, x: int, index: int) -> FillFrame:
    step = AddLayer("Expand", result_layer(Bounds(x, 0, 10, 10)), index)
    return FillFrame(run, Together("Expand", (step,)))


def test_a_frame_changes_without_moving_pixels() -> None:
    document, history = noise_document(), History(1 << 30)
    before = state_of(document)
    change = history.do(document, SetFrame(FRAME, Bounds(-20, -10, 200, 64)))
    assert change.kind is ChangeKind.frame
    assert change.dirty == Bounds(-20, -10, 200, 74)
    assert document.frame == Bounds(-20, -10, 200, 64)
    assert document.layers.painted[0].rasters[0].bounds == FRAME
    history.undo(document)
    assert state_of(document) == before


def test_cropping_keeps_pixels_and_masks() -> None:
    document, history = noise_document(), History(1 << 30)
    document.mask(MaskKind.repaint).raster.writable(FRAME)[...] = 255
    before = state_of(document)
    history.do(document, SetFrame(FRAME, Bounds(30, 20, 10, 10)))
    assert document.mask(MaskKind.repaint).raster.content_bounds() == FRAME
    history.undo(document)
    assert state_of(document) == before


@pytest.mark.parametrize(
    ("after", "label"),
    [
        (FRAME.pad(5), "Expand frame"),
        (FRAME.pad(-5), "Crop"),
        (FRAME.translated(5, 0), "Move frame"),
        (Bounds(-5, 5, 96, 40), "Change frame"),
    ],
)
def test_the_label_says_what_it_came_to(after: Bounds, label: str) -> None:
    assert SetFrame(FRAME, after).label == label


def test_a_frame_that_goes_on_changing_is_one_step() -> None:
    document, history = noise_document(), History(1 << 30)
    for margin in (5, 9, -3):
        history.do(document, SetFrame(document.frame, FRAME.pad(margin)))
    assert history.labels == ["Crop"]
    history.settle()
    history.do(document, SetFrame(document.frame, FRAME))
    assert len(history.labels) == 2


def test_parts_of_one_expansion_are_one_step() -> None:
    document, history = noise_document(), History(1 << 30)
    start = state_of(document)
    for x in (0, 20, 40):
        history.do(document, part(7, x, 1))
    done = state_of(document)
    assert history.labels == ["Expand"]
    history.undo(document)
    assert state_of(document) == start
    history.redo(document)
    assert state_of(document) == done


def test_other_runs_and_steps_between_stay_apart() -> None:
    document, history = noise_document(), History(1 << 30)
    history.do(document, part(1, 0, 1))
    history.do(document, part(2, 20, 2))
    layer = next(iter(document.layers))
    history.do(document, SetLayerProps("Hide", layer.id, layer.props, LayerProps("x", False)))
    history.do(document, part(2, 40, 3))
    assert history.labels == ["Expand", "Expand", "Hide", "Expand"]
    assert history.nbytes > 0
