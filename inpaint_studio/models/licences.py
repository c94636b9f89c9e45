"""What a model may be used for, in plain words, as far as its names and notes say.

A hint, not legal advice: the licence that came with the model is what counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from inpaint_studio.models.families import (
    APACHE,
    BFL_NON_COMMERCIAL,
    FAMILIES,
    OPEN_RAIL,
    STABILITY,
    Family,
)
from inpaint_studio.models.model_info import ModelFormat, ModelInfo

NON_COMMERCIAL = "Free for non-commercial use only."
QWEN_RESEARCH = "Free for research and non-commercial use only (Qwen Research licence)."
MIT = "Free to use, also for business (MIT)."
UNKNOWN = "The licence isn't known. Look where you got it."
README_BYTES = 4096


@dataclass(frozen=True)
class Licence:
    """A sentence, and whether business use is free: True, False, or None = not known or it depends.

    `is_stated`: the model itself says so; otherwise it is what its family usually has.
    """

    text: str
    is_free_for_business: bool | None
    is_stated: bool = False


# Identifiers of the Hugging Face hub and words of model files; the first that fits counts.
_STATED = (
    (r"apache", Licence(APACHE, True, True)),
    (r"\bmit\b", Licence(MIT, True, True)),
    (r"open-?rail|creativeml", Licence(OPEN_RAIL, True, True)),
    (
        r"flux-1-dev|flux\.?1[ -]\[?dev|flux.*non-?commercial",
        Licence(BFL_NON_COMMERCIAL, False, True),
    ),
    (r"stabilityai-ai-community|stability.*community", Licence(STABILITY, None, True)),
    (r"qwen-research", Licence(QWEN_RESEARCH, False, True)),
    (r"non-?commercial|cc-by-nc|research", Licence(NON_COMMERCIAL, False, True)),
)
_NAMED = (
    (r"schnell", {Family.flux}, Licence(APACHE, True)),
    (r"9b", {Family.flux2_klein}, Licence(NON_COMMERCIAL, False)),
    (r"sd[-_]?(xl[-_]?)?turbo", {Family.sdxl, Family.sd2}, Licence(STABILITY, None)),
)
_NON_COMMERCIAL_HINTS = frozenset({BFL_NON_COMMERCIAL})
_DEPENDS_HINTS = frozenset({STABILITY})


def licence_of(info: ModelInfo) -> Licence:
    """What the model's notes say, else its name, else what its family usually has."""
    stated = info.licence or _licence_in_readme(info)
    for pattern, licence in _STATED:
        if stated and re.search(pattern, stated.lower()):
            return licence
    if stated:
        return Licence(f"Licence: {stated[:80]}.", None, is_stated=True)
    if info.family is None:
        return Licence(UNKNOWN, None)
    for pattern, families, licence in _NAMED:
        if info.family in families and re.search(pattern, f"{info.name} {info.speed}".lower()):
            return licence
    return _usual(info.family)


def _usual(family: Family) -> Licence:
    hint = FAMILIES[family].licence_hint
    if hint in _DEPENDS_HINTS:
        return Licence(hint, None)
    return Licence(hint, hint not in _NON_COMMERCIAL_HINTS)


def _licence_in_readme(info: ModelInfo) -> str:
    """The licence in the front matter of a folder's README.md, "" if there is none."""
    if info.format is not ModelFormat.folder:
        return ""
    try:
        with (info.path / "README.md").open("rb") as stream:
            head = stream.read(README_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    front = head.split("---", 2)[1] if head.startswith("---") else ""
    fields = dict(re.findall(r"^(license|license_name): *[\"']?([\w.\-]+)", front, re.MULTILINE))
    is_other = fields.get("license") == "other"
    return fields.get("license_name", "") if is_other else fields.get("license", "")
