"""Diffusion models on this machine; the only place that knows torch, diffusers and transformers.

Importing this package, before any of them, keeps them offline, silent and without telemetry:
models come from the person's disk and problems are told in our own words.
"""

from __future__ import annotations

import os

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DIFFUSERS_VERBOSITY": "error",
    "TRANSFORMERS_VERBOSITY": "error",
    # Silence about the missing PyTorch extras of peft and about forks after tokenizing.
    "TOKENIZERS_PARALLELISM": "false",
}
