"""The patch discriminator of VQGAN (Esser et al. 2021): taming-transformers' network and losses, for small pictures."""

from __future__ import annotations

import torch
from taming.modules.discriminator.model import NLayerDiscriminator, weights_init
from torch import Tensor
from torch.nn import functional

STRONGEST = 1e4
"""Where the balance of the two losses ends, as in taming-transformers."""


def discriminator(width: int, depth: int = 2) -> torch.nn.Module:
    """A network that judges patches: (n, 3, h, w) in -1 to 1 to (n, 1, h', w'), more for what it takes to be real.

    Args:
        width: channels of the first layer; later ones have twice as many each.
        depth: layers that halve the picture. With 2, a judgement covers 34 x 34 pixels: several codes and their seams.
    """
    network: torch.nn.Module = NLayerDiscriminator(3, width, depth, use_actnorm=True)
    network.apply(weights_init)
    return network.to(memory_format=torch.channels_last)


def hinge(real: Tensor, drawn: Tensor) -> Tensor:
    """What the discriminator minimises: its judgements of real pictures above 1, of drawn ones below -1.

    (Lim and Ye 2017, "Geometric GAN")
    """
    return 0.5 * (functional.relu(1 - real).mean() + functional.relu(1 + drawn).mean())


def balance(pictures: Tensor, last: Tensor, likeness: Tensor, fooling: Tensor) -> Tensor:
    """How much the discriminator's wish counts, so that at the decoder's last layer it pulls as hard as likeness.

    Esser et al. 2021, equation 7: the norm of likeness' gradient in the last layer's weights, over that of fooling's.

    Args:
        pictures: what was drawn, with its graph, which is kept.
        last: the weights of the decoder's last layer.
        likeness: the gradient of the reconstruction's losses in `pictures`, of their shape.
        fooling: the gradient of the generator's adversarial loss in them.

    Returns:
        A number from 0 to `STRONGEST`, without gradient.
    """
    wanted, asked = (
        torch.autograd.grad(pictures, last, gradient, retain_graph=True)[0].norm() for gradient in (likeness, fooling)
    )
    weight: Tensor = wanted / (asked + 1e-4)
    return weight.clamp(0, STRONGEST).detach()
