from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging import warp
from inpaint_studio.imaging.affine import Affine
from inpaint_studio.imaging.pixels import from_rgb
from inpaint_studio.imaging.warp import warped

RNG = np.random.default_rng(3)


def noise(width: int = 31, height: int = 20) -> np.ndarray:
    """Any valid premultiplied picture."""
    rgb = RNG.integers(0, 256, (height, width, 3), dtype=np.uint8)
    return from_rgb(rgb, RNG.integers(0, 256, (height, width), dtype=np.uint8))


def smooth(width: int, height: int) -> np.ndarray:
    """An opaque picture of waves that are long enough to be drawn at half the size."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return waves(x, y)


def waves(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The value of those waves anywhere, in px of the picture."""
    channels = (np.sin(x / 5), np.cos(y / 4 + 1), np.sin((x + y) / 6))
    rgb = np.stack([np.round(127.5 + 100 * channel) for channel in channels], -1)
    return from_rgb(rgb.astype(np.uint8))


def placed(pixels: np.ndarray, linear: Affine) -> np.ndarray:
    """The picture under a map, moved so that its bounds begin at (0, 0)."""
    height, width = pixels.shape[:2]
    box = linear.bounds_of(Bounds(0, 0, width, height))
    return warped(pixels, linear.translated(-box.x, -box.y), box.extent)


def test_identity_is_bit_identical() -> None:
    picture = noise()
    assert np.array_equal(warped(picture, Affine.turning(0), Extent(31, 20)), picture)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_right_angles_are_exact(turns: int) -> None:
    picture = noise()
    assert np.array_equal(placed(picture, Affine.turning(90 * turns)), np.rot90(picture, -turns))


def test_flips_are_exact() -> None:
    picture = noise()
    assert np.array_equal(placed(picture, Affine.turning(0, -1)), picture[:, ::-1])
    assert np.array_equal(placed(picture, Affine.turning(0, 1, -1)), picture[::-1])
    flipped_then_turned = np.rot90(picture[:, ::-1], -1)
    assert np.array_equal(placed(picture, Affine.turning(90, -1)), flipped_then_turned)


def test_whole_steps_are_exact_and_leave_the_rest_empty() -> None:
    picture = noise()
    shown = warped(picture, Affine.turning(0).translated(-4, 7), Extent(31, 20))
    assert np.array_equal(shown[7:, :27], picture[:13, 4:])
    assert not shown[:7].any()
    assert not shown[:, 27:].any()


@settings(max_examples=30, deadline=None)
@given(
    st.floats(-180, 180),
    st.floats(0.2, 4),
    st.floats(0.2, 4),
    st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)),
    st.integers(0, 255),
)
def test_a_constant_colour_stays_constant(
    degrees: float, scale_x: float, scale_y: float, colour: tuple[int, int, int], alpha: int
) -> None:
    rgb = np.full((40, 50, 3), colour, np.uint8)
    picture = from_rgb(rgb, np.full((40, 50), alpha, np.uint8))
    shown = placed(picture, Affine.turning(degrees, scale_x, scale_y))
    whole = shown[shown[..., 3] == alpha]
    assert alpha == 0 or len(whole)
    assert (whole == picture[0, 0]).all()


def test_soft_and_hard_edges_have_no_dark_or_light_fringes() -> None:
    alpha = np.zeros((60, 60), np.uint8)
    alpha[10:50, 10:50] = 255
    alpha[:10, 20:40] = np.linspace(0, 255, 10, dtype=np.uint8)[:, None]
    rgb = np.full((60, 60, 3), (200, 100, 40), np.uint8)
    # What is hidden where nothing is seen must not be drawn into the edges.
    rgb[alpha == 0] = (0, 255, 255)
    for map_ in (Affine.turning(27), Affine.turning(0, 1.7), Affine.turning(11, 0.4, 0.6)):
        shown = placed(from_rgb(rgb, alpha), map_).astype(int)
        part = shown[..., 3:]
        expected = part * np.array([40, 100, 200]) / 255
        assert part.max() == 255
        assert np.abs(shown[..., :3] - expected).max() <= 1.5


def test_no_colour_is_brighter_than_its_alpha() -> None:
    for map_ in (Affine.turning(33, 1.3, 0.7), Affine.turning(0, 3.3), Affine.turning(5)):
        shown = placed(noise(64, 64), map_)
        # Rounded up and down apart, they may be one step from each other.
        assert (shown[..., :3].astype(int) <= shown[..., 3:].astype(int) + 1).all()


def test_halving_averages() -> None:
    picture = smooth(64, 48)
    mean = picture.reshape(24, 2, 32, 2, 4).mean(axis=(1, 3))
    shown = warped(picture, Affine.turning(0, 0.5, 0.5), Extent(32, 24))
    assert np.abs(shown - mean).max() <= 2.0


def test_strong_shrinking_loses_no_pixels() -> None:
    lines = np.zeros((64, 64, 4), np.uint8)
    lines[...] = (0, 0, 0, 255)
    lines[:, ::2, :3] = 255
    shown = warped(lines, Affine.turning(0, 1 / 8, 1 / 8), Extent(8, 8))
    assert np.abs(shown[..., :3].astype(int) - 127).max() <= 8


def test_turning_draws_what_would_be_there() -> None:
    picture, map_ = smooth(96, 96), Affine.turning(31)
    box = map_.bounds_of(Bounds(0, 0, 96, 96))
    map_ = map_.translated(-box.x, -box.y)
    shown = warped(picture, map_, box.extent)
    back = map_.inverse()
    x, y = np.meshgrid(np.arange(box.width) + 0.5, np.arange(box.height) + 0.5)
    there = waves(back.xx * x + back.xy * y + back.x0, back.yx * x + back.yy * y + back.y0)
    source_x = back.xx * x + back.xy * y + back.x0
    source_y = back.yx * x + back.yy * y + back.y0
    inside = (abs(source_x - 48) < 44) & (abs(source_y - 48) < 44)
    difference = np.abs(shown[inside].astype(int) - there[inside])
    assert difference.max() <= 2
    assert difference.mean() < 0.4


def test_edges_are_cut_by_what_of_a_pixel_they_cover() -> None:
    white = np.full((10, 10, 4), 255, np.uint8)
    shown = warped(white, Affine.turning(0).translated(0.25, 0), Extent(11, 10))
    assert shown[:, 0, 3].tolist() == [191] * 10
    assert shown[:, 10, 3].tolist() == [64] * 10
    assert (shown[:, 1:10] == 255).all()


def test_an_enlarged_picture_is_opaque_to_its_edge() -> None:
    opaque = noise(12, 9)
    opaque[..., 3] = 255
    shown = warped(opaque, Affine.turning(0, 5, 5), Extent(60, 45))
    assert (shown[..., 3] == 255).all()


def test_blocks_and_threads_leave_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    picture, map_ = noise(70, 50), Affine.turning(17, 1.4, 1.2)
    whole = placed(picture, map_)
    monkeypatch.setattr(warp, "BLOCK", 23)
    monkeypatch.setattr(warp, "WORTH_THREADS", 1)
    assert np.array_equal(placed(picture, map_), whole)


def test_the_source_is_left_alone() -> None:
    picture = noise()
    before = picture.copy()
    for map_ in (Affine.turning(90), Affine.turning(20), Affine.turning(0, 0.3)):
        placed(picture, map_)[...] = 7
    assert np.array_equal(picture, before)
