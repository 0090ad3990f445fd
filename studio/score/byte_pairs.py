"""CLIP's byte-pair tokenizer (Radford et al. 2021), number for number open_clip's `SimpleTokenizer`.

Importing open_clip takes seconds, for it brings torchvision and timm along; words need none of it.
"""

from __future__ import annotations

import functools
import gzip
import html
import importlib.util
import itertools
import re
import string
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from studio.base.errors import ModelError

MAX_MERGES = 49152 - 256 - 2
"""How many merges a vocabulary has at most; open_clip leaves out the rest without a word."""

_MERGES = "bpe_simple_vocab_16e6.txt.gz"
_SPECIAL = ("<start_of_text>", "<end_of_text>")
_HEAD = "|".join((*_SPECIAL, "'s|'t|'re|'ve|'m|'ll|'d"))
_ASCII = re.compile(_HEAD + r"|[a-z]+|[0-9]|[^\sa-z0-9]+", re.IGNORECASE | re.ASCII)
_UNPUNCTUATED = str.maketrans("", "", string.punctuation)


class BytePairs:
    """Cuts lower-case text into words, and words into the pieces that merges make.

    Args:
        merges: "a b</w>", the most frequent first; None for those of OpenAI's CLIP.
        context_length: tokens of every row, marks counted in.

    Raises:
        ModelError: OpenAI's are wanted, and open_clip, which brings them, is not installed.
    """

    def __init__(self, merges: Sequence[str] | None, context_length: int) -> None:
        pairs = _openais() if merges is None else tuple((first, second) for first, second in map(str.split, merges))
        letters = list(_letters().values())
        pieces = [*letters, *(f"{letter}</w>" for letter in letters), *map("".join, pairs), *_SPECIAL]
        self._numbers = {piece: number for number, piece in enumerate(pieces)}  # of two alike, the later one counts
        self._ranks = {pair: rank for rank, pair in enumerate(pairs)}
        self._known: dict[str, tuple[str, ...]] = {special: (special,) for special in _SPECIAL}
        self.context_length = context_length
        self.sot_token_id, self.eot_token_id = (self._numbers[special] for special in _SPECIAL)

    def encode(self, text: str) -> list[int]:
        """The tokens of `text` without marks, however many."""
        cleaned, plain = _cleaned(text)
        words = _ASCII.findall(cleaned) if plain else _words().findall(cleaned)
        letters = _letters()
        spelled = ("".join(letters[byte] for byte in word.encode()) for word in words)
        return [self._numbers[piece] for word in spelled for piece in self._pieces(word)]

    def __call__(self, texts: list[str]) -> Tensor:
        """Tokens (n, context_length) with marks, padded with 0, cut off where they are too many."""
        result = torch.zeros(len(texts), self.context_length, dtype=torch.long)
        for row, text in zip(result, texts, strict=True):
            tokens = [self.sot_token_id, *self.encode(text), self.eot_token_id][: self.context_length]
            tokens[-1] = self.eot_token_id
            row[: len(tokens)] = torch.tensor(tokens)
        return result

    def _pieces(self, word: str) -> tuple[str, ...]:
        """What is left of a word's letters when the most frequent pair has been joined again and again."""
        if word not in self._known:
            pieces = (*word[:-1], f"{word[-1]}</w>")
            while len(pieces) > 1:
                pair = min(itertools.pairwise(pieces), key=lambda pair: self._ranks.get(pair, len(self._ranks)))
                if pair not in self._ranks:
                    break
                pieces = _joined(pieces, pair)
            self._known[word] = pieces
        return self._known[word]


def canonical(text: str) -> str:
    """Text as SigLIP reads it: mended, in lower case, without punctuation, with single spaces."""
    words = _mended(text)[0].replace("_", " ").translate(_UNPUNCTUATED).lower()
    return " ".join(words.split())


def _cleaned(text: str) -> tuple[str, bool]:
    mended, plain = _mended(text)
    return " ".join(mended.split()).lower(), plain


def _mended(text: str) -> tuple[str, bool]:
    """Text without broken letters and HTML's names for them; and whether nothing was mended: it is plain ASCII."""
    if text.isascii() and text.isprintable() and "&" not in text:
        return text.strip(), True
    import ftfy

    mended: str = html.unescape(html.unescape(ftfy.fix_text(text)))
    return mended.strip(), False


def _joined(pieces: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    made: list[str] = []
    at = 0
    while at < len(pieces):
        both = pieces[at : at + 2] == pair
        made.append("".join(pair) if both else pieces[at])
        at += 2 if both else 1
    return tuple(made)


@functools.cache
def _letters() -> dict[int, str]:
    """A letter that can be seen for every byte, the ones that are letters already first."""
    seen = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in seen]
    return {byte: chr(byte) for byte in seen} | {byte: chr(256 + number) for number, byte in enumerate(others)}


@functools.cache
def _words() -> re.Pattern[str]:
    import regex

    pattern: re.Pattern[str] = regex.compile(_HEAD + r"|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE)
    return pattern


@functools.cache
def _openais() -> tuple[tuple[str, str], ...]:
    """The merges of OpenAI's CLIP, from the file that open_clip brings, without importing it."""
    found = importlib.util.find_spec("open_clip")
    if found is None or not found.submodule_search_locations:
        raise ModelError(
            "open_clip is not installed", "It has the words of OpenAI's CLIP", "pip install open_clip_torch"
        )
    lines = gzip.decompress((Path(found.submodule_search_locations[0]) / _MERGES).read_bytes()).decode().split("\n")
    return tuple((first, second) for first, second in map(str.split, lines[1 : MAX_MERGES + 1]))
