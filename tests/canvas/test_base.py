"""What every canvas promises, whatever it is made of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from safetensors.torch import load, save

from studio.canvas.base import Canvas
from studio.canvas.fourier import FourierCanvas
from studio.canvas.networks import VqganModel
from studio.canvas.palette import PaletteCanvas
from studio.canvas.pixels import PixelCanvas
from studio.canvas.strokes import StrokeCanvas
from studio.canvas.vqgan import VqganCanvas

Make = Callable[[int, int], Canvas]


@pytest.fixture(params=["pixels", "fourier", "palette", "strokes", "vqgan"])
def make(request: pytest.FixtureRequest, model: VqganModel) -> Make:
    plain: dict[str, Make] = {
        "pixels": PixelCanvas,
        "fourier": FourierCanvas,
        "palette": PaletteCanvas,
        "strokes": StrokeCanvas,
    }
    return plain.get(request.param) or (lambda width, height: VqganCanvas(model, width, height))


def started(make: Make, seed: int = 1, size: tuple[int, int] = (22, 13)) -> Canvas:
    canvas = make(*size)
    canvas.start(torch.Generator().manual_seed(seed))
    return canvas


def shaken(canvas: Canvas, seed: int = 5) -> Canvas:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in canvas.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return canvas


def test_a_canvas_has_its_size_and_leaves(make: Make) -> None:
    canvas = started(make)
    assert canvas.size == (22, 13)
    assert canvas.image().shape == (1, 3, 13, 22)
    assert all(parameter.is_leaf and parameter.requires_grad for parameter in canvas.parameters())
    assert canvas.rate > 0


def test_the_same_seed_starts_the_same(make: Make) -> None:
    assert torch.equal(started(make, 4).image(), started(make, 4).image())
    assert not torch.equal(started(make, 4).image(), started(make, 5).image())


def test_a_state_brings_back_the_very_same_picture(make: Make) -> None:
    canvas = shaken(started(make))
    state, picture = canvas.state(), canvas.image().detach()
    shaken(canvas, 6)
    assert not torch.equal(canvas.image(), picture)
    canvas.restore(state)
    assert torch.equal(canvas.image(), picture)


def test_a_state_can_be_written_and_restored_on_another_canvas_of_another_size(make: Make) -> None:
    canvas = shaken(started(make))
    other = make(9, 30)
    other.restore(load(save(canvas.state())))
    assert other.size == canvas.size
    assert torch.equal(other.image(), canvas.image())


def test_a_state_shares_no_memory_with_the_canvas(make: Make) -> None:
    canvas = started(make)
    state = canvas.state()
    kept = {key: value.clone() for key, value in state.items()}
    shaken(canvas)
    assert all(torch.equal(state[key], kept[key]) for key in state)


def test_a_state_of_another_kind_is_refused(make: Make) -> None:
    canvas = started(make)
    state = canvas.state()
    with pytest.raises(ValueError, match=canvas.kind):
        canvas.restore({**state, "more": torch.zeros(1)})
    missing = sorted(set(state) - {"size"})[0]
    with pytest.raises(ValueError, match=canvas.kind):
        canvas.restore({key: value for key, value in state.items() if key != missing})
    with pytest.raises(ValueError, match="pixel"):
        canvas.restore({**state, "size": torch.tensor([0, 4])})


def test_blends_begin_and_end_exactly(make: Make) -> None:
    a, b = shaken(started(make, 1), 1).state(), shaken(started(make, 2), 2).state()
    canvas = make(22, 13)
    for t, end in ((0.0, a), (1.0, b)):
        blend = canvas.blend(a, b, t)
        assert blend.keys() == end.keys()
        assert all(torch.equal(blend[key], end[key]) for key in end)
        assert all(blend[key].data_ptr() != end[key].data_ptr() for key in end)


def test_blends_near_an_end_are_near_it_in_the_picture(make: Make) -> None:
    canvas = make(22, 13)
    a, b = shaken(started(make, 1), 1).state(), shaken(started(make, 2), 2).state()
    pictures = []
    for t in (0.0, 1e-4, 1 - 1e-4, 1.0):
        canvas.restore(canvas.blend(a, b, t))
        pictures.append(canvas.image().detach())
    assert (pictures[0] - pictures[1]).abs().max() < 1e-2
    assert (pictures[3] - pictures[2]).abs().max() < 1e-2
    assert (pictures[0] - pictures[3]).abs().max() > 2e-2


@pytest.mark.parametrize("t", [-0.1, 1.1, float("nan")])
def test_blends_beyond_the_ends_are_refused(make: Make, t: float) -> None:
    canvas = started(make)
    with pytest.raises(ValueError, match="between 0 and 1"):
        canvas.blend(canvas.state(), canvas.state(), t)


def test_states_of_different_sizes_do_not_blend(make: Make) -> None:
    # 22 x 13 and 21 x 14 have the same latents in a VQGAN of factor 2
    with pytest.raises(ValueError, match="sizes"):
        make(4, 4).blend(started(make).state(), started(make, size=(21, 14)).state(), 0.5)


def test_resizing_to_the_same_size_changes_nothing(make: Make) -> None:
    canvas = shaken(started(make))
    before, leaves = canvas.image().detach(), canvas.parameters()
    canvas.resize(22, 13)
    assert torch.equal(canvas.image(), before)
    assert all(new is old for new, old in zip(canvas.parameters(), leaves, strict=True))


def test_resizing_changes_the_size(make: Make) -> None:
    canvas = started(make)
    canvas.resize(40, 17)
    assert canvas.size == (40, 17)
    assert canvas.image().shape == (1, 3, 17, 40)


def test_pictures_of_other_sizes_are_resampled(make: Make) -> None:
    canvas, other = make(16, 8), make(16, 8)
    canvas.encode(torch.full((1, 3, 50, 31), 0.25))
    other.encode(torch.full((1, 3, 8, 16), 0.25))
    assert torch.allclose(canvas.image(), other.image(), atol=1e-4)


@pytest.mark.parametrize("shape", [(3, 8, 8), (2, 3, 8, 8), (1, 4, 8, 8), (1, 3, 0, 8)])
def test_what_is_no_picture_is_refused(make: Make, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a picture is"):
        make(8, 8).encode(torch.zeros(shape))


@pytest.mark.parametrize("size", [(0, 8), (8, -1)])
def test_a_canvas_without_pixels_is_refused(make: Make, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        make(*size)
    with pytest.raises(ValueError, match="at least one pixel"):
        make(8, 8).resize(*size)


def test_constraining_a_valid_canvas_changes_nothing(make: Make) -> None:
    canvas = started(make)
    before = canvas.image().detach()
    canvas.constrain()
    assert torch.equal(canvas.image(), before)
