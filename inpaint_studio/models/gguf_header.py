"""Reads the header of a GGUF file: notes and tensor names. Weights are not touched.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import BinaryIO

from inpaint_studio.models.weights import (
    MOST_HEADER_BYTES,
    HeaderProblemError,
    Tensor,
    WeightsHeader,
    incomplete,
)

MAGIC = b"GGUF"
DAMAGED = "The file is damaged. Download it again."
MOST_NOTES = 4096
MOST_TENSORS = 65536
MOST_DIMENSIONS = 4
ARCHITECTURE = "general.architecture"

LANGUAGE_MODELS = frozenset(
    ("llama", "qwen2", "qwen2vl", "qwen3", "qwen3vl", "gemma2", "gemma3", "t5", "t5encoder", "clip")
)
"""Architectures whose notes hold a whole dictionary, which is not read."""

_STRING, _ARRAY = 8, 9
_NUMBERS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}

# ggml type: (name, weights a block, bytes a block), from ggml's type table.
_TYPES = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    20: ("IQ4_NL", 32, 18),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    30: ("BF16", 1, 2),
}


class _Reader:
    """Reads numbers and strings and stops at a budget of bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = MOST_HEADER_BYTES

    def raw(self, length: int) -> bytes:
        self._left -= length
        if self._left < 0:
            raise HeaderProblemError(DAMAGED)
        data = self._stream.read(length)
        if len(data) < length:
            raise HeaderProblemError("The file ends early. Download it again.")
        return data

    def number(self, code: str) -> int | float:
        return struct.unpack("<" + code, self.raw(struct.calcsize("<" + code)))[0]

    def count(self, code: str, most: int) -> int:
        value = int(self.number(code))
        if value > most:
            raise HeaderProblemError(DAMAGED)
        return value

    def string(self) -> str:
        return self.raw(self.count("Q", MOST_HEADER_BYTES)).decode("utf-8", "replace")

    def value(self, kind: int) -> str:
        """A note as text; arrays are skipped and read as ""."""
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            self._skip_array()
            return ""
        if kind not in _NUMBERS:
            raise HeaderProblemError(DAMAGED)
        return str(self.number(_NUMBERS[kind]))

    def _skip_array(self) -> None:
        kind = int(self.number("I"))
        length = self.count("Q", MOST_HEADER_BYTES)
        if kind == _STRING:
            for _ in range(length):
                self.raw(self.count("Q", MOST_HEADER_BYTES))
        elif kind in _NUMBERS:
            self.raw(length * struct.calcsize("<" + _NUMBERS[kind]))
        else:
            raise HeaderProblemError(DAMAGED)

    @property
    def position(self) -> int:
        return self._stream.tell()


def read_gguf_header(path: Path) -> WeightsHeader:
    """The header; a language model's holds no tensors.

    Raises HeaderProblemError for a damaged, truncated or too old file, OSError.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        reader = _Reader(stream)
        if reader.raw(4) != MAGIC:
            raise HeaderProblemError("This is not a GGUF file.")
        if reader.number("I") not in (2, 3):
            raise HeaderProblemError("This GGUF file is of a version that can't be read here.")
        num_tensors = reader.count("Q", MOST_TENSORS)
        metadata = _read_notes(reader, reader.count("Q", MOST_NOTES))
        if metadata.get(ARCHITECTURE) in LANGUAGE_MODELS:
            return WeightsHeader({}, metadata)
        tensors, data_bytes = _read_tensors(reader, num_tensors)
        alignment = _alignment(metadata)
        data_start = -(-reader.position // alignment) * alignment
    if size < data_start + data_bytes:
        raise incomplete(size, data_start + data_bytes)
    return WeightsHeader(tensors, metadata)


def _alignment(metadata: dict[str, str]) -> int:
    stated = metadata.get("general.alignment", "32")
    return max(1, int(stated)) if stated.isdecimal() else 32


def _read_notes(reader: _Reader, count: int) -> dict[str, str]:
    notes: dict[str, str] = {}
    for _ in range(count):
        name = reader.string()
        notes[name] = reader.value(int(reader.number("I")))
        if notes.get(ARCHITECTURE) in LANGUAGE_MODELS:
            break
    return notes


def _read_tensors(reader: _Reader, count: int) -> tuple[dict[str, Tensor], int]:
    """The tensors and how many bytes of weights they need."""
    tensors: dict[str, Tensor] = {}
    data_bytes = 0
    for _ in range(count):
        name = reader.string()
        tensor, offset = _read_tensor(reader)
        tensors[name] = tensor
        data_bytes = max(data_bytes, offset + tensor.nbytes)
    return tensors, data_bytes


def _read_tensor(reader: _Reader) -> tuple[Tensor, int]:
    sides = [int(reader.number("Q")) for _ in range(reader.count("I", MOST_DIMENSIONS))]
    kind, offset = int(reader.number("I")), int(reader.number("Q"))
    if kind not in _TYPES:
        raise HeaderProblemError(
            "Its weights are packed in a way that can't be read here. Choose a Q4_K or Q8_0 file."
        )
    name, block, block_bytes = _TYPES[kind]
    # GGUF counts dimensions from the fastest, PyTorch from the slowest.
    return Tensor(name, tuple(reversed(sides)), math.prod(sides) // block * block_bytes), offset
