"""Several masks on the canvas: own colours, effective values, bounded caches, exact repaints."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from inpaint_studio.core.commands import AddLayer, DeleteLayer
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.layer import LayerProps, MaskKind, MaskLayer, MaskSettings
from inpaint_studio.core.mask_commands import SetMaskSettings
from inpaint_studio.geometry import Bounds
from inpaint_studio.ui.canvas.mask_tints import MASK_BUDGET, MOST_COLOURS, Tint
from tests.gui.canvas.bench import Bench, flat_document

BLUE, GREEN, RED = [255, 0, 0], [0, 255, 0], [0, 0, 255]


@pytest.fixture
def plain(bench: Bench) -> Bench:
    """A black picture with red masks and no outlines."""
    bench.open(flat_document(200, 150, 0))
    bench.canvas.set_mask_style(MaskKind.repaint, QColor(255, 0, 0), 1.0)
    bench.canvas.set_mask_style(MaskKind.avoid, QColor(255, 255, 255), 1.0)
    bench.canvas.scene.set_outlined(False)
    bench.leave()
    return bench


def add_mask(bench: Bench, spot: Bounds, settings: MaskSettings | None = None) -> MaskLayer:
    mask = MaskLayer(LayerProps("Mask"), settings=settings)
    mask.raster.writable(spot)[...] = 255
    bench.session.do(AddLayer("New mask", mask, len(bench.document.layers)))
    return mask


def change(bench: Bench, mask: MaskLayer, settings: MaskSettings) -> None:
    bench.session.do(SetMaskSettings("Change", mask.id, mask.settings, settings))


def same_when_drawn_anew(bench: Bench) -> np.ndarray:
    bench.rest()
    seen = bench.on_screen()
    bench.canvas.scene.clear()
    bench.canvas.update()
    bench.rest()
    # Where it is scaled, Qt interpolates a part differently by one level at its edge.
    np.testing.assert_allclose(bench.on_screen().astype(int), seen, rtol=0, atol=1)
    return bench.shown()


def test_each_mask_is_seen_in_its_own_colour(plain: Bench) -> None:
    add_mask(plain, Bounds(10, 10, 20, 20))
    second = add_mask(plain, Bounds(60, 10, 20, 20), MaskSettings("#00ff00"))
    shown = same_when_drawn_anew(plain)
    assert shown[20, 20].tolist() == RED
    assert shown[20, 70].tolist() == GREEN
    change(plain, second, MaskSettings("#0000ff"))
    assert same_when_drawn_anew(plain)[20, 70].tolist() == BLUE
    change(plain, second, MaskSettings())
    assert same_when_drawn_anew(plain)[20, 70].tolist() == RED
    plain.session.do(DeleteLayer("Delete", second, plain.document.layers.index(second.id)))
    assert same_when_drawn_anew(plain)[20, 70].tolist() == [0, 0, 0]


def test_the_tint_shows_what_edits_see(plain: Bench) -> None:
    mask = add_mask(plain, Bounds(60, 50, 40, 30))
    change(plain, mask, MaskSettings(grow=9, feather=14))
    shown = same_when_drawn_anew(plain)
    expected = MaskUnion([mask]).read(plain.document.frame)
    np.testing.assert_array_equal(shown[..., 2], expected)
    change(plain, mask, MaskSettings())
    assert same_when_drawn_anew(plain)[..., 2].sum(dtype=int) == 255 * 40 * 30


@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.31])
def test_strokes_on_a_grown_mask_repaint_as_far_as_they_are_seen(plain: Bench, zoom: float) -> None:
    plain.open(flat_document(600, 500, 0), zoom)
    mask = plain.document.mask(MaskKind.repaint)
    change(plain, mask, MaskSettings(grow=20, feather=30))
    plain.toolbox.set_brush(size=20, hardness=1.0)
    plain.stroke((260, 240), (300, 260))
    plain.leave()
    same_when_drawn_anew(plain)
    plain.session.undo()
    assert not same_when_drawn_anew(plain).any()


def test_tint_opacity_fades_the_tint_and_not_the_mask(plain: Bench) -> None:
    mask = add_mask(plain, Bounds(10, 10, 20, 20))
    mask.props = LayerProps("Mask", opacity=100)
    plain.canvas.scene.clear()
    assert plain.shown()[20, 20].tolist() == [0, 0, 100]
    assert MaskUnion([mask]).read(Bounds(20, 20, 1, 1))[0, 0] == 255


def test_without_a_tint_only_the_line_is_seen(plain: Bench) -> None:
    plain.canvas.set_mask_style(MaskKind.repaint, QColor(255, 0, 0), 0.5)
    add_mask(plain, Bounds(40, 40, 60, 50))
    plain.canvas.scene.set_tinted(False)
    plain.canvas.update()
    shown = same_when_drawn_anew(plain)
    assert not shown[50:80, 50:90].any()
    assert shown[60, 40, 2] > 200
    plain.canvas.scene.set_tinted(True)
    plain.canvas.update()
    shown = same_when_drawn_anew(plain)
    assert shown[60, 60, 2] > 100


def test_masks_of_one_colour_share_their_tiles_and_caches_are_bounded(plain: Bench) -> None:
    tints = plain.canvas.scene.masks
    usual = tints.values()
    for _ in range(3):
        add_mask(plain, Bounds(10, 10, 5, 5))
    assert tints.values() == usual
    many = [
        add_mask(plain, Bounds(4 + 14 * i, 60, 10, 10), MaskSettings(f"#00{9 + i:02x}ff"))
        for i in range(MOST_COLOURS + 3)
    ]
    assert len(tints.values()) == len(usual) + MOST_COLOURS
    assert sum(tiles._budget_bytes for tiles in tints.values()) <= MASK_BUDGET
    shown = same_when_drawn_anew(plain)
    for i, _ in enumerate(many):
        own = [255, 9 + i, 0] if i < MOST_COLOURS else RED
        assert shown[65, 9 + 14 * i].tolist() == own
    # The last ones get a colour when earlier ones give theirs up.
    for mask in many[:3]:
        change(plain, mask, MaskSettings())
    shown = same_when_drawn_anew(plain)
    assert shown[65, 9 + 14 * (len(many) - 1)].tolist() == [255, 9 + len(many) - 1, 0]
    plain.session.open(flat_document(50, 50, 0))
    assert tints.values() == usual


def test_a_second_colour_leaves_the_tiles_of_the_first(plain: Bench) -> None:
    add_mask(plain, Bounds(10, 10, 20, 20))
    plain.grab()
    made = plain.canvas.scene.masks[MaskKind.repaint].tiles_made
    add_mask(plain, Bounds(500, 500, 20, 20), MaskSettings("#00ff00"))
    plain.grab()
    assert plain.canvas.scene.masks[MaskKind.repaint].tiles_made == made
    assert plain.canvas.scene.masks[Tint(MaskKind.repaint, "#00ff00")].nbytes == 0


def test_a_dab_on_a_plain_mask_touches_no_more_than_it_did(plain: Bench) -> None:
    """Growth and softness of other masks cost nothing where they are not."""
    plain.open(flat_document(1000, 800, 0))
    far = add_mask(plain, Bounds(900, 700, 10, 10), MaskSettings(grow=20))
    plain.session.set_active_layer(plain.document.mask(MaskKind.repaint).id)
    plain.document.layers.remove(far.id)
    plain.document.layers.insert(1, far)
    plain.canvas.scene.clear()
    plain.toolbox.set_brush(size=20, hardness=1.0)
    plain.grab()
    masks = plain.canvas.scene.masks[MaskKind.repaint]
    before = masks.pixels_made
    plain.press(500, 400)
    plain.settle()
    assert masks.pixels_made - before < 70 * 70
    plain.release(500, 400)
