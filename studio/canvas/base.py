"""What a canvas is: a picture that is drawn from parameters, so that a gradient can move it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import torch
from torch import Tensor

State = dict[str, Tensor]
"""All that a canvas needs to go on: names to tensors that share no memory with the canvas; safetensors can hold it."""


class Canvas(Protocol):
    """A differentiable picture of `size` pixels.

    Pictures are tensors (1, 3, H, W), sRGB values, nominally 0 to 1: a gradient step may overshoot, whoever shows or
    stores a picture clamps it.
    """

    kind: str
    """The word that projects use for it: "pixels", "vqgan"."""

    rate: float
    """The natural rate of Adam for these parameters: what a step size of 1 means."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""

    def parameters(self) -> list[Tensor]:
        """The leaves that an optimiser moves. They may be written in place without gradient.

        `start`, `encode`, `restore` and `resize` may replace them: ask again afterwards.
        """

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W), differentiable with respect to the parameters."""

    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture: soft, nearly grey clouds, alike at every size and in every medium."""

    def encode(self, image: Tensor) -> None:
        """Become `image` (1, 3, h, w) in 0 to 1, resampled to `size`, as nearly as this medium can."""

    def state(self) -> State:
        """All that is needed to go on, as copies."""

    def restore(self, state: State) -> None:
        """Go back to a state that this kind of canvas gave, exactly, taking its size too.

        Raises:
            ValueError: the state is of another kind or shape.
        """

    def constrain(self) -> None:
        """Bring the parameters back among the valid ones; called after every step of an optimiser."""

    def resize(self, width: int, height: int) -> None:
        """Show the same picture with other numbers of pixels."""

    def blend(self, a: State, b: State, t: float) -> State:
        """The state between `a` (t = 0, exactly) and `b` (t = 1, exactly) on this medium's natural path.

        Raises:
            ValueError: the states are of different sizes, or t is outside 0 to 1.
        """


def size_tensor(width: int, height: int) -> Tensor:
    """A picture's size as a state holds it."""
    return torch.tensor([width, height])


def check_size(width: int, height: int) -> tuple[int, int]:
    """Give the size back. Raises ValueError unless both sides have at least one pixel."""
    if width < 1 or height < 1:
        raise ValueError(f"a canvas needs at least one pixel each way, not {width} x {height}")
    return width, height


def check_picture(image: Tensor) -> Tensor:
    """Give the picture back. Raises ValueError unless it is one RGB picture, (1, 3, h, w)."""
    if image.ndim != 4 or image.shape[:2] != (1, 3) or 0 in image.shape:
        raise ValueError(f"a picture is (1, 3, height, width), not {tuple(image.shape)}")
    return image


def check_blend(a: State, b: State, t: float) -> None:
    """Raise ValueError unless the two states can be blended at `t`."""
    if not 0 <= t <= 1:
        raise ValueError(f"a blend is between 0 and 1, not at {t}")
    if {key: value.shape for key, value in a.items()} != {
        key: value.shape for key, value in b.items()
    } or not torch.equal(a["size"].cpu(), b["size"].cpu()):
        raise ValueError("the two states are of different kinds or sizes and cannot be blended")


def blend_end(a: State, b: State, t: float) -> State | None:
    """A copy of `a` where t is 0, of `b` where it is 1, None between; raises as `check_blend` does."""
    check_blend(a, b, t)
    return {key: value.clone() for key, value in (b if t else a).items()} if t in (0, 1) else None


def straight_blend(a: State, b: State, t: float) -> State:
    """Every tensor on the straight line between two states of one size; raises as `check_blend` does."""
    end = blend_end(a, b, t)
    if end is not None:
        return end
    return {key: value.clone() if key == "size" else torch.lerp(value, b[key], t) for key, value in a.items()}


def check_state(
    state: State, kind: str, shapes: Callable[[int, int], Mapping[str, tuple[int, ...]]]
) -> tuple[int, int]:
    """The size that a state is for.

    Args:
        state: what may be a state.
        kind: the canvas' word.
        shapes: gives the names and shapes of a state's tensors, beside its size, for a width and height.

    Raises:
        ValueError: these are not the tensors of such a canvas.
    """
    found = {name: tuple(value.shape) for name, value in state.items()}
    if found.pop("size", None) == (2,):
        width, height = check_size(*(int(side) for side in state["size"]))
        if found == dict(shapes(width, height)):
            return width, height
    raise ValueError(f"this is no state of a {kind} canvas of its size: it holds {found}")
