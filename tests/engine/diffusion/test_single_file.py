"""Single files: the tiny ones are loaded whole; the bundled configs are held against the names,
shapes and sizes of the published files, on PyTorch's meta device, which needs no memory."""

from __future__ import annotations

import shutil
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import init_empty_weights
from diffusers.loaders import single_file_utils
from safetensors.torch import load_file, save_file

from inpaint_studio.core.edit import DiffusionOptions
from inpaint_studio.engine.backends.diffusion.loading import load_components
from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.engine.backends.diffusion.single_file import BUNDLED, bundled_folder
from inpaint_studio.errors import FileProblemError
from inpaint_studio.models.companions import find_companion
from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import Family
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.resources import resource
from tests.engine.tiny_files import ldm_unet_key, ldm_vae
from tests.engine.tiny_models import TinyModels

diffusers = import_module("diffusers")
transformers = import_module("transformers")


def load(
    path: Path, component_folder: Path | None = None, dtype: torch.dtype = torch.float32
) -> Any:
    options = DiffusionOptions(path)
    return load_components(identify(path), options, dtype, lambda *_: None, component_folder)


@pytest.mark.parametrize("name", ["sd15", "sd15_inpaint", "sdxl", "sdxl_inpaint"])
def test_a_checkpoint_equals_its_folder_bit_by_bit(name: str, tiny: TinyModels) -> None:
    from_file, from_folder = load(tiny(f"{name}.safetensors")), load(tiny(name))
    assert type(from_file) is type(from_folder)
    for part, network in from_folder.components.items():
        if isinstance(network, torch.nn.Module):
            loaded = from_file.components[part].state_dict()
            for key, value in network.state_dict().items():
                assert torch.equal(loaded[key], value), f"{part}: {key}"


@pytest.mark.parametrize("name", ["flux", "flux_fill", "z_image"])
def test_a_bare_transformer_equals_its_folders(name: str, tiny: TinyModels) -> None:
    from_file, from_folder = load(tiny(f"{name}.safetensors")), load(tiny(name))
    assert type(from_file) is type(from_folder)
    loaded = from_file.transformer.state_dict()
    for key, value in from_folder.transformer.state_dict().items():
        assert torch.equal(loaded[key], value), key


@pytest.mark.parametrize("name", ["sdxl.safetensors", "flux.safetensors"])
def test_the_type_asked_for(name: str, tiny: TinyModels) -> None:
    pipe = load(tiny(name), dtype=torch.bfloat16)
    parts = [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]
    assert {part.dtype for part in parts} == {torch.bfloat16}


def test_progress_of_a_checkpoint_goes_by_its_parts(tiny: TinyModels) -> None:
    path = tiny("sdxl.safetensors")
    said: list[tuple[float, str]] = []
    load_components(
        identify(path), DiffusionOptions(path), torch.float32, lambda *step: said.append(step)
    )
    assert [fraction for fraction, _ in said] == sorted(fraction for fraction, _ in said)
    assert len({words for _, words in said}) == 5


def test_trainers_marks_set_the_noise_schedule(tiny: TinyModels, tmp_path: Path) -> None:
    shutil.copytree(tiny("sdxl"), tmp_path / "sdxl")
    path = tmp_path / "sdxl.safetensors"
    marks = {"v_pred": torch.zeros(1), "ztsnr": torch.zeros(1)}
    save_file(load_file(tiny("sdxl.safetensors")) | marks, path)
    config = load(path).scheduler.config
    assert config.prediction_type == "v_prediction"
    assert config.rescale_betas_zero_snr
    assert config.timestep_spacing == "trailing"


def test_a_checkpoint_that_lacks_a_weight(tiny: TinyModels, tmp_path: Path) -> None:
    shutil.copytree(tiny("sd15"), tmp_path / "sd15")
    path = tmp_path / "sd15.safetensors"
    weights = load_file(tiny("sd15.safetensors"))
    del weights["model.diffusion_model.out.2.weight"]
    save_file(weights, path)
    with pytest.raises(FileProblemError, match=r"sd15\.safetensors: lacks some of its weights"):
        load(path)


def test_a_checkpoint_of_another_size_than_the_bundled_configs(
    tiny: TinyModels, tmp_path: Path
) -> None:
    path = Path(shutil.copy(tiny("sd15.safetensors"), tmp_path / "alone.safetensors"))
    with pytest.raises(FileProblemError, match=r"alone\.safetensors: has weights of another"):
        load(path)


def test_a_truncated_checkpoint(tiny: TinyModels, tmp_path: Path) -> None:
    path = tmp_path / "sd15.safetensors"
    path.write_bytes(tiny("sd15.safetensors").read_bytes()[:-1000])
    with pytest.raises(FileProblemError, match="Download it again"):
        load(path)


def test_scaled_8_bit_weights_are_refused(tiny: TinyModels, tmp_path: Path) -> None:
    path = tmp_path / "scaled.safetensors"
    save_file(load_file(tiny("flux.safetensors")) | {"scaled_fp8": torch.zeros(2)}, path)
    with pytest.raises(FileProblemError, match="scaled 8-bit weights"):
        load(path, tiny("flux"))


def test_a_bare_transformer_alone_says_what_is_missing(tiny: TinyModels, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    path = Path(shutil.copy(tiny("flux.safetensors"), tmp_path / "models" / "dev.safetensors"))
    with pytest.raises(FileProblemError, match=r"complete diffusers folder of FLUX\.1 beside it"):
        load(path)


def test_a_folder_of_another_kind_is_no_help(tiny: TinyModels, tmp_path: Path) -> None:
    path = Path(shutil.copy(tiny("flux.safetensors"), tmp_path / "dev.safetensors"))
    with pytest.raises(FileProblemError, match=r"sdxl: is not a complete folder of FLUX\.1"):
        load(path, tiny("sdxl"))


def test_the_folder_given_is_taken(tiny: TinyModels, tmp_path: Path) -> None:
    path = Path(shutil.copy(tiny("flux.safetensors"), tmp_path / "dev.safetensors"))
    assert type(load(path, tiny("flux"))).__name__ == "FluxInpaintPipeline"


def models_folder(tiny: TinyModels, root: Path, *folders: str) -> Path:
    """A FLUX file as other programs sort it, and diffusers folders in a neighbour folder."""
    (root / "models" / "unet").mkdir(parents=True)
    for name in folders:
        shutil.copytree(tiny(name), root / "models" / "diffusers" / name)
    return Path(shutil.copy(tiny("flux.safetensors"), root / "models" / "unet" / "dev.safetensors"))


def test_the_same_family_is_preferred_wherever_it_lies(tiny: TinyModels, tmp_path: Path) -> None:
    path = models_folder(tiny, tmp_path, "flux", "flux_fill", "flux_kontext", "sdxl")
    assert find_companion(identify(path)).path.name == "flux"


def test_a_close_relative_lends_too(tiny: TinyModels, tmp_path: Path) -> None:
    path = models_folder(tiny, tmp_path, "flux_fill", "flux_kontext", "sd15")
    assert find_companion(identify(path)).path.name == "flux_kontext"


def test_an_unfinished_folder_is_passed_over(tiny: TinyModels, tmp_path: Path) -> None:
    path = models_folder(tiny, tmp_path, "flux", "flux_fill")
    shutil.rmtree(tmp_path / "models" / "diffusers" / "flux" / "vae")
    assert find_companion(identify(path)).path.name == "flux_fill"


# The published models' numbers of parameters.
PARAMETERS = {
    ("sd15", "unet"): 859_520_964,
    ("sd15", "vae"): 83_653_863,
    ("sd15", "text_encoder"): 123_060_480,
    ("sd15_inpaint", "unet"): 859_520_964 + 5 * 320 * 9,
    ("sdxl", "unet"): 2_567_463_684,
    ("sdxl", "vae"): 83_653_863,
    ("sdxl", "text_encoder"): 123_060_480,
    ("sdxl", "text_encoder_2"): 694_659_840,
    ("sdxl_inpaint", "unet"): 2_567_463_684 + 5 * 320 * 9,
    ("flux", "transformer"): 11_901_408_320,
    ("flux_schnell", "transformer"): 11_891_178_560,
    ("flux_fill", "transformer"): 11_901_408_320 + 320 * 3072,
    ("z_image", "transformer"): 6_154_908_736,
    ("qwen_image", "transformer"): 20_430_401_088,
}


def on_meta(name: str, part: str) -> Any:
    """The network that a bundled config describes, without memory for its weights."""
    folder = resource("pipelines", name)
    with init_empty_weights(), quiet_libraries():
        if not part.startswith("text_encoder"):
            config = diffusers.UNet2DConditionModel.load_config(folder / part)
            return getattr(diffusers, config["_class_name"]).from_config(config)
        config = transformers.CLIPTextConfig.from_pretrained(folder, subfolder=part)
        return getattr(transformers, config.architectures[0])(config)


@pytest.mark.parametrize(("name", "part"), PARAMETERS)
def test_bundled_configs_describe_the_published_models(name: str, part: str) -> None:
    count = sum(parameter.numel() for parameter in on_meta(name, part).parameters())
    assert count == PARAMETERS[name, part]


def test_the_chroma_config_describes_the_published_8_9_billion() -> None:
    count = sum(parameter.numel() for parameter in on_meta("chroma", "transformer").parameters())
    assert round(count / 1e9, 1) == 8.9


def test_every_bundled_folder_exists() -> None:
    for (family, is_inpainting), name in BUNDLED.items():
        info = ModelInfo(Path(name), family=family, is_inpainting=is_inpainting)
        assert bundled_folder(info).is_dir()
    schnell = ModelInfo(Path("x"), family=Family.flux, speed="schnell")
    assert bundled_folder(schnell).name == "flux_schnell"


# Names and shapes in the files of the first releases.
PUBLISHED_UNETS = {
    "sd15": {
        "input_blocks.0.0.weight": (320, 4, 3, 3),
        "input_blocks.3.0.op.weight": (320, 320, 3, 3),
        "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (320, 768),
        "input_blocks.4.0.skip_connection.weight": (640, 320, 1, 1),
        "middle_block.1.proj_in.weight": (1280, 1280, 1, 1),
        "output_blocks.2.1.conv.weight": (1280, 1280, 3, 3),
        "output_blocks.8.2.conv.weight": (640, 640, 3, 3),
        "output_blocks.11.0.skip_connection.weight": (320, 640, 1, 1),
        "out.2.weight": (4, 320, 3, 3),
    },
    "sdxl": {
        "label_emb.0.0.weight": (1280, 2816),
        "input_blocks.4.1.transformer_blocks.1.attn2.to_k.weight": (640, 2048),
        "input_blocks.4.1.proj_in.weight": (640, 640),
        "middle_block.1.transformer_blocks.9.attn1.to_q.weight": (1280, 1280),
        "output_blocks.2.2.conv.weight": (1280, 1280, 3, 3),
        "output_blocks.5.2.conv.weight": (640, 640, 3, 3),
        "output_blocks.8.0.skip_connection.weight": (320, 640, 1, 1),
    },
    "sd15_inpaint": {"input_blocks.0.0.weight": (320, 9, 3, 3)},
    "sdxl_inpaint": {"input_blocks.0.0.weight": (320, 9, 3, 3)},
}
TENSORS_IN_UNET = {"sd15": 686, "sd15_inpaint": 686, "sdxl": 1680, "sdxl_inpaint": 1680}


@pytest.mark.parametrize("name", PUBLISHED_UNETS)
def test_published_unets_fit_their_config(name: str) -> None:
    unet = on_meta(name, "unet")
    ours = unet.state_dict()
    names = {ldm_unet_key(key, ours, layers_per_block=2): value for key, value in ours.items()}
    assert len(names) == TENSORS_IN_UNET[name]
    for key, shape in PUBLISHED_UNETS[name].items():
        assert names[key].shape == shape, key
    published = {f"model.diffusion_model.{key}": value for key, value in names.items()}
    converted = single_file_utils.convert_ldm_unet_checkpoint(published, dict(unet.config))
    assert {k: v.shape for k, v in converted.items()} == {k: v.shape for k, v in ours.items()}


def test_the_published_vae_fits_its_config() -> None:
    vae = on_meta("sdxl", "vae")
    published = ldm_vae(vae.state_dict())
    assert published["decoder.up.0.block.0.nin_shortcut.weight"].shape == (128, 256, 1, 1)
    assert published["encoder.mid.attn_1.q.weight"].shape == (512, 512, 1, 1)
    assert published["encoder.down.2.downsample.conv.weight"].shape == (512, 512, 3, 3)
    assert len(published) == 248


WIDTH = 3072


def published_flux(inputs: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes in Black Forest Labs' own files of FLUX.1."""
    shapes: dict[str, tuple[int, ...]] = {}

    def linear(name: str, rows: int, columns: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (rows, columns), (rows,)

    linear("img_in", WIDTH, inputs)
    linear("txt_in", WIDTH, 4096)
    for name, width in (("time_in", 256), ("vector_in", 768), ("guidance_in", 256)):
        linear(f"{name}.in_layer", WIDTH, width)
        linear(f"{name}.out_layer", WIDTH, WIDTH)
    for block in range(19):
        for side in ("img", "txt"):
            stem = f"double_blocks.{block}.{side}"
            linear(f"{stem}_mod.lin", 6 * WIDTH, WIDTH)
            linear(f"{stem}_attn.qkv", 3 * WIDTH, WIDTH)
            linear(f"{stem}_attn.proj", WIDTH, WIDTH)
            linear(f"{stem}_mlp.0", 4 * WIDTH, WIDTH)
            linear(f"{stem}_mlp.2", WIDTH, 4 * WIDTH)
            shapes[f"{stem}_attn.norm.query_norm.scale"] = (128,)
            shapes[f"{stem}_attn.norm.key_norm.scale"] = (128,)
    for block in range(38):
        stem = f"single_blocks.{block}"
        linear(f"{stem}.modulation.lin", 3 * WIDTH, WIDTH)
        linear(f"{stem}.linear1", 7 * WIDTH, WIDTH)
        linear(f"{stem}.linear2", WIDTH, 5 * WIDTH)
        shapes[f"{stem}.norm.query_norm.scale"] = (128,)
        shapes[f"{stem}.norm.key_norm.scale"] = (128,)
    linear("final_layer.linear", 64, WIDTH)
    linear("final_layer.adaLN_modulation.1", 2 * WIDTH, WIDTH)
    return shapes


@pytest.mark.parametrize(("name", "inputs"), [("flux", 64), ("flux_fill", 384)])
def test_published_flux_files_fit_their_config(name: str, inputs: int) -> None:
    shapes = published_flux(inputs)
    assert len(shapes) == 780
    weights = {key: torch.empty(shape, device="meta") for key, shape in shapes.items()}
    converted = single_file_utils.convert_flux_transformer_checkpoint_to_diffusers(weights)
    ours = on_meta(name, "transformer").state_dict()
    assert {k: v.shape for k, v in converted.items()} == {k: v.shape for k, v in ours.items()}


def test_z_image_has_the_published_blocks() -> None:
    names = Counter(key.split(".")[0] for key in on_meta("z_image", "transformer").state_dict())
    assert names["noise_refiner"] == 2 * 15
    assert names["layers"] == 30 * 15
