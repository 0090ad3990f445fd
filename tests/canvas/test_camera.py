from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import InputError
from studio.canvas.camera import Border, Camera, move
from studio.canvas.resample import resample

BORDERS: tuple[Border, ...] = ("reflect", "wrap")


def soft(width: int = 48, height: int = 32, seed: int = 0) -> torch.Tensor:
    """A picture without fine detail, that goes on smoothly when it is wrapped."""
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.arange(width) / width, torch.arange(height) / height
    picture = torch.full((1, 3, height, width), 0.5)
    for across in (0, 1, 2):
        for down in (0, 1, 2):
            phase = torch.rand(3, 1, 1, generator=generator)
            picture[0] += 0.05 * torch.cos(2 * math.pi * (across * x + down * y[:, None] + phase))
    return picture


def rough(width: int = 24, height: int = 16) -> torch.Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1))


def inner(picture: torch.Tensor) -> torch.Tensor:
    height, width = picture.shape[-2:]
    return picture[..., height // 3 : -height // 3, width // 3 : -width // 3]


@pytest.mark.parametrize("border", BORDERS)
def test_a_still_camera_gives_the_very_same_picture(border: Border) -> None:
    picture = rough()
    assert move(picture, Camera(centre_x=0.2, border=border)) is picture


@settings(max_examples=20, deadline=None)
@given(
    zoom=st.floats(1.01, 1.5),
    rotate=st.floats(-20, 20),
    pan=st.floats(-0.15, 0.15),
    border=st.sampled_from(BORDERS),
)
def test_opposite_moves_cancel(zoom: float, rotate: float, pan: float, border: Border) -> None:
    picture = soft()
    for there, back in (
        (Camera(zoom=zoom, border=border), Camera(zoom=1 / zoom, border=border)),
        (Camera(rotate=rotate, border=border), Camera(rotate=-rotate, border=border)),
        (Camera(pan_x=pan, pan_y=-pan, border=border), Camera(pan_x=-pan, pan_y=pan, border=border)),
    ):
        assert (inner(move(move(picture, there), back)) - inner(picture)).abs().max() < 0.01


@settings(max_examples=20, deadline=None)
@given(right=st.integers(-30, 30), down=st.integers(-20, 20))
def test_wrapping_by_whole_pixels_rolls_the_picture(right: int, down: int) -> None:
    picture = rough()
    moved = move(picture, Camera(pan_x=-right / 24, pan_y=-down / 16, border="wrap"))
    assert torch.allclose(moved, picture.roll((down, right), dims=(2, 3)), atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(pan=st.floats(-1, 1), turns=st.integers(-2, 2))
def test_wrapping_is_periodic(pan: float, turns: int) -> None:
    picture = rough()
    once, again = (move(picture, Camera(pan_x=p, pan_y=p, border="wrap")) for p in (pan, pan + turns))
    assert torch.allclose(once, again, atol=2e-4) or (pan == 0 and torch.allclose(again, picture, atol=2e-4))


def test_there_is_no_seam_where_the_picture_wraps() -> None:
    picture = soft()
    moved = move(picture, Camera(pan_x=-0.5 - 0.5 / 48, border="wrap"))
    expected = move(picture.roll(24, dims=3), Camera(pan_x=-0.5 / 48, border="wrap"))
    assert torch.allclose(moved, expected, atol=1e-4)
    across = (moved[..., 1:] - moved[..., :-1]).abs()
    assert across[..., 22:25].max() < 1.5 * (picture[..., 1:] - picture[..., :-1]).abs().max()


def test_reflection_mirrors_the_edge() -> None:
    picture = rough()
    moved = move(picture, Camera(pan_x=-3 / 24, border="reflect"))
    assert torch.allclose(moved[..., 3:], picture[..., :-3], atol=1e-4)
    assert torch.allclose(moved[..., :3], picture[..., :3].flip(-1), atol=1e-4)


def test_a_camera_that_goes_right_and_down_slides_the_picture_left_and_up() -> None:
    picture = torch.zeros(1, 3, 16, 24)
    picture[..., 5, 7] = 1
    moved = move(picture, Camera(pan_x=2 / 24, pan_y=3 / 16))
    assert moved[0, 0].argmax() == (5 - 3) * 24 + 7 - 2


def test_a_quarter_turn_is_clockwise() -> None:
    picture = rough(16, 16)
    assert torch.allclose(move(picture, Camera(rotate=90)), picture.rot90(-1, dims=(2, 3)), atol=1e-4)


def test_turning_keeps_shapes_whatever_the_proportions() -> None:
    picture = torch.zeros(1, 1, 20, 60)
    picture[..., 4:16, 30] = 1  # twelve pixels tall
    turned = move(picture, Camera(rotate=90))
    middle = turned[0, 0, :, 18:42]  # without its mirror images on both sides
    across, down = middle.amax(dim=0) > 0.5, middle.amax(dim=1) > 0.5
    assert int(across.sum()) == 12
    assert int(down.sum()) <= 2


def test_zooming_in_magnifies_about_the_centre() -> None:
    picture = soft(48, 32)
    moved = move(picture, Camera(zoom=2))
    expected = resample(picture[..., 8:24, 12:36], 48, 32)
    assert (inner(moved) - inner(expected)).abs().max() < 0.01


@pytest.mark.parametrize("camera", [Camera(zoom=1.7), Camera(zoom=0.6), Camera(rotate=33)])
def test_the_centre_stays(camera: Camera) -> None:
    picture = soft(49, 33)
    x, y = 10, 20
    about = Camera(zoom=camera.zoom, rotate=camera.rotate, centre_x=(x + 0.5) / 49, centre_y=(y + 0.5) / 33)
    moved = move(picture, about)
    assert (moved[..., y, x] - picture[..., y, x]).abs().max() < 0.02


def test_zooming_out_averages_what_the_smaller_copy_cannot_show() -> None:
    stripes = (torch.arange(48) % 2).float().expand(1, 3, 32, 48)
    moved = move(stripes, Camera(zoom=0.5, border="wrap"))
    assert (moved - 0.5).abs().max() < 0.05


def test_zooming_out_repeats_or_mirrors_the_picture() -> None:
    picture = soft(48, 32)
    wrapped = move(picture, Camera(zoom=0.5, border="wrap"))
    assert torch.allclose(wrapped[..., :24], wrapped[..., 24:], atol=1e-3)
    mirrored = move(picture, Camera(zoom=0.5))
    assert torch.allclose(mirrored[..., :12], mirrored[..., 12:24].flip(-1), atol=1e-3)


def test_a_zoom_that_comes_to_rest_does_not_jump() -> None:
    picture = rough()
    assert (move(picture, Camera(zoom=1 - 1e-5)) - picture).abs().max() < 1e-2


@settings(max_examples=20, deadline=None)
@given(zoom=st.floats(0.5, 2), pan=st.floats(-1, 1), rotate=st.floats(-180, 180), border=st.sampled_from(BORDERS))
def test_no_value_goes_beyond_the_range_of_the_picture(zoom: float, pan: float, rotate: float, border: Border) -> None:
    picture = (rough(9, 5) > 0.5).float()
    moved = move(picture, Camera(zoom=zoom, pan_x=pan, pan_y=-pan, rotate=rotate, border=border))
    assert moved.shape == picture.shape
    assert moved.min() >= 0
    assert moved.max() <= 1


@pytest.mark.parametrize("border", BORDERS)
def test_a_single_pixel_can_be_moved(border: Border) -> None:
    pixel = torch.tensor([0.2, 0.5, 0.9]).reshape(1, 3, 1, 1)
    moved = move(pixel, Camera(zoom=0.7, pan_x=0.3, rotate=40, border=border))
    assert torch.allclose(moved, pixel, atol=1e-6)


def test_every_picture_of_a_batch_is_moved_alike() -> None:
    a, b = rough(), soft(24, 16)
    camera = Camera(zoom=1.2, rotate=10)
    together = move(torch.cat([a, b]), camera)
    assert torch.allclose(together, torch.cat([move(a, camera), move(b, camera)]), atol=1e-5)


def test_moving_keeps_no_gradient() -> None:
    assert not move(rough().requires_grad_(), Camera(zoom=1.1)).requires_grad


@pytest.mark.parametrize("name", ["zoom", "pan_x", "pan_y", "rotate", "centre_x", "centre_y"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused(name: str, value: float) -> None:
    with pytest.raises(InputError) as caught:
        Camera(**{name: value})
    assert name in caught.value.what
    assert caught.value.fix


def test_a_zoom_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"zoom by -0\.5") as caught:
        Camera(zoom=-0.5)
    assert "overshoots" in caught.value.why
    assert "0.5 to show twice as much" in caught.value.fix


def test_an_unknown_border_is_refused() -> None:
    with pytest.raises(InputError, match="'mirror'") as caught:
        Camera(border="mirror")
    assert "reflect" in caught.value.fix
