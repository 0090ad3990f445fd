"""Which of ImageNet's classes a prompt means: those that it names, or those whose names CLIP puts next to it.

Big Sleep (Murdock 2021) leaves it to the gradient to find them among a thousand, which takes hundreds of steps; its
descendants let CLIP compare the prompt with the classes' names, which takes none.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from studio.base.errors import InputError
from studio.dream.naming import read
from studio.score.perceptor import Perceptor

_AT_ONCE = 64
_SURE = 100.0  # what cosines are multiplied by at least: how sure CLIP was trained to become


@functools.cache
def names() -> tuple[str, ...]:
    """What ImageNet's 1000 classes are called in English, in order: OpenAI's curated list, as open_clip has it."""
    from open_clip.zero_shot_metadata import IMAGENET_CLASSNAMES

    return tuple(IMAGENET_CLASSNAMES)


def likely(text: str, perceptor: Perceptor, classes: int, count: int) -> tuple[Tensor, Tensor]:
    """The classes that a text may mean, the likeliest first, and how likely each is.

    Those that the text names, or, where it names none, those whose names are most like it in the perceptor's eyes.

    Args:
        text: the prompt; where it is empty, every class is as likely.
        perceptor: compares texts.
        classes: how many classes the generator has; names are ImageNet's, as far as they go.
        count: how many are wanted at most.

    Returns:
        Their numbers, (k,), and shares, (k,), adding up to 1, on the CPU.

    Raises:
        InputError: the text is too long for the perceptor.
    """
    known = names()[:classes]
    if not text.strip():
        even = min(count, classes)
        return torch.arange(even) * classes // even, torch.full((even,), 1 / even)
    named = list(dict.fromkeys(thing.kind for thing in read(text, [(name,) for name in known], ()).things))[:count]
    if named:
        return torch.tensor(named), torch.full((len(named),), 1 / len(named))
    scores = embedded(perceptor, len(known)) @ perceptor.embed_text([text])[0].cpu()
    best = scores.topk(min(count, len(known)))
    return best.indices, (max(_SURE, perceptor.logit_scale) * best.values).softmax(0)


_known: dict[tuple[str, int], Tensor] = {}


@torch.no_grad()
def embedded(perceptor: Perceptor, classes: int) -> Tensor:
    """Embeddings of the first names, (classes, d), on the CPU; computed once for a perceptor.

    A name that it cannot read is like nothing: its embedding is 0.
    """
    key = perceptor.identity, classes
    if key not in _known:
        wanted = names()[:classes]
        fitting = [number for number, name in enumerate(wanted) if _readable(perceptor, name)]
        table = torch.zeros(classes, perceptor.dimensions)
        for start in range(0, len(fitting), _AT_ONCE):
            some = fitting[start : start + _AT_ONCE]
            table[some] = perceptor.embed_text([wanted[number] for number in some]).float().cpu()
        _known[key] = table
    return _known[key]


def _readable(perceptor: Perceptor, name: str) -> bool:
    try:
        perceptor.check_text(name)
    except InputError:
        return False
    return True
