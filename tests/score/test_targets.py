"""Targets: slerp on the sphere, prompts between keyframes, pictures as prompts."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import AssetError
from studio.score.losses import angle
from studio.score.targets import Target, embed_picture, encode, noise_point, slerp
from studio.timeline.prompt import Content, Image, Noise, Text
from studio.timeline.sample import FrameState, TermState


def term(
    start: Content, end: Content | None = None, mix: float = 0.0, weight: float = 1.0, stop: float = -math.inf
) -> TermState:
    return TermState(start, end or start, mix, weight, stop)


def state(*terms: TermState) -> FrameState:
    return FrameState(0, terms, ())


def pair(seed: int, dimensions: int, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    a, b = torch.randn(2, dimensions, generator=torch.Generator().manual_seed(seed), dtype=dtype)
    return a / a.norm(), b / b.norm()


seeds, sizes, mixes = st.integers(0, 2**32), st.integers(2, 40), st.floats(0, 1)


@settings(deadline=None, max_examples=50)
@given(seeds, sizes, mixes)
def test_slerp_stays_on_the_sphere_at_constant_speed(seed: int, dimensions: int, t: float) -> None:
    a, b = pair(seed, dimensions)
    point = slerp(a, b, t)
    assert point.norm().item() == pytest.approx(1)
    whole = angle(a, b).item()
    assert angle(a, point).item() == pytest.approx(t * whole, abs=1e-7)
    assert angle(point, b).item() == pytest.approx((1 - t) * whole, abs=1e-7)


@settings(deadline=None, max_examples=50)
@given(seeds, sizes, st.floats(1, 1.3))
def test_an_overshooting_mix_goes_on_along_the_circle(seed: int, dimensions: int, t: float) -> None:
    a, b = pair(seed, dimensions)
    whole = angle(a, b).item()
    beyond, before = slerp(a, b, t), slerp(a, b, 1 - t)
    assert beyond.norm().item() == pytest.approx(1)
    assert angle(b, beyond).item() == pytest.approx((t - 1) * whole, abs=1e-6)
    assert angle(a, before).item() == pytest.approx((t - 1) * whole, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(seeds, sizes, mixes)
def test_slerp_backwards_is_the_same_way(seed: int, dimensions: int, t: float) -> None:
    a, b = pair(seed, dimensions)
    torch.testing.assert_close(slerp(a, b, t), slerp(b, a, 1 - t), atol=1e-6, rtol=0)


@settings(deadline=None, max_examples=50)
@given(seeds, sizes)
def test_slerp_ends_exactly(seed: int, dimensions: int) -> None:
    a, b = pair(seed, dimensions, torch.float32)
    assert torch.equal(slerp(a, 3 * b, 0.0), a)
    assert torch.equal(slerp(a, 3 * b, 1.0), 3 * b)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@settings(deadline=None, max_examples=50)
@given(seed=seeds, dimensions=sizes, t=mixes, exponent=st.integers(-12, -1), opposite=st.booleans())
def test_slerp_is_safe_near_equal_and_opposite_vectors(
    dtype: torch.dtype, seed: int, dimensions: int, t: float, exponent: int, opposite: bool
) -> None:
    a, b = pair(seed, dimensions, dtype)
    near = a + 10.0**exponent * b
    near = (-near if opposite else near) / near.norm()
    point = slerp(a, near, t)
    assert point.isfinite().all()
    assert point.norm().item() == pytest.approx(1, abs=1e-5)
    assert angle(a, point).item() == pytest.approx(t * angle(a, near).item(), abs=2e-3)


@settings(deadline=None, max_examples=50)
@given(seeds, sizes, mixes)
def test_slerp_of_exactly_equal_and_opposite_vectors(seed: int, dimensions: int, t: float) -> None:
    a, _ = pair(seed, dimensions)
    torch.testing.assert_close(slerp(a, a, t), a)
    across = slerp(a, -a, t)
    assert across.norm().item() == pytest.approx(1)
    assert angle(a, across).item() == pytest.approx(t * math.pi, abs=1e-6)


def test_slerp_of_many_vectors_mixes_their_lengths() -> None:
    a, b = torch.randn(2, 4, 5, 6, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    t = torch.rand(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    points = slerp(a, 2 * b, t)
    torch.testing.assert_close(points[1, 2], slerp(a[1, 2], 2 * b[1, 2], float(t[1, 2])))
    torch.testing.assert_close(points.norm(dim=-1), torch.lerp(a.norm(dim=-1), 2 * b.norm(dim=-1), t))


def test_texts_become_targets(colours: Any) -> None:
    red, blue = encode(state(term(Text("red"), weight=2.0, stop=-0.3), term(Text("blue"), weight=-1.0)), colours, {})
    assert torch.equal(red.embedding, torch.tensor([1.0, 0, 0]))
    assert (red.weight, red.stop, red.label) == (2.0, -0.3, "red")
    assert torch.equal(blue.embedding, torch.tensor([0, 0, 1.0]))
    assert (blue.weight, blue.stop) == (-1.0, -math.inf)


def test_between_keyframes_targets_move_along_the_sphere(colours: Any) -> None:
    (target,) = encode(state(term(Text("red"), Text("green"), mix=1 / 3)), colours, {})
    expected = torch.tensor([math.cos(math.pi / 6), math.sin(math.pi / 6), 0])
    torch.testing.assert_close(target.embedding, expected)
    assert target.label == "red → green"


def test_no_terms_no_targets(colours: Any) -> None:
    assert encode(state(), colours, {}) == ()


def test_a_picture_is_a_prompt(colours: Any) -> None:
    picture = torch.zeros(1, 3, 20, 30)
    picture[:, 2] = 0.9
    picture[:, :2] = 0.5
    (target,) = encode(state(term(Image("sky"))), colours, {"sky": picture})
    torch.testing.assert_close(target.embedding, torch.tensor([0, 0, 1.0]))
    assert target.label == "image:sky"
    assert not target.embedding.requires_grad


def test_a_missing_picture_is_named(colours: Any) -> None:
    with pytest.raises(AssetError) as caught:
        encode(state(term(Image("sky"), Text("red"))), colours, {"sea": torch.zeros(1, 3, 8, 8)})
    assert "sky" in caught.value.what
    assert caught.value.why
    assert caught.value.fix


def test_a_square_picture_can_be_looked_at_as_a_whole(colours: Any) -> None:
    picture = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    found = embed_picture(colours, picture, sides=(1.0,))
    resized = torch.nn.functional.interpolate(picture, (8, 8), mode="bilinear", antialias=True)
    torch.testing.assert_close(colours.seen[0], resized, atol=1e-5, rtol=0)
    torch.testing.assert_close(found, colours.embed_image(resized)[0])


def test_every_look_at_a_picture_is_the_same(colours: Any) -> None:
    picture = torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(1))
    first, again = embed_picture(colours, picture), embed_picture(colours, picture)
    assert torch.equal(first, again)
    assert first.norm().item() == pytest.approx(1)
    assert len(colours.seen[0]) == 6


@pytest.mark.parametrize(("weight", "stop"), [(math.nan, 0.0), (math.inf, 0.0), (1.0, math.nan)])
def test_refuses_targets_without_numbers(weight: float, stop: float) -> None:
    with pytest.raises(ValueError, match="numbers"):
        Target(torch.ones(3), weight, stop)


def test_a_target_is_one_embedding() -> None:
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        Target(torch.ones(2, 3))


class Space:
    """A perceptor of which only the space is of interest."""

    dimensions, device = 12, torch.device("cpu")


def test_noise_is_the_point_of_its_seed_in_each_space() -> None:
    space: Any = Space()
    point = noise_point(space, 7)
    expected = torch.empty([1, 12]).normal_(generator=torch.Generator().manual_seed(7))[0]
    torch.testing.assert_close(point, expected / expected.norm())
    assert point.norm().item() == pytest.approx(1)
    assert not torch.equal(point, noise_point(space, 8))
    (target,) = encode(state(term(Noise(7), weight=0.3)), space, {})
    torch.testing.assert_close(target.embedding, point)
    assert (target.label, target.weight) == ("noise:7", 0.3)
    (between,) = encode(state(term(Noise(7), Noise(8), mix=0.5)), space, {})
    assert between.label == "noise:7 → noise:8"
