from __future__ import annotations

import torch

from studio.canvas.clouds import clouds
from studio.canvas.resample import resample


def draw(width: int, height: int, seed: int = 3) -> torch.Tensor:
    return clouds(width, height, torch.Generator().manual_seed(seed))


def test_a_seed_starts_alike_at_every_size() -> None:
    small, large = draw(48, 32), draw(96, 64)
    assert small.shape == (1, 3, 32, 48)
    assert (resample(large, 48, 32) - small).abs().max() < 0.02


def test_seeds_start_differently() -> None:
    assert (draw(32, 32, 1) - draw(32, 32, 2)).abs().mean() > 0.03


def test_the_start_is_nearly_grey_and_not_flat() -> None:
    picture = draw(64, 64)
    assert picture.min() >= 0
    assert picture.max() <= 1
    assert abs(picture.mean().item() - 0.5) < 0.1
    assert 0.03 < picture.std().item() < 0.2
