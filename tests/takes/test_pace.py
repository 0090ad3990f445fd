"""Even speed as numbers: what is measured, and the choice of frames, against trying all of them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from studio.dream.seeds import generator
from studio.score.losses import angle
from studio.score.targets import embed_picture
from studio.takes.pace import Band, Change, band, choose, difference, embed, together, variation


def leg(places):
    """Pictures whose embeddings lie on a circle and whose pixels get brighter, both by these numbers."""
    at = torch.tensor(places, dtype=torch.float64)
    embeddings = torch.stack([at.cos(), at.sin()], -1)
    return band(embeddings, at[:, None, None, None].expand(-1, 3, 2, 2).float())


def test_change_is_angle_and_pixels_by_their_means():
    change = Change(np.array([1.0, 3.0]), np.array([0.3, 0.1]))
    np.testing.assert_allclose(change.combined, [1.0, 1.0])
    assert change.variation == pytest.approx(0)
    uneven = Change(np.array([1.0, 3.0]), np.array([0.1, 0.3]))
    np.testing.assert_allclose(uneven.combined, [0.5, 1.5])
    assert uneven.variation == pytest.approx(0.5)


def test_where_nothing_changes_there_is_no_variation():
    still = Change(np.zeros(3), np.zeros(3))
    assert still.variation == 0
    assert variation(np.zeros(0)) == 0
    only_pixels = Change(np.zeros(2), np.array([1.0, 3.0]))
    np.testing.assert_allclose(only_pixels.combined, [0.25, 0.75])


def test_many_embeddings_are_those_of_each(fakes):
    perceptor = fakes.Perceptor()
    for size in ((16, 16), (12, 20)):
        pictures = torch.rand(3, 3, *size, generator=generator(1, *size))
        each = torch.stack([embed_picture(perceptor, picture[None], sides=(1.0,)) for picture in pictures])
        torch.testing.assert_close(embed(perceptor, pictures), each)


def test_difference_is_the_mean_over_pixels_and_channels():
    a, b = torch.zeros(2, 3, 4, 5), torch.zeros(2, 3, 4, 5)
    b[1, 0] = 0.6
    torch.testing.assert_close(difference(a, b), torch.tensor([0.0, 0.2]))


def test_a_band_holds_what_is_between_neighbours_and_further_ones():
    found = leg([0.0, 0.1, 0.4])
    np.testing.assert_allclose(found.angle, [[0.1, 0.3, np.inf], [0.4, np.inf, np.inf]], rtol=1e-6)
    np.testing.assert_allclose(found.pixels, [[0.1, 0.3, np.inf], [0.4, np.inf, np.inf]], rtol=1e-6)
    np.testing.assert_allclose(found.steps((0, 2)).angle, [0.4])
    np.testing.assert_allclose(found.weighed((0.1, 0.2))[0, :2], [0.75, 2.25])
    np.testing.assert_allclose(found.weighed((0.1, 0.0))[0, :2], [0.5, 1.5])


def test_angles_of_near_pictures_are_exact():
    near = torch.tensor([[1.0, 0.0], [math.cos(1e-6), math.sin(1e-6)]], dtype=torch.float64)
    assert float(angle(near[0], near[1])) == pytest.approx(1e-6, rel=1e-4)


def chance(count, seed):
    """A leg that no perceptor walks smoothly: steps of any size."""
    sizes = torch.rand(count, generator=generator(seed, "leg")) ** 2
    return leg(torch.cat([torch.zeros(1), sizes.cumsum(0) / 10]).tolist())


@pytest.mark.parametrize("seed", range(5))
def test_the_choice_is_the_best_of_all(seed):
    legs, steps = [chance(8, seed), chance(6, seed + 100)], 6
    chosen = choose(legs, steps)
    assert sum(len(each) - 1 for each in chosen) == steps
    assert [(each[0], each[-1]) for each in chosen] == [(0, 8), (0, 6)]
    ways = [
        [(0, *inner, last) for count in range(last) for inner in itertools.combinations(range(1, last), count)]
        for last in (8, 6)
    ]
    least = min(
        together([legs[0].steps(a), legs[1].steps(b)]).variation
        for a in ways[0]
        for b in ways[1]
        if len(a) + len(b) - 2 == steps
    )
    found = together([each.steps(way) for each, way in zip(legs, chosen, strict=True)]).variation
    assert found == pytest.approx(least, abs=0.02)


def test_a_longer_leg_gets_more_frames():
    short, long = np.linspace(0, 0.3, 40).tolist(), np.linspace(0, 0.9, 40).tolist()
    chosen = choose([leg(short), leg(long)], 12)
    assert [len(each) - 1 for each in chosen] == [3, 9]


def test_a_leg_on_which_nothing_changes_gets_one_step():
    chosen = choose([leg([0.0] * 10), leg(np.linspace(0, 1, 60).tolist())], 10)
    assert len(chosen[0]) == 2
    assert len(chosen[1]) == 10


def test_legs_on_which_nothing_changes_at_all():
    chosen = choose([leg([0.0] * 10)], 4)
    assert len(chosen[0]) == 5


@pytest.mark.parametrize("steps", [1, 12])
def test_steps_that_cannot_be_taken(steps):
    with pytest.raises(ValueError, match="cannot be taken"):
        choose([leg([0.0, 0.1, 0.2]), leg([0.0, 0.1])], steps)


def test_nothing_is_asked_beyond_the_reach():
    legs = Band(np.full((2, 9), 0.1), np.full((2, 9), 0.1))
    for row in range(2):
        legs.angle[row, 8 - row :] = legs.pixels[row, 8 - row :] = np.inf
    assert max(np.diff(choose([legs], 4)[0])) <= 2
