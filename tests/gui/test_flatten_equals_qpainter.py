"""The file shows what the screen showed: numpy's compositing and QPainter's give equal bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inpaint_studio.core.compose import Paintable, PaintedGroup
from inpaint_studio.core.flatten import LayerSnapshot, flatten
from inpaint_studio.core.layer import LayerProps
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.blend_modes import BlendMode
from inpaint_studio.imaging.pixels import premultiply
from inpaint_studio.ui.canvas.picture_source import painted

SIDE = 64
WHOLE = Bounds(0, 0, SIDE, SIDE)


def random_pixels(rng: np.random.Generator, width: int, height: int, opaque: bool) -> np.ndarray:
    rgba = rng.integers(0, 256, (height, width, 4), dtype=np.uint8)
    if opaque:
        rgba[..., 3] = 255
    return premultiply(rgba)


def layer(pixels: np.ndarray, opacity: int = 255, mode: BlendMode = BlendMode.normal) -> Paintable:
    props = LayerProps("layer", opacity=opacity, blend_mode=mode)
    return LayerSnapshot(props, (Raster(pixels),))


def assert_same(layers: list[Paintable], bounds: Bounds = WHOLE) -> None:
    screen = painted(layers, bounds)
    shown = np.zeros((bounds.height, bounds.width, 4), np.uint8) if screen is None else screen
    np.testing.assert_array_equal(flatten(layers, bounds), shown)


@pytest.mark.parametrize("mode", list(BlendMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize("opacity", [255, 254, 180, 128, 1])
@pytest.mark.parametrize("opaque", [True, False])
def test_every_mode(mode: BlendMode, opacity: int, opaque: bool) -> None:
    rng = np.random.default_rng(opacity)
    below, above = (random_pixels(rng, SIDE, SIDE, o) for o in (opaque, False))
    assert_same([layer(below), layer(above, opacity, mode)])


@pytest.mark.parametrize("mode", list(BlendMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize("member_mode", [BlendMode.normal, BlendMode.multiply])
def test_a_group_at_every_opacity(mode: BlendMode, member_mode: BlendMode) -> None:
    rng = np.random.default_rng(5)
    below, above, top = (random_pixels(rng, SIDE, SIDE, opaque=o) for o in (True, False, False))
    for opacity in range(1, 256):
        props = LayerProps("group", opacity=opacity, blend_mode=mode)
        members = (layer(above, 200, member_mode), layer(top, 90))
        assert_same([layer(below), PaintedGroup(props, members)])


opacities = st.one_of(st.integers(1, 255), st.just(255))
modes = st.sampled_from(BlendMode)


@st.composite
def leaves(draw: st.DrawFn) -> Paintable:
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    rasters = []
    for _ in range(draw(st.integers(1, 2))):
        width, height = draw(st.integers(1, 40)), draw(st.integers(1, 40))
        pixels = random_pixels(rng, width, height, opaque=draw(st.booleans()))
        rasters.append(Raster(pixels, draw(st.integers(-20, 60)), draw(st.integers(-20, 60))))
    props = LayerProps("leaf", opacity=draw(opacities), blend_mode=draw(modes))
    return LayerSnapshot(props, tuple(rasters))


def groups_of(children: st.SearchStrategy[Paintable]) -> st.SearchStrategy[Paintable]:
    props = st.builds(LayerProps, st.just("group"), opacity=opacities, blend_mode=modes)
    members = st.lists(children, min_size=1, max_size=4).map(tuple)
    return st.builds(PaintedGroup, props, members)


@settings(max_examples=150, deadline=None)
@given(
    layers=st.lists(st.recursive(leaves(), groups_of, max_leaves=6), max_size=4),
    x=st.integers(-10, 40),
    y=st.integers(-10, 40),
)
def test_any_nesting_anywhere(layers: list[Paintable], x: int, y: int) -> None:
    assert_same(layers, Bounds(x, y, 48, 40))
