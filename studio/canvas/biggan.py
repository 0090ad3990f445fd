"""The BigGAN canvas: a picture as a mixture of what a generator knows (Big Sleep, Murdock 2021)."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.canvas.base import State, check_blend, check_picture, check_size, check_state, size_tensor
from studio.canvas.biggan_fitting import fit
from studio.canvas.biggan_model import BigGanModel, Latents, build
from studio.canvas.camera import Camera
from studio.canvas.morphing import Ends, Morph
from studio.canvas.placement import PLACE, TINT, moved

__all__ = ["BigGanCanvas", "BigGanModel", "build"]

GAIN = 20.0
"""Logits are this times the parameters, so that a rate that suits the noise suits the mixtures too."""

TRUNCATION = 2.0
"""How far the noise may go from 0 (Brock et al. 2019, the truncation trick)."""

_RANGE = 0.5  # mixtures' parameters stay this close to 0: all of one drawing, or of none
_FLOOR = 1e-9
_RATE = 0.05
_NAMES = ("things", "scenes", "place", "tint")
_ENDS = ("a_things", "a_scenes", "b_things", "b_scenes")


class BigGanCanvas:
    """A thing before a background, each a mixture of drawings; the thing's mixture may differ from layer to layer.

    The parameters are the logits of the thing's mixture in every layer and those of the background's, over `GAIN`, and
    the noise that places and dyes the thing. A gradient moves all of them; to begin from what a prompt names, see
    `studio.dream.search`.
    """

    kind = "biggan"
    rate = _RATE

    def __init__(self, model: BigGanModel, width: int, height: int, device: torch.device | str | None = None) -> None:
        if device is not None and torch.device(device).type != model.device.type:
            raise ValueError(f"the model is on {model.device}, so its canvas cannot be on {device}")
        self.model = model
        self._width, self._height = check_size(width, height)
        shapes = self._shapes(width, height)
        self._things, self._scenes, self._place, self._tint = (
            torch.zeros(shapes[name], device=model.device, requires_grad=True) for name in _NAMES
        )
        self._ends: State | None = None  # of a blend: what it is between, and how far
        self._morph: Morph | None = None  # the same, drawn at this size
        self._drawn: tuple[tuple[int, int], State, Ends] | None = None  # the size and the ends that were last drawn

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self._width, self._height

    def parameters(self) -> list[Tensor]:
        """The mixtures of things and of backgrounds, the place, the tint."""
        return [self._things, self._scenes, self._place, self._tint]

    def latents(self) -> Latents:
        """What the picture is drawn from, of one picture, differentiable with respect to the parameters."""
        return Latents(_shares(self._things), self._place, self._tint, _shares(self._scenes))

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W), in 0 to 1."""
        if self._ends is None:
            return self.model.draw(self.latents(), *self.size)
        if self._morph is None:
            self._morph = self._half_way(self._ends)
        return self._morph.drawn(self.model, self.latents())

    @torch.no_grad()
    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture: a little of everything, which is a soft, nearly grey cloud, undyed."""

        def noise(like: Tensor, deviation: float) -> Tensor:
            drawn = torch.randn(like.shape, generator=generator, device=generator.device) * deviation
            return drawn.to(like.device)

        self._things.copy_(noise(self._things, 0.02))
        self._scenes.copy_(noise(self._scenes, 0.02))
        self._place.copy_(noise(self._place, 0.3))
        self._tint.copy_(noise(self._tint, 0.3))
        self._tint[:, 0] = -1
        self._between(None)
        self.constrain()

    def encode(self, image: Tensor) -> None:
        """Become the thing, its place and size, and the background that are most like `image` (1, 3, h, w).

        See `studio.canvas.biggan_fitting`. Pictures of the generator's own kind come back much as they were; of others,
        the large shapes and colours do.
        """
        self.adopt(fit(self.model, check_picture(image).to(self.model.device, torch.float32), *self.size))

    @torch.no_grad()
    def adopt(self, latents: Latents) -> None:
        """Become the picture of these latents, of one picture; shares below a billionth are lost."""
        self._things.copy_(_logits(latents.things))
        self._scenes.copy_(_logits(latents.scenes))
        self._place.copy_(latents.place)
        self._tint.copy_(latents.tint)
        self._between(None)
        self.constrain()

    def state(self) -> State:
        """The size and the parameters, as copies; and of a blend, the mixtures that it is between, and how far."""
        parameters = zip(_NAMES, self.parameters(), strict=True)
        state = {"size": size_tensor(*self.size), **{name: value.detach().clone() for name, value in parameters}}
        return state | {name: value.clone() for name, value in (self._ends or {}).items()}

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back to a state, exactly, taking its size too. Raises ValueError for a state of another kind."""
        blended = "way" in state
        shapes = self._blended_shapes if blended else self._shapes
        self._width, self._height = check_state(state, self.kind, shapes)
        for name, parameter in zip(_NAMES, self.parameters(), strict=True):
            parameter.copy_(state[name])
        self._between(
            {name: state[name].to(self.model.device, copy=True) for name in (*_ENDS, "way")} if blended else None
        )

    @torch.no_grad()
    def constrain(self) -> None:
        """Truncate the noise, and keep the mixtures where a gradient can still move them."""
        for mixture in (self._things, self._scenes):
            mixture.clamp_(-_RANGE, _RANGE)
        for noise in (self._place, self._tint):
            noise.clamp_(-TRUNCATION, TRUNCATION)

    def resize(self, width: int, height: int) -> None:
        """Draw the same with other numbers of pixels; outlines stay sharp."""
        self._width, self._height = check_size(width, height)
        self._morph = None

    @torch.no_grad()
    def move(self, camera: Camera) -> None:
        """Move the thing as the camera moves; the background, which is drawn at one size alone, stays."""
        self._place.copy_(moved(self._place, camera, *self.size))
        self.constrain()

    @torch.no_grad()
    def retake(self, state: State) -> None:
        """Put the thing where it is in `state`, and leave all else."""
        self._place.copy_(state["place"])

    @torch.no_grad()
    def blend(self, a: State, b: State, t: float) -> State:
        """On the way from one picture to another, see `studio.canvas.morphing`: an outline between theirs, no ghost.

        Places and tints go straight, and what only one of the two shows, fades. Of a blend itself, the mixture counts.

        Raises ValueError when the states are of different sizes or t is outside 0 to 1.
        """
        if t in (0, 1):
            check_blend(a, b, t)
            return {key: value.clone() for key, value in (b if t else a).items()}
        a, b = ({name: end[name] for name in ("size", *_NAMES)} for end in (a, b))
        check_blend(a, b, t)
        state = {"size": a["size"].clone()}
        for name in ("things", "scenes"):
            first, second = (_shares(end[name]) for end in (a, b))
            state[name] = _logits(torch.lerp(first, second, t))
        for name in ("place", "tint"):
            state[name] = torch.lerp(a[name], b[name], t)
        for letter, end in (("a", a), ("b", b)):
            state |= {f"{letter}_{name}": end[name].clone() for name in ("things", "scenes")}
        return state | {"way": torch.tensor(t, dtype=torch.float64)}

    def _between(self, ends: State | None) -> None:
        self._ends = ends
        self._morph = None

    def _half_way(self, ends: State) -> Morph:
        """The morph of a blend. What it is between is drawn once for all blends of a walk that follow one another."""
        drawn = self._drawn
        if drawn is None or drawn[0] != self.size or not all(torch.equal(drawn[1][name], ends[name]) for name in _ENDS):
            a, b = (
                Latents(_shares(ends[f"{end}_things"]), self._place, self._tint, _shares(ends[f"{end}_scenes"]))
                for end in ("a", "b")
            )
            drawn = self._drawn = self.size, ends, Ends.drawn(self.model, a, b, *self.size)
        return drawn[2].between(float(ends["way"]))

    def _shapes(self, width: int, height: int) -> dict[str, tuple[int, ...]]:
        config = self.model.config
        return {
            "things": (1, self.model.layers, config.things.drawings),
            "scenes": (1, config.scenes.drawings),
            "place": (1, PLACE),
            "tint": (1, TINT),
        }

    def _blended_shapes(self, width: int, height: int) -> dict[str, tuple[int, ...]]:
        shapes = self._shapes(width, height)
        return shapes | {name: shapes[name[2:]] for name in _ENDS} | {"way": ()}


def _shares(logits: Tensor) -> Tensor:
    """The mixture of parameters (..., n)."""
    return (GAIN * logits).softmax(-1)


def _logits(shares: Tensor) -> Tensor:
    """The parameters of a mixture (..., n)."""
    logits = shares.clamp_min(_FLOOR).log() / GAIN
    return (logits + _RANGE - logits.amax(-1, keepdim=True)).clamp_min(-_RANGE)
