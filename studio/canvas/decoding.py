"""A VQGAN's decoder as it is dreamed through: taming-transformers' layers in their order, with faster operations.

The picture is the same but for rounding: GroupNorm and swish are one operation, and attention is PyTorch's own
`scaled_dot_product_attention`, which keeps no matrix of all places by all places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taming.modules.diffusionmodules import model as taming
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from studio.canvas.normswish import norm_swish

Layer = Callable[[Any, Tensor], Tensor]
"""What a network of taming's makes of what goes into it."""


def decode(decoder: taming.Decoder, latents: Tensor, *, sparing: bool = False) -> Tensor:
    """What taming's `Decoder` makes of latents (n, z, h, w) after the layer that follows quantisation: (n, c, H, W).

    Where memory is short, `sparing` keeps what goes into each block alone, and computes the rest again for the gradient
    (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"); the numbers are the same.

    Works in the precision of its weights, which the latents have to be in. Differentiable with respect to them.
    """

    def through(layer: Layer, network: nn.Module, x: Tensor) -> Tensor:
        if sparing and x.requires_grad:
            return checkpoint(layer, network, x, use_reentrant=False)
        return layer(network, x)

    hidden = decoder.conv_in(latents)
    hidden = through(_block, decoder.mid.block_1, hidden)
    hidden = through(_attention, decoder.mid.attn_1, hidden)
    hidden = through(_block, decoder.mid.block_2, hidden)
    for level in reversed(range(decoder.num_resolutions)):
        stage = decoder.up[level]
        for number, block in enumerate(stage.block):
            hidden = through(_block, block, hidden)
            if len(stage.attn):
                hidden = through(_attention, stage.attn[number], hidden)
        if level:
            hidden = stage.upsample(hidden)
    if decoder.give_pre_end:
        return hidden  # type: ignore[no-any-return]
    return through(_last, decoder, hidden)


def _last(decoder: taming.Decoder, x: Tensor) -> Tensor:
    made: Tensor = decoder.conv_out(norm_swish(x, decoder.norm_out))
    return made


def _block(block: taming.ResnetBlock, x: Tensor) -> Tensor:
    """Taming's `ResnetBlock` without a time embedding."""
    hidden = block.conv1(norm_swish(x, block.norm1))
    hidden = block.conv2(norm_swish(hidden, block.norm2))
    if block.in_channels != block.out_channels:
        x = block.conv_shortcut(x) if block.use_conv_shortcut else block.nin_shortcut(x)
    return x + hidden  # type: ignore[no-any-return]


def _attention(attention: taming.AttnBlock, x: Tensor) -> Tensor:
    """Taming's `AttnBlock`: one head whose width is the number of channels. A kind of its own is left as it is."""
    if type(attention) is not taming.AttnBlock:
        return attention(x)  # type: ignore[no-any-return]
    normal = attention.norm(x)
    query, key, value = (
        layer(normal).flatten(2).transpose(1, 2).unsqueeze(1).contiguous()
        for layer in (attention.q, attention.k, attention.v)
    )
    seen = functional.scaled_dot_product_attention(query, key, value)
    seen = seen.squeeze(1).transpose(1, 2).reshape(x.shape)
    return x + attention.proj_out(seen)  # type: ignore[no-any-return]
