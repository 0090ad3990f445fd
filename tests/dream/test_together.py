"""Many dreams at once come out as each does alone, whatever their companions do."""

from __future__ import annotations

import pytest
import torch

from studio.base.cancel import Cancelled, CancelToken, never
from studio.canvas.pixels import PixelCanvas
from studio.dream import loop
from studio.dream.ladder import Stage
from studio.dream.loop import dream
from studio.dream.seeds import generator
from studio.dream.settings import DreamSettings
from studio.dream.together import Dream, Round, dream_together
from studio.score.objective import Loss, Objective

COLOURS = ((0.9, 0.2, 0.1), (0.1, 0.8, 0.3), (0.2, 0.3, 0.9))
SETTINGS = [DreamSettings(steps=12, step_size=size, ladder=(Stage(0.5, 0.5), Stage(0.5, 1.0))) for size in (0.5, 1, 2)]


class Wish(Objective):
    """One colour everywhere, seen through noise; not a number at the calls in `broken`."""

    def __init__(self, colour, broken=()):
        self.colour = torch.tensor(colour).reshape(1, 3, 1, 1)
        self.broken = set(broken)
        self.calls = 0

    def __call__(self, images, generator):
        self.calls += 1
        noise = torch.randn(images.shape, generator=generator) * 0.05
        total = (images + noise - self.colour).square().mean()
        if self.calls in self.broken:
            total = total * float("nan")
        return Loss(total, {"colour": total.detach()})


def drafts(wishes=None, settings=SETTINGS) -> list[Dream]:
    found = []
    for seed, wish in enumerate(wishes or [Wish(colour) for colour in COLOURS]):
        canvas = PixelCanvas(20, 12)
        canvas.start(generator(seed, "start"))
        found.append(Dream(canvas, wish, settings[seed], generator(seed, "dream")))
    return found


def run(dreams: list[Dream], at_once: int = 8, token: CancelToken | None = None) -> list[Round]:
    return list(dream_together(dreams, token or never(), at_once=at_once))


def shown(dreams: list[Dream]) -> torch.Tensor:
    with torch.no_grad():
        return torch.cat([each.canvas.image() for each in dreams])


@pytest.mark.parametrize("at_once", [1, 2, 8])
def test_each_comes_out_as_it_does_alone(at_once):
    alone = drafts()
    for each in alone:
        for _ in dream(each.canvas, each.objective, each.settings, each.generator, never()):
            pass
    together = drafts()
    rounds = run(together, at_once)
    torch.testing.assert_close(shown(together), shown(alone), atol=1e-4, rtol=0)
    assert len(rounds) == 12
    assert [each.iterates[0].step for each in rounds] == list(range(1, 13))
    assert rounds[-1].done == (0, 1, 2)
    assert all(not each.done for each in rounds[:-1])


def test_a_step_that_fails_is_tried_again_and_the_others_do_not_wait():
    wishes = [Wish(COLOURS[0]), Wish(COLOURS[1], broken={3}), Wish(COLOURS[2])]
    alone = drafts([Wish(COLOURS[0]), Wish(COLOURS[1], broken={3}), Wish(COLOURS[2])])
    for each in alone:
        for _ in dream(each.canvas, each.objective, each.settings, each.generator, never()):
            pass
    together = drafts(wishes)
    rounds = run(together)
    assert sorted(rounds[2].iterates) == [0, 2]
    assert rounds[11].done == (0, 2)
    assert rounds[-1].done == (1,)
    torch.testing.assert_close(shown(together), shown(alone), atol=1e-4, rtol=0)


def test_one_that_breaks_down_ends_and_the_others_go_on(monkeypatch):
    monkeypatch.setattr(loop, "KEPT_FOR", 1)  # so that it breaks down at the step that it fails at
    together = drafts([Wish(COLOURS[0]), Wish(COLOURS[1], broken=range(4, 99)), Wish(COLOURS[2])])
    rounds = run(together)
    broken = {place: str(error) for each in rounds for place, error in each.broken.items()}
    assert list(broken) == [1]
    assert "broke down at step 3" in broken[1]
    assert rounds[-1].done == (0, 2)
    assert all(bool(torch.isfinite(each.canvas.image()).all()) for each in together)


def test_where_memory_runs_out_passes_are_halved_and_nothing_changes(monkeypatch):
    from studio.dream import together as module

    passes = []

    def small(canvases):
        passes.append(len(canvases))
        if len(canvases) > 1:
            raise torch.OutOfMemoryError("no")
        return torch.cat([canvas.image() for canvas in canvases])

    wanted = drafts()
    run(wanted)
    monkeypatch.setattr(module, "pictures", small)
    found = drafts()
    run(found)
    assert passes[:4] == [3, 1, 1, 1], "once for good"
    torch.testing.assert_close(shown(found), shown(wanted), atol=1e-4, rtol=0)


def test_what_does_not_fit_at_all_is_told(monkeypatch):
    from studio.dream import together as module

    def none(canvases):
        raise torch.OutOfMemoryError("no")

    monkeypatch.setattr(module, "pictures", none)
    with pytest.raises(torch.OutOfMemoryError):
        run(drafts())


def test_a_token_stops_within_a_round():
    token, wishes = CancelToken(), [Wish(colour) for colour in COLOURS]
    rounds = dream_together(drafts(wishes), token, at_once=1)
    next(rounds)
    token.cancel()
    with pytest.raises(Cancelled):
        next(rounds)
    assert [wish.calls for wish in wishes] == [1, 1, 1]


def test_dreams_without_steps_are_over_at_once():
    still = drafts(settings=[DreamSettings(steps=0)] * 3)
    before = shown(still)
    (only,) = run(still)
    assert only.done == (0, 1, 2)
    assert torch.equal(shown(still), before)
