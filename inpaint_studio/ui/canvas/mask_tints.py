"""The masks' tiles by colour: masks of one kind and colour share a cache, whose number is bounded.

Most documents have one mask of a kind and then pay for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtGui import QColor

from inpaint_studio.core.document import Document
from inpaint_studio.core.layer import MaskKind, MaskLayer
from inpaint_studio.ui.canvas.mask_source import MaskSource
from inpaint_studio.ui.canvas.tile_cache import MaskTiles, ReadDocument

MASK_BUDGET = 64 * 2**20
"""Bytes for the tiles of all masks together."""
MOST_COLOURS = 8
"""So many colours have tiles of their own; masks of further ones are shown in their kind's."""
KINDS = (MaskKind.avoid, MaskKind.repaint)
"""In the order of painting: what will change lies over what is only not copied from."""


class Tint(NamedTuple):
    """Which masks share a cache. `color`: "#rrggbb", None for the kind's."""

    kind: MaskKind
    color: str | None = None


class TintStyle(NamedTuple):
    """How a kind of masks is drawn. `opacity` is 0..1 where a mask is full."""

    colour: QColor
    opacity: float
    outline: QColor


class MaskTints:
    """The tiles of all masks of the open document, by tint, in the order of painting."""

    def __init__(self, read_document: ReadDocument) -> None:
        self._read_document = read_document
        self._styles: dict[MaskKind, TintStyle] = {}
        self._tiles: dict[Tint, MaskTiles] = {}
        self._show({Tint(kind): () for kind in KINDS})

    def __getitem__(self, tint: Tint | MaskKind) -> MaskTiles:
        return self._tiles[Tint(tint) if isinstance(tint, MaskKind) else tint]

    def items(self) -> Iterator[tuple[Tint, MaskTiles]]:
        """Tints and their tiles, bottom first."""
        return iter(self._tiles.items())

    def values(self) -> tuple[MaskTiles, ...]:
        """All tiles, bottom first."""
        return self._all

    def set_style(self, kind: MaskKind, style: TintStyle) -> None:
        """Draw masks of that kind like that, those of a colour of their own in that colour."""
        self._styles[kind] = style
        for tint, tiles in self._tiles.items():
            if tint.kind is kind:
                tiles.set_table(self._table(tint))

    def outline(self, tint: Tint) -> QColor:
        """The colour of the rims of masks."""
        return QColor(tint.color) if tint.color else self._styles[tint.kind].outline

    def colours(self, kind: MaskKind, color: str | None = None) -> list[int]:
        """Straight ARGB for each of the 256 values of a mask, as it is tinted."""
        own = Tint(kind, color)
        return self._table(own if own in self._tiles else Tint(kind))

    def refresh(self) -> bool:
        """Look which masks there are and of which colours. Whether that may be seen anywhere.

        Mostly it is not: a change of masks says itself where it is seen.
        """
        document = self._read_document()
        wanted: dict[Tint, tuple[MaskLayer, ...]] = {Tint(kind): () for kind in KINDS}
        wanted |= {} if document is None else by_tint(document)
        if wanted == self._masks:
            return False
        before = tuple(self._tiles)
        self._show(wanted)
        is_full = len(self._tiles) == len(KINDS) + MOST_COLOURS
        if is_full:
            # Masks beside those that changed may have won or lost the last colour.
            self.clear()
        return is_full or tuple(self._tiles) != before

    def clear(self) -> None:
        """Forget all tiles."""
        for tiles in self._all:
            tiles.clear()

    def _show(self, masks: dict[Tint, tuple[MaskLayer, ...]]) -> None:
        self._masks = masks
        order = sorted(masks, key=lambda tint: KINDS.index(tint.kind))
        self._tiles = {tint: self._tiles.get(tint) or self._made(tint) for tint in order}
        self._all = tuple(self._tiles.values())
        for tiles in self._all:
            tiles.set_budget(MASK_BUDGET // len(self._all))

    def _made(self, tint: Tint) -> MaskTiles:
        tiles = MaskTiles(MaskSource(lambda: self._masks.get(tint, ())), MASK_BUDGET)
        if tint.kind in self._styles:
            tiles.set_table(self._table(tint))
        return tiles

    def _table(self, tint: Tint) -> list[int]:
        style = self._styles[tint.kind]
        rgb = (QColor(tint.color) if tint.color else style.colour).rgb() & 0xFFFFFF
        return [round(value * style.opacity) << 24 | rgb for value in range(256)]


def by_tint(document: Document) -> dict[Tint, tuple[MaskLayer, ...]]:
    """The document's masks by the tint they are shown in, the lowest first."""
    result: dict[Tint, tuple[MaskLayer, ...]] = {}
    colours: set[str] = set()
    for kind in KINDS:
        for mask in document.layers.masks(kind):
            color = mask.settings.color
            if color is not None and color not in colours:
                if len(colours) == MOST_COLOURS:
                    color = None
                else:
                    colours.add(color)
            tint = Tint(kind, color)
            result[tint] = (*result.get(tint, ()), mask)
    return result
