from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from inpaint_studio.core.edit import DiffusionOptions
from inpaint_studio.engine.backends.diffusion.loading import load_components
from inpaint_studio.errors import EditRefusedError, FileProblemError, JobCancelledError
from inpaint_studio.models.detect import identify
from tests.engine.tiny_models import FOLDERS, TinyModels

transformers = import_module("transformers")

UNET_FILE = "diffusion_pytorch_model.safetensors"


def load(
    path: Path, dtype: torch.dtype = torch.float32, on_load: Any = None, scheduler: str = ""
) -> Any:
    options = DiffusionOptions(path, scheduler=scheduler)
    return load_components(identify(path), options, dtype, on_load or (lambda *_: None))


def networks(pipe: Any) -> dict[str, torch.nn.Module]:
    return {n: part for n, part in pipe.components.items() if isinstance(part, torch.nn.Module)}


@pytest.fixture
def sd15(tiny: TinyModels, tmp_path: Path) -> Path:
    """A copy to damage."""
    return shutil.copytree(tiny("sd15"), tmp_path / "model")


@pytest.mark.parametrize("name", FOLDERS)
def test_every_family_loads_whole_onto_the_cpu(
    name: str,
    tiny: TinyModels,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    path = tiny(name)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    capfd.readouterr()
    pipe = load(path)
    for part in networks(pipe).values():
        assert not part.training
        for parameter in part.parameters():
            assert parameter.device.type == "cpu"
            assert parameter.dtype is torch.float32
    assert networks(pipe).keys() >= {"vae"}
    assert getattr(pipe, "safety_checker", None) is None
    assert capfd.readouterr() == ("", "")


def test_weights_are_those_of_the_folder(tiny: TinyModels) -> None:
    pipe = load(tiny("sdxl"))
    for name, part in networks(pipe).items():
        (file,) = (tiny("sdxl") / name).glob("*.safetensors")
        stored = load_file(file)
        loaded = part.state_dict()
        for key, value in stored.items():
            assert torch.equal(loaded[key], value), f"{name}: {key}"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_weights_have_the_type_asked_for(dtype: torch.dtype, tiny: TinyModels) -> None:
    pipe = load(tiny("sdxl"), dtype)
    assert {part.dtype for part in networks(pipe).values()} == {dtype}


def test_a_folder_with_half_precision_files_only(sd15: Path) -> None:
    for file in sd15.glob("*/*.safetensors"):
        halves = {key: value.half() for key, value in load_file(file).items()}
        file.unlink()
        save_file(halves, file.with_name(f"{file.stem}.fp16.safetensors"))
    pipe = load(sd15, torch.float16)
    assert pipe.unet.dtype is torch.float16


def test_progress_grows_with_the_bytes_and_names_the_parts(tiny: TinyModels) -> None:
    said: list[tuple[float, str]] = []
    load(tiny("sdxl"), on_load=lambda fraction, words: said.append((fraction, words)))
    fractions = [fraction for fraction, _ in said]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert said[-1] == (1.0, "Model loaded")
    assert (0.0, "Loading the image decoder") in said
    assert any(words == "Loading the second text encoder" for _, words in said)


def test_a_cancel_while_loading_passes_through(tiny: TinyModels) -> None:
    def cancel(fraction: float, _: str) -> None:
        if fraction > 0:
            raise JobCancelledError

    with pytest.raises(JobCancelledError):
        load(tiny("sdxl"), on_load=cancel)


def test_the_scheduler_asked_for_is_there_and_pndm_is_replaced(tiny: TinyModels) -> None:
    assert type(load(tiny("sd15")).scheduler).__name__ == "DPMSolverMultistepScheduler"
    pipe = load(tiny("sd15"), scheduler="euler a")
    assert type(pipe.scheduler).__name__ == "EulerAncestralDiscreteScheduler"


def test_a_scheduler_of_another_kind_is_refused_before_anything_is_read(tiny: TinyModels) -> None:
    said: list[str] = []
    with pytest.raises(EditRefusedError, match="euler a"):
        load(tiny("flux"), scheduler="euler a", on_load=lambda _, words: said.append(words))
    assert not said


def remove_unet(folder: Path) -> None:
    shutil.rmtree(folder / "unet")


def remove_tokenizer(folder: Path) -> None:
    shutil.rmtree(folder / "tokenizer")


def truncate_unet(folder: Path) -> None:
    file = folder / "unet" / UNET_FILE
    file.write_bytes(file.read_bytes()[:5000])


def drop_a_weight(folder: Path) -> None:
    file = folder / "unet" / UNET_FILE
    weights = load_file(file)
    del weights["conv_in.weight"]
    save_file(weights, file)


def drop_a_text_weight(folder: Path) -> None:
    (file,) = (folder / "text_encoder").glob("*.safetensors")
    weights = load_file(file)
    del weights[max(weights)]
    save_file(weights, file)


def change_a_shape(folder: Path) -> None:
    file = folder / "unet" / UNET_FILE
    save_file(load_file(file) | {"conv_in.weight": torch.zeros(8, 5, 3, 3)}, file)


def change_a_text_shape(folder: Path) -> None:
    (file,) = (folder / "text_encoder").glob("*.safetensors")
    weights = load_file(file)
    save_file(weights | {max(weights): torch.zeros(7)}, file)


def only_pickles(folder: Path) -> None:
    for file in folder.glob("vae/*.safetensors"):
        file.rename(file.with_suffix(".bin"))


def foreign_class(folder: Path) -> None:
    index = folder / "model_index.json"
    parts = json.loads(index.read_text())
    index.write_text(json.dumps(parts | {"text_encoder": ["os", "system"]}))


def damaged_index(folder: Path) -> None:
    (folder / "model_index.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (remove_unet, r"unet/ is missing\. The download isn't finished"),
        (remove_tokenizer, r"tokenizer/ is missing\. The download isn't finished"),
        (truncate_unet, r"unet/diffusion_pytorch_model\.safetensors: "),
        (drop_a_weight, r"^diffusion_pytorch_model\.safetensors: lacks some of its weights"),
        (drop_a_text_weight, r"^model\.safetensors: lacks some of its weights"),
        (change_a_shape, r"has weights of another shape"),
        (change_a_text_shape, r"has weights of another shape"),
        (only_pickles, "unsafe format"),
        (foreign_class, "isn't known here"),
        (damaged_index, "model_index.json is damaged"),
    ],
)
def test_a_damaged_folder_is_told_in_one_sentence(
    damage: Callable[[Path], None], said: str, sd15: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    damage(sd15)
    with pytest.raises(FileProblemError, match=said):
        load(sd15)
    assert capfd.readouterr() == ("", "")


def test_a_half_finished_folder_that_was_whole_when_looked_at(sd15: Path) -> None:
    info = identify(sd15)
    truncate_unet(sd15)
    with pytest.raises(FileProblemError, match=r"can't be read to its end\. Download it again"):
        load_components(info, DiffusionOptions(sd15), torch.float32, lambda *_: None)


def test_a_lora_chosen_as_a_model(tiny: TinyModels) -> None:
    with pytest.raises(FileProblemError, match="not a model"):
        load(tiny("sd15_lora.safetensors"))


def test_a_text_file_with_the_name_of_a_model(tmp_path: Path) -> None:
    path = tmp_path / "notes.safetensors"
    path.write_text("eggs, milk, a better graphics card")
    with pytest.raises(FileProblemError, match="not a model file"):
        load(path)


def test_qwen_reads_pictures_and_text_without_torchvision(tiny: TinyModels) -> None:
    processor = load(tiny("qwen_image_edit")).processor
    mark = "<|vision_start|><|image_pad|><|vision_end|>"
    picture = Image.new("RGB", (84, 56), "red")
    features = processor(text=[f"a {mark}{mark}"], images=[picture, picture])
    token = processor.tokenizer.convert_tokens_to_ids("<|image_pad|>")
    # 84 x 56 px are 6 x 4 patches of 14 px, merged 2 x 2.
    assert features["image_grid_thw"].tolist() == [[1, 4, 6], [1, 4, 6]]
    assert int((features["input_ids"] == token).sum()) == 2 * 6
    assert torch.equal(features["mm_token_type_ids"], (features["input_ids"] == token).long())
    assert features["attention_mask"].shape == features["input_ids"].shape


def test_qwen_reads_text_alone_and_no_video(tiny: TinyModels) -> None:
    processor = load(tiny("qwen_image_edit_plus")).processor
    assert "pixel_values" not in processor(text="a cat")
    with pytest.raises(ValueError, match="Only pictures"):
        processor(text="a cat", videos=[[]])
