"""The starter BigGAN, read from checked weights: noise and class vectors to pictures, with names for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from studio.base.errors import ModelError
from studio.canvas.generator import Branch, BranchShape, Choice, Networks
from studio.canvas.placement import PLACE, TINT, composite, cover, enlarged, tinted
from studio.models.loading import Weights, match
from studio.models.unfilled import Unfilled, allocate

SHARPNESS = 6.0
"""How much purer than its noise the choice among a class' drawings is."""

_FIX = "Fetch or train the model again, or choose another"


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of background.

    Attributes:
        name: what tables call it.
        phrases: what captions say of all of its kind ("in the grass").
        looks: what captions say of each of its drawings, and what each is called alone.
    """

    name: str
    phrases: tuple[str, ...]
    looks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BigGanConfig:
    """How to build a starter BigGAN, checked.

    Attributes:
        things: the branch that draws things.
        scenes: the branch that draws backgrounds.
        classes: what each class is called; the first noun is its name.
        styles: the drawing styles; a class' looks are as many of each, in this order.
        looks: places for drawings in a class.
        places: the kinds of background.
    """

    things: BranchShape
    scenes: BranchShape
    classes: tuple[tuple[str, ...], ...]
    styles: tuple[str, ...]
    looks: int
    places: tuple[Scene, ...]

    @classmethod
    def read(cls, config: Mapping[str, Any], *, name: str) -> BigGanConfig:
        """Check a configuration as it stands in a file, before anything is built from it.

        Raises:
            ModelError: a value is missing, of the wrong type, unreasonably large, or does not fit the others.
        """
        try:
            things, scenes = (_shape(config[key]) for key in ("things", "scenes"))
            classes = tuple(_texts(nouns, most=64) for nouns in config["classes"])
            styles = _texts(config["styles"], most=64)
            looks = _integer(config["looks"], 1, 4096)
            places = tuple(
                Scene(
                    _text(place["name"]),
                    _texts(place["phrases"], most=1024),
                    tuple((_text(said), _text(alone)) for said, alone in place["looks"]),
                )
                for place in config["places"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise _unusable(name, str(error) or "a value is missing") from error
        if not (0 < len(classes) <= 1 << 16 and 0 < len(places) <= 1 << 12 and places[0].looks):
            raise _unusable(name, "it has no classes, or no kinds of background")
        if any(len(place.looks) != len(places[0].looks) for place in places):
            raise _unusable(name, "its kinds of background have different numbers of drawings")
        if (things.out, scenes.out) != (4, 3) or things.side < 2 or not styles or looks % len(styles):
            raise _unusable(name, "its branches draw something else")
        return cls(things, scenes, classes, styles, looks, places)

    @property
    def slots(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The shapes of the two tables of drawings, see `Networks`."""
        return (len(self.classes), self.looks), (len(self.places), len(self.places[0].looks))


@dataclass(frozen=True, slots=True, eq=False)
class Latents:
    """What n pictures are drawn from.

    Attributes:
        things: (n, layers, drawings of things), how much each counts in each layer, adding up to 1.
        place: (n, 5) standard normal, see `studio.canvas.placement.place`.
        tint: (n, 4) standard normal, see `studio.canvas.placement.tinted`.
        scenes: (n, drawings of backgrounds), how much each counts, adding up to 1.
    """

    things: Tensor
    place: Tensor
    tint: Tensor
    scenes: Tensor


class BigGanModel:
    """A frozen starter BigGAN on a device.

    Called as pytorch-pretrained-biggan's generator is, and as Big Sleep calls it, with noise and a class vector for
    every layer.

    Attributes:
        name: what the catalogue calls it.
        identity: hex digest of the weights' file.
        config: names, and how large it is.
        layers: how many layers may each have noise and a class vector of their own.
        noise: how many numbers the noise has: the thing's looks, its place, its tint, the background's looks.
        side: width and height of what is drawn before it is enlarged, in pixels.
        thing_kinds: (drawings of things,) the class of each.
        scene_kinds: (drawings of backgrounds,) the kind of each.
        thing_slots: (classes, looks), see `Choice`.
        scene_slots: (kinds of background, looks), likewise.
        device: where it is.
    """

    def __init__(self, networks: Networks, config: BigGanConfig, *, name: str, identity: str) -> None:
        self.device = networks.thing_slots.device
        self._things: Branch = networks.things.eval().requires_grad_(False).to(memory_format=torch.channels_last)
        self._scenes: Branch = networks.scenes.eval().requires_grad_(False).to(memory_format=torch.channels_last)
        self.thing_slots, self.scene_slots = networks.thing_slots, networks.scene_slots
        self._choose_thing = Choice(self.thing_slots.cpu(), config.things.drawings, SHARPNESS).to(self.device)
        self._choose_scene = Choice(self.scene_slots.cpu(), config.scenes.drawings, SHARPNESS).to(self.device)
        self.thing_kinds, self.scene_kinds = self._choose_thing.kinds, self._choose_scene.kinds
        self.name = name
        self.identity = identity
        self.config = config
        self.layers = config.things.layers
        self.noise = config.looks + PLACE + TINT + len(config.places[0].looks)
        self.side = config.things.side

    def __call__(
        self,
        noise: Tensor,
        classes: Tensor,
        scenes: Tensor,
        truncation: float = 1.0,
        *,
        width: int | None = None,
        height: int | None = None,
    ) -> Tensor:
        """Pictures (n, 3, height, width) in 0 to 1, differentiable.

        Args:
            noise: (n, noise) standard normal, or (n, layers, noise), where what concerns a layer is the look of the
                thing, and all else is taken from the first.
            classes: (n, classes), or (n, layers, classes): mixtures of classes, adding up to 1.
            scenes: (n, kinds of background), mixtures likewise.
            truncation: noise beyond twice this is cut off, either way; less is safer and more alike.
            width: of the pictures, in pixels; by default `side`.
            height: likewise.
        """
        if noise.ndim == 2:
            noise = noise[:, None].expand(-1, self.layers, -1)
        if classes.ndim == 2:
            classes = classes[:, None].expand(-1, self.layers, -1)
        noise = noise.clamp(-2 * truncation, 2 * truncation)
        looks = [self.config.looks, PLACE, TINT, len(self.config.places[0].looks)]
        look, place, tint, scene = torch.split(noise, looks, -1)
        things = self._choose_thing(classes, look)
        latents = Latents(things, place[:, 0], tint[:, 0], self._choose_scene(scenes, scene[:, 0]))
        return self.draw(latents, width or self.side, height or self.side)

    def draw(self, latents: Latents, width: int, height: int) -> Tensor:
        """Pictures (n, 3, height, width) in 0 to 1, differentiable with respect to the latents."""
        return self.put_together(self.fields(latents.things), self.backdrops(latents.scenes), latents, width, height)

    def put_together(self, fields: Tensor, backdrops: Tensor, latents: Latents, width: int, height: int) -> Tensor:
        """The same from what was drawn for a thing (n, 4, s, s) and a background (n, 3, h, w); its place and tint."""
        things = tinted(cover(enlarged(fields, min(width, height))), latents.tint)
        return composite(things, backdrops, latents.place, width, height)

    def fields(self, weights: Tensor) -> Tensor:
        """What is drawn for mixtures of things (n, layers, drawings): see `studio.canvas.placement.cover`."""
        return self._things.mixed(weights)

    def backdrops(self, weights: Tensor) -> Tensor:
        """What is drawn for mixtures of backgrounds (n, drawings): (n, 3, side, side), nominally 0 to 1."""
        drawn = self._scenes.mixed(weights[:, None].expand(-1, self.config.scenes.layers, -1))
        return drawn * 0.5 + 0.5

    def things(self, numbers: Tensor) -> Tensor:
        """Drawings of things by their numbers (n,), (n, 4, side, side): colours multiplied by alpha, and alpha."""
        return cover(self._things.drawn(numbers))

    def scenes(self, numbers: Tensor) -> Tensor:
        """Drawings of backgrounds by their numbers (n,), (n, 3, side of a scene, likewise) in 0 to 1."""
        return (self._scenes.drawn(numbers) * 0.5 + 0.5).clamp(0, 1)


def build(weights: Weights, device: torch.device | str) -> BigGanModel:
    """The starter BigGAN that `weights` hold, in single precision on `device`.

    Raises:
        ModelError: the configuration is unusable, or a tensor is missing, left over or of another shape, or refers to
            drawings that are not there. It is found out before memory is taken for more than the weights themselves.
    """
    config = BigGanConfig.read(weights.config, name=weights.name)
    with torch.device("meta"), Unfilled():
        networks = Networks(config.things, config.scenes, config.slots)
    wanted = networks.state_dict()
    if sum(value.numel() for value in wanted.values()) == sum(value.numel() for value in weights.tensors.values()):
        allocate(networks)  # otherwise the networks stay without memory, and `match` says what is wrong
    match(weights.tensors, networks, name=weights.name)
    for slots, shape in ((networks.thing_slots, config.things), (networks.scene_slots, config.scenes)):
        if not torch.equal(torch.unique(slots), torch.arange(shape.drawings)):
            raise _unusable(weights.name, "not every drawing has its place, or there are others than it holds")
        if len({(int(row), int(slot)) for row, slots_ in enumerate(slots) for slot in slots_}) != shape.drawings:
            raise _unusable(weights.name, "a drawing stands in two classes")
    return BigGanModel(networks.to(device), config, name=weights.name, identity=weights.sha256)


def _shape(values: Mapping[str, Any]) -> BranchShape:
    widths = tuple(_integer(width, 1, 4096) for width in values["widths"])
    if not 0 < len(widths) <= 8:
        raise ValueError(f"{len(widths)} widths are too few or too many")
    return BranchShape(
        drawings=_integer(values["drawings"], 1, 1 << 20),
        cells=_integer(values["cells"], 1, 64),
        channels=_integer(values["channels"], 1, 4096),
        vector=_integer(values["vector"], 1, 4096),
        widths=widths,
        out=_integer(values["out"], 1, 16),
    )


def _integer(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{str(value)[:40]!r} is not a number from {least} to {most}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError(f"{str(value)[:40]!r} is no name")
    return value


def _texts(values: Sequence[object], most: int) -> tuple[str, ...]:
    if not isinstance(values, list | tuple) or not 0 < len(values) <= most:
        raise ValueError(f"{str(values)[:40]!r} are no names")
    return tuple(_text(value) for value in values)


def _unusable(name: str, why: str) -> ModelError:
    return ModelError(
        f"The model {name} could not be used", f"Its configuration does not describe a starter BigGAN: {why}", _FIX
    )
