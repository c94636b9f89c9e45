"""Messages between the supervisor's side and the worker process: small frozen dataclasses.

Arrays never travel in a message: they lie in shared memory and the message holds `ArrayRef`s.
"""

from __future__ import annotations

from dataclasses import dataclass

from inpaint_studio.core.edit import EditParams, ModelIdentity, RunReport, SeamReport
from inpaint_studio.geometry import Bounds


@dataclass(frozen=True)
class ArrayRef:
    """A uint8 array inside a shared block: its offset in bytes and its shape."""

    offset: int
    shape: tuple[int, ...]


@dataclass(frozen=True)
class PieceRef:
    """`EditPiece` with its arrays in the request block."""

    context: Bounds
    image: ArrayRef
    mask: ArrayRef
    avoid: ArrayRef


@dataclass(frozen=True)
class ResultPieceRef:
    """`ResultPiece` with its arrays in the result block."""

    context: Bounds
    candidates: tuple[ArrayRef, ...]
    mask: ArrayRef
    denoise_mask: ArrayRef
    alpha: ArrayRef
    reports: tuple[SeamReport, ...]


@dataclass(frozen=True)
class RunEdit:
    """To the worker: run this edit. All blocks are named and owned by the sender."""

    job: int
    params: EditParams
    pieces: tuple[PieceRef, ...]
    request_block: str
    result_block: str
    preview_block: str


@dataclass(frozen=True)
class Quit:
    """To the worker: exit."""


@dataclass(frozen=True)
class Ready:
    """From the worker: it is up and takes work."""

    pid: int


@dataclass(frozen=True)
class Heartbeat:
    """The worker's interpreter is alive while a library computes; sent during jobs only."""


@dataclass(frozen=True)
class Progress:
    """How far the job is. `fraction` 0..1; `message` in the user's words."""

    job: int
    fraction: float
    message: str


@dataclass(frozen=True)
class Preview:
    """What the edit looks like so far: a small picture of all of `context`, in the preview block.

    The worker writes its slots in turn and waits for nobody, so only the latest ones are whole.
    """

    job: int
    context: Bounds
    image: ArrayRef


@dataclass(frozen=True)
class Finished:
    """The result lies in the result block."""

    job: int
    params: EditParams
    model: ModelIdentity
    pieces: tuple[ResultPieceRef, ...]
    seconds: float
    run: RunReport


@dataclass(frozen=True)
class Cancelled:
    """The job ended because its cancel was asked for."""

    job: int


@dataclass(frozen=True)
class Failed:
    """The job could not be done. `message` in the user's words, `details` for unfolding.

    `is_refusal`: nothing broke; the edit makes no sense as it was asked. `needs_fresh_worker`: the
    process can't compute any more and should be replaced.
    """

    job: int
    message: str
    details: str
    is_refusal: bool = False
    needs_fresh_worker: bool = False


ToWorker = RunEdit | Quit
FromWorker = Ready | Heartbeat | Progress | Preview | Finished | Cancelled | Failed
