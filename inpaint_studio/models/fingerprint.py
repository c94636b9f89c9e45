"""A cheap identity of a model: enough to tell whether a result can be computed again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from inpaint_studio.models.model_info import ModelFormat, ModelInfo

HEAD_BYTES = 64 * 1024
SAMPLES = 16
SAMPLE_BYTES = 4096
MOST_FILES = 200
SUFFIXES = frozenset({".safetensors", ".gguf", ".json"})


def fingerprint(info: ModelInfo) -> str:
    """sha256 (hex) over size, head and 16 samples of 4 kB of each file, by relative name.

    Two trainings of one architecture have equal headers and sizes; the samples tell them apart. It
    is no proof against a file that was changed on purpose. Takes milliseconds. Raises OSError.
    """
    digest = hashlib.sha256()
    for name, path in _files(info):
        size = path.stat().st_size
        digest.update(f"{name}\0{size}\0".encode())
        for block in _blocks(path, size):
            digest.update(block)
    return digest.hexdigest()


def _files(info: ModelInfo) -> Iterator[tuple[str, Path]]:
    """Relative names, so that a moved model stays the same, and paths, in a fixed order."""
    if info.format is not ModelFormat.folder:
        yield "", info.path
        return
    # One level of folders is all that a diffusers folder has.
    found = [*info.path.glob("*.json"), *info.path.glob("*/*")]
    weights = sorted(path for path in found if path.suffix in SUFFIXES and path.is_file())
    for path in weights[:MOST_FILES]:
        yield path.relative_to(info.path).as_posix(), path


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        yield stream.read(HEAD_BYTES)
        for index in range(SAMPLES):
            stream.seek(size * index // SAMPLES)
            yield stream.read(SAMPLE_BYTES)
