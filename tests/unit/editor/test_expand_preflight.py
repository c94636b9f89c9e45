"""Whether there is something to expand, found out without holding up the window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import DiffusionOptions, SeamReport
from inpaint_studio.core.frame_commands import SetFrame
from inpaint_studio.core.layer import ResultLayer
from inpaint_studio.editor import expand_preflight
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.expand_controller import ExpandController
from inpaint_studio.editor.expand_preflight import ExpandPreflight
from inpaint_studio.editor.model_library import ModelLibrary
from inpaint_studio.editor.preflight import Pace
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.models.families import Family
from inpaint_studio.settings import MEND_JOINS, Settings
from tests.documents import noise_document
from tests.fake_engine import FakeEngine, constant_result
from tests.model_infos import model

PICTURE, FRAME = Bounds(0, 0, 96, 64), Bounds(-40, 0, 136, 64)


class Desk:
    """A session with everything that an expansion needs, but the engine."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.program = Settings()
        self.session = EditorSession(1 << 30)
        self.engine = FakeEngine()
        self.settings = EditSettings()
        self.expansions = ExpandController(self.session, self.engine)
        library = ModelLibrary(self.program, self.settings)
        self.preflight = ExpandPreflight(
            self.session, self.settings, self.expansions, library, Pace(), self.program
        )
        self.said: list[str] = []
        self.preflight.refused.connect(self.said.append)
        self.session.open(noise_document())

    @property
    def document(self) -> Document:
        assert self.session.document is not None
        return self.session.document

    def grow(self) -> None:
        self.session.do(SetFrame(self.document.frame, FRAME))

    def finish_with_seam(self, ratio: float) -> None:
        job = len(self.engine.requests)
        result = constant_result(self.engine.requests[job])
        reports = (SeamReport(0, ratio, 0, 1),) * result.num_candidates
        pieces = tuple(replace(piece, reports=reports) for piece in result.pieces)
        self.engine.job_finished.emit(job, replace(result, pieces=pieces))

    def results(self) -> list[ResultLayer]:
        return [layer for layer in self.document.layers if isinstance(layer, ResultLayer)]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_a_small_picture_is_looked_at_on_the_spot(desk: Desk) -> None:
    desk.grow()
    assert desk.preflight.plan is None
    desk.preflight.start()
    assert desk.engine.requests
    assert desk.preflight.plan is not None or desk.expansions.is_busy


def test_a_large_one_on_a_thread_and_the_wish_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expand_preflight, "LOOKED_AT_ONCE", 0)
    desk.grow()
    desk.preflight.start()
    assert not desk.engine.requests
    desk.qtbot.waitUntil(lambda: bool(desk.engine.requests))
    assert len(desk.engine.requests) == 1


def test_another_document_forgets_the_wish(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expand_preflight, "LOOKED_AT_ONCE", 0)
    desk.grow()
    desk.preflight.start()
    desk.session.open(noise_document(seed=4))
    desk.grow()
    desk.qtbot.waitUntil(lambda: desk.preflight.plan is not None)
    assert not desk.engine.requests


def test_only_what_changed_is_looked_at_again(desk: Desk) -> None:
    desk.session.open(noise_document(2000, 1500))
    desk.qtbot.waitUntil(lambda: desk.preflight._prospect is not None)
    desk.session.do(SetFrame(desk.document.frame, Bounds(0, 0, 2300, 1500)))
    desk.qtbot.waitUntil(lambda: desk.preflight.plan is not None)
    prospect = desk.preflight._prospect
    assert prospect is not None
    assert prospect.area.seen_pixels < 2300 * 1500 / 2
    assert prospect.area.area == 300 * 1500


def test_nothing_to_fill_says_so(desk: Desk) -> None:
    desk.preflight.start()
    assert "Nothing is transparent" in desk.said[-1]
    desk.session.do(SetFrame(PICTURE, Bounds(500, 0, 50, 50)))
    desk.preflight.start()
    assert "no picture" in desk.said[-1]


def test_steps_and_seconds_are_told(desk: Desk) -> None:
    desk.grow()
    desk.preflight.when_known(lambda: None)
    assert desk.preflight.label == "1 step · about 1 s"


@pytest.mark.parametrize("mends", [True, False])
def test_joins_are_mended_as_the_settings_say(desk: Desk, mends: bool) -> None:
    desk.program.set(MEND_JOINS, mends)
    desk.settings.choose_model(model())
    desk.settings.change(candidates=1)
    desk.grow()
    desk.preflight.start()
    desk.finish_with_seam(1.6)
    assert len(desk.engine.requests) == 1 + mends
    if mends:
        desk.finish_with_seam(1.0)
    assert len(desk.results()) == 1 + mends
    desk.preflight.redo(desk.results()[0])
    desk.finish_with_seam(1.6)
    assert len(desk.engine.requests) == 2 + 2 * mends


def test_a_model_without_strength_mends_nothing(desk: Desk) -> None:
    desk.settings.choose_model(model(Family.flux_fill))
    desk.settings.change(candidates=1)
    desk.grow()
    desk.preflight.start()
    assert isinstance(desk.engine.requests[1].params.options, DiffusionOptions)
    desk.finish_with_seam(1.6)
    assert len(desk.engine.requests) == 1
