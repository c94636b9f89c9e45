"""The order in which layers and groups become one picture. What blends the pixels is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, Protocol

import numpy as np

from inpaint_studio.core.layer import LayerProps
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode


class Paintable(Protocol):
    """What is needed of a layer to paint it."""

    @property
    def props(self) -> LayerProps:
        """Opacity and blend mode are read."""
        ...

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """Premultiplied BGRA pieces, bottom first."""
        ...


@dataclass(frozen=True)
class PaintedGroup:
    """A group that does something to its members, which are visible, bottom first.

    With the mode normal they pass through: they blend with what is below the group, and its
    opacity fades between the picture without and with them. Any other mode isolates them: they
    become one picture, which is then blended.
    """

    props: LayerProps
    members: tuple[Paintable, ...]

    @property
    def rasters(self) -> tuple[Raster, ...]:
        """Where it has pixels: those of all members, which alone don't say how it looks."""
        return tuple(chain.from_iterable(member.rasters for member in self.members))

    @property
    def is_isolated(self) -> bool:
        """Whether the members blend among themselves only."""
        return self.props.blend_mode is not BlendMode.normal


class Piece(NamedTuple):
    """Pixels to be put over others. Without a mode they replace them, as much as `opacity` says.

    `opacity` is 0..255.
    """

    raster: Raster
    opacity: int
    mode: BlendMode | None


Paint = Callable[[np.ndarray, Bounds, Sequence[Piece]], None]
"""Puts pieces in their order over pixels (premultiplied BGRA uint8 HxWx4) that lie at bounds."""


def compose(
    layers: Iterable[Paintable], bounds: Bounds, paint: Paint, onto: np.ndarray | None = None
) -> np.ndarray | None:
    """Premultiplied BGRA uint8 HxWx4 of the layers (bottom first) inside `bounds`.

    `onto`: what lies below them there, which may be written to. None where there is nothing.
    """
    pieces: list[Piece] = []
    for layer in layers:
        if not isinstance(layer, PaintedGroup):
            pieces.extend(pieces_of(layer, bounds))
        elif layer.is_isolated:
            pieces.extend(_as_one(layer, bounds, paint, None))
        else:
            onto, pieces = put_together(pieces, bounds, paint, onto), []
            pieces.extend(_as_one(layer, bounds, paint, onto))
    return put_together(pieces, bounds, paint, onto)


def pieces_of(layer: Paintable, bounds: Bounds) -> list[Piece]:
    """What a layer (no group) paints inside `bounds`."""
    opacity, mode = layer.props.opacity, layer.props.blend_mode
    return [Piece(r, opacity, mode) for r in layer.rasters if r.bounds.intersects(bounds)]


def put_together(
    pieces: Sequence[Piece], bounds: Bounds, paint: Paint, onto: np.ndarray | None = None
) -> np.ndarray | None:
    """Premultiplied BGRA uint8 HxWx4 of pieces inside `bounds`, which all of them touch.

    `onto` and what is returned: see `compose`.
    """
    if not pieces:
        return onto
    if onto is None and pieces[0].opacity == 255:
        # Whatever the mode: over nothing a layer looks as it is.
        onto, pieces = pieces[0].raster.read(bounds), pieces[1:]
    elif onto is None:
        onto = np.zeros((bounds.height, bounds.width, 4), np.uint8)
    if pieces:
        paint(onto, bounds, pieces)
    return onto


def _as_one(
    group: PaintedGroup, bounds: Bounds, paint: Paint, below: np.ndarray | None
) -> list[Piece]:
    """The members of a group over what is below them, as one piece; none where it has nothing."""
    inside = bounds.intersection(Bounds.union_of(raster.bounds for raster in group.rasters))
    if inside.is_empty:
        return []
    if below is not None:
        below = below[inside.relative_to(bounds).slices()].copy()
    pixels = compose(group.members, inside, paint, below)
    if pixels is None:
        return []
    mode = group.props.blend_mode if group.is_isolated else None
    return [Piece(Raster(pixels, inside.x, inside.y), group.props.opacity, mode)]
