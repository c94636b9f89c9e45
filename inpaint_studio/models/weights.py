"""What the header of a weight file says, and the error for headers that say nothing useful."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MOST_HEADER_BYTES = 32 * 2**20
"""More is never read. Real headers stay below 2 MB, with a trainer's notes below 10 MB."""


class HeaderProblemError(Exception):
    """The file is not usable; the text says why in the user's words."""


@dataclass(frozen=True)
class Tensor:
    """One tensor as the header declares it; `shape` in PyTorch's order."""

    dtype: str
    shape: tuple[int, ...]
    nbytes: int


@dataclass(frozen=True)
class WeightsHeader:
    """Names and shapes of all tensors, and the file's own notes."""

    tensors: dict[str, Tensor]
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The type that most of the bytes have, "" without tensors."""
        sizes: Counter[str] = Counter()
        for tensor in self.tensors.values():
            sizes[tensor.dtype] += tensor.nbytes
        return sizes.most_common(1)[0][0] if sizes else ""

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape, () if there is none of that name."""
        tensor = self.tensors.get(name)
        return tensor.shape if tensor else ()


def size_words(nbytes: int) -> str:
    """A size as people say it: "6.9 GB", "140 MB", "300 bytes"."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if nbytes >= factor:
            value = nbytes / factor
            return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"
    return f"{nbytes} bytes"


def incomplete(present: int, wanted: int) -> HeaderProblemError:
    """The error for a file of `present` bytes that should have `wanted`."""
    return HeaderProblemError(
        f"Only {size_words(present)} of {size_words(wanted)} are there. Download it again."
    )
