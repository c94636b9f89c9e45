"""Keeps diffusers and transformers from talking to the terminal."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import diffusers.utils.logging as diffusers_logging
import transformers.utils.logging as transformers_logging

KNOWN_WARNINGS = (
    # diffusers' own Chroma model still uses the class it calls deprecated.
    ("`FluxPosEmbed` is deprecated", FutureWarning),
    # Its noise schedulers hand tensors to numpy in a way that numpy 2 warns of.
    ("__array__ implementation doesn't accept a copy keyword", DeprecationWarning),
    # peft's remark on a second LoRA beside the first, which is what was asked for.
    ("Already found a `peft_config` attribute", UserWarning),
)
"""(start of the message, category) of what the libraries say about themselves."""


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """No progress bars, no chatter, none of `KNOWN_WARNINGS`; any other warning still comes."""
    for logging in (diffusers_logging, transformers_logging):
        logging.set_verbosity_error()
        logging.disable_progress_bar()
    with warnings.catch_warnings():
        for message, category in KNOWN_WARNINGS:
            warnings.filterwarnings("ignore", message=message, category=category)
        yield
