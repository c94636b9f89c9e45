"""From a place in the list to a spot in the stack."""

from __future__ import annotations

import pytest

from inpaint_studio.core.arrangement import Spot
from inpaint_studio.ui.panels.layer_drop import Drop, DropRow, drop_at

HIGH = 40
MASK, OUTER, INNER, A, B, FOLDED, EMPTY, BASE = range(1, 9)


def row(
    number: int, layer_id: int, depth: int, parent_id: int | None, kind: str = "picture"
) -> DropRow:
    is_group = kind in ("open", "folded")
    place = (layer_id, parent_id, depth, number * HIGH, HIGH)
    return DropRow(*place, kind == "mask", is_group, kind == "open")


ROWS = [
    row(0, MASK, 0, None, "mask"),
    row(1, OUTER, 0, None, "open"),
    row(2, A, 1, OUTER),
    row(3, INNER, 1, OUTER, "open"),
    row(4, B, 2, INNER),
    row(5, FOLDED, 0, None, "folded"),
    row(6, EMPTY, 0, None, "open"),
    row(7, BASE, 0, None),
]


def at_gap(number: int, depth: float, dragged: int = 99) -> Drop | None:
    """Where something goes that is dropped a little below the top of a row."""
    return drop_at(ROWS, number * HIGH + 2, depth, [dragged])


@pytest.mark.parametrize(
    ("number", "depth", "spot"),
    [
        (2, 0, Spot(OUTER, A)),
        (2, 1, Spot(OUTER, A)),
        (3, 1, Spot(OUTER, INNER)),
        (4, 0, Spot(INNER, B)),
        (5, 2, Spot(INNER)),
        (5, 1, Spot(OUTER)),
        (5, 0, Spot(None, FOLDED)),
        (5, -3, Spot(None, FOLDED)),
        (6, 5, Spot(None, EMPTY)),
        (7, 1, Spot(EMPTY)),
        (7, 0.2, Spot(None, BASE)),
    ],
)
def test_a_gap_means_what_its_neighbours_allow(number: int, depth: float, spot: Spot) -> None:
    drop = at_gap(number, depth)
    assert drop is not None
    assert drop.spot == spot
    assert drop.y == number * HIGH
    assert drop.into is None


@pytest.mark.parametrize("group", [OUTER, FOLDED, EMPTY])
def test_the_middle_of_a_group_takes_it_in(group: int) -> None:
    number = next(i for i, other in enumerate(ROWS) if other.layer_id == group)
    drop = drop_at(ROWS, number * HIGH + HIGH // 2, 0, [BASE])
    assert drop is not None
    assert drop.into == group


def test_nothing_goes_above_masks() -> None:
    for y in (-5, 2, HIGH // 2, HIGH + 2):
        drop = drop_at(ROWS, y, 0, [BASE])
        assert drop is not None
        assert drop.spot == Spot(None, OUTER)
        assert drop.y == HIGH


def test_the_end_of_the_list_is_the_bottom() -> None:
    drop = drop_at(ROWS, 50 * HIGH, 3, [A])
    assert drop is not None
    assert drop.spot == Spot()
    assert drop.y == 8 * HIGH


def test_a_group_is_never_dropped_into_itself() -> None:
    for y in range(0, 9 * HIGH, 3):
        for depth in range(4):
            drop = drop_at(ROWS, y, depth, [OUTER])
            assert drop is not None
            assert {drop.spot.parent_id, drop.spot.above, drop.into}.isdisjoint(
                {OUTER, INNER, A, B}
            )


def test_only_masks_and_what_is_dragged() -> None:
    assert drop_at(ROWS[:1], 10, 0, []) is None
    assert drop_at([ROWS[0], ROWS[7]], 10, 0, [BASE]) is None
