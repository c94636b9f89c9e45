"""The history with a store: what goes there comes back exactly, and nothing newer is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from inpaint_studio.core.commands import AddCandidates, AddLayer, DeleteLayer, PaintMask, Together
from inpaint_studio.core.document import Document
from inpaint_studio.core.frame_commands import FillFrame
from inpaint_studio.core.history import Command, History
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.core.merge_commands import merging
from inpaint_studio.errors import FileProblemError
from inpaint_studio.geometry import Bounds
from tests.blob_stores import MemoryStore
from tests.documents import made_up_result, noise_document, result_layer, state_of
from tests.editing_machine import EditingMachine

PLENTY = 1 << 30


class SpillingMachine(EditingMachine):
    """The same with room for next to nothing: pixels go to the store and come back all the time."""

    def new_history(self) -> History:
        self.store = MemoryStore()
        self.disk_budget = 60_000
        return History(2000, self.store, self.disk_budget)

    @rule(data=st.data())
    def merge_layers(self, data: st.DataObject) -> None:
        """Two layers go and one comes, in one step."""
        results = self.results()
        if len(results) < 2:
            return
        merged = result_layer(data.draw(st.sampled_from([Bounds(0, 0, 9, 8), Bounds(5, 5, 20, 9)])))
        self.do(merging(self.document, "Merge", [layer.id for layer in results], merged))

    @rule(disk_budget=st.sampled_from([0, 8000, 60_000, PLENTY]))
    def change_budget(self, disk_budget: int) -> None:
        self.disk_budget = disk_budget
        self.history.set_budgets(2000, disk_budget)
        gone = self.expected - self.history.position
        del self.states[:gone]
        self.expected -= gone

    @rule(is_full=st.booleans())
    def fill_the_disk(self, is_full: bool) -> None:
        self.store.is_full = is_full

    @invariant()
    def adds_up(self) -> None:
        # Hypothesis itself may still hold a step that was forgotten, and its blob with it.
        assert self.history.disk_nbytes <= sum(map(len, self.store.blobs.values()))
        if self.history.position > 1 and not self.history.can_redo:
            assert self.history.disk_nbytes <= self.disk_budget

    @invariant()
    def the_newest_can_be_undone(self) -> None:
        assert self.history.can_undo or self.expected == 0


TestSpilling = SpillingMachine.TestCase
TestSpilling.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)


def paint_squares(document: Document, history: History, count: int) -> list[dict[str, object]]:
    """Steps of about 1.1 kB each (noise does not compress). The states before each and at last."""
    mask, rng = document.mask(MaskKind.repaint), np.random.default_rng(4)
    states = [state_of(document)]
    for number in range(count):
        square = Bounds(number, 0, 32, 32)
        noise = rng.integers(0, 256, (32, 32), dtype=np.uint8)
        patch = MaskPatch.replacing(mask.raster, square, noise)
        history.do(document, PaintMask(str(number), mask.id, patch))
        states.append(state_of(document))
    return states


def undo_all(document: Document, history: History) -> None:
    while history.can_undo:
        history.undo(document)


def test_over_budget_the_oldest_go_to_the_store_and_come_back() -> None:
    document, store = noise_document(), MemoryStore()
    history = History(6000, store, PLENTY)
    states = paint_squares(document, history, 12)
    assert len(history.labels) == 12
    assert history.nbytes <= 6000
    assert history.disk_nbytes == sum(map(len, store.blobs.values())) > 6000
    for number in reversed(range(12)):
        history.undo(document)
        assert state_of(document) == states[number]
    for number in range(12):
        history.redo(document)
        assert state_of(document) == states[number + 1]


def test_over_the_disk_budget_the_oldest_are_forgotten() -> None:
    document, store = noise_document(), MemoryStore()
    history = History(3000, store, 4000)
    states = paint_squares(document, history, 12)
    assert history.labels == [str(n) for n in range(12 - len(history.labels), 12)]
    assert 3 <= len(history.labels) < 8
    assert history.disk_nbytes <= 4000
    assert sum(map(len, store.blobs.values())) == history.disk_nbytes
    undo_all(document, history)
    assert state_of(document) == states[12 - len(history.labels)]


def test_a_full_disk_forgets_the_oldest_never_the_newest_and_says_so_once() -> None:
    told: list[str] = []
    document, store = noise_document(), MemoryStore(is_full=True)
    history = History(3000, store, PLENTY, told.append)
    states = paint_squares(document, history, 8)
    assert history.labels[-1] == "7"
    assert len(history.labels) < 3
    assert len(told) == 1
    assert "the disk is full. The oldest are forgotten" in told[0]
    history.undo(document)
    assert state_of(document) == states[7]
    store.is_full = False
    paint_squares(document, history, 4)
    store.is_full = True
    paint_squares(document, history, 4)
    assert len(told) == 2


def test_what_was_given_up_leaves_the_store() -> None:
    document, store = noise_document(), MemoryStore()
    history = History(1, store, PLENTY)
    layer = result_layer(Bounds(0, 0, 30, 30))
    history.do(document, AddLayer("Add", layer, 1))
    assert store.blobs == {}
    history.undo(document)
    assert len(store.blobs) == 1
    assert layer.nbytes == 0
    paint_squares(document, history, 1)
    del layer
    assert len(store.blobs) == 1
    assert history.disk_nbytes == sum(map(len, store.blobs.values()))


def test_candidates_that_were_taken_back_go_to_the_store() -> None:
    document, store = noise_document(), MemoryStore()
    history = History(2000, store, PLENTY)
    layer = result_layer(Bounds(0, 0, 30, 30))
    document.layers.insert(1, layer)
    states = [state_of(document)]
    for seed in (5, 6):
        more = made_up_result(layer.result.bounds, candidates=3, seed=seed)
        shown = layer.result.num_candidates
        history.do(document, AddCandidates("More", layer.id, more, shown, layer.candidate))
        states.append(state_of(document))
    # While they are shown the layer alone has them: deleting it frees them too.
    assert (history.disk_nbytes, history.nbytes < 1000) == (0, True)
    for state in (states[1], states[0]):
        history.undo(document)
        assert state_of(document) == state
    assert len(store.blobs) == 2
    assert history.disk_nbytes > 2 * 3 * 30 * 30 * 3
    for state in states[1:]:
        history.redo(document)
        assert state_of(document) == state
    assert store.blobs == {}


def test_a_step_that_joins_a_stowed_one_loses_nothing() -> None:
    document, store = noise_document(), MemoryStore()
    history = History(1, store, PLENTY)
    picture = next(iter(document.layers))
    before = state_of(document)

    def part(command: Command) -> FillFrame:
        return FillFrame(1, Together("Expand", (command,)))

    history.do(document, part(DeleteLayer("Delete", picture, 0)))
    assert len(store.blobs) == 1
    history.do(document, part(AddLayer("Add", result_layer(Bounds(0, 0, 9, 9)), 0)))
    after = state_of(document)
    assert history.labels == ["Expand"]
    history.undo(document)
    assert state_of(document) == before
    history.redo(document)
    assert state_of(document) == after


def test_lost_blobs_forget_what_needed_them_and_change_nothing() -> None:
    document, store = noise_document(), MemoryStore()
    history = History(3000, store, PLENTY)
    states = paint_squares(document, history, 6)
    store.blobs.clear()
    history.undo(document)
    with pytest.raises(FileProblemError):
        undo_all(document, history)
    assert state_of(document) in states
    assert not history.can_undo
    while history.can_redo:
        history.redo(document)
    assert state_of(document) == states[-1]


def test_lost_blobs_of_undone_steps_are_given_up() -> None:
    document, store = noise_document(), MemoryStore()
    history = History(900, store, PLENTY)
    states = paint_squares(document, history, 3)
    for _ in range(3):
        history.undo(document)
    store.blobs.clear()
    with pytest.raises(FileProblemError):
        history.redo(document)
    assert state_of(document) == states[0]
    assert not history.can_redo
    assert history.is_saved


def test_less_memory_is_kept_to_at_once() -> None:
    document, store = noise_document(), MemoryStore()
    history = History(PLENTY, store, PLENTY)
    paint_squares(document, history, 6)
    assert history.disk_nbytes == 0
    history.set_budgets(2600, PLENTY)
    assert history.nbytes <= 2600
    assert len(history.labels) == 6
    history.set_budgets(2600, 1200)
    assert history.disk_nbytes <= 1200
    assert history.labels[-1] == "5"
