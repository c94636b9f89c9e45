"""What is asked of the engine and what comes back: plain frozen values that hold everything.

Field names are diffusers' argument names where diffusers has one. Pictures are straight RGB,
uint8 HxWx3; masks are uint8 HxW, 255 = repaint. `context` is always in document coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

import numpy as np

from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.seam import SeamReport


class Intent(Enum):
    """What the person wants of the masked area."""

    remove = "remove"
    fill = "fill"
    expand = "expand"
    replace_background = "replace-background"
    instruct = "instruct"


@dataclass(frozen=True)
class PatchFillOptions:
    """What only patch fill knows.

    `radii`: one candidate per patch radius in px; small ones keep detail, large ones structure.
    """

    radii: tuple[int, ...] = (3, 5, 7)

    @property
    def num_candidates(self) -> int:
        """One per radius."""
        return len(self.radii)


@dataclass(frozen=True)
class LoraChoice:
    """A LoRA file and how strongly it acts (0 = not, 1 = as trained)."""

    path: Path
    weight: float = 1.0


@dataclass(frozen=True)
class DiffusionOptions:
    """What only diffusion models know.

    `model`: a diffusers folder, a .safetensors or a .gguf file. `scheduler`: a name of
    `models.schedulers`, "" = the model's own. `placement`: a rung of the memory ladder, "auto" =
    chosen by what fits. `step_cache` trades some detail for speed (first-block cache). `companion`:
    the diffusers folder that lends a bare transformer its text encoders and VAE, None = one that
    lies near.
    """

    model: Path
    num_images_per_prompt: int = 1
    loras: tuple[LoraChoice, ...] = ()
    embeddings: tuple[Path, ...] = ()
    scheduler: str = ""
    placement: str = "auto"
    step_cache: bool = False
    compile: bool = False
    companion: Path | None = None

    @property
    def num_candidates(self) -> int:
        """One per image of the batch."""
        return self.num_images_per_prompt


@dataclass(frozen=True)
class EditParams:
    """How to edit. `None` means: by the backend's own rule or the model family's default.

    `strength` 0..1: how far from the picture that is there; 1 starts from noise alone. `feather`,
    `grow`, `blend` in px. `colour_match` and `grain_match` 0..1: how much of the measured
    difference to the surroundings is corrected afterwards. `most_pixels`: px that a model works at,
    at most, where there is less memory than its family would like. `refines`: whether a crop that
    is larger than the model's size gets a second pass at its own.
    """

    intent: Intent = Intent.remove
    prompt: str = ""
    negative_prompt: str = ""
    strength: float = 1.0
    guidance_scale: float | None = None
    num_inference_steps: int | None = None
    seed: int = 0
    feather: int | None = None
    grow: int | None = None
    blend: int | None = None
    colour_match: float = 1.0
    grain_match: float = 1.0
    most_pixels: int | None = None
    refines: bool = True
    options: PatchFillOptions | DiffusionOptions = field(default_factory=PatchFillOptions)

    @property
    def num_candidates(self) -> int:
        """How many variants the edit makes."""
        return self.options.num_candidates


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


@dataclass(frozen=True)
class PieceSize:
    """The size one island was worked at: px of the model's picture, and model px per picture px.

    `refine_tiles`: how many tiles the second pass at full size took, 0 = there was none.
    """

    width: int
    height: int
    scale: float = 1.0
    refine_tiles: int = 0


@dataclass(frozen=True)
class StageSeconds:
    """Where the time of an edit went."""

    load: float = 0.0
    prepare: float = 0.0
    generate: float = 0.0
    refine: float = 0.0
    finish: float = 0.0


@dataclass(frozen=True)
class RunReport:
    """How an edit was run.

    `steps`: of one generation, 0 where a backend has none. `placement`: how the model lies in
    memory, "" where there is nothing to place. `notices`: what was changed on the way, in the
    user's words.
    """

    sizes: tuple[PieceSize, ...] = ()
    steps: int = 0
    placement: str = ""
    notices: tuple[str, ...] = ()
    seconds: StageSeconds = field(default_factory=StageSeconds)


@dataclass(frozen=True)
class StepPlace:
    """Where a result belongs in an expansion: step `number` (from 1) of `count`.

    `expansion` is the same for all steps of one and for no others. `mends`: the result is the
    second pass along the join of that step.
    """

    expansion: str
    number: int
    count: int
    mends: bool = False


@dataclass(frozen=True, eq=False)
class EditResult:
    """What an edit came to: every island with all its candidates, and how it was made.

    `place`: which step of an expansion it is; None for other edits.
    """

    params: EditParams
    model: ModelIdentity
    pieces: tuple[ResultPiece, ...]
    seconds: float
    run: RunReport = field(default_factory=RunReport)
    place: StepPlace | None = None

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

    def only(self, candidates: slice, seconds: float) -> EditResult:
        """This result with some of its candidates, which took so many seconds."""
        pieces = tuple(
            replace(
                piece,
                candidates=piece.candidates[candidates],
                reports=piece.reports[candidates],
            )
            for piece in self.pieces
        )
        return replace(self, pieces=pieces, seconds=seconds)

    @property
    def bounds(self) -> Bounds:
        """Everything the result may cover, in document coordinates."""
        return Bounds.union_of(piece.context for piece in self.pieces)

    def seam_ratio(self, candidate: int) -> float:
        """The worst seam of that candidate over all islands."""
        return max(piece.reports[candidate].seam_ratio for piece in self.pieces)
