"""A VQGAN's networks: taming-transformers' encoder and decoder around a codebook, read from checked weights."""

from __future__ import annotations

import contextlib
import copy
import functools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from taming.modules.diffusionmodules import model as taming
from torch import Tensor, nn
from torch.nn import functional

from studio.base.errors import ModelError
from studio.canvas import decoding
from studio.canvas.footprint import Footprint, decoder_footprint
from studio.canvas.frozen import convolve
from studio.models.loading import Weights, match
from studio.models.precision import DTYPES, Precision
from studio.models.unfilled import Unfilled, allocate

_FIX = "Fetch or train the model again, or choose another"
_DISTANCES = 1 << 24  # distances to codes that are held at once: 64 MiB
_CACHED = 1 << 20  # likewise on a processor: 4 MiB, which stay in its cache
_taming_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class VqganConfig:
    """How to build the networks, checked.

    Attributes:
        ddconfig: the arguments of taming's Encoder and Decoder.
        embed_dim: channels of a latent, and of a code.
        n_embed: how many codes the codebook holds.
        pixel_shuffle: the networks run on pictures folded by this factor each way (1: not folded).
        norm_groups: groups of every GroupNorm; taming itself always has 32.
        attention_side: the attention looks at so many places each way, averages over a larger map; 0: at all there are,
            as taming's, which at 1024 pixels and four to a latent would be 65,536 at each of as many.
        gumbel: a layer chooses the codes of what was encoded, as in taming's `GumbelVQ`; otherwise the nearest ones are
            taken.
    """

    ddconfig: Mapping[str, Any]
    embed_dim: int
    n_embed: int
    pixel_shuffle: int = 1
    norm_groups: int = 32
    attention_side: int = 0
    gumbel: bool = False

    @property
    def factor(self) -> int:
        """How many pixels, each way, one latent stands for."""
        return int(2 ** (len(self.ddconfig["ch_mult"]) - 1)) * self.pixel_shuffle

    @classmethod
    def read(cls, config: Mapping[str, Any], *, name: str) -> VqganConfig:
        """Check a configuration as it stands in a file, before anything is built from it.

        Raises:
            ModelError: a value is missing, of the wrong type, unreasonably large, or does not fit the others.
        """
        source = _Source(config, name)
        networks = _Source(config.get("ddconfig"), name)
        shuffle = source.integer("pixel_shuffle", 1, 8, default=1)
        groups = source.integer("norm_groups", 1, 64, default=32)
        channels = 3 * shuffle**2
        ddconfig: dict[str, Any] = {
            "ch": networks.integer("ch", 1, 1024),
            "ch_mult": networks.integers("ch_mult", 1, 32, longest=8),
            "num_res_blocks": networks.integer("num_res_blocks", 1, 8),
            "attn_resolutions": networks.integers("attn_resolutions", 1, 1 << 16, longest=8, shortest=0),
            "resolution": networks.integer("resolution", 1, 1 << 16),
            "in_channels": networks.integer("in_channels", channels, channels, default=channels),
            "out_ch": networks.integer("out_ch", channels, channels, default=channels),
            "z_channels": networks.integer("z_channels", 1, 4096),
            "double_z": False,
        }
        if networks.values.get("double_z", False) is not False:
            raise _unusable(name, "its double_z is set, as in a network without a codebook")
        if any(ddconfig["ch"] * multiple % groups for multiple in (1, *ddconfig["ch_mult"])):
            raise _unusable(name, f"its channels cannot be divided into {groups} groups")
        embed_dim = source.integer("embed_dim", 1, 4096)
        attended = source.integer("attention_side", 0, 1 << 10, default=0)
        if (quantiser := config.get("quantiser", "nearest")) not in ("nearest", "gumbel"):
            raise _unusable(name, f"its quantiser is {str(quantiser)[:40]!r}, not nearest or gumbel")
        if quantiser == "gumbel" and ddconfig["z_channels"] != embed_dim:
            raise _unusable(name, "the layer that chooses its codes needs an embed_dim as large as z_channels")
        n_embed, gumbel = source.integer("n_embed", 2, 1 << 20), quantiser == "gumbel"
        return cls(ddconfig, embed_dim, n_embed, shuffle, groups, attended, gumbel)


class VqganModel:
    """A frozen VQGAN on a device.

    Pictures are (B, 3, H, W) in 0 to 1 whose sides are multiples of `factor`; latents are (B, embed_dim, h, w) with
    `factor` pixels to a latent each way.

    Attributes:
        name: what the catalogue calls it.
        identity: hex digest of the weights' file.
        factor: pixels per latent, each way.
        embed_dim: channels of a latent.
        codebook: (n_embed, embed_dim).
        low, high: each channel's smallest and largest value in the codebook, (1, embed_dim, 1, 1).
        spread: the codebook's standard deviation, averaged over the channels.
        device: where it is.
    """

    def __init__(
        self, networks: Networks, config: VqganConfig, *, name: str, identity: str, precision: Precision = "fp32"
    ) -> None:
        self.name = name
        self.identity = identity
        self.factor = config.factor
        self.embed_dim = config.embed_dim
        self._shuffle = config.pixel_shuffle
        self._networks = networks.eval().requires_grad_(False)
        self.codebook = networks.quantize.embedding.weight.detach()
        self.low, self.high = (edge.reshape(1, -1, 1, 1) for edge in torch.aminmax(self.codebook, dim=0))
        self.spread = float(self.codebook.std(dim=0, correction=0).mean())
        self.device = self.codebook.device
        # a quarter faster on the CPU; never measured elsewhere
        self._format = torch.channels_last if self.device.type == "cpu" else torch.contiguous_format
        self._networks.to(memory_format=self._format)
        self._dreamt = _lowered(self._networks, DTYPES[precision])
        self._thrift = 0

    def encode(self, images: Tensor) -> Tensor:
        """The latents of pictures, before quantisation; codes already, where a layer chooses them."""
        folded = functional.pixel_unshuffle(images * 2 - 1, self._shuffle).contiguous(memory_format=self._format)
        latents: Tensor = self._networks.quant_conv(decoding.encode(self._networks.encoder, folded))
        chosen: Tensor = self._networks.quantize.choose(latents)
        return chosen.contiguous()

    def decode(self, latents: Tensor) -> Tensor:
        """The pictures of latents, quantised or not; differentiable. Nominally 0 to 1.

        Where a gradient is wanted, they are computed in the model's precision, otherwise always in single precision:
        pictures that are kept have no rounding of half precision.
        """
        after, decoder = self._networks.post_quant_conv, self._networks.decoder
        if torch.is_grad_enabled() and latents.requires_grad:
            after, decoder = self._dreamt
        given = latents.to(after.weight.dtype).contiguous(memory_format=self._format)
        made = decoding.decode(decoder, convolve(after, given), self._thrift).float()
        return functional.pixel_shuffle(made, self._shuffle).contiguous() * 0.5 + 0.5

    def spare(self) -> bool:
        """Keep less for the gradient from now on, for forward passes more of each step; whether there was more."""
        more = self._thrift < decoding.MOST_THRIFT
        self._thrift += more
        return more

    def ease(self) -> None:
        """Keep all again."""
        self._thrift = 0

    def footprint(self, rows: int, columns: int) -> Footprint:
        """The bytes of drawing one picture of so many latents each way, with its gradient, as memory is used now."""
        after, decoder = self._dreamt
        return decoder_footprint(decoder, rows, columns, after.weight.dtype, self.device, self._thrift)

    @torch.no_grad()
    def nearest(self, latents: Tensor) -> Tensor:
        """The index of the code nearest to each latent, (B, h, w), in the Euclidean sense."""
        flat = latents.movedim(1, -1).reshape(-1, self.embed_dim)
        lengths = self.codebook.square().sum(dim=1)
        rows = max(1, (_CACHED if self.device.type == "cpu" else _DISTANCES) // len(self.codebook))
        # |z - e|² without |z|², which is the same for every code; `min` finds places in a third of `argmin`'s time
        found = [
            torch.addmm(lengths, flat[start : start + rows], self.codebook.T, alpha=-2).min(dim=1).indices
            for start in range(0, len(flat), rows)
        ]
        return torch.cat(found).reshape(latents.shape[0], *latents.shape[2:])

    def quantise(self, latents: Tensor) -> Tensor:
        """Each latent's nearest code. The gradient passes straight through, as if nothing had been done.

        (van den Oord, Vinyals and Kavukcuoglu 2017, arXiv:1711.00937, section 3.2)
        """
        codes = functional.embedding(self.nearest(latents), self.codebook).movedim(-1, 1).contiguous()
        return codes + (latents - latents.detach())  # the bracket is exactly 0; only its gradient counts


class Networks(nn.Module):
    """The trainable parts, named as taming's `VQModel` names them, so that its weights fit."""

    def __init__(self, config: VqganConfig) -> None:
        super().__init__()
        with _taming(config.norm_groups, config.attention_side):
            self.encoder = taming.Encoder(**config.ddconfig)
            self.decoder = taming.Decoder(**config.ddconfig)
        self.quantize = _Codebook(config.n_embed, config.embed_dim, config.ddconfig["z_channels"] * config.gumbel)
        self.quant_conv = nn.Conv2d(config.ddconfig["z_channels"], config.embed_dim, 1)
        self.post_quant_conv = nn.Conv2d(config.embed_dim, config.ddconfig["z_channels"], 1)


def build(weights: Weights, device: torch.device | str, precision: Precision = "fp32") -> VqganModel:
    """The VQGAN that `weights` hold, on `device`; `precision` is what gradients are computed in.

    Raises:
        ModelError: the configuration is unusable, or a tensor is missing, left over or of another shape. It is found
            out before memory is taken for more than the weights themselves.
    """
    config = VqganConfig.read(weights.config, name=weights.name)
    with torch.device("meta"), Unfilled():
        networks = Networks(config)
    if _numbers(networks.state_dict()) == _numbers(weights.tensors):
        allocate(networks)  # otherwise the networks stay without memory, and `match` says what is wrong
    match(weights.tensors, networks, name=weights.name)
    on_device = networks.to(device)
    return VqganModel(on_device, config, name=weights.name, identity=weights.sha256, precision=precision)


def _lowered(networks: Networks, dtype: torch.dtype) -> tuple[nn.Conv2d, nn.Module]:
    """What draws latents, in another precision: a copy, but for what has that one already."""
    drawing = networks.post_quant_conv, networks.decoder
    if dtype == torch.float32:
        return drawing
    after, decoder = copy.deepcopy(drawing)
    for module in decoder.modules():
        # few numbers, which scale all others; only the CPU's normalisation takes them in another precision
        if not (isinstance(module, nn.GroupNorm) and networks.quantize.embedding.weight.device.type == "cpu"):
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.to(dtype)
    return after.to(dtype), decoder


class _Codebook(nn.Module):
    """The codes; and, for `hidden` channels, the layer that chooses among them (0: none)."""

    def __init__(self, n_embed: int, embed_dim: int, hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(n_embed, embed_dim)
        self.proj = nn.Conv2d(hidden, n_embed, 1) if hidden else None

    def choose(self, latents: Tensor) -> Tensor:
        """The codes that the layer finds most likely, without gradient; the latents themselves where there is none.

        (The limit of the Gumbel softmax without noise: Jang, Gu and Poole 2016, arXiv:1611.01144.)
        """
        if self.proj is None:
            return latents
        return self.embedding(self.proj(latents).argmax(dim=1)).movedim(-1, 1)  # type: ignore[no-any-return]


class _Attention(taming.AttnBlock):  # type: ignore[misc]
    """Taming's attention up to `side` places each way; of a larger map, it looks at averages over neighbouring places.

    So its cost grows with the picture's area, not with the square of it.
    """

    def __init__(self, in_channels: int, side: int) -> None:
        super().__init__(in_channels)
        self.side = side

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) to the same shape."""
        height, width = x.shape[2:]
        if max(height, width) <= self.side:
            return super().forward(x)  # type: ignore[no-any-return]
        normal = self.norm(x)
        size = min(height, self.side), min(width, self.side)
        keys, values = (functional.adaptive_avg_pool2d(layer(normal), size).flatten(2) for layer in (self.k, self.v))
        queries = self.q(normal).flatten(2)
        weights = (torch.bmm(queries.mT, keys) * keys.shape[1] ** -0.5).softmax(dim=2)
        seen: Tensor = self.proj_out(torch.bmm(values, weights.mT).view_as(x))
        return x + seen


@contextlib.contextmanager
def _taming(groups: int, side: int) -> Iterator[None]:
    """While it lasts, taming builds with so many GroupNorm groups and this attention, and does not print about it."""

    def normalize(in_channels: int) -> nn.GroupNorm:
        return nn.GroupNorm(groups, in_channels, eps=1e-6, affine=True)

    with _taming_lock:
        originals = taming.Normalize, taming.AttnBlock
        taming.Normalize, taming.print = normalize, lambda *_: None
        if side:
            taming.AttnBlock = functools.partial(_Attention, side=side)
        try:
            yield
        finally:
            taming.Normalize, taming.AttnBlock = originals
            del taming.print


def _numbers(tensors: Mapping[str, Tensor]) -> int:
    return sum(tensor.numel() for tensor in tensors.values())


def _unusable(name: str, why: str) -> ModelError:
    return ModelError(
        f"The model {name} could not be used", f"Its configuration does not describe a VQGAN: {why}", _FIX
    )


class _Source:
    """Reads numbers out of a configuration that anybody may have written."""

    def __init__(self, values: object, name: str) -> None:
        if not isinstance(values, Mapping):
            raise _unusable(name, "it has no ddconfig")
        self.values = values
        self._name = name

    def integer(self, key: str, least: int, most: int, default: int | None = None) -> int:
        return self._checked(key, self.values.get(key, default), least, most)

    def integers(self, key: str, least: int, most: int, *, longest: int, shortest: int = 1) -> tuple[int, ...]:
        values = self.values.get(key)
        if not isinstance(values, (list, tuple)) or not shortest <= len(values) <= longest:
            raise _unusable(self._name, f"{key} has to be a list of {shortest} to {longest} numbers")
        return tuple(self._checked(key, value, least, most) for value in values)

    def _checked(self, key: str, value: object, least: int, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            allowed = f"{least}" if least == most else f"{least} to {most}"
            raise _unusable(self._name, f"{key} has to be {allowed}, and is {str(value)[:40]}")
        return value
