from __future__ import annotations

import pytest

from inpaint_studio.engine.backends.diffusion.clip_tokenizer import (
    OPEN_CLIP_PADDING,
    clip_tokenizer,
)

START, END = 49406, 49407


# Numbers that CLIP's published tokenizer gives.
@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a photo of a cat", [320, 1125, 539, 320, 2368]),
        ("Hello, World!", [3306, 267, 1002, 256]),
        ("", []),
    ],
)
def test_words_have_clips_numbers(text: str, tokens: list[int]) -> None:
    assert clip_tokenizer()(text).input_ids == [START, *tokens, END]


def test_vocabulary_is_clips() -> None:
    tokenizer = clip_tokenizer()
    assert len(tokenizer) == 49408
    assert tokenizer.convert_tokens_to_ids(["!", "<|startoftext|>", "<|endoftext|>"]) == [
        0,
        START,
        END,
    ]


def test_any_text_can_be_written_and_read_back() -> None:
    tokenizer = clip_tokenizer()
    text = "ein grüner hügel 富士山 🌋"
    tokens = tokenizer(text).input_ids
    assert tokenizer.decode(tokens, skip_special_tokens=True).split() == text.split()


def test_long_texts_are_cut_and_short_ones_padded() -> None:
    cut = clip_tokenizer()("cat " * 200, padding="max_length", truncation=True).input_ids
    assert len(cut) == 77
    assert cut[-1] == END
    padded = clip_tokenizer()("cat", padding="max_length").input_ids
    assert padded == [START, 2368, *[END] * 75]
    second = clip_tokenizer(OPEN_CLIP_PADDING)("cat", padding="max_length").input_ids
    assert second == [START, 2368, END, *[0] * 74]
