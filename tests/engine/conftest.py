from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from inpaint_studio.commandline import photo_edit, photo_expand
from inpaint_studio.core.edit import EditRequest, EditResult
from inpaint_studio.engine import shared_image
from inpaint_studio.engine.worker_client import OnPreview, OnProgress, WorkerClient


@pytest.fixture(autouse=True)
def no_leaked_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves shared memory behind."""
    names: list[str] = []
    create = shared_image._create

    def recording(size: int) -> shared_image.SharedMemory:
        memory = create(size)
        names.append(memory.name)
        return memory

    monkeypatch.setattr(shared_image, "_create", recording)
    yield
    for name in names:
        with pytest.raises(FileNotFoundError):
            shared_image.SharedMemory(name)


class LastingWorker(WorkerClient):
    """A client that many commands run in, one after another, though each closes its own."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs = count(1)

    def run(
        self,
        job: int,
        request: EditRequest,
        on_progress: OnProgress,
        is_cancelled: Callable[[], bool],
        on_preview: OnPreview = lambda _context, _image: None,
    ) -> EditResult:
        # Every command counts its jobs from 1.
        job = next(self._jobs)
        return super().run(job, request, on_progress, is_cancelled, on_preview)

    def close(self) -> None:
        self._request_block.close()
        self._result_block.close()
        self._preview_block.close()

    def end(self) -> None:
        super().close()


@pytest.fixture
def same_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All commands of a test run in one worker: importing torch takes most of their time."""
    worker = LastingWorker()
    for module in (photo_edit, photo_expand):
        monkeypatch.setattr(module, "WorkerClient", lambda: worker)
    yield
    worker.end()
