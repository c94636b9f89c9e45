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
    from inpaint_studio.app import run

    if not is_chosen:
        del os.environ["OPENBLAS_NUM_THREADS"]
    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
