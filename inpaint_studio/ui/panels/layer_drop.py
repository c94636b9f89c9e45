"""Where dragged layers would go: from a place in the list to a spot in the stack."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from inpaint_studio.core.arrangement import Spot

INTO = 0.25
"""So much of a group's row at its top and foot still means above and below it."""


@dataclass(frozen=True)
class DropRow:
    """A row as dragging sees it. `top` and `height` in px of the view; `is_open`: an unfolded
    group."""

    layer_id: int
    parent_id: int | None
    depth: int
    top: int
    height: int
    is_mask: bool = False
    is_group: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class Drop:
    """Where it goes. `into`: the group on whose row it is dropped, which the spot only names;
    otherwise a line at `y` px, indented by `depth`, shows the spot."""

    spot: Spot
    y: int = 0
    depth: int = 0
    into: int | None = None


def drop_at(rows: Sequence[DropRow], y: int, depth: float, dragged: Collection[int]) -> Drop | None:
    """Where layers go that are let go at `y` px and, where there is a choice, at that depth.

    `rows`: all of them, the top one first. None where there are no rows but masks.
    """
    moving = _moving(rows, dragged)
    under = next((row for row in rows if row.top <= y < row.top + row.height), None)
    if under is not None and under.is_group and under.layer_id not in moving:
        margin = INTO * under.height
        if under.top + margin <= y < under.top + under.height - margin:
            return Drop(Spot(under.layer_id), into=under.layer_id)
    others = [row for row in rows if row.layer_id not in moving]
    above = [row for row in others if row.is_mask or row.top + row.height / 2 <= y]
    below = others[len(above) :]
    choices = list(_choices(above, below))
    if not choices:
        return None
    line = above[-1].top + above[-1].height if above else below[0].top
    chosen = min(choices, key=lambda choice: abs(choice[1] - depth))
    return Drop(chosen[0], line, chosen[1])


def _moving(rows: Sequence[DropRow], dragged: Collection[int]) -> set[int]:
    """The dragged layers with all rows that are in them."""
    moving = set(dragged)
    for row in rows:
        if row.parent_id in moving:
            moving.add(row.layer_id)
    return moving


def _choices(above: Sequence[DropRow], below: Sequence[DropRow]) -> Iterator[tuple[Spot, int]]:
    """The spots that the gap between rows may mean, with their depths."""
    lower = below[0] if below else None
    if lower is not None:
        yield Spot(lower.parent_id, lower.layer_id), lower.depth
    elif any(not row.is_mask for row in above):
        yield Spot(), 0
    if not above:
        return
    upper = above[-1]
    parents = {row.layer_id: row for row in above}
    if upper.is_open and (lower is None or lower.parent_id != upper.layer_id):
        yield Spot(upper.layer_id), upper.depth + 1
    # At the foot of every group that ends here.
    around = parents.get(upper.parent_id or 0)
    while around is not None and (lower is None or lower.depth <= around.depth):
        yield Spot(around.layer_id), around.depth + 1
        around = parents.get(around.parent_id or 0)
