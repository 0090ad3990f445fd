"""Training the starter VQGAN: taming-transformers' networks, losses of pixels, of features and of a discriminator.

As Esser et al. 2021 ("Taming Transformers for High-Resolution Image Synthesis"), with the starter CLIP in the place of
LPIPS' network. There is no codebook at first. Features and the discriminator join late, with pictures to judge;
until then pixels teach faster. Codes are the running means of the latents next to them (van den Oord et al. 2017,
appendix A.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from studio.base.errors import InputError
from studio.canvas.networks import Networks, VqganConfig
from studio.models.loading import Weights, match
from studio.starter.codes import Codes
from studio.starter.discriminator import balance, discriminator, hinge
from studio.starter.perceptual import PerceptualLoss
from studio.starter.pictures import Source
from studio.starter.trainer import Trainer
from studio.starter.training import Average, Run, cosine, pack, unpack


@dataclass(frozen=True, slots=True)
class VqganSettings:
    """How a starter VQGAN is trained.

    Attributes:
        steps: optimiser steps.
        batch: parts of pictures a step.
        views: parts that are taken of one drawn picture, for drawing takes time; divides `batch`.
        side: width and height of a drawn picture, in pixels.
        crop: width and height of a part, in pixels; a multiple of the pixels per code.
        zoom: share of the steps whose parts are shrunk or enlarged by up to 2, as in smaller and larger pictures.
        rate: peak learning rate of Adam.
        commitment: weight of the encoder's distance to the codes (van den Oord et al. 2017, equation 3).
        edges: weight of the difference between neighbouring pixels' differences.
        perceptual: weight of the distance of features.
        adversarial: weight of the discriminator, on top of the balance of Esser et al. 2021, equation 7.
        begin: share of the steps after which features are compared and there is a discriminator.
        free: share of the steps before there is a codebook: until then latents are decoded as they are. Where training
            goes on from a model, its codebook counts from the first step.
        critic: channels of its first layer.
        critic_rate: its peak learning rate.
        memory: share of a code's running mean that is kept at each step.
        revive: every this many steps in the first three quarters, codes that were not used are put where latents are.
        seed: of the pictures, the weights and the revivals.
        shuffle: pixels, each way, that are folded into channels before the networks see them.
        channels: of the widest picture inside the networks.
        multipliers: channels at each further halving, as multiples.
        blocks: residual blocks at each size.
        codes: entries of the codebook.
        code_width: dimensions of a code.
        half: whether products are computed in bfloat16, which processors with AMX and graphics processors do fast.
    """

    steps: int = 10000
    batch: int = 16
    views: int = 4
    side: int = 128
    crop: int = 64
    zoom: float = 0.25
    rate: float = 1.5e-3
    commitment: float = 0.25
    edges: float = 1.0
    perceptual: float = 0.2
    adversarial: float = 0.1
    begin: float = 0.5
    free: float = 0.1
    critic: int = 32
    critic_rate: float = 4e-4
    memory: float = 0.98
    revive: int = 50
    seed: int = 2
    shuffle: int = 4
    channels: int = 64
    multipliers: tuple[int, ...] = (1,)
    blocks: int = 1
    codes: int = 1024
    code_width: int = 32
    half: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """How training goes.

    Attributes:
        step: steps done.
        steps: steps in all.
        error: mean absolute error, 0..1.
        psnr: signal-to-noise ratio in dB.
        features: distance of the features, 0..4, and 0 before they are compared.
        used: share of codes in use lately.
        judged: what the discriminator's loss is; 1 is that of one that cannot tell, and 0 stands for none yet.
        balance: how much its wish counts, before `adversarial`.
    """

    step: int
    steps: int
    error: float
    psnr: float
    features: float
    used: float
    judged: float
    balance: float


def configuration(settings: VqganSettings) -> dict[str, Any]:
    """The `config` that ships with the weights, as `VqganConfig.read` takes it."""
    folded = 3 * settings.shuffle**2
    return {
        "ddconfig": {
            "ch": settings.channels,
            "ch_mult": list(settings.multipliers),
            "num_res_blocks": settings.blocks,
            "attn_resolutions": [],
            "resolution": settings.crop // settings.shuffle,
            "in_channels": folded,
            "out_ch": folded,
            "z_channels": settings.code_width,
            "double_z": False,
        },
        "embed_dim": settings.code_width,
        "n_embed": settings.codes,
        "pixel_shuffle": settings.shuffle,
        "norm_groups": 8,
        "attention_side": 32,  # as in pictures of 128 pixels with 4 to a latent
    }


def fitting(settings: VqganSettings, begin: Weights) -> VqganSettings:
    """The settings with the architecture of `begin`, from which training is to go on.

    Raises:
        ModelError: its configuration is unusable.
    """
    config = VqganConfig.read(begin.config, name=begin.name)
    return replace(
        settings,
        shuffle=config.pixel_shuffle,
        channels=config.ddconfig["ch"],
        multipliers=config.ddconfig["ch_mult"],
        blocks=config.ddconfig["num_res_blocks"],
        codes=config.n_embed,
        code_width=config.embed_dim,
    )


class VqganTraining(Trainer[Report]):
    """A starter VQGAN in training; iterate `run()`.

    Args:
        settings: how.
        pictures: of what.
        folder: the run folder.
        perceptual: compares features; None where `settings.perceptual` is 0.
        begin: weights to go on from; None begins from chance. The settings must be of its architecture, see `fitting`.
        data: hex digest of what settings and `pictures` do not say by themselves, such as an artist's folder.

    Raises:
        ModelError: the weights to go on from do not fit.
        InputError: the settings cannot be used, or the folder has a checkpoint of another training.
    """

    def __init__(
        self,
        settings: VqganSettings,
        pictures: Source,
        folder: Path,
        perceptual: PerceptualLoss | None = None,
        *,
        begin: Weights | None = None,
        data: str = "",
    ) -> None:
        if settings.batch % settings.views:
            raise InputError(
                "The VQGAN cannot be trained",
                f"{settings.batch} parts a step are not a multiple of {settings.views} views of a picture",
                "Choose another batch or other views",
            )
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.steps = settings.steps
        self._free = 0 if begin else max(1, int(settings.free * settings.steps))
        self.pictures = pictures
        self.perceptual = perceptual
        self.config = dict(begin.config) if begin else configuration(settings)
        self.networks = Networks(VqganConfig.read(self.config, name=begin.name if begin else "starter"))
        if begin:
            match(begin.tensors, self.networks, name=begin.name)
        self.networks.quantize.requires_grad_(False)
        self.networks.to(memory_format=torch.channels_last)
        learning = [parameter for parameter in self.networks.parameters() if parameter.requires_grad]
        self.optimiser = torch.optim.Adam(learning, lr=settings.rate, betas=(0.9, 0.99))
        self.critic = discriminator(settings.critic)
        self.critic_optimiser = torch.optim.Adam(self.critic.parameters(), lr=settings.critic_rate, betas=(0.5, 0.9))
        self.average = Average(self.networks, 0.998)
        self.codes = Codes(self.networks.quantize.embedding.weight, settings.memory)
        if begin:
            self.codes.keep()
        named = {
            "perceptor": "" if perceptual is None else perceptual.identity,
            "begin": begin.sha256 if begin else "",
            "data": data,
        }
        self.record = Run(folder, asdict(settings) | {key: value for key, value in named.items() if value})
        tensors = self.record.resume()
        if tensors is not None:
            self.restore(tensors)
        self.networks.train()
        self.critic.train()

    def tensors(self) -> dict[str, Tensor]:
        """Weights, optimisers, averages, and which codes were used."""
        critic = {f"critic.{key}": value for key, value in pack(self.critic, self.critic_optimiser).items()}
        codes = {"used": self.codes.used.clone(), "sums": self.codes.sums.clone()}
        return pack(self.networks, self.optimiser, self.average) | critic | codes

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Put back what `tensors` gave."""
        critic = {key.removeprefix("critic."): value for key, value in tensors.items() if key.startswith("critic.")}
        unpack(tensors, self.networks, self.optimiser, self.average)
        unpack(critic, self.critic, self.critic_optimiser)
        self.codes.used.copy_(tensors["used"])
        self.codes.sums.copy_(tensors["sums"])

    def after_step(self) -> None:
        """Average the weights."""
        self.average.update(self.networks, self.record.step)

    def figures(self, report: Report) -> dict[str, float]:
        """Errors, features, codes and the discriminator, for the log."""
        values = asdict(report)
        return {key: values[key] for key in ("error", "psnr", "features", "used", "judged", "balance")}

    def advance(self, step: int) -> Report:
        """One batch: a step of the networks, then, once it is there, one of the discriminator."""
        settings = self.settings
        images = self._parts(step)
        share = cosine(step, settings.steps, 100) * self.record.caution
        _at_rate(self.optimiser, settings.rate * share)
        drawn, flat, attraction = self._redraw(images, step)
        # the losses are differentiated in the picture first, so that both pass the networks together
        leaf = drawn.detach().requires_grad_()
        difference = leaf - images
        error, square = difference.abs().mean(), difference.square().mean()
        edges = difference.diff(dim=2).abs().mean() + difference.diff(dim=3).abs().mean()
        late = step >= settings.begin * settings.steps
        features = self.perceptual(leaf, images) if late and self.perceptual is not None else leaf.new_zeros(())
        loss = error + 2 * square + settings.edges * edges + settings.perceptual * features
        (wish,) = torch.autograd.grad(loss, leaf)
        judging = late and settings.adversarial > 0
        counts = judged = 0.0
        if judging:
            (push,) = torch.autograd.grad(-self._judge(leaf).mean(), leaf)
            weight = balance(drawn, self.networks.decoder.conv_out.weight, wish, push)
            wish, counts = wish + settings.adversarial * weight * push, float(weight)
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward([drawn, settings.commitment * attraction], [wish, None])
        norm = torch.nn.utils.clip_grad_norm_(self.networks.parameters(), 1.0)
        self.record.check_finite(loss=float(loss.detach() + attraction.detach()), gradient=float(norm))
        if judging:
            judged = self._teach(images, leaf.detach(), share)
        self.optimiser.step()
        if step == self._free - 1:
            self.codes.begin(self._latents(step), self._generator(step))
        elif step % settings.revive == settings.revive - 1 and self._free <= step < 0.75 * settings.steps:
            self.codes.revive(flat, self._generator(step))
        psnr = float(-10 * torch.log10(square.detach()))
        return Report(
            step + 1,
            settings.steps,
            float(error.detach()),
            psnr,
            float(features.detach()),
            self.codes.share,
            judged,
            counts,
        )

    def _redraw(self, images: Tensor, step: int) -> tuple[Tensor, Tensor, Tensor]:
        """What the networks make of pictures; their latents, (n h w, code_width); how far these are from the codes."""
        latents, flat = self._encode(images)
        if step >= self._free:
            nearest = self.codes.nearest(flat)
            codes = self.codes.codebook[nearest]
            attraction = functional.mse_loss(flat, codes)
            self.codes.follow(flat.detach(), nearest)
            straight = (flat + (codes - flat).detach()).view(*latents.movedim(1, -1).shape).movedim(-1, 1)
        else:
            attraction = 0.01 * flat.square().mean()  # holds them together until codes do
            straight = latents
        with self._reduced():
            decoded = self.networks.decoder(
                self.networks.post_quant_conv(straight.contiguous(memory_format=torch.channels_last))
            )
        drawn = functional.pixel_shuffle(decoded.float(), self.settings.shuffle) * 0.5 + 0.5
        return drawn, flat.detach(), attraction

    def _encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The latents of pictures, (n, code_width, h, w), and the same in a row, (n h w, code_width)."""
        folded = functional.pixel_unshuffle(images * 2 - 1, self.settings.shuffle)
        with self._reduced():
            latents = self.networks.quant_conv(
                self.networks.encoder(folded.contiguous(memory_format=torch.channels_last))
            ).float()
        return latents, latents.movedim(1, -1).reshape(-1, self.settings.code_width)

    def _teach(self, images: Tensor, drawn: Tensor, share: float) -> float:
        """A step of the discriminator; its loss."""
        _at_rate(self.critic_optimiser, self.settings.critic_rate * share)
        self.critic_optimiser.zero_grad(set_to_none=True)
        loss = hinge(self._judge(images), self._judge(drawn))
        loss.backward()  # type: ignore[no-untyped-call]
        self.record.check_finite(**{"discriminator's loss": float(loss.detach())})
        self.critic_optimiser.step()
        return float(loss.detach())

    def _judge(self, images: Tensor) -> Tensor:
        with self._reduced():
            judgement: Tensor = self.critic((images * 2 - 1).contiguous(memory_format=torch.channels_last))
        return judgement.float()

    def _reduced(self) -> AbstractContextManager[object]:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.settings.half)

    def _parts(self, step: int) -> Tensor:
        """`views` parts of each of this step's pictures, (batch, 3, crop, crop), elsewhere in every step."""
        settings = self.settings
        fresh = settings.batch // settings.views
        images = self.pictures.batch(step * fresh, fresh).images
        rng = np.random.default_rng([settings.seed, step])
        scale = 2 ** rng.uniform(-1, 1) if rng.random() < settings.zoom else 1.0
        seen = min(settings.side, round(settings.crop * scale))
        places = rng.integers(0, settings.side - seen + 1, (settings.batch, 2))
        parts = torch.stack(
            [images[n // settings.views, :, y : y + seen, x : x + seen] for n, (x, y) in enumerate(places)]
        )
        if seen == settings.crop:
            return parts
        size = (settings.crop, settings.crop)
        return functional.interpolate(parts, size, mode="bilinear", antialias=True).clamp(0, 1)

    @torch.no_grad()
    def _latents(self, step: int) -> Tensor:
        """What the encoder makes of the parts of the next few steps, at least four latents a code: (m, code_width)."""
        found: list[Tensor] = []
        while sum(map(len, found)) < 4 * self.settings.codes:
            found.append(self._encode(self._parts(step + len(found)))[1])
        return torch.cat(found)

    def _generator(self, step: int) -> torch.Generator:
        return torch.Generator().manual_seed(self.settings.seed * 1_000_003 + step)


def _at_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate
