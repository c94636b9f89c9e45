from __future__ import annotations

import numpy as np

from inpaint_studio.imaging.pixels import from_rgb, multiply_255, premultiply, to_rgb, to_rgba


def test_multiply_255_is_right_within_half_a_level_and_exact_at_the_ends() -> None:
    a, b = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
    exact = a.astype(float) * b / 255
    assert np.abs(multiply_255(a, b) - exact).max() < 0.51
    np.testing.assert_array_equal(multiply_255(a[0], 255), a[0])
    assert not multiply_255(a[0], 0).any()


def test_opaque_pixels_survive_the_round_trip() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    np.testing.assert_array_equal(to_rgb(from_rgb(rgb)), rgb)


def test_byte_order_is_bgra() -> None:
    bgra = from_rgb(np.array([[[1, 2, 3]]], np.uint8))
    np.testing.assert_array_equal(bgra, [[[3, 2, 1, 255]]])


def test_premultiplied_never_exceeds_alpha_and_comes_back_close() -> None:
    rgba = np.random.default_rng(1).integers(0, 256, (64, 64, 4), dtype=np.uint8)
    bgra = premultiply(rgba)
    assert (bgra[..., :3] <= bgra[..., 3:]).all()
    back = to_rgba(bgra)
    np.testing.assert_array_equal(back[..., 3], rgba[..., 3])
    solid = rgba[..., 3] >= 128
    assert np.abs(back[solid].astype(int) - rgba[solid]).max() <= 1


def test_transparent_is_black() -> None:
    assert not to_rgb(premultiply(np.array([[[9, 9, 9, 0]]], np.uint8))).any()
