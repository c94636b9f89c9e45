"""The arguments of the commands. A mistake is one sentence, not a page."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from inpaint_studio.core.aspect import MAX_SIDE, Anchor, Ratio
from inpaint_studio.core.edit import Intent
from inpaint_studio.editor.edit_choices import MAX_CANDIDATES, MAX_STEPS
from inpaint_studio.models.placements import AUTO, PLACEMENT_NAMES
from inpaint_studio.models.presets import PresetName

MAX_GUIDANCE = 100.0
MAX_SEED = 2**53
"""What stays exact in any JSON reader."""

ANCHORS = {anchor.name.replace("_", "-").replace("centre", "center"): anchor for anchor in Anchor}
"""How places are called on the command line."""


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong without repeating the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Exit with 2 and one sentence."""
        self.exit(2, f"{self.prog}: {message}. See {self.prog} --help\n")


@dataclass(frozen=True)
class LoraArgument:
    """FILE or FILE:WEIGHT as it was given."""

    path: Path
    weight: float = 1.0


def lora(text: str) -> LoraArgument:
    """FILE[:WEIGHT]; what follows the last colon counts as a weight only if it is a number."""
    path, _colon, weight = text.rpartition(":")
    try:
        return LoraArgument(Path(path), number(-4, 4)(weight)) if path else LoraArgument(Path(text))
    except ValueError:
        return LoraArgument(Path(text))


def number(least: float, most: float) -> Callable[[str], float]:
    """A type for argparse: a number from `least` to `most`."""

    def convert(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least:g} and {most:g}")
        return value

    # argparse says "invalid number value: 'x'".
    convert.__name__ = "number"
    return convert


def whole(least: int, most: int) -> Callable[[str], int]:
    """A type for argparse: a whole number from `least` to `most`."""

    def convert(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least} and {most}")
        return value

    convert.__name__ = "whole number"
    return convert


def add_fill(fill: argparse.ArgumentParser) -> None:
    """Arguments of `fill`: removing without a model."""
    fill.add_argument("photo", type=Path)
    fill.add_argument("--mask", type=Path, required=True, help="white = remove, same size")
    fill.add_argument("--avoid", type=Path, help="white = don't copy from here")
    fill.add_argument("-o", "--output", type=Path, required=True)
    fill.add_argument("--candidates", type=int, choices=(1, 2, 3), default=1)
    fill.add_argument("--seed", type=whole(0, MAX_SEED), default=0)
    fill.add_argument("--json", action="store_true", help="print sizes, times and seam numbers")


def add_expand(expand: argparse.ArgumentParser) -> None:
    """Arguments of `expand`: a larger frame, by px for sides or to a ratio."""
    expand.add_argument("photo", type=Path)
    for side in ("left", "right", "top", "bottom"):
        expand.add_argument(f"--{side}", type=whole(0, MAX_SIDE), default=0, metavar="PX")
    expand.add_argument("--ratio", type=ratio, metavar="16:9", help="the smallest frame of it")
    expand.add_argument("--anchor", choices=ANCHORS, default="center", help="where the photo stays")
    expand.add_argument("--model", type=Path, help="a folder, .safetensors or .gguf; else copies")
    expand.add_argument(
        "--companion",
        type=Path,
        metavar="FOLDER",
        help="text encoders and VAE of a bare model file",
    )
    expand.add_argument("--prompt", default="", help="what the new area shows; for models")
    expand.add_argument("--steps", type=whole(1, MAX_STEPS), metavar="N")
    expand.add_argument("--candidates", type=whole(1, 3), default=1, metavar="K", help="best of K")
    expand.add_argument("--seed", type=whole(0, MAX_SEED), default=0, metavar="N")
    expand.add_argument("--no-mending", action="store_true", help="leave joins that show")
    expand.add_argument("-o", "--output", type=Path, required=True)
    expand.add_argument("--json", action="store_true", help="print steps, times, seam numbers")


def ratio(text: str) -> Ratio:
    """A type for argparse: W:H or one number."""
    try:
        return Ratio.parse(text)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text} is no ratio such as 16:9") from None


def add_edit(edit: argparse.ArgumentParser) -> None:
    """Arguments of `edit`: anything a diffusion model can do."""
    intents = [intent.value for intent in Intent]
    presets = [name.value for name in PresetName if name is not PresetName.custom]
    edit.add_argument("photo", type=Path)
    edit.add_argument("--model", type=Path, required=True, help="a folder, .safetensors or .gguf")
    edit.add_argument("--mask", type=Path, help="white = change, same size; instruct needs none")
    edit.add_argument("--avoid", type=Path, help=argparse.SUPPRESS)
    edit.add_argument("--prompt", default="", help="what should stand there, or what to do")
    edit.add_argument("--negative-prompt", default="", help="what must not appear")
    edit.add_argument("--intent", choices=intents, default=Intent.fill.value)
    edit.add_argument("--preset", choices=presets, default=PresetName.balanced.value)
    edit.add_argument("--strength", type=number(0.01, 1), metavar="S", help="0.01 to 1")
    edit.add_argument("--steps", type=whole(1, MAX_STEPS), metavar="N")
    edit.add_argument("--guidance-scale", type=number(0, MAX_GUIDANCE), metavar="G")
    edit.add_argument("--seed", type=whole(0, MAX_SEED), default=0, metavar="N")
    edit.add_argument("--candidates", type=whole(1, MAX_CANDIDATES), default=1, metavar="K")
    edit.add_argument("--scheduler", default="", metavar="NAME")
    edit.add_argument("--placement", choices=PLACEMENT_NAMES, default=AUTO, help="in memory")
    edit.add_argument(
        "--companion",
        type=Path,
        metavar="FOLDER",
        help="text encoders and VAE of a bare model file",
    )
    edit.add_argument("--lora", type=lora, action="append", default=[], metavar="FILE[:WEIGHT]")
    edit.add_argument(
        "--embedding",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a textual inversion: its name is a word of the prompt",
    )
    edit.add_argument("--compile", action="store_true", help="faster steps, slower first one")
    for matched in ("colour", "grain"):
        edit.add_argument(
            f"--{matched}-match", type=number(0, 1), default=1.0, metavar="M", help="0 to 1"
        )
    edit.add_argument("-o", "--output", type=Path, required=True)
    edit.add_argument("--json", action="store_true", help="print sizes, steps, times, seam numbers")
