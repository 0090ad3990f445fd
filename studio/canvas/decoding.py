"""A VQGAN's decoder as it is dreamed through: taming-transformers' layers in their order, with faster operations.

The picture is the same but for rounding: GroupNorm and swish are one operation, and attention is PyTorch's own
`scaled_dot_product_attention`, which keeps no matrix of all places by all places.
"""

from __future__ import annotations

from taming.modules.diffusionmodules import model as taming
from torch import Tensor, nn
from torch.nn import functional

from studio.canvas.normswish import norm_swish


def decode(decoder: taming.Decoder, latents: Tensor) -> Tensor:
    """What taming's `Decoder` makes of latents (n, z, h, w) after the layer that follows quantisation: (n, c, H, W).

    Works in the precision of its weights, which the latents have to be in. Differentiable with respect to them.
    """
    hidden = decoder.conv_in(latents)
    hidden = _block(decoder.mid.block_1, hidden)
    hidden = _attention(decoder.mid.attn_1, hidden)
    hidden = _block(decoder.mid.block_2, hidden)
    for level in reversed(range(decoder.num_resolutions)):
        stage = decoder.up[level]
        for number, block in enumerate(stage.block):
            hidden = _block(block, hidden)
            if len(stage.attn):
                hidden = _attention(stage.attn[number], hidden)
        if level:
            hidden = stage.upsample(hidden)
    if decoder.give_pre_end:
        return hidden  # type: ignore[no-any-return]
    made: Tensor = decoder.conv_out(norm_swish(hidden, decoder.norm_out))
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
