"""GGUF files: a denoiser with quantised weights, computed in the given type."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from inpaint_studio.errors import FileProblemError


def quantisation(path: Path, dtype: torch.dtype) -> Any:
    """How diffusers is to read the file. Raises FileProblemError where a package is missing."""
    if find_spec("gguf") is None:
        raise FileProblemError(
            path, 'needs the package "gguf". Install Inpaint Studio\'s diffusion extra again.'
        )
    return import_module("diffusers").GGUFQuantizationConfig(compute_dtype=dtype)
