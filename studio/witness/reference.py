"""What a perceptor makes of things that are known: captions, and drawn pictures of just these captions.

Scores are counted from here (see `studio.score.standing`): words stand out among the captions, and a picture that is a
prompt among the pictures; how far a true caption stands out in its picture is the score 1, and so is how far a second
picture of the same thing does.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.base import paths
from studio.base.cancel import CancelToken
from studio.canvas.pack import Pack, read_pack
from studio.evaluation.prompts import Prompt, read_prompts
from studio.evaluation.reals import real_pictures
from studio.score.looking import embed, looks
from studio.score.perceptor import Perceptor
from studio.score.standing import Floats, truth
from studio.witness.memory import Memory

_PORTION = 10  # pictures that are drawn between two looks at the token


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What is known to one perceptor.

    Attributes:
        captions: the words, c of them.
        said: (c, d), their embeddings.
        shown: (c, d), those of a picture of each.
        word_truth: what the standing of words is divided by.
        picture_truth: what that of a picture is divided by.
    """

    captions: tuple[str, ...]
    said: Floats
    shown: Floats
    word_truth: float
    picture_truth: float

    def without(self, texts: Sequence[str]) -> Floats:
        """The embeddings of the captions other than these texts: a prompt is not measured by itself."""
        kept = [place for place, caption in enumerate(self.captions) if caption not in texts]
        return self.said[kept]


def reference(perceptor: Perceptor, memory: Memory, token: CancelToken) -> Reference:
    """Find out, or remember, what a perceptor makes of known things. The first time takes seconds.

    Args:
        perceptor: who looks.
        memory: where it is kept.
        token: polled between a few pictures.

    Raises:
        Cancelled: the token was fired.
    """
    known = _known()
    captions = tuple(prompt.text for prompt in known)
    said = _remembered(perceptor, memory, [f"words {caption}" for caption in captions])
    if said is None:
        said = perceptor.embed_text(captions).cpu().numpy().astype(np.float32)
        memory.put(perceptor.identity, {f"words {name}": vector for name, vector in zip(captions, said, strict=True)})
    first, second = (_drawn(perceptor, memory, known, seed, token) for seed in (0, 1))
    return Reference(captions, said, first, truth(first @ said.T), truth(first @ second.T))


def _drawn(perceptor: Perceptor, memory: Memory, known: Sequence[Prompt], seed: int, token: CancelToken) -> Floats:
    names = [f"drawn {seed} {_pack().identity} {prompt.text}" for prompt in known]
    found = _remembered(perceptor, memory, names)
    if found is None:
        parts = []
        for first in range(0, len(known), _PORTION):
            token.check()
            some = real_pictures(known[first : first + _PORTION], _pack(), perceptor.image_size, seed)
            parts.append(embed(perceptor, [looks(one[None], perceptor.image_size) for one in some]).numpy())
        found = np.concatenate(parts).astype(np.float32)
        memory.put(perceptor.identity, dict(zip(names, found, strict=True)))
    return found


def _remembered(perceptor: Perceptor, memory: Memory, names: Sequence[str]) -> Floats | None:
    found = memory.get(perceptor.identity, names)
    return np.stack([found[name] for name in names]) if len(found) == len(names) else None


@functools.cache
def _pack() -> Pack:
    return read_pack(paths.resources() / "starter" / "noto.zip")


@functools.cache
def _known() -> tuple[Prompt, ...]:
    return read_prompts(paths.resources() / "starter" / "prompts-100.txt")
