"""Tokenizers from a model's own merges, and prompts that do not fit."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import InputError, ModelError
from studio.score import tokens
from studio.score.byte_pairs import MAX_MERGES

MERGES = ["r e", "re d</w>", "a p"]


def test_merges_become_tokens() -> None:
    tokenizer = tokens.build_tokenizer({"merges": MERGES}, 6, name="tiny")
    start, end = 515, 516
    assert tokenizer.eot_token_id == end
    assert tokenizer.encode("Red") == [513]
    assert tokenizer.encode("app") == [514, tokenizer.encode("p")[0]]
    assert torch.equal(tokenizer(["red red"]), torch.tensor([[start, 513, 513, end, 0, 0]]))


def test_without_merges_every_byte_is_a_token() -> None:
    tokenizer = tokens.build_tokenizer({"merges": []}, 8, name="tiny")
    assert tokenizer.eot_token_id == 513
    assert len(tokenizer.encode("ünï")) == 5


def test_openais_tokenizer_is_the_default() -> None:
    tokenizer = tokens.build_tokenizer(None, 77, name="big")
    assert (tokenizer.context_length, tokenizer.eot_token_id) == (77, 49407)
    assert tokenizer.encode("a photo of a cat") == [320, 1125, 539, 320, 2368]


@pytest.mark.parametrize(
    "config",
    [{}, {"merges": "abc"}, {"merges": ["a b c"]}, {"merges": [3]}, {"merges": ["a\nb c"]}, {"merges": [], "x": 1}],
)
def test_refuses_what_is_no_list_of_merges(config: dict[str, object]) -> None:
    with pytest.raises(ModelError, match=r"tiny.*merges"):
        tokens.build_tokenizer(config, 8, name="tiny")


def test_refuses_merges_that_open_clip_would_drop() -> None:
    with pytest.raises(ModelError, match="48895 merges, and 48894"):
        tokens.build_tokenizer({"merges": ["a b"] * (MAX_MERGES + 1)}, 8, name="tiny")


def words(text: str) -> int:
    return len(text.split()) + tokens.MARKS


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_refuses_an_empty_prompt(text: str) -> None:
    with pytest.raises(InputError) as caught:
        tokens.check(text, words, 6, name="tiny")
    assert caught.value.what == "A prompt is empty"
    assert "tiny" in caught.value.why
    assert caught.value.fix


def test_a_prompt_that_just_fits_is_fine() -> None:
    tokens.check("one two three four", words, 6, name="tiny")


def test_says_what_of_a_long_prompt_would_go_unread() -> None:
    with pytest.raises(InputError) as caught:
        tokens.check("one two three four five six", words, 6, name="tiny")
    assert caught.value.what == "The prompt “one two three four five six” is too long"
    assert caught.value.why == "It takes 6 tokens and tiny reads 4"
    assert "“five six” and all after it would go unread" in caught.value.fix


def test_quotes_only_the_beginning_of_a_very_long_prompt() -> None:
    with pytest.raises(InputError) as caught:
        tokens.check("word " * 10_000, words, 6, name="tiny")
    assert "10000 tokens" in caught.value.why
    assert len(str(caught.value)) < 400


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["red", "apple", "ü", "x" * 30]), min_size=1, max_size=12), st.integers(3, 12))
def test_refuses_exactly_what_does_not_fit(parts: list[str], length: int) -> None:
    text = " ".join(parts)
    if words(text) <= length:
        tokens.check(text, words, length, name="tiny")
    else:
        with pytest.raises(InputError, match="too long"):
            tokens.check(text, words, length, name="tiny")
