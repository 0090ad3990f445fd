"""What a perceptor makes of things that are known: captions, and drawn pictures of just these captions.

Scores are counted from here, as `studio.score.standing` has them. Chance is a prompt's mean cosine with the pictures.
What is true of words is what the pictures are to their captions; and of a picture that is a prompt, what two pictures
of one thing are to each other.
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
from studio.score.standing import Floats, gain
from studio.timeline.prompt import Content, Text
from studio.witness.memory import Memory

_SCENES = 60  # of each kind are looked through for backgrounds: every context of the captions is among them
_PORTION = 10  # pictures that are drawn between two looks at the token


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What is known to one perceptor.

    Attributes:
        captions: the words, c of them.
        shown: (c, d), embeddings of a picture of each.
        word_gain: how much more a true caption gets than another.
        picture_gain: how much more a second picture of the same thing gets than one of another.
    """

    captions: tuple[str, ...]
    shown: Floats
    word_gain: float
    picture_gain: float

    def chance(self, wish: Content, point: Floats) -> float:
        """The mean cosine of a wish, which lies at `point` (d,), with the pictures that do not have it as caption."""
        text = wish.text if isinstance(wish, Text) else ""
        others = [place for place, caption in enumerate(self.captions) if caption != text]
        return float((self.shown[others] @ point).mean())


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
    return Reference(captions, first, gain(first @ said.T), gain(first @ second.T))


def _drawn(perceptor: Perceptor, memory: Memory, known: Sequence[Prompt], seed: int, token: CancelToken) -> Floats:
    names = [f"drawn {seed} {_SCENES} {_pack().identity} {prompt.text}" for prompt in known]
    found = _remembered(perceptor, memory, names)
    if found is None:
        parts = []
        for first in range(0, len(known), _PORTION):
            token.check()
            some = real_pictures(known[first : first + _PORTION], _pack(), perceptor.image_size, seed, _SCENES)
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
