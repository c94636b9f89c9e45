from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import DeleteLayer
from inpaint_studio.editor.session import EditorSession
from tests.blob_stores import MemoryStore
from tests.documents import noise_document, state_of
from tests.fakes import until

PLENTY = 1 << 30


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def session(store: MemoryStore) -> EditorSession:
    """Whose one picture was deleted, and is in the store."""
    session = EditorSession(1000, store=store, disk_budget_bytes=PLENTY)
    session.open(noise_document())
    assert session.document is not None
    picture = next(iter(session.document.layers))
    session.do(DeleteLayer("Delete layer", picture, 0))
    assert until(lambda: len(store.blobs) == 1, 10)
    return session


def test_undo_brings_back_what_was_on_disk(session: EditorSession, store: MemoryStore) -> None:
    session.undo()
    assert session.document is not None
    fresh = noise_document()
    assert state_of(session.document)["picture"] == state_of(fresh)["picture"]
    assert store.blobs == {}


def test_what_is_lost_is_told_and_nothing_changes(
    session: EditorSession, store: MemoryStore
) -> None:
    told: list[str] = []
    refreshed: list[None] = []
    session.noticed.connect(told.append)
    session.history_changed.connect(lambda: refreshed.append(None))
    store.blobs.clear()
    assert session.document is not None
    before = state_of(session.document)
    session.undo()
    assert told == ["It is gone."]
    assert refreshed
    assert state_of(session.document) == before
    assert not session.history.can_undo
    picture = next(iter(session.document.layers))
    session.do(DeleteLayer("Delete layer", picture, 0))
    assert session.history.labels == ["Delete layer"]


def test_another_document_empties_the_store(session: EditorSession, store: MemoryStore) -> None:
    session.open(None)
    assert store.blobs == {}
    assert session.history.disk_budget_bytes == PLENTY


def test_budgets_change_at_once_and_for_the_next_document(
    session: EditorSession, store: MemoryStore
) -> None:
    session.undo()
    session.set_history_budgets(PLENTY, 0)
    session.redo()
    assert store.blobs == {}
    session.open(noise_document())
    assert session.history.budget_bytes == PLENTY


def test_a_disk_that_is_full_is_told_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    told: list[str] = []
    session = EditorSession(1000, store=MemoryStore(is_full=True), disk_budget_bytes=PLENTY)
    session.noticed.connect(told.append)
    session.open(noise_document())
    assert session.document is not None
    before = state_of(session.document)
    picture = next(iter(session.document.layers))
    session.do(DeleteLayer("Delete layer", picture, 0))
    qtbot.waitUntil(lambda: len(told) == 1)
    assert "the disk is full" in told[0]
    assert session.history.disk_nbytes == 0
    assert session.history.labels == ["Delete layer"]
    session.undo()
    assert state_of(session.document) == before
