from __future__ import annotations

from typing import cast

from studio.canvas.base import Canvas
from studio.render.sparing import Sparing
from studio.score.perceptor import Perceptor


class Looks:
    def __init__(self) -> None:
        self.together = 100

    def spare(self, count: int) -> int:
        now = min(count, self.together)
        self.together = now // 2
        return self.together


class Draws:
    def __init__(self) -> None:
        self.sparing = False

    def spare(self) -> bool:
        before, self.sparing = self.sparing, True
        return not before


def made(canvas: object, *perceptors: object) -> Sparing:
    return Sparing(cast("Canvas", canvas), [cast("Perceptor", one) for one in perceptors], 8)


def test_concessions_come_one_after_the_other_until_nothing_is_left() -> None:
    canvas, one, other = Draws(), Looks(), Looks()
    sparing = made(canvas, one, other)
    seen = []
    while sparing():
        seen.append((canvas.sparing, one.together, other.together))
    assert seen[:4] == [(False, 4, 100), (True, 4, 100), (True, 4, 4), (True, 2, 4)]
    assert seen[-1] == (True, 1, 1)


def test_what_was_done_is_told_once() -> None:
    sparing = made(Draws(), Looks())
    assert sparing.told() == ""
    assert sparing()
    assert "4 cutouts are looked at together" in sparing.told()
    assert sparing.told() == ""
    assert sparing()
    assert "drawn twice" in sparing.told()


def test_those_who_cannot_spare_are_not_asked() -> None:
    assert not made(object(), object())()
