from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from studio.canvas.resample import Border, apply, keys, matrix, resample, triangle

BORDERS: tuple[Border, ...] = ("clamp", "reflect", "wrap")
sides = st.integers(1, 40)


@settings(deadline=None)
@given(source=sides, target=sides, border=st.sampled_from(BORDERS), kernel=st.sampled_from([keys, triangle]))
def test_a_plain_colour_stays_a_plain_colour(source: int, target: int, border: Border, kernel: object) -> None:
    assert torch.allclose(
        matrix(source, target, kernel=kernel, border=border).sum(dim=1), torch.ones(target), atol=1e-5
    )


@settings(deadline=None)
@given(side=sides, border=st.sampled_from(BORDERS), kernel=st.sampled_from([keys, triangle]))
def test_the_same_size_is_the_identity(side: int, border: Border, kernel: object) -> None:
    assert torch.equal(matrix(side, side, kernel=kernel, border=border), torch.eye(side))


@settings(deadline=None)
@given(source=st.integers(2, 30), target=st.integers(2, 30))
def test_linear_enlargement_is_that_of_torch(source: int, target: int) -> None:
    line = torch.randn(1, 1, source, 5)
    theirs = functional.interpolate(line, size=(target, 5), mode="bilinear", align_corners=False)
    if target >= source:
        assert torch.allclose(matrix(source, target, kernel=triangle) @ line, theirs, atol=1e-5)


def test_cubic_shrinking_is_that_of_torch_away_from_the_edges() -> None:
    images = torch.rand(2, 3, 24, 36)
    theirs = functional.interpolate(images, size=(12, 9), mode="bicubic", antialias=True, align_corners=False)
    ours = resample(images, 9, 12)
    assert ours.shape == (2, 3, 12, 9)
    assert torch.allclose(ours[..., 2:-2, 2:-2], theirs[..., 2:-2, 2:-2], atol=1e-5)


def test_a_kernel_of_triangles_never_goes_below_zero() -> None:
    assert matrix(17, 5, kernel=triangle).min() >= 0
    assert matrix(17, 5).min() < 0


def test_shrinking_averages_fine_stripes_away() -> None:
    stripes = (torch.arange(32) % 2).float().expand(1, 1, 32, 32)
    assert torch.allclose(resample(stripes, 8, 8)[..., 1:-1], torch.tensor(0.5), atol=0.02)


def test_a_wider_kernel_moves_nothing() -> None:
    ramp = torch.arange(40.0)
    smooth = matrix(40, 40, shrink=1.7) @ ramp
    assert torch.allclose(smooth[6:-6], ramp[6:-6], atol=1e-4)


@pytest.mark.parametrize(("border", "beyond"), [("clamp", [0, 0]), ("reflect", [0, 1]), ("wrap", [5, 4])])
def test_what_lies_beyond_the_ends(border: Border, beyond: list[int]) -> None:
    weights = matrix(6, 6, shrink=2, border=border)[0]
    inner = keys(torch.arange(4) / 2) / keys(torch.arange(-3, 4) / 2).sum()
    expected = torch.zeros(6)
    expected[:4] += inner
    for distance, place in enumerate(beyond, start=1):
        expected[place] += inner[distance]
    expected[2 if border == "reflect" else {"clamp": 0, "wrap": 3}[border]] += inner[3]
    assert torch.allclose(weights, expected, atol=1e-6)


def test_resampling_to_the_same_size_gives_the_very_same_tensor() -> None:
    images = torch.rand(1, 3, 4, 6)
    assert resample(images, 6, 4) is images


def test_the_gradient_is_the_transpose() -> None:
    image = torch.rand(1, 1, 3, 4, requires_grad=True)
    rows, columns = matrix(3, 6), matrix(4, 5)
    weights = torch.rand(1, 1, 6, 5)
    (apply(rows, image, columns) * weights).sum().backward()
    assert image.grad is not None
    assert torch.allclose(image.grad, rows.T @ weights @ columns, atol=1e-6)


def test_matrices_that_are_remembered_are_left_as_they_are() -> None:
    images = torch.rand(1, 3, 6, 5, generator=torch.Generator().manual_seed(3))
    first, again = (resample(images, 9, 4) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(first, apply(matrix(6, 4), images, matrix(5, 9)))
    other = resample(images, 9, 4, kernel=triangle)
    assert torch.equal(other, apply(matrix(6, 4, kernel=triangle), images, matrix(5, 9, kernel=triangle)))
