"""What a render does when memory is short: the same steps in smaller pieces, one concession after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from studio.canvas.base import Canvas
from studio.score.perceptor import Perceptor


@runtime_checkable
class _Looks(Protocol):
    def spare(self, count: int) -> int: ...


@runtime_checkable
class _Draws(Protocol):
    def spare(self) -> bool: ...


class Sparing:
    """Makes steps need less memory, with the same mathematics, and tells what it did.

    First the perceptor that looks at most cutouts together looks at half of them; then the canvas draws twice and keeps
    half-way results no more; then cutouts are halved on.

    Args:
        canvas: that is dreamed on.
        perceptors: who look.
        count: of cutouts that each looks at in a step.
    """

    def __init__(self, canvas: Canvas, perceptors: Sequence[Perceptor], count: int) -> None:
        self._canvas = canvas
        self._together = {perceptor: count for perceptor in perceptors if isinstance(perceptor, _Looks)}
        self._conceded = False
        self._told = ""

    def __call__(self) -> bool:
        """Concede one thing more; whether there was one."""
        ways = (self._look, self._draw) if not self._conceded else (self._draw, self._look)
        for way in ways:
            if said := way():
                self._conceded, self._told = True, f"Memory is short: {said}, which takes longer"
                return True
        return False

    def told(self) -> str:
        """What was conceded last since this was asked before; empty for nothing."""
        told, self._told = self._told, ""
        return told

    def _look(self) -> str:
        for perceptor in sorted(self._together, key=self._together.__getitem__, reverse=True):
            assert isinstance(perceptor, _Looks)
            if left := perceptor.spare(self._together[perceptor]):
                self._together[perceptor] = left
                return f"{left} cutouts are looked at together"
        return ""

    def _draw(self) -> str:
        drawn = isinstance(self._canvas, _Draws) and self._canvas.spare()
        return "the picture is drawn twice in every step" if drawn else ""
