"""A thing before a background: outlines, dyes, places."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from studio.canvas.camera import Camera, move
from studio.canvas.placement import (
    LARGEST,
    SMALLEST,
    composite,
    cover,
    dye,
    enlarged,
    moved,
    place,
    tinted,
    unplace,
    untint,
)
from studio.scenery import colours


def disc(side: int = 128) -> torch.Tensor:
    """The fields of a blue disc, (1, 4, side, side)."""
    ticks = (torch.arange(side) + 0.5) * 2 / side - 1
    distance = (0.6 - torch.hypot(ticks[:, None], ticks[None])) * 64 / 12
    colour = torch.tensor([-1.0, -0.4, 0.8]).view(3, 1, 1).expand(3, side, side)
    return torch.cat([distance[None].clamp(-1, 1), colour])[None]


def at(*values: float, shown: bool = True) -> torch.Tensor:
    return torch.tensor([unplace(*values, shown=shown)])


def test_a_cover_is_sharp_at_its_outline_and_premultiplied():
    thing = cover(disc())
    alpha = thing[0, 3]
    assert alpha[64, 64] > 0.99
    assert alpha[2, 2] < 0.01
    assert ((alpha > 0.05) & (alpha < 0.95)).float().mean() < 0.05
    assert torch.allclose(thing[0, :3, 64, 64], torch.tensor([0.0, 0.3, 0.9]), atol=0.01)
    assert (thing[:, :3] <= thing[:, 3:] + 1e-6).all()


def test_an_enlarged_thing_has_as_sharp_an_outline():
    alpha = cover(enlarged(disc(), 512))[0, 3]
    soft = ((alpha > 0.05) & (alpha < 0.95)).float().mean()
    assert soft < 0.02
    same = disc()
    assert enlarged(same, 64) is same


def test_dyes_are_those_of_the_training_pictures():
    thing = (cover(disc(32)) * 255).round() / 255
    drawn = Image.frombytes("RGBa", (32, 32), (thing[0] * 255).byte().permute(1, 2, 0).contiguous().numpy().tobytes())
    colour = colours.COLOURS[0]
    theirs = np.asarray(colours.dye(drawn, colour), np.float32) / 255
    ours = dye(thing, torch.ones(1), torch.tensor([colour.rgb]))[0].permute(1, 2, 0).numpy()
    assert np.abs(ours - theirs).max() < 0.02
    assert torch.equal(dye(thing, torch.zeros(1), torch.rand(1, 3, generator=torch.Generator())), thing)


def test_noise_hardly_ever_dyes_and_dyes_what_it_is_told_to():
    thing = cover(disc(32))
    assert (tinted(thing, torch.zeros(1, 4)) - thing).abs().max() < 0.03
    red = tinted(thing, torch.tensor([untint(0.97, (0.9, 0.1, 0.1))]))[0, :3, 16, 16]
    assert red[0] > red[2] + 0.3


@pytest.mark.parametrize("wanted", [(0.0, 0.0, 0.5), (0.7, -0.5, 0.8), (-0.9, 0.9, 0.4)])
def test_places_are_found_again(wanted):
    x, y, size, angle, opacity = place(at(*wanted))
    assert torch.allclose(torch.cat([x, y, size]), torch.tensor(wanted), atol=0.03)
    assert float(angle) == 0
    assert float(opacity) > 0.99
    assert float(place(at(0, 0, 0.5, shown=False))[4]) < 0.01


@pytest.mark.parametrize(
    "camera",
    [
        Camera(zoom=1.2),
        Camera(pan_x=0.1, pan_y=-0.05),
        Camera(zoom=0.9, rotate=10, pan_x=0.05),
        Camera(zoom=1.15, centre_x=0.2, centre_y=0.8),
    ],
)
@pytest.mark.parametrize("size", [(96, 96), (144, 96)])
def test_a_thing_moves_as_a_picture_of_it_does(camera, size):
    noise = at(0.3, -0.2, 0.5)
    ground = torch.zeros(1, 3, 16, 16)
    wanted = move(composite(cover(disc()), ground, noise, *size), camera)
    found = composite(cover(disc()), ground, moved(noise, camera, *size), *size)
    unmoved = composite(cover(disc()), ground, noise, *size)
    assert float((found - wanted).abs().mean()) < 0.25 * float((unmoved - wanted).abs().mean())


def test_a_camera_takes_no_thing_out_of_the_picture_and_a_still_one_moves_nothing():
    noise = at(0.3, -0.2, 0.5)
    x, y, size, _, _ = place(moved(noise, Camera(zoom=9, pan_x=-4), 64, 64))
    assert float(x) == pytest.approx(0.94, abs=0.01)
    assert abs(float(y)) < 0.95
    assert float(size) < LARGEST
    assert moved(noise, Camera(), 64, 64) is noise
    turned = moved(noise, Camera(rotate=5), 64, 64)
    assert float(turned[0, 3]) == pytest.approx(5 / 8)
    assert float(turned[0, 4]) == float(noise[0, 4])


def test_sizes_stay_within_their_limits():
    sizes = place(torch.tensor([[0, 0, -9.0, 0, 0], [0, 0, 9.0, 0, 0]]))[2]
    assert torch.allclose(sizes, torch.tensor([SMALLEST, LARGEST]), atol=1e-3)


@pytest.mark.parametrize("size", [(64, 64), (40, 90), (200, 120)])
def test_a_thing_stands_where_it_is_placed(size):
    width, height = size
    ground = torch.ones(1, 3, 16, 16)
    picture = composite(cover(disc()), ground, at(-0.95, 0.95, 0.4), width, height)
    assert picture.shape == (1, 3, height, width)
    dark = (picture[0, 0] < 0.5).nonzero().float().mean(0)
    assert dark[0] > height * 0.6
    assert dark[1] < width * 0.4
    assert picture[0, :, 0, -1].min() > 0.99


def test_a_hidden_thing_leaves_the_background():
    ground = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    picture = composite(cover(disc()), ground, at(0, 0, 0.8, shown=False), 16, 16)
    assert (picture - ground).abs().max() < 0.02


def test_every_number_of_a_place_has_a_gradient():
    noise = torch.tensor([[0.3, -0.2, 0.1, 0.5, -1.2]], requires_grad=True)
    thing = cover(disc()) * torch.linspace(0, 1, 128)  # so that turning it can be seen
    ground = torch.rand(1, 3, 48, 48, generator=torch.Generator().manual_seed(2))
    composite(thing, ground, noise, 48, 48)[..., :20].square().mean().backward()
    assert noise.grad is not None
    assert (noise.grad.abs() > 1e-7).all()


def test_a_small_picture_shows_what_a_large_one_does():
    thing, ground = cover(disc()), torch.ones(1, 3, 16, 16)
    large = composite(thing, ground, at(0.2, 0, 0.6), 128, 128)
    small = composite(thing, ground, at(0.2, 0, 0.6), 32, 32)
    assert (torch.nn.functional.avg_pool2d(large, 4) - small).abs().mean() < 0.02
