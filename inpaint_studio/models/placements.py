"""Where the parts of a model lie while it computes, by name: the rungs of the memory ladder."""

from __future__ import annotations

from enum import Enum

AUTO = "auto"
"""The fastest rung that fits, and further down by itself when the memory runs out."""


class Placement(Enum):
    """The rungs, the fastest first. The values are what options and files say."""

    whole = "whole"
    whole_tiled = "whole-tiled"
    model_offload = "model-offload"
    group_offload = "group-offload"
    fp8_group_offload = "fp8-group-offload"
    leaf_offload = "leaf-offload"
    cpu = "cpu"

    @property
    def order(self) -> int:
        """0 for the fastest rung, more for smaller ones."""
        return list(Placement).index(self)

    @property
    def label(self) -> str:
        """For a menu."""
        return _LABELS[self]


_LABELS = {
    Placement.whole: "All on the graphics card",
    Placement.whole_tiled: "All on the card, picture in tiles",
    Placement.model_offload: "Parts take turns",
    Placement.group_offload: "Blocks take turns",
    Placement.fp8_group_offload: "Blocks take turns, in 8 bits",
    Placement.leaf_offload: "Layers take turns",
    Placement.cpu: "Processor only",
}
PLACEMENT_NAMES = (AUTO, *(placement.value for placement in Placement))
