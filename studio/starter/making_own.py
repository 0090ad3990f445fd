"""From an artist's own pictures to a model of their own: fine-tuned from one that there is, or made from nothing."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from studio.base.cancel import CancelToken
from studio.base.progress import Progress, Report
from studio.models import own
from studio.models.loading import Weights, read_weights
from studio.score import clip
from studio.score.perceptor import Perceptor
from studio.starter.bpe import learn_merges
from studio.starter.clip_training import ClipSettings, ClipTraining, vocabulary
from studio.starter.folder import FolderPictures, Mixed
from studio.starter.making import HELD_OUT
from studio.starter.pictures import Pictures
from studio.starter.shipping import ship

CLIP = replace(ClipSettings(), steps=500, batch=64, rate=4e-4, clean=0.3, radius=1.5, bank=64)
"""How a CLIP is fine-tuned on own pictures: minutes on two cores, gently enough to keep what it knew."""

FRESH = replace(ClipSettings(), steps=2500, clean=0.3)
"""How one is made from nothing but own pictures and drawn ones: an hour."""

_MOST_RANKED = 500


def make_own_clip(
    out: Path,
    folder: Path,
    images: Path,
    token: CancelToken,
    report: Report,
    *,
    begin: Weights | None,
    drawn: Pictures | None,
    settings: ClipSettings | None = None,
) -> dict[str, Any]:
    """Train a CLIP on an artist's pictures into `out`, and add it to the artist's models under the file's name.

    Args:
        out: the weights, written when training is over.
        folder: checkpoints; a training that stopped there goes on.
        images: the pictures, with captions as `studio.starter.folder` finds them.
        token: cancelling leaves a checkpoint.
        report: told every few steps.
        begin: the CLIP to go on from; None begins from chance.
        drawn: drawn pictures that take turns with the own ones, so that it stays a CLIP of more than these; or None.
        settings: None for `CLIP`, or `FRESH` without `begin`.

    Returns:
        Figures: how often a picture finds its own caption first among all different ones, before and after.

    Raises:
        InputError: the pictures cannot be trained on; or the name cannot be used.
    """
    settings = settings or (CLIP if begin else FRESH)
    side = int(begin.config["model_cfg"]["vision_cfg"]["image_size"]) if begin else settings.side
    mine = FolderPictures(images, side, settings.seed, report)
    merges = [] if begin else _merges(mine, drawn)
    source = Mixed(mine, drawn) if drawn else mine
    data = mine.identity + ("" if drawn is None else f"+{drawn.drawings}")
    training = ClipTraining(settings, source, folder, merges, begin=begin, data=data)
    for at in training.run(token, every=10):
        report(Progress(at.step, at.steps, f"loss {at.loss:.2f}, right {at.first:.0%}, attacked {at.attacked:.0%}"))
    tensors = {
        key.removeprefix("model."): value for key, value in training.average.state.items() if key.startswith("model.")
    }
    digest = ship(out, "clip", training.config, tensors)
    about = f"Trained on {len(mine.captions)} pictures of the folder {images.resolve().name}"
    own.add(own.Own(out.stem, "clip", out, digest, out.stat().st_size, about))
    after = clip.build(read_weights(out, name=out.stem, expect_kind="clip"), "cpu")
    test = FolderPictures(images, side, settings.seed + HELD_OUT)
    return {
        "name": out.stem,
        "sha256": digest,
        "pictures": len(mine.captions),
        "first_before": found(clip.build(begin, "cpu"), test) if begin else None,
        "first": found(after, test),
        "minutes": round(training.record.seconds / 60, 1),
        "settings": asdict(settings),
    }


@torch.no_grad()
def found(perceptor: Perceptor, pictures: FolderPictures) -> float:
    """The share of pictures, of the first 500, whose own caption ranks first among all their different captions."""
    count = min(_MOST_RANKED, len(pictures.captions))
    batches = [pictures.batch(start, min(50, count - start)) for start in range(0, count, 50)]
    said = [caption for batch in batches for caption in batch.captions]
    texts = list(dict.fromkeys(said))
    scores = torch.cat([perceptor.embed_image(batch.images) for batch in batches]) @ perceptor.embed_text(texts).T
    right = [texts[best] == caption for best, caption in zip(scores.argmax(1).tolist(), said, strict=True)]
    return float(sum(right)) / len(right)


def _merges(mine: FolderPictures, drawn: Pictures | None) -> list[str]:
    known = vocabulary(drawn) if drawn else []
    fresh = [merge for merge in learn_merges(mine.captions, 4000) if merge not in set(known)]
    return [*known, *fresh]
