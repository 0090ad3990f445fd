"""What this machine can do at best, which steps are held up to: products, convolutions and copies."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch

from studio.bench.timing import seconds
from studio.models.precision import DTYPES, Precision

_SIDE = {"cpu": 2048}
_SIDE_ELSEWHERE = 8192
_PLACES = {"cpu": 128}  # each way, of a convolution: a decoder's middle layers
_PLACES_ELSEWHERE = 512
_CHANNELS = 256
_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The machine's best, medians of several.

    Attributes:
        products: GFLOP a second of square matrices, by precision.
        convolutions: GFLOP a second of 3x3 convolutions of 256 channels, by precision.
        copying: GB a second that a copy moves, what it reads and what it writes counted.
    """

    products: dict[str, float]
    convolutions: dict[str, float]
    copying: float

    def best(self, precision: str) -> float:
        """GFLOP a second of what is faster there."""
        return max(self.products[precision], self.convolutions[precision])


@torch.no_grad()
def measure(device: torch.device, precision: Precision, *, scale: float = 1.0, repeats: int = 7) -> Ceilings:
    """Measure a device, a second or two.

    Args:
        device: which.
        precision: measured beside single precision.
        scale: of the sides of what is multiplied; smaller for tests.
        repeats: of each.
    """
    side = max(8, round(scale * _SIDE.get(device.type, _SIDE_ELSEWHERE)))
    places = max(4, round(scale * _PLACES.get(device.type, _PLACES_ELSEWHERE)))
    generator = torch.Generator().manual_seed(0)
    products: dict[str, float] = {}
    convolutions: dict[str, float] = {}
    for each in dict.fromkeys(("fp32", precision)):
        dtype = DTYPES[each]
        a = torch.randn(side, side, generator=generator).to(device, dtype)
        products[each] = 2e-9 * side**3 / _median(partial(torch.mm, a, a), device, repeats)
        picture = torch.randn(1, _CHANNELS, places, places, generator=generator)
        weight = torch.randn(_CHANNELS, _CHANNELS, 3, 3, generator=generator)
        given, kernel = (x.to(device, dtype).contiguous(memory_format=torch.channels_last) for x in (picture, weight))
        work = partial(torch.conv2d, given, kernel, padding=1)
        flops = 2 * 9 * _CHANNELS**2 * places**2
        convolutions[each] = 1e-9 * flops / _median(work, device, repeats)
    source = torch.zeros(max(1024, int(_BYTES * scale**2)), dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    copying = 2e-9 * source.numel() / _median(partial(target.copy_, source), device, repeats)
    return Ceilings(products, convolutions, copying)


def _median(work: Callable[[], object], device: torch.device, repeats: int) -> float:
    work()
    return statistics.median(seconds(work, device) for _ in range(repeats))
