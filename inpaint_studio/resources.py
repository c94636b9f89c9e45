"""Finds the data files, in a checkout (`resources/`) and in an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def resource_folder() -> Path:
    """The folder that holds icons, samples and other data."""
    package = Path(__file__).parent
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"


def resource(*parts: str) -> Path:
    """Path of one data file, e.g. `resource("icons", "brush.svg")`.

    Raises FileNotFoundError where the installation is incomplete.
    """
    path = resource_folder().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"Missing data file {'/'.join(parts)}: reinstall Inpaint Studio.")
    return path
