from __future__ import annotations

import math

from hypothesis import assume, given
from hypothesis import strategies as st

from inpaint_studio.geometry import Bounds, Extent, Point
from inpaint_studio.ui.canvas.turn import Turn
from inpaint_studio.ui.canvas.viewport import (
    MAX_ZOOM,
    MIN_ZOOM,
    REACH,
    ZOOM_STEPS,
    Margins,
    Viewport,
)

ratios = st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0])
zooms = st.floats(MIN_ZOOM, MAX_ZOOM)
frames = st.builds(
    Bounds,
    st.integers(-500, 500),
    st.integers(-500, 500),
    st.integers(1, 9000),
    st.integers(1, 9000),
)
sizes = st.builds(Extent, st.integers(200, 2000), st.integers(200, 1500))


VIEW = Extent(800, 600)


def shown(frame: Bounds, size: Extent = VIEW, ratio: float = 1.0) -> Viewport:
    viewport = Viewport()
    viewport.resize(size, ratio)
    viewport.show_frame(frame)
    viewport.fit()
    return viewport


@given(frames, sizes, ratios, zooms, st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_there_and_back(
    frame: Bounds, size: Extent, ratio: float, zoom: float, x: float, y: float
) -> None:
    viewport = shown(frame, size, ratio)
    viewport.zoom_to(zoom)
    back = viewport.to_view(viewport.to_document(Point(x, y)))
    assert math.isclose(back.x, x, abs_tol=1e-6)
    assert math.isclose(back.y, y, abs_tol=1e-6)


@given(sizes, ratios, st.lists(zooms, min_size=1, max_size=8), st.data())
def test_what_is_under_the_pointer_stays_there(
    size: Extent, ratio: float, some_zooms: list[float], data: st.DataObject
) -> None:
    frame = Bounds(-300, -200, 6000, 4000)
    viewport = shown(frame, size, ratio)
    viewport.zoom_to(1.0)
    # Not nearer to an edge than the picture is kept in reach.
    view_point = Point(
        data.draw(st.floats(REACH, size.width - REACH)),
        data.draw(st.floats(REACH, size.height - REACH)),
    )
    anchor = viewport.to_document(view_point)
    assume(frame.contains_point(anchor))
    for zoom in some_zooms:
        if min(6000, 4000) * zoom <= 4 * REACH * ratio:
            continue
        viewport.zoom_to(zoom, view_point)
        now = viewport.to_view(anchor)
        # The origin lies on whole device px: half a px at the start, magnified, and half now.
        assert abs(now.x - view_point.x) * ratio <= 0.5 + 0.5 * max(1.0, zoom) + 1e-6
        assert abs(now.y - view_point.y) * ratio <= 0.5 + 0.5 * max(1.0, zoom) + 1e-6


@given(frames, sizes, ratios)
def test_fit_shows_the_whole_frame(frame: Bounds, size: Extent, ratio: float) -> None:
    viewport = shown(frame, size, ratio)
    left, top, right, bottom = viewport.to_device(frame)
    if viewport.zoom > MIN_ZOOM:
        assert left >= 24 * ratio - 1
        assert top >= 24 * ratio - 1
        assert right <= (size.width - 24) * ratio + 1
        assert bottom <= (size.height - 24) * ratio + 1


@given(frames, sizes, ratios, zooms, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_the_picture_stays_in_reach(
    frame: Bounds, size: Extent, ratio: float, zoom: float, dx: float, dy: float
) -> None:
    viewport = shown(frame, size, ratio)
    viewport.zoom_to(zoom)
    viewport.pan_by(dx, dy)
    left, top, right, bottom = viewport.to_device(frame)
    reach_x = min(REACH * ratio, right - left, size.width * ratio / 2)
    reach_y = min(REACH * ratio, bottom - top, size.height * ratio / 2)
    assert right >= reach_x - 1
    assert bottom >= reach_y - 1
    assert left <= size.width * ratio - reach_x + 1
    assert top <= size.height * ratio - reach_y + 1


@given(zooms)
def test_level_is_the_coarsest_that_is_not_magnified(zoom: float) -> None:
    viewport = shown(Bounds(0, 0, 100, 100))
    viewport.zoom_to(zoom)
    if zoom >= 1:
        assert viewport.level == 0
    else:
        assert viewport.scale <= 1 + 1e-6
        assert viewport.scale > 0.5


def test_a_fitted_picture_stays_fitted_until_it_is_zoomed() -> None:
    viewport = shown(Bounds(0, 0, 1000, 500), Extent(548, 548))
    assert viewport.zoom == 0.5
    viewport.resize(Extent(1048, 1048), 1.0)
    assert viewport.zoom == 1.0
    viewport.zoom_to(2.0)
    viewport.resize(Extent(548, 548), 1.0)
    assert viewport.zoom == 2.0
    assert not viewport.is_fitted


def test_resizing_keeps_the_middle() -> None:
    viewport = shown(Bounds(0, 0, 1000, 1000))
    viewport.zoom_to(2.0)
    before = viewport.to_document(Point(400, 300))
    viewport.resize(Extent(500, 700), 1.0)
    assert viewport.to_document(Point(250, 350)) == before


def test_fit_respects_margins_and_a_limit() -> None:
    viewport = shown(Bounds(0, 0, 100, 100), Extent(400, 400))
    viewport.set_margins(Margins(0, 0, 0, 100))
    assert viewport.zoom == 3.0
    assert viewport.to_view(Point(50, 50)) == Point(200, 150)
    viewport.fit(at_most=1.0)
    assert viewport.zoom == 1.0


def test_hundred_percent_is_one_device_pixel() -> None:
    viewport = shown(Bounds(0, 0, 1000, 1000), ratio=1.5)
    viewport.zoom_to(1.0)
    left, _, right, _ = viewport.to_device(Bounds(10, 0, 4, 1))
    assert right - left == 4
    assert left == int(left)


def test_many_small_pans_add_up() -> None:
    viewport = shown(Bounds(0, 0, 4000, 4000))
    viewport.zoom_to(1.0)
    start = viewport.origin
    for _ in range(10):
        viewport.pan_by(0.3, -0.3)
    assert viewport.origin == (start[0] + 3, start[1] - 3)


def test_zoom_steps_go_through_the_round_factors() -> None:
    viewport = shown(Bounds(0, 0, 4000, 4000))
    viewport.zoom_to(MIN_ZOOM)
    seen = [viewport.zoom]
    while viewport.zoom < MAX_ZOOM:
        viewport.zoom_to(viewport.stepped_zoom(1))
        seen.append(viewport.zoom)
    assert seen == list(ZOOM_STEPS)
    viewport.zoom_to(0.9)
    assert viewport.stepped_zoom(-1) == 2 / 3
    assert viewport.stepped_zoom(1) == 1.0
    viewport.zoom_to(MIN_ZOOM)
    assert viewport.stepped_zoom(-1) == MIN_ZOOM


def test_visible_is_what_the_view_shows_of_the_frame() -> None:
    viewport = shown(Bounds(-10, -10, 500, 500), Extent(200, 200))
    viewport.zoom_to(2.0)
    x, y = viewport.origin
    seen = viewport.visible_in(Bounds(x - 8, y - 4, 20, 20))
    assert seen == Bounds(-4, -2, 10, 10)
    assert viewport.visible_in(Bounds(x - 100, y - 100, 20, 20)).is_empty


turns = st.builds(
    Turn,
    st.one_of(st.floats(-179.0, 180.0), st.sampled_from([0.0, 90.0, 180.0, -90.0, 45.0])),
    st.booleans(),
)
points = st.builds(Point, st.floats(-2000, 2000), st.floats(-2000, 2000))


@given(frames, sizes, ratios, zooms, turns, points)
def test_there_and_back_in_a_turned_view(
    frame: Bounds, size: Extent, ratio: float, zoom: float, turn: Turn, point: Point
) -> None:
    viewport = shown(frame, size, ratio)
    viewport.turn_to(turn)
    viewport.zoom_to(zoom)
    back = viewport.to_view(viewport.to_document(point))
    assert math.isclose(back.x, point.x, abs_tol=1e-6)
    assert math.isclose(back.y, point.y, abs_tol=1e-6)


@given(frames, sizes, ratios, zooms, turns, st.data())
def test_visible_covers_what_is_seen(
    frame: Bounds, size: Extent, ratio: float, zoom: float, turn: Turn, data: st.DataObject
) -> None:
    viewport = shown(frame, size, ratio)
    viewport.zoom_to(zoom)
    viewport.turn_to(turn)
    part = Bounds(
        data.draw(st.integers(0, size.width - 1)),
        data.draw(st.integers(0, size.height - 1)),
        40,
        30,
    ).scaled(ratio)
    x = data.draw(st.floats(part.x + 0.01, part.right - 0.01))
    y = data.draw(st.floats(part.y + 0.01, part.bottom - 0.01))
    under = viewport.to_document(Point(x / ratio, y / ratio))
    assume(frame.contains_point(under))
    assert viewport.visible_in(part).contains_point(under)
    assert any(cell.contains_point(under) for cell in viewport.cells_in(part, 256))
    pixel = Bounds(math.floor(under.x), math.floor(under.y), 1, 1)
    around = viewport.to_device(pixel)
    assert around.left - 1e-6 <= x <= around.right + 1e-6
    assert around.top - 1e-6 <= y <= around.bottom + 1e-6


@given(frames, sizes, ratios, zooms, turns, points)
def test_a_turned_picture_stays_in_reach(
    frame: Bounds, size: Extent, ratio: float, zoom: float, turn: Turn, by: Point
) -> None:
    viewport = shown(frame, size, ratio)
    viewport.zoom_to(zoom)
    viewport.turn_to(turn)
    viewport.pan_by(by.x * 50, by.y * 50)
    # Two rectangles lie apart only if they do so along the axes of one of them.
    left, top, right, bottom = viewport.to_device(frame)
    assert right >= -1
    assert bottom >= -1
    assert left <= size.width * ratio + 1
    assert top <= size.height * ratio + 1
    width, height = size
    corners = [
        viewport.to_document(Point(x, y)) for x, y in ((0, 0), (width, 0), (0, height), size)
    ]
    margin = 1 / viewport.zoom
    assert max(c.x for c in corners) >= frame.x - margin
    assert max(c.y for c in corners) >= frame.y - margin
    assert min(c.x for c in corners) <= frame.right + margin
    assert min(c.y for c in corners) <= frame.bottom + margin


@given(sizes, ratios, turns, turns, st.data())
def test_turning_holds_what_is_under_the_anchor(
    size: Extent, ratio: float, first: Turn, second: Turn, data: st.DataObject
) -> None:
    viewport = shown(Bounds(-9000, -8000, 20000, 18000), size, ratio)
    viewport.zoom_to(1.0)
    anchor = Point(
        data.draw(st.floats(0, size.width)),
        data.draw(st.floats(0, size.height)),
    )
    viewport.turn_to(first)
    under = viewport.to_document(anchor)
    viewport.turn_to(second, anchor)
    now = viewport.to_view(under)
    assert abs(now.x - anchor.x) * ratio <= 1.5
    assert abs(now.y - anchor.y) * ratio <= 1.5
    assert viewport.zoom == 1.0


@given(frames, sizes, ratios, turns)
def test_fit_shows_the_whole_turned_frame(
    frame: Bounds, size: Extent, ratio: float, turn: Turn
) -> None:
    viewport = shown(frame, size, ratio)
    viewport.turn_to(turn)
    viewport.fit()
    if viewport.zoom > MIN_ZOOM:
        for x, y in viewport.corners(frame):
            assert 23 <= x <= size.width - 23
            assert 23 <= y <= size.height - 23


def test_mirroring_keeps_a_picture_fitted_and_turning_keeps_the_zoom() -> None:
    viewport = shown(Bounds(0, 0, 1000, 500), Extent(548, 548))
    viewport.turn_to(viewport.turn.flipped())
    assert viewport.is_fitted
    viewport.turn_to(viewport.turn.by(90.0))
    assert not viewport.is_fitted
    assert viewport.zoom == 0.5


def test_an_area_is_shown_as_large_as_it_fits() -> None:
    viewport = shown(Bounds(0, 0, 4000, 3000), Extent(448, 348))
    viewport.show_area(Bounds(1000, 1000, 200, 100), at_most=8.0)
    assert viewport.zoom == 2.0
    assert viewport.to_view(Point(1100, 1050)) == Point(224, 174)
    viewport.show_area(Bounds(1000, 1000, 2, 1), at_most=8.0)
    assert viewport.zoom == 8.0
    viewport.resize(Extent(648, 348), 1.0)
    assert viewport.zoom == 8.0
