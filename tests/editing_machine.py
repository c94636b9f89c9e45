"""A hypothesis machine that edits a document at random and compares it with what it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from inpaint_studio.core.arrangement import Spot, siblings
from inpaint_studio.core.brush import BrushSettings, Stroke
from inpaint_studio.core.commands import (
    AddCandidates,
    AddLayer,
    DeleteLayer,
    PaintMask,
    SetLayerProps,
    ShowCandidate,
    Together,
)
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.group_commands import deleting, grouping, moving, ungrouping
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.history import Command, History
from inpaint_studio.core.layer import (
    LayerProps,
    MaskKind,
    MaskLayer,
    MaskSettings,
    PlacedLayer,
    ResultLayer,
)
from inpaint_studio.core.mask_commands import SetMaskSettings
from inpaint_studio.core.mask_memory import clear_steps, remember
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.core.placement import Placement
from inpaint_studio.core.placement_commands import PlaceLayer, ShiftMask
from inpaint_studio.core.result_place import top_of_pictures
from inpaint_studio.core.stroke_path import Sample
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.imaging.blend_modes import BlendMode
from tests.documents import (
    assert_well_formed,
    made_up_result,
    noise_document,
    result_layer,
    state_of,
)

PLENTY = 1 << 30


class EditingMachine(RuleBasedStateMachine):
    """Any sequence of steps, undone and redone in any order, gives the very same document."""

    def __init__(self) -> None:
        super().__init__()
        self.document = noise_document(48, 40)
        self.history = self.new_history()
        self.states = [state_of(self.document)]
        self.expected = 0

    def new_history(self) -> History:
        return History(PLENTY)

    def remember(self) -> None:
        """Call after a new step. States before steps that were forgotten can't come back."""
        del self.states[self.expected + 1 :]
        self.states.append(state_of(self.document))
        self.expected += 1
        gone = self.expected - self.history.position
        del self.states[:gone]
        self.expected -= gone

    def do(self, command: Command) -> None:
        self.history.do(self.document, command, merge=False)
        self.remember()

    @rule(
        x=st.integers(-10, 60),
        y=st.integers(-10, 50),
        size=st.floats(1, 40),
        erase=st.booleans(),
        kind=st.sampled_from(MaskKind),
    )
    def paint(self, x: int, y: int, size: float, erase: bool, kind: MaskKind) -> None:
        layer = self.document.mask(kind)
        stroke = Stroke(layer.raster, BrushSettings(size=size, erase=erase), self.document.frame)
        stroke.extend(Sample(Point(x, y)))
        stroke.extend(Sample(Point(x + 15, y + 4), 0.5))
        stroke.finish()
        self.history.record(PaintMask("Paint mask", layer.id, stroke.take_patch()))
        self.remember()

    @rule(x=st.integers(0, 30), y=st.integers(0, 20))
    def add_result(self, x: int, y: int) -> None:
        layer = result_layer(Bounds(x, y, 18, 14))
        mask = self.document.mask(MaskKind.repaint)
        cleared = np.zeros((14, 18), np.uint8)
        patch = MaskPatch.replacing(mask.raster, Bounds(x, y, 18, 14), cleared)
        add = AddLayer("Add", layer, top_of_pictures(self.document))
        steps = (add, PaintMask("Clear", mask.id, patch))
        self.do(Together("Remove", steps))

    @precondition(lambda self: self.results())
    @rule(data=st.data())
    def change_a_result(self, data: st.DataObject) -> None:
        layer = data.draw(st.sampled_from(self.results()))
        index = self.document.layers.index(layer.id)
        more = made_up_result(layer.result.bounds, candidates=4, seed=9)
        self.do(
            data.draw(
                st.sampled_from(
                    [
                        DeleteLayer("Delete", layer, index),
                        ShowCandidate("Choose", layer.id, layer.candidate, 2),
                        AddCandidates("More", layer.id, more, 3, layer.candidate),
                    ]
                )
            )
        )

    @precondition(lambda self: any(isinstance(x, PlacedLayer) for x in self.document.layers))
    @rule(
        data=st.data(),
        dx=st.integers(-30, 30) | st.floats(-30, 30),
        scale=st.sampled_from([-1.0, 0.6, 1.0, 1.4]),
        rotation=st.sampled_from([0.0, 90.0, 33.0]),
    )
    def place(self, data: st.DataObject, dx: float, scale: float, rotation: float) -> None:
        placed = [layer for layer in self.document.layers if isinstance(layer, PlacedLayer)]
        layer = data.draw(st.sampled_from(placed))
        after = Placement(dx, 3, scale, abs(scale), rotation)
        self.do(PlaceLayer("Place", layer.id, layer.placement, after))

    @rule(dx=st.integers(-20, 20), dy=st.integers(-20, 20), kind=st.sampled_from(MaskKind))
    def shift_mask(self, dx: int, dy: int, kind: MaskKind) -> None:
        self.do(ShiftMask("Move mask", self.document.mask(kind).id, dx, dy))

    @rule(data=st.data(), opacity=st.integers(0, 255), visible=st.booleans())
    def set_props(self, data: st.DataObject, opacity: int, visible: bool) -> None:
        layer = data.draw(st.sampled_from(list(self.document.layers)))
        mode = data.draw(st.sampled_from(BlendMode))
        after = replace(layer.props, opacity=opacity, visible=visible, blend_mode=mode)
        self.do(SetLayerProps("Opacity", layer.id, layer.props, after))

    @precondition(lambda self: self.pictures())
    @rule(data=st.data())
    def group(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from(self.pictures()), min_size=1, unique=True))
        self.do(grouping(self.document, "Group", ids, GroupLayer(LayerProps("Group"))))

    @precondition(lambda self: self.groups())
    @rule(data=st.data())
    def ungroup(self, data: st.DataObject) -> None:
        group = data.draw(st.sampled_from(self.groups()))
        self.do(ungrouping(self.document, "Ungroup", group))

    @precondition(lambda self: self.pictures())
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from(self.pictures()), min_size=1, unique=True))
        moved = {layer.id for i in ids for layer in self.document.layers.block(i)}
        parents = [None, *(group.id for group in self.groups() if group.id not in moved)]
        parent = data.draw(st.sampled_from(parents))
        beside = [i for i in siblings(self.document.layers.arrangement, parent) if i not in moved]
        above = data.draw(st.sampled_from([None, *(i for i in beside if i in self.pictures())]))
        self.do(moving(self.document, "Move", ids, Spot(parent, above)))

    @precondition(lambda self: self.groups())
    @rule(data=st.data())
    def delete_a_group(self, data: st.DataObject) -> None:
        group = data.draw(st.sampled_from(self.groups()))
        self.do(deleting(self.document, "Delete", [group.id]))

    @rule(kind=st.sampled_from(MaskKind))
    def add_mask(self, kind: MaskKind) -> None:
        mask = MaskLayer(LayerProps("Mask"), kind)
        self.do(AddLayer("New mask", mask, len(self.document.layers)))

    @rule(data=st.data(), grow=st.integers(0, 9), used=st.booleans())
    def set_mask(self, data: st.DataObject, grow: int, used: bool) -> None:
        mask = data.draw(st.sampled_from(self.masks()))
        after = MaskSettings("#00ff00", used, grow, feather=grow)
        self.do(SetMaskSettings("Set", mask.id, mask.settings, after))

    @rule()
    def use_masks(self) -> None:
        used = MaskUnion.used(self.document, MaskKind.repaint).masks
        steps = clear_steps(self.document, remember(used, self.document.frame))
        if steps:
            self.do(Together("Clear", tuple(steps)))

    def masks(self) -> list[MaskLayer]:
        return [mask for kind in MaskKind for mask in self.document.layers.masks(kind)]

    @rule()
    def undo(self) -> None:
        if self.history.can_undo:
            self.history.undo(self.document)
            self.expected -= 1

    @rule()
    def redo(self) -> None:
        if self.history.can_redo:
            self.history.redo(self.document)
            self.expected += 1

    @invariant()
    def is_bit_exact(self) -> None:
        assert self.history.position == self.expected
        assert state_of(self.document) == self.states[self.expected]
        assert_well_formed(self.document.layers)

    def pictures(self) -> list[int]:
        """The ids of all layers that are no masks."""
        return [layer.id for layer in self.document.layers if not isinstance(layer, MaskLayer)]

    def groups(self) -> list[GroupLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, GroupLayer)]

    def results(self) -> list[ResultLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, ResultLayer)]
