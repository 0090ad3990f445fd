"""Where in a perceptor's space a frame wants to go: prompts, between keyframes, as points on the unit sphere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from studio.base.errors import AssetError
from studio.score.cutouts import views
from studio.score.losses import angle
from studio.score.perceptor import Perceptor
from studio.score.sampling import view

PROMPT_SIDES = (1.0, 0.8)
"""An image prompt is looked at whole and in overlapping parts of this side, since dreaming looks at crops too."""


class TermLike(Protocol):
    """The part of `timeline.sample.TermState` that is used here; its contents are those of `timeline.prompt`."""

    @property
    def start(self) -> object:
        """The content of the keyframe before: has a `text`, or an `asset`, or the `seed` of noise."""

    @property
    def end(self) -> object:
        """The content of the keyframe after."""

    @property
    def mix(self) -> float:
        """How far it is from `start` to `end`; below 0 and above 1 where an ease overshoots."""

    @property
    def weight(self) -> float:
        """How strongly it pulls."""

    @property
    def stop(self) -> float:
        """Where it stops pulling."""


class StateLike(Protocol):
    """The part of `timeline.sample.FrameState` that is used here."""

    @property
    def terms(self) -> Sequence[TermLike]:
        """What the frame asks for."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A point that pictures are pulled to, or pushed away from.

    Attributes:
        embedding: (d,), unit length, without gradient, in the space of one perceptor.
        weight: how strongly it pulls; negative pushes away; finite.
        stop: where it stops pulling, as a weighted spherical distance; -inf for never.
        label: what it is called in reports; may be empty.
    """

    embedding: Tensor
    weight: float = 1.0
    stop: float = -math.inf
    label: str = ""

    def __post_init__(self) -> None:
        if self.embedding.ndim != 1:
            raise ValueError(f"a target is one embedding (d,), not {tuple(self.embedding.shape)}")
        if not math.isfinite(self.weight) or math.isnan(self.stop):
            raise ValueError(f"a target's weight and stop are numbers, not {self.weight} and {self.stop}")


def encode(state: StateLike, perceptor: Perceptor, pictures: Mapping[str, Tensor]) -> tuple[Target, ...]:
    """The targets of a frame, one for each of its terms: between two keyframes, on the great circle between them.

    Args:
        state: `timeline.sample(...)` of the frame.
        perceptor: in whose space.
        pictures: asset id to picture (1, 3, H, W) in 0 to 1, for image prompts.

    Raises:
        InputError: a text is empty or too long for this perceptor.
        AssetError: a picture is not among `pictures`.
    """
    contents = dict.fromkeys(content for term in state.terms for content in (term.start, term.end))
    points = {content: _embed(content, perceptor, pictures) for content in contents}
    return tuple(
        Target(slerp(points[term.start], points[term.end], term.mix), term.weight, term.stop, _label(term))
        for term in state.terms
    )


def embed_picture(perceptor: Perceptor, picture: Tensor, sides: Sequence[float] = PROMPT_SIDES) -> Tensor:
    """One embedding (d,) of a picture of any size: the mean direction of a fixed set of squares that cover it.

    Args:
        perceptor: who looks.
        picture: (1, 3, H, W) in 0 to 1.
        sides: of the squares, as shares of the shorter side. With (1.0,) a square picture is just resized.
    """
    homographies = torch.cat([views(picture.shape[-2], picture.shape[-1], side) for side in sides])
    with torch.no_grad():
        looks = view(picture.to(perceptor.device, torch.float32), homographies, perceptor.image_size)
        return torch.nn.functional.normalize(perceptor.embed_image(looks).mean(0), dim=-1)


def noise_point(perceptor: Perceptor, seed: int) -> Tensor:
    """The point (d,), of unit length, that noise of this seed is in a perceptor's space: the same on every device.

    `noise_prompt_seeds` of Crowson's VQGAN+CLIP notebook (2021): a normal vector of a generator with that seed.
    """
    drawn = torch.randn(perceptor.dimensions, generator=torch.Generator().manual_seed(seed))
    return torch.nn.functional.normalize(drawn, dim=0).to(perceptor.device)


def slerp(a: Tensor, b: Tensor, t: float | Tensor) -> Tensor:
    """The point at `t` on the great circle from `a` to `b`, at constant speed (Shoemake 1985); lengths mix linearly.

    Args:
        a: (..., d), of any length but 0.
        b: (..., d), likewise.
        t: 0 gives `a` and 1 gives `b`, exactly, and beyond the circle goes on; a number, or a tensor (...).

    Between opposite vectors, where every great circle is as good as another, one is chosen that depends on `a` alone.
    """
    t = torch.as_tensor(t, dtype=a.dtype, device=a.device)[..., None]
    lengths = a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True)
    start, end = a / lengths[0], b / lengths[1]
    turned = angle(start, end)[..., None] * t
    across = _without(end, start)
    size = across.norm(dim=-1, keepdim=True)
    axis = torch.nn.functional.one_hot(start.abs().argmin(-1), start.shape[-1]).to(start)  # the one it leans to least
    clear = size > 16 * torch.finfo(a.dtype).eps
    # Taken off twice, since little but rounding is left the first time where `end` is nearly opposite.
    sideways = torch.nn.functional.normalize(
        _without(torch.where(clear, across / size.where(clear, 1), axis), start), dim=-1
    )
    point = torch.lerp(*lengths, t) * (turned.cos() * start + turned.sin() * sideways)
    return torch.where(t == 0, a, torch.where(t == 1, b, point))


def _without(vector: Tensor, unit: Tensor) -> Tensor:
    """What is left of a vector when its part along `unit` is taken off."""
    return vector - (vector * unit).sum(-1, keepdim=True) * unit


def _embed(content: object, perceptor: Perceptor, pictures: Mapping[str, Tensor]) -> Tensor:
    text = getattr(content, "text", None)
    if isinstance(text, str):
        return perceptor.embed_text([text])[0]
    seed = getattr(content, "seed", None)
    if isinstance(seed, int):
        return noise_point(perceptor, seed)
    asset = str(getattr(content, "asset", None))
    if asset not in pictures:
        raise AssetError(
            f"The picture {asset} of an image prompt is missing",
            "It is not among the project's assets",
            "Add the picture to the project, or take the image prompt out",
        )
    return embed_picture(perceptor, pictures[asset])


def _label(term: TermLike) -> str:
    start, end = map(_name, (term.start, term.end))
    return start if start == end else f"{start} → {end}"


def _name(content: object) -> str:
    seed = getattr(content, "seed", None)
    noise_or_image = f"image:{getattr(content, 'asset', '')}" if seed is None else f"noise:{seed}"
    return getattr(content, "text", None) or noise_or_image
