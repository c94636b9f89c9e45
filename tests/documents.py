"""Small documents and results for tests."""

from __future__ import annotations

import numpy as np

from inpaint_studio.core.document import Document, Origin
from inpaint_studio.core.edit import EditParams, EditResult, ModelIdentity, ResultPiece, SeamReport
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.group_layer import GroupLayer
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, ResultLayer
from inpaint_studio.core.layer_stack import LayerStack
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.pixels import from_rgb

MODEL = ModelIdentity("test", "test", "1")


def noise_document(width: int = 96, height: int = 64, seed: int = 1) -> Document:
    """An opaque random picture."""
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Document.from_pixels(from_rgb(rgb), Origin("noise.png"))


def made_up_result(context: Bounds, candidates: int = 3, seed: int = 2) -> EditResult:
    """A result with random candidates and a soft alpha."""
    rng = np.random.default_rng(seed)
    shape = (context.height, context.width)
    alpha = rng.integers(0, 256, shape, dtype=np.uint8)
    piece = ResultPiece(
        context,
        tuple(rng.integers(0, 256, (*shape, 3), dtype=np.uint8) for _ in range(candidates)),
        mask=np.where(alpha > 128, 255, 0).astype(np.uint8),
        denoise_mask=alpha,
        alpha=alpha,
        reports=tuple(SeamReport(0, 1.0 + 0.1 * i, 0.5, 1.0) for i in range(candidates)),
    )
    return EditResult(EditParams(), MODEL, (piece,), 0.1)


def result_layer(context: Bounds, name: str = "Remove", candidates: int = 3) -> ResultLayer:
    """A result layer of random pixels."""
    return ResultLayer(LayerProps(name), made_up_result(context, candidates))


def assert_well_formed(layers: LayerStack) -> None:
    """What `LayerStack` promises of its order."""
    order = list(layers)
    for layer in order:
        inside = [other for other in order if layer in (other, *layers.groups_of(other))]
        assert layers.block(layer.id) == inside
        assert isinstance(layer, GroupLayer) or inside == [layer]
    masks = [isinstance(layer, MaskLayer) for layer in order]
    assert masks == sorted(masks)
    assert all(layer.parent_id is None for layer in order if isinstance(layer, MaskLayer))


def state_of(document: Document) -> dict[str, object]:
    """Everything a person could see or lose, as comparable bytes."""
    whole = document.frame.pad(300)
    return {
        "frame": document.frame,
        "layers": [(layer.id, layer.parent_id, layer.props) for layer in document.layers],
        "picture": flatten(document.layers.painted, whole).tobytes(),
        "settings": [mask.settings for kind in MaskKind for mask in document.layers.masks(kind)],
        "masks": [
            mask.raster.read(whole).tobytes()
            for kind in MaskKind
            for mask in document.layers.masks(kind)
        ],
    }
