"""Many pictures at once: the same embeddings as one by one, and fewer at a time where memory is short."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from studio.models.loading import Weights
from studio.score.clip import build
from studio.score.looking import embed, looks
from studio.score.targets import embed_picture


def pictures(*sizes: tuple[int, int]) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    return [torch.rand(1, 3, *size, generator=generator) for size in sizes]


def test_a_picture_is_covered_by_squares() -> None:
    assert looks(torch.rand(1, 3, 20, 20), 8).shape == (1, 3, 8, 8)
    assert looks(torch.rand(1, 3, 20, 50), 8).shape == (3, 3, 8, 8)
    assert looks(torch.rand(1, 3, 900, 20), 8).shape == (8, 3, 8, 8)


def test_a_picture_of_the_right_size_is_looked_at_as_it_is() -> None:
    [picture] = pictures((8, 8))
    torch.testing.assert_close(looks(picture, 8), picture, atol=1e-6, rtol=0)


def test_together_as_one_by_one(weights: Weights) -> None:
    perceptor = build(weights, "cpu")
    some = pictures((40, 40), (33, 90), (32, 32), (70, 40))
    together = embed(perceptor, [looks(picture, 32) for picture in some])
    assert together.shape == (4, 16)
    assert not together.requires_grad
    for found, picture in zip(together, some, strict=True):
        torch.testing.assert_close(found, embed_picture(perceptor, picture, (1.0,)), atol=1e-5, rtol=0)


def test_no_pictures_give_no_embeddings(colours: Any) -> None:
    assert embed(colours, []).shape == (0, 3)


def test_where_memory_is_short_fewer_are_taken_at_once(colours: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    some = [looks(picture, 8) for picture in pictures(*[(8, 8)] * 21)]
    whole, enough = embed(colours, some), colours.embed_image
    sizes = []

    def short(images: torch.Tensor) -> torch.Tensor:
        if len(images) > 5:
            raise torch.OutOfMemoryError
        sizes.append(len(images))
        return enough(images)

    monkeypatch.setattr(colours, "embed_image", short)
    torch.testing.assert_close(embed(colours, some), whole)
    assert max(sizes) <= 5
    assert sum(sizes) == 21


def test_where_not_even_one_fits_it_is_said(colours: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(images: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(colours, "embed_image", none)
    with pytest.raises(torch.OutOfMemoryError):
        embed(colours, [looks(picture, 8) for picture in pictures((8, 8))])
