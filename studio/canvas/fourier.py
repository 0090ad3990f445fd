"""The Fourier canvas: a picture as the spectrum of decorrelated colours.

After "Feature Visualization" (Olah, Mordvintsev, Schubert 2017) with its library lucid, and Aphantasia (Eliseev 2020).
Natural pictures have amplitudes that fall as 1/f; with coefficients scaled that way, one step moves all scales
alike, and colours move along the axes in which those of natural pictures vary independently.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from studio.canvas import resample
from studio.canvas.base import State, check_picture, check_size, check_state, size_tensor, straight_blend
from studio.canvas.clouds import clouds

DECAY = 1.0
"""The exponent of 1/f: 1 is that of natural pictures (Field 1987)."""

_STEEPEST = 3.0  # with which nothing but the largest shapes moves

_MARGIN = 1 / 512
"""How far from black and white an encoded picture stays: a sigmoid reaches neither. Half of one 8-bit level."""

_CORRELATION = ((0.26, 0.09, 0.02), (0.27, 0.00, -0.05), (0.27, -0.09, 0.03))
"""The square root of the covariance of ImageNet's colours, as lucid has it; columns are the independent axes."""

_CONTRAST = 4.0
"""Logits where the spectrum is of unit size: wide enough for black and white, narrow enough for a soft start."""


class FourierCanvas:
    """image = sigmoid(contrast · M · irfft2(scale · spectrum)), M being the colours' axes, scale falling as 1/f^decay.

    Args:
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        device: where to compute.
        decay: the exponent; less lets fine shapes move sooner.
    """

    kind = "fourier"
    rate = 0.05

    def __init__(self, width: int, height: int, device: torch.device | str = "cpu", *, decay: float = DECAY) -> None:
        self._device = torch.device(device)
        self._decay = _checked(decay)
        colours = torch.tensor(_CORRELATION)
        self._colours = (colours / colours.norm(dim=0).max()).to(self._device)
        self._build(*check_size(width, height))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self._width, self._height

    def parameters(self) -> list[Tensor]:
        """The spectrum: (1, 3, H, W // 2 + 1, 2), real and imaginary parts in units of `scale`."""
        return [self._spectrum]

    def image(self) -> Tensor:
        """The picture, (1, 3, H, W), strictly inside 0 to 1."""
        return torch.sigmoid(self._logits(self._spectrum))

    def together(self, others: Sequence[FourierCanvas]) -> Tensor:
        """The pictures of this canvas and of others of its size and decay, (1 + n, 3, H, W), drawn as one batch.

        Raises:
            ValueError: their decays differ.
        """
        if any(each._decay != self._decay for each in others):
            raise ValueError("spectra of different decay cannot be drawn together")
        return torch.sigmoid(self._logits(torch.cat([self._spectrum, *(each._spectrum for each in others)])))

    def start(self, generator: torch.Generator) -> None:
        """Become the seed's first picture."""
        self.encode(clouds(*self.size, generator))

    @torch.no_grad()
    def encode(self, image: Tensor) -> None:
        """Become `image` (1, 3, h, w) to within 1/512 of its values (clamped to 0 to 1), resampled to `size`."""
        picture = resample.resample(check_picture(image).to(self._device, torch.float32), *self.size)
        self._take(torch.logit(picture.clamp(_MARGIN, 1 - _MARGIN)))

    def state(self) -> State:
        """The size and the spectrum, as copies; and the decay, where it is not the usual one."""
        state = {"size": size_tensor(*self.size), "spectrum": self._spectrum.detach().clone()}
        return state if self._decay == DECAY else state | {"decay": torch.tensor(self._decay, dtype=torch.float64)}

    @torch.no_grad()
    def restore(self, state: State) -> None:
        """Go back to a state, exactly, taking its size and decay too. Raises ValueError for a state of another kind."""
        shapes = _decayed_shapes if "decay" in state else _state_shapes
        width, height = check_state(state, self.kind, shapes)
        decay = _checked(float(state["decay"])) if "decay" in state else DECAY
        if (width, height, decay) != (*self.size, self._decay):
            self._decay = decay
            self._build(width, height)
        self._spectrum.copy_(state["spectrum"])

    def constrain(self) -> None:
        """Nothing to do: every spectrum is a picture."""

    @torch.no_grad()
    def resize(self, width: int, height: int) -> None:
        """Show the same picture with other numbers of pixels."""
        if check_size(width, height) == self.size:
            return
        logits = resample.resample(self._logits(self._spectrum), width, height)
        self._build(width, height)
        self._take(logits)

    def blend(self, a: State, b: State, t: float) -> State:
        """The spectrum in between, on the straight line. Raises ValueError when sizes differ or t is outside 0 to 1."""
        return straight_blend(a, b, t)

    def _build(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._scale = spectrum_scale(width, height, self._decay).to(self._device)
        self._spectrum = torch.zeros(1, 3, height, width // 2 + 1, 2, device=self._device, requires_grad=True)

    def _logits(self, spectra: Tensor) -> Tensor:
        coefficients = torch.view_as_complex(spectra) * self._scale
        planes = torch.fft.irfft2(coefficients, s=(self._height, self._width), norm="ortho")
        return _CONTRAST * torch.einsum("rc,nchw->nrhw", self._colours, planes)

    def _take(self, logits: Tensor) -> None:
        planes = torch.einsum("cr,nrhw->nchw", torch.linalg.inv(self._colours), logits / _CONTRAST)
        coefficients = torch.fft.rfft2(planes, norm="ortho") / self._scale
        self._spectrum.copy_(torch.view_as_real(coefficients))


def spectrum_scale(width: int, height: int, decay: float = DECAY) -> Tensor:
    """How large each coefficient is where the spectrum is 1: (H, W // 2 + 1), falling as 1/f^decay.

    Frequencies are in cycles a pixel, the constant counting as one cycle in the longer side; scaled so that a spectrum
    of independent normal numbers gives planes of variance 1.
    """
    rows, columns = torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None, :]
    frequencies = torch.sqrt(rows**2 + columns**2).clamp_min(1 / max(width, height))
    scale = frequencies**-decay
    # Inner columns stand for two frequencies each, and every coefficient has two normal parts.
    share = torch.full((1, width // 2 + 1), 2.0)
    share[:, 0] = 1
    if width % 2 == 0:
        share[:, -1] = 1
    power = (2 * share * scale**2).sum() / (width * height)
    return scale / power.sqrt()


def _checked(decay: float) -> float:
    if not 0 <= decay <= _STEEPEST:
        raise ValueError(f"a decay is 0 to {_STEEPEST:g}, not {decay}")
    return decay


def _decayed_shapes(width: int, height: int) -> dict[str, tuple[int, ...]]:
    return _state_shapes(width, height) | {"decay": ()}


def _state_shapes(width: int, height: int) -> dict[str, tuple[int, ...]]:
    return {"spectrum": (1, 3, height, width // 2 + 1, 2)}
