from __future__ import annotations

from collections.abc import Iterator

import pytest

from inpaint_studio.engine import shared_image


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
