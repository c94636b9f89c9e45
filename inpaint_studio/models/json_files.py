"""Small JSON files of other programs, read with care."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MOST_BYTES = 16 * 2**20
"""The weight index of the largest models has 0.3 MB."""


def read_json_object(path: Path) -> dict[str, Any] | None:
    """The object in the file, None if it is missing, unreadable, too large or something else."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
