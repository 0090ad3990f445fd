from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import Tensor

from studio.canvas.base import Canvas
from studio.canvas.footprint import Footprint
from studio.render.sparing import HELD, PICTURE, USABLE, WARM, Sparing
from studio.score.perceptor import Perceptor

SIDE = 8
VIEW = 3 * 4 * SIDE**2  # bytes that are kept of a view, beside the cutout itself
CUTOUT = 8 * 3 * 4 * SIDE**2


class Looks:
    name = "An eye"
    image_size = SIDE
    device = torch.device("cpu")

    def __init__(self) -> None:
        self.together = 100

    def embed_image(self, views: Tensor) -> Tensor:
        kept = (views.flatten(1) + 1).square()
        return kept.sum(1, keepdim=True)

    def spare(self, count: int) -> int:
        now = min(count, self.together)
        if now <= 1:
            return 0
        self.together = now // 2
        return self.together

    def ease(self) -> None:
        self.together = 100


class Draws:
    size = (10, 10)

    def __init__(self, *most: int) -> None:
        self.most = most or (20_000, 10_000, 8_000)
        self.thrift = 2

    def spare(self) -> bool:
        more = self.thrift < len(self.most) - 1
        self.thrift += more
        return more

    def ease(self) -> None:
        self.thrift = 0

    def parameters(self) -> list[Tensor]:
        return [torch.zeros(1)]

    def footprint(self) -> Footprint:
        return Footprint(self.most[self.thrift] // 2, self.most[self.thrift])


class Plain:
    size = (10, 10)

    def parameters(self) -> list[Tensor]:
        return [torch.zeros(1)]


def made(canvas: object, *perceptors: object, free: int | None = None) -> Sparing:
    sparing = Sparing(cast("Canvas", canvas), [cast("Perceptor", one) for one in perceptors], lambda _: free)
    sparing.plan(8)
    return sparing


def needed(drawn: int, *together: int) -> int:
    looked = sum(VIEW * count + CUTOUT * 8 for count in together)
    return WARM + int(HELD * (PICTURE * 100 + max(drawn, drawn // 2 + looked)))


def test_the_estimate_adds_what_drawing_keeps_to_what_is_looked_at() -> None:
    assert made(Draws(), Looks()).needs(8) == needed(20_000, 8)
    assert made(Draws(900_000), Looks()).needs(8) == needed(900_000, 8)
    assert made(Plain(), Looks(), Looks()).needs(8) == needed(PICTURE * 100, 8, 8) + int(HELD * PICTURE * 50)


def test_where_memory_is_ample_nothing_is_conceded_and_nothing_said() -> None:
    canvas, eye = Draws(), Looks()
    for free in (None, int(needed(20_000, 8) / USABLE) + 1):
        sparing = made(canvas, eye, free=free)
        assert sparing.told() == ""
        assert (canvas.thrift, eye.together) == (0, 100)


def test_drawing_again_comes_first_because_it_changes_no_bit() -> None:
    canvas, eye = Draws(), Looks()
    sparing = made(canvas, eye, free=int(needed(20_000, 8) / USABLE) - 2000)
    assert (canvas.thrift, eye.together) == (1, 100)
    told = sparing.told()
    assert told.startswith("A step at 10x10 with 8 cutouts would take 0.1 GiB of memory, and 0.1 GiB are free. ")
    assert "The picture is drawn twice in every step, so that it takes 0.1 GiB, which takes longer" in told
    assert "close other programs" in told
    assert sparing.told() == ""


def test_then_what_takes_more_gives_way() -> None:
    canvas, eye = Draws(), Looks()
    sparing = made(canvas, eye, free=int(needed(10_000, 2) / USABLE) + 1)
    assert (canvas.thrift, eye.together) == (1, 2)
    assert sparing.needs(8) == needed(10_000, 2)
    canvas, eye = Draws(2_000_000, 1_000_000, 600_000), Looks()
    made(canvas, eye, free=int(needed(600_000, 8) / USABLE) + 1)
    assert (canvas.thrift, eye.together) == (2, 100)


def test_what_cannot_fit_is_tried_with_all_that_can_be_spared() -> None:
    canvas, eye = Draws(), Looks()
    assert "it is tried all the same" in made(canvas, eye, free=100).told()
    assert (canvas.thrift, eye.together) == (2, 1)


def test_fewer_cutouts_at_a_time_are_no_help_where_drawing_takes_more() -> None:
    canvas, eye = Draws(2_000_000, 1_000_000, 600_000), Looks()
    sparing = made(canvas, eye, free=100)
    assert "it is tried all the same" in sparing.told()
    assert (canvas.thrift, eye.together) == (2, 100)
    assert sparing(), "until a step really falls short"
    assert eye.together == 4


def test_frames_of_one_render_are_planned_once_and_the_next_render_begins_at_full_speed() -> None:
    canvas, eye = Draws(), Looks()
    sparing = made(canvas, eye, free=100)
    assert sparing.told()
    sparing.plan(8)
    assert sparing.told() == ""
    assert eye.together == 1
    made(canvas, eye)
    assert (canvas.thrift, eye.together) == (0, 100)


def test_a_step_that_falls_short_all_the_same_concedes_until_nothing_is_left() -> None:
    canvas, one, other = Draws(), Looks(), Looks()
    sparing = made(canvas, one, other)
    seen = []
    while sparing():
        seen.append((canvas.thrift, one.together, other.together))
        assert sparing.told().startswith("Memory is short: ")
    assert seen[:3] == [(1, 100, 100), (1, 4, 100), (1, 4, 4)]
    assert seen[-1] == (2, 1, 1)


@pytest.mark.parametrize("free", [None, 10])
def test_those_who_cannot_spare_are_not_asked(free: int | None) -> None:
    sparing = made(Plain(), object(), free=free)
    assert sparing.told() == ""
