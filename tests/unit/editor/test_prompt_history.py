from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inpaint_studio.editor.prompt_history import (
    LONGEST_PROMPT,
    MOST_RECENT_PROMPTS,
    PromptHistory,
    SavedPrompt,
)


@pytest.fixture
def history(tmp_path: Path) -> PromptHistory:
    return PromptHistory(tmp_path / "state")


def test_the_last_used_comes_first_and_none_twice(history: PromptHistory) -> None:
    for text in ("a chair", "a table", " a chair ", "", "   "):
        history.remember(text)
    assert history.recent() == ("a chair", "a table")


def test_it_is_bounded(history: PromptHistory) -> None:
    for number in range(MOST_RECENT_PROMPTS + 5):
        history.remember(f"prompt {number}")
    assert len(history.recent()) == MOST_RECENT_PROMPTS
    history.remember("x" * (LONGEST_PROMPT + 1))
    assert history.recent()[0] == f"prompt {MOST_RECENT_PROMPTS + 4}"


def test_saved_prompts_have_names(history: PromptHistory) -> None:
    history.save("Sky", "a clear sky")
    history.save(" grass ", "short grass")
    history.save("Sky", "a cloudy sky")
    history.save("", "nameless")
    assert history.saved() == (
        SavedPrompt("grass", "short grass"),
        SavedPrompt("Sky", "a cloudy sky"),
    )
    history.forget_saved("Sky")
    assert [prompt.name for prompt in history.saved()] == ["grass"]


def test_forgetting_leaves_the_others(history: PromptHistory) -> None:
    history.remember("one")
    history.remember("two")
    history.save("kept", "three")
    history.forget("two")
    assert history.recent() == ("one",)
    assert history.saved() == (SavedPrompt("kept", "three"),)


def test_another_window_sees_it(history: PromptHistory, tmp_path: Path) -> None:
    history.remember("shared")
    assert PromptHistory(tmp_path / "state").recent() == ("shared",)


@pytest.mark.parametrize(
    "content", [b"", b"no json", b"[]", b'{"recent": 3}', b'{"recent": [1, "", "good", null]}']
)
def test_a_damaged_file_counts_as_what_can_be_read(
    history: PromptHistory, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "prompts.json").write_bytes(content)
    assert history.recent() in ((), ("good",))
    assert history.saved() == ()


def test_a_state_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    PromptHistory(tmp_path / "file").remember("lost")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip() == text))
def test_any_text_comes_back_as_it_was(history: PromptHistory, text: str) -> None:
    history.remember(text)
    assert history.recent()[0] == text
