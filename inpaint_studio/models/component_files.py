"""The weight files of one part of a diffusers folder: which there are and which are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from inpaint_studio.models.json_files import read_json_object
from inpaint_studio.models.safetensors_header import read_safetensors_header
from inpaint_studio.models.weights import HeaderProblemError, WeightsHeader

UNFINISHED = (".incomplete", ".part", ".crdownload", ".aria2", ".tmp")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
ONLY_PICKLES = (
    "Its weights are in an unsafe format that can run programs (.bin). Get the .safetensors files."
)
MOST_FILES = 1000

_WEIGHTS = re.compile(r"(diffusion_pytorch_model|model)(\.(?P<variant>[a-z0-9_]+?))?\.safetensors")
_SHARD = re.compile(r".+-\d{5}-of-\d{5}\.safetensors")
_INDEX = re.compile(
    r"(diffusion_pytorch_model|model)\.safetensors\.index(\.(?P<variant>[a-z0-9_]+?))?\.json"
)


@dataclass(frozen=True)
class ComponentFiles:
    """The weights of one part. `variant`: "fp16" if there are only files of that variant."""

    paths: tuple[Path, ...]
    variant: str = ""

    @property
    def nbytes(self) -> int:
        """All weights on disk."""
        return sum(path.stat().st_size for path in self.paths)

    def headers(self) -> list[WeightsHeader]:
        """All headers. Raises HeaderProblemError that names the file, OSError."""
        return [_header(path) for path in self.paths]


def component_files(folder: Path) -> ComponentFiles:
    """The safetensors files of a part's folder, without a variant if there are such.

    Raises HeaderProblemError in the user's words where one is missing, OSError.
    """
    names = {path.name for path in _listing(folder)}
    sets = dict(_complete_sets(folder, names))
    if sets:
        # The plain files have the variant ""; of several variants any will do.
        variant = min(sets)
        return ComponentFiles(sets[variant], variant)
    raise _missing(folder, names)


def _listing(folder: Path) -> list[Path]:
    paths: list[Path] = []
    for path in folder.iterdir():
        paths.append(path)
        if len(paths) >= MOST_FILES:
            break
    return paths


def _complete_sets(folder: Path, names: set[str]) -> Iterable[tuple[str, tuple[Path, ...]]]:
    for name in sorted(names):
        if (index := _INDEX.fullmatch(name)) is not None:
            yield index["variant"] or "", _shards(folder, name)
        elif (single := _WEIGHTS.fullmatch(name)) and (folder / name).is_file():
            yield single["variant"] or "", (folder / name,)


def _shards(folder: Path, index_name: str) -> tuple[Path, ...]:
    index = read_json_object(folder / index_name) or {}
    weight_map = index.get("weight_map")
    files = set(weight_map.values()) if isinstance(weight_map, dict) else set()
    if not files or not all(isinstance(file, str) for file in files):
        raise HeaderProblemError(f"{folder.name}/{index_name} is damaged. Download it again.")
    paths = tuple(folder / PurePosixPath(file).name for file in sorted(files))
    for path in paths:
        if not path.is_file():
            raise _unfinished(f"{folder.name}/{path.name}")
    return paths


def _missing(folder: Path, names: set[str]) -> HeaderProblemError:
    started = sorted(name for name in names if name.endswith(UNFINISHED))
    shards = sorted(name for name in names if _SHARD.fullmatch(name))
    if started:
        name = started[0]
        return HeaderProblemError(f"{folder.name}/{name}: this download isn't finished.")
    if shards:
        stem = shards[0].split("-")[0]
        return _unfinished(f"{folder.name}/{stem}.safetensors.index.json")
    if any(name.endswith(PICKLES) for name in names):
        return HeaderProblemError(ONLY_PICKLES)
    return _unfinished(f"{folder.name}/ has no weights (.safetensors)", missing="")


def _unfinished(what: str, missing: str = " is missing") -> HeaderProblemError:
    return HeaderProblemError(f"{what}{missing}. The download isn't finished.")


def _header(path: Path) -> WeightsHeader:
    try:
        return read_safetensors_header(path)
    except HeaderProblemError as error:
        raise HeaderProblemError(f"{path.parent.name}/{path.name}: {error}") from error
