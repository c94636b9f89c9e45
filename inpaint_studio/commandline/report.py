"""What is said about an edit: progress while it runs, then a line or JSON for each output."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any, TextIO

from inpaint_studio.commandline.photo_edit import PhotoEdit
from inpaint_studio.commandline.photo_expand import PhotoExpansion, StepDone
from inpaint_studio.core.edit import PatchFillOptions

LINE_SECONDS = 2.0
"""Where no person watches, a line of progress at most this often, and for every new stage."""


class ProgressPrinter:
    """Writes progress to a stream: one line that is rewritten on a terminal, else a line a stage.

    With `only_terminal` nothing is written elsewhere.
    """

    def __init__(self, stream: TextIO, *, only_terminal: bool = False) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._is_silent = only_terminal and not self._is_terminal
        self._width = 0
        self._stage = ""
        self._told = -LINE_SECONDS

    def __call__(self, fraction: float, message: str) -> None:
        """Tell how far the work is, 0..1."""
        if self._is_silent:
            return
        line = f"{message} {fraction:4.0%}"
        if self._is_terminal:
            self._stream.write(f"\r{line:<{self._width}}")
            self._width = len(line)
        elif self._is_worth_a_line(message):
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._is_terminal and self._width:
            self._stream.write("\n")

    def _is_worth_a_line(self, message: str) -> bool:
        stage = message.rstrip("0123456789/ ")
        now = time.monotonic()
        if stage == self._stage and now - self._told < LINE_SECONDS:
            return False
        self._stage, self._told = stage, now
        return True


def lines(edit: PhotoEdit) -> str:
    """A line for each output: the file and its worst seam."""
    return "\n".join(
        f"{path}  seam {edit.result.seam_ratio(candidate):.2f}"
        for candidate, path in enumerate(edit.outputs)
    )


def as_json(edit: PhotoEdit) -> str:
    """Everything that was measured."""
    result, run = edit.result, edit.result.run
    frame, seconds = edit.document.frame, asdict(edit.times)
    is_fill = isinstance(result.params.options, PatchFillOptions)
    if is_fill:
        seconds["fill"] = seconds.pop("edit")
    report = {
        "photo": str(edit.photo),
        "width": frame.width,
        "height": frame.height,
        "intent": result.params.intent.value,
        "model": asdict(result.model),
        "seed": result.params.seed,
        "steps": run.steps,
        "placement": run.placement,
        "notices": list(run.notices),
        "seconds": seconds | {"engine": result.seconds} | asdict(run.seconds),
        "outputs": [_output(edit, candidate) for candidate in range(len(edit.outputs))],
    }
    if not is_fill:
        told = ("prompt", "strength", "colour_match", "grain_match")
        report |= {name: getattr(result.params, name) for name in told}
    return json.dumps(report, indent=2, ensure_ascii=False)


def expansion_line(done: PhotoExpansion) -> str:
    """The file, its size, how many steps it took and their worst seam."""
    frame, steps = done.plan.frame, len(done.plan.steps)
    worst = max((step.result.seam_ratio(step.candidate) for step in done.steps), default=1.0)
    return (
        f"{done.output}  {frame.width} x {frame.height}  "
        f"{steps} step{'s' if steps > 1 else ''}  seam {worst:.2f}"
    )


def expansion_as_json(done: PhotoExpansion) -> str:
    """Everything that was measured, step by step."""
    report = {
        "photo": str(done.photo),
        "output": str(done.output),
        "picture": done.picture._asdict(),
        "frame": done.plan.frame._asdict(),
        "known": done.plan.known._asdict(),
        "seconds": asdict(done.times),
        "steps": [_step(done, step) for step in done.steps],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _step(done: PhotoExpansion, step: StepDone) -> dict[str, Any]:
    planned, result = done.plan.steps[step.index], step.result
    return {
        "number": step.index + 1,
        "kind": "seam" if step.mends else planned.kind.value,
        "context": planned.context._asdict(),
        "worked_at": planned.size._asdict(),
        "masks": [mask._asdict() for mask in planned.masks],
        "model": asdict(result.model),
        "seed": result.params.seed,
        "candidate": step.candidate,
        "seconds": result.seconds,
    } | asdict(result.pieces[0].reports[step.candidate])


def _output(edit: PhotoEdit, candidate: int) -> dict[str, Any]:
    result = edit.result
    options = result.params.options
    made_by: dict[str, int] = {"seed": result.params.seed + candidate}
    if isinstance(options, PatchFillOptions):
        made_by = {"patch_radius": options.radii[candidate]}
    sizes = result.run.sizes
    pieces = [
        {"context": piece.context._asdict()}
        | ({"worked_at": asdict(sizes[index])} if index < len(sizes) else {})
        | asdict(piece.reports[candidate])
        for index, piece in enumerate(result.pieces)
    ]
    return {"path": str(edit.outputs[candidate])} | made_by | {"pieces": pieces}
