"""Figures of starter models, on pictures that no training saw: other seeds, other combinations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from studio.canvas.networks import VqganModel
from studio.score.perceptor import Perceptor
from studio.starter.captions import with_article
from studio.starter.pictures import Batch, Pictures, Source

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ClipFigures:
    """What a starter CLIP can do.

    Attributes:
        first: share of captions for which their own picture ranks first among all of the test's, clean.
        attacked: the same with pictures moved away from their caption in two steps.
        unseen: the same as `first` with pictures of pairs of thing and background that no training has drawn.
        pictures: how many pictures and captions were ranked.
        radius: how far they are moved at most, in L2 length (values in 0..1).
        named: share of nouns for which "a NOUN" finds one of its own drawings first among all drawings on white.
        named20: share for which one of its own is among the first twenty.
        drawings: how many drawings were ranked.
    """

    first: float
    attacked: float
    unseen: float
    pictures: int
    radius: float
    named: float
    named20: float
    drawings: int


def clip_figures(
    perceptor: Perceptor, pictures: Pictures, unseen: Pictures, *, count: int = 1000, radius: float = 1.0
) -> ClipFigures:
    """Measure a perceptor on `count` pictures of `pictures` and of `unseen`, and on every drawing by name."""
    batches, texts = _captioned(perceptor, pictures, count)
    moved = []
    for number, batch in enumerate(batches):
        wanted = texts[number * _AT_ONCE : number * _AT_ONCE + len(batch.captions)]
        attacked = batch.images
        for _ in range(2):
            attacked = attacked.detach().requires_grad_()
            (perceptor.embed_image(attacked) * wanted).sum().backward()  # type: ignore[no-untyped-call]
            assert attacked.grad is not None
            direction = attacked.grad / attacked.grad.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, 1, 1, 1)
            offset = attacked.detach() - radius / 2 * direction - batch.images
            attacked = (batch.images + offset).clamp(0, 1)
        moved.append(attacked.detach())
    ranks = _named(perceptor, pictures)
    apart, said = _captioned(perceptor, unseen, count)
    return ClipFigures(
        first=_first(perceptor, [batch.images for batch in batches], texts),
        attacked=_first(perceptor, moved, texts),
        unseen=_first(perceptor, [batch.images for batch in apart], said),
        pictures=count,
        radius=radius,
        named=float((ranks == 0).mean()),
        named20=float((ranks < 20).mean()),
        drawings=pictures.drawings,
    )


def _captioned(perceptor: Perceptor, pictures: Pictures, count: int) -> tuple[list[Batch], torch.Tensor]:
    """The first `count` pictures in batches, and the embeddings of all their captions."""
    batches = [pictures.batch(start, min(_AT_ONCE, count - start)) for start in range(0, count, _AT_ONCE)]
    return batches, perceptor.embed_text([caption for batch in batches for caption in batch.captions])


@torch.no_grad()
def _first(perceptor: Perceptor, images: list[torch.Tensor], texts: torch.Tensor) -> float:
    """The share of texts that rank their own picture first."""
    scores = texts @ torch.cat([perceptor.embed_image(some) for some in images]).T
    return float((scores.argmax(1) == torch.arange(len(texts))).float().mean())


def _named(perceptor: Perceptor, pictures: Pictures) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For each kind, the rank of its best drawing when all are ranked for its name."""
    with torch.no_grad():
        drawn = []
        for start in range(0, pictures.drawings, 100):
            some = [pictures.alone(number) for number in range(start, min(start + 100, pictures.drawings))]
            drawn.append(perceptor.embed_image(torch.from_numpy(np.stack(some)).permute(0, 3, 1, 2)))
        scores = perceptor.embed_text([with_article(kind.name) for kind in pictures.kinds]) @ torch.cat(drawn).T
    order = scores.argsort(dim=1, descending=True).numpy()
    own = pictures.kind_of[order] == np.arange(len(pictures.kinds))[:, None]
    ranks: np.ndarray[tuple[int], np.dtype[np.int64]] = own.argmax(1)
    return ranks


@dataclass(frozen=True, slots=True)
class VqganFigures:
    """How well a starter VQGAN reconstructs.

    Attributes:
        psnr: mean signal-to-noise ratio, in dB.
        error: mean absolute error, 0..1.
        used: share of the codes that were needed.
        grid: how much larger the errors' steps are between two codes' pixels than inside a code's: 1 without a grid.
        pictures: how many pictures were measured.
        side: their width and height, in pixels.
    """

    psnr: float
    error: float
    used: float
    grid: float
    pictures: int
    side: int


@torch.no_grad()
def vqgan_figures(model: VqganModel, pictures: Source, *, count: int = 200) -> VqganFigures:
    """Measure a VQGAN on `count` pictures of `pictures`."""
    ratios, errors, steps = [], [], []
    seen = torch.zeros(len(model.codebook), dtype=torch.bool)
    for start in range(0, count, 20):
        images = pictures.batch(start, min(20, count - start)).images
        latents = model.encode(images)
        seen[model.nearest(latents).flatten()] = True
        again = model.decode(model.quantise(latents)).clamp(0, 1)
        squares = functional.mse_loss(again, images, reduction="none").mean((1, 2, 3))
        ratios += (-10 * squares.log10()).tolist()
        errors += (again - images).abs().mean((1, 2, 3)).tolist()
        steps.append(_steps(again - images, model.factor) * len(images))
    between, inside = torch.stack(steps).sum(0).tolist()
    return VqganFigures(
        psnr=float(np.mean(ratios)),
        error=float(np.mean(errors)),
        used=float(seen.float().mean()),
        grid=between / inside if inside else 1.0,
        pictures=count,
        side=pictures.side,
    )


def _steps(errors: torch.Tensor, factor: int) -> torch.Tensor:
    """How much errors (n, 3, h, w) differ between neighbours of two codes, and of the same one, on average: (2,)."""
    between, inside = [], []
    for turned in (errors, errors.mT):
        steps = turned.diff(dim=3).abs()
        border = torch.arange(1, turned.shape[3]) % factor == 0
        between.append(steps[..., border].mean())
        inside.append(steps[..., ~border].mean())
    return torch.stack([torch.stack(between).mean(), torch.stack(inside).mean()])
