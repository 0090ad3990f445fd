"""Figures of models whose figures can be reckoned by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch.nn import functional

from studio.starter.captions import with_article
from studio.starter.evaluation import clip_figures, vqgan_figures
from studio.starter.pictures import Batch


class Knowing:
    """Embeds a picture as its pixels, and a caption as the picture it was told; `shift` tells it wrong ones."""

    def __init__(self, pictures, count: int, shift: int = 0) -> None:
        batch = pictures.batch(0, count)
        self.clean = batch.images
        self.seen: list[torch.Tensor] = []
        told = self.embed_image(batch.images.roll(shift, 0))
        self._texts = dict(zip(batch.captions, told, strict=True))
        drawn = torch.stack([torch.from_numpy(pictures.alone(n)).permute(2, 0, 1) for n in range(pictures.drawings)])
        for number, kind in enumerate(pictures.kinds):
            own = int((pictures.kind_of == (number + shift) % len(pictures.kinds)).argmax())
            self._texts[with_article(kind.name)] = self.embed_image(drawn[own : own + 1])[0]
        self.seen.clear()

    def embed_text(self, texts: Sequence[str]) -> torch.Tensor:
        return torch.stack([self._texts[text] for text in texts])

    def embed_image(self, images: torch.Tensor) -> torch.Tensor:
        self.seen.append(images.detach().clone())
        return functional.normalize(images.flatten(1) - 0.5, dim=1)


@pytest.fixture(scope="module")
def few(make_pictures):
    return make_pictures(side=8, seed=4)


def test_a_perceptor_that_knows_everything(few):
    figures = clip_figures(Knowing(few, 7), few, few, count=7, radius=0.01)
    assert (figures.first, figures.attacked, figures.unseen, figures.named, figures.named20) == (1,) * 5
    assert (figures.pictures, figures.radius, figures.drawings) == (7, 0.01, few.drawings)


def test_a_perceptor_that_is_always_wrong(few):
    figures = clip_figures(Knowing(few, 7, shift=1), few, few, count=7, radius=0.01)
    assert (figures.first, figures.attacked) == (0, 0)
    assert figures.named < 0.5


def test_more_than_a_hundred_pictures_are_matched_across_batches(few):
    count = 130
    captions = few.batch(0, count).captions
    distinct = len(set(captions)) / count
    figures = clip_figures(Knowing(few, count), few, few, count=count, radius=0.01)
    assert figures.first >= distinct - 0.05 > 0.8  # of equal captions only one can have its own picture first


def test_an_attack_moves_pictures_no_further_than_its_radius_and_harms(few):
    knowing = Knowing(few, 7)
    figures = clip_figures(knowing, few, few, count=7, radius=8.0)
    assert figures.attacked < figures.first
    same = [seen for seen in knowing.seen if seen.shape == knowing.clean.shape]
    moved = [seen for seen in same if not torch.equal(seen, knowing.clean)][-1]
    assert 0 <= float(moved.min()) <= float(moved.max()) <= 1
    lengths = (moved - knowing.clean).flatten(1).norm(dim=1)
    assert float(lengths.max()) <= 8.0 + 1e-4
    assert float(lengths.min()) > 0.5


class Shifting:
    """A VQGAN whose pictures come back lighter by `shift`, drawn with the first `used` of eight codes."""

    codebook = torch.zeros(8, 3)
    factor = 2

    def __init__(self, shift: float, used: int) -> None:
        self._shift, self._used = shift, used

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        return images

    def nearest(self, latents: torch.Tensor) -> torch.Tensor:
        return torch.arange(latents[:, 0].numel()).reshape(latents[:, 0].shape) % self._used

    def quantise(self, latents: torch.Tensor) -> torch.Tensor:
        return latents

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        return latents + self._shift


class Grey:
    """Pictures of middling greys, which remembers what was asked of it."""

    side = 4

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def batch(self, start: int, count: int) -> Batch:
        self.asked.append((start, count))
        return Batch(torch.rand(count, 3, 4, 4) * 0.5 + 0.2, ("",) * count, torch.zeros(count, 3, dtype=torch.long))


def test_a_vqgan_that_is_off_by_a_tenth():
    grey = Grey()
    figures = vqgan_figures(Shifting(0.1, 2), grey, count=45)
    assert figures.psnr == pytest.approx(20, abs=1e-3)
    assert figures.error == pytest.approx(0.1, abs=1e-5)
    assert figures.used == 2 / 8
    assert (figures.pictures, figures.side) == (45, 4)
    assert grey.asked == [(0, 20), (20, 20), (40, 5)]


def test_what_it_draws_is_clamped_before_it_is_compared():
    figures = vqgan_figures(Shifting(9.0, 8), Grey(), count=3)
    assert 0.3 <= figures.error <= 0.8
    assert figures.used == 1


@pytest.mark.parametrize(("between", "grid"), [(0.0, 0.0), (0.02, 1.0), (0.06, 3.0)])
def test_a_grid_is_seen(between, grid):
    """Errors step by 0.02 inside a code's two by two pixels, and by `between` from one code to the next."""

    class Stepping(Shifting):
        def decode(self, latents: torch.Tensor) -> torch.Tensor:
            wave = torch.tensor([0.0, 0.02, 0.02 + between, 0.04 + between])
            return latents + wave + wave[:, None]

    assert vqgan_figures(Stepping(0, 8), Grey(), count=3).grid == pytest.approx(grid, abs=1e-3)
