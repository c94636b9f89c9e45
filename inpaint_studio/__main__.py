"""Starts the editor: `python -m inpaint_studio [PHOTO]`.

Imports stay inside `main`: the engine's worker process imports this module too when it is spawned.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the editor; returns the exit code."""
    from inpaint_studio.app import run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
