"""Copies of layers, which share the pixels that are never written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import ImageLayer, Layer, LayerProps, MaskLayer, ResultLayer
from inpaint_studio.editor.mask_target import copy_of_mask


def copies_of(block: Sequence[Layer], name_form: str) -> list[Layer]:
    """Copies of a layer and all that is in it (bottom first, itself last), in the same order.

    The layer's own copy is named by `name_form` ("{0} copy") and not locked.
    """
    root = block[-1]
    renamed = replace(root.props, name=name_form.format(root.props.name), locked=False)
    copies = {
        layer.id: _copy_of(layer, renamed if layer is root else layer.props) for layer in block
    }
    for layer in block:
        parent = copies.get(layer.parent_id or 0)
        copies[layer.id].parent_id = layer.parent_id if parent is None else parent.id
    return list(copies.values())


def _copy_of(layer: Layer, props: LayerProps) -> Layer:
    """Raises TypeError for a kind of layer that it doesn't know."""
    if isinstance(layer, GroupLayer):
        return GroupLayer(props)
    if isinstance(layer, MaskLayer):
        return copy_of_mask(layer, props)
    if not isinstance(layer, ImageLayer | ResultLayer):
        raise TypeError(f"layers like {layer.props.name} can't be copied")
    if isinstance(layer, ResultLayer):
        copy = ResultLayer(props, layer.result, layer.candidate, layer.used_masks)
    else:
        copy = ImageLayer(props, layer.raster)
    copy.placement = layer.placement
    return copy
