"""The BigGAN canvas: exact states, morphs between its ends, pictures found again."""

from __future__ import annotations

import pytest
import torch

from studio.canvas.biggan import BigGanCanvas
from studio.canvas.biggan_fitting import one_hot
from studio.canvas.biggan_model import build
from studio.canvas.camera import Camera
from studio.canvas.placement import PLACE, TINT
from studio.models.catalogue import find
from studio.models.loading import read_weights


@pytest.fixture(scope="module")
def model():
    entry = find("", "biggan")
    return build(read_weights(entry.path, name=entry.name, expect_kind="biggan"), "cpu")


def showing(model, thing: int, scene: int, size=(48, 32)) -> BigGanCanvas:
    canvas = BigGanCanvas(model, *size)
    canvas.adopt(one_hot(model, thing, scene, (0.0,) * PLACE, (-1.0,) * TINT))
    return canvas


def picture(canvas) -> torch.Tensor:
    return canvas.image().detach()


def test_a_state_is_exact_and_shares_nothing(model):
    canvas = showing(model, 3, 5)
    state, before = canvas.state(), picture(canvas)
    assert before.shape == (1, 3, 32, 48)
    other = BigGanCanvas(model, 8, 8)
    other.restore(state)
    assert torch.equal(picture(other), before)
    with torch.no_grad():
        canvas.parameters()[2].add_(0.5)
    assert not torch.equal(picture(canvas), before)
    canvas.restore(state)
    assert torch.equal(picture(canvas), before)


def test_a_start_is_the_seeds_own(model):
    pictures = []
    for seed in (1, 1, 2):
        canvas = BigGanCanvas(model, 32, 32)
        canvas.start(torch.Generator().manual_seed(seed))
        pictures.append(picture(canvas))
    assert torch.equal(pictures[0], pictures[1])
    assert not torch.equal(pictures[0], pictures[2])


def test_a_gradient_brings_it_nearer(model):
    goal, canvas = picture(showing(model, 3, 5, (32, 32))), BigGanCanvas(model, 32, 32)
    canvas.start(torch.Generator().manual_seed(4))
    optimiser = torch.optim.Adam(canvas.parameters(), lr=canvas.rate)
    errors = []
    for _ in range(25):
        optimiser.zero_grad()
        error = (canvas.image() - goal).square().mean()
        error.backward()
        optimiser.step()
        canvas.constrain()
        errors.append(float(error.detach()))
    assert errors[-1] < 0.8 * errors[0]


def test_a_picture_of_its_own_is_found_again(model):
    goal = picture(showing(model, 40, 5, (64, 64)))
    canvas = BigGanCanvas(model, 64, 64)
    canvas.start(torch.Generator().manual_seed(4))
    far = float((picture(canvas) - goal).abs().mean())
    canvas.encode(goal)
    assert float((picture(canvas) - goal).abs().mean()) < 0.5 * far


def test_a_blend_has_its_ends_exactly_and_is_no_cross_fade(model):
    a, b = showing(model, 3, 5), showing(model, 60, 300)
    ends = picture(a), picture(b)
    canvas = BigGanCanvas(model, 48, 32)
    for t, end in zip((0.0, 1.0), ends, strict=True):
        canvas.restore(canvas.blend(a.state(), b.state(), t))
        assert torch.equal(picture(canvas), end)
    canvas.restore(canvas.blend(a.state(), b.state(), 0.5))
    assert float((picture(canvas) - (ends[0] + ends[1]) / 2).abs().mean()) > 0.01
    with pytest.raises(ValueError, match="between 0 and 1"):
        canvas.blend(a.state(), b.state(), 2.0)


def test_a_blend_is_a_state_like_others(model):
    a, b = showing(model, 3, 5), showing(model, 60, 300)
    canvas = BigGanCanvas(model, 48, 32)
    canvas.restore(canvas.blend(a.state(), b.state(), 0.4))
    shown, state = picture(canvas), canvas.state()
    other = BigGanCanvas(model, 8, 8)
    other.restore(state)
    assert torch.equal(picture(other), shown)
    canvas.resize(96, 64)
    assert canvas.image().shape == (1, 3, 64, 96)
    canvas.restore(a.state())  # and is left behind by another state, and by another picture
    assert torch.equal(picture(canvas), picture(a))
    other.adopt(b.latents())
    assert "way" not in other.state()
    canvas.restore(canvas.blend(state, b.state(), 0.5))  # of a blend, the mixture counts
    assert canvas.state().keys() == state.keys()


def test_the_frames_of_a_walk_draw_its_ends_once(model, monkeypatch):
    a, b, c = showing(model, 3, 5), showing(model, 60, 300), showing(model, 9, 7)
    alone = []
    for end, t in ((b, 0.3), (b, 0.6), (c, 0.6)):
        fresh = BigGanCanvas(model, 48, 32)
        fresh.restore(fresh.blend(a.state(), end.state(), t))
        alone.append(picture(fresh))
    drawn = []
    fields = type(model).fields
    monkeypatch.setattr(type(model), "fields", lambda self, weights: drawn.append(weights) or fields(self, weights))
    canvas = BigGanCanvas(model, 48, 32)
    for number, (end, t) in enumerate(((b, 0.3), (b, 0.6), (c, 0.6))):
        canvas.restore(canvas.blend(a.state(), end.state(), t))
        assert torch.equal(picture(canvas), alone[number])
        assert len(drawn) == (2, 2, 4)[number]
    canvas.resize(24, 16)
    assert canvas.image().shape == (1, 3, 16, 24)
    assert len(drawn) == 6


def test_of_a_blend_a_dream_moves_place_and_tint_alone(model):
    a, b = showing(model, 3, 5), showing(model, 60, 300)
    canvas = BigGanCanvas(model, 48, 32)
    canvas.restore(canvas.blend(a.state(), b.state(), 0.5))
    canvas.image().sum().backward()
    things, scenes, place, tint = canvas.parameters()
    assert things.grad is scenes.grad is None
    assert float(place.grad.abs().sum()) > 0
    assert float(tint.grad.abs().sum()) > 0


def test_the_camera_moves_the_thing_alone(model):
    canvas = showing(model, 3, 5, (64, 64))
    before = canvas.state()
    canvas.move(Camera(zoom=1.2))
    after = canvas.state()
    assert [name for name in before if not torch.equal(before[name], after[name])] == ["place"]
    assert float(after["place"][0, 2]) > float(before["place"][0, 2])
    canvas.retake(before)
    assert torch.equal(canvas.state()["place"], before["place"])


def test_another_size_shows_the_same(model):
    canvas = showing(model, 3, 5, (32, 32))
    small = picture(canvas)
    canvas.resize(64, 64)
    large = torch.nn.functional.interpolate(picture(canvas), size=(32, 32), mode="area")
    assert float((large - small).abs().mean()) < 0.05


def test_a_state_of_another_kind_is_refused(model):
    with pytest.raises(ValueError, match="no state of a biggan"):
        BigGanCanvas(model, 8, 8).restore({"size": torch.tensor([8, 8])})
