from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.canvas.pixels import PixelCanvas, plane_shapes
from studio.canvas.resample import resample


@settings(max_examples=25, deadline=None)
@given(width=st.integers(1, 33), height=st.integers(1, 33), seed=st.integers(0, 99))
def test_an_encoded_picture_is_that_picture(width: int, height: int, seed: int) -> None:
    picture = torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed)).round(decimals=1)
    canvas = PixelCanvas(width, height)
    canvas.encode(picture)
    assert canvas.image().shape == (1, 3, height, width)
    assert (canvas.image() - picture).abs().max() < 1 / 255


@settings(deadline=None)
@given(width=st.integers(1, 500), height=st.integers(1, 500))
def test_planes_double_up_to_full_size(width: int, height: int) -> None:
    shapes = plane_shapes(width, height)
    assert shapes[-1] == (height, width)
    assert shapes[0] == (1, 1)
    for cells, (rows, columns) in zip((2**n for n in range(20)), shapes[:-1], strict=False):
        assert max(rows, columns) == cells
        assert min(rows, columns) == max(1, round(cells * min(width, height) / max(width, height)))


def test_the_picture_is_the_squashed_sum_of_the_planes() -> None:
    canvas = PixelCanvas(6, 4)
    for index, plane in enumerate(canvas.parameters()):
        with torch.no_grad():
            plane.copy_(torch.randn(plane.shape, generator=torch.Generator().manual_seed(index)))
    total = sum(resample(plane.detach(), 6, 4) for plane in canvas.parameters())
    assert torch.allclose(canvas.image(), (1 + torch.tanh(torch.as_tensor(total))) / 2, atol=1e-6)


def test_a_picture_is_spread_over_the_planes_and_not_left_to_the_finest() -> None:
    canvas = PixelCanvas(32, 32)
    ramp = torch.linspace(0.2, 0.8, 32).expand(1, 3, 32, 32)
    canvas.encode(ramp)
    *coarse, finest = (plane.detach().abs().max().item() for plane in canvas.parameters())
    assert max(coarse) > 10 * finest


def test_every_plane_has_a_gradient() -> None:
    canvas = PixelCanvas(12, 8)
    canvas.image()[..., 1, 1].sum().backward()
    assert all(plane.grad is not None and plane.grad.abs().max() > 0 for plane in canvas.parameters())


def test_resizing_keeps_the_picture() -> None:
    canvas = PixelCanvas(24, 16)
    picture = resample(torch.rand(1, 3, 4, 6, generator=torch.Generator().manual_seed(0)), 24, 16).clamp(0.1, 0.9)
    canvas.encode(picture)
    canvas.resize(48, 32)
    assert canvas.size == (48, 32)
    assert (canvas.image() - resample(picture, 48, 32)).abs().max() < 0.02
    canvas.resize(24, 16)
    assert (canvas.image() - picture).abs().max() < 0.02


def test_detail_that_a_smaller_canvas_cannot_hold_comes_back() -> None:
    canvas = PixelCanvas(24, 16)
    picture = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(0)).clamp(0.1, 0.9)
    canvas.encode(picture)
    before = canvas.image().detach()
    assert canvas.whole() is None
    canvas.resize(6, 4)
    canvas.resize(12, 8)
    small = canvas.image().detach()
    whole = canvas.whole()
    assert whole is not None
    assert torch.allclose(whole(small), before, atol=1e-4)
    with torch.no_grad():
        canvas.parameters()[0].add_(0.5)  # what is dreamed meanwhile
    brighter = whole(canvas.image().detach())
    canvas.resize(24, 16)
    assert torch.allclose(canvas.image(), brighter, atol=1e-4)
    assert (canvas.image() > before).all()
    assert canvas.whole() is None
    assert canvas.state().keys() == PixelCanvas(24, 16).state().keys()


def test_a_state_holds_the_detail_of_a_canvas_that_was_made_smaller() -> None:
    canvas, other = PixelCanvas(24, 16), PixelCanvas(8, 8)
    canvas.encode(torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(0)))
    whole = canvas.image().detach()
    canvas.resize(12, 8)
    other.restore(canvas.state())
    assert torch.equal(other.image(), canvas.image())
    other.resize(24, 16)
    assert torch.allclose(other.image(), whole, atol=1e-4)
    state = canvas.state()
    canvas.encode(whole)
    assert canvas.whole() is None, "another picture has no part of it"
    with pytest.raises(ValueError, match="detail"):
        other.restore({**state, "detail": torch.zeros(1, 1, 16, 24)})


def test_half_way_between_black_and_white_is_grey() -> None:
    canvas = PixelCanvas(8, 8)
    states = []
    for value in (0.0, 1.0):
        canvas.encode(torch.full((1, 3, 8, 8), value))
        states.append(canvas.state())
    canvas.restore(canvas.blend(states[0], states[1], 0.5))
    assert torch.allclose(canvas.image(), torch.tensor(0.5), atol=1e-5)


def test_a_state_with_planes_of_other_shapes_is_refused() -> None:
    state = PixelCanvas(8, 8).state()
    state["plane01"] = torch.zeros(1, 3, 3, 3)
    with pytest.raises(ValueError, match="pixels canvas"):
        PixelCanvas(8, 8).restore(state)
