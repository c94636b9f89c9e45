"""Where layers lie: their order from the bottom, and which group each is in. Ids only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A layer and the group that it is in, None for no group."""

    layer_id: int
    parent_id: int | None = None


Arrangement = tuple[Place, ...]
"""All layers, bottom first. Members lie directly below their group."""


@dataclass(frozen=True)
class Spot:
    """A place to move to: in a group (None: in none), above one of its members or at its bottom."""

    parent_id: int | None = None
    above: int | None = None


def block(arrangement: Arrangement, layer_id: int) -> Arrangement:
    """A layer with all that is in it, bottom first, itself last."""
    inside, found = {layer_id}, []
    for place in reversed(arrangement):
        if place.layer_id == layer_id or place.parent_id in inside:
            inside.add(place.layer_id)
            found.append(place)
    return tuple(reversed(found))


def outermost(arrangement: Arrangement, layer_ids: Collection[int]) -> list[int]:
    """Those of the layers that are in no group among them, bottom first."""
    inside: set[int] = set()
    found = []
    for place in reversed(arrangement):
        if place.parent_id in inside:
            inside.add(place.layer_id)
        elif place.layer_id in layer_ids:
            inside.add(place.layer_id)
            found.append(place.layer_id)
    return found[::-1]


def with_moved(arrangement: Arrangement, layer_ids: Collection[int], spot: Spot) -> Arrangement:
    """Move layers, with all that is in them, to a spot. They keep their order.

    Raises ValueError where the spot is among what is moved.
    """
    moved: list[Place] = []
    for layer_id in outermost(arrangement, layer_ids):
        *members, _ = block(arrangement, layer_id)
        moved += [*members, Place(layer_id, spot.parent_id)]
    ids = {place.layer_id for place in moved}
    if not ids.isdisjoint((spot.parent_id, spot.above)):
        raise ValueError("a layer can't be moved into or above itself")
    rest = [place for place in arrangement if place.layer_id not in ids]
    index = _index_of(tuple(rest), spot)
    return (*rest[:index], *moved, *rest[index:])


def siblings(arrangement: Arrangement, parent_id: int | None) -> list[int]:
    """What lies directly in a group, or in none, bottom first."""
    return [place.layer_id for place in arrangement if place.parent_id == parent_id]


def _index_of(arrangement: Arrangement, spot: Spot) -> int:
    """Where in the list something comes that is put at that spot."""
    ids = [place.layer_id for place in arrangement]
    if spot.above is not None:
        return ids.index(spot.above) + 1
    if spot.parent_id is None:
        return 0
    return ids.index(block(arrangement, spot.parent_id)[0].layer_id)
