"""CLIP's tokenizer, built from the merges that come with the program."""

from __future__ import annotations

import gzip
from functools import cache
from importlib import import_module
from typing import Any

from inpaint_studio.resources import resource

transformers = import_module("transformers")

START, END = "<|startoftext|>", "<|endoftext|>"
OPEN_CLIP_PADDING = "!"
"""What SDXL's second text encoder was trained with after the end; its token is 0."""


def clip_tokenizer(pad_token: str = END) -> Any:
    """A CLIPTokenizer of 49408 tokens, at most 77 per text."""
    vocab, merges = _vocabulary()
    return transformers.CLIPTokenizer(
        vocab=dict(vocab),
        merges=list(merges),
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=pad_token,
        model_max_length=77,
    )


@cache
def _vocabulary() -> tuple[dict[str, int], tuple[tuple[str, str], ...]]:
    """Numbers by CLIP's rule: bytes, bytes that end a word, merges in their order, two marks."""
    text = gzip.decompress(resource("pipelines", "clip", "merges.txt.gz").read_bytes())
    merges = [(first, second) for first, second in map(str.split, text.decode().splitlines())]
    symbols = byte_symbols()
    tokens = symbols + [symbol + "</w>" for symbol in symbols]
    tokens += ["".join(merge) for merge in merges] + [START, END]
    return {token: number for number, token in enumerate(tokens)}, tuple(merges)


def byte_symbols() -> list[str]:
    """A printable character for each byte, the printable bytes first: GPT-2's and CLIP's table."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(code) for code in printable + list(range(256, 256 + len(others)))]
