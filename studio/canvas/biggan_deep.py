"""BigGAN-deep's generator (Brock et al. 2019, appendix B) under the published names, for drawing and not for training.

The same pictures as pytorch-pretrained-biggan's, for less: spectral norms are divided out once (`folded`), of the last
convolution's channels only those that are shown are computed, and a convolution after an enlargement is one transposed
convolution, with four products where there were nine. Every block may have a condition of its own, as in Big Sleep
(Murdock 2021).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from studio.base.errors import ModelError
from studio.canvas.frozen import doubling

ARCHITECTURE = "biggan-deep"
"""What the configuration of such weights calls its architecture."""

_COARSE = 16  # pixels: below, enlarging first is the faster way, for a transposed convolution is slow on few places
_CELLS = 4  # a picture begins from 4x4 places
_FIX = "Fetch the model again, or choose another"


@dataclass(frozen=True, slots=True)
class DeepConfig:
    """How to build a BigGAN-deep, checked; the values of the published JSON file under clearer names.

    Attributes:
        side: width and height of its pictures, in pixels.
        noise: numbers of noise in a condition, and of a class' embedding.
        width: channels of the last block; the others' are multiples of it.
        classes: how many there are.
        blocks: of each, whether it doubles the size, and its channels before and after, in `width`.
        attention: before which block every place looks at every other; none where there is no such block.
        eps: what is added to variances.
        statistics: for how many truncations, evenly from 0 to 1, there are means and variances.
    """

    side: int
    noise: int
    width: int
    classes: int
    blocks: tuple[tuple[bool, int, int], ...]
    attention: int
    eps: float
    statistics: int

    @classmethod
    def read(cls, config: Mapping[str, Any], *, name: str) -> DeepConfig:
        """Check a configuration as it stands in a file, before anything is built from it.

        Raises:
            ModelError: a value is missing, of the wrong type, unreasonably large, or does not fit the others.
        """
        try:
            blocks = tuple(_block(block) for block in config["layers"])
            read = cls(
                side=_integer(config["output_dim"], 8, 4096),
                noise=_integer(config["z_dim"], 1, 4096),
                width=_integer(config["channel_width"], 4, 1024),
                classes=_integer(config["num_classes"], 1, 1 << 16),
                blocks=blocks,
                attention=_integer(config["attention_layer_position"], 0, 64),
                eps=_small(config["eps"]),
                statistics=_integer(config["n_stats"], 2, 4096),
            )
            embedding = _integer(config.get("class_embed_dim", read.noise), 1, 4096)
        except (KeyError, TypeError, ValueError) as error:
            raise _unusable(name, str(error) or "a value is missing") from error
        if not 0 < len(blocks) <= 64 or (blocks[0][1], blocks[-1][2]) != (16, 1) or embedding != read.noise:
            raise _unusable(name, "its blocks do not lead from 16 times its width to its width")
        if any(after not in (before, before // 2) for _, before, after in blocks) or any(
            one[2] != other[1] for one, other in itertools.pairwise(blocks)
        ):
            raise _unusable(name, "its blocks do not fit one another")
        if read.side != _CELLS * 2 ** sum(larger for larger, _, _ in blocks):
            raise _unusable(name, f"its blocks do not lead to {read.side} pixels")
        return read

    @property
    def layers(self) -> int:
        """Layers that may each have a condition of their own: the places that a picture begins from, and the blocks."""
        return 1 + len(self.blocks)


class Norm(nn.Module):
    """Normalisation by stored statistics, which depend on the truncation; then a gain and a bias for each channel.

    Args:
        channels: of the picture.
        condition: numbers that gain and bias are computed from; 0 where they are fixed.
        statistics: see `DeepConfig`.
        eps: likewise.
    """

    running_means: Tensor
    running_vars: Tensor

    def __init__(self, channels: int, condition: int, statistics: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("running_means", torch.zeros(statistics, channels))
        self.register_buffer("running_vars", torch.ones(statistics, channels))
        if condition:
            self.scale = nn.Linear(condition, channels, bias=False)
            self.offset = nn.Linear(condition, channels, bias=False)
        else:
            self.weight = nn.Parameter(torch.ones(channels))
            self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor, truncation: float, condition: Tensor) -> Tensor:
        """Normalised and rectified, (n, channels, h, w); `condition` is (n, condition)."""
        mean, variance = (self._at(table, truncation) for table in (self.running_means, self.running_vars))
        inverse = (variance.float() + self.eps).rsqrt()
        if hasattr(self, "scale"):
            gain = (1 + self.scale(condition).float()) * inverse
            bias = self.offset(condition).float() - mean.float() * gain
        else:
            gain = (self.weight.float() * inverse)[None]
            bias = self.bias.float() - mean.float() * gain
        return torch.addcmul(_places(bias, x), x, _places(gain, x)).relu_()

    def _at(self, table: Tensor, truncation: float) -> Tensor:
        """A truncation's statistics. Between two of them, mixed as the published code does: the wrong way round.

        It is at most a step of 1 / (statistics - 1) off, and pictures are to be the published ones.
        """
        share, first = math.modf(truncation / (1.0 / (len(table) - 1)))
        start = int(first)
        return table[start] * share + table[start + 1] * (1 - share) if share else table[start]


def _places(values: Tensor, x: Tensor) -> Tensor:
    return values.to(x.dtype)[:, :, None, None]


class DeepBlock(nn.Module):
    """A residual block with a bottleneck of a quarter of its channels, in which everything is normalised."""

    doubling: Tensor

    def __init__(self, before: int, after: int, condition: int, larger: bool, config: DeepConfig) -> None:
        super().__init__()
        self.larger = larger
        self.after = after
        middle = before // 4
        self.bn_0, self.bn_1, self.bn_2, self.bn_3 = (
            Norm(channels, condition, config.statistics, config.eps) for channels in (before, middle, middle, middle)
        )
        self.conv_0 = nn.Conv2d(before, middle, 1)
        self.conv_1 = nn.Conv2d(middle, middle, 3, padding=1)
        self.conv_2 = nn.Conv2d(middle, middle, 3, padding=1)
        self.conv_3 = nn.Conv2d(middle, after, 1)
        self.register_buffer("doubling", torch.empty(0), persistent=False)

    def prepare(self) -> None:
        """Make the kernel (in, out, 4, 4) that enlarges and convolves at once from that which convolves."""
        if self.larger:
            self.doubling = doubling(self.conv_1.weight)

    def numbers(self, x: Tensor) -> int:
        """How many there are for one picture in the largest tensor on the way from `x`."""
        places = x.shape[-2] * x.shape[-1]
        return places * max(x.shape[1], self.after * 4 if self.larger else self.after)

    def forward(self, x: Tensor, condition: Tensor, truncation: float) -> Tensor:
        """(n, before, h, w) and (n, condition) to (n, after, h, w), or (n, after, 2 h, 2 w)."""
        y = self.conv_0(self.bn_0(x, truncation, condition))
        y = self._first(self.bn_1(y, truncation, condition))
        y = self.conv_2(self.bn_2(y, truncation, condition))
        y = self.conv_3(self.bn_3(y, truncation, condition))
        # padding by less than nothing: unlike a slice's, its gradient lies in memory as the picture does
        skip = x if x.shape[1] == self.after else functional.pad(x, (0, 0, 0, 0, 0, self.after - x.shape[1]))
        if not self.larger:
            return cast("Tensor", y.add_(skip))
        return cast("Tensor", y.add_(functional.interpolate(skip, scale_factor=2.0)))

    def _first(self, y: Tensor) -> Tensor:
        if self.larger and y.shape[-1] >= _COARSE:
            return functional.conv_transpose2d(y, self.doubling, self.conv_1.bias, stride=2, padding=1)
        convolved: Tensor = self.conv_1(functional.interpolate(y, scale_factor=2.0) if self.larger else y)
        return convolved


class Attention(nn.Module):
    """Every place looks at a quarter of the places (Zhang et al. 2019, "Self-Attention GANs")."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.snconv1x1_theta = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.snconv1x1_phi = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.snconv1x1_g = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.snconv1x1_o_conv = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.gamma = nn.Parameter(torch.zeros(1))

    def numbers(self, x: Tensor) -> int:
        """How many there are for one picture in the largest tensor on the way from `x`."""
        places = x.shape[-2] * x.shape[-1]
        return places * max(x.shape[1], places // 4)

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, h, w) to the same."""
        asked = self.snconv1x1_theta(x).flatten(2)
        keys = functional.max_pool2d(self.snconv1x1_phi(x), 2).flatten(2)
        values = functional.max_pool2d(self.snconv1x1_g(x), 2).flatten(2)
        shares = (asked.mT @ keys).softmax(-1)
        seen = (values @ shares.mT).unflatten(2, x.shape[2:])
        attended: Tensor = x + self.gamma * self.snconv1x1_o_conv(seen)
        return attended


class Generator(nn.Module):
    """From conditions to pictures."""

    def __init__(self, config: DeepConfig) -> None:
        super().__init__()
        condition, width = 2 * config.noise, config.width
        self.gen_z = nn.Linear(condition, _CELLS * _CELLS * 16 * width)
        layers: list[DeepBlock | Attention] = []
        for number, (larger, before, after) in enumerate(config.blocks):
            if number == config.attention:
                layers.append(Attention(before * width))
            layers.append(DeepBlock(before * width, after * width, condition, larger, config))
        self.layers = nn.ModuleList(layers)
        self.bn = Norm(width, 0, config.statistics, config.eps)
        self.conv_to_rgb = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, conditions: Tensor, truncation: float, most: int | None = None) -> Tensor:
        """Pictures (n, 3, side, side) in -1 to 1.

        Args:
            conditions: (n, layers, 2 * noise).
            truncation: above 0, up to 1: whose statistics are used.
            most: numbers in a tensor, above which the pictures go on in parts; None for all of them at once.
        """
        x = self.gen_z(conditions[:, 0]).unflatten(1, (_CELLS, _CELLS, -1)).permute(0, 3, 1, 2)
        return self._on(x, conditions, truncation, most, 0, 1)

    def _on(self, x: Tensor, conditions: Tensor, truncation: float, most: int | None, first: int, used: int) -> Tensor:
        """From layer `first` on, where `used` conditions are used up.

        Small layers have large weights, which are best read once for many pictures; large ones have large pictures,
        which are best drawn one by one. So a batch is parted on the way.
        """
        for number in range(first, len(self.layers)):
            layer = cast("DeepBlock | Attention", self.layers[number])
            if most is not None and len(x) > (part := max(1, most // layer.numbers(x))):
                parts = zip(torch.split(x, part), torch.split(conditions, part), strict=True)
                return torch.cat([self._on(*each, truncation, most, number, used) for each in parts])
            if isinstance(layer, DeepBlock):
                x = layer(x, conditions[:, used], truncation)
                used += 1
            else:
                x = layer(x)
        return cast("Tensor", self.conv_to_rgb(self.bn(x, truncation, conditions[:, -1])).float().tanh())


class DeepNetworks(nn.Module):
    """The classes' embeddings and the generator, named as they are published, but without spectral norms."""

    def __init__(self, config: DeepConfig) -> None:
        super().__init__()
        self.embeddings = nn.Linear(config.classes, config.noise, bias=False)
        self.generator = Generator(config)

    def prepare(self) -> None:
        """Derive what is computed from the weights once; call it when they are in place."""
        for layer in self.generator.layers:
            if isinstance(layer, DeepBlock):
                layer.prepare()


def folded(tensors: Mapping[str, Tensor], config: DeepConfig, *, name: str) -> dict[str, Tensor]:
    """Published weights with their spectral norms (Miyato et al. 2018) divided out, in single precision.

    Where the right singular vector of a norm is not stored, as in the files of older versions, it is computed from the
    left one, as PyTorch does. Of the last convolution, what is not shown is left out.

    Raises:
        ModelError: a norm is 0 or no number, or lacks its vector.
    """
    plain: dict[str, Tensor] = {}
    for key, value in tensors.items():
        stem, _, kind = key.rpartition("_")
        if kind == "orig" and stem.endswith("weight"):
            plain[stem] = _normalised(value.float(), tensors.get(f"{stem}_u"), tensors.get(f"{stem}_v"), stem, name)
        elif f"{key}_orig" not in tensors and (kind not in ("u", "v") or f"{stem}_orig" not in tensors):
            plain[key] = value.float()
    for key in ("generator.conv_to_rgb.weight", "generator.conv_to_rgb.bias"):
        if key in plain and len(plain[key]) == config.width:
            plain[key] = plain[key][:3].clone()
    return plain


def _normalised(weight: Tensor, left: Tensor | None, right: Tensor | None, key: str, name: str) -> Tensor:
    matrix = weight.flatten(1)
    if left is None or left.shape != (len(matrix),):
        raise _unusable(name, f"the spectral norm of {key} lacks its vector")
    if right is None:
        right = functional.normalize(matrix.mT @ left.float(), dim=0)
    if right.shape != (matrix.shape[1],):
        raise _unusable(name, f"the spectral norm of {key} has a vector of the wrong length")
    norm = torch.dot(left.float(), matrix @ right.float())
    if not bool(norm.isfinite()) or float(norm) == 0:
        raise _unusable(name, f"the spectral norm of {key} is {float(norm)}")
    return weight / norm


def _block(values: object) -> tuple[bool, int, int]:
    if not isinstance(values, list | tuple) or len(values) != 3 or not isinstance(values[0], bool):
        raise ValueError(f"{str(values)[:40]!r} is no block")
    return values[0], _integer(values[1], 1, 64), _integer(values[2], 1, 64)


def _integer(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{str(value)[:40]!r} is not a number from {least} to {most}")
    return value


def _small(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(f"{str(value)[:40]!r} is not a number between 0 and 1")
    return float(value)


def _unusable(name: str, why: str) -> ModelError:
    return ModelError(f"The model {name} could not be used", f"Its configuration or weights: {why}", _FIX)
