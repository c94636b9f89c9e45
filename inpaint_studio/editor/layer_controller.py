"""What a person does to layers: show, rename, fade, blend, lock, move, copy, merge, delete."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.arrangement import Spot, outermost
from inpaint_studio.core.commands import SetLayerProps
from inpaint_studio.core.compose import Paintable
from inpaint_studio.core.document import Document
from inpaint_studio.core.group_commands import adding, deleting, grouping, moving, ungrouping
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import ImageLayer, Layer, LayerProps, MaskKind, MaskLayer
from inpaint_studio.core.merge_commands import flattening, merging, picture_of, seen_through
from inpaint_studio.core.neighbours import heir_of, sibling_below, spot_above, spot_below, top_of
from inpaint_studio.editor.layer_copies import copies_of
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.imaging.blend_modes import BlendMode


class LayerController(QObject):
    """Turns wishes about layers into steps of the history.

    A layer that is not in the document (any more) is ignored. `refused(str)` says in the user's
    words why a layer stays.
    """

    refused = Signal(str)

    def __init__(self, session: EditorSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def toggle_visible(self, layer_id: int) -> None:
        """Hide a visible layer, show a hidden one."""
        layer = self._find(layer_id)
        if layer is not None:
            visible = not layer.props.visible
            label = self.tr("Show layer") if visible else self.tr("Hide layer")
            self._set(layer, label, replace(layer.props, visible=visible))

    def set_opacity(self, layer_id: int, opacity: int) -> None:
        """Set the opacity, held to 0..255. A slider that goes on moving is one step."""
        layer = self._find(layer_id)
        if layer is not None:
            opacity = min(max(opacity, 0), 255)
            self._set(layer, self.tr("Layer opacity"), replace(layer.props, opacity=opacity))

    def rename(self, layer_id: int, name: str) -> None:
        """Give a layer another name; blanks around it are dropped, an empty one is ignored."""
        layer = self._find(layer_id)
        if layer is not None and name.strip():
            self._set(layer, self.tr("Rename layer"), replace(layer.props, name=name.strip()))
            self._session.settle()

    def set_blend_mode(self, layer_id: int, mode: BlendMode) -> None:
        """Choose how the layer's colours meet those below."""
        layer = self._find(layer_id)
        if layer is not None and self._may_change(layer):
            self._set(layer, self.tr("Blend mode"), replace(layer.props, blend_mode=mode))
            self._session.settle()

    def toggle_locked(self, layer_id: int) -> None:
        """Lock a layer against changes, or unlock it."""
        layer = self._find(layer_id)
        if layer is not None:
            locked = not layer.props.locked
            label = self.tr("Lock layer") if locked else self.tr("Unlock layer")
            self._set(layer, label, replace(layer.props, locked=locked))

    def move(self, layer_ids: Collection[int], spot: Spot) -> None:
        """Put pictures, results and groups at another place, in their order. Masks stay on top."""
        document = self._session.document
        moved = [] if document is None else self._movable(layer_ids)
        if document is None or not moved:
            return
        target = None if spot.parent_id is None else self._find(spot.parent_id)
        if not all(self._may_change(layer) for layer in (*moved, *filter(None, [target]))):
            return
        label = self.tr("Move layer") if len(moved) == 1 else self.tr("Move layers")
        try:
            step = moving(document, label, [layer.id for layer in moved], spot)
        except ValueError:
            # Into itself: that is where it is.
            return
        if step.after != step.before:
            self._session.do(step)

    def move_into(self, layer_ids: Collection[int], group_id: int) -> None:
        """Put layers on top of all that is in a group."""
        document = self._session.document
        if document is not None and group_id in document.layers:
            self.move(layer_ids, top_of(document, group_id, layer_ids))

    def shift(self, layer_id: int, step: int) -> None:
        """Move a layer one place up (1) or down (-1), into groups and out of them again."""
        layer, document = self._find(layer_id), self._session.document
        if layer is None or document is None or isinstance(layer, MaskLayer):
            return
        spot = spot_above(document, layer) if step > 0 else spot_below(document, layer)
        if spot is not None:
            self.move([layer_id], spot)

    def group(self, layer_ids: Collection[int]) -> None:
        """Put pictures, results and groups into a new group and go on with that."""
        document = self._session.document
        moved = [] if document is None else self._movable(layer_ids)
        if document is None or not moved:
            self.refused.emit(self.tr("Choose pictures or results to group: a mask can't be."))
        elif all(self._may_change(layer) for layer in moved):
            group = GroupLayer(LayerProps(self._name_for_group(document)))
            ids = [layer.id for layer in moved]
            self._session.do(grouping(document, self.tr("Group layers"), ids, group))
            self._session.set_active_layer(group.id)

    def ungroup(self, layer_id: int) -> None:
        """Put a group's members in its place and go on with the topmost."""
        layer, document = self._find(layer_id), self._session.document
        if document is None or layer is None:
            return
        if not isinstance(layer, GroupLayer):
            self.refused.emit(self.tr("Choose a group to ungroup it."))
        elif self._may_change(layer):
            *members, _ = document.layers.block(layer_id)
            heir = members[-1].id if members else heir_of(document, [layer_id])
            self._session.do(ungrouping(document, self.tr("Ungroup"), layer))
            self._session.set_active_layer(heir)

    def move_out(self, layer_id: int) -> None:
        """Put a layer directly above the group that it is in."""
        layer = self._find(layer_id)
        group = None if layer is None or layer.parent_id is None else self._find(layer.parent_id)
        if group is not None:
            self.move([layer_id], Spot(group.parent_id, group.id))

    def duplicate(self, layer_id: int) -> None:
        """Put a copy of a layer, with all that is in it, above it and go on with that."""
        layer, document = self._find(layer_id), self._session.document
        if layer is None or document is None:
            return
        copies = copies_of(document.layers.block(layer_id), self.tr("{0} copy"))
        label = self.tr("Duplicate layer")
        self._session.do(adding(label, copies, document.layers.index(layer_id) + 1))
        self._session.set_active_layer(copies[-1].id)

    def merge_down(self, layer_id: int) -> None:
        """Make one layer of this one and the one below it, looking as both did together.

        Of a group: make one layer of all that is in it.
        """
        layer, document = self._find(layer_id), self._session.document
        if layer is None or document is None:
            return
        if isinstance(layer, GroupLayer):
            self.merge_group(layer_id)
            return
        below = None if isinstance(layer, MaskLayer) else sibling_below(document, layer)
        if below is None:
            self.refused.emit(self.tr("There is no layer below to merge with."))
        elif self._may_merge(document, [below, layer]):
            both = [document.layers.painted_alone(other.id) for other in (below, layer)]
            if not self._looks_the_same(document, both, below):
                return
            merged = picture_of(both, LayerProps(below.props.name))
            step = merging(document, self.tr("Merge down"), (below.id, layer_id), merged)
            self._session.do(step)
            self._session.set_active_layer(merged.id)

    def merge_group(self, layer_id: int) -> None:
        """Make one layer of a group, which keeps the group's opacity and blend mode."""
        group, document = self._find(layer_id), self._session.document
        if document is None or not isinstance(group, GroupLayer):
            return
        members = document.layers.painted_in(layer_id)
        if not members:
            self.refused.emit(self.tr("There is nothing in this group to merge."))
        elif self._may_merge(document, [group]):
            is_isolated = group.props.blend_mode is not BlendMode.normal
            if not is_isolated and not self._looks_the_same(document, members, group):
                return
            merged = picture_of(members, group.props)
            self._session.do(merging(document, self.tr("Merge group"), [layer_id], merged))
            self._session.set_active_layer(merged.id)

    def flatten_visible(self) -> None:
        """Make one layer of all that are visible."""
        document = self._session.document
        shown = [] if document is None else document.layers.shown
        if document is None or len(shown) < 2:
            return
        if all(self._may_change(layer) for layer in shown):
            merged = picture_of(document.layers.painted, LayerProps(shown[0].props.name))
            self._session.do(flattening(document, self.tr("Flatten visible"), merged))
            self._session.set_active_layer(merged.id)

    def _may_merge(self, document: Document, layers: list[Layer]) -> bool:
        every = [other for layer in layers for other in document.layers.block(layer.id)]
        if not all(layer.props.visible for layer in every):
            self.refused.emit(self.tr("Show all layers first: hidden ones are not merged."))
            return False
        return all(self._may_change(layer) for layer in every)

    def _looks_the_same(self, document: Document, layers: list[Paintable], lowest: Layer) -> bool:
        """Whether layers, the lowest of them or the group around them given, can be one picture."""
        bottom = document.layers.block(lowest.id)[0]
        through = seen_through(layers) if document.layers.painted_below(bottom.id) else None
        if through is not None:
            text = self.tr(
                "“{0}” blends with what lies below and would look different. "
                "Set its blend mode to Normal first, or flatten all visible layers."
            )
            self.refused.emit(text.format(through.name))
        return through is None

    def is_locked(self, layer_id: int) -> bool:
        """Whether a layer or a group around it is locked."""
        layer = self._find(layer_id)
        return layer is not None and bool(self._why_locked(layer))

    def _may_change(self, layer: Layer) -> bool:
        reason = self._why_locked(layer)
        if reason:
            self.refused.emit(reason)
        return not reason

    def _why_locked(self, layer: Layer) -> str:
        document = self._session.document
        lock = None if document is None else document.layers.lock_on(layer)
        return "" if lock is None else self.tr("“{0}” is locked.").format(lock.props.name)

    def delete(self, layer_id: int) -> None:
        """Delete a layer and go on with the one below it, or say why it stays."""
        self.delete_all([layer_id])

    def delete_all(self, layer_ids: Collection[int]) -> None:
        """Delete layers, with all that is in them, as one step; or say why they stay."""
        document, ids = self._session.document, [i for i in layer_ids if self._find(i)]
        if document is None or not ids:
            return
        reason = self.why_all_kept(ids)
        if reason:
            self.refused.emit(reason)
            return
        heir, active = heir_of(document, ids), self._session.active_layer
        label = self.tr("Delete layer") if len(ids) == 1 else self.tr("Delete layers")
        self._session.do(deleting(document, label, ids))
        if active is not None and active.id not in document.layers:
            self._session.set_active_layer(heir)

    def why_kept(self, layer_id: int) -> str:
        """Why a layer can't be deleted, in the user's words; "" where it can."""
        return self.why_all_kept([layer_id])

    def why_all_kept(self, layer_ids: Collection[int]) -> str:
        """Why layers can't be deleted together, in the user's words; "" where they can."""
        document = self._session.document
        if document is None:
            return ""
        stack = document.layers
        gone = [layer for i in layer_ids if i in stack for layer in stack.block(i)]
        for layer in gone:
            reason = self._why_locked(layer)
            if reason:
                return reason
        if all(mask in gone for mask in stack.masks(MaskKind.repaint)):
            return self.tr("The last mask stays. Clear it instead.")
        pictures = [other for other in stack if isinstance(other, ImageLayer)]
        if pictures and all(picture in gone for picture in pictures):
            return self.tr("This is the last picture, so it stays.")
        return ""

    def _movable(self, layer_ids: Collection[int]) -> list[Layer]:
        """Those of the layers that are no masks, without the ones in others of them."""
        found = [layer for layer in map(self._find, layer_ids) if layer is not None]
        document = self._session.document
        if document is None:
            return []
        ids = [layer.id for layer in found if not isinstance(layer, MaskLayer)]
        return [document.layers.find(i) for i in outermost(document.layers.arrangement, ids)]

    def _name_for_group(self, document: Document) -> str:
        names = {layer.props.name for layer in document.layers}
        numbers = (self.tr("Group {0}").format(number) for number in itertools.count(1))
        return next(name for name in numbers if name not in names)

    def _find(self, layer_id: int) -> Layer | None:
        document = self._session.document
        if document is None or layer_id not in document.layers:
            return None
        return document.layers.find(layer_id)

    def _set(self, layer: Layer, label: str, after: LayerProps) -> None:
        if after != layer.props:
            self._session.do(SetLayerProps(label, layer.id, layer.props, after))
