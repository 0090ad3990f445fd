"""Which latents of a starter BigGAN come closest to a picture: looked up among its drawings, then followed downhill."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.adam import adam
from studio.canvas.biggan_model import BigGanModel, Latents
from studio.canvas.placement import composite, unplace
from studio.canvas.resample import resample, triangle

GLANCE = 32
"""Pixels at which drawings are compared with the picture, each way."""

_LOOK = 64  # pixels, at which the latents are followed downhill
_STEPS = 40
_RATE = 0.05
_SIZES = (0.45, 0.65, 0.9)
_PLACES = (-0.9, 0.0, 0.9)
_BEST = 6
_AT_ONCE = 64
_OTHERWISE = 0.25  # differences above this are as good as any: there, the thing hides the background


@dataclass(frozen=True, slots=True, eq=False)
class Glances:
    """All of a model's backgrounds and one drawing of each of its classes, small.

    Attributes:
        things: (classes, 4, GLANCE, GLANCE), as `BigGanModel.things` gives them.
        scenes: (drawings of backgrounds, 3, GLANCE, GLANCE).
    """

    things: Tensor
    scenes: Tensor


_known: weakref.WeakKeyDictionary[BigGanModel, Glances] = weakref.WeakKeyDictionary()


@torch.no_grad()
def glances(model: BigGanModel) -> Glances:
    """The glances of a model; drawn once, which takes some seconds."""
    if model not in _known:
        firsts = model.thing_slots[:, 0]
        every = torch.arange(model.config.scenes.drawings, device=model.device)
        _known[model] = Glances(
            torch.cat([_small(model.things(numbers)) for numbers in torch.split(firsts, _AT_ONCE)]),
            torch.cat([_small(model.scenes(numbers)) for numbers in torch.split(every, _AT_ONCE)]),
        )
    return _known[model]


def one_hot(model: BigGanModel, thing: int, scene: int, place: tuple[float, ...], tint: tuple[float, ...]) -> Latents:
    """The latents of one drawing of a thing, at a place and dyed as this noise says, before one drawing of a scene."""
    things, scenes = (
        functional.one_hot(torch.tensor([number], device=model.device), count).float()
        for number, count in ((thing, model.config.things.drawings), (scene, model.config.scenes.drawings))
    )
    where, dyed = (torch.tensor([values], device=model.device) for values in (place, tint))
    return Latents(things[:, None].expand(-1, model.layers, -1), where, dyed, scenes)


def fit(model: BigGanModel, picture: Tensor, width: int, height: int) -> Latents:
    """The latents, of one picture, that draw something like `picture` (1, 3, h, w) at a size in pixels.

    The background that differs least, not counting what differs much; before it, the thing that takes away most of the
    difference, at one of 27 places, or none; then its drawings, place, size, angle and tint, by gradient.
    """
    shorter = min(width, height)
    wide, high = (max(1, round(_LOOK * side / shorter)) for side in (width, height))
    wanted = resample(picture, wide, high, kernel=triangle).clamp(0, 1)
    seen = glances(model)
    small = resample(wanted, GLANCE, GLANCE, kernel=triangle)
    with torch.no_grad():
        apart = (seen.scenes - small).abs().mean(1).clamp(max=_OTHERWISE).mean((1, 2))
        scene = int(apart.argmin())
        candidates = _candidates(model, seen, small, scene)
    found = []
    for latents in candidates:
        with torch.no_grad():
            error = float((model.draw(latents, wide, high) - wanted).abs().mean())
        found.append((error, latents))
    best = min(found, key=lambda each: each[0])[1]
    return _downhill(model, best, wanted)


def _candidates(model: BigGanModel, seen: Glances, small: Tensor, scene: int) -> list[Latents]:
    """The background alone, and every drawing of the classes that fit best before it, each where it fits best."""
    backdrop = seen.scenes[scene][None]
    undyed = (-1.0, 0.0, 0.0, 0.0)
    spots = [unplace(x, y, size) for size in _SIZES for x in _PLACES for y in _PLACES]
    errors = []
    for spot in spots:
        noise = torch.tensor([spot], device=model.device)
        shown = torch.cat(
            [
                composite(part, backdrop.expand(len(part), -1, -1, -1), noise.expand(len(part), -1), GLANCE, GLANCE)
                for part in torch.split(seen.things, _AT_ONCE)
            ]
        )
        errors.append((shown - small).abs().mean((1, 2, 3)))
    table = torch.stack(errors, 1)  # (classes, spots)
    least, where = table.min(1)
    classes = least.topk(min(_BEST, len(least)), largest=False).indices.tolist()
    candidates = [one_hot(model, 0, scene, unplace(0, 0, 0.5, shown=False), undyed)]
    for kind in classes:
        for drawing in dict.fromkeys(model.thing_slots[kind].tolist()):
            candidates.append(one_hot(model, drawing, scene, spots[int(where[kind])], undyed))
    return candidates


def _downhill(model: BigGanModel, latents: Latents, wanted: Tensor) -> Latents:
    """Follow the gradient of the difference; the thing and the background stay those that were found."""
    if float(latents.place[0, 4]) < -1:
        return latents
    place, tint = (noise.clone().requires_grad_() for noise in (latents.place, latents.tint))
    optimiser = adam([place, tint], lr=_RATE)
    best, kept = float("inf"), latents
    for _ in range(_STEPS):
        drawn = model.draw(replace(latents, place=place, tint=tint), wanted.shape[-1], wanted.shape[-2])
        loss = (drawn - wanted).abs().mean()
        if float(loss.detach()) < best:
            best = float(loss.detach())
            kept = replace(latents, place=place.detach().clone(), tint=tint.detach().clone())
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return kept


def _small(drawings: Tensor) -> Tensor:
    return resample(drawings, GLANCE, GLANCE, kernel=triangle)
