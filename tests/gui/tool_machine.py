"""A hypothesis machine that edits through the real canvas and the real controllers, at random.

Rules only act. After each one the machine looks at the history: a place in it that was seen
before must hold the same document, bit for bit, and the screen must show what a file would hold.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import EditParams, PatchFillOptions
from inpaint_studio.core.expansion_plan import plan_for
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import Layer, MaskKind, MaskLayer, ResultLayer
from inpaint_studio.core.mask_edits import Combine
from inpaint_studio.core.uncovered import Uncovered
from inpaint_studio.editor.edit_controller import EditController
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.expand_controller import ExpandController
from inpaint_studio.editor.frame_controller import FrameController
from inpaint_studio.editor.layer_controller import LayerController
from inpaint_studio.editor.mask_controller import MaskController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.editor.toolbox import ToolBox, ToolName
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.ui.canvas.canvas_view import CanvasView
from tests.documents import assert_well_formed, noise_document, state_of
from tests.fake_engine import FakeEngine
from tests.gui.canvas.bench import Bench
from tests.strokes.recording import Device, RecordedStroke, Report
from tests.strokes.replay import Hand

WIDTH, HEIGHT = 96, 64
VIEW = (420, 340)
PATIENCE_SECONDS = 30.0
BRUSHES = (ToolName.brush, ToolName.eraser)
SHAPES = (ToolName.rectangle, ToolName.ellipse, ToolName.lasso)
places = st.tuples(st.integers(-8, WIDTH + 8), st.integers(-8, HEIGHT + 8))


class ToolMachine(RuleBasedStateMachine):
    """One rule for each thing a person does. New tools and layers: one more rule each."""

    def __init__(self) -> None:
        super().__init__()
        self.session = EditorSession(1 << 30)
        self.toolbox = ToolBox(self.session)
        self.canvas = CanvasView(self.session, self.toolbox)
        self.canvas.resize(*VIEW)
        self.canvas.show()
        self.bench = Bench(self.session, self.toolbox, self.canvas)
        self.hand = Hand(self.canvas, self.toolbox)
        self.engine = FakeEngine()
        self.edits = EditController(self.session, self.engine, EditSettings())
        self.expansions = ExpandController(self.session, self.engine)
        self.masks = MaskController(self.session, self.toolbox)
        self.layers = LayerController(self.session)
        self.frames = FrameController(self.session)
        self.answered = 0
        self.session.open(noise_document(WIDTH, HEIGHT))
        self.canvas.zoom_to(1.0)
        self.seen: dict[int, dict[str, object]] = {0: state_of(self.document)}
        self.watch_new_steps()

    def watch_new_steps(self) -> None:
        """A new step makes what was undone impossible to come back to."""
        history = self.session.history

        def watched(do: Callable[..., Any]) -> Callable[..., Any]:
            def forget_and_do(*args: Any, **kwargs: Any) -> Any:
                here = history.position
                self.seen = {place: state for place, state in self.seen.items() if place <= here}
                return do(*args, **kwargs)

            return forget_and_do

        for name in ("do", "record"):
            setattr(history, name, watched(getattr(history, name)))

    def teardown(self) -> None:
        """To the very first state and to the very last, then everything goes away."""
        last = self.session.history.position
        for place in (0, last, 0, last):
            self.session.travel(place)
            assert state_of(self.document) == self.seen[place]
        self.canvas.close()
        self.canvas.deleteLater()
        for part in (self.edits, self.expansions, self.session):
            part.deleteLater()
        QApplication.processEvents()

    @property
    def document(self) -> Document:
        return self.bench.document

    @invariant()
    def every_place_of_the_history_holds_what_it_held(self) -> None:
        self.session.settle()
        state = state_of(self.document)
        assert self.seen.setdefault(self.session.history.position, state) == state
        assert_well_formed(self.document.layers)

    @invariant()
    def the_screen_shows_what_a_file_holds(self) -> None:
        tool = self.toolbox.current
        self.toolbox.choose(ToolName.hand)
        self.canvas.set_mask_visible(False)
        self.canvas.zoom_to(1.0)
        self.bench.leave()
        area = self.canvas.to_view(self.document.frame).toRect()
        inside = area.intersected(self.canvas.rect().adjusted(8, 8, -8, -8))
        grab = self.bench.grab()[
            inside.top() : inside.bottom() + 1, inside.left() : inside.right() + 1
        ]
        frame, x, y = self.document.frame, inside.x() - area.x(), inside.y() - area.y()
        seen = Bounds(frame.x + x, frame.y + y, inside.width(), inside.height())
        expected = flatten(self.document.layers.painted, seen)
        opaque = expected[..., 3] == 255
        np.testing.assert_array_equal(grab[opaque], expected[opaque][:, :3])
        self.toolbox.choose(tool)

    @rule(
        tool=st.sampled_from(BRUSHES),
        device=st.sampled_from(["mouse", "pen", "eraser"]),
        path=st.lists(places, min_size=1, max_size=4),
        size=st.integers(1, 60),
        pressure=st.floats(0.1, 1.0),
        kind=st.sampled_from(MaskKind),
    )
    def draw(
        self,
        tool: ToolName,
        device: Device,
        path: list[tuple[int, int]],
        size: int,
        pressure: float,
        kind: MaskKind,
    ) -> None:
        self.toolbox.set_mask_kind(kind)
        self.toolbox.set_brush(size=size, hardness=0.5)
        reports = tuple(Report(8 * i, x, y, pressure) for i, (x, y) in enumerate(path))
        self.hand.stroke(RecordedStroke(reports, device, tool.value))

    @rule(tool=st.sampled_from((*BRUSHES, *SHAPES)), start=places, end=places)
    def take_back_a_stroke(
        self, tool: ToolName, start: tuple[int, int], end: tuple[int, int]
    ) -> None:
        before, steps = state_of(self.document), list(self.session.history.labels)
        self.toolbox.choose(tool)
        self.bench.press(*start)
        self.bench.move(*end)
        QTest.keyClick(self.canvas, Qt.Key.Key_Escape)
        self.bench.release(*end)
        assert state_of(self.document) == before
        assert list(self.session.history.labels) == steps

    @rule(
        tool=st.sampled_from(SHAPES),
        path=st.lists(places, min_size=2, max_size=5),
        how=st.sampled_from(Combine),
    )
    def select(self, tool: ToolName, path: list[tuple[int, int]], how: Combine) -> None:
        self.toolbox.choose(tool)
        self.toolbox.set_selection(how=how)
        self.bench.press(*path[0])
        for place in path[1:]:
            self.bench.move(*place)
        self.bench.release(*path[-1])

    @rule(path=st.lists(places, min_size=3, max_size=5), finished=st.booleans())
    def select_a_polygon(self, path: list[tuple[int, int]], finished: bool) -> None:
        self.toolbox.choose(ToolName.polygon)
        for place in path:
            self.bench.press(*place)
            self.bench.release(*place)
        key = Qt.Key.Key_Return if finished else Qt.Key.Key_Escape
        QTest.keyClick(self.canvas, key)

    @rule(place=places, tolerance=st.integers(0, 255), contiguous=st.booleans())
    def select_by_colour(self, place: tuple[int, int], tolerance: int, contiguous: bool) -> None:
        self.toolbox.choose(ToolName.wand)
        self.toolbox.set_selection(tolerance=tolerance, contiguous=contiguous, how=Combine.add)
        self.bench.press(*place)
        self.bench.release(*place)
        # The wand searches in a thread; another tool in hand would call it off.
        settle_for(20)

    @rule(
        change=st.sampled_from(
            ["mask_all", "clear", "invert", "threshold", "fill_holes", "grow", "shrink", "feather"]
        ),
        amount=st.integers(1, 12),
    )
    def change_the_mask(self, change: str, amount: int) -> None:
        do = getattr(self.masks, change)
        do(amount) if change in ("grow", "shrink", "feather") else do()

    @rule(kind=st.sampled_from(MaskKind))
    def new_mask(self, kind: MaskKind) -> None:
        if len(self.mask_layers()) < 5:
            self.masks.new(kind)

    @rule(data=st.data(), used=st.booleans(), grow=st.integers(0, 6), feather=st.integers(0, 6))
    def set_a_mask(self, data: st.DataObject, used: bool, grow: int, feather: int) -> None:
        mask = data.draw(st.sampled_from(self.mask_layers()))
        self.masks.set_used(mask.id, used)
        self.masks.set_grow(mask.id, grow)
        self.masks.set_feather(mask.id, feather)

    @rule(data=st.data(), opacity=st.integers(0, 255), mode=st.sampled_from(BlendMode))
    def set_a_layer(self, data: st.DataObject, opacity: int, mode: BlendMode) -> None:
        layer = data.draw(st.sampled_from(self.pictures()))
        self.layers.set_opacity(layer.id, opacity)
        self.layers.set_blend_mode(layer.id, mode)

    @rule(
        data=st.data(),
        do=st.sampled_from(
            ["toggle_visible", "toggle_locked", "duplicate", "merge_down", "delete", "ungroup"]
        ),
    )
    def change_a_layer(self, data: st.DataObject, do: str) -> None:
        layer = data.draw(st.sampled_from(list(self.document.layers)))
        if do != "duplicate" or len(self.document.layers) < 12:
            getattr(self.layers, do)(layer.id)

    @rule(data=st.data(), step=st.sampled_from([-1, 1]))
    def shift_a_layer(self, data: st.DataObject, step: int) -> None:
        self.layers.shift(data.draw(st.sampled_from(self.pictures())).id, step)

    @rule(data=st.data())
    def group_layers(self, data: st.DataObject) -> None:
        ids = [layer.id for layer in self.pictures()]
        self.layers.group(data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)))

    @rule()
    def flatten_all(self) -> None:
        self.layers.flatten_visible()

    @rule(data=st.data(), start=places, end=places)
    def move_a_layer(
        self, data: st.DataObject, start: tuple[int, int], end: tuple[int, int]
    ) -> None:
        layer = data.draw(st.sampled_from(list(self.document.layers)))
        self.session.set_active_layer(layer.id)
        self.toolbox.choose(ToolName.move)
        self.bench.press(*start)
        self.bench.move(*end)
        self.bench.release(*end)

    @rule(sides=st.lists(st.integers(-12, 12), min_size=4, max_size=4))
    def change_the_frame(self, sides: list[int]) -> None:
        frame = self.document.frame
        left, top, right, bottom = sides
        if 24 <= frame.width + left + right <= 160 and 24 <= frame.height + top + bottom <= 120:
            self.frames.expand_by(left, top, right, bottom)

    @rule(side=st.integers(-14, 14))
    def drag_the_frame(self, side: int) -> None:
        frame = self.document.frame
        if not 30 <= frame.width + side <= 150:
            return
        self.toolbox.choose(ToolName.frame)
        middle = frame.y + frame.height / 2
        self.bench.press(frame.right, middle)
        self.bench.move(frame.right + side, middle)
        self.bench.release(frame.right + side, middle)

    @rule()
    def remove(self) -> None:
        self.edits.generate()
        self.answer()

    @rule()
    def expand(self) -> None:
        area = Uncovered.of(self.document)
        plan = None
        # Where nothing is seen there is nothing to continue.
        with suppress(EditRefusedError):
            plan = plan_for(area, None, 1 << 40)
        if plan is not None:
            params = EditParams(options=PatchFillOptions((3,)))
            self.expansions.start(plan, params, area)
            self.answer()

    @precondition(lambda self: self.results())
    @rule(data=st.data(), do=st.sampled_from(["next", "discard", "more"]))
    def change_a_result(self, data: st.DataObject, do: str) -> None:
        layer = data.draw(st.sampled_from(self.results()))
        if do == "next":
            self.edits.step_candidate(layer, 1)
        elif do == "discard":
            self.edits.discard(layer)
        elif layer.result.place is None and layer.result.num_candidates < 6:
            self.edits.more(layer)
            self.answer()

    @rule()
    def undo(self) -> None:
        if self.session.history.can_undo:
            self.session.undo()

    @rule()
    def redo(self) -> None:
        if self.session.history.can_redo:
            self.session.redo()

    @rule(data=st.data())
    def travel(self, data: st.DataObject) -> None:
        self.session.travel(data.draw(st.integers(0, len(self.session.history.labels))))

    def answer(self) -> None:
        """Let the engine finish all that it was asked for."""

        def step() -> bool:
            if self.answered < len(self.engine.requests):
                self.answered += 1
                self.engine.finish(self.answered)
            return not (self.edits.is_busy or self.expansions.is_busy)

        settle_until(step)

    def pictures(self) -> list[Layer]:
        return [layer for layer in self.document.layers if not isinstance(layer, MaskLayer)]

    def results(self) -> list[ResultLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, ResultLayer)]

    def mask_layers(self) -> list[MaskLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, MaskLayer)]


def settle_until(reached: Callable[[], bool]) -> None:
    """Let things happen until then."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < give_up, "the editor waits for something that does not come"
        QApplication.processEvents()


def settle_for(milliseconds: int) -> None:
    """Let things happen that may or may not come."""
    QTest.qWait(milliseconds)
