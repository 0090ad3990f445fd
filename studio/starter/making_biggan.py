"""From settings to a shipped starter BigGAN: train, or take a training up, write the file, measure it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from studio.base.cancel import CancelToken
from studio.base.progress import Progress, Report
from studio.canvas import biggan_model
from studio.canvas.biggan_model import BigGanModel
from studio.models import catalogue
from studio.models.loading import read_weights
from studio.score import clip
from studio.starter.artwork import load_atlas
from studio.starter.biggan_training import BigGanSettings, BigGanTraining
from studio.starter.objects import read_kinds
from studio.starter.perceptual import PerceptualLoss
from studio.starter.repertoire import Repertoire, gather
from studio.starter.shipping import ship

_AT_ONCE = 64


def make_biggan(
    out: Path,
    folder: Path,
    token: CancelToken,
    report: Report,
    *,
    artwork: Path | None = None,
    settings: BigGanSettings | None = None,
) -> dict[str, Any]:
    """Train a starter BigGAN into `out`.

    Args:
        out: the weights, written when training is over.
        folder: checkpoints; a training that stopped there goes on.
        token: cancelling leaves a checkpoint.
        report: told every few steps.
        artwork: folder of the artwork packages; None fetches them.
        settings: None for those of the shipped weights.

    Returns:
        How alike its drawings are to what it learned (`things` and `scenes`: mean PSNR in dB), the file's SHA-256,
        settings, minutes, and the perceptor that compared pictures.
    """
    settings = settings or BigGanSettings()
    side = settings.cells * 2 ** len(settings.widths)
    repertoire = gather(read_kinds(), load_atlas(read_kinds(), side, artwork, report), settings.looks, settings.seed)
    perceptual = None
    if settings.perceptual:
        entry = catalogue.find("", "clip")
        weights = read_weights(entry.path, name=entry.name, expect_kind="clip", expect_sha256=entry.sha256)
        perceptual = PerceptualLoss(clip.build(weights, "cpu", "bf16" if settings.half else "fp32"))
    training = BigGanTraining(settings, repertoire, folder, perceptual)
    for at in training.run(token):
        report(Progress(at.step, at.steps, f"loss {at.loss:.3f}, things {at.psnr:.1f} dB, scenes {at.scenes:.1f} dB"))
    digest = ship(out, "biggan", training.config, training.average.state)
    model = biggan_model.build(read_weights(out, name=out.stem, expect_kind="biggan"), "cpu")
    return {
        "sha256": digest,
        "bytes": out.stat().st_size,
        "minutes": round(training.record.seconds / 60, 1),
        **fidelity(model, repertoire),
        "perceptor": "" if perceptual is None else perceptual.identity,
        "settings": asdict(settings),
    }


@torch.no_grad()
def fidelity(model: BigGanModel, repertoire: Repertoire) -> dict[str, float]:
    """How alike all drawings are to what was learned, things before white: mean PSNR in dB."""
    figures = {}
    for name, wanted, draw in (
        ("things", repertoire.things, lambda numbers: _on_white(model.things(numbers))),
        ("scenes", repertoire.scenes, model.scenes),
    ):
        found = []
        for numbers in torch.split(torch.arange(len(wanted)), _AT_ONCE):
            goal = wanted[numbers].float() / 255
            difference = draw(numbers) - (_on_white(goal) if name == "things" else goal)
            found.append(-10 * torch.log10(difference.square().mean((1, 2, 3)).clamp_min(1e-10)))
        figures[name] = round(float(torch.cat(found).mean()), 2)
    return figures


def _on_white(things: Tensor) -> Tensor:
    return things[:, :3] + 1 - things[:, 3:]
