"""How much memory it takes to draw a picture with its gradient: counted from the layers, before anything is computed.

What layers keep is exact but for the notes of blocked attention, which are small; what passes between them is the most
that there is room for. How much memory the system gives for it is for others to say: `studio.render.sparing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from taming.modules.diffusionmodules import model as taming
from torch import nn

from studio.canvas import attention, decoding, normswish

PASSING = 3
"""Pictures of a layer's size that are held while its gradient passes: of its output, of its input and in between."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes that a piece of a step takes.

    Attributes:
        kept: from the end of its forward pass until its gradient passes.
        most: at any one time, what is kept included.
    """

    kept: int
    most: int


@dataclass(frozen=True, slots=True)
class _Layer:
    """Numbers of a layer: what goes in, what it keeps for its gradient (its input included), what passes besides."""

    given: int
    kept: int
    passing: int


def decoder_footprint(
    decoder: nn.Module, rows: int, columns: int, dtype: torch.dtype, device: torch.device, thrift: int
) -> Footprint:
    """What `decoding.decode` takes for latents of one picture.

    Args:
        decoder: taming's.
        rows: of latents.
        columns: of latents.
        dtype: of its weights.
        device: where it computes.
        thrift: as `decode` has it.
    """
    layers = list(_layers(decoder, rows * columns, device, dtype))
    if thrift == 0:
        kept, most = sum(layer.kept for layer in layers), 0
        held = 0
        for layer in layers:
            held += layer.kept
            most = max(most, held + layer.passing)
    elif thrift == 1:
        kept, most = sum(layer.given for layer in layers), 0
        held = 0
        for layer in layers:
            held += layer.given
            most = max(most, held + max(0, layer.kept - layer.given) + layer.passing)
    else:
        kept = layers[0].given + layers[len(layers) // 2].given
        most = layers[0].given + _halved(layers)
    size = dtype.itemsize
    return Footprint(size * kept, size * most)


def _halved(layers: Sequence[_Layer]) -> int:
    """What is held at most beside the input, where halves are computed again from theirs."""
    if len(layers) == 1:
        return max(0, layers[0].kept - layers[0].given) + layers[0].passing
    middle = len(layers) // 2
    return max(_halved(layers[:middle]), layers[middle].given + _halved(layers[middle:]))


def _layers(decoder: nn.Module, places: int, device: torch.device, dtype: torch.dtype) -> Iterator[_Layer]:
    fused = device.type == "cpu" and dtype != torch.float32
    for layer in decoding.layers(decoder):
        network: Any = layer.network
        if isinstance(network, taming.ResnetBlock):
            given, made = network.in_channels * places, network.out_channels * places
            kept = _normal(given, fused) + _normal(made, fused)
            yield _Layer(given, kept, PASSING * max(given, made))
        elif isinstance(network, taming.AttnBlock):
            given = network.in_channels * places
            # the norm's input, queries, keys, values and what was seen; or, for keys and values of averages, which are
            # few, what was averaged
            side = getattr(network, "side", 0)
            averaged = side and places > side**2
            kept = 4 * given + 2 * side**2 * network.in_channels if averaged else 5 * given
            weights = places * (side**2 if averaged else places)
            weights *= attention.keeps(weights, device, dtype)
            yield _Layer(given, kept + weights, PASSING * given + 2 * weights)
        elif isinstance(network, taming.Upsample):
            given = network.conv.in_channels * places
            places *= 4
            yield _Layer(given, 0, PASSING * 4 * given)
        else:
            given = network.conv_out.in_channels * places
            yield _Layer(given, _normal(given, fused), PASSING * given)


def _normal(numbers: int, fused: bool) -> int:
    """What GroupNorm and swish keep: their input, and where they are two operations what is between them."""
    return numbers if fused and numbers >= normswish.SMALLEST else 2 * numbers
