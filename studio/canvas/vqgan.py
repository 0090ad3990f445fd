"""The VQGAN canvas: a picture as codes of a codebook, drawn by a decoder (VQGAN-CLIP, Crowson et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from studio.canvas.base import State, blend_end, check_picture, check_size, check_state, size_tensor
from studio.canvas.clouds import clouds
from studio.canvas.footprint import Footprint
from studio.canvas.networks import VqganModel, build
from studio.canvas.resample import resample

__all__ = ["VqganCanvas", "VqganModel", "build", "slerp"]

_RATE = 0.5  # of the codebook's spread at each step: slower, and what the start happened to show never leaves


class VqganCanvas:
    """A picture decoded from latents, (1, embed_dim, h, w), each drawn to its nearest code.

    The decoder only makes pictures whose sides are multiples of the model's factor. At other sizes it decodes the next
    multiple (`decoded`), and what is beyond the right and bottom edges is cropped off.

    Attributes:
        quantised: whether latents are drawn to the codebook (a picture of the model's own kind) or decoded as they are.
            Blends are not, so that a walk between two pictures is continuous; `start` and `encode` turn it on.
    """

    kind = "vqgan"

    def __init__(self, model: VqganModel, width: int, height: int, device: torch.device | str | None = None) -> None:
        if device is not None and torch.device(device).type != model.device.type:
            raise ValueError(f"the model is on {model.device}, so its canvas cannot be on {device}")
        self._model = model
        self.rate = _RATE * model.spread
        self.quantised = True
        self._build(*check_size(width, height))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self._width, self._height

    @property
    def decoded(self) -> tuple[int, int]:
        """Width and height of what is decoded, of which the picture is the upper left part."""
        rows, columns = self._latents.shape[-2:]
        return columns * self._model.factor, rows * self._model.factor

    def parameters(self) -> list[Tensor]:
        """The latents, alone."""
        return [self._latents]

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W), nominally 0 to 1; the gradient reaches the latents as if not quantised."""
        latents = self._model.quantise(self._latents) if self.quantised else self._latents
        return self._model.decode(latents)[..., : self._height, : self._width]

    def together(self, others: Sequence[VqganCanvas]) -> Tensor:
        """The pictures of this canvas and of others of its size and model, (1 + n, 3, H, W), decoded as one batch.

        Raises:
            ValueError: some are drawn to the codebook and others are not.
        """
        if any(each.quantised != self.quantised for each in others):
            raise ValueError("what is drawn to the codebook and what is not cannot be decoded together")
        latents = torch.cat([self._latents, *(each._latents for each in others)])
        codes = self._model.quantise(latents) if self.quantised else latents
        return self._model.decode(codes)[..., : self._height, : self._width]

    def spare(self) -> bool:
        """Keep less for the gradient of `image` from now on; whether there was more."""
        return self._model.spare()

    def ease(self) -> None:
        """Keep all again."""
        self._model.ease()

    def footprint(self) -> Footprint:
        """The bytes of `image` with its gradient, as memory is used now."""
        return self._model.footprint(*self._latents.shape[-2:])

    @torch.no_grad()
    def images(self, states: Sequence[State]) -> Tensor:
        """The pictures of states of this size, (n, 3, H, W), decoded as one batch; the canvas itself stays as it is."""
        latents = torch.cat([self._codes(state) for state in states])
        return self._model.decode(latents)[..., : self._height, : self._width]

    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture."""
        self.encode(clouds(*self.size, generator))

    @torch.no_grad()
    def encode(self, image: Tensor) -> None:
        """Become the codes that the encoder finds for `image` (1, 3, h, w) in 0 to 1, resampled to `size`."""
        picture = resample(check_picture(image).to(self._model.device, torch.float32), *self.size).clamp(0, 1)
        width, height = self.decoded
        picture = functional.pad(picture, (0, width - self._width, 0, height - self._height), mode="replicate")
        self._latents.copy_(self._model.quantise(self._model.encode(picture)))
        self.quantised = True

    def state(self) -> State:
        """The size, the latents and whether they are drawn to the codebook, as copies."""
        return {
            "size": size_tensor(*self.size),
            "latents": self._latents.detach().clone(),
            "quantised": torch.tensor(int(self.quantised)),
        }

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back to a state, exactly, taking its size too. Raises ValueError for a state of another kind."""
        width, height = check_state(state, self.kind, lambda *size: {"latents": self._shape(*size), "quantised": ()})
        if (width, height) != self.size:
            self._build(width, height)
        self._latents.copy_(state["latents"])
        self.quantised = bool(state["quantised"])

    @torch.no_grad()
    def constrain(self) -> None:
        """Keep every channel within the range of the codebook: beyond it nothing changes but the way back."""
        self._latents.copy_(torch.clamp(self._latents, self._model.low, self._model.high))

    @torch.no_grad()
    def resize(self, width: int, height: int) -> None:
        """Encode the present picture at another size; it stays as alike as the model can reconstruct it."""
        if check_size(width, height) == self.size:
            return
        picture = self.image()
        self._build(width, height)
        self.encode(picture)

    @torch.no_grad()
    def blend(self, a: State, b: State, t: float) -> State:
        """The codes in between, by `slerp` at each place of the picture; decoded without the codebook.

        Drawing blends to the codebook would let each place jump from one code to the other at its own moment.
        Raises ValueError when the states are of different sizes or t is outside 0 to 1.
        """
        if (end := blend_end(a, b, t)) is not None:
            return end
        latents = slerp(self._codes(a), self._codes(b), t)
        return {"size": a["size"].clone(), "latents": latents, "quantised": torch.tensor(0)}

    def _codes(self, state: State) -> Tensor:
        latents = state["latents"].to(self._model.device)
        return self._model.quantise(latents) if state["quantised"] else latents

    def _build(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._latents = torch.zeros(self._shape(width, height), device=self._model.device, requires_grad=True)

    def _shape(self, width: int, height: int) -> tuple[int, int, int, int]:
        factor = self._model.factor
        return 1, self._model.embed_dim, -(-height // factor), -(-width // factor)


def slerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    """Between latents (B, C, h, w), at each place: directions along the great circle, lengths along the straight line.

    (Shoemake 1985.) A straight line between two codes passes near the codebook's centre, which decodes to mud. Places
    whose two latents point the same way or exactly opposite ways, or one of which is 0, are blended straight.
    """
    lengths_a, lengths_b = (x.norm(dim=1, keepdim=True) for x in (a, b))
    tiny = torch.finfo(a.dtype).tiny
    unit_a, unit_b = a / lengths_a.clamp_min(tiny), b / lengths_b.clamp_min(tiny)
    cosine = (unit_a * unit_b).sum(dim=1, keepdim=True).clamp(-1, 1)
    angle = torch.acos(cosine)
    sine = torch.sin(angle)
    arc = (torch.sin((1 - t) * angle) * unit_a + torch.sin(t * angle) * unit_b) / sine.clamp_min(tiny)
    turning = (sine > 1e-4) & (lengths_a > 0) & (lengths_b > 0)
    return torch.where(turning, arc * torch.lerp(lengths_a, lengths_b, t), torch.lerp(a, b, t))
