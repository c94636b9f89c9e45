from __future__ import annotations

from pathlib import Path

import pytest

from inpaint_studio.editor.model_reasons import why_not_model
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelFormat, ModelInfo, ModelKind
from tests.model_files import SD15, write_folder, write_json, write_safetensors

WEIGHTS = "diffusion_pytorch_model"


@pytest.mark.parametrize(
    ("class_name", "family"),
    [
        ("StableDiffusionPipeline", Family.sd15),
        ("StableDiffusionXLInpaintPipeline", Family.sdxl),
        ("StableDiffusion3Pipeline", Family.sd3),
        ("FluxFillPipeline", Family.flux_fill),
        ("FluxPipeline", Family.flux),
        ("FluxKontextPipeline", Family.flux_kontext),
        ("Flux2KleinPipeline", Family.flux2_klein),
        ("QwenImagePipeline", Family.qwen_image),
        ("QwenImageEditPlusPipeline", Family.qwen_image_edit),
        ("ZImagePipeline", Family.z_image),
        ("ChromaPipeline", Family.chroma),
    ],
)
def test_the_class_tells_the_family(tmp_path: Path, class_name: str, family: Family) -> None:
    info = identify(write_folder(tmp_path / "m", class_name))
    assert (info.problem, info.kind, info.family) == ("", ModelKind.checkpoint, family)
    assert (info.format, info.dtype) == (ModelFormat.folder, "F16")
    assert info.nbytes == sum(f.stat().st_size for f in tmp_path.glob("m/*/*.safetensors"))


def test_nine_channels_are_an_inpainting_model(tmp_path: Path) -> None:
    assert identify(write_folder(tmp_path / "m", config={"in_channels": 9})).is_inpainting


def test_stable_diffusion_2_reads_wider_text(tmp_path: Path) -> None:
    info = identify(write_folder(tmp_path / "m", config={"cross_attention_dim": 1024}))
    assert info.family is Family.sd2


@pytest.mark.parametrize(
    ("class_name", "words"),
    [
        ("WanPipeline", "makes video"),
        ("StableVideoDiffusionPipeline", "makes video"),
        ("StableAudioPipeline", "makes sound"),
        ("Flux2Pipeline", "FLUX.2 [dev]"),
        ("FluxControlPipeline", "depth or edge"),
        ("KolorsPipeline", "This is a Kolors model"),
        ("", "can't be used here"),
    ],
)
def test_other_tasks_are_said(tmp_path: Path, class_name: str, words: str) -> None:
    assert words in identify(write_folder(tmp_path / "m", class_name)).problem


def test_the_scheduler_gives_few_step_models_away(tmp_path: Path) -> None:
    lcm = write_folder(tmp_path / "lcm-like")
    write_json(lcm / "scheduler/scheduler_config.json", {"_class_name": "LCMScheduler"})
    z_image = write_folder(tmp_path / "z", "ZImagePipeline", "transformer")
    write_json(z_image / "scheduler/scheduler_config.json", {"shift": 3.0})
    schnell = write_folder(
        tmp_path / "f", "FluxPipeline", "transformer", {"guidance_embeds": False}
    )
    klein = write_folder(tmp_path / "k", "Flux2KleinPipeline", "transformer", is_distilled=False)
    speeds = [identify(folder).speed for folder in (lcm, z_image, schnell, klein)]
    assert speeds == ["lcm", "z-image-turbo", "schnell", "klein-base"]


def test_missing_weights_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m")
    (folder / "unet" / f"{WEIGHTS}.safetensors").unlink()
    assert identify(folder).problem == (
        "unet/ has no weights (.safetensors). The download isn't finished."
    )


def test_truncated_weights_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m")
    with (folder / "vae" / f"{WEIGHTS}.safetensors").open("r+b") as stream:
        stream.truncate(100)
    problem = identify(folder).problem
    assert problem.startswith(f"vae/{WEIGHTS}.safetensors: Only 100 bytes of ")


def test_a_started_download_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m")
    weights = folder / "unet" / f"{WEIGHTS}.safetensors"
    weights.rename(weights.with_name(weights.name + ".incomplete"))
    assert identify(folder).problem == (
        f"unet/{WEIGHTS}.safetensors.incomplete: this download isn't finished."
    )


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m", text_encoder_2=["transformers", "T5EncoderModel"])
    assert identify(folder).problem.startswith("text_encoder_2/ is missing")
    (folder / "text_encoder_2").mkdir()
    assert identify(folder).problem.startswith("text_encoder_2/config.json is missing")


def test_a_part_outside_the_folder_is_not_followed(tmp_path: Path) -> None:
    write_folder(tmp_path / "other")
    folder = write_folder(tmp_path / "m")
    parts = {"../other/unet": ["diffusers", "UNet2DConditionModel"]}
    write_json(folder / "model_index.json", {"_class_name": "StableDiffusionPipeline", **parts})
    assert "damaged" in identify(folder).problem


def test_shards_are_all_there_or_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m")
    unet = folder / "unet"
    (unet / f"{WEIGHTS}.safetensors").unlink()
    shards = [f"{WEIGHTS}-0000{i}-of-00002.safetensors" for i in (1, 2)]
    write_safetensors(unet / shards[0], {"a": (8, 8)})
    assert f"unet/{WEIGHTS}.safetensors.index.json is missing" in identify(folder).problem
    write_json(
        unet / f"{WEIGHTS}.safetensors.index.json",
        {"weight_map": {"a": shards[0], "b": shards[1]}},
    )
    assert identify(folder).problem.startswith(f"unet/{shards[1]} is missing")
    write_safetensors(unet / shards[1], {"b": (8, 8)})
    assert identify(folder).is_usable


def test_only_pickles_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m")
    weights = folder / "unet" / f"{WEIGHTS}.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    assert "unsafe format" in identify(folder).problem


def test_half_precision_files_alone_are_a_variant(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m")
    for weights in folder.glob("*/*.safetensors"):
        weights.rename(weights.with_suffix(".fp16.safetensors"))
    info = identify(folder)
    assert (info.problem, info.variant) == ("", "fp16")
    write_safetensors(folder / "unet" / f"{WEIGHTS}.safetensors", {"a": (8, 8)})
    (folder / "vae" / f"{WEIGHTS}.fp16.safetensors").rename(
        folder / "vae" / f"{WEIGHTS}.safetensors"
    )
    (folder / "text_encoder" / "model.fp16.safetensors").rename(
        folder / "text_encoder" / "model.safetensors"
    )
    assert identify(folder).variant == ""


def test_folders_that_are_no_models(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no model in this folder" in identify(tmp_path / "empty").problem
    folder = write_folder(tmp_path / "m")
    assert "only one part" in identify(folder / "unet").problem
    (folder / "model_index.json").write_text("{")
    assert "damaged" in identify(folder).problem


def test_a_model_without_a_denoiser(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m", unet=[None, None])
    assert "unet or transformer" in identify(folder).problem


def test_the_hugging_face_cache_is_seen_through(tmp_path: Path) -> None:
    repository = tmp_path / "models--some--model-turbo"
    snapshot = write_folder(repository / "snapshots" / "abc", "StableDiffusionXLPipeline")
    info = identify(repository)
    assert (info.path, info.name, info.speed) == (snapshot, "model-turbo", "turbo")
    write_folder(repository / "snapshots" / "def", "FluxPipeline")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("def")
    assert identify(repository).path.name == "def"


def test_a_single_file_beside_the_parts_is_not_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m")
    write_safetensors(folder / "v1-5-pruned.safetensors", SD15)
    assert identify(folder).format is ModelFormat.folder


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("models--org--Painter-XL/snapshots/0a1b", "Painter-XL"),
        ("models--org--Painter-XL/snapshots/0a1b/pytorch_lora_weights.safetensors", "Painter-XL"),
        ("models--org--Painter-XL/snapshots/0a1b/tuned.safetensors", "tuned"),
        ("folder/painter", "painter"),
        ("folder/painter.v2.safetensors", "painter.v2"),
    ],
)
def test_nobody_is_shown_a_hash(path: str, name: str) -> None:
    kind = ModelFormat.safetensors if path.endswith(".safetensors") else ModelFormat.folder
    info = ModelInfo(Path(path), format=kind, problem="It is damaged.")
    assert info.name == name
    assert "0a1b" not in f"{why_not_model(info)} {FileProblemError(Path(path), 'is damaged.')}"
