"""From an artist's own pictures to a VQGAN of their own: its codes and strokes are theirs; no captions are needed."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from studio.base.cancel import CancelToken
from studio.base.progress import Progress, Report
from studio.canvas import vqgan
from studio.models import own
from studio.models.loading import Weights, read_weights
from studio.starter.evaluation import vqgan_figures
from studio.starter.folder import FolderPictures
from studio.starter.making import HELD_OUT, perceptual_of
from studio.starter.shipping import ship
from studio.starter.vqgan_training import VqganSettings, VqganTraining, fitting

VQGAN = replace(VqganSettings(), steps=1000, rate=5e-4, begin=0.3)
"""How a VQGAN is fine-tuned on own pictures: minutes on two cores."""

FRESH_VQGAN = replace(VqganSettings(), steps=5000)
"""How one is made from nothing but own pictures: half an hour."""


def make_own_vqgan(
    out: Path,
    folder: Path,
    images: Path,
    token: CancelToken,
    report: Report,
    *,
    begin: Weights | None,
    settings: VqganSettings | None = None,
) -> dict[str, Any]:
    """Train a VQGAN on an artist's pictures into `out`, and add it to the artist's models under the file's name.

    A tenth of the pictures is never trained on: the figures are measured on these.

    Args:
        out: the weights, written when training is over.
        folder: checkpoints; a training that stopped there goes on.
        images: the pictures, of any size; crops of them are learnt.
        token: cancelling leaves a checkpoint.
        report: told every few steps.
        begin: the VQGAN to go on from, whose architecture it keeps; None begins from chance.
        settings: None for `VQGAN`, or `FRESH_VQGAN` without `begin`.

    Returns:
        Figures of `studio.starter.evaluation.vqgan_figures`, and the signal-to-noise ratio before training, in dB.

    Raises:
        InputError: the pictures cannot be trained on; or the name cannot be used.
        ModelError: `begin` does not fit.
    """
    settings = settings or (VQGAN if begin else FRESH_VQGAN)
    if begin:
        settings = fitting(settings, begin)
    mine = FolderPictures(images, settings.side, settings.seed, report, captioned=False)
    learnt, aside = mine.apart(settings.seed + HELD_OUT)
    training = VqganTraining(settings, learnt, folder, perceptual_of(settings), begin=begin, data=mine.identity)
    for at in training.run(token, every=10):
        report(Progress(at.step, at.steps, f"error {at.error:.3f}, {at.psnr:.1f} dB, codes used {at.used:.0%}"))
    digest = ship(out, "vqgan", training.config, training.average.state)
    about = f"Trained on {len(learnt.captions)} pictures of the folder {images.resolve().name}"
    own.add(own.Own(out.stem, "vqgan", out, digest, out.stat().st_size, about))
    after = vqgan.build(read_weights(out, name=out.stem, expect_kind="vqgan"), "cpu")
    figures = vqgan_figures(after, aside)
    return {
        "name": out.stem,
        "sha256": digest,
        "learnt": len(learnt.captions),
        "held_out": len(aside.captions),
        "psnr_before": vqgan_figures(vqgan.build(begin, "cpu"), aside).psnr if begin else None,
        **{key: value for key, value in asdict(figures).items() if key != "pictures"},
        "minutes": round(training.record.seconds / 60, 1),
        "settings": asdict(settings),
    }
