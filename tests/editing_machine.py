"""A hypothesis machine that edits a document at random and compares it with what it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from inpaint_studio.core.brush import BrushSettings, Sample, Stroke
from inpaint_studio.core.commands import (
    AddLayer,
    DeleteLayer,
    PaintMask,
    ReplaceResult,
    SetLayerProps,
    ShowCandidate,
    Together,
)
from inpaint_studio.core.history import Command, History
from inpaint_studio.core.layer import MaskKind, ResultLayer
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.geometry import Bounds, Point
from tests.documents import made_up_result, noise_document, result_layer, state_of

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
        steps = (AddLayer("Add", layer, 1), PaintMask("Clear", mask.id, patch))
        self.do(Together("Remove", steps))

    @precondition(lambda self: self.results())
    @rule(data=st.data())
    def change_a_result(self, data: st.DataObject) -> None:
        layer = data.draw(st.sampled_from(self.results()))
        index = self.document.layers.index(layer.id)
        after = made_up_result(layer.result.bounds, candidates=4, seed=9)
        self.do(
            data.draw(
                st.sampled_from(
                    [
                        DeleteLayer("Delete", layer, index),
                        ShowCandidate("Choose", layer.id, layer.candidate, 2),
                        ReplaceResult("More", layer.id, layer.result, after, 3, layer.candidate),
                    ]
                )
            )
        )

    @rule(data=st.data(), opacity=st.integers(0, 255), visible=st.booleans())
    def set_props(self, data: st.DataObject, opacity: int, visible: bool) -> None:
        layer = data.draw(st.sampled_from(list(self.document.layers)))
        after = replace(layer.props, opacity=opacity, visible=visible)
        self.do(SetLayerProps("Opacity", layer.id, layer.props, after))

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

    def results(self) -> list[ResultLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, ResultLayer)]
