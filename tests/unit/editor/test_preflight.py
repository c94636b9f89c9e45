from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import PaintMask
from inpaint_studio.core.edit import EditResult, Intent, PieceSize, RunReport, StageSeconds
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.mask_patch import MaskPatch
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.preflight import Flight, Preflight
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds, Extent
from inpaint_studio.imaging.crop import CropPlan
from inpaint_studio.models.families import Family
from inpaint_studio.models.presets import PresetName
from tests.documents import MODEL, noise_document
from tests.model_infos import model

GIB = 2**30


class Desk:
    def __init__(self) -> None:
        self.session = EditorSession(1 << 30)
        self.settings = EditSettings()
        self.preflight = Preflight(self.session, self.settings)
        self.session.open(noise_document(1600, 900))
        self.changes = 0
        self.preflight.changed.connect(self._count)

    def _count(self) -> None:
        self.changes += 1

    def paint(self, bounds: Bounds) -> None:
        assert self.session.document is not None
        mask = self.session.document.mask(MaskKind.repaint)
        patch = MaskPatch.replacing(mask.raster, bounds, mask.raster.read(bounds) | 255)
        self.session.do(PaintMask("Paint mask", mask.id, patch))

    def flight(self) -> Flight:
        assert self.preflight.flight is not None
        return self.preflight.flight


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


def test_there_is_none_for_patch_fill_or_without_a_mask(desk: Desk) -> None:
    desk.paint(Bounds(100, 100, 50, 50))
    assert desk.preflight.flight is None
    desk.session.undo()
    desk.settings.choose_model(model())
    assert desk.preflight.flight is None
    assert desk.changes == 0


def test_it_holds_the_mask_and_obeys_the_family(desk: Desk) -> None:
    desk.settings.choose_model(model(Family.sdxl))
    desk.paint(Bounds(100, 100, 200, 300))
    flight = desk.flight()
    assert flight.bounds.contains(Bounds(100, 100, 200, 300))
    assert flight.plan.size.width % 8 == 0
    assert flight.plan.size.area <= 1152**2
    assert flight.nbytes > 7 * GIB
    assert flight.crops == 1
    desk.session.undo()
    assert desk.preflight.flight is None


def test_a_draft_is_planned_smaller(desk: Desk) -> None:
    desk.settings.choose_model(model(Family.sdxl))
    desk.paint(Bounds(100, 100, 800, 700))
    usual = desk.flight().plan.size.area
    desk.settings.choose_preset(PresetName.draft)
    assert desk.flight().plan.size.area < 0.7 * usual


def test_places_far_apart_are_counted(desk: Desk) -> None:
    desk.settings.choose_model(model(Family.sd15))
    desk.paint(Bounds(20, 20, 40, 40))
    desk.paint(Bounds(1500, 800, 60, 60))
    assert desk.flight().crops == 2
    assert "1 of 2 places" in desk.flight().label


def test_typing_a_prompt_plans_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.settings.choose_model(model())
    desk.paint(Bounds(100, 100, 50, 50))
    monkeypatch.setattr(desk.preflight, "refresh", pytest.fail)
    desk.settings.change(prompt="a chair")


def test_seconds_are_told_once_the_model_was_measured(desk: Desk) -> None:
    desk.settings.choose_model(model())
    desk.paint(Bounds(100, 100, 50, 50))
    assert desk.flight().seconds == 0
    params = replace(desk.settings.next_params(), intent=Intent.fill)
    run = RunReport((PieceSize(1000, 1000),), 10, seconds=StageSeconds(generate=20.0))
    desk.preflight.pace.learn(EditResult(params, MODEL, (), 25.0, run))
    desk.preflight.refresh()
    size = desk.flight().plan.size
    # 20 s were 10 steps of 2 candidates at 1 MP.
    assert desk.flight().seconds == pytest.approx(1.0 * 30 * 2 * size.area / 1e6)


@pytest.mark.parametrize(
    ("seconds", "crops", "label"),
    [
        (0.0, 1, "100 × 200 → 512 × 1024 · 6.5 GB"),
        (8.6, 1, "100 × 200 → 512 × 1024 · 6.5 GB · about 9 s"),
        (63.0, 3, "100 × 200 → 512 × 1024 · 1 of 3 places · 6.5 GB · about 65 s"),
    ],
)
def test_the_label(seconds: float, crops: int, label: str) -> None:
    plan = CropPlan(Bounds(0, 0, 100, 200), Extent(512, 1024), Extent(512, 1024))
    assert Flight(plan, crops, round(6.5 * GIB), seconds).label == label


def test_the_label_says_a_size_once() -> None:
    plan = CropPlan(Bounds(0, 0, 512, 512), Extent(512, 512), Extent(512, 512))
    assert Flight(plan, 1, 2 * GIB, 0).label == "512 × 512 · 2.0 GB"
