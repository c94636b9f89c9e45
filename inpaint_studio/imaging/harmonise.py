"""Makes a generated crop look taken by the same camera as its picture: colour, sharpness, grain."""

from __future__ import annotations

import numpy as np

from inpaint_studio.imaging.colour import OUTSIDE_REACH, colour_field, ring_weights
from inpaint_studio.imaging.deblur import REACH
from inpaint_studio.imaging.grain import grain_match
from inpaint_studio.imaging.mask_ops import bounds_of

_BAND = 256


def harmonised(
    original: np.ndarray,
    generated: np.ndarray,
    repainted: np.ndarray,
    hidden: np.ndarray,
    avoid: np.ndarray,
    amounts: tuple[float, float],
    seed: int,
) -> np.ndarray:
    """The generated crop with its colours and its grain matched to the original's, uint8 HxWx3.

    `original`, `generated` uint8 HxWx3; `repainted`, `hidden`, `avoid` uint8 HxW as in
    `colour.ring_weights`; `amounts`: 0..1 of the measured difference in colour and in grain.
    Same arguments, same pixels. Only where `repainted` is set does the result mean anything.
    """
    whole = bounds_of(np.ones_like(repainted))
    area = bounds_of(repainted).pad(OUTSIDE_REACH + REACH).intersection(whole).slices()
    weights = ring_weights(hidden[area], repainted[area], avoid[area])
    result = generated.copy()
    result[area] = _matched(original[area], generated[area], weights, amounts, seed)
    return result


def _matched(
    original: np.ndarray,
    generated: np.ndarray,
    weights: np.ndarray,
    amounts: tuple[float, float],
    seed: int,
) -> np.ndarray:
    colour, grain = amounts
    field = colour_field(original, generated, weights)
    match = grain_match(original, generated, weights)
    rng = np.random.default_rng(seed)
    height, width = weights.shape
    extended = np.pad(generated, ((REACH, REACH), (0, 0), (0, 0)), mode="edge")
    result = np.empty_like(generated)
    # In bands: as floats the whole crop would take a dozen times its bytes.
    for start in range(0, height, _BAND):
        stop = min(start + _BAND, height)
        rows = match.applied(extended[start : stop + 2 * REACH].astype(np.float32), grain, rng)
        rows = rows + colour * field.rows(start, stop, width)
        result[start:stop] = np.rint(rows.clip(0, 255))
    return result
