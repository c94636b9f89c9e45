"""How the program starts when something is not as it should be."""

from __future__ import annotations

import pytest

from inpaint_studio.settings import folders
from inpaint_studio.ui.studio import Studio


@pytest.fixture
def _broken_settings() -> None:
    file = folders().settings_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("theme = [broken")


@pytest.mark.usefixtures("_broken_settings")
def test_a_broken_settings_file_is_told_and_kept(studio: Studio) -> None:
    file = folders().settings_file
    told = studio.window.messages.message()
    broken = file.with_name("settings.toml.broken")
    assert broken.read_text() == "theme = [broken"
    assert "settings" in told
    assert str(broken) in told
