"""Training the starter VQGAN: taming-transformers' networks, losses of pixels and edges, a codebook kept alive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from studio.base.cancel import CancelToken
from studio.canvas.networks import Networks, VqganConfig
from studio.starter.pictures import Pictures
from studio.starter.training import Average, Run, cosine, pack, unpack


@dataclass(frozen=True, slots=True)
class VqganSettings:
    """How a starter VQGAN is trained.

    Attributes:
        steps: batches of fresh pictures.
        batch: pictures a batch.
        side: width and height of a drawn picture, in pixels.
        crop: width and height of the part of it that a step sees, in pixels; a multiple of 8.
        rate: peak learning rate of Adam.
        commitment: weight of the encoder's distance to the codes (van den Oord et al. 2017, equation 3).
        edges: weight of the difference between neighbouring pixels' differences.
        revive: every this many steps in the first half, codes that were not used are put where latents are.
        seed: of the pictures, the weights and the revivals.
        channels: of the widest picture inside the networks; deeper ones have two and four times as many.
        codes: entries of the codebook.
        code_width: dimensions of a code.
    """

    steps: int = 3000
    batch: int = 16
    side: int = 128
    crop: int = 64
    rate: float = 1.5e-3
    commitment: float = 0.25
    edges: float = 1.0
    revive: int = 50
    seed: int = 2
    channels: int = 32
    codes: int = 1024
    code_width: int = 32


@dataclass(frozen=True, slots=True)
class Report:
    """How training goes: mean absolute error (0..1), signal-to-noise ratio in dB, share of codes in use lately."""

    step: int
    steps: int
    error: float
    psnr: float
    used: float


def configuration(settings: VqganSettings) -> dict[str, Any]:
    """The `config` that ships with the weights, as `VqganConfig.read` takes it."""
    return {
        "ddconfig": {
            "ch": settings.channels,
            "ch_mult": [1, 2, 4],
            "num_res_blocks": 1,
            "attn_resolutions": [],
            "resolution": settings.crop // 2,
            "in_channels": 12,
            "out_ch": 12,
            "z_channels": settings.code_width,
            "double_z": False,
        },
        "embed_dim": settings.code_width,
        "n_embed": settings.codes,
        "pixel_shuffle": 2,
        "norm_groups": 8,
    }


class VqganTraining:
    """A starter VQGAN in training; iterate `run()`."""

    def __init__(self, settings: VqganSettings, pictures: Pictures, folder: Path) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.pictures = pictures
        self.config = configuration(settings)
        self.networks = Networks(VqganConfig.read(self.config, name="starter"))
        torch.nn.init.normal_(self.networks.quantize.embedding.weight, std=0.5)
        self.networks.to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.Adam(self.networks.parameters(), lr=settings.rate, betas=(0.9, 0.99))
        self.average = Average(self.networks, 0.998)
        self.used = torch.zeros(settings.codes)
        self.record = Run(folder, asdict(settings))
        tensors = self.record.resume()
        if tensors is not None:
            self.used = tensors.pop("used")
            unpack(tensors, self.networks, self.optimiser, self.average)

    def run(self, token: CancelToken, every: int = 20, checkpoint: int = 200) -> Iterator[Report]:
        """Train to the end, reporting every few steps.

        Raises:
            Cancelled: the token was fired; a checkpoint was saved.
            ModelError: a loss is no longer finite; the last checkpoint is kept.
            FileError: a checkpoint could not be written; the one before it is kept.
        """
        self.networks.train()
        while self.record.step < self.settings.steps:
            if token.cancelled:
                self._save()
                token.check()
            report = self._step(self.record.step)
            self.record.step += 1
            self.average.update(self.networks, self.record.step)
            if self.record.step % checkpoint == 0 or self.record.step == self.settings.steps:
                self._save()
            if self.record.step % every == 0:
                self.record.log(error=report.error, psnr=report.psnr, used=report.used)
                yield report

    def _save(self) -> None:
        self.record.save({**pack(self.networks, self.optimiser, self.average), "used": self.used.clone()})

    def _step(self, step: int) -> Report:
        settings = self.settings
        images = self._crops(step)
        for group in self.optimiser.param_groups:
            group["lr"] = settings.rate * cosine(step, settings.steps, 100)
        folded = functional.pixel_unshuffle(images * 2 - 1, 2).contiguous(memory_format=torch.channels_last)
        latents = self.networks.quant_conv(self.networks.encoder(folded))
        flat = latents.movedim(1, -1).reshape(-1, settings.code_width)
        codebook = self.networks.quantize.embedding.weight
        with torch.no_grad():
            nearest = torch.cdist(flat, codebook).argmin(1)
            counts = torch.bincount(nearest, minlength=settings.codes).float()
            self.used.mul_(0.98).add_(counts)
        codes = codebook[nearest]
        attraction = functional.mse_loss(codes, flat.detach()) + settings.commitment * functional.mse_loss(
            flat, codes.detach()
        )
        straight = (flat + (codes - flat).detach()).view(*latents.shape[:1], *latents.shape[2:], -1).movedim(-1, 1)
        decoded = self.networks.decoder(
            self.networks.post_quant_conv(straight.contiguous(memory_format=torch.channels_last))
        )
        pictures = functional.pixel_shuffle(decoded, 2) * 0.5 + 0.5
        difference = pictures - images
        error = difference.abs().mean()
        square = difference.square().mean()
        edges = difference.diff(dim=2).abs().mean() + difference.diff(dim=3).abs().mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss = error + 2 * square + settings.edges * edges + 0.5 * attraction
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.networks.parameters(), 1.0)
        self.record.check_finite(loss=float(loss.detach()), gradient=float(norm))
        self.optimiser.step()
        if step % settings.revive == settings.revive - 1 and step < settings.steps // 2:
            self._revive(flat.detach(), step)
        psnr = float(-10 * torch.log10(square.detach()))
        return Report(step + 1, settings.steps, float(error.detach()), psnr, float((self.used > 0.05).float().mean()))

    def _crops(self, step: int) -> torch.Tensor:
        """A part of each picture of this step's batch, (batch, 3, crop, crop), elsewhere in every step."""
        settings = self.settings
        images = self.pictures.batch(step * settings.batch, settings.batch).images
        room = settings.side - settings.crop
        x, y = np.random.default_rng([settings.seed, step]).integers(0, room + 1, 2)
        return images[:, :, y : y + settings.crop, x : x + settings.crop].contiguous()

    def _revive(self, flat: torch.Tensor, step: int) -> None:
        generator = torch.Generator().manual_seed(self.settings.seed * 1_000_003 + step)
        dead = torch.nonzero(self.used < 0.05).flatten()
        chosen = torch.randint(len(flat), (len(dead),), generator=generator)
        noise = torch.randn(len(dead), flat.shape[1], generator=generator) * flat.std() * 0.05
        with torch.no_grad():
            self.networks.quantize.embedding.weight[dead] = flat[chosen] + noise
        self.used[dead] = 1.0
