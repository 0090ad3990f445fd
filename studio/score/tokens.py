"""From words to the numbers that a text tower reads: CLIP's byte-pair tokenizer, with the model's own merges."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from studio.base.errors import InputError, ModelError
from studio.models.loading import TOKENIZER
from studio.score import siglip_tokens
from studio.score.byte_pairs import MAX_MERGES, BytePairs

if TYPE_CHECKING:
    from studio.models.loading import Weights

MARKS = 2
"""Tokens of every sequence of CLIP's own tokenizer that are no part of the text: its start and its end."""

_EXCERPT = 60


class Tokenizer(Protocol):
    """What turns texts into tokens: `byte_pairs.BytePairs`, or one of its kin."""

    context_length: int
    eot_token_id: int

    def encode(self, text: str) -> list[int]:
        """The tokens of `text` without marks, however many."""

    def __call__(self, texts: list[str]) -> Tensor:
        """Tokens (n, context_length) with marks, padded with 0, cut off where they are too many."""


def marks(tokenizer: Tokenizer) -> int:
    """Tokens of every sequence that are no part of the text."""
    return int(getattr(tokenizer, "marks", MARKS))  # CLIP's own does not say


def of(weights: Weights) -> Tokenizer:
    """The tokenizer of a perceptor's weights.

    Raises:
        ModelError: the configuration describes none, or the file that it needs is not among them.
    """
    name, config = weights.name, weights.config
    model_cfg = config.get("model_cfg")
    text = model_cfg.get("text_cfg") if isinstance(model_cfg, Mapping) else None
    if not isinstance(text, Mapping):
        raise _unusable(name, "It does not describe its network: model_cfg with text_cfg is missing")
    length, vocabulary = text.get("context_length", 77), text.get("vocab_size", 49408)
    if not isinstance(length, int) or not isinstance(vocabulary, int) or length < 1:
        raise _unusable(name, f"It describes {length!r} tokens at once of {vocabulary!r}")
    if repository := text.get("hf_tokenizer_name"):
        if not isinstance(repository, str) or not siglip_tokens.is_siglips(repository):
            raise _unusable(
                name, f"It reads texts by the tokenizer {str(repository)[:80]}, and only SigLIP's are known"
            )
        file = weights.tensors.get(TOKENIZER)
        if file is None:
            raise siglip_tokens.missing(name, repository)
        return siglip_tokens.SiglipTokenizer(file.numpy().tobytes(), length, vocabulary, name=name)
    tokenizer = build_tokenizer(config.get("tokenizer"), length, name=name)
    if tokenizer.eot_token_id >= vocabulary:
        raise _unusable(
            name, f"Its tokenizer has {tokenizer.eot_token_id + 1} tokens and its text tower knows {vocabulary}"
        )
    return tokenizer


def build_tokenizer(config: Mapping[str, object] | None, context_length: int, *, name: str) -> Tokenizer:
    """The tokenizer that a model's configuration describes.

    Args:
        config: {"merges": ["a b</w>", ...]}, most frequent first, or None for the merges of OpenAI's CLIP.
        context_length: tokens that the model reads, marks counted in.
        name: the model's, for messages.

    Raises:
        ModelError: `config` is something else.
    """
    if config is None:
        return BytePairs(None, context_length)
    merges = config.get("merges")
    if set(config) != {"merges"} or not isinstance(merges, Sequence) or not all(_is_merge(merge) for merge in merges):
        raise _unusable(name, 'Its tokenizer is not described as {"merges": ["a b</w>", ...]}')
    if len(merges) > MAX_MERGES:
        raise _unusable(name, f"Its tokenizer has {len(merges)} merges, and {MAX_MERGES} is the most that can be read")
    return BytePairs(merges, context_length)


def check(text: str, count: Callable[[str], int], context_length: int, *, name: str, marks: int = MARKS) -> None:
    """Do nothing, or refuse a text that a perceptor cannot read whole.

    Args:
        text: of a prompt.
        count: how many tokens a text takes, marks counted in.
        context_length: how many tokens the perceptor reads, marks counted in.
        name: the perceptor's, for messages.
        marks: how many of both are no part of the text.

    Raises:
        InputError: `text` is blank, to this perceptor at least, or takes too many tokens: both counts are named, and
            where reading would end.
    """
    if not text.strip():
        raise InputError("A prompt is empty", f"{name} needs at least one word", "Write what the picture should show")
    length = count(text)
    if length <= marks:
        raise InputError(
            f"The prompt “{_excerpt(text)}” says nothing",
            f"{name} reads no punctuation, and there is nothing else",
            "Write what the picture should show",
        )
    if length <= context_length:
        return
    words = text.split()
    fitting = bisect_right(range(len(words) + 1), context_length, key=lambda n: count(" ".join(words[:n]))) - 1
    unread = f"“{_excerpt(' '.join(words[fitting:]))}”" + (" and all after it" if fitting < len(words) - 1 else "")
    raise InputError(
        f"The prompt “{_excerpt(text)}” is too long",
        f"It takes {length - marks} tokens and {name} reads {context_length - marks}",
        f"Shorten it ({unread} would go unread), or make several prompts of it, joined by |",
    )


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def _is_merge(merge: object) -> bool:
    return isinstance(merge, str) and len(merge.split()) == 2 and merge == " ".join(merge.split())


def _unusable(name: str, why: str) -> ModelError:
    return ModelError(f"The model {name} could not be used", why, "Fetch or train the model again, or choose another")
