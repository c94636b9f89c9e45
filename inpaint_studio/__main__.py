"""Starts the editor: `python -m inpaint_studio [PHOTO]`.

Imports stay inside `main`: the engine's worker process imports this module too when it is spawned.
"""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the editor; returns the exit code."""
    # Nothing made while starting is garbage, and looking for some takes a tenth of the time.
    # `run` puts it on again.
    gc.disable()
    # The window multiplies no matrices: 45 ms for threads of numpy that would never do a thing.
    # The worker, which inherits the environment, may have them.
    is_chosen = "OPENBLAS_NUM_THREADS" in os.environ
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _import_before_qt()
    from inpaint_studio.app import run

    if not is_chosen:
        del os.environ["OPENBLAS_NUM_THREADS"]
    return run(sys.argv)


def _import_before_qt() -> None:
    """Import what the window needs that knows no Qt.

    PySide reads the source of every module that is imported after it (to see whether it asks for
    another style of names), which takes a tenth of the time to start.
    """
    import inpaint_studio.core.commands
    import inpaint_studio.engine.worker_client
    import inpaint_studio.files.export
    import inpaint_studio.files.image_io
    import inpaint_studio.models.detect
    import inpaint_studio.settings  # noqa: F401


if __name__ == "__main__":
    sys.exit(main())
