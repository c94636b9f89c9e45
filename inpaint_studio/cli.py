"""The command line: the same edits through the same engine, without a window."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

from inpaint_studio import __version__
from inpaint_studio.commandline.arguments import OneLineParser, add_edit, add_expand, add_fill
from inpaint_studio.commandline.choices import choices_for_expanding, params_from
from inpaint_studio.commandline.photo_edit import Paths, PhotoEdit, edit_photo
from inpaint_studio.commandline.photo_expand import expand_photo, growth_from
from inpaint_studio.commandline.report import (
    ProgressPrinter,
    as_json,
    expansion_as_json,
    expansion_line,
    lines,
)
from inpaint_studio.core.edit import EditParams, PatchFillOptions
from inpaint_studio.doctor import diagnose
from inpaint_studio.errors import InpaintStudioError
from inpaint_studio.resources import resource_folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when done, 1 when not (it says why), 130 when stopped."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except InpaintStudioError as error:
        print(f"inpaint-studio-cli: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("inpaint-studio-cli: stopped, nothing was written.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="inpaint-studio-cli", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    fill = commands.add_parser("fill", help="remove what a mask covers from a photo")
    add_fill(fill)
    fill.set_defaults(run=_fill)
    edit = commands.add_parser("edit", help="edit a photo with a diffusion model")
    add_edit(edit)
    edit.set_defaults(run=_edit)
    expand = commands.add_parser("expand", help="continue a photo beyond its edges")
    add_expand(expand)
    expand.set_defaults(run=_expand)
    doctor = commands.add_parser("doctor", help="print versions, devices, folders, what is missing")
    doctor.set_defaults(run=_doctor)
    bench = commands.add_parser("bench", help="measure this machine beside the budgets")
    bench.add_argument("names", nargs="*", help="only these benchmarks")
    bench.set_defaults(run=_bench)
    return parser


def _fill(options: argparse.Namespace) -> int:
    radii = PatchFillOptions().radii[: options.candidates]
    params = EditParams(seed=options.seed, options=PatchFillOptions(radii))
    progress = ProgressPrinter(sys.stderr, only_terminal=True)
    return _run(options, params, progress)


def _edit(options: argparse.Namespace) -> int:
    return _run(options, params_from(options), ProgressPrinter(sys.stderr))


def _expand(options: argparse.Namespace) -> int:
    growth, choices = growth_from(options), choices_for_expanding(options)
    progress = ProgressPrinter(sys.stderr, only_terminal=choices.model is None)
    try:
        photo, output, mends = options.photo, options.output, not options.no_mending
        done = expand_photo(photo, output, growth, choices, progress, mends=mends)
    finally:
        progress.end()
    print(expansion_as_json(done) if options.json else expansion_line(done))
    return 0


def _run(options: argparse.Namespace, params: EditParams, progress: ProgressPrinter) -> int:
    paths = Paths(options.photo, options.mask, options.avoid, options.output)
    try:
        edit = edit_photo(paths, params, progress)
    finally:
        progress.end()
    _tell(edit, in_json=options.json)
    return 0


def _tell(edit: PhotoEdit, *, in_json: bool) -> None:
    for notice in edit.result.run.notices:
        print(notice, file=sys.stderr)
    print(as_json(edit) if in_json else lines(edit))


def _doctor(_options: argparse.Namespace) -> int:
    report = diagnose()
    print(report.text)
    return 0 if report.is_healthy else 1


def _bench(options: argparse.Namespace) -> int:
    folder = resource_folder().parent / "tests" / "benchmarks"
    if not folder.is_dir():
        raise InpaintStudioError("The benchmarks come with the source code, not with the program.")
    command = [sys.executable, "-m", "tests.benchmarks", *options.names]
    return subprocess.run(command, cwd=folder.parent.parent, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
