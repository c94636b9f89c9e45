"""Everything that ships: patch fill, and one diffusion model at a time."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from inpaint_studio.core.edit import DiffusionOptions, EditParams
from inpaint_studio.engine.backend import Backend, OnLoad
from inpaint_studio.engine.backends.patch_fill import PatchFillBackend
from inpaint_studio.errors import EngineError

DIFFUSION_MODULE = "inpaint_studio.engine.backends.diffusion.backend"
"""Imported by this name and only here, when the first edit asks for a model: torch takes seconds
and hundreds of megabytes, and may not be installed."""

EXTRA_PACKAGES = {"torch", "diffusers", "transformers", "accelerate", "peft", "safetensors"}

NOT_INSTALLED = (
    "Diffusion models need an extra installation, which is missing here. "
    "Patch fill works without it."
)

OpenBackend = Callable[[DiffusionOptions, OnLoad], Backend]


class StandardBackends:
    """Patch fill is made once; of the diffusion models the one used last stays loaded."""

    def __init__(self) -> None:
        self._patch_fill: PatchFillBackend | None = None
        self._diffusion: Backend | None = None
        self._opened: DiffusionOptions | None = None

    def backend_for(self, params: EditParams, on_load: OnLoad) -> Backend:
        """See `Backends.backend_for`. Another model is loaded only after the last one is closed."""
        if isinstance(params.options, DiffusionOptions):
            return self._diffusion_for(params.options, on_load)
        if self._patch_fill is None:
            self._patch_fill = PatchFillBackend()
        return self._patch_fill

    def close(self) -> None:
        """Unload the model. It is loaded again when an edit asks for it."""
        if self._diffusion is not None:
            self._diffusion.close()
        self._diffusion, self._opened = None, None

    def _diffusion_for(self, options: DiffusionOptions, on_load: OnLoad) -> Backend:
        if self._diffusion is None or self._opened != _opening(options):
            self.close()
            self._diffusion = _open_backend()(options, on_load)
            self._opened = _opening(options)
        return self._diffusion


def _opening(options: DiffusionOptions) -> DiffusionOptions:
    """The options that take a new loading; all others come with every edit."""
    return DiffusionOptions(options.model, compile=options.compile, companion=options.companion)


def _open_backend() -> OpenBackend:
    try:
        module = import_module(DIFFUSION_MODULE)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in EXTRA_PACKAGES:
            raise EngineError(NOT_INSTALLED, str(error)) from error
        raise
    return cast(OpenBackend, module.open_backend)
