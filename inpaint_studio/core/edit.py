"""What is asked of the engine and what comes back: plain frozen values that hold everything.

Field names are diffusers' argument names where diffusers has one. Pictures are straight RGB,
uint8 HxWx3; masks are uint8 HxW, 255 = repaint. `context` is always in document coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.seam import SeamReport


class Intent(Enum):
    """What the person wants of the masked area."""

    remove = "remove"


@dataclass(frozen=True)
class PatchFillOptions:
    """What only patch fill knows.

    `radii`: one candidate per patch radius in px; small ones keep detail, large ones structure.
    """

    radii: tuple[int, ...] = (3, 5, 7)


@dataclass(frozen=True)
class EditParams:
    """How to edit. `None` in feather, grow and blend (all px) means: by the backend's own rule."""

    intent: Intent = Intent.remove
    seed: int = 0
    feather: int | None = None
    grow: int | None = None
    blend: int | None = None
    options: PatchFillOptions = field(default_factory=PatchFillOptions)

    @property
    def num_candidates(self) -> int:
        """How many variants the edit makes."""
        return len(self.options.radii)


@dataclass(frozen=True)
class ModelIdentity:
    """What computed a result, precisely enough to compute it again."""

    backend: str
    name: str
    version: str


@dataclass(frozen=True, eq=False)
class EditPiece:
    """One masked island with the surroundings it is filled from.

    `image` uint8 HxWx3, `mask` uint8 HxW (what was painted, soft values kept), `avoid` uint8 HxW:
    255 where nothing may be copied from (transparent or marked "don't copy from here").
    """

    context: Bounds
    image: np.ndarray
    mask: np.ndarray
    avoid: np.ndarray


@dataclass(frozen=True, eq=False)
class EditRequest:
    """A copy of what the engine needs; it reads no settings and no globals."""

    params: EditParams
    pieces: tuple[EditPiece, ...]


@dataclass(frozen=True, eq=False)
class ResultPiece:
    """The generated crop of one island, whole, so that its edge stays editable.

    `candidates`: uint8 HxWx3 each; `mask`: what was painted; `denoise_mask`: what the backend was
    told to repaint; `alpha`: the compositing mask, 0 where the picture below stays as it is.
    """

    context: Bounds
    candidates: tuple[np.ndarray, ...]
    mask: np.ndarray
    denoise_mask: np.ndarray
    alpha: np.ndarray
    reports: tuple[SeamReport, ...]


@dataclass(frozen=True, eq=False)
class EditResult:
    """What an edit came to: every island with all its candidates, and how it was made."""

    params: EditParams
    model: ModelIdentity
    pieces: tuple[ResultPiece, ...]
    seconds: float

    @property
    def num_candidates(self) -> int:
        """How many variants there are to step through."""
        return len(self.pieces[0].candidates)

    def with_more(self, more: EditResult) -> EditResult:
        """This result with the candidates of another run of the same pieces added."""
        pieces = tuple(
            replace(
                piece,
                candidates=piece.candidates + other.candidates,
                reports=piece.reports + other.reports,
            )
            for piece, other in zip(self.pieces, more.pieces, strict=True)
        )
        return replace(self, pieces=pieces, seconds=self.seconds + more.seconds)

    @property
    def bounds(self) -> Bounds:
        """Everything the result may cover, in document coordinates."""
        return Bounds.union_of(piece.context for piece in self.pieces)

    def seam_ratio(self, candidate: int) -> float:
        """The worst seam of that candidate over all islands."""
        return max(piece.reports[candidate].seam_ratio for piece in self.pieces)
