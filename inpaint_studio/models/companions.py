"""Finds the diffusers folder that lends a bare denoiser its text encoders and VAE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.detect import identify
from inpaint_studio.models.diffusers_folder import INDEX, actual_folder
from inpaint_studio.models.families import FAMILIES, Family
from inpaint_studio.models.library import own_folder
from inpaint_studio.models.model_info import ModelInfo

LENDERS: dict[Family, tuple[Family | None, ...]] = {
    Family.flux: (Family.flux, Family.flux_kontext, Family.flux_fill),
    Family.flux_kontext: (Family.flux_kontext, Family.flux, Family.flux_fill),
    Family.flux_fill: (Family.flux_fill, Family.flux, Family.flux_kontext),
    Family.qwen_image: (Family.qwen_image, Family.qwen_image_edit),
}
"""Families whose text encoders and VAE are the same, the best first; others lend to their own."""

MOST_FOLDERS = 2000
DEPTH = 3


def find_companion(info: ModelInfo, component_folder: Path | None = None) -> ModelInfo:
    """The folder to take everything but the denoiser from.

    `component_folder` if given; else the folder beside the file that has its name; else the best
    that lies near the file (beside it, or below the folder above) or among the program's own
    models. Raises FileProblemError that says what to get.
    """
    wanted = LENDERS.get(info.family, (info.family,)) if info.family else ()
    named = component_folder or info.path.with_suffix("")
    candidates = [named] if component_folder else [named, *_near(info.path)]
    best: list[ModelInfo] = []
    for folder in candidates:
        found = identify(folder) if _is_model(folder) else None
        if found is None or found.problem or found.family not in wanted:
            continue
        if folder == named or found.family is info.family:
            return found
        best.append(found)
    if not best:
        raise _nothing(info, component_folder)
    return min(best, key=lambda found: wanted.index(found.family))


def _nothing(info: ModelInfo, component_folder: Path | None) -> FileProblemError:
    label = FAMILIES[info.family].label if info.family else "this model"
    if component_folder:
        return FileProblemError(component_folder, f"is not a complete folder of {label}.")
    return FileProblemError(
        info.path,
        f"holds only the part that paints. Put a complete diffusers folder of {label} beside it: "
        "its text encoder and VAE are used. Or choose that folder with “Text encoders and VAE "
        "from…” in the list of models.",
    )


def _is_model(folder: Path) -> bool:
    return folder.is_dir() and (actual_folder(folder) / INDEX).is_file()


def _near(path: Path) -> Iterator[Path]:
    above = path.parent.parent
    places = [path.parent, own_folder()]
    # Not the whole home folder or disk.
    if above not in (Path.home(), Path(above.anchor)):
        places.append(above)
    yield from _folders_below(places)


def _folders_below(places: Iterable[Path]) -> Iterator[Path]:
    left = MOST_FOLDERS
    level = [place for place in places if place.is_dir()]
    for _ in range(DEPTH):
        level = [inner for folder in level for inner in _inner(folder)]
        yield from level[:left]
        left -= len(level)
        level = [folder for folder in level if not _is_model(folder)]
        if left <= 0:
            return


def _inner(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if entry.is_dir())
    except OSError:
        return []
