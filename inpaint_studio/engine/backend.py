"""What every backend offers: one crop in, generated crops out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from inpaint_studio.core.edit import EditParams, ModelIdentity
from inpaint_studio.imaging.size_rule import SizeRule

OnStep = Callable[[float, np.ndarray | None], None]
"""(fraction 0..1, preview uint8 HxWx3 or None), called between steps. Raises JobCancelledError when
the cancel was asked for; a backend lets that pass through and stays usable."""

OnLoad = Callable[[float, str], None]
"""(fraction 0..1, what is done in the user's words), called while a model is loaded. May raise
JobCancelledError as well."""


@dataclass(frozen=True)
class Capabilities:
    """What a backend takes and what the recipe must do around it.

    `sizes`: None = any size. `redraws`: makes content of its own, so prefill, wide ramps, colour
    and grain matching apply; False for patch fill, which copies real texture. `soft_mask`: grey
    mask values are strength per pixel; otherwise the backend gets a hard mask and they act as alpha
    when compositing. `has_strength`: obeys a strength below 1, so a large crop can be refined.
    """

    sizes: SizeRule | None = None
    redraws: bool = False
    soft_mask: bool = False
    has_strength: bool = True

    def within(self, most_pixels: int | None) -> Capabilities:
        """The same, working at no more than that many px."""
        if self.sizes is None or most_pixels is None:
            return self
        return replace(self, sizes=self.sizes.limited(most_pixels))


@dataclass(frozen=True)
class RunFacts:
    """What a backend knows about its latest `generate`: real steps and where the model lay."""

    steps: int = 0
    placement: str = ""


@dataclass(frozen=True, eq=False)
class GenerateInput:
    """One crop at the size the backend works at, for a batch of candidates.

    `image` uint8 HxWx3 straight RGB (prefilled if the backend redraws), `mask` uint8 HxW, 255 =
    repaint (0 and 255 alone unless the capabilities say `soft_mask`), `avoid` uint8 HxW, 255 = copy
    nothing from here. `candidates`: the indices to make, 0 .. `params.num_candidates` - 1, of which
    there may be fewer than that. Arrays are only read.
    """

    image: np.ndarray
    mask: np.ndarray
    avoid: np.ndarray
    params: EditParams
    candidates: tuple[int, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """One seed per candidate for backends that vary by seed: image k equals its single run."""
        return tuple(self.params.seed + index for index in self.candidates)


class Backend(Protocol):
    """Something that fills the masked part of a picture."""

    @property
    def identity(self) -> ModelIdentity:
        """What computes, precisely enough to compute it again."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it takes."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What was changed on the way, in the user's words ("Parts of the model lie in ...")."""
        ...

    @property
    def facts(self) -> RunFacts:
        """About the latest `generate`."""
        ...

    def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
        """Return a whole crop for each of `work.candidates`, uint8 HxWx3 of the input's size.

        A preview handed to `on_step` shows the whole crop too, at any smaller size.
        """
        ...

    def close(self) -> None:
        """Give back all memory."""
        ...


class Backends(Protocol):
    """Finds or loads the backend that an edit asks for; lives in the worker."""

    def backend_for(self, params: EditParams, on_load: OnLoad) -> Backend:
        """The backend for `params.options`, loaded. Raises InpaintStudioError in plain words."""
        ...

    def close(self) -> None:
        """Unload everything."""
        ...


BackendsFactory = Callable[[], Backends]
"""Runs in the worker; must be picklable."""
