"""Turns what the libraries raise about a model file into one plain sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from inpaint_studio.errors import FileProblemError, InpaintStudioError, JobCancelledError

DAMAGED = "can't be read to its end. Download it again."
OTHER_SHAPE = "has weights of another shape than its kind of model. Download it again."
NO_MEMORY = "needs more memory than is free. Close other programs, or choose a smaller model."
LACKING = "lacks some of its weights. Download it again."
UNREADABLE = "can't be loaded. It may be damaged, or of a kind that isn't known here."


@contextmanager
def told_in_words(path: Path) -> Iterator[None]:
    """Raise FileProblemError about `path` for whatever goes wrong inside."""
    try:
        yield
    except (InpaintStudioError, JobCancelledError):
        raise
    except Exception as error:
        details = f"{type(error).__name__}: {error}"
        raise FileProblemError(path, _sentence(error), details) from error


def _sentence(error: Exception) -> str:
    text = str(error).lower()
    if isinstance(error, MemoryError) or "not enough memory" in text:
        return NO_MEMORY
    if isinstance(error, SafetensorError) or "unable to load weights" in text:
        return DAMAGED
    # What moving a weight that got no value raises.
    if "meta tensor" in text:
        return LACKING
    if any(sign in text for sign in ("expected shape", "size mismatch", "mismatched_sizes")):
        return OTHER_SHAPE
    return UNREADABLE


def refuse_missing(path: Path, names: list[str]) -> None:
    """Raise FileProblemError if a part lacks weights: it would be filled with noise."""
    if names:
        some = ", ".join(sorted(names)[:5])
        raise FileProblemError(path, LACKING, f"{len(names)} missing: {some}")
