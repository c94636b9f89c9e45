"""Finds the models in folders, also in those of ComfyUI, A1111 and the Hugging Face cache.

What a file is good for is told by its content, not by the folder it lies in. Nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from inpaint_studio.models.detect import identify
from inpaint_studio.models.diffusers_folder import INDEX, LORA_FILE, actual_folder
from inpaint_studio.models.model_info import ModelInfo

MOST_DEPTH = 6
MOST_ENTRIES = 50_000
MOST_REMEMBERED = 4096
# .ckpt is listed so that a person sees why such a file is not offered.
SUFFIXES = frozenset({".safetensors", ".sft", ".gguf", ".ckpt"})
SKIPPED_FOLDERS = frozenset(
    {"venv", "node_modules", "custom_nodes", "python_embeded", "input", "output", "outputs", "temp"}
)
# Other programs: a folder that gives them away, and where their models are.
LAYOUTS = (
    ("models/checkpoints", ("models",)),
    ("models/Stable-diffusion", ("models", "embeddings")),
    ("Models/StableDiffusion", ("Models",)),
)
_SHARD = re.compile(r".*-\d{5}-of-\d{5}\.(safetensors|gguf)")

Stamp = tuple[tuple[str, int, int], ...]


def own_folder() -> Path:
    """Where the program keeps models itself; it may not exist yet."""
    from platformdirs import PlatformDirs

    return PlatformDirs("inpaint-studio", appauthor=False).user_data_path / "models"


def find_models(
    places: Iterable[Path], is_cancelled: Callable[[], bool] = lambda: False
) -> list[ModelInfo]:
    """All models, LoRAs and other parts in the own folder and in `places` (files or folders).

    Each is listed once; those that can't be used are listed with their problem. What has not
    changed since the last call is not read again. Folders deeper than 6 and unreadable ones are
    passed over.
    """
    found: dict[Path, ModelInfo] = {}
    for place in (own_folder(), *places):
        for path in _candidates(place):
            if is_cancelled():
                return list(found.values())
            try:
                found.setdefault(path.resolve(), _identify(path, _stamp(path)))
            except (OSError, RuntimeError):
                # A symlink loop is a RuntimeError to Python 3.11.
                continue
    return list(found.values())


def model_roots(folder: Path) -> tuple[Path, ...]:
    """The folders to look in: those with the models, if `folder` is another program's."""
    for sign, parts in LAYOUTS:
        if (folder / sign).is_dir():
            return tuple(folder / part for part in parts)
    return (folder,)


@lru_cache(maxsize=MOST_REMEMBERED)
def _identify(path: Path, _stamp: Stamp) -> ModelInfo:
    return identify(path)


def _stamp(path: Path) -> Stamp:
    """What changes when the model does: names, sizes and times of its files. Raises OSError."""
    if path.is_dir():
        folder = actual_folder(path)
        files = [*folder.glob("*"), *folder.glob("*/*")]
    else:
        files = [path]
    return tuple(sorted(_stamp_of(file) for file in files))


def _stamp_of(file: Path) -> tuple[str, int, int]:
    try:
        status = file.stat()
    except OSError:
        return str(file), -1, -1
    return str(file), status.st_size, status.st_mtime_ns


def _candidates(place: Path) -> Iterator[Path]:
    """Model files and folders below a place, in order of names."""
    seen: set[tuple[int, int]] = set()
    stack = [(root, 0) for root in reversed(model_roots(place))]
    left = MOST_ENTRIES
    while stack and left > 0:
        path, depth = stack.pop()
        try:
            entries = _entries(path, seen)
        except OSError:
            continue
        if entries is None:
            yield path
        elif depth < MOST_DEPTH:
            left -= len(entries)
            stack += [(entry, depth + 1) for entry in reversed(entries)]


def _entries(path: Path, seen: set[tuple[int, int]]) -> list[Path] | None:
    """What to look at in a folder, None if `path` is a model itself. Raises OSError.

    A folder that was seen before, by another way, has nothing.
    """
    if not path.is_dir():
        return None if _is_model_file(path) else []
    status = path.stat()
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        return []
    seen.add(identity)
    if _is_model_folder(path):
        return None
    return sorted(entry for entry in path.iterdir() if not _is_skipped(entry.name))


def _is_model_folder(folder: Path) -> bool:
    actual = actual_folder(folder)
    return (actual / INDEX).is_file() or (actual / LORA_FILE).is_file()


def _is_model_file(path: Path) -> bool:
    is_model = path.suffix.lower() in SUFFIXES and not _SHARD.fullmatch(path.name)
    return is_model and path.is_file()


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name.lower() in SKIPPED_FOLDERS
