"""Steps that make one picture of several layers, looking as they did together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from inpaint_studio.core.arrangement import outermost
from inpaint_studio.core.commands import AddLayer, Together
from inpaint_studio.core.compose import Paintable, PaintedGroup
from inpaint_studio.core.document import Document
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.group_commands import deleting
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import ImageLayer, Layer, LayerProps
from inpaint_studio.core.layer_stack import LayerStack
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode


def picture_of(layers: Sequence[Paintable], props: LayerProps) -> ImageLayer:
    """A layer of what the layers (bottom first) give together."""
    bounds = Bounds.union_of(raster.bounds for layer in layers for raster in layer.rasters)
    return ImageLayer(props, Raster(flatten(layers, bounds), bounds.x, bounds.y))


def seen_through(layers: Sequence[Paintable]) -> LayerProps | None:
    """Whose blend mode meets what lies below all of the layers (bottom first), and so would do
    something else once they are one picture that knows nothing of that. None: nobody's."""
    flat = list(_passing(layers))
    for index, layer in enumerate(flat):
        if layer.props.blend_mode is BlendMode.normal:
            continue
        for raster in layer.rasters:
            bounds = raster.content_bounds()
            if not bounds.is_empty and flatten(flat[:index], bounds)[..., 3].min() < 255:
                return layer.props
    return None


def _passing(layers: Iterable[Paintable]) -> Iterator[Paintable]:
    """The layers, with the members of groups that don't isolate them in their place."""
    for layer in layers:
        if isinstance(layer, PaintedGroup) and not layer.is_isolated:
            yield from _passing(layer.members)
        else:
            yield layer


def merging(document: Document, label: str, layer_ids: Collection[int], merged: Layer) -> Together:
    """The step that puts `merged` in the place of the lowest of the layers, which are deleted."""
    layers = document.layers
    lowest = layers.block(outermost(layers.arrangement, layer_ids)[0])
    merged.parent_id = lowest[-1].parent_id
    place = layers.index(lowest[0].id)
    return Together(label, (deleting(document, label, layer_ids), AddLayer(label, merged, place)))


def flattening(document: Document, label: str, merged: ImageLayer) -> Together:
    """The step that puts `merged` in the place of all that is shown, out of all groups.

    Groups in which nothing is left go as well.
    """
    layers = document.layers
    shown = layers.shown
    bottom = [shown[0], *layers.groups_of(shown[0])][-1]
    place = layers.index(layers.block(bottom.id)[0].id)
    steps = (deleting(document, label, _emptied(layers, shown)), AddLayer(label, merged, place))
    return Together(label, steps)


def _emptied(layers: LayerStack, gone: list[Layer]) -> list[int]:
    """The ids of layers, and of groups that have no other members."""
    ids = {layer.id for layer in gone}
    for layer in layers:
        if isinstance(layer, GroupLayer) and layers.is_shown(layer):
            *members, _ = layers.block(layer.id)
            # Groups come after those in them, so these are known already.
            if ids.issuperset(member.id for member in members):
                ids.add(layer.id)
    return list(ids)
