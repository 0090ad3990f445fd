"""Image towers of the starter perceptors, which an open_clip model configuration can name once `register` was called.

Gradients that look like things come from towers trained adversarially (Santurkar et al. 2019, "Image Synthesis with a
Single (Robust) Classifier"); smooth activations and down-sampling that averages before it drops make these gradients
smoother still.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import torch
from torch import nn


class Block(nn.Module):
    """A residual block of two 3x3 convolutions with SiLU; keeps the shape (n, width, h, w)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        nn.init.zeros_(self.norm2.weight)  # each block starts as the identity, which lets training start fast

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, width, h, w) to the same shape."""
        y = nn.functional.silu(self.norm1(self.conv1(x)))
        return nn.functional.silu(x + self.norm2(self.conv2(y)))


class SmoothResNet(nn.Module):
    """A small residual network without max-pooling or strided sampling.

    (n, 3, h, w), h and w multiples of 2**len(widths), to (n, widths[-1]): the features averaged over places.
    """

    def __init__(self, widths: tuple[int, ...], blocks: tuple[int, ...]) -> None:
        super().__init__()
        self.num_features = widths[-1]
        self.default_cfg = {"pool_size": (2, 2)}
        self.stem = nn.Conv2d(3, widths[0], 4, stride=2, padding=1)
        layers: list[nn.Module] = []
        for number, (width, count) in enumerate(zip(widths, blocks, strict=True)):
            if number:
                layers += [nn.AvgPool2d(2), nn.Conv2d(widths[number - 1], width, 1, bias=False), nn.BatchNorm2d(width)]
            layers += [Block(width) for _ in range(count)]
        self.stages = nn.Sequential(*layers)

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """What open_clip asks of a timm tower; there is no classifier to take off."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 3, h, w) to (n, num_features)."""
        return self.stages(nn.functional.silu(self.stem(x))).mean((2, 3))  # type: ignore[no-any-return]


def keydream_smooth_s(pretrained: bool = False, **options: object) -> SmoothResNet:
    """The first starter tower: 64x64 pixels to 256 features, 3.1 million parameters."""
    return SmoothResNet((32, 64, 128, 256), (1, 1, 2, 2))


def keydream_smooth_m(pretrained: bool = False, **options: object) -> SmoothResNet:
    """The starter tower: 64x64 pixels to 256 features, 2.7 million parameters, most of them at 8x8 places, where
    processors multiply fastest."""
    return SmoothResNet((32, 64, 192, 256), (0, 2, 2, 1))


class Attending(nn.Module):
    """A transformer block, normalised first (Xiong et al. 2020), over (n, places, width); keeps the shape."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, places, width) to the same shape."""
        n, places, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(n, places, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        # written out: for so few places, the blocked attention of processors takes several times as long
        scores = (q @ k.transpose(-1, -2) * (width // self.heads) ** -0.5).softmax(-1)
        x = x + self.proj((scores @ v).transpose(1, 2).reshape(n, places, width))
        y: torch.Tensor = x + self.mlp(self.norm2(x))
        return y


class ConvTransformer(nn.Module):
    """Convolutions down to an eighth of the size, then a transformer (Xiao et al. 2021, "Early Convolutions Help
    Transformers See Better"): kin to `SmoothResNet` in nothing but the pictures that both were taught on.

    (n, 3, side, side) to (n, width).
    """

    def __init__(self, side: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.num_features = width
        self.default_cfg = {"pool_size": (2, 2)}
        quarter, half = width // 4, width // 2
        self.stem = nn.Sequential(
            nn.Conv2d(3, quarter, 4, stride=2, padding=1),
            nn.SiLU(),
            nn.AvgPool2d(2),
            nn.Conv2d(quarter, half, 3, padding=1),
            nn.GroupNorm(8, half),
            nn.SiLU(),
            nn.AvgPool2d(2),
            nn.Conv2d(half, width, 3, padding=1),
        )
        self.places = nn.Parameter(torch.zeros(1, (side // 8) ** 2, width))
        self.blocks = nn.Sequential(*(Attending(width, heads) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)

    def reset_classifier(self, num_classes: int, global_pool: str | None = None) -> None:
        """What open_clip asks of a timm tower; there is no classifier to take off."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 3, side, side) to (n, width): the places' features averaged."""
        tokens = self.stem(x).flatten(2).transpose(1, 2) + self.places
        features: torch.Tensor = self.norm(self.blocks(tokens)).mean(1)
        return features


def keydream_judge_s(pretrained: bool = False, **options: object) -> ConvTransformer:
    """The evaluator's tower: 48x48 pixels to 192 features, 1.4 million parameters."""
    return ConvTransformer(48, 192, 4, 4)


TOWERS: Mapping[str, Callable[..., SmoothResNet | ConvTransformer]] = {
    make.__name__: make for make in (keydream_smooth_s, keydream_smooth_m, keydream_judge_s)
}
"""The towers by the names that configurations call them."""


@functools.cache
def register() -> None:
    """Tell timm of the towers, so that open_clip finds them; imports timm, which takes seconds."""
    from timm.models import register_model

    for make in TOWERS.values():
        register_model(make)
