"""Starts the editor: `python -m inpaint_studio [PHOTO]`.

Imports stay inside `main`: the engine's worker process imports this module too when it is spawned.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

_BEFORE_QT = (
    *("core.brush", "core.expansion_plan", "core.merge_commands", "core.mask_commands"),
    *("core.placement_commands", "core.repair", "core.result_place", "core.uncovered"),
    *("engine.worker_client", "files.blob_folder", "files.export", "files.image_io"),
    *("files.mask_io", "files.recent", "files.thumbnails", "imaging.colour_range"),
    *("imaging.flood", "models.companions", "models.library", "models.presets", "settings"),
)
"""What the window needs that knows no Qt."""


def main() -> int:
    """Run the editor; returns the exit code."""
    is_chosen = "OPENBLAS_NUM_THREADS" in os.environ
    prepare()
    from inpaint_studio.app import run

    if not is_chosen:
        del os.environ["OPENBLAS_NUM_THREADS"]
    return run(sys.argv)


def prepare() -> None:
    """Do what makes starting faster if it comes before Qt.

    PySide reads the source of every module that is imported after it (to see whether it asks for
    another style of names), which takes a tenth of the time to start.
    """
    # Nothing made while starting is garbage, and looking for some takes a tenth of the time.
    # `run` puts it on again.
    gc.disable()
    # The window multiplies no matrices: 45 ms for threads of numpy that would never do a thing.
    # The worker, which inherits the environment, may have them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in _BEFORE_QT:
        import_module(f"inpaint_studio.{name}")


if __name__ == "__main__":
    sys.exit(main())
