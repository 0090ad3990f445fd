"""The canvas of a published BigGAN: noise and mixed classes of ImageNet in every layer (Big Sleep, Murdock 2021)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from studio.canvas.base import State, blend_end, check_picture, check_size, check_state, size_tensor
from studio.canvas.imagenet_fitting import fit
from studio.canvas.imagenet_model import NOISE_EDGE, ImageNetModel
from studio.canvas.resample import resample

__all__ = ["ImageNetCanvas"]

GAIN = 8.0
"""Logits are this times the parameters, so that a rate that suits the noise suits the mixtures too."""

TRUNCATION = 0.7
"""The usual truncation: less is safer and more alike, 1 is the wildest."""

_RANGE = 1.5  # mixtures' parameters stay this close to 0: all of one class, or of none
_FLOOR = 1e-9
_RATE = 0.05
_NAMES = ("normu", "cls")  # as Big Sleep calls them


class ImageNetCanvas:
    """A picture of a generator that knows 1000 classes; parameters are its latents, for every layer their own.

    The generator draws at one size; pictures of another are resampled, and stretched where they are not square.

    Args:
        model: the generator.
        width: of the picture, in pixels.
        height: likewise.
        device: where the model is, if it is said at all.
        truncation: what noise is multiplied by, above 0 and at most 1; a state brings its own.
    """

    kind = "biggan"
    rate = _RATE

    def __init__(
        self,
        model: ImageNetModel,
        width: int,
        height: int,
        device: torch.device | str | None = None,
        *,
        truncation: float = TRUNCATION,
    ) -> None:
        if device is not None and torch.device(device).type != model.device.type:
            raise ValueError(f"the model is on {model.device}, so its canvas cannot be on {device}")
        if not 0 < truncation <= 1:
            raise ValueError(f"a truncation is above 0 and at most 1, not {truncation}")
        self.model = model
        self.truncation = truncation
        self._width, self._height = check_size(width, height)
        shapes = self._shapes(width, height)
        self._normu, self._cls = (torch.zeros(shapes[name], device=model.device, requires_grad=True) for name in _NAMES)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self._width, self._height

    def parameters(self) -> list[Tensor]:
        """The noise (1, layers, noise), standard normal, and the classes' logits (1, layers, classes) over `GAIN`."""
        return [self._normu, self._cls]

    def mixtures(self) -> Tensor:
        """How much each class counts in each layer, (1, layers, classes), differentiable."""
        return shares(self._cls)

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W), in 0 to 1 (but for what resampling overshoots)."""
        drawn = self.model(self.truncation * self._normu, self.mixtures(), self.truncation)
        return drawn if self.size == (self.model.side,) * 2 else resample(drawn, *self.size)

    @torch.no_grad()
    def images(self, states: Sequence[State]) -> Tensor:
        """The pictures of states of this size and of one truncation, (n, 3, H, W); the canvas itself stays as it is.

        Raises:
            ValueError: their truncations differ.
        """
        truncation = float(states[0]["truncation"])
        if any(float(state["truncation"]) != truncation for state in states):
            raise ValueError("pictures of different truncations cannot be drawn together")
        noise, classes = (torch.cat([state[name].to(self.model.device) for state in states]) for name in _NAMES)
        return resample(self.model.draw(truncation * noise, shares(classes), truncation), *self.size)

    @torch.no_grad()
    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture: a little of every class, from half the usual noise."""
        for parameter, deviation in ((self._normu, 0.5), (self._cls, 0.02)):
            drawn = torch.randn(parameter.shape, generator=generator, device=generator.device)
            parameter.copy_(deviation * drawn)
        self.constrain()

    def encode(self, image: Tensor) -> None:
        """Become what is most like `image` (1, 3, h, w) among samples of many classes, followed downhill.

        See `studio.canvas.imagenet_fitting`. Colours and large shapes come back; details are the generator's.
        """
        picture = check_picture(image).to(self.model.device, torch.float32)
        self.adopt(*fit(self.model, picture, self.truncation))

    @torch.no_grad()
    def adopt(self, noise: Tensor, mixtures: Tensor) -> None:
        """Become the picture of this noise and these mixtures, one of each for all layers or for every layer.

        Args:
            noise: (1, noise) or (1, layers, noise), standard normal.
            mixtures: (1, classes) or (1, layers, classes), adding up to 1; shares below a billionth are lost.
        """
        for parameter, values in ((self._normu, noise), (self._cls, logits(mixtures))):
            parameter.copy_(values if values.ndim == 3 else values[:, None].expand_as(parameter))
        self.constrain()

    def state(self) -> State:
        """The size, the parameters and the truncation, as copies."""
        parameters = zip(_NAMES, self.parameters(), strict=True)
        return {
            "size": size_tensor(*self.size),
            "truncation": torch.tensor(self.truncation, dtype=torch.float64),
            **{name: value.detach().clone() for name, value in parameters},
        }

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back to a state, exactly, taking its size and truncation too.

        Raises:
            ValueError: the state is of another kind or shape.
        """
        width, height = check_state(state, self.kind, self._shapes)
        truncation = float(state["truncation"])
        if not 0 < truncation <= 1:
            raise ValueError(f"a truncation is above 0 and at most 1, not {truncation}")
        self._width, self._height, self.truncation = width, height, truncation
        for name, parameter in zip(_NAMES, self.parameters(), strict=True):
            parameter.copy_(state[name])

    @torch.no_grad()
    def constrain(self) -> None:
        """Truncate the noise, and keep the mixtures where a gradient can still move them."""
        self._normu.clamp_(-NOISE_EDGE, NOISE_EDGE)
        self._cls.clamp_(-_RANGE, _RANGE)

    def resize(self, width: int, height: int) -> None:
        """Show the same with other numbers of pixels."""
        self._width, self._height = check_size(width, height)

    @torch.no_grad()
    def blend(self, a: State, b: State, t: float) -> State:
        """On the way from one picture to another: the noise turns (slerp), the classes' logits go straight.

        Raises:
            ValueError: the states are of different kinds or sizes, or t is outside 0 to 1.
        """
        if (end := blend_end(a, b, t)) is not None:
            return end
        return {
            "size": a["size"].clone(),
            "truncation": torch.lerp(a["truncation"], b["truncation"], t),
            "normu": slerp(a["normu"], b["normu"], t).clamp(-NOISE_EDGE, NOISE_EDGE),
            "cls": torch.lerp(a["cls"], b["cls"], t),
        }

    def _shapes(self, width: int, height: int) -> dict[str, tuple[int, ...]]:
        model = self.model
        return {
            "truncation": (),
            "normu": (1, model.layers, model.noise),
            "cls": (1, model.layers, model.classes),
        }


def slerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    """From vectors (..., d) to others on the arc between (Shoemake 1985), lengths going straight: noise stays noise."""
    first, last = (vector.norm(dim=-1, keepdim=True) for vector in (a, b))
    one, other = a / first.clamp_min(1e-12), b / last.clamp_min(1e-12)
    angle = torch.atan2((one - other).norm(dim=-1, keepdim=True), (one + other).norm(dim=-1, keepdim=True)) * 2
    sine = angle.sin()
    turned = (((1 - t) * angle).sin() * one + (t * angle).sin() * other) / sine.clamp_min(1e-12)
    straight = torch.lerp(a, b, t)
    return torch.where(sine < 1e-4, straight, turned * torch.lerp(first, last, t))


def shares(parameters: Tensor) -> Tensor:
    """The mixture of parameters (..., n)."""
    return (GAIN * parameters).softmax(-1)


def logits(mixtures: Tensor) -> Tensor:
    """The parameters of a mixture (..., n)."""
    values = mixtures.clamp_min(_FLOOR).log() / GAIN
    return (values + _RANGE - values.amax(-1, keepdim=True)).clamp_min(-_RANGE)
