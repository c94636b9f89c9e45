"""The errors a person may meet. Their text is shown as it is: what happened, what to do."""

from __future__ import annotations

from pathlib import Path


class InpaintStudioError(Exception):
    """Something went wrong that a person can understand and act on.

    `str(error)` is the message in the user's words; `details` (may be empty) is for unfolding.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


def shown_name(path: Path) -> str:
    """What to call a file or folder: a snapshot of the Hugging Face cache, whose own name is a
    hash, gets the model's."""
    in_cache = path.parent.name == "snapshots"
    return path.parents[1].name.split("--")[-1] if in_cache else path.name


class FileProblemError(InpaintStudioError):
    """A file can't be read or written. The message names the file and the reason."""

    def __init__(self, path: Path | str, reason: str, details: str = "") -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{shown_name(self.path)}: {reason}", details)


class EditRefusedError(InpaintStudioError):
    """The edit makes no sense as asked (nothing masked, nothing left to copy from, ...)."""


class EngineError(InpaintStudioError):
    """The engine failed; the document is as it was.

    `needs_fresh_worker`: nothing can be computed in that process any more (a lost driver, ...).
    """

    needs_fresh_worker = False


class JobCancelledError(Exception):
    """Raised at step boundaries of a job whose cancel was asked for. Not an error to report."""
