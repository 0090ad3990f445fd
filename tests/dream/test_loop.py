from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import RenderError
from studio.canvas.base import Canvas
from studio.canvas.networks import VqganModel
from studio.canvas.pixels import PixelCanvas
from studio.canvas.vqgan import VqganCanvas
from studio.dream import loop
from studio.dream.ladder import Stage
from studio.dream.loop import dream
from studio.dream.seeds import generator
from studio.dream.settings import DreamSettings

Make = Callable[[], Canvas]
NAN = float("nan")


def finish(canvas: Canvas, objective, settings: DreamSettings, seed: int = 0) -> Tensor:
    for _ in dream(canvas, objective, settings, generator(seed), never()):
        pass
    return canvas.image().detach()


def distance(picture: Tensor, wish) -> float:
    return (picture - wish.colour).abs().mean().item()


def test_pixels_take_on_the_colour(pixels: PixelCanvas, wish) -> None:
    objective = wish()
    assert distance(pixels.image().detach(), objective) > 0.3
    losses = [i.loss for i in dream(pixels, objective, DreamSettings(steps=100), generator(0), never())]
    assert len(losses) == 100
    assert distance(pixels.image().detach(), objective) < 0.03
    assert losses[-1] < 0.1 * losses[0]


def test_codes_come_as_near_the_colour_as_any_single_one(model: VqganModel, wish) -> None:
    """Networks with random weights cannot draw every colour, but some of their codes are nearer than others."""
    canvas = VqganCanvas(model, 20, 12)
    canvas.start(generator(1))
    objective = wish()

    def miss(pictures: Tensor) -> Tensor:
        return (pictures - objective.colour).square().mean(dim=(1, 2, 3))

    single = miss(model.decode(model.codebook.reshape(-1, 4, 1, 1).expand(-1, -1, 6, 10)))
    before = miss(canvas.image().detach()).item()
    after = miss(finish(canvas, objective, DreamSettings(steps=100))).item()
    assert after < single.min().item() < before


def test_iterates_tell_what_happens(pixels: PixelCanvas, wish) -> None:
    settings = DreamSettings(steps=4, step_size=2)
    start = pixels.image().detach()
    iterates = list(dream(pixels, wish(), settings, generator(0), never()))
    assert [(iterate.step, iterate.steps) for iterate in iterates] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert iterates[0].rate == pytest.approx(2 * pixels.rate)
    assert iterates[-1].rate == pytest.approx(0.2 * 2 * pixels.rate)
    assert torch.equal(iterates[0].picture, start)
    assert all(not tensor.requires_grad for i in iterates for tensor in (i.picture, i.total, *i.parts.values()))
    for iterate in iterates:
        assert iterate.terms.keys() == {"colour", "smooth"}
        assert sum(iterate.terms.values()) == pytest.approx(iterate.loss)
        assert iterate.image.shape == (3, 12, 20)


def test_the_same_seed_dreams_the_same(make: Make, wish) -> None:
    settings = DreamSettings(steps=8, noise=0.3)
    one, two = (finish(make(), wish(), settings, seed=3) for _ in range(2))
    assert torch.equal(one, two)
    assert not torch.equal(one, finish(make(), wish(), settings, seed=4))


def test_a_dream_draws_from_its_own_generator_only(make: Make, wish) -> None:
    state = torch.get_rng_state()
    finish(make(), wish(), DreamSettings(steps=2, noise=1))
    assert torch.equal(torch.get_rng_state(), state)


def test_no_steps_leave_the_canvas_alone(make: Make, wish) -> None:
    canvas = make()
    before = canvas.image().detach()
    assert torch.equal(finish(canvas, wish(), DreamSettings(steps=0)), before)


def test_a_step_size_of_nothing_moves_nothing(pixels: PixelCanvas, wish) -> None:
    before = pixels.image().detach()
    assert torch.allclose(finish(pixels, wish(), DreamSettings(steps=3, step_size=0)), before, atol=1e-6)


def test_the_result_is_the_average_of_the_last_iterates(pixels: PixelCanvas, wish) -> None:
    seen = []
    for _ in dream(pixels, wish(), DreamSettings(steps=5, average=0.6), generator(0), never()):
        seen.append([plane.detach().clone() for plane in pixels.parameters()])
    weights = torch.tensor([0.6**age for age in (4, 3, 2, 1, 0)])
    weights /= weights.sum()
    for index, plane in enumerate(pixels.parameters()):
        mean = sum(weight * planes[index] for weight, planes in zip(weights, seen, strict=True))
        assert torch.allclose(plane, torch.as_tensor(mean), atol=1e-5)


def test_without_average_the_result_is_the_last_iterate(pixels: PixelCanvas, wish) -> None:
    last = None
    for _ in dream(pixels, wish(), DreamSettings(steps=3, average=0), generator(0), never()):
        last = pixels.image().detach()
    assert last is not None
    assert torch.equal(pixels.image(), last)


def test_the_canvas_is_constrained_after_every_step(model: VqganModel, wish) -> None:
    canvas = VqganCanvas(model, 8, 8)
    canvas.start(generator(0))
    for _ in dream(canvas, wish(), DreamSettings(steps=6, step_size=300), generator(0), never()):
        (latents,) = canvas.parameters()
        assert bool(((latents >= model.low) & (latents <= model.high)).all())


def test_noise_shakes_less_and_less(pixels: PixelCanvas) -> None:
    class Content:
        """Wants nothing."""

        def __call__(self, images: Tensor, _: torch.Generator):
            return SimpleNamespace(total=images.sum() * 0, terms={})

    planes = [pixels.parameters()[-1].detach().clone()]
    for _ in dream(pixels, Content(), DreamSettings(steps=5, noise=1), generator(0), never()):
        planes.append(pixels.parameters()[-1].detach().clone())
    moved = [(b - a).std().item() for a, b in pairwise(planes)]
    assert moved[0] == pytest.approx(pixels.rate * 0.8, rel=0.1)
    assert all(later < earlier for earlier, later in pairwise(moved))
    assert moved[-1] == 0


class TestLadder:
    SETTINGS = DreamSettings(steps=6, ladder=(Stage(1, 0.5), Stage(1, 1)))

    def test_it_climbs_to_full_size(self, make: Make, wish) -> None:
        canvas = make()
        shapes = [tuple(i.image.shape) for i in dream(canvas, wish(), self.SETTINGS, generator(0), never())]
        assert shapes == [(3, 8, 10)] * 3 + [(3, 12, 20)] * 3
        assert canvas.size == (20, 12)

    def test_the_picture_is_kept_while_climbing(self, pixels: PixelCanvas, wish) -> None:
        settings = DreamSettings(steps=80, ladder=(Stage(3, 0.5), Stage(1, 1)))
        losses = [i.loss for i in dream(pixels, wish(), settings, generator(0), never())]
        assert losses[60] < 0.2 * losses[0]
        assert max(losses[60:]) < 2 * losses[59]

    def test_the_next_rung_begins_from_the_average(self, pixels: PixelCanvas, wish) -> None:
        seen, pictures = [], []
        for iterate in dream(pixels, wish(), self.SETTINGS, generator(0), never()):
            seen.append(pixels.state())
            pictures.append(iterate.picture)
        weights = [0.9**2, 0.9, 1.0]
        lower = PixelCanvas(10, 8)
        mean = {
            name: sum(w * state[name] for w, state in zip(weights, seen[:3], strict=True)) / sum(weights)
            for name in seen[0]
            if name != "size"
        }
        lower.restore({"size": seen[0]["size"], **mean})
        lower.resize(20, 12)
        assert torch.allclose(pictures[3], lower.image(), atol=1e-5)

    def test_the_optimiser_does_not_start_over(self, pixels: PixelCanvas, wish) -> None:
        steps = [
            i.checkpoint().tensors["adam/0/step"].item()
            for i in dream(pixels, wish(), self.SETTINGS, generator(0), never())
        ]
        assert steps == [1, 2, 3, 4, 5, 6]


class TestCancel:
    @pytest.mark.parametrize("after", range(6))
    def test_it_stops_before_the_next_step(self, pixels: PixelCanvas, wish, after: int) -> None:
        token, objective, done = CancelToken(), wish(), 0
        running = dream(pixels, objective, DreamSettings(steps=5), generator(0), token)
        with pytest.raises(Cancelled) if after < 5 else nullcontext():
            if after == 0:
                token.cancel()
            for _ in running:
                done += 1
                if done == after:
                    token.cancel()
        assert done == objective.calls == after

    def test_it_stops_between_retries(self, pixels: PixelCanvas, wish) -> None:
        token = CancelToken()

        def spoil(call: int, loss: Tensor) -> Tensor:
            token.cancel()
            return loss * NAN

        objective = wish(spoil=spoil)
        with pytest.raises(Cancelled):
            next(dream(pixels, objective, DreamSettings(steps=5), generator(0), token))
        assert objective.calls == 1

    def test_the_last_iterate_can_still_be_laid_down(self, pixels: PixelCanvas, wish) -> None:
        token = CancelToken()
        running = dream(pixels, wish(), DreamSettings(steps=5), generator(0), token)
        iterate = next(running)
        token.cancel()
        with pytest.raises(Cancelled):
            next(running)
        assert iterate.checkpoint().step == 1


class TestGuard:
    @pytest.fixture(autouse=True)
    def every_state_is_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """So that one sees to the step where it goes back to."""
        monkeypatch.setattr(loop, "KEPT_FOR", 1)

    def test_it_goes_back_and_on_at_half_the_rate(self, make: Make, wish) -> None:
        canvas = make()
        objective = wish(spoil=lambda call, loss: loss * (NAN if call == 4 else 1))
        states, iterates = {}, []
        for iterate in dream(canvas, objective, DreamSettings(steps=6, average=0), generator(0), never()):
            iterates.append(iterate)
            states[len(iterates)] = iterate.picture
            assert bool(torch.isfinite(canvas.image()).all())
        assert [iterate.step for iterate in iterates] == [1, 2, 3, 3, 4, 5, 6]
        assert torch.equal(states[3], states[4])  # the third step again, from the same picture
        assert iterates[3].rate == pytest.approx(iterates[2].rate / 2)
        assert iterates[4].rate == pytest.approx(0.5 * canvas.rate * DreamSettings(steps=6).decay(3))
        assert objective.calls == 8

    def test_a_gradient_that_is_no_number_counts_too(self, pixels: PixelCanvas, wish) -> None:
        def spoil(call: int, loss: Tensor) -> Tensor:
            return loss + torch.sqrt(loss * 0) if call == 2 else loss  # finite, with an infinite slope

        objective = wish(spoil=spoil)
        steps = [i.step for i in dream(pixels, objective, DreamSettings(steps=3), generator(0), never())]
        assert steps == [1, 1, 2, 3]
        assert bool(torch.isfinite(pixels.image()).all())

    @pytest.mark.parametrize("bad", [1, 2, 4])
    def test_it_gives_up_and_leaves_the_last_good_picture(self, make: Make, wish, bad: int) -> None:
        canvas, seen = make(), []
        seen.append(canvas.image().detach())

        def spoil(call: int, loss: Tensor) -> Tensor:
            # the first try of each retried step succeeds, so that every kind of going back is met
            return loss * NAN if call >= bad and (call - bad) % 2 == 0 else loss

        objective = wish(spoil=spoil if bad > 1 else lambda call, loss: loss * NAN)
        with pytest.raises(RenderError) as caught:
            for _ in dream(canvas, objective, DreamSettings(steps=5), generator(0), never()):
                seen.append(canvas.image().detach())
        assert f"step {bad} of 5" in caught.value.what
        assert "colour" in caught.value.why
        assert "smooth" not in caught.value.why
        assert "step size" in caught.value.fix
        assert torch.equal(canvas.image(), seen[max(0, bad - 2)])

    def test_it_draws_other_numbers_when_it_tries_again(self, pixels: PixelCanvas, wish) -> None:
        drawn = []

        class Curious(wish):
            def __call__(self, images: Tensor, source: torch.Generator):
                drawn.append(source.get_state().sum().item())
                return super().__call__(images, source)

        objective = Curious(spoil=lambda call, loss: loss * (NAN if call == 1 else 1))
        finish(pixels, objective, DreamSettings(steps=1))
        assert len(drawn) == 2
        assert drawn[0] != drawn[1]

    def test_it_goes_back_down_the_ladder(self, make: Make, wish) -> None:
        canvas = make()
        objective = wish(spoil=lambda call, loss: loss * (NAN if call == 4 else 1))
        settings = TestLadder.SETTINGS
        shapes = [tuple(i.image.shape[1:]) for i in dream(canvas, objective, settings, generator(0), never())]
        assert shapes == [(8, 10)] * 4 + [(12, 20)] * 3
        assert canvas.size == (20, 12)


def test_it_goes_back_a_few_steps_at_most(make: Make, wish) -> None:
    canvas, bad = make(), 2 * loop.KEPT_FOR + 3
    objective = wish(spoil=lambda call, loss: loss * (NAN if call == bad else 1))
    pictures, steps = [canvas.image().detach()], []
    for iterate in dream(canvas, objective, DreamSettings(steps=bad, average=0), generator(0), never()):
        steps.append(iterate.step)
        pictures.append(iterate.picture)
    kept = bad - 3
    assert steps == [*range(1, bad), *range(kept + 1, bad + 1)]
    assert torch.equal(pictures[bad], pictures[kept + 1])  # begun again from what it was then


def test_a_step_that_does_not_fit_is_tried_again_with_the_same_chance(pixels: PixelCanvas, wish) -> None:
    start = pixels.state()
    plain = finish(pixels, wish(), DreamSettings(steps=3))
    pixels.restore(start)
    needed = wish()
    conceded: list[int] = []
    tried = 0

    def hungry(images: Tensor, chance: torch.Generator):
        nonlocal tried
        tried += 1
        if len(conceded) < 2:
            needed(images, chance)  # draws its chance, which the next try has to draw again
            raise torch.OutOfMemoryError("out of memory")
        return needed(images, chance)

    def spare() -> bool:
        conceded.append(tried)
        return True

    for _ in dream(pixels, hungry, DreamSettings(steps=3), generator(0), never(), spare=spare):
        pass
    assert conceded == [1, 2]
    assert tried == 5
    assert torch.equal(pixels.image().detach(), plain)


def test_a_step_that_never_fits_says_so(pixels: PixelCanvas) -> None:
    def hungry(images: Tensor, chance: torch.Generator):
        raise torch.OutOfMemoryError("out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        next(dream(pixels, hungry, DreamSettings(steps=3), generator(0), never()))


def test_other_faults_are_not_taken_for_a_lack_of_memory(pixels: PixelCanvas) -> None:
    def broken(images: Tensor, chance: torch.Generator):
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        next(dream(pixels, broken, DreamSettings(steps=3), generator(0), never(), spare=lambda: True))
