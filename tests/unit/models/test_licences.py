from __future__ import annotations

from pathlib import Path

import pytest

from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import Family
from inpaint_studio.models.licences import UNKNOWN, licence_of
from inpaint_studio.models.model_info import ModelInfo
from tests.model_files import write_folder


@pytest.mark.parametrize(
    ("name", "family", "stated", "is_free"),
    [
        ("flux1-fill-dev", Family.flux_fill, "", False),
        ("flux1-schnell", Family.flux, "", True),
        ("flux1-dev", Family.flux, "", False),
        ("FLUX.2-klein-4B", Family.flux2_klein, "", True),
        ("FLUX.2-klein-9B", Family.flux2_klein, "", False),
        ("sd_xl_turbo_1.0", Family.sdxl, "", None),
        ("dreamshaper", Family.sd15, "", True),
        ("sd3.5_large", Family.sd3, "", None),
        ("mine", Family.sd15, "CreativeML Open RAIL-M", True),
        ("mine", Family.sd15, "cc-by-nc-4.0", False),
        ("mine", Family.flux, "MIT", True),
        ("mine", None, "", None),
    ],
)
def test_hints(name: str, family: Family | None, stated: str, is_free: bool | None) -> None:
    info = ModelInfo(Path(f"{name}.safetensors"), family=family, licence=stated)
    licence = licence_of(info)
    assert licence.is_free_for_business is is_free
    assert licence.is_stated is bool(stated)


def test_unknown_words_are_quoted() -> None:
    info = ModelInfo(Path("m"), family=Family.sd15, licence="My own terms")
    assert licence_of(info).text == "Licence: My own terms."
    assert licence_of(ModelInfo(Path("m"))).text == UNKNOWN


@pytest.mark.parametrize(
    ("front_matter", "is_free"),
    [
        ("license: apache-2.0", True),
        ("license: other\nlicense_name: flux-1-dev-non-commercial-license", False),
        ("tags: [x]", True),
    ],
)
def test_a_readme_speaks_for_its_folder(tmp_path: Path, front_matter: str, is_free: bool) -> None:
    folder = write_folder(tmp_path / "m", "StableDiffusionXLPipeline")
    (folder / "README.md").write_text(f"---\n{front_matter}\n---\n# Model\n")
    assert licence_of(identify(folder)).is_free_for_business is is_free
