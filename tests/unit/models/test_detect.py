from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelFormat, ModelInfo, ModelKind
from inpaint_studio.models.weights import MOST_HEADER_BYTES
from tests import model_files as files
from tests.model_files import Shapes, peft_lora, under, write_folder, write_gguf, write_safetensors

MODEL = "model.diffusion_model."
WHOLE = ModelKind.checkpoint
BARE = ModelKind.transformer


@pytest.mark.parametrize(
    ("shapes", "kind", "family", "is_inpainting"),
    [
        (files.SD15, WHOLE, Family.sd15, False),
        (files.SD15_INPAINT, WHOLE, Family.sd15, True),
        (files.SD2, WHOLE, Family.sd2, False),
        (files.SDXL, WHOLE, Family.sdxl, False),
        (files.SDXL_INPAINT, WHOLE, Family.sdxl, True),
        (files.SDXL_DIFFUSERS_UNET, BARE, Family.sdxl, False),
        (under(MODEL, files.SDXL_UNET), BARE, Family.sdxl, False),
        (files.SD3, BARE, Family.sd3, False),
        (files.FLUX, BARE, Family.flux, False),
        (under(MODEL, files.FLUX), BARE, Family.flux, False),
        (files.FLUX_DIFFUSERS, BARE, Family.flux, False),
        (files.FLUX_FILL, BARE, Family.flux_fill, True),
        (files.FLUX2_KLEIN, BARE, Family.flux2_klein, False),
        (files.CHROMA, BARE, Family.chroma, False),
        (files.QWEN_IMAGE, BARE, Family.qwen_image, False),
        (files.Z_IMAGE, BARE, Family.z_image, False),
    ],
)
def test_models_are_told_apart(
    tmp_path: Path, shapes: Shapes, kind: ModelKind, family: Family, is_inpainting: bool
) -> None:
    info = identify(write_safetensors(tmp_path / "some.safetensors", shapes))
    assert (info.problem, info.kind, info.family) == ("", kind, family)
    assert info.is_inpainting is is_inpainting
    assert (info.format, info.dtype) == (ModelFormat.safetensors, "F16")
    assert info.nbytes == info.path.stat().st_size


@pytest.mark.parametrize(
    ("name", "shapes", "family"),
    [
        ("flux1-kontext-dev", files.FLUX, Family.flux_kontext),
        ("qwen_image_edit_2511", files.QWEN_IMAGE, Family.qwen_image_edit),
    ],
)
def test_names_decide_what_weights_leave_open(
    tmp_path: Path, name: str, shapes: Shapes, family: Family
) -> None:
    assert identify(write_safetensors(tmp_path / f"{name}.safetensors", shapes)).family is family


def test_a_file_may_say_itself_what_it_is(tmp_path: Path) -> None:
    notes = {
        "modelspec.architecture": "Flux.1-kontext-dev",
        "modelspec.title": "My picture editor",
        "modelspec.license": "apache-2.0",
    }
    info = identify(write_safetensors(tmp_path / "mine.safetensors", files.FLUX, notes))
    assert info.family is Family.flux_kontext
    assert (info.title, info.licence) == ("My picture editor", "apache-2.0")


def test_schnell_lacks_the_guidance(tmp_path: Path) -> None:
    info = identify(write_safetensors(tmp_path / "renamed.safetensors", files.FLUX_SCHNELL))
    assert (info.family, info.speed) == (Family.flux, "schnell")


@pytest.mark.parametrize(
    ("shapes", "kind", "family"),
    [
        (files.kohya_lora(768), ModelKind.lora, Family.sd15),
        (files.kohya_lora(1024), ModelKind.lora, Family.sd2),
        (files.kohya_lora(2048), ModelKind.lora, Family.sdxl),
        (files.kohya_lora(16), ModelKind.lora, None),
        (
            peft_lora("unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k", 8, 2048),
            ModelKind.lora,
            Family.sdxl,
        ),
        (
            peft_lora("transformer.single_transformer_blocks.3.attn.to_q", 3072, 3072),
            ModelKind.lora,
            Family.flux,
        ),
        (
            peft_lora("diffusion_model.single_blocks.0.linear1", 21504, 3072),
            ModelKind.lora,
            Family.flux,
        ),
        (
            peft_lora("diffusion_model.single_blocks.0.linear1", 27648, 3072),
            ModelKind.lora,
            Family.flux2_klein,
        ),
        (
            peft_lora("transformer.single_transformer_blocks.0.attn.to_qkv_mlp_proj", 9, 8),
            ModelKind.lora,
            Family.flux2_klein,
        ),
        (
            peft_lora("transformer_blocks.59.attn.add_k_proj", 3072, 3072),
            ModelKind.lora,
            Family.qwen_image,
        ),
        (
            peft_lora("transformer.transformer_blocks.3.attn.to_q", 1536, 1536),
            ModelKind.lora,
            Family.sd3,
        ),
        (
            peft_lora("diffusion_model.layers.3.attention.to_q", 3840, 3840),
            ModelKind.lora,
            Family.z_image,
        ),
        (
            peft_lora("diffusion_model.distilled_guidance_layer.in_proj", 8, 8),
            ModelKind.lora,
            Family.chroma,
        ),
        ({"emb_params": (4, 768)}, ModelKind.embedding, Family.sd15),
        ({"<cat>": (1024,)}, ModelKind.embedding, Family.sd2),
        ({"clip_l": (4, 768), "clip_g": (4, 1280)}, ModelKind.embedding, Family.sdxl),
        ({"decoder.up_blocks.0.weight": (4,)}, ModelKind.vae, None),
        (files.VAE, ModelKind.vae, None),
        ({"controlnet_cond_embedding.conv_in.weight": (16, 3)}, ModelKind.controlnet, None),
        ({"ip_adapter.1.to_k_ip.weight": (320, 768)}, ModelKind.ip_adapter, None),
        ({"text_model.final_layer_norm.weight": (768,)}, ModelKind.text_encoder, None),
    ],
)
def test_parts_and_addons(
    tmp_path: Path, shapes: Shapes, kind: ModelKind, family: Family | None
) -> None:
    info = identify(write_safetensors(tmp_path / "addon.safetensors", shapes))
    assert (info.problem, info.kind, info.family) == ("", kind, family)


@pytest.mark.parametrize(
    ("note", "text_width", "family"),
    [
        ("sdxl_base_v1-0", 16, Family.sdxl),
        ("sd_v1", 16, Family.sd15),
        ("flux1", 768, Family.sd15),
    ],
)
def test_notes_of_a_trainer_fill_in_but_never_contradict(
    tmp_path: Path, note: str, text_width: int, family: Family
) -> None:
    shapes = files.kohya_lora(text_width)
    notes = {"ss_base_model_version": note, "modelspec.trigger_phrase": "old paper"}
    info = identify(write_safetensors(tmp_path / "l.safetensors", shapes, notes))
    assert (info.family, info.trigger_words) == (family, ("old paper",))


def test_embeddings_listen_to_their_name(tmp_path: Path) -> None:
    by_file = identify(write_safetensors(tmp_path / "easy.safetensors", {"emb_params": (4, 768)}))
    by_token = identify(write_safetensors(tmp_path / "x.safetensors", {"<cat>": (768,)}))
    assert (by_file.trigger_words, by_token.trigger_words) == (("easy",), ("<cat>",))


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (files.WAN, "makes video"),
        (files.FLUX2_DEV, "FLUX.2 [dev]"),
        (files.FLUX_DEPTH, "depth or edge"),
        (under(MODEL, files.UNET | {"input_blocks.0.0.weight": (320, 8, 3, 3)}), "InstructPix2Pix"),
        (files.SDXL | {"conditioner.embedders.0.model.transformer.x": (4,)}, "refiner"),
        (peft_lora("diffusion_model.blocks.3.cross_attn.q", 8, 8), "This LoRA makes video"),
        ({"something.else": (4, 4)}, "isn't known"),
        ({}, "isn't known"),
    ],
)
def test_what_is_for_something_else_is_said(tmp_path: Path, shapes: Shapes, words: str) -> None:
    info = identify(write_safetensors(tmp_path / "other.safetensors", shapes))
    assert words in info.problem


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("m.safetensors", b"", "empty"),
        ("m.safetensors", b"<!DOCTYPE html><html>", "web page"),
        ("m.safetensors", b"\n  <html lang=en>", "web page"),
        ("m.safetensors", b"Just some notes about a model", "not a model file"),
        ("m.safetensors", b"{}", "not a model file"),
        ("m.safetensors", b"\x80\x02}q\x00.", "never opened"),
        ("m.safetensors", b"PK\x03\x04archive/data.pkl", "never opened"),
        ("m.safetensors", bytes(4096), "zeros"),
        ("m.safetensors", (2**40).to_bytes(8, "little") + b"{", "not a model file"),
        ("m.safetensors", (9000).to_bytes(8, "little") + b'{"a', "Only 11 bytes of 9.0 kB"),
        ("m.safetensors", (4).to_bytes(8, "little") + b"{{{{", "damaged"),
        ("m.safetensors", (2).to_bytes(8, "little") + b"[]", "not a model file"),
        ("m.safetensors", b"version https://git-lfs.github.com/spec/v1\n", "git LFS"),
        ("m.ckpt", b"anything", "never opened"),
        ("m.pt", b"anything", "never opened"),
        ("m.safetensors.part", b"anything", "isn't finished"),
        ("m.gguf", b"GGUF\x09\0\0\0", "version"),
        ("m.gguf", b"GGUF\x03\0\0\0", "ends early"),
    ],
)
def test_files_that_are_no_models(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    info = identify(path)
    assert words in info.problem
    assert not info.is_usable


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F16", "shape": [2], "data_offsets": [4, 0]},
        {"dtype": "F16", "shape": [-2], "data_offsets": [0, 4]},
        {"dtype": "F16", "shape": [2], "data_offsets": [0, 0]},
        {"dtype": "F16", "shape": [1] * 99, "data_offsets": [0, 4]},
        {"dtype": 16, "shape": [2], "data_offsets": [0, 4]},
        {"shape": "2"},
        [],
        None,
    ],
)
def test_senseless_entries_are_damage(tmp_path: Path, entry: object) -> None:
    raw = json.dumps({"weight": entry}).encode()
    path = tmp_path / "m.safetensors"
    path.write_bytes(len(raw).to_bytes(8, "little") + raw + bytes(4))
    assert "damaged" in identify(path).problem


def test_a_truncated_model_says_how_much_is_there(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "m.safetensors", {"weight": (1000, 1000)})
    with path.open("r+b") as stream:
        stream.truncate(1_000_000)
    assert identify(path).problem == "Only 1.0 MB of 2.0 MB are there. Download it again."


def test_a_download_that_goes_on_beside_is_not_finished(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "m.safetensors", files.SD15)
    path.with_name("m.safetensors.aria2").touch()
    assert "isn't finished" in identify(path).problem


def test_nothing_at_the_path(tmp_path: Path) -> None:
    assert "any more" in identify(tmp_path / "gone.safetensors").problem
    assert identify(Path("a\0b")).problem


def test_a_folder_without_permission_is_a_problem(tmp_path: Path, monkeypatch: Any) -> None:
    def refuse(*_args: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write_safetensors(tmp_path / "m.safetensors", files.SD15)
    monkeypatch.setattr(Path, "open", refuse)
    assert identify(path).problem == "This can't be read: Permission denied."


def test_gguf_transformers(tmp_path: Path) -> None:
    notes = {"general.architecture": "flux", "general.name": "Flux.1 Kontext"}
    info = identify(write_gguf(tmp_path / "q.gguf", files.FLUX, notes))
    assert (info.problem, info.kind, info.family) == ("", BARE, Family.flux_kontext)
    assert (info.format, info.dtype) == (ModelFormat.gguf, "Q8_0")


def test_a_truncated_gguf(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "q.gguf", files.FLUX, {"general.architecture": "flux"})
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size - 1000)
    assert identify(path).problem.startswith("Only ")


def test_a_gguf_that_diffusers_cannot_unpack(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "q.gguf", files.FLUX, {}, kind=16)
    assert "Choose a Q4_K or Q8_0 file" in identify(path).problem


def test_a_language_model_is_a_text_encoder(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "q.gguf", {}, {"general.architecture": "qwen3"})
    assert identify(path).kind is ModelKind.text_encoder


def test_a_lora_folder_is_its_file(tmp_path: Path) -> None:
    path = write_safetensors(
        tmp_path / "my-lora" / "pytorch_lora_weights.safetensors", files.kohya_lora(768)
    )
    info = identify(path.parent)
    assert (info.path, info.kind, info.name) == (path, ModelKind.lora, "my-lora")


# Whatever happens to a file on its way, identify answers, and reads little.


@contextmanager
def counted_reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Lengths of all blocks read from files that are opened by a path."""
    lengths: list[int] = []
    real_open = Path.open

    def open_counting(self: Path, *args: Any, **keywords: Any) -> Any:
        stream = real_open(self, *args, **keywords)
        return _Counting(stream, lengths)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_counting)
        yield lengths


class _Counting:
    def __init__(self, stream: Any, lengths: list[int]) -> None:
        self._stream, self._lengths = stream, lengths

    def read(self, length: int = -1) -> bytes:
        data = self._stream.read(length)
        self._lengths.append(len(data))
        return data

    def tell(self) -> int:
        return self._stream.tell()

    def __enter__(self) -> _Counting:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()


def check_answer(info: ModelInfo) -> None:
    assert isinstance(info.problem, str)
    assert info.problem or info.kind is not ModelKind.unknown


ORIGINALS = ("sd15.safetensors", "lora.safetensors", "flux.gguf")


def original(folder: Path, name: str) -> bytes:
    path = folder / name
    if not path.exists():
        small = {key: tuple(min(side, 32) for side in shape) for key, shape in files.FLUX.items()}
        if name == "flux.gguf":
            write_gguf(path, small, {"general.architecture": "flux"})
        else:
            shapes = {"sd15.safetensors": {"weight": (4, 4)}}.get(name, files.kohya_lora(16))
            write_safetensors(path, shapes)
    return path.read_bytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.sampled_from(ORIGINALS),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    length=st.integers(0, 2000),
)
def test_changed_bytes_never_raise(
    tmp_path: Path, name: str, changes: list[tuple[int, int]], length: int
) -> None:
    data = bytearray(original(tmp_path, name)[:length])
    for position, value in changes:
        if position < len(data):
            data[position] = value
    path = tmp_path / f"changed{Path(name).suffix}"
    path.write_bytes(data)
    check_answer(identify(path))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(header=json_values)
def test_any_json_header_never_raises(tmp_path: Path, header: object) -> None:
    raw = json.dumps(header).encode()
    path = tmp_path / "m.safetensors"
    path.write_bytes(len(raw).to_bytes(8, "little") + raw)
    check_answer(identify(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(index=json_values, config=json_values)
def test_any_json_in_a_folder_never_raises(tmp_path: Path, index: object, config: object) -> None:
    folder = write_folder(tmp_path / "m")
    content = index | {"_class_name": "FluxPipeline"} if isinstance(index, dict) else index
    files.write_json(folder / "model_index.json", content)
    files.write_json(folder / "unet" / "config.json", config)
    files.write_json(folder / "scheduler" / "scheduler_config.json", config)
    check_answer(identify(folder))


@pytest.mark.parametrize("head", [(2**62).to_bytes(8, "little"), b"GGUF\x03\0\0\0" + b"\xff" * 64])
def test_lengths_that_lie_cost_nothing(
    tmp_path: Path, head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.bin2"
    with path.open("wb") as stream:
        stream.write(head)
        stream.truncate(50 * 2**30)
    with counted_reads(monkeypatch) as lengths:
        assert identify(path).problem
    assert sum(lengths) < 4096


def test_a_large_model_is_known_from_its_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = files.SDXL | {"model.diffusion_model.big": (30_000, 100_000)}
    path = write_safetensors(tmp_path / "big.safetensors", shapes)
    with counted_reads(monkeypatch) as lengths:
        info = identify(path)
    assert (info.problem, info.family) == ("", Family.sdxl)
    assert info.nbytes > 6_000_000_000
    assert sum(lengths) < 4096 < MOST_HEADER_BYTES
