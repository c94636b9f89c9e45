"""A busy program under X11 still hears every report of a fast mouse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

MOVES = 300
PROGRAM = """
import subprocess, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from inpaint_studio.ui.application import Application

class Busy(QWidget):
    heard = 0

    def mouseMoveEvent(self, event):
        self.heard += 1
        time.sleep(0.003)

app = Application(["busy"])
widget = Busy()
widget.setMouseTracking(True)
widget.setGeometry(0, 0, 600, 400)
widget.show()
moves = [word for i in range(%d) for word in ("mousemove", str(50 + i), str(100 + i %% 7 * 10))]
mouse = []
timer = QTimer(interval=50)

def look():
    if not mouse and widget.isVisible():
        mouse.append(subprocess.Popen(["xdotool", "sleep", "0.5", *moves]))
    elif mouse and mouse[0].poll() is not None:
        QTimer.singleShot(300, app.quit)
        timer.stop()

timer.timeout.connect(look)
timer.start()
app.exec()
print("heard", widget.heard)
"""


@pytest.mark.skipif(
    not (shutil.which("xvfb-run") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"
)
def test_no_report_of_the_mouse_is_lost_under_x11() -> None:
    done = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-c", PROGRAM % MOVES],
        env=os.environ | {"QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    words = done.stdout.split()
    assert words[:1] == ["heard"], done.stderr
    # With compression a program as busy as this one hears about 5.
    assert int(words[1]) >= MOVES * 0.95
