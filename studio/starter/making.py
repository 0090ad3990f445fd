"""From settings to shipped weights: train, or take a training up, write the file, measure it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.base.cancel import CancelToken
from studio.base.progress import Progress, Report
from studio.canvas import vqgan
from studio.models import catalogue
from studio.models.loading import read_weights
from studio.score import clip
from studio.starter.artwork import load_atlas
from studio.starter.clip_training import ClipSettings, ClipTraining, vocabulary
from studio.starter.evaluation import clip_figures, vqgan_figures
from studio.starter.objects import read_kinds
from studio.starter.perceptual import PerceptualLoss
from studio.starter.pictures import Pictures
from studio.starter.shipping import ship
from studio.starter.vqgan_training import VqganSettings, VqganTraining

HELD_OUT = 1_000_003
"""Added to a training's seed for pictures that it never saw."""

_CLIP_DRAWINGS, _VQGAN_DRAWINGS = 96, 128  # pixels; no smaller than a picture shows them


def make_clip(
    out: Path,
    folder: Path,
    token: CancelToken,
    report: Report,
    *,
    artwork: Path | None = None,
    settings: ClipSettings | None = None,
) -> dict[str, Any]:
    """Train a starter CLIP into `out`.

    Args:
        out: the weights, written when training is over.
        folder: checkpoints; a training that stopped there goes on.
        token: cancelling leaves a checkpoint.
        report: told every few steps.
        artwork: folder of the artwork packages; None fetches them.
        settings: None for those of the shipped weights.

    Returns:
        Figures on held-out pictures, the file's SHA-256, settings and minutes.
    """
    settings = settings or ClipSettings()
    atlas = load_atlas(read_kinds(), _CLIP_DRAWINGS, artwork, report)
    pictures = Pictures(read_kinds(), atlas, settings.side, settings.seed)
    training = ClipTraining(settings, pictures, folder, vocabulary(pictures))
    _drive(
        (
            Progress(r.step, r.steps, f"loss {r.loss:.2f}, right {r.first:.0%}, attacked {r.attacked:.0%}")
            for r in training.run(token)
        ),
        report,
    )
    tensors = {
        key.removeprefix("model."): value for key, value in training.average.state.items() if key.startswith("model.")
    }
    digest = ship(out, "clip", training.config, tensors)
    perceptor = clip.build(read_weights(out, name=out.stem, expect_kind="clip"), "cpu")
    test = Pictures(read_kinds(), atlas, settings.side, settings.seed + HELD_OUT)
    unseen = Pictures(read_kinds(), atlas, settings.side, settings.seed + HELD_OUT, unseen=True)
    figures = clip_figures(perceptor, test, unseen)
    return {
        "sha256": digest,
        "bytes": out.stat().st_size,
        "minutes": round(training.record.seconds / 60, 1),
        **asdict(figures),
        "settings": asdict(settings),
    }


def make_vqgan(
    out: Path,
    folder: Path,
    token: CancelToken,
    report: Report,
    *,
    artwork: Path | None = None,
    settings: VqganSettings | None = None,
) -> dict[str, Any]:
    """Train a starter VQGAN into `out`; arguments and result as those of `make_clip`.

    The starter CLIP compares the pictures; the result names it by its SHA-256.
    """
    settings = settings or VqganSettings()
    atlas = load_atlas(read_kinds(), _VQGAN_DRAWINGS, artwork, report)
    perceptual = perceptual_of(settings)
    pictures = Pictures(read_kinds(), atlas, settings.side, settings.seed)
    training = VqganTraining(settings, pictures, folder, perceptual)
    _drive(
        (
            Progress(r.step, r.steps, f"error {r.error:.3f}, {r.psnr:.1f} dB, codes used {r.used:.0%}")
            for r in training.run(token)
        ),
        report,
    )
    digest = ship(out, "vqgan", training.config, training.average.state)
    model = vqgan.build(read_weights(out, name=out.stem, expect_kind="vqgan"), "cpu")
    figures = vqgan_figures(model, Pictures(read_kinds(), atlas, settings.side, settings.seed + HELD_OUT))
    return {
        "sha256": digest,
        "bytes": out.stat().st_size,
        "minutes": round(training.record.seconds / 60, 1),
        **asdict(figures),
        "perceptor": "" if perceptual is None else perceptual.identity,
        "settings": asdict(settings),
    }


def perceptual_of(settings: VqganSettings) -> PerceptualLoss | None:
    """The starter CLIP, for comparing pictures, where the settings want it."""
    if not settings.perceptual:
        return None
    entry = catalogue.find("", "clip")
    weights = read_weights(entry.path, name=entry.name, expect_kind="clip", expect_sha256=entry.sha256)
    return PerceptualLoss(clip.build(weights, "cpu", "bf16" if settings.half else "fp32"))


def _drive(progress: Iterator[Progress], report: Report) -> None:
    for at in progress:
        report(at)
