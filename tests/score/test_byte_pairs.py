"""Texts are cut number for number as open_clip's tokenizer cuts them, with anybody's merges."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from open_clip.tokenizer import SimpleTokenizer, get_clean_fn

from studio.score.byte_pairs import BytePairs, canonical

MERGES = ["t h", "th e</w>", "r e", "re d</w>", "a p", "ap p", "app l", "appl e</w>", "' s</w>", "1 2", "Ã ¼"]
TRICKY = [
    "<start_of_text>",
    "<END_OF_TEXT>",
    "&amp;amp;",
    "&#39;",
    "“q”",
    "\x1b[1mx",
    "ﬁ",
    "１２",
    "don't I'LL WE'VE",
    "日本",
    "😀",
]
TRICKY += ["\x00", "a\tb\nc", "_x_", "ſ", "K", "İ", "ß", "à́", "Ã¼", "the red apple's 123 apps!!", "", "  ", "x" * 40]

words = st.one_of(st.text(max_size=20), st.sampled_from(TRICKY), st.text(st.characters(max_codepoint=126), max_size=20))
texts = st.lists(words, max_size=4).map(" ".join)


@pytest.fixture(scope="module")
def openais() -> tuple[BytePairs, SimpleTokenizer]:
    return BytePairs(None, 77), SimpleTokenizer(context_length=77)


@pytest.fixture(scope="module")
def own() -> tuple[BytePairs, SimpleTokenizer]:
    lines = gzip.compress("\n".join(["#version: 0.2", *MERGES]).encode())
    return BytePairs(MERGES, 9), SimpleTokenizer(io.BytesIO(lines), context_length=9)


@pytest.mark.parametrize("which", ["openais", "own"])
@pytest.mark.parametrize("text", TRICKY)
def test_tricky_texts_become_the_same_tokens(which: str, text: str, request: pytest.FixtureRequest) -> None:
    ours, theirs = request.getfixturevalue(which)
    assert ours.encode(text) == theirs.encode(text)
    assert (ours.sot_token_id, ours.eot_token_id) == (theirs.sot_token_id, theirs.eot_token_id)


@settings(max_examples=300)
@given(text=texts)
def test_any_text_becomes_the_same_tokens(text: str, openais, own) -> None:
    for ours, theirs in (openais, own):
        assert ours.encode(text) == theirs.encode(text)
        assert torch.equal(ours([text, "red"]), theirs([text, "red"]))


@settings(max_examples=200)
@given(text=texts)
def test_any_text_is_cleaned_as_siglip_wants_it(text: str) -> None:
    assert canonical(text) == get_clean_fn("canonicalize")(text)


def test_rows_are_cut_off_and_padded(own) -> None:
    ours, theirs = own
    rows = ours(["red", "red " * 20])
    assert torch.equal(rows, theirs(["red", "red " * 20]))
    assert rows[0].tolist() == [ours.sot_token_id, 515, ours.eot_token_id, *[0] * 6]
    assert rows[1, -1] == ours.eot_token_id


def test_no_texts_give_no_rows(own) -> None:
    assert own[0]([]).shape == (0, 9)


def test_open_clip_is_not_imported_for_it() -> None:
    program = (
        "import sys; from studio.score.byte_pairs import BytePairs; BytePairs(None, 77).encode('an apple é');"
        "sys.exit(any(name in sys.modules for name in ('open_clip', 'timm', 'torchvision', 'torch._dynamo')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
