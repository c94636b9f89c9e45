from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inpaint_studio.errors import FileProblemError
from inpaint_studio.files.mask_io import read_mask, write_mask

VALUES = np.random.default_rng(4).integers(0, 256, (50, 70), dtype=np.uint8)


def test_a_mask_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    write_mask(path, VALUES)
    with Image.open(path) as image:
        assert (image.mode, image.size) == ("L", (70, 50))
    np.testing.assert_array_equal(read_mask(path), VALUES)


def test_transparency_is_read_before_brightness(tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    black = np.zeros((50, 70), np.uint8)
    Image.fromarray(np.stack([black, black, black, VALUES], -1)).save(path)
    np.testing.assert_array_equal(read_mask(path), VALUES)


def test_a_file_is_replaced_only_when_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    write_mask(path, VALUES)
    write_mask(path, VALUES[:10])
    np.testing.assert_array_equal(read_mask(path), VALUES[:10])
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["mask.png"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("mask.jpg", "should end in .png"), ("no-such-folder/mask.png", "doesn't exist")],
)
def test_what_can_not_be_written_is_said(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(FileProblemError, match=words) as caught:
        write_mask(tmp_path / name, VALUES)
    assert str(caught.value).startswith(Path(name).name)


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no picture")
    with pytest.raises(FileProblemError, match=r"^notes\.txt: "):
        read_mask(path)
