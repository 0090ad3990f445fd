"""A dream that is laid down and taken up again comes out the same, bit for bit (promise P4)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor

from studio.base.cancel import never
from studio.canvas.base import Canvas
from studio.canvas.pixels import PixelCanvas
from studio.dream.ladder import Stage
from studio.dream.loop import dream
from studio.dream.seeds import generator
from studio.dream.settings import DreamSettings
from studio.dream.state import DreamState

Make = Callable[[], Canvas]
SETTINGS = DreamSettings(steps=8, noise=0.2, average=0.7, ladder=(Stage(1, 0.6), Stage(1, 1)))


def written(state: DreamState) -> DreamState:
    """The state as it comes back from a file."""
    return DreamState(load(save(dict(state.tensors))), json.loads(json.dumps(dict(state.numbers))))


def uninterrupted(make: Make, objective) -> tuple[Tensor, list[float]]:
    canvas = make()
    losses = [i.loss for i in dream(canvas, objective, SETTINGS, generator(5), never())]
    return canvas.image().detach(), losses


@pytest.mark.parametrize("after", range(1, 9))
def test_taking_up_at_any_step_is_exact(make: Make, wish, after: int) -> None:
    expected, losses = uninterrupted(make, wish())
    canvas = make()
    running = dream(canvas, wish(), SETTINGS, generator(5), never())
    for _ in range(after):
        iterate = next(running)
    state = written(iterate.checkpoint())
    assert state.step == after

    fresh = make()
    fresh.start(torch.Generator().manual_seed(99))  # what it shows does not matter
    resumed = dream(fresh, wish(), SETTINGS, generator(77), never(), resume=state)
    assert [i.loss for i in resumed] == losses[after:]
    assert torch.equal(fresh.image(), expected)


@pytest.mark.parametrize("after", range(1, 9))
def test_taking_up_around_a_stumble_is_exact(make: Make, wish, after: int) -> None:
    """The guard goes back to a state from before the interruption, and remembers its caution."""

    def spoilt(already: int):
        return wish(spoil=lambda call, loss: loss * (float("nan") if already + call == 4 else 1))

    expected, losses = uninterrupted(make, spoilt(0))
    canvas, objective = make(), spoilt(0)
    running = dream(canvas, objective, SETTINGS, generator(5), never())
    for _ in range(after):
        iterate = next(running)
    state = written(iterate.checkpoint())
    fresh = make()
    resumed = dream(fresh, spoilt(objective.calls), SETTINGS, generator(77), never(), resume=state)
    assert [i.loss for i in resumed] == losses[after:]
    assert torch.equal(fresh.image(), expected)


def test_laying_down_does_not_disturb_the_dream(make: Make, wish) -> None:
    expected, _ = uninterrupted(make, wish())
    canvas = make()
    for iterate in dream(canvas, wish(), SETTINGS, generator(5), never()):
        iterate.checkpoint()
    assert torch.equal(canvas.image(), expected)


def test_a_state_does_not_change_while_the_dream_goes_on(pixels: PixelCanvas, wish) -> None:
    running = dream(pixels, wish(), SETTINGS, generator(5), never())
    next(running)
    state = next(running).checkpoint()
    before = {key: value.clone() for key, value in state.tensors.items()}
    list(running)
    assert all(torch.equal(state.tensors[key], before[key]) for key in before)
    list(dream(pixels, wish(), SETTINGS, generator(5), never(), resume=state))
    assert all(torch.equal(state.tensors[key], before[key]) for key in before)


def test_a_dream_that_has_gone_on_cannot_be_laid_down_at_an_earlier_iterate(pixels: PixelCanvas, wish) -> None:
    iterates = []
    for iterate in dream(pixels, wish(), DreamSettings(steps=2), generator(0), never()):
        iterates.append(iterate)
        assert iterate.checkpoint().step == iterate.step
        for earlier in iterates[:-1]:
            with pytest.raises(RuntimeError, match="gone on"):
                earlier.checkpoint()
    with pytest.raises(RuntimeError, match="gone on"):
        iterates[-1].checkpoint()  # the canvas now holds the average


def test_numbers_of_a_state_are_plain(pixels: PixelCanvas, wish) -> None:
    state = next(dream(pixels, wish(), SETTINGS, generator(5), never())).checkpoint()
    assert state.numbers == {"step": 1, "averaged": 1, "stumbles": 0, "good/step": 0, "good/averaged": 0}


def test_what_is_no_state_is_refused(pixels: PixelCanvas, wish) -> None:
    state = next(dream(pixels, wish(), SETTINGS, generator(5), never())).checkpoint()
    settings = DreamSettings(steps=3)

    def taken_up(state: DreamState) -> None:
        next(dream(PixelCanvas(20, 12), wish(), settings, generator(5), never(), resume=state))

    with pytest.raises(ValueError, match="state"):
        taken_up(DreamState({}, {}))
    with pytest.raises(ValueError, match="generator"):
        taken_up(DreamState({k: v for k, v in state.tensors.items() if k != "generator"}, state.numbers))
    with pytest.raises(ValueError, match="stumbles"):
        taken_up(DreamState(state.tensors, {k: v for k, v in state.numbers.items() if k != "stumbles"}))
    with pytest.raises(ValueError, match="canvas"):
        taken_up(DreamState({**state.tensors, "canvas/latents": torch.zeros(1)}, state.numbers))
