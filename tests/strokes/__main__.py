"""Paints the reference masks anew: python -m tests.strokes [NAME ...].

Run it after a change that is meant to paint otherwise, and look at the pictures before keeping
them. `--hands` also writes the recordings of tests/strokes/hands.py anew.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.strokes.hands import all_recordings
from tests.strokes.paper import Paper
from tests.strokes.recording import FOLDER, load, recordings, save, save_mask


def main(arguments: list[str]) -> None:
    """Paint those named, or all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {name for name in arguments if not name.startswith("--")}
    if "--hands" in arguments:
        for recording in all_recordings():
            save(recording)
    app = QApplication(["strokes"])
    for path in recordings():
        if not wanted or path.stem in wanted:
            recording = load(path)
            paper = Paper(recording.extent)
            paper.hand.draw(recording)
            save_mask(path, paper.mask())
            paper.close()
            print("painted", path.stem)
    app.quit()


if __name__ == "__main__":
    main(sys.argv[1:])
