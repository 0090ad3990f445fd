"""Merges are learnt so that open_clip's tokenizer reads every word of the captions as one token."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.score.tokens import build_tokenizer
from studio.starter.bpe import learn_merges

words = st.text("abcdeilnorst", min_size=1, max_size=9)


def encode(merges: list[str], text: str) -> list[int]:
    return build_tokenizer({"merges": merges}, 32, name="test").encode(text)


@settings(max_examples=25, deadline=None)
@given(st.lists(words, min_size=1, max_size=8))
def test_every_word_becomes_one_token_of_its_own(some):
    merges = learn_merges([" ".join(some)], 1000)
    tokens = [encode(merges, word) for word in some]
    assert [len(token) for token in tokens] == [1] * len(some)
    assert len({token[0] for token in tokens}) == len(set(some))
    assert encode(merges, " ".join(some)) == [token[0] for token in tokens]


def test_a_word_never_met_falls_to_pieces_that_read_back():
    merges = learn_merges(["a cat on a mat", "a rat"], 100)
    tokenizer = build_tokenizer({"merges": merges}, 32, name="test")
    tokens = tokenizer.encode("chat")
    assert len(tokens) > 1
    pieces = {number: piece for piece, number in tokenizer._numbers.items()}
    assert "".join(pieces[token] for token in tokens) == "chat</w>"


def test_the_most_frequent_pair_comes_first():
    assert learn_merges(["ab ab ab xy"], 10) == ["a b</w>", "x y</w>"]
    assert learn_merges(["xy ab"], 10) == ["a b</w>", "x y</w>"]  # as frequent: in the order of the alphabet


def test_merges_are_learnt_from_merges():
    assert learn_merges(["abab abab"], 10) == ["a b", "a b</w>", "ab ab</w>"]
    assert learn_merges(["aaa"], 10) == ["a a", "aa a</w>"]


def test_no_more_than_the_limit_is_learnt():
    captions = ["all these words are learnt together"]
    everything = learn_merges(captions, 1000)
    assert len(everything) < 1000
    for limit in (0, 1, 5):
        assert learn_merges(captions, limit) == everything[:limit]


def test_case_digits_and_punctuation_do_not_matter():
    assert learn_merges(["Red, red; RED-2 3_4!"], 100) == learn_merges(["red red red"], 100)
    assert learn_merges(["1 2, 3_", ""], 100) == []


def test_the_order_of_captions_does_not_matter():
    captions = ["a red cat", "a blue dog", "two cats", "three dogs above a cat"]
    assert learn_merges(captions, 100) == learn_merges(captions[::-1], 100)
