"""Textual inversions: new words for the text encoder, written in the prompt as the file's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from inpaint_studio.engine.backends.diffusion.errors_in_words import OTHER_SHAPE, told_in_words
from inpaint_studio.engine.backends.diffusion.lora import model_family
from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.detect import identify
from inpaint_studio.models.roles import problem_as_embedding

APPLIED = "inpaint_studio_embeddings"
"""Attribute of the first tokenizer: word -> what was loaded for it."""

NO_WORDS = "is for Stable Diffusion 1.5, 2 or XL. This model learns no new words."

SDXL_NAMES = ("clip_l", "clip_g")
"""The vectors for the first and the second text encoder."""


@dataclass(frozen=True)
class Applied:
    """A file as it was on disk when it was loaded."""

    path: Path
    changed: int


def apply_embeddings(pipe: Any, paths: tuple[Path, ...]) -> None:
    """Give the pipeline exactly these words; a file already in and unchanged is not read again.

    Works for SD1.5, SD2 and SDXL. The word is the file's name without suffix, or what the file
    itself says in <brackets>. Raises FileProblemError.
    """
    if not hasattr(pipe, "load_textual_inversion"):
        if paths:
            raise FileProblemError(paths[0], NO_WORDS)
        return
    wanted = dict(_word(pipe, path) for path in paths)
    applied: dict[str, Applied] = getattr(pipe.tokenizer, APPLIED, {})
    setattr(pipe.tokenizer, APPLIED, applied)
    with quiet_libraries():
        for word in [word for word in applied if wanted.get(word) != applied[word]]:
            _unload(pipe, word)
            del applied[word]
        for word in [word for word in wanted if word not in applied]:
            _load(pipe, word, wanted[word].path)
            applied[word] = wanted[word]


def _word(pipe: Any, path: Path) -> tuple[str, Applied]:
    """What to write in the prompt, and the file. Raises FileProblemError if it doesn't fit."""
    info = identify(path)
    problem = problem_as_embedding(info, model_family(pipe))
    if problem:
        raise FileProblemError(path, problem)
    return info.trigger_words[0], Applied(path, path.stat().st_mtime_ns)


def _encoders(pipe: Any) -> list[tuple[Any, Any]]:
    """The tokenizers with their text encoders: one, or two in SDXL."""
    pairs = [(pipe.tokenizer, pipe.text_encoder)]
    if getattr(pipe, "tokenizer_2", None) is not None:
        pairs.append((pipe.tokenizer_2, pipe.text_encoder_2))
    return pairs


def _load(pipe: Any, word: str, path: Path) -> None:
    encoders = _encoders(pipe)
    with told_in_words(path):
        vectors = _vectors(path, len(encoders))
        for vector, (_, encoder) in zip(vectors, encoders, strict=True):
            if vector.shape[-1] != encoder.get_input_embeddings().embedding_dim:
                raise FileProblemError(path, OTHER_SHAPE)
        for vector, (tokenizer, encoder) in zip(vectors, encoders, strict=True):
            pipe.load_textual_inversion(
                {word: vector}, token=word, tokenizer=tokenizer, text_encoder=encoder
            )


def _vectors(path: Path, encoders: int) -> list[torch.Tensor]:
    """The vectors for each text encoder, each (number of tokens, width)."""
    weights = load_file(path)
    if encoders == 1:
        return [next(iter(weights.values()))]
    return [weights[name] for name in SDXL_NAMES]


def _unload(pipe: Any, word: str) -> None:
    """Take a word out with all its tokens: word, word_1, word_2, ... one for each vector."""
    for tokenizer, encoder in _encoders(pipe):
        numbered = re.compile(re.escape(word) + r"(_\d+)?")
        tokens = [token for token in tokenizer.get_added_vocab() if numbered.fullmatch(token)]
        pipe.unload_textual_inversion(tokens=tokens, tokenizer=tokenizer, text_encoder=encoder)
