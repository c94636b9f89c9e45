"""What every backend offers: one crop in, one generated crop out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from inpaint_studio.core.edit import EditParams, ModelIdentity


class Backend(Protocol):
    """Something that fills the masked part of a picture."""

    @property
    def identity(self) -> ModelIdentity:
        """What computes, precisely enough to compute it again."""
        ...

    def generate(
        self,
        image: np.ndarray,
        mask: np.ndarray,
        avoid: np.ndarray,
        params: EditParams,
        candidate: int,
        on_step: Callable[[float], None],
    ) -> np.ndarray:
        """Return the whole crop, uint8 HxWx3, with the masked pixels made anew.

        `image` uint8 HxWx3 straight RGB; `mask` uint8 HxW, 255 = repaint; `avoid` uint8 HxW,
        255 = copy nothing from here; `candidate` counts from 0 to `params.num_candidates` - 1.
        The three arrays are only read. `on_step(fraction)`, 0..1, is called between steps and
        raises JobCancelledError when the cancel was asked for; a backend lets that pass through.
        """
        ...


BackendFactory = Callable[[], Backend]
"""Makes the backend inside the worker. Picklable: a module's function or a partial of one."""
