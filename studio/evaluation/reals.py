"""Real pictures of a prompt: the artwork of its object before the background of its context, as training draws them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from studio.base.errors import InputError
from studio.canvas.compositor import compose
from studio.canvas.pack import Pack
from studio.canvas.sprites import Sprites
from studio.evaluation.prompts import Prompt
from studio.scenery.backgrounds import KINDS
from studio.scenery.scenes import Scene, draw
from studio.starter.captions import with_article

_TRIED = 400  # scenes of each kind whose words are looked at


def can_draw(prompt: Prompt, pack: Pack) -> bool:
    """Whether there is a real picture of a prompt: its words for object and context are those that captions use."""
    return bool(_names(prompt, pack) and _scenes(prompt.context))


def real_pictures(prompts: Sequence[Prompt], pack: Pack, side: int, seed: int, tried: int = _TRIED) -> Tensor:
    """One real picture of each prompt, (n, 3, side, side) in 0 to 1; another seed gives others.

    Args:
        prompts: what they show.
        pack: whose artwork.
        side: in pixels.
        seed: of the draw.
        tried: scenes of each kind that are looked through for the context: with fewer it begins sooner.

    Raises:
        InputError: a prompt's object or context is none that can be drawn; it is named.
    """
    sprites = Sprites(pack)
    return torch.cat(
        [_real(prompt, pack, sprites, side, [seed, number], tried) for number, prompt in enumerate(prompts)]
    )


def drawable(pack: Pack) -> tuple[str, ...]:
    """The objects of a pack by their first nouns, with articles."""
    return tuple(dict.fromkeys(with_article(cutout.nouns[0]) for cutout in pack.cutouts.values()))


def _real(prompt: Prompt, pack: Pack, sprites: Sprites, side: int, seed: list[int], tried: int) -> Tensor:
    rng = np.random.default_rng(seed)
    names = _names(prompt, pack)
    places = _scenes(prompt.context, tried)
    if not names or not places:
        raise InputError(
            f"There is no real picture of “{prompt.text}” to compare with",
            f"{'The object' if not names else 'The context'} is none that training draws",
            "Use objects and contexts that training knows, or leave the comparison out (--no-reals)",
        )
    kind, number = places[int(rng.integers(len(places)))]
    ground = draw(Scene(kind, number), side, side).picture
    size = float(rng.uniform(0.55, 0.8))
    reach = 0.5 - size / 2
    x, y = (0.5 + float(rng.uniform(-reach, reach)) for _ in range(2))
    place = torch.tensor([[x, y, np.log(size), float(rng.normal(0, 0.1)), 1.0, 0.5, 0.5, 0.5, 0.0]])
    sprite = sprites.get(names[int(rng.integers(len(names)))], 128)
    return compose(torch.from_numpy(ground).permute(2, 0, 1)[None].float(), [sprite], place.float()).clamp(0, 1)


def _names(prompt: Prompt, pack: Pack) -> list[str]:
    return [n for n, cutout in pack.cutouts.items() if prompt.object in map(with_article, cutout.nouns)]


def _scenes(context: str, tried: int = _TRIED) -> list[tuple[str, int]]:
    """Scenes of which a caption says just this."""
    found = []
    for kind in KINDS:
        found += [(kind.name, number) for number in range(tried) if _said(kind.name, number) == context]
    return found


_sayings: dict[tuple[str, int], str] = {}


def _said(kind: str, number: int) -> str:
    key = kind, number
    if key not in _sayings:
        _sayings[key] = draw(Scene(kind, number), 2, 2).phrase
    return _sayings[key]
