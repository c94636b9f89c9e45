"""Ten real photos that come with scikit-image: a face, fur, metal, a drawing hand, stone, grass."""

from __future__ import annotations

import numpy as np
from skimage import data


def ten_photos() -> dict[str, np.ndarray]:
    """Name and picture, uint8 HxWx3; grey ones have three equal channels."""
    pictures = {
        "astronaut": data.astronaut(),
        "brick": data.brick(),
        "camera": data.camera(),
        "chelsea": data.chelsea(),
        "coffee": data.coffee(),
        "coins": data.coins(),
        "grass": data.grass(),
        "gravel": data.gravel(),
        "motorcycle": data.stereo_motorcycle()[0],
        "rocket": data.rocket(),
    }
    return {name: _rgb(np.asarray(picture)) for name, picture in pictures.items()}


def _rgb(picture: np.ndarray) -> np.ndarray:
    return np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture
