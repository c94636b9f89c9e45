"""Reads the icons' SVG files, drawn on a 24 px grid with `currentColor`, in a wanted colour."""

from __future__ import annotations

from functools import lru_cache

from inpaint_studio.resources import resource

ICON_STROKE = 1.75
"""Line width on the 24 px grid; the files come with 2, which looks heavy beside 13 px text."""


@lru_cache(maxsize=256)
def tinted_svg(name: str, color: str) -> bytes:
    """The SVG `icons/<name>.svg` drawn in `color` ("#rrggbb").

    Raises FileNotFoundError for an icon that is not shipped.
    """
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    text = text.replace('stroke-width="2"', f'stroke-width="{ICON_STROKE}"')
    return text.replace("currentColor", color).encode("utf-8")
