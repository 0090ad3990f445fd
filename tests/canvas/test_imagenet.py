"""The canvas of the published BigGAN: exact states, walks between its pictures, pictures found again."""

from __future__ import annotations

import itertools

import pytest
import torch

from studio.bench import deep
from studio.canvas.batch import Drawing
from studio.canvas.imagenet import ImageNetCanvas, logits, shares, slerp
from studio.canvas.imagenet_fitting import truncated
from studio.canvas.imagenet_model import build


@pytest.fixture(scope="module")
def model():
    return build(deep.weights(deep.small()), "cpu", torch.float32)


def showing(model, kind: int, size=(48, 32)) -> ImageNetCanvas:
    canvas = ImageNetCanvas(model, *size)
    noise = truncated((1, model.noise), torch.Generator().manual_seed(kind))
    canvas.adopt(noise, torch.nn.functional.one_hot(torch.tensor([kind]), model.classes).float())
    return canvas


def picture(canvas) -> torch.Tensor:
    return canvas.image().detach()


def test_a_state_is_exact_and_shares_nothing(model):
    canvas = ImageNetCanvas(model, 48, 32, truncation=0.5)
    canvas.start(torch.Generator().manual_seed(3))
    state, before = canvas.state(), picture(canvas)
    assert before.shape == (1, 3, 32, 48)
    other = ImageNetCanvas(model, 8, 8)
    other.restore(state)
    assert torch.equal(picture(other), before)
    assert (other.size, other.truncation) == ((48, 32), 0.5)
    with torch.no_grad():
        canvas.parameters()[0].add_(0.5)
    assert not torch.equal(picture(canvas), before)
    canvas.restore(state)
    assert torch.equal(picture(canvas), before)


def test_a_start_is_the_seeds_own(model):
    pictures = []
    for seed in (1, 1, 2):
        canvas = ImageNetCanvas(model, 32, 32, "cpu")
        canvas.start(torch.Generator().manual_seed(seed))
        pictures.append(picture(canvas))
    assert torch.equal(pictures[0], pictures[1])
    assert not torch.equal(pictures[0], pictures[2])


def test_a_gradient_brings_it_nearer_and_constraints_hold(model):
    goal, canvas = picture(showing(model, 3, (32, 32))), ImageNetCanvas(model, 32, 32)
    canvas.start(torch.Generator().manual_seed(4))
    optimiser = torch.optim.Adam(canvas.parameters(), lr=canvas.rate)
    errors = []
    for _ in range(30):
        optimiser.zero_grad()
        error = (canvas.image() - goal).square().mean()
        error.backward()
        optimiser.step()
        canvas.constrain()
        errors.append(float(error.detach()))
    assert errors[-1] < 0.7 * errors[0]
    noise, classes = (parameter.detach() for parameter in canvas.parameters())
    assert float(noise.abs().max()) <= 2
    assert float(classes.abs().max()) <= 1.5
    assert torch.allclose(canvas.mixtures().sum(-1).detach(), torch.ones(1, model.layers))


def test_a_picture_of_its_own_is_found_again(model):
    goal = picture(showing(model, 7, (64, 64)))
    canvas = ImageNetCanvas(model, 64, 64)
    canvas.start(torch.Generator().manual_seed(4))
    far = float((picture(canvas) - goal).abs().mean())
    canvas.encode(goal)
    near = picture(canvas)
    assert float((near - goal).abs().mean()) < 0.6 * far
    canvas.encode(goal)
    assert torch.equal(picture(canvas), near)


def test_a_blend_has_its_ends_exactly_and_lies_between(model):
    a, b = showing(model, 3), showing(model, 9)
    canvas = ImageNetCanvas(model, 48, 32)
    for t, end in ((0.0, a), (1.0, b)):
        canvas.restore(canvas.blend(a.state(), b.state(), t))
        assert torch.equal(picture(canvas), picture(end))
    steps = []
    for t in torch.linspace(0, 1, 9).tolist():
        canvas.restore(canvas.blend(a.state(), b.state(), t))
        steps.append(picture(canvas))
    whole = float((steps[0] - steps[-1]).abs().mean())
    assert all(float((one - other).abs().mean()) < 0.6 * whole for one, other in itertools.pairwise(steps))
    assert float((steps[4] - (steps[0] + steps[-1]) / 2).abs().mean()) > 0.01  # no cross-fade
    with pytest.raises(ValueError, match="between 0 and 1"):
        canvas.blend(a.state(), b.state(), 2.0)


def test_noise_half_way_is_as_long_as_its_ends():
    generator = torch.Generator().manual_seed(1)
    a, b = torch.randn(2, 3, 128, generator=generator)
    lengths = slerp(a, b, 0.5).norm(dim=-1)
    assert torch.allclose(lengths, (a.norm(dim=-1) + b.norm(dim=-1)) / 2, rtol=1e-4)
    assert torch.allclose(slerp(a, a, 0.3), a, atol=1e-5)
    assert torch.isfinite(slerp(a, -a, 0.5)).all()
    assert torch.isfinite(slerp(a, torch.zeros_like(a), 0.5)).all()


def test_mixtures_come_back_from_their_parameters():
    mixture = torch.tensor([[0.7, 0.2, 0.1, 0.0]])
    assert torch.allclose(shares(logits(mixture)), mixture, atol=1e-4)


def test_another_size_shows_the_same(model):
    canvas = showing(model, 3, (32, 32))
    small = picture(canvas)
    canvas.resize(64, 64)
    assert canvas.image().shape == (1, 3, 64, 64)
    large = torch.nn.functional.interpolate(picture(canvas), size=(32, 32), mode="area")
    assert float((large - small).abs().mean()) < 0.05


def test_what_cannot_be_is_refused(model):
    canvas = ImageNetCanvas(model, 8, 8)
    with pytest.raises(ValueError, match="no state of a biggan"):
        canvas.restore({"size": torch.tensor([8, 8])})
    with pytest.raises(ValueError, match="truncation"):
        canvas.restore(canvas.state() | {"truncation": torch.tensor(0.0)})
    with pytest.raises(ValueError, match="truncation"):
        ImageNetCanvas(model, 8, 8, truncation=1.5)
    with pytest.raises(ValueError, match="cannot be on"):
        ImageNetCanvas(model, 8, 8, "cuda")


@pytest.mark.slow
def test_the_published_size_takes_five_steps_with_finite_gradients():
    model = build(deep.weights(deep.config(256)), "cpu")
    canvas = ImageNetCanvas(model, 256, 256)
    canvas.start(torch.Generator().manual_seed(4))
    optimiser = torch.optim.Adam(canvas.parameters(), lr=canvas.rate)
    for _ in range(5):
        optimiser.zero_grad()
        canvas.image().square().mean().backward()
        for parameter in canvas.parameters():
            assert torch.isfinite(parameter.grad).all()
            assert float(parameter.grad.abs().sum()) > 0
        optimiser.step()
        canvas.constrain()


def test_states_are_drawn_as_one_batch(model):
    canvas, states, alone = ImageNetCanvas(model, 24, 20), [], []
    for seed in range(3):
        canvas.start(torch.Generator().manual_seed(seed))
        states.append(canvas.state())
        alone.append(canvas.image().detach())
    assert isinstance(canvas, Drawing)
    pictures = canvas.images(states)
    assert pictures.shape == (3, 3, 20, 24)
    torch.testing.assert_close(pictures, torch.cat(alone), atol=1e-4, rtol=0)
    assert torch.equal(canvas.state()["normu"], states[-1]["normu"]), "the canvas itself stays as it is"
    with pytest.raises(ValueError, match="different truncations"):
        canvas.images([states[0], states[1] | {"truncation": torch.tensor(0.5, dtype=torch.float64)}])
