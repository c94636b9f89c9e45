from __future__ import annotations

import shutil
from pathlib import Path

from inpaint_studio.models.detect import identify
from inpaint_studio.models.fingerprint import fingerprint
from tests.model_files import SD15, write_folder, write_safetensors


def test_trainings_of_one_architecture_differ(tmp_path: Path) -> None:
    first = write_safetensors(tmp_path / "a.safetensors", SD15)
    second = write_safetensors(tmp_path / "b.safetensors", SD15)
    assert fingerprint(identify(first)) == fingerprint(identify(second))
    with second.open("r+b") as stream:
        stream.seek(second.stat().st_size // 2 + 10)
        stream.write(b"other weights")
    assert fingerprint(identify(first)) != fingerprint(identify(second))


def test_a_moved_folder_stays_the_same(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m")
    before = fingerprint(identify(folder))
    moved = shutil.copytree(folder, tmp_path / "elsewhere")
    assert fingerprint(identify(moved)) == before
    (moved / "vae" / "config.json").write_text("{}")
    assert fingerprint(identify(moved)) != before
