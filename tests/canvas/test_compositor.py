"""Pieces lie where their places say, in their order and colour, and every number of a place has a gradient."""

from __future__ import annotations

import math

import pytest
import torch

from studio.canvas.compositor import ANGLE, OPACITY, SIZE, TINT, X, Y, _gathered, _Over, alpha, compose, read
from studio.canvas.sprites import sprite_of


def square(colour, side: int = 64):
    """A sprite of one colour that fills three quarters of its square."""
    picture = torch.zeros(4, side, side)
    edge = side // 8
    picture[:, edge:-edge, edge:-edge] = torch.tensor([*colour, 1.0]).view(4, 1, 1)
    return sprite_of(picture)


def place(x=0.5, y=0.5, size=0.5, angle=0.0, opacity=1.0, colour=(0.5, 0.5, 0.5), tint=0.0) -> torch.Tensor:
    return torch.tensor([x, y, math.log(size), angle, opacity, *colour, tint])


RED, GREEN = square((1, 0, 0)), square((0, 1, 0))
GREY = torch.full((1, 3, 64, 64), 0.5)


def test_without_pieces_it_is_the_background():
    assert torch.equal(compose(GREY, [], torch.zeros(0, 9)), GREY)


@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (0.25, 0.75), (0.7, 0.3)])
def test_a_piece_lies_where_it_is_said(x, y):
    picture = compose(GREY, [RED], place(x, y, 0.3)[None])
    red = ((picture[0, 0] > 0.9) & (picture[0, 1] < 0.1)).nonzero().float()
    assert red.mean(0).tolist() == pytest.approx([64 * y - 0.5, 64 * x - 0.5], abs=0.6)
    assert len(red) == pytest.approx((0.3 * 64 * 0.75) ** 2, rel=0.25)


def test_the_first_is_the_lowest():
    places = torch.stack([place(), place(size=0.25)])
    picture = compose(GREY, [RED, GREEN], places)
    assert picture[0, :, 32, 32].tolist() == pytest.approx([0, 1, 0], abs=0.02)
    assert picture[0, :, 32, 22].tolist() == pytest.approx([1, 0, 0], abs=0.02)


def test_opacity_lets_the_background_through():
    picture = compose(GREY, [RED], place(opacity=0.5)[None])
    assert picture[0, :, 32, 32].tolist() == pytest.approx([0.75, 0.25, 0.25], abs=0.01)


def test_a_tint_gives_another_colour():
    picture = compose(GREY, [RED], place(colour=(0.1, 0.2, 0.9), tint=1.0)[None])
    red, _, blue = picture[0, :, 32, 32].tolist()
    assert blue > red + 0.3


def test_a_turn_by_a_quarter_moves_a_corner():
    sprite = torch.zeros(4, 64, 64)
    sprite[0::3, 8:32, 8:32] = 1  # red in the upper left
    turned = compose(GREY, [sprite_of(sprite)], place(size=0.9, angle=math.pi / 2)[None])
    red = (turned[0, 0] > 0.9).nonzero().float().mean(0)
    assert red[0] < 32 < red[1]  # clockwise: upper right


def test_a_round_piece_is_round_in_a_wide_picture():
    wide = compose(torch.full((1, 3, 40, 120), 0.5), [RED], place(size=0.8)[None])
    red = wide[0, 0] > 0.9
    assert red.any(1).sum() == pytest.approx(int(red.any(0).sum()), abs=1)


def test_every_number_has_a_gradient():
    places = place(0.45, 0.55, 0.4, 0.3, 0.8, (0.2, 0.3, 0.8), 0.5)[None].requires_grad_()
    weights = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    (compose(GREY, [RED], places) * weights).sum().backward()
    assert bool((places.grad[0].abs() > 1e-4).all())


@pytest.mark.parametrize("index", [X, Y, SIZE, ANGLE, OPACITY, TINT])
def test_gradients_are_those_of_differences(index):
    """For a smooth weight, moving a number a little changes the sum as its gradient says."""
    ramp = torch.linspace(0, 1, 64)
    weights = (ramp[None, :] * 2 + ramp[:, None]).expand(1, 3, 64, 64)
    at = place(0.45, 0.55, 0.43, 0.3, 0.8, (0.2, 0.3, 0.8), 0.5).double().float()

    def total(places):
        return (compose(GREY, [RED], places[None]) * weights).sum()

    leaf = at.clone().requires_grad_()
    total(leaf).backward()
    step = torch.zeros(9)
    step[index] = 0.01
    with torch.no_grad():
        difference = float(total(at + step) - total(at - step)) / 0.02
    assert float(leaf.grad[index]) == pytest.approx(difference, rel=0.25, abs=4)


def test_a_piece_beyond_the_edge_is_cut_or_not_seen():
    half = compose(GREY, [RED], place(0.0, 0.5)[None])
    assert float((half[0, 0] > 0.9).float().mean()) > 0.02
    assert torch.equal(compose(GREY, [RED], place(3.0, 0.5)[None]), GREY)


def test_what_a_piece_hides():
    hidden = alpha(RED, place(size=0.5), 64, 64)
    assert hidden.shape == (64, 64)
    assert float(hidden[32, 32]) == pytest.approx(1, abs=0.01)
    assert float(hidden[2, 2]) == 0


def test_every_piece_needs_a_place():
    with pytest.raises(ValueError, match="as many places"):
        compose(GREY, [RED], torch.zeros(2, 9))


def test_pieces_lie_on_every_background_as_on_each():
    grounds = torch.rand(3, 3, 40, 64, generator=torch.Generator().manual_seed(1))
    places = torch.stack([place(0.2, 0.3, 0.7, 0.4), place(size=0.25, colour=(0.1, 0.2, 0.9), tint=0.8)])
    together = compose(grounds, [RED, GREEN], places)
    assert torch.equal(together, torch.cat([compose(each[None], [RED, GREEN], places) for each in grounds]))


def test_reading_in_parts_is_reading():
    generator = torch.Generator().manual_seed(3)
    picture = torch.rand(4, 7, 7, generator=generator)
    u, v = (3 * torch.rand(2, 50, 60, generator=generator) - 1.5).requires_grad_()
    weights = torch.randn(4, 50, 60, generator=generator)
    gradients = []
    for way in (read, _gathered):
        seen = way(picture, u, v)
        torch.testing.assert_close(seen, read(picture, u, v), atol=1e-5, rtol=0)
        gradients.append(torch.stack(torch.autograd.grad((seen * weights).sum(), (u, v))))
    torch.testing.assert_close(*gradients, atol=1e-4, rtol=0)


def test_the_gradient_of_covering_is_what_its_parts_have():
    generator = torch.Generator().manual_seed(4)
    pictures = torch.rand(2, 3, 6, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    layer = torch.rand(4, 3, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    window = slice(1, 4), slice(2, 4)
    assert torch.autograd.gradcheck(lambda a, b: _Over.apply(a, b, *window), (pictures, layer))
    covered = _Over.apply(pictures, layer, *window)
    torch.testing.assert_close(covered[..., 1:4, 2:4], layer[:3] + pictures[..., 1:4, 2:4] * (1 - layer[3:]))
    assert torch.equal(covered[..., 0, :], pictures[..., 0, :])


def test_what_keeps_its_colours_has_no_gradient_for_others():
    places = torch.stack([place(0.3, tint=0.0), place(0.7, tint=0.5, colour=(0.2, 0.4, 0.9))]).requires_grad_()
    weights = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(5))
    pictures, gradients = [], []
    for bare in (None, [True, False]):
        pictures.append(compose(GREY, [RED, GREEN], places, bare=bare))
        gradients.append(torch.autograd.grad((pictures[-1] * weights).sum(), places)[0])
    assert torch.equal(*pictures)
    assert float(gradients[0][0, -1]) != 0
    assert not gradients[1][0, 5:].any()
    gradients[0][0, -1] = 0
    assert torch.equal(*gradients)
