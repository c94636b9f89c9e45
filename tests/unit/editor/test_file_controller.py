"""Opening and exporting through real files."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from inpaint_studio.core.commands import AddLayer
from inpaint_studio.editor import background, file_controller
from inpaint_studio.editor.background import stop_all
from inpaint_studio.editor.file_controller import SAMPLE, FileController
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.files.export import ExportFormat, ExportOptions
from inpaint_studio.files.image_io import OpenedImage, open_image
from inpaint_studio.files.recent import RecentFiles
from inpaint_studio.geometry import Bounds
from inpaint_studio.resources import resource
from inpaint_studio.settings import EXPORT_FOLDER, EXPORT_FORMAT, Settings
from tests.documents import result_layer


class Desk:
    """A controller with what is around it, and everything it said."""

    def __init__(self, folder: Path) -> None:
        self.session = EditorSession(1 << 20)
        self.recent = RecentFiles(folder / "state")
        self.settings = Settings()
        self.files = FileController(self.session, self.recent, self.settings)
        self.said: list[tuple[Any, ...]] = []
        files = self.files
        files.busy_changed.connect(lambda busy: self.said.append(("busy", busy)))
        files.opened.connect(lambda: self.said.append(("opened",)))
        files.noticed.connect(lambda text: self.said.append(("noticed", text)))
        files.failed.connect(lambda text, _details: self.said.append(("failed", text)))
        files.exported.connect(lambda path: self.said.append(("exported", path)))

    def add_layer(self) -> None:
        layer = result_layer(Bounds(2, 2, 8, 8))
        document = self.session.document
        assert document is not None
        self.session.do(AddLayer("Remove", layer, len(document.layers)))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    yield Desk(tmp_path)
    stop_all()
    qtbot.waitUntil(lambda: not background._running)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    image = Image.fromarray(rng.integers(0, 256, (24, 32, 3), np.uint8))
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    path = tmp_path / "photo.png"
    image.save(path, exif=exif)
    return path


def open_and_wait(desk: Desk, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(desk.files.opened):
        desk.files.open_path(path)


def export_and_wait(desk: Desk, qtbot: QtBot, path: Path, **options: Any) -> None:
    with qtbot.waitSignal(desk.files.exported):
        desk.files.export(path, ExportOptions(**options))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Opening and exporting wait for this event."""
    event = threading.Event()

    def hold(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            event.wait(10)
            return function(*args, **kwargs)

        return wrapped

    for name in ("open_image", "export_image"):
        monkeypatch.setattr(file_controller, name, hold(getattr(file_controller, name)))
    return event


def test_open_shows_the_picture(desk: Desk, qtbot: QtBot, photo: Path) -> None:
    open_and_wait(desk, qtbot, photo)
    document = desk.session.document
    assert document is not None
    assert document.frame == Bounds(0, 0, 32, 24)
    assert (document.origin.name, document.origin.path) == ("photo.png", photo)
    assert document.origin.exif
    assert [entry.path for entry in desk.recent.entries()] == [photo]
    assert desk.said == [("busy", True), ("busy", False), ("opened",)]
    assert not desk.session.is_modified


def test_notices_are_passed_on(
    desk: Desk, qtbot: QtBot, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_notice(path: Path, **kwargs: Any) -> OpenedImage:
        image = open_image(path, **kwargs)
        return OpenedImage(image.pixels, image.format, notices=("It was odd.",))

    monkeypatch.setattr(file_controller, "open_image", with_notice)
    open_and_wait(desk, qtbot, photo)
    assert ("noticed", "It was odd.") in desk.said


def test_a_bad_file_is_named_and_the_open_picture_stays(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    open_and_wait(desk, qtbot, photo)
    before = desk.session.document
    (tmp_path / "bad.png").write_bytes(b"nothing of the kind")
    with qtbot.waitSignal(desk.files.failed) as failed:
        desk.files.open_path(tmp_path / "bad.png")
    assert failed.args is not None
    assert failed.args[0].startswith("bad.png: ")
    assert desk.session.document is before
    assert not desk.files.is_busy
    assert [entry.path for entry in desk.recent.entries()] == [photo]


def test_a_second_open_takes_the_place_of_the_first(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path, held: threading.Event
) -> None:
    other = tmp_path / "other.png"
    Image.new("RGB", (5, 5)).save(other)
    desk.files.open_path(photo)
    desk.files.open_path(other)
    with qtbot.waitSignal(desk.files.opened):
        held.set()
    qtbot.waitUntil(lambda: not background._running)
    document = desk.session.document
    assert document is not None
    assert document.origin.name == "other.png"
    assert desk.said == [("busy", True), ("busy", False), ("opened",)]


def test_cancel_leaves_things_as_they_are(
    desk: Desk, qtbot: QtBot, photo: Path, held: threading.Event
) -> None:
    desk.files.open_path(photo)
    desk.files.cancel()
    held.set()
    qtbot.waitUntil(lambda: not desk.files.is_busy)
    assert desk.session.document is None
    assert desk.said == [("busy", True), ("busy", False)]


def test_pasted_pixels_keep_their_colours(desk: Desk, qtbot: QtBot) -> None:
    rgba = np.full((4, 6, 4), (10, 20, 30, 255), np.uint8)
    with qtbot.waitSignal(desk.files.opened):
        desk.files.open_pixels(rgba, "Pasted picture")
    document = desk.session.document
    assert document is not None
    assert (document.origin.name, document.origin.path) == ("Pasted picture", None)
    [picture] = document.layers.painted
    assert np.array_equal(picture.rasters[0].pixels[0, 0], (30, 20, 10, 255))
    assert desk.recent.entries() == ()


def test_the_sample_is_not_a_file_of_the_persons(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.settings.set(EXPORT_FOLDER, str(tmp_path))
    with qtbot.waitSignal(desk.files.opened):
        desk.files.open_sample()
    assert desk.recent.entries() == ()
    assert desk.files.suggested_export_path() == tmp_path / "dandelions-edited.png"
    assert not desk.files.is_original(resource(*SAMPLE))


def test_the_samples_mask_fits_the_sample() -> None:
    with Image.open(resource(*SAMPLE)) as sample:
        size = sample.size
    with Image.open(resource("samples", "dandelions-mask.png")) as mask:
        assert mask.size == size
        assert mask.convert("L").getbbox() == (1188, 590, 1433, 900)


def test_export_writes_what_is_shown_with_its_metadata(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    open_and_wait(desk, qtbot, photo)
    desk.add_layer()
    target = tmp_path / "out.png"
    export_and_wait(desk, qtbot, target)
    with Image.open(target) as out, Image.open(photo) as original:
        assert out.getexif()[0x010F] == "Maker"
        changed = np.any(np.asarray(out) != np.asarray(original), axis=-1)
    assert changed[2:10, 2:10].any()
    changed[2:10, 2:10] = False
    assert not changed.any()
    assert not desk.session.is_modified
    assert desk.said[-2:] == [("busy", False), ("exported", target)]


def test_metadata_can_be_left_out(desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path) -> None:
    open_and_wait(desk, qtbot, photo)
    export_and_wait(desk, qtbot, tmp_path / "out.png", keep_metadata=False)
    with Image.open(tmp_path / "out.png") as out:
        assert 0x010F not in out.getexif()


def test_an_edit_during_the_export_is_not_saved_by_it(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path, held: threading.Event
) -> None:
    held.set()
    open_and_wait(desk, qtbot, photo)
    desk.add_layer()
    held.clear()
    desk.files.export(tmp_path / "out.png", ExportOptions())
    assert desk.files.is_exporting
    desk.session.undo()
    desk.add_layer()
    with qtbot.waitSignal(desk.files.exported):
        held.set()
    assert desk.session.is_modified


def test_an_export_survives_another_picture_being_opened(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path, held: threading.Event
) -> None:
    held.set()
    open_and_wait(desk, qtbot, photo)
    held.clear()
    desk.files.export(tmp_path / "out.png", ExportOptions())
    desk.session.open(None)
    held.set()
    assert desk.files.wait_for_exports(10)
    qtbot.waitUntil(lambda: not desk.files.is_busy)
    with Image.open(tmp_path / "out.png") as out:
        assert out.size == (32, 24)


def test_a_cancelled_export_leaves_the_old_file(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path, held: threading.Event
) -> None:
    held.set()
    open_and_wait(desk, qtbot, photo)
    desk.add_layer()
    held.clear()
    target = tmp_path / "out.png"
    target.write_bytes(b"old")
    desk.files.export(target, ExportOptions())
    desk.files.cancel()
    held.set()
    qtbot.waitUntil(lambda: not desk.files.is_busy)
    assert target.read_bytes() == b"old"
    assert desk.session.is_modified
    assert not any(said[0] in ("exported", "failed") for said in desk.said)


def test_a_failed_export_says_why(desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path) -> None:
    open_and_wait(desk, qtbot, photo)
    desk.add_layer()
    with qtbot.waitSignal(desk.files.failed) as failed:
        desk.files.export(tmp_path / "nowhere" / "out.png", ExportOptions())
    assert failed.args is not None
    assert failed.args[0].startswith("out.png: the folder")
    assert desk.session.is_modified


def test_suggested_names_are_free_and_never_the_original(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    open_and_wait(desk, qtbot, photo)
    assert desk.files.suggested_export_path() == tmp_path / "photo-edited.png"
    (tmp_path / "photo-edited.png").touch()
    assert desk.files.suggested_export_path() == tmp_path / "photo-edited-2.png"


def test_the_next_export_goes_to_the_same_file(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    open_and_wait(desk, qtbot, photo)
    export_and_wait(desk, qtbot, tmp_path / "mine.webp", format=ExportFormat.webp)
    assert desk.files.suggested_export_path() == tmp_path / "mine.webp"
    open_and_wait(desk, qtbot, photo)
    assert desk.files.suggested_export_path() == tmp_path / "photo-edited.png"


@pytest.mark.parametrize(
    ("name", "format_name", "ending"),
    [("a.JPEG", "JPEG", ".JPEG"), ("a.png", "JPEG", ".jpg"), ("a.bmp", "BMP", ".webp")],
)
def test_the_ending_follows_the_format(
    desk: Desk, qtbot: QtBot, tmp_path: Path, name: str, format_name: str, ending: str
) -> None:
    desk.settings.set(EXPORT_FORMAT, "webp")
    Image.new("RGB", (4, 4)).save(tmp_path / name, format_name)
    open_and_wait(desk, qtbot, tmp_path / name)
    assert desk.files.suggested_export_path() == tmp_path / f"a-edited{ending}"


def test_the_original_is_known_by_any_name(
    desk: Desk, qtbot: QtBot, photo: Path, tmp_path: Path
) -> None:
    open_and_wait(desk, qtbot, photo)
    link = tmp_path / "link.png"
    os.link(photo, link)
    assert desk.files.is_original(photo)
    assert desk.files.is_original(link)
    assert not desk.files.is_original(tmp_path / "other.png")
    photo.unlink()
    link.unlink()
    assert desk.files.is_original(photo)


def test_replacing_the_original_is_not_suggested_again(
    desk: Desk, qtbot: QtBot, photo: Path
) -> None:
    open_and_wait(desk, qtbot, photo)
    export_and_wait(desk, qtbot, photo)
    assert desk.files.suggested_export_path() != photo


@pytest.mark.parametrize(("alpha", "expected"), [(255, False), (254, True)])
def test_the_subject_knows_of_transparency(
    desk: Desk, qtbot: QtBot, alpha: int, expected: bool
) -> None:
    rgba = np.full((4, 6, 4), 255, np.uint8)
    rgba[2, 3, 3] = alpha
    with qtbot.waitSignal(desk.files.opened):
        desk.files.open_pixels(rgba, "Pasted picture")
    subject = desk.files.export_subject()
    assert subject is not None
    assert (subject.size, subject.may_be_transparent) == ((6, 4), expected)
    assert not subject.has_camera_data


def test_nothing_open_nothing_to_export(desk: Desk, tmp_path: Path) -> None:
    desk.files.export(tmp_path / "out.png", ExportOptions())
    assert not desk.files.is_busy
    assert desk.files.export_subject() is None
