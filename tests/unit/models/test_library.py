from __future__ import annotations

import os
from pathlib import Path

import pytest

from inpaint_studio.models import library
from inpaint_studio.models.library import find_models, own_folder
from inpaint_studio.models.model_info import ModelInfo
from tests.model_files import FLUX, SD15, kohya_lora, write_folder, write_safetensors


def names(found: list[ModelInfo]) -> list[str]:
    return [info.path.name for info in found]


def test_the_own_folder_is_always_looked_at() -> None:
    write_safetensors(own_folder() / "mine.safetensors", SD15)
    assert names(find_models([])) == ["mine.safetensors"]


def test_models_of_comfyui_are_found_where_they_lie(tmp_path: Path) -> None:
    models = tmp_path / "ComfyUI" / "models"
    write_safetensors(models / "checkpoints" / "b.safetensors", SD15)
    write_safetensors(models / "checkpoints" / "sub" / "a.safetensors", SD15)
    write_safetensors(models / "loras" / "l.safetensors", kohya_lora(768))
    write_safetensors(models / "unet" / "f.safetensors", FLUX)
    write_safetensors(tmp_path / "ComfyUI" / "else" / "x.safetensors", SD15)
    found = find_models([tmp_path / "ComfyUI"])
    assert names(found) == ["b.safetensors", "a.safetensors", "l.safetensors", "f.safetensors"]


def test_models_of_a1111_are_found_where_they_lie(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "models/Stable-diffusion/m.safetensors", SD15)
    (tmp_path / "models/Stable-diffusion/old.ckpt").write_bytes(b"pickle")
    write_safetensors(tmp_path / "embeddings/e.safetensors", {"emb_params": (1, 768)})
    found = find_models([tmp_path])
    assert names(found) == ["m.safetensors", "old.ckpt", "e.safetensors"]
    assert [info.is_usable for info in found] == [True, False, True]


def test_a_diffusers_folder_is_one_model(tmp_path: Path) -> None:
    write_folder(tmp_path / "some" / "deep" / "model")
    assert names(find_models([tmp_path])) == ["model"]


def test_the_hugging_face_cache(tmp_path: Path) -> None:
    snapshot = write_folder(tmp_path / "models--a--b" / "snapshots" / "abc")
    assert [info.path for info in find_models([tmp_path])] == [snapshot]


def test_each_model_is_listed_once(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "m.safetensors", SD15)
    assert names(find_models([path, tmp_path, tmp_path])) == ["m.safetensors"]


def test_loops_and_lost_places_are_passed_over(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "inner" / "m.safetensors", SD15)
    (tmp_path / "inner" / "back").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "lost.safetensors").symlink_to(tmp_path / "gone")
    assert names(find_models([tmp_path, tmp_path / "gone"])) == ["m.safetensors"]


def test_what_is_too_deep_hidden_or_a_shard_is_not_looked_at(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "/".join("abcdefgh") / "m.safetensors", SD15)
    write_safetensors(tmp_path / ".hidden" / "m.safetensors", SD15)
    write_safetensors(tmp_path / "model-00001-of-00002.safetensors", SD15)
    assert find_models([tmp_path]) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_passed_over(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    assert find_models([tmp_path]) == []
    closed.chmod(0o700)


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noting(path: Path) -> ModelInfo:
        read.append(path.name)
        return ModelInfo(path)

    monkeypatch.setattr(library, "identify", noting)
    write_safetensors(tmp_path / "a.safetensors", SD15)
    changing = write_safetensors(tmp_path / "b.safetensors", SD15)
    find_models([tmp_path])
    find_models([tmp_path])
    assert read == ["a.safetensors", "b.safetensors"]
    write_safetensors(changing, FLUX)
    find_models([tmp_path])
    assert read[2:] == ["b.safetensors"]


def test_looking_can_be_stopped(tmp_path: Path) -> None:
    for name in "abc":
        write_safetensors(tmp_path / f"{name}.safetensors", SD15)
    answers = iter([False, True])
    assert names(find_models([tmp_path], lambda: next(answers))) == ["a.safetensors"]
