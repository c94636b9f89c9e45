"""Which layers have rows in the layers list, how deep they stand, and what dims them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import Layer


@dataclass(frozen=True)
class RowInfo:
    """How a layer stands in the list.

    `depth`: in how many groups it is. `is_visible`: that no group around it is hidden; the
    layer itself may be. `is_listed`: that no group around it is folded. `is_open`: that it is a
    group whose members have rows. `members`: how many layers lie directly in it.
    """

    depth: int
    is_visible: bool
    is_listed: bool
    is_open: bool = False
    members: int = 0


def row_infos(layers: Sequence[Layer], folded: Collection[int]) -> dict[int, RowInfo]:
    """By layer id, of layers in the order of a stack (bottom first)."""
    members: dict[int | None, int] = {}
    for layer in layers:
        members[layer.parent_id] = members.get(layer.parent_id, 0) + 1
    infos: dict[int, RowInfo] = {}
    shown: dict[int | None, bool] = {None: True}
    # A group comes before its members now.
    for layer in reversed(layers):
        around = infos.get(layer.parent_id or 0)
        infos[layer.id] = RowInfo(
            depth=0 if around is None else around.depth + 1,
            is_visible=shown.get(layer.parent_id, True),
            is_listed=around is None or (around.is_listed and around.is_open),
            is_open=isinstance(layer, GroupLayer) and layer.id not in folded,
            members=members.get(layer.id, 0),
        )
        shown[layer.id] = infos[layer.id].is_visible and layer.props.visible
    return infos
