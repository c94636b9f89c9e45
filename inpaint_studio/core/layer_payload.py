"""Moves the pixels of a layer that is not in the document to a store and back.

The layer itself stays the same object, an empty shell, so that every step that knows it still
means this layer.
"""

from __future__ import annotations

import weakref
from dataclasses import replace
from itertools import chain

import numpy as np

from inpaint_studio.core.blob_store import Blob, BlobStore
from inpaint_studio.core.edit import EditResult, ResultPiece
from inpaint_studio.core.layer import ImageLayer, Layer, MaskLayer, ResultLayer
from inpaint_studio.core.raster import Raster
from inpaint_studio.errors import FileProblemError


class LayerPayload:
    """The pixels of a layer. To be stowed only while no document holds the layer."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._stowed: _Stowed | None = None

    @property
    def nbytes(self) -> int:
        """Memory of the layer in bytes; 0 while it is in a store."""
        return self._layer.nbytes if self._stowed is None else 0

    @property
    def disk_nbytes(self) -> int:
        """Bytes of the layer in the store."""
        return 0 if self._stowed is None else self._stowed.blob.nbytes

    def stow(self, store: BlobStore) -> None:
        """Leave an empty shell. Raises FileProblemError, then nothing has changed."""
        arrays = _arrays_of(self._layer)
        if self._stowed is None and arrays:
            self._stowed = _Stowed(store, arrays)
            _give(self._layer, _empty(arrays))

    def fetch(self) -> None:
        """Fill the shell with the very same pixels. Raises FileProblemError."""
        if self._stowed is not None:
            _give(self._layer, self._stowed.arrays())
            self._stowed = None

    @property
    def problem(self) -> FileProblemError | None:
        """See `Payload.problem`."""
        return None if self._stowed is None else self._stowed.blob.problem


class ResultPayload:
    """A result that no layer shows, such as candidates that were taken back."""

    def __init__(self, result: EditResult) -> None:
        self._result: EditResult | None = result
        self._stowed: _Stowed | None = None

    def take(self) -> EditResult:
        """The result, which somebody else holds from now on. To be fetched before."""
        result, self._result = self._result, None
        if result is None or self._stowed is not None:
            raise RuntimeError("there is no result in memory")
        return result

    def put(self, result: EditResult) -> None:
        """Hold that."""
        self._result = result

    @property
    def nbytes(self) -> int:
        """Memory of the result in bytes; 0 while it is in a store, or somebody else's."""
        if self._result is None or self._stowed is not None:
            return 0
        return sum(array.nbytes for array in _arrays_of_result(self._result))

    @property
    def disk_nbytes(self) -> int:
        """Bytes of the result in the store."""
        return 0 if self._stowed is None else self._stowed.blob.nbytes

    def stow(self, store: BlobStore) -> None:
        """Leave an empty shell. Raises FileProblemError, then nothing has changed."""
        if self._result is not None and self._stowed is None:
            arrays = _arrays_of_result(self._result)
            self._stowed = _Stowed(store, arrays)
            self._result = _with_arrays(self._result, _empty(arrays))

    def fetch(self) -> None:
        """Fill the shell with the very same pixels. Raises FileProblemError."""
        if self._result is not None and self._stowed is not None:
            self._result = _with_arrays(self._result, self._stowed.arrays())
            self._stowed = None

    @property
    def problem(self) -> FileProblemError | None:
        """See `Payload.problem`."""
        return None if self._stowed is None else self._stowed.blob.problem


class _Stowed:
    """Arrays as one blob. Those that somebody else still has are not read back."""

    def __init__(self, store: BlobStore, arrays: list[np.ndarray]) -> None:
        flat = (np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in arrays)
        self.blob = Blob(store, [part.data for part in flat])
        self._forms = [(array.shape, array.dtype, weakref.ref(array)) for array in arrays]

    def arrays(self) -> list[np.ndarray]:
        """All arrays as they were. Raises FileProblemError."""
        found = [shared() for _shape, _dtype, shared in self._forms]
        # All of them while the blob waits to be written, for example.
        data = self.blob.read() if any(array is None for array in found) else bytearray()
        offset, result = 0, []
        for alive, (shape, dtype, _shared) in zip(found, self._forms, strict=True):
            count = int(np.prod(shape))
            if alive is None:
                result.append(np.frombuffer(data, dtype, count, offset).reshape(shape))
            else:
                result.append(alive)
            offset += count * dtype.itemsize
        return result


def _arrays_of(layer: Layer) -> list[np.ndarray]:
    """The layer's arrays in a fixed order; none for a kind of layer that holds no pixels."""
    if isinstance(layer, ImageLayer | MaskLayer):
        return [layer.raster.pixels]
    if isinstance(layer, ResultLayer):
        return _arrays_of_result(layer.result)
    return []


def _empty(arrays: list[np.ndarray]) -> list[np.ndarray]:
    return [np.zeros((0, 0, *array.shape[2:]), array.dtype) for array in arrays]


def _arrays_of_result(result: EditResult) -> list[np.ndarray]:
    return list(chain.from_iterable(_arrays_in(piece) for piece in result.pieces))


def _arrays_in(piece: ResultPiece) -> tuple[np.ndarray, ...]:
    return (*piece.candidates, piece.mask, piece.denoise_mask, piece.alpha)


def _give(layer: Layer, arrays: list[np.ndarray]) -> None:
    """Put arrays in the order of `_arrays_of` in place of the layer's own."""
    if isinstance(layer, ImageLayer | MaskLayer):
        before, bounds = layer.raster, layer.raster.bounds
        layer.raster = Raster(arrays[0], bounds.x, bounds.y)
        # A twelfth of the pixels: it stays in memory.
        layer.raster.overview = before.overview
    elif isinstance(layer, ResultLayer):
        layer.result = _with_arrays(layer.result, arrays)
        # Showing it anew forgets what was painted from the old arrays.
        layer.show_candidate(layer.candidate)


def _with_arrays(result: EditResult, arrays: list[np.ndarray]) -> EditResult:
    pieces, rest = [], iter(arrays)
    for piece in result.pieces:
        candidates = tuple(next(rest) for _ in piece.candidates)
        mask, denoise_mask, alpha = next(rest), next(rest), next(rest)
        pieces.append(
            replace(piece, candidates=candidates, mask=mask, denoise_mask=denoise_mask, alpha=alpha)
        )
    return replace(result, pieces=tuple(pieces))
