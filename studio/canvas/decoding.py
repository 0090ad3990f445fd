"""A VQGAN's networks as they are run through: taming-transformers' layers in their order, with faster operations.

What comes out is the same but for rounding: GroupNorm and swish are one operation, attention is one, and nothing is
kept for longer than it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from taming.modules.diffusionmodules import model as taming
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from studio.canvas.attention import attend
from studio.canvas.frozen import convolve, enlarge
from studio.canvas.normswish import norm_swish

MOST_THRIFT = 2
"""The least memory that `decode` can be asked to make do with."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A piece of a decoder.

    Attributes:
        compute: what comes out of a network for what goes in, (n, c, h, w).
        network: taming's.
    """

    compute: Callable[[Any, Tensor], Tensor]
    network: nn.Module

    def __call__(self, x: Tensor) -> Tensor:
        """What comes out for (n, c, h, w)."""
        return self.compute(self.network, x)


def decode(decoder: taming.Decoder, latents: Tensor, thrift: int = 0) -> Tensor:
    """What taming's `Decoder` makes of latents (n, z, h, w) after the layer that follows quantisation: (n, c, H, W).

    Where memory is short, `thrift` keeps less for the gradient and computes it again; the numbers are the same to the
    bit.

    0. All is kept that the gradient needs.
    1. What goes into each layer is kept: one forward pass more (Chen et al. 2016, "Training Deep Nets with Sublinear
       Memory Cost").
    2. What goes into each half of the layers, into each half of the half that is computed again, and so on: as many
       forward passes more as halves can be halved, four or five (there, section 4.3).

    Works in the precision of its weights, which the latents have to be in. Differentiable with respect to them.
    """
    hidden = convolve(decoder.conv_in, latents)
    return _through(layers(decoder), hidden, thrift if hidden.requires_grad and torch.is_grad_enabled() else 0)


def layers(decoder: taming.Decoder) -> list[Layer]:
    """All that follows a decoder's first convolution, in its order."""
    found = [
        Layer(_block, decoder.mid.block_1),
        Layer(_attention, decoder.mid.attn_1),
        Layer(_block, decoder.mid.block_2),
    ]
    for level in reversed(range(decoder.num_resolutions)):
        stage = decoder.up[level]
        for number, block in enumerate(stage.block):
            found.append(Layer(_block, block))
            if len(stage.attn):
                found.append(Layer(_attention, stage.attn[number]))
        if level:
            found.append(Layer(_upsampled, stage.upsample))
    return found if decoder.give_pre_end else [*found, Layer(_last, decoder)]


def _through(some: Sequence[Layer], x: Tensor, thrift: int) -> Tensor:
    if len(some) == 1 or thrift < MOST_THRIFT:
        for layer in some:
            x = checkpoint(layer, x, use_reentrant=False) if thrift == 1 else layer(x)
        return x
    middle = len(some) // 2
    for half in (some[:middle], some[middle:]):
        x = checkpoint(_through, half, x, thrift, use_reentrant=False)
    return x


def encode(encoder: taming.Encoder, pictures: Tensor) -> Tensor:
    """What taming's `Encoder` makes of pictures (n, c, H, W) before the layer that precedes quantisation: (n, z, h, w).

    Taming's own holds on to what every layer makes, which at 1024x1024 pixels is gigabytes.
    """
    hidden = convolve(encoder.conv_in, pictures)
    for level in range(encoder.num_resolutions):
        stage = encoder.down[level]
        for number, block in enumerate(stage.block):
            hidden = _block(block, hidden)
            if len(stage.attn):
                hidden = _attention(stage.attn[number], hidden)
        if level != encoder.num_resolutions - 1:
            hidden = stage.downsample(hidden)
    hidden = _block(encoder.mid.block_1, hidden)
    hidden = _attention(encoder.mid.attn_1, hidden)
    return _last(encoder, _block(encoder.mid.block_2, hidden))


def _last(network: taming.Decoder | taming.Encoder, x: Tensor) -> Tensor:
    return convolve(network.conv_out, norm_swish(x, network.norm_out))


def _upsampled(layer: taming.Upsample, x: Tensor) -> Tensor:
    return enlarge(layer.conv, x) if layer.with_conv else functional.interpolate(x, scale_factor=2.0, mode="nearest")


def _block(block: taming.ResnetBlock, x: Tensor) -> Tensor:
    """Taming's `ResnetBlock` without a time embedding."""
    hidden = convolve(block.conv1, norm_swish(x, block.norm1))
    hidden = norm_swish(hidden, block.norm2)  # what went in is let go before the next is made
    hidden = convolve(block.conv2, hidden)
    if block.in_channels != block.out_channels:
        x = convolve(block.conv_shortcut if block.use_conv_shortcut else block.nin_shortcut, x)
    # in place: what comes out of a convolution is nobody else's, and its gradient does not need it
    return hidden.add_(x)


def _attention(attention: taming.AttnBlock, x: Tensor) -> Tensor:
    """Taming's `AttnBlock`: one head whose width is the number of channels.

    One with a `side` looks at so many places each way, averages over a larger map (`studio.canvas.networks`).
    """
    normal = looked = attention.norm(x)
    side = getattr(attention, "side", 0)
    if side and max(x.shape[2:]) > side:  # averages of keys are keys of averages: these layers look at one place each
        looked = functional.adaptive_avg_pool2d(normal, (min(x.shape[2], side), min(x.shape[3], side)))
    query, key, value = (
        convolve(layer, places).flatten(2).transpose(1, 2).contiguous()
        for layer, places in ((attention.q, normal), (attention.k, looked), (attention.v, looked))
    )
    seen = attend(query, key, value).transpose(1, 2).reshape(x.shape)
    return convolve(attention.proj_out, seen).add_(x)
