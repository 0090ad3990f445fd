"""The collage canvas: cutouts over a background, moved, turned, scaled and tinted (CLIP-CLOP, Mirowski et al. 2022)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.canvas import crossing
from studio.canvas.backdrop import Backdrop, backdrop_shapes
from studio.canvas.base import State, check_picture, check_size, size_tensor
from studio.canvas.clouds import clouds
from studio.canvas.compositor import NUMBERS, OPACITY, SIZE, TINT, X, Y, compose
from studio.canvas.pack import Pack
from studio.canvas.resample import resample
from studio.canvas.sprites import Sprite, Sprites, cover
from studio.scenery import scenes
from studio.scenery.scenes import Scene

PIECES = 64
"""Most pieces in one collage."""

_SCALE = (0.1, 0.1, 0.15, 0.15, 0.3, 0.4, 0.4, 0.4, 0.3)
"""What a step of 1 means for each number of a place, since Adam moves all by the same: a piece's middle must not go as
far as its colour."""

_LEASH = (0.08, 0.08, 0.2, 0.25, 0.2, 0.2, 0.2, 0.2, 0.2)
"""How far each number may get away from where it was arranged: a perceptor's gradient leads astray before long."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A cutout and where it lies.

    Attributes:
        name: of a cutout of the pack.
        x: of its middle, as a share of the picture's width.
        y: of its middle, as a share of the picture's height.
        size: side of its square, as a share of the picture's shorter side.
        angle: in radians, clockwise.
        tint: red, green, blue in 0 to 1; None leaves its own colours.
        strength: of the tint, 0 to 1.
        opacity: 0 to 1.
    """

    name: str
    x: float = 0.5
    y: float = 0.5
    size: float = 0.6
    angle: float = 0.0
    tint: tuple[float, float, float] | None = None
    strength: float = 0.9
    opacity: float = 1.0

    def numbers(self) -> list[float]:
        """Its place, as `studio.canvas.compositor` has it."""
        colour = self.tint or (0.5, 0.5, 0.5)
        strength = self.strength if self.tint else 0.0
        return [self.x, self.y, math.log(self.size), self.angle, self.opacity, *colour, strength]


class CollageCanvas:
    """Pieces of a pack over a background that coarse planes change.

    A state names its pieces and its scene, so that it is drawn sharp at any size.

    Attributes:
        pack: what pieces are cut from.
        names: the pieces' cutouts, the lowest first.
        scene: what the background was drawn from; None where it is a picture.
    """

    kind = "collage"
    rate = 0.03

    def __init__(self, pack: Pack, width: int, height: int, device: torch.device | str = "cpu") -> None:
        self.pack = pack
        self._device = torch.device(device)
        self._sprites = Sprites(pack, self._device)
        self._scale = torch.tensor(_SCALE, device=self._device)
        self.names: tuple[str, ...] = ()
        self._steps: Tensor
        self.scene: Scene | None = None
        self._seen: list[tuple[State, Tensor]] = []
        self._build(*check_size(width, height))
        self._put((), torch.zeros(0, NUMBERS))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self._width, self._height

    def parameters(self) -> list[Tensor]:
        """The background's planes, (1, 3, h, w) each, and the pieces' places (n, 9) in steps, where there are any."""
        return [*self._backdrop.planes, *([self._steps] if self.names else [])]

    def places(self) -> Tensor:
        """The pieces' places (n, 9), differentiable; see `studio.canvas.compositor`."""
        return self._steps * self._scale

    def sprites(self) -> tuple[Sprite, ...]:
        """The pieces' sprites, drawn large enough for this size."""
        with torch.no_grad():
            shown = self.places()[:, SIZE].exp() * min(self.size)
        return tuple(
            self._sprites.get(name, cover([float(side)])) for name, side in zip(self.names, shown, strict=True)
        )

    def background(self) -> Tensor:
        """What lies under the pieces, (1, 3, H, W)."""
        return self._backdrop.image()

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W), nominally 0 to 1."""
        bare = (torch.maximum(self._home, self._steps.detach())[:, TINT] == 0).tolist()  # see `constrain`
        return compose(self._backdrop.image(), self.sprites(), self.places(), bare=bare)

    def arrange(self, pieces: Sequence[Piece], background: Scene | Tensor) -> None:
        """Become these pieces, the first one lowest, on a scene or on a picture (1, 3, h, w).

        Raises:
            AssetError: a piece is not in the pack, or broken.
            ValueError: there are too many pieces.
        """
        if len(pieces) > PIECES:
            raise ValueError(f"a collage has {PIECES} pieces at most, not {len(pieces)}")
        for piece in pieces:
            self._sprites.get(piece.name, cover([piece.size * min(self.size)]))
        if isinstance(background, Scene):
            self._backdrop.show(self._drawn(background))
            self.scene = background
        else:
            self.encode(background)
        self._put(tuple(piece.name for piece in pieces), torch.tensor([piece.numbers() for piece in pieces]))

    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture, without pieces."""
        self.encode(clouds(*self.size, generator))

    @torch.no_grad()
    def encode(self, image: Tensor) -> None:
        """Make `image` (1, 3, h, w) in 0 to 1, resampled to `size`, the background, without pieces."""
        self._backdrop.show(resample(check_picture(image).to(self._device, torch.float32), *self.size))
        self.scene = None
        self._put((), torch.zeros(0, NUMBERS))

    def state(self) -> State:
        """All of it, as copies; texts as bytes."""
        planes = {f"plane{index:02d}": plane.detach().clone() for index, plane in enumerate(self._backdrop.planes)}
        return {
            "size": size_tensor(*self.size),
            "base": self._backdrop.base.clone(),
            **planes,
            "scene": _spell(f"{self.scene.kind}\n{self.scene.seed}" if self.scene else ""),
            "pack": _spell(self.pack.identity),
            "names": _spell("\n".join(self.names)),
            "steps": self._steps.detach().clone(),
            "home": self._home.clone(),
        }

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back to a state, exactly, taking its size too.

        Raises:
            ValueError: it is of another kind, or of another pack.
            AssetError: a cutout cannot be drawn.
        """
        width, height, names = check_collage(state)
        if _read(state["pack"]) != self.pack.identity or not all(name in self.pack.cutouts for name in names):
            raise ValueError("this collage was cut from another pack")
        if (width, height) != self.size:
            self._build(width, height)
        self._backdrop.base = state["base"].to(self._device).clone()
        for index, plane in enumerate(self._backdrop.planes):
            plane.copy_(state[f"plane{index:02d}"])
        self.scene = _scene(_read(state["scene"]))
        self._put(names, torch.zeros(len(names), NUMBERS))
        self._steps.copy_(state["steps"])
        self._home = state["home"].to(self._device).clone()

    @torch.no_grad()
    def constrain(self) -> None:
        """Keep the pieces where they were arranged, give or take, and the planes in range."""
        self._backdrop.constrain()
        if not self.names:
            return
        leash = torch.tensor(_LEASH, device=self._device) / self._scale * torch.ones_like(self._home)
        leash[:, TINT] *= self._home[:, TINT] > 0  # what has its own colours keeps them
        low, high = self._home - leash, self._home + leash
        for index in (X, Y, OPACITY, 5, 6, 7, TINT):
            low[:, index].clamp_(min=0)
            high[:, index].clamp_(max=1 / float(self._scale[index]))
        self._steps.copy_(torch.maximum(torch.minimum(self._steps, torch.maximum(high, low)), low))

    @torch.no_grad()
    def resize(self, width: int, height: int) -> None:
        """Show the same picture with other numbers of pixels: a scene is drawn anew, a picture is resampled."""
        if check_size(width, height) == self.size:
            return
        base, planes = self._backdrop.base, self._backdrop.planes
        self._build(width, height)
        self._backdrop.base = self._drawn(self.scene) if self.scene else resample(base, width, height).clamp(0, 1)
        for old, new in zip(planes, self._backdrop.planes, strict=False):
            new.copy_(resample(old, new.shape[-1], new.shape[-2]))

    @torch.no_grad()
    def blend(self, a: State, b: State, t: float) -> State:
        """On the way from one collage to another, see `studio.canvas.crossing`: everywhere a picture, nowhere a ghost.

        Raises ValueError when sizes or packs differ or t is outside 0 to 1.
        """
        if not 0 <= t <= 1:
            raise ValueError(f"a blend is between 0 and 1, not at {t}")
        width, height, names_a = check_collage(a)
        if (width, height) != check_collage(b)[:2] or not torch.equal(a["pack"], b["pack"]):
            raise ValueError("the two states are of different sizes or packs and cannot be blended")
        if t in (0, 1):
            return {key: value.clone() for key, value in (b if t else a).items()}
        names_b = check_collage(b)[2]
        scale = torch.tensor(_SCALE)
        crowd = crossing.cross(names_a, a["steps"].cpu() * scale, names_b, b["steps"].cpu() * scale, t)
        front = crossing.front(width, height, t)
        base = torch.lerp(self._under(a), self._under(b), front)
        steps = crowd.places / scale
        return {
            "size": a["size"].clone(),
            "base": base,
            **{f"plane{index:02d}": torch.zeros(shape) for index, shape in enumerate(_plane_shapes(width, height))},
            "scene": _spell(""),
            "pack": a["pack"].clone(),
            "names": _spell("\n".join(crowd.names)),
            "steps": steps,
            "home": steps.clone(),
        }

    def _under(self, state: State) -> Tensor:
        """The background of a state, on the CPU; those of the last two are remembered, for a walk has many between."""
        for known, picture in self._seen:
            if known is state:
                return picture
        width, height = (int(side) for side in state["size"])
        backdrop = Backdrop(width, height, torch.device("cpu"))
        backdrop.base = state["base"].cpu()
        for index, plane in enumerate(backdrop.planes):
            plane.copy_(state[f"plane{index:02d}"])
        picture = backdrop.image()
        self._seen = [*self._seen[-1:], (state, picture)]
        return picture

    def _drawn(self, scene: Scene) -> Tensor:
        picture = torch.from_numpy(scenes.draw(scene, *self.size).picture)
        return picture.permute(2, 0, 1)[None].to(self._device, torch.float32).contiguous()

    def _build(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._backdrop = Backdrop(width, height, self._device)

    def _put(self, names: tuple[str, ...], places: Tensor) -> None:
        self.names = names
        self._home = places.reshape(len(names), NUMBERS).to(self._device, torch.float32) / self._scale
        self._steps = self._home.clone().requires_grad_()


def check_collage(state: State) -> tuple[int, int, tuple[str, ...]]:
    """Width, height and the names of the pieces of a collage's state.

    Raises:
        ValueError: it is no state of a collage.
    """
    found = {name: tuple(value.shape) for name, value in state.items()}
    fault = ValueError(f"this is no state of a collage canvas of its size: it holds {found}")
    if found.pop("size", None) != (2,):
        raise fault
    width, height = check_size(*(int(side) for side in state["size"]))
    try:
        names = tuple(_read(state["names"]).split("\n")) if len(state["names"]) else ()
        _scene(_read(state["scene"]))
        texts = {name: found.pop(name) for name in ("scene", "pack", "names")}
    except (KeyError, TypeError, ValueError) as error:
        raise fault from error
    wanted: dict[str, tuple[int, ...]] = {"base": (1, 3, height, width)}
    wanted |= {f"plane{index:02d}": shape for index, shape in enumerate(_plane_shapes(width, height))}
    wanted |= {"steps": (len(names), NUMBERS), "home": (len(names), NUMBERS)}
    if found != wanted or not all(len(shape) == 1 for shape in texts.values()) or len(names) > 2 * PIECES:
        raise fault
    return width, height, names


def _plane_shapes(width: int, height: int) -> list[tuple[int, int, int, int]]:
    return [(1, 3, *shape) for shape in backdrop_shapes(width, height)]


def _spell(text: str) -> Tensor:
    return torch.tensor(list(text.encode("utf-8")), dtype=torch.uint8)


def _read(text: Tensor) -> str:
    return bytes(text.to("cpu", torch.uint8).tolist()).decode("utf-8")


def _scene(text: str) -> Scene | None:
    if not text:
        return None
    kind, _, seed = text.rpartition("\n")
    return Scene(kind, int(seed))
