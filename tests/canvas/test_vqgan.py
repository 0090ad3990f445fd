from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from studio.canvas.networks import VqganModel
from studio.canvas.resample import resample
from studio.canvas.vqgan import VqganCanvas, slerp


def picture(width: int, height: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(seed))


def test_an_encoded_picture_is_the_networks_reconstruction(model: VqganModel) -> None:
    canvas = VqganCanvas(model, 16, 12)
    canvas.encode(picture(16, 12))
    expected = model.decode(model.quantise(model.encode(picture(16, 12))))
    assert torch.equal(canvas.image(), expected)


def test_other_sizes_are_cropped_from_the_next_multiple(model: VqganModel) -> None:
    canvas = VqganCanvas(model, 15, 9)
    assert canvas.decoded == (16, 10)
    canvas.encode(picture(15, 9))
    padded = functional.pad(picture(15, 9), (0, 1, 0, 1), mode="replicate")
    whole = model.decode(model.quantise(model.encode(padded)))
    assert torch.equal(canvas.image(), whole[..., :9, :15])


def test_the_gradient_is_the_decoders_at_the_codes(model: VqganModel) -> None:
    canvas = VqganCanvas(model, 8, 8)
    canvas.start(torch.Generator().manual_seed(0))
    (latents,) = canvas.parameters()
    with torch.no_grad():
        latents.add_(torch.randn(latents.shape) * 0.2)
    canvas.image().square().sum().backward()
    codes = model.quantise(latents.detach()).requires_grad_()
    model.decode(codes).square().sum().backward()
    assert latents.grad is not None
    assert codes.grad is not None
    assert torch.equal(latents.grad, codes.grad)


def test_latents_are_kept_in_the_range_of_the_codebook_in_place(model: VqganModel) -> None:
    canvas = VqganCanvas(model, 8, 8)
    (latents,) = canvas.parameters()
    with torch.no_grad():
        latents.normal_(generator=torch.Generator().manual_seed(0)).mul_(100)
    inside = (latents > model.low) & (latents < model.high)
    before = latents.detach().clone()
    canvas.constrain()
    assert canvas.parameters()[0] is latents
    assert bool(((latents >= model.low) & (latents <= model.high)).all())
    assert torch.equal(latents[inside], before[inside])
    assert not bool(inside.all())


def test_a_started_canvas_is_made_of_codes(model: VqganModel) -> None:
    canvas = VqganCanvas(model, 8, 8)
    canvas.start(torch.Generator().manual_seed(0))
    (latents,) = canvas.parameters()
    assert torch.equal(model.quantise(latents.detach()), latents)


def test_resizing_encodes_the_resampled_picture(model: VqganModel) -> None:
    canvas, other = VqganCanvas(model, 16, 12), VqganCanvas(model, 24, 10)
    canvas.encode(picture(16, 12))
    other.encode(resample(canvas.image().detach(), 24, 10))
    canvas.resize(24, 10)
    assert torch.equal(canvas.image(), other.image())


def test_the_rate_follows_the_codebook(model: VqganModel) -> None:
    assert VqganCanvas(model, 8, 8).rate == pytest.approx(0.5 * model.spread)


def test_a_canvas_lives_with_its_model(model: VqganModel) -> None:
    assert VqganCanvas(model, 8, 8, "cpu").size == (8, 8)
    with pytest.raises(ValueError, match="on cpu, so its canvas cannot be on cuda"):
        VqganCanvas(model, 8, 8, "cuda")


def test_a_state_of_another_model_is_refused(model: VqganModel) -> None:
    state = VqganCanvas(model, 8, 8).state()
    state["latents"] = torch.zeros(1, 5, 4, 4)
    with pytest.raises(ValueError, match="vqgan canvas"):
        VqganCanvas(model, 8, 8).restore(state)


def test_a_walk_between_two_pictures_is_continuous(model: VqganModel) -> None:
    """Were blends drawn to the codebook, the picture would stand still and then jump."""
    canvas = VqganCanvas(model, 8, 8)
    ends = []
    for seed in (1, 2):
        canvas.encode(picture(8, 8, seed))
        ends.append(canvas.state())
    steps = []
    before = None
    for t in torch.linspace(0, 1, 101).tolist():
        canvas.restore(canvas.blend(ends[0], ends[1], t))
        now = canvas.image().detach()
        if before is not None:
            steps.append((now - before).abs().max().item())
        before = now
    assert max(steps) < 6 * sum(steps) / len(steps)
    assert min(steps) > 0


def test_blends_are_decoded_as_they_are_until_the_next_encode(model: VqganModel) -> None:
    canvas = VqganCanvas(model, 8, 8)
    canvas.encode(picture(8, 8, 1))
    a = canvas.state()
    canvas.encode(picture(8, 8, 2))
    canvas.restore(canvas.blend(a, canvas.state(), 0.5))
    assert not canvas.quantised
    assert torch.equal(canvas.image(), model.decode(canvas.parameters()[0]))
    canvas.quantised = True
    assert torch.equal(canvas.image(), model.decode(model.quantise(canvas.parameters()[0])))
    canvas.quantised = False
    canvas.encode(picture(8, 8))
    assert canvas.quantised


vectors = st.lists(st.floats(-3, 3, width=32), min_size=3, max_size=3).map(
    lambda v: torch.tensor(v).reshape(1, 3, 1, 1)
)


@settings(deadline=None)
@given(a=vectors, b=vectors, t=st.floats(0, 1))
def test_slerp_has_the_length_in_between(a: torch.Tensor, b: torch.Tensor, t: float) -> None:
    middle = slerp(a, b, t)
    assert bool(torch.isfinite(middle).all())
    unit = [functional.normalize(x, dim=1) for x in (a, b)]
    cosine = float((unit[0] * unit[1]).sum())
    if a.norm() > 1e-3 and b.norm() > 1e-3 and abs(cosine) < 0.999:
        assert float(middle.norm()) == pytest.approx((1 - t) * float(a.norm()) + t * float(b.norm()), rel=2e-3)
        between = math.acos(cosine)
        turned = float((functional.normalize(middle, dim=1) * unit[0]).sum())
        assert turned == pytest.approx(math.cos(t * between), abs=2e-3)


def test_slerp_turns_each_place_by_itself() -> None:
    a = torch.tensor([[1.0, 0.0], [2.0, 0.0]]).T.reshape(1, 2, 1, 2)
    b = torch.tensor([[0.0, 1.0], [2.0, 0.0]]).T.reshape(1, 2, 1, 2)
    middle = slerp(a, b, 0.5)
    assert torch.allclose(middle[0, :, 0, 0], torch.tensor([0.5, 0.5]).sqrt(), atol=1e-6)
    assert torch.allclose(middle[0, :, 0, 1], torch.tensor([2.0, 0.0]), atol=1e-6)


def test_slerp_between_opposite_and_empty_latents_is_straight() -> None:
    a = torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1)
    assert torch.allclose(slerp(a, -a, 0.25), a * 0.5)
    assert torch.allclose(slerp(a, torch.zeros_like(a), 0.25), a * 0.75)


def test_many_states_are_decoded_at_once_as_one_by_one(model: VqganModel) -> None:
    canvas = VqganCanvas(model, 20, 12)
    canvas.start(torch.Generator().manual_seed(1))
    one = canvas.state()
    canvas.start(torch.Generator().manual_seed(2))
    other = canvas.state()
    states = [one, canvas.blend(one, other, 0.3), other]
    pictures = canvas.images(states)
    assert pictures.shape == (3, 3, 12, 20)
    for state, picture in zip(states, pictures, strict=True):
        canvas.restore(state)
        torch.testing.assert_close(picture[None], canvas.image().detach(), rtol=1e-4, atol=1e-5)


def test_canvases_are_decoded_at_once_as_one_by_one(model: VqganModel) -> None:
    canvases = []
    for seed in range(3):
        canvas = VqganCanvas(model, 20, 12)
        canvas.encode(picture(20, 12, seed))
        canvases.append(canvas)
    first, *others = canvases
    with torch.no_grad():
        alone = torch.cat([canvas.image() for canvas in canvases])
        torch.testing.assert_close(first.together(others), alone, atol=1e-5, rtol=0)
    others[0].quantised = False
    with pytest.raises(ValueError, match="codebook"):
        first.together(others)
