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
            _give(self._layer, [np.zeros((0, 0, *a.shape[2:]), a.dtype) for a in arrays])

    def fetch(self) -> None:
        """Fill the shell with the very same pixels. Raises FileProblemError."""
        if self._stowed is not None:
            _give(self._layer, self._stowed.arrays())
            self._stowed = None


class _Stowed:
    """Arrays as one blob. Those that somebody else still has are not read back."""

    def __init__(self, store: BlobStore, arrays: list[np.ndarray]) -> None:
        flat = (np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in arrays)
        self.blob = Blob(store, [part.data for part in flat])
        self._forms = [(array.shape, array.dtype, weakref.ref(array)) for array in arrays]

    def arrays(self) -> list[np.ndarray]:
        """All arrays as they were. Raises FileProblemError."""
        data, offset, result = self.blob.read(), 0, []
        for shape, dtype, shared in self._forms:
            count = int(np.prod(shape))
            alive = shared()
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
        return list(chain.from_iterable(_arrays_in(piece) for piece in layer.result.pieces))
    return []


def _arrays_in(piece: ResultPiece) -> tuple[np.ndarray, ...]:
    return (*piece.candidates, piece.mask, piece.denoise_mask, piece.alpha)


def _give(layer: Layer, arrays: list[np.ndarray]) -> None:
    """Put arrays in the order of `_arrays_of` in place of the layer's own."""
    if isinstance(layer, ImageLayer | MaskLayer):
        bounds = layer.raster.bounds
        layer.raster = Raster(arrays[0], bounds.x, bounds.y)
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
