"""Backgrounds are pictures of the same scene at any size, and the words go with them."""

from __future__ import annotations

import numpy as np
import pytest

from studio.scenery.backgrounds import KINDS, Backgrounds
from studio.scenery.colours import COLOURS

SMALL, LARGE = Backgrounds(24), Backgrounds(96)
every_kind = pytest.mark.parametrize("kind", range(len(KINDS)), ids=[kind.name for kind in KINDS])


def seeded(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@every_kind
@pytest.mark.parametrize("backgrounds", [SMALL, LARGE, Backgrounds(1)], ids=["24", "96", "1"])
def test_values_are_in_range_at_any_size(kind, backgrounds):
    for seed in range(4):
        drawn = backgrounds.draw(seeded(seed), kind)
        assert drawn.picture.shape == (backgrounds.side, backgrounds.side, 3)
        assert drawn.picture.dtype == np.float32
        assert bool(np.isfinite(drawn.picture).all())
        assert 0 <= drawn.picture.min() <= drawn.picture.max() <= 1
        assert drawn.kind == kind


@every_kind
def test_a_scene_is_the_same_at_two_sizes(kind):
    for seed in range(4):
        small, large = SMALL.draw(seeded(seed), kind), LARGE.draw(seeded(seed), kind)
        assert (small.phrase, small.alone) == (large.phrase, large.alone)
        shrunk = large.picture.reshape(24, 4, 24, 4, 3).mean((1, 3))
        other = LARGE.draw(seeded(seed + 100), kind).picture.reshape(24, 4, 24, 4, 3).mean((1, 3))
        assert np.abs(shrunk - small.picture).mean() < 0.06
        assert np.abs(shrunk - small.picture).mean() < np.abs(other - small.picture).mean() + 0.02


@every_kind
def test_size_takes_no_randomness(kind):
    one, two = seeded(7), seeded(7)
    SMALL.draw(one, kind)
    LARGE.draw(two, kind)
    assert one.random() == two.random()


@every_kind
def test_words_are_plain_and_name_known_colours(kind):
    names = {colour.name for colour in COLOURS}
    for seed in range(8):
        drawn = SMALL.draw(seeded(seed), kind)
        for text in (drawn.phrase, drawn.alone):
            assert text
            assert text == text.strip().lower()
            assert "  " not in text
        if KINDS[kind].name in {"plain", "gradient", "stripes", "checks", "dots", "marble"}:
            named = names.intersection(drawn.phrase.split())
            assert named
            assert named == names.intersection(drawn.alone.split())


def test_a_plain_background_has_the_colour_it_is_said_to_have():
    for seed in range(30):
        drawn = SMALL.draw(seeded(seed), 0)
        colour = next(colour for colour in COLOURS if colour.name in drawn.phrase.split())
        assert np.abs(drawn.picture.mean((0, 1)) - colour.rgb).max() < 0.2
        assert drawn.picture.std((0, 1)).max() < 1e-5


def test_a_night_is_darker_than_snow():
    by_name = {kind.name: number for number, kind in enumerate(KINDS)}
    night = np.mean([SMALL.draw(seeded(seed), by_name["night"]).picture.mean() for seed in range(5)])
    snow = np.mean([SMALL.draw(seeded(seed), by_name["snow"]).picture.mean() for seed in range(5)])
    assert night < 0.3 < 0.7 < snow


def test_every_kind_comes_and_about_as_often_as_its_weight_says():
    rng, tiny = seeded(5), Backgrounds(2)
    counts = np.bincount([tiny.draw(rng).kind for _ in range(1500)], minlength=len(KINDS))
    wanted = np.array([kind.weight for kind in KINDS])
    wanted = 1500 * wanted / wanted.sum()
    assert bool((np.abs(counts - wanted) < 5 * np.sqrt(wanted)).all())


def test_the_same_seed_draws_the_same():
    for seed in range(6):
        assert np.array_equal(SMALL.draw(seeded(seed)).picture, SMALL.draw(seeded(seed)).picture)


def test_noise_is_smooth_and_centred():
    noise = np.stack([LARGE.noise(seeded(seed), 4) for seed in range(20)])
    assert np.abs(noise).max() < 1.2
    assert abs(noise.mean()) < 0.1
    assert np.abs(np.diff(noise, axis=1)).max() < 0.5


def test_a_ramp_goes_from_one_colour_to_the_other():
    ramp = LARGE.ramp((0, 0, 0), (1, 0.5, 0))
    assert np.abs(ramp[0] - 0).max() < 0.01
    assert np.abs(ramp[-1] - (1, 0.5, 0)).max() < 0.01
    assert bool((np.diff(ramp[..., 0], axis=0) > 0).all())


def test_a_wide_picture_keeps_what_is_round_round():
    """`studio.scenery` draws any proportions: a disc is as high as it is wide, in pixels."""
    disc = Backgrounds(40, 120).disc(0.5, 0.5, 0.3) > 0.5
    assert disc.shape == (40, 120)
    rows, columns = np.flatnonzero(disc.any(1)), np.flatnonzero(disc.any(0))
    assert len(rows) == len(columns) == 24


@every_kind
def test_any_proportions(kind):
    picture = Backgrounds(24, 60).draw(seeded(3), kind).picture
    assert picture.shape == (24, 60, 3)
    assert bool(np.isfinite(picture).all())


@pytest.mark.parametrize("jagged", [False, True])
def test_a_skyline_stays_in_range_and_is_continuous(jagged):
    line = LARGE.profile(seeded(2), 5, jagged=jagged)
    assert line.shape == (96,)
    assert 0 <= line.min() < line.max() <= 1
    assert np.abs(np.diff(line)).max() < 0.15


def test_cells_cover_the_share_that_was_asked_for():
    assert abs(LARGE.cells(LARGE.u * 8, 0.25, 12).mean() - 0.5) < 0.01
