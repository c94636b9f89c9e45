"""What the canvas shows: bytes at 100 %, undo, masks, frames, seams."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor

from inpaint_studio.core.commands import AddLayer, SetLayerProps
from inpaint_studio.core.flatten import flatten
from inpaint_studio.core.layer import ImageLayer, LayerProps, MaskKind
from inpaint_studio.core.raster import Raster
from inpaint_studio.geometry import Bounds, Point
from inpaint_studio.ui.theme import current
from tests.documents import noise_document, result_layer
from tests.gui.canvas.bench import Bench, flat_document


def test_hundred_percent_shows_the_bytes_of_flatten(bench: Bench) -> None:
    document = noise_document(340, 270)
    bench.open(document)
    for opacity in (255, 254, 180, 1):
        layer = result_layer(Bounds(31 + opacity % 7, 17, 290, 200))
        layer.props = replace(layer.props, opacity=opacity)
        bench.session.do(AddLayer("Remove", layer, len(document.layers)))
    expected = flatten(document.layers.painted, document.frame)
    np.testing.assert_array_equal(bench.shown(), expected[..., :3])


def test_an_odd_piece_beyond_the_frame(bench: Bench) -> None:
    document = noise_document(200, 150)
    document.frame = Bounds(-20, -10, 205, 152)
    bench.open(document)
    layer = result_layer(Bounds(-33, -21, 101, 57))
    bench.session.do(AddLayer("Expand", layer, len(document.layers)))
    expected = flatten(document.layers.painted, document.frame)
    shown = bench.shown()
    opaque = expected[..., 3] == 255
    np.testing.assert_array_equal(shown[opaque], expected[opaque][:, :3])


def test_undo_restores_the_screen_bit_for_bit(bench: Bench) -> None:
    for zoom in (1.0, 0.37, 2.5):
        bench.canvas.zoom_to(zoom)
        bench.settle()
        bench.leave()
        before = bench.grab()
        bench.stroke((50, 50), (120, 90), (150, 60))
        layer = result_layer(Bounds(40, 40, 77, 55))
        bench.session.do(AddLayer("Remove", layer, 3))
        bench.leave()
        assert (bench.grab() != before).any()
        bench.session.undo()
        bench.session.undo()
        np.testing.assert_array_equal(bench.grab(), before)


def test_a_repaired_tile_equals_a_new_one(bench: Bench) -> None:
    bench.open(noise_document(700, 600), zoom=0.11)
    document = bench.document
    for index, bounds in enumerate([Bounds(13, 7, 111, 90), Bounds(255, 250, 33, 301)]):
        bench.session.do(AddLayer("Remove", result_layer(bounds), 3 + index))
        bench.grab()
    hidden = document.layers.find([*document.layers][-1].id)
    props = hidden.props
    bench.session.do(SetLayerProps("Hide", hidden.id, props, replace(props, visible=False)))
    repaired = bench.grab()
    bench.canvas.scene.clear()
    np.testing.assert_array_equal(bench.grab(), repaired)


def test_the_mask_is_a_tint_of_the_chosen_strength(bench: Bench) -> None:
    bench.open(flat_document(200, 150, 100))
    bench.canvas.set_mask_style(MaskKind.repaint, QColor(255, 0, 0), 0.6)
    bench.stroke((100, 75), (101, 75))
    bench.leave()
    assert bench.shown()[75, 100].tolist() == [40, 40, 193]
    bench.canvas.set_mask_visible(False)
    assert bench.shown()[75, 100].tolist() == [100, 100, 100]


@pytest.mark.parametrize("zoom", [2.0, 1.0, 0.5, 0.3, 0.11])
def test_a_mask_drawn_in_steps_looks_like_one_drawn_at_once(bench: Bench, zoom: float) -> None:
    bench.open(flat_document(900, 700, 100), zoom)
    bench.toolbox.set_brush(size=24 / zoom, hardness=0.5)
    middle = bench.canvas.to_document(Point(200, 150))
    bench.press(middle.x, middle.y)
    for step in range(1, 5):
        bench.move(middle.x + step * 20 / zoom, middle.y + (step % 2) * 40 / zoom)
    bench.release(middle.x, middle.y)
    bench.leave()
    bench.rest()
    in_steps = bench.grab()
    bench.canvas.scene.clear()
    np.testing.assert_array_equal(bench.grab(), in_steps)


def test_both_masks_are_seen_where_they_overlap(bench: Bench) -> None:
    bench.open(flat_document(200, 150, 0))
    bench.canvas.set_mask_style(MaskKind.avoid, QColor(0, 0, 255), 1.0)
    bench.canvas.set_mask_style(MaskKind.repaint, QColor(255, 0, 0), 0.4)
    for kind in MaskKind:
        bench.document.mask(kind).raster = Raster(np.full((150, 200), 255, np.uint8))
    bench.canvas.scene.clear()
    bench.leave()
    assert bench.shown()[75, 100].tolist() == [153, 0, 102]


def test_the_mask_has_an_outline_in_its_colour(bench: Bench) -> None:
    bench.open(flat_document(200, 150, 100))
    bench.canvas.set_mask_style(MaskKind.repaint, QColor(255, 0, 0), 0.5)
    values = np.zeros((150, 200), np.uint8)
    values[40:80, 50:120] = 255
    bench.document.mask(MaskKind.repaint).raster = Raster(values)
    bench.canvas.scene.clear()
    bench.leave()
    shown = bench.shown()
    assert shown[60, 50, 2] > 230 > shown[60, 51, 2]
    assert shown[60, 49].tolist() == [100, 100, 100]
    assert shown[40, 60, 2] > 230
    assert shown[79, 60, 2] > 230


@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.2, 0.1])
def test_the_outline_is_seen_in_the_themes_colour_at_any_zoom(bench: Bench, zoom: float) -> None:
    bench.open(flat_document(2000, 1500, 100), zoom)
    values = np.zeros((1500, 2000), np.uint8)
    values[400:1100, 500:1500] = 255
    bench.document.mask(MaskKind.repaint).raster = Raster(values)
    bench.canvas.scene.clear()
    bench.leave()
    wanted = QColor(current().mask_outline)
    edge = bench.canvas.to_view(Bounds(500, 400, 1000, 700)).toAlignedRect()
    row = bench.grab()[150, max(0, edge.left() - 2) : edge.right() + 3].astype(int)
    distance = np.abs(row - (wanted.blue(), wanted.green(), wanted.red())).sum(axis=1)
    tinted = row[len(row) // 2]
    if edge.left() >= 0:
        assert distance.min() < 60
    assert np.abs(tinted - (wanted.blue(), wanted.green(), wanted.red())).sum() > 60


def test_the_other_mask_has_its_own_colour(bench: Bench) -> None:
    bench.open(flat_document(200, 150, 100))
    bench.canvas.set_mask_style(MaskKind.avoid, QColor(0, 0, 255), 1.0)
    bench.toolbox.set_mask_kind(MaskKind.avoid)
    bench.stroke((60, 60), (61, 60))
    bench.leave()
    assert bench.shown()[60, 60].tolist() == [255, 0, 0]


def test_the_original_is_the_bottom_picture_without_masks(bench: Bench) -> None:
    bench.leave()
    picture = bench.shown()
    bench.stroke((60, 60), (90, 60))
    bench.session.do(AddLayer("Remove", result_layer(Bounds(20, 20, 90, 90)), 3))
    bench.leave()
    edited = bench.shown()
    assert (edited != picture).any()
    bench.canvas.show_original(True)
    np.testing.assert_array_equal(bench.shown(), picture)
    bench.canvas.show_original(False)
    np.testing.assert_array_equal(bench.shown(), edited)


def test_transparency_shows_a_checkerboard_and_the_surround_is_plain(bench: Bench) -> None:
    document = noise_document(100, 80)
    document.frame = Bounds(-40, 0, 140, 80)
    bench.open(document)
    shown = bench.shown()
    colours = {tuple(pixel) for pixel in shown[:, :40].reshape(-1, 3).tolist()}
    named = (QColor(current().checker_a), QColor(current().checker_b))
    assert colours == {(c.blue(), c.green(), c.red()) for c in named}
    surround = QColor(current().canvas)
    assert bench.grab()[2, 2].tolist() == [surround.blue(), surround.green(), surround.red()]


@pytest.mark.parametrize("zoom", [0.7431, 0.61, 0.53, 0.37, 0.1234, 1.37, 1.9, 3.3])
def test_no_seams_between_tiles(bench: Bench, zoom: float) -> None:
    bench.open(flat_document(2100, 1500, 200), zoom=zoom)
    bench.document.mask(MaskKind.repaint).raster = Raster(np.full((1500, 2100), 255, np.uint8))
    bench.canvas.scene.clear()
    bench.canvas.set_mask_style(MaskKind.repaint, QColor(0, 0, 0), 0.5)
    bench.leave()
    area = bench.canvas.to_view(bench.document.frame).toRect().intersected(bench.canvas.rect())
    shown = bench.grab()[area.top() + 8 : area.bottom() - 8, area.left() + 8 : area.right() - 8]
    assert shown.size > 1000
    assert set(np.unique(shown).tolist()) == {100}


@pytest.mark.parametrize("zoom", [0.125, 0.0625, 0.03125])
def test_small_views_are_as_bright(bench: Bench, zoom: float) -> None:
    document = noise_document(1600, 1600)
    bench.open(document, zoom=zoom)
    bench.leave()
    mean = flatten(document.layers.painted, document.frame)[..., :3].mean()
    assert abs(bench.shown().mean() - mean) < 1


def test_the_preflight_box_is_drawn_and_taken_away(bench: Bench) -> None:
    bench.open(flat_document(200, 150, 0))
    bench.leave()
    before = bench.grab()
    bench.canvas.set_preflight(Bounds(20, 60, 100, 60), "512 × 512")
    shown = bench.grab()
    accent = QColor(current().accent)
    box = bench.canvas.to_view(Bounds(20, 60, 100, 60)).toRect()
    edge = shown[box.top() : box.top() + 60, box.left()].tolist()
    assert [accent.blue(), accent.green(), accent.red()] in edge
    bench.canvas.set_preflight(None)
    np.testing.assert_array_equal(bench.grab(), before)


def test_without_a_document_there_is_only_the_surround(bench: Bench) -> None:
    bench.session.open(None)
    bench.leave()
    surround = QColor(current().canvas)
    colours = np.unique(bench.grab().reshape(-1, 3), axis=0).tolist()
    assert colours == [[surround.blue(), surround.green(), surround.red()]]


def test_a_frame_that_grows_to_the_left_moves_no_pixels(bench: Bench) -> None:
    before = bench.canvas.to_view(Bounds(0, 0, 1, 1))
    bench.document.frame = Bounds(-30, 0, 230, 150)
    bench.session.do(AddLayer("Expand", result_layer(Bounds(-30, 0, 60, 150)), 1))
    assert bench.canvas.to_view(Bounds(0, 0, 1, 1)) == before


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_high_resolution_screens(scale: str) -> None:
    probe = Path(__file__).with_name("hidpi_probe.py")
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": scale,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(probe.parents[3]),
    }
    done = subprocess.run(
        [sys.executable, probe, scale], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_layer_below_the_masks_with_transparency_keeps_its_mips(bench: Bench) -> None:
    document = flat_document(512, 512, 200)
    bench.open(document, zoom=0.25)
    pixels = np.zeros((512, 512, 4), np.uint8)
    pixels[:, ::2] = (255, 255, 255, 255)
    bench.session.do(AddLayer("Lines", ImageLayer(LayerProps("Lines"), Raster(pixels)), 1))
    bench.leave()
    assert bench.shown()[64, 64].tolist() == [228, 228, 228]
