from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.canvas.fourier import FourierCanvas, spectrum_scale
from studio.canvas.resample import resample


@settings(max_examples=25, deadline=None)
@given(width=st.integers(1, 33), height=st.integers(1, 33), seed=st.integers(0, 99))
def test_an_encoded_picture_is_that_picture(width: int, height: int, seed: int) -> None:
    picture = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed)).round(decimals=1)
    canvas = FourierCanvas(width, height)
    canvas.encode(picture)
    assert canvas.image().shape == (1, 3, height, width)
    assert (canvas.image() - picture).abs().max() < 1 / 255


@pytest.mark.parametrize(("width", "height"), [(64, 64), (63, 40), (16, 9)])
def test_a_random_spectrum_gives_planes_of_variance_one(width: int, height: int) -> None:
    generator = torch.Generator().manual_seed(0)
    scale = spectrum_scale(width, height)
    assert scale.shape == (height, width // 2 + 1)
    parts = torch.randn(400, height, width // 2 + 1, 2, generator=generator)
    planes = torch.fft.irfft2(torch.view_as_complex(parts) * scale, s=(height, width), norm="ortho")
    # imaginary parts of the constant and of the highest frequencies show nothing, so a little is missing
    assert planes.square().mean() == pytest.approx(1, abs=0.25)


def test_amplitudes_fall_as_one_over_f() -> None:
    scale = spectrum_scale(64, 64)
    assert scale[0, 8] / scale[0, 16] == pytest.approx(2)
    assert scale[0, 0] == scale[0, 1]
    assert scale.max() == scale[0, 0]


def test_colours_move_along_axes_that_are_not_red_green_and_blue() -> None:
    canvas = FourierCanvas(8, 8)
    with torch.no_grad():
        canvas.parameters()[0][0, 0, 0, 0, 0] = 1.0
    first = canvas.image().mean(dim=(2, 3))[0]
    assert first.min() > 0.5  # the first axis is brightness: all three rise together
    assert first.max() - first.min() < 0.05


def test_resizing_keeps_the_picture() -> None:
    canvas = FourierCanvas(24, 16)
    picture = resample(torch.rand(1, 3, 4, 6, generator=torch.Generator().manual_seed(0)), 24, 16).clamp(0.1, 0.9)
    canvas.encode(picture)
    canvas.resize(48, 32)
    assert (resample(canvas.image(), 24, 16) - picture).abs().mean() < 0.02


def test_every_coefficient_that_shows_has_a_gradient() -> None:
    canvas = FourierCanvas(9, 7)
    canvas.image()[..., 2, 3].sum().backward()
    gradient = canvas.parameters()[0].grad
    assert gradient is not None
    assert bool((gradient[..., 0] != 0).any())
    assert gradient.isfinite().all()


def test_the_decay_says_how_much_sooner_large_shapes_move():
    rough, smooth = (spectrum_scale(64, 64, decay) for decay in (0.5, 2.0))
    assert float(rough[1, 0] / rough[16, 0]) == pytest.approx(16**0.5)
    assert float(smooth[1, 0] / smooth[16, 0]) == pytest.approx(16**2)
    with pytest.raises(ValueError, match="a decay is 0 to 3"):
        FourierCanvas(8, 8, decay=4)


def test_a_state_brings_its_decay():
    canvas, usual = FourierCanvas(16, 16, decay=0.5), FourierCanvas(16, 16)
    picture = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    canvas.encode(picture)
    assert float((canvas.image().detach() - picture).abs().max()) < 0.004
    other = FourierCanvas(8, 8)
    other.restore(canvas.state())
    assert torch.equal(other.image(), canvas.image())
    other.restore(usual.state())
    assert other.state().keys() == usual.state().keys() == {"size", "spectrum"}
    half = canvas.blend(canvas.state(), canvas.state(), 0.5)
    assert float(half["decay"]) == 0.5
    with pytest.raises(ValueError, match="cannot be blended"):
        canvas.blend(canvas.state(), usual.state(), 0.5)
    with pytest.raises(ValueError, match="cannot be drawn together"):
        canvas.together([usual])
