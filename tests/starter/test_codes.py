"""A codebook that follows the latents: means, k-means at the start, and dead codes that come back."""

from __future__ import annotations

import pytest
import torch

from studio.starter.codes import Codes


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def heaps(count: int, each: int, seed: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    """Latents in `count` tight heaps far apart, (count * each, 3), and the heaps' middles."""
    middles = torch.randn(count, 3, generator=seeded(seed)) * 10
    return (middles[:, None] + 0.01 * torch.randn(count, each, 3, generator=seeded(seed + 1))).flatten(0, 1), middles


def test_a_code_is_the_mean_of_what_lies_next_to_it():
    codes = Codes(torch.tensor([[0.0, 0.0], [10.0, 0.0]]), 0.5)
    latents = torch.tensor([[1.0, 1.0], [3.0, 1.0], [9.0, 0.0]])
    nearest = codes.nearest(latents)
    assert nearest.tolist() == [0, 0, 1]
    codes.follow(latents, nearest)
    assert codes.codebook.tolist() == [[2, 1], [9, 0]]
    assert codes.used.tolist() == [2, 1]


def test_the_past_counts_less_at_each_step():
    codes = Codes(torch.zeros(1, 1), 0.5)
    for value in (0.0, 4.0):
        codes.follow(torch.tensor([[value]]), torch.tensor([0]))
    assert float(codes.codebook) == pytest.approx((0.5 * 0 + 4) / 1.5)


def test_codes_without_latents_stay():
    codes = Codes(torch.tensor([[0.0], [7.0]]), 0.9)
    for _ in range(5):
        codes.follow(torch.tensor([[1.0]]), torch.tensor([0]))
    assert float(codes.codebook[1]) == 7


def test_they_follow_latents_that_move():
    codes = Codes(torch.zeros(1, 1), 0.9)
    for step in range(100):
        codes.follow(torch.full((4, 1), step / 10), torch.zeros(4, dtype=torch.long))
    assert float(codes.codebook) == pytest.approx(9.9, abs=1.0)


def test_the_start_finds_every_heap():
    latents, middles = heaps(6, 40)
    codes = Codes(torch.zeros(24, 3), 0.9)
    codes.begin(latents, seeded())
    assert float(torch.cdist(middles, codes.codebook).min(1).values.max()) < 0.5
    assert codes.share == 1
    assert torch.equal(codes.sums, codes.codebook)


def test_the_start_depends_on_its_generator_alone():
    latents, _ = heaps(6, 40)
    books = []
    for seed in (1, 1, 2):
        codes = Codes(torch.zeros(8, 3), 0.9)
        codes.begin(latents, seeded(seed))
        books.append(codes.codebook)
    assert torch.equal(books[0], books[1])
    assert not torch.equal(books[0], books[2])


def test_dead_codes_are_put_where_latents_are_and_living_ones_stay():
    codes = Codes(torch.randn(24, 4, generator=seeded()), 0.9)
    codes.used.fill_(1.0)
    dead = [2, 5, 11]
    codes.used[dead] = 0.01
    assert codes.share == 21 / 24
    before = codes.codebook.clone()
    latents = torch.randn(50, 4, generator=seeded(2)) * 0.1 + 7
    codes.revive(latents, seeded())
    assert float(torch.cdist(codes.codebook[dead], latents).min(1).values.max()) < 0.1
    living = [number for number in range(24) if number not in dead]
    assert torch.equal(codes.codebook[living], before[living])
    assert codes.share == 1
    codes.follow(codes.codebook[dead], torch.tensor(dead))
    assert torch.allclose(codes.sums[dead] / codes.used[dead, None], codes.codebook[dead])


def test_codes_that_were_trained_before_are_kept_and_in_use():
    book = torch.randn(6, 3, generator=seeded())
    codes = Codes(book.clone(), 0.9)
    codes.keep()
    assert codes.share == 1
    codes.follow(book[2:3], torch.tensor([2]))
    assert torch.allclose(codes.codebook, book)
