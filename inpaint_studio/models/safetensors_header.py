"""Reads the header of a safetensors file: 8 bytes of length, then JSON. Weights are not touched.

Format: https://huggingface.co/docs/safetensors
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from inpaint_studio.models.weights import (
    MOST_HEADER_BYTES,
    HeaderProblemError,
    Tensor,
    WeightsHeader,
    incomplete,
)

DAMAGED = "The file is damaged. Download it again."
NO_MODEL = "This is not a model file."
MOST_DIMENSIONS = 16
LONGEST_SIDE = 2**40


def read_safetensors_header(path: Path) -> WeightsHeader:
    """The header. Raises HeaderProblemError for a damaged or truncated file, OSError."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > MOST_HEADER_BYTES:
            raise HeaderProblemError(NO_MODEL)
        if size < 8 + length:
            raise incomplete(size, 8 + length) if stream.read(1) == b"{" else _no_model()
        header = _parse(stream.read(length))
    raw_metadata = header.pop("__metadata__", {})
    ends = [_end_of(entry) for entry in header.values()]
    wanted = 8 + length + max(ends, default=0)
    if size < wanted:
        raise incomplete(size, wanted)
    tensors = {name: _tensor(entry) for name, entry in header.items()}
    return WeightsHeader(tensors, _strings(raw_metadata))


def _no_model() -> HeaderProblemError:
    return HeaderProblemError(NO_MODEL)


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise HeaderProblemError(DAMAGED if raw.startswith(b"{") else NO_MODEL) from error
    if not isinstance(header, dict):
        raise HeaderProblemError(NO_MODEL)
    return header


def _end_of(entry: object) -> int:
    match entry:
        case {"data_offsets": [int(start), int(end)]} if 0 <= start <= end:
            return end
    raise HeaderProblemError(DAMAGED)


def _tensor(entry: dict[str, Any]) -> Tensor:
    shape, dtype = entry.get("shape"), entry.get("dtype")
    if not isinstance(dtype, str) or not isinstance(shape, list):
        raise HeaderProblemError(DAMAGED)
    if len(shape) > MOST_DIMENSIONS or not all(_is_side(side) for side in shape):
        raise HeaderProblemError(DAMAGED)
    start, end = entry["data_offsets"]
    if math.prod(shape) and start == end:
        raise HeaderProblemError(DAMAGED)
    return Tensor(dtype, tuple(shape), end - start)


def _is_side(side: object) -> bool:
    return isinstance(side, int) and 0 <= side < LONGEST_SIDE


def _strings(metadata: object) -> dict[str, str]:
    if not isinstance(metadata, dict):
        return {}
    return {str(key): value for key, value in metadata.items() if isinstance(value, str)}
