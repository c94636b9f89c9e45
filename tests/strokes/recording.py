"""Recorded strokes as files: what a hand did, report by report, and with which brush."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from inpaint_studio.core.pressure import PressureCurve

FOLDER = Path(__file__).parents[1] / "references" / "strokes"
Device = Literal["mouse", "pen", "eraser"]


@dataclass(frozen=True)
class Report:
    """`ms` since the stroke's start, document coordinates, pressure 0..1."""

    ms: int
    x: float
    y: float
    pressure: float = 1.0


@dataclass(frozen=True)
class RecordedStroke:
    """From press to release. `tool` is the tool in hand, `eraser` as a device a pen's other end."""

    reports: tuple[Report, ...]
    device: Device = "pen"
    tool: str = "brush"
    shift: bool = False


@dataclass(frozen=True)
class Recording:
    """Strokes on one document of `extent` px (width, height) with one brush."""

    name: str
    about: str
    brush: dict[str, Any]
    strokes: tuple[RecordedStroke, ...]
    extent: tuple[int, int] = (380, 280)
    curves: dict[str, str] = field(default_factory=dict)

    @property
    def brush_fields(self) -> dict[str, Any]:
        """What `ToolBox.set_brush` takes."""
        curves = {name: PressureCurve.from_text(text) for name, text in self.curves.items()}
        return self.brush | curves


def load(path: Path) -> Recording:
    """The recording in a JSON file."""
    stored = json.loads(path.read_text("utf-8"))
    strokes = tuple(
        RecordedStroke(
            tuple(Report(*row) for row in stroke["reports"]),
            *(stroke[key] for key in ("device", "tool", "shift")),
        )
        for stroke in stored.pop("strokes")
    )
    return Recording(path.stem, strokes=strokes, extent=tuple(stored.pop("extent")), **stored)


def save(recording: Recording, folder: Path = FOLDER) -> None:
    """Write it as JSON, a stroke a line."""
    stored = asdict(recording)
    stored.pop("name")
    strokes = stored.pop("strokes")
    for stroke in strokes:
        stroke["reports"] = [list(report.values()) for report in stroke["reports"]]
    lines = [f'"{key}": {json.dumps(value)},' for key, value in stored.items()]
    rows = ",\n".join(json.dumps(stroke, separators=(",", ":")) for stroke in strokes)
    text = "{\n" + "\n".join(lines) + f'\n"strokes": [\n{rows}\n]\n}}\n'
    (folder / f"{recording.name}.json").write_text(text, "utf-8")


def recordings(folder: Path = FOLDER) -> list[Path]:
    """The files of all recordings."""
    return sorted(folder.glob("*.json"))


def reference_mask(path: Path) -> np.ndarray:
    """The mask that belongs to a recording's file: uint8 HxW."""
    return np.asarray(Image.open(path.with_suffix(".png")).convert("L"))


def save_mask(path: Path, mask: np.ndarray) -> None:
    """Write the mask (uint8 HxW) that belongs to a recording's file."""
    Image.fromarray(mask).save(path.with_suffix(".png"), optimize=True)
