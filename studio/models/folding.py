"""Batch normalisation that became part of the convolution before it: the same numbers in half the passes."""

from __future__ import annotations

import itertools
import sys

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from studio.models.towers import Block, SmoothResNet


def fold(network: nn.Module) -> int:
    """Fold each batch normalisation of a frozen network, in evaluation mode, into its convolution; how many.

    Only towers whose layers are known to follow one another are touched: the starter's and OpenAI's ResNets.
    """
    theirs = sys.modules.get("open_clip.modified_resnet")  # where nobody has imported it, nothing is made of it
    bottleneck, resnet = (theirs.Bottleneck, theirs.ModifiedResNet) if theirs else ((), ())
    count = 0
    for module in list(network.modules()):
        if isinstance(module, (Block, bottleneck, resnet)):
            for number in (1, 2, 3):
                norm = f"norm{number}" if isinstance(module, Block) else f"bn{number}"
                if hasattr(module, norm):
                    count += _join(module, f"conv{number}", norm)
        if isinstance(module, bottleneck) and isinstance(module.downsample, nn.Sequential):
            count += _row(module.downsample)
        if isinstance(module, SmoothResNet):
            count += _row(module.stages)
    return count


def _row(layers: nn.Sequential) -> int:
    return sum(_join(layers, *names) for names in itertools.pairwise(list(layers._modules)))


def _join(parent: nn.Module, convolution: str, norm: str) -> int:
    first, second = parent.get_submodule(convolution), parent.get_submodule(norm)
    if type(first) is not nn.Conv2d or type(second) is not nn.BatchNorm2d:
        return 0
    folded = fuse_conv_bn_eval(first, second)
    parent._modules[convolution] = folded.requires_grad_(False)
    parent._modules[norm] = nn.Identity()
    return 1
