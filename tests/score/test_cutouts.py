"""Cutouts: drawn as the settings say, from the image generator and nothing else."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from studio.score.cutouts import MAX_VIEWS, CutoutSettings, cut, draw, views
from studio.score.sampling import view


def picture(height: int, width: int, batch: int = 1) -> torch.Tensor:
    return torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(3))


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def corners(homographies: torch.Tensor) -> torch.Tensor:
    """Where the corners of views lie in the picture: (n, 4, 2), the picture being -1 to 1."""
    square = torch.tensor([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]], dtype=torch.float64)
    points = square @ homographies.transpose(1, 2)
    return points[..., :2] / points[..., 2:]


def test_plain_settings_are_a_plain_resize() -> None:
    image = picture(32, 32)
    expected = functional.interpolate(image, (16, 16), mode="bilinear", antialias=True)
    found = cut(image, 3, 16, CutoutSettings.plain(), seeded())
    torch.testing.assert_close(found, expected.expand(3, -1, -1, -1), atol=1e-5, rtol=0)


def test_cutouts_come_picture_by_picture() -> None:
    black_and_white = torch.stack([torch.zeros(3, 16, 16), torch.ones(3, 16, 16)])
    found = cut(black_and_white, 5, 8, CutoutSettings.field(), seeded())
    assert found.shape == (10, 3, 8, 8)
    assert found[:5].max() == 0
    assert found[5:].min() > 0.999


def test_the_same_generator_gives_the_same_and_another_does_not() -> None:
    image, settings = picture(24, 20), CutoutSettings.field()
    first, again, other = (cut(image, 4, 8, settings, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)


def test_nothing_but_the_generator_is_random() -> None:
    image = picture(24, 20)
    before = torch.random.get_rng_state()
    first = cut(image, 4, 8, CutoutSettings.field(), seeded())
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(99)
    assert torch.equal(cut(image, 4, 8, CutoutSettings.field(), seeded()), first)
    torch.random.set_rng_state(before)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 300), st.integers(1, 300))
def test_upright_crops_stay_inside(seed: int, height: int, width: int) -> None:
    settings = replace(CutoutSettings.field(), rotation=0.0, shear=0.0, perspective=0.0, overscan=0.0)
    assert corners(draw(height, width, 8, settings, seeded(seed))).abs().max() <= 1 + 1e-9


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 300), st.integers(1, 300))
def test_crops_are_squares_of_the_sizes_asked_for(seed: int, height: int, width: int) -> None:
    settings = replace(CutoutSettings.field(), smallest=0.3, largest=0.6, shear=0.0, perspective=0.0)
    points = corners(draw(height, width, 8, settings, seeded(seed))) * torch.tensor([width / 2, height / 2]).double()
    sides = (points - points.roll(1, dims=1)).norm(dim=-1) / min(height, width)
    torch.testing.assert_close(sides, sides[:, :1].expand(-1, 4))
    assert sides.min() >= 0.3 - 1e-9
    assert sides.max() <= 0.6 + 1e-9


def test_overscan_reaches_over_the_border_and_no_farther() -> None:
    settings = replace(CutoutSettings.plain(), overscan=0.25)
    reach = corners(draw(50, 50, 400, settings, seeded())).abs().max().item()
    assert 1.4 < reach <= 1.5
    far = corners(draw(50, 100, 400, settings, seeded())).abs().amax((0, 1))
    assert 1.2 < far[0].item() <= 1.25
    assert 1.4 < far[1].item() <= 1.5


def test_more_power_makes_smaller_crops() -> None:
    def mean_area(power: float) -> float:
        settings = replace(CutoutSettings.field(), power=power)
        return torch.linalg.det(draw(64, 64, 500, settings, seeded())).abs().mean().item()

    assert mean_area(0.3) > 1.3 * mean_area(1.0) > 1.3 * 1.3 * mean_area(3.0)


def test_flips_happen_as_often_as_asked() -> None:
    settings = replace(CutoutSettings.plain(), flips=0.3)
    flipped = torch.linalg.det(draw(32, 32, 1000, settings, seeded())) < 0
    assert flipped.float().mean().item() == pytest.approx(0.3, abs=0.05)
    image = picture(16, 16)
    always = cut(image, 2, 16, replace(settings, flips=1.0), seeded())
    torch.testing.assert_close(always, image.flip(3).expand(2, -1, -1, -1), atol=1e-5, rtol=0)


def test_rotation_stays_within_its_degrees() -> None:
    matrices = draw(40, 40, 500, replace(CutoutSettings.plain(), rotation=20.0), seeded())
    degrees = torch.atan2(matrices[:, 1, 0], matrices[:, 0, 0]) * 180 / math.pi
    assert degrees.abs().max() <= 20
    assert degrees.min() < -15
    assert degrees.max() > 15


def test_perspective_and_shear_do_something_and_not_too_much() -> None:
    tilted = draw(40, 40, 500, replace(CutoutSettings.plain(), perspective=0.3), seeded())
    assert 0.25 < tilted[:, 2, :2].abs().max() <= 0.3
    sheared = draw(40, 40, 500, replace(CutoutSettings.plain(), shear=10.0), seeded())
    assert 0.9 * math.tan(math.radians(10)) < sheared[:, 0, 1].abs().max() <= math.tan(math.radians(10))


def test_one_setting_does_not_disturb_the_others() -> None:
    plain = draw(30, 40, 6, CutoutSettings(flips=0.0), seeded())
    flipping = draw(30, 40, 6, CutoutSettings(flips=1.0), seeded())
    assert torch.equal(plain[:, :, 2], flipping[:, :, 2])


@pytest.mark.parametrize("settings", [CutoutSettings(), CutoutSettings.field()])
def test_the_gradient_reaches_every_pixel(settings: CutoutSettings) -> None:
    image = picture(64, 64).requires_grad_()
    cut(image, 64, 16, replace(settings, overscan=0.3), seeded()).sum().backward()
    assert image.grad is not None
    assert image.grad.isfinite().all()
    assert (image.grad > 0).all()


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 400), st.integers(1, 400), st.floats(0.3, 1.0))
def test_views_cover_the_picture_evenly(height: int, width: int, side: float) -> None:
    found = corners(views(height, width, side))
    assert found.abs().max() <= 1 + 1e-9
    torch.testing.assert_close(found.mean((0, 1)), torch.zeros(2).double(), atol=1e-9, rtol=0)
    if max(height, width) / min(height, width) / side <= MAX_VIEWS:
        for axis in (0, 1):
            starts, ends = found[..., axis].amin(1), found[..., axis].amax(1)
            assert starts.min().item() == pytest.approx(-1, abs=1e-9) and ends.max().item() == pytest.approx(
                1, abs=1e-9
            )
            edges = torch.stack([starts, ends], dim=1)[starts.argsort()]
            assert (edges[1:, 0] <= edges[:-1, 1] + 1e-5).all()


@pytest.mark.parametrize(
    ("size", "side", "count"), [((8, 8), 1.0, 1), ((8, 8), 0.8, 4), ((8, 16), 1.0, 2), ((8, 9), 1.0, 2)]
)
def test_no_more_views_than_needed(size: tuple[int, int], side: float, count: int) -> None:
    assert len(views(*size, side)) == count


def test_two_views_of_a_wide_picture_are_its_halves() -> None:
    image = picture(8, 16)
    found = view(image, views(8, 16), 8)
    torch.testing.assert_close(found, torch.cat([image[..., :8], image[..., 8:]]), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", 0),
        ("power", 0.0),
        ("power", math.inf),
        ("smallest", 0.0),
        ("smallest", 0.9),
        ("largest", 1.5),
        ("rotation", 181.0),
        ("shear", -1.0),
        ("perspective", 0.5),
        ("flips", 1.1),
        ("overscan", math.nan),
    ],
)
def test_refuses_settings_out_of_range(name: str, value: Any) -> None:
    within = {"smallest": 0.1, "largest": 0.8} if name == "smallest" else {}
    with pytest.raises(ValueError, match=name):
        CutoutSettings(**{**within, name: value})
