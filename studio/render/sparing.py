"""What a render does when memory is short: the same steps in smaller pieces, one concession after the other.

Before the first step it is estimated what a step will take (the canvas counts its layers, perceptors are probed), and
what does not fit is conceded then. Steps are watched all the same: whoever else takes memory meanwhile is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import torch

from studio.base.shortage import is_short
from studio.canvas.base import Canvas
from studio.canvas.footprint import Footprint
from studio.dream import memory
from studio.score.footprint import looking
from studio.score.perceptor import Perceptor

USABLE = 0.9
"""The share of free memory that a step may be planned to take."""

PICTURE = 100
"""Bytes for each pixel of a picture in a step: the picture, losses of it, what cutouts are cut from, the optimiser. A
canvas that does not count its drawing takes as much again for it: with every medium but VQGAN, 80 to 199 bytes were
held for each pixel of a step at 1024x1024, drawing included."""

HELD = 1.2
"""How much of the system's memory goes for a byte that is counted: free pieces may be too small for what comes."""

WARM = 64 << 20
"""Bytes that PyTorch takes for itself in a first step, at least."""

_HURRY = "For full speed close other programs, or choose a smaller size or fewer cutouts"


@runtime_checkable
class _Looks(Protocol):
    def spare(self, count: int) -> int: ...

    def ease(self) -> None: ...


@runtime_checkable
class _Draws(Protocol):
    def spare(self) -> bool: ...

    def ease(self) -> None: ...


@runtime_checkable
class _Counts(Protocol):
    def footprint(self) -> Footprint: ...


class Sparing:
    """Makes steps need less memory, with the same mathematics, and tells what it did.

    First the canvas draws again what it needs for the gradient, and keeps less: that changes no bit of any picture.
    Then, by what takes more, it keeps still less, or the perceptor that looks at most cutouts together looks at half of
    them, and so on. The canvas and perceptors begin at their full speed, whatever was conceded to a render before.

    Args:
        canvas: that is dreamed on.
        perceptors: who look.
        free: gives the bytes that are free on a device; None for nobody knows.
    """

    def __init__(
        self,
        canvas: Canvas,
        perceptors: Sequence[Perceptor],
        free: Callable[[torch.device], int | None] = memory.free_on,
    ) -> None:
        self._canvas = canvas
        self._perceptors = perceptors
        self._free = free
        self._count = 0
        self._together: dict[Perceptor, int] = {}  # where fewer than all
        self._planned: set[tuple[int, int, int]] = set()
        self._drawn = 0
        self._told = ""
        for one in (canvas, *perceptors):
            if isinstance(one, _Looks | _Draws):
                one.ease()

    def plan(self, count: int) -> None:
        """Concede what steps of `count` cutouts for each perceptor need in order to fit, at the canvas' present size.

        Once for each number and size: frames of one render are made alike.
        """
        if (*self._canvas.size, count) in self._planned:
            return
        self._planned.add((*self._canvas.size, count))
        self._count = count
        if not any(isinstance(one, _Looks | _Draws) for one in (self._canvas, *self._perceptors)):
            return
        room = self._free(self._canvas.parameters()[0].device)
        if room is None or not self._probed() or (before := self.needs(count)) <= USABLE * room:
            return
        said: dict[str, str] = {}
        while self.needs(count) > USABLE * room and (way := self._concede(anyhow=False)):
            said |= way
        width, height = self._canvas.size
        self._told = (
            f"A step at {width}x{height} with {count} cutouts would take {_gib(before)} of memory, and {_gib(room)} "
            f"are free. {self._fitting(said, room)}. {_HURRY}"
        )

    def needs(self, count: int) -> int:
        """Bytes of the system that a step of `count` cutouts takes at most, as it is made now: an estimate.

        Measured on a Xeon, first steps took 71 to 101 % of it: networks of published sizes, a VQGAN f16 with ViT-B-32
        at 256, 384, 512 and 1024 pixels in bf16, at 256 in fp32, at 1024 in fp32 drawn twice, and with ViT-B-16 beside
        it; the starter's pair at 1024. Of less than 200 MiB, where it does not matter, they took a third or more.
        `keydream bench --large` prints both.
        """
        drawing, looked = self._parts(count)
        return WARM + int(HELD * (self._picture() + max(drawing.most, drawing.kept + looked)))

    def _probed(self) -> bool:
        """Whether perceptors could be asked at all what they take."""
        try:
            for one in self._perceptors:
                looking(one)
        except (MemoryError, RuntimeError) as error:
            if not is_short(error):
                raise
            return False
        return True

    def _parts(self, count: int) -> tuple[Footprint, int]:
        """What drawing takes, and looking."""
        picture = self._picture()
        drawing = self._canvas.footprint() if isinstance(self._canvas, _Counts) else Footprint(picture, picture)
        looked = (looking(one).needs(count, self._together.get(one, count)) for one in self._perceptors)
        return drawing, sum(looked)

    def _picture(self) -> int:
        width, height = self._canvas.size
        return PICTURE * width * height

    def __call__(self) -> bool:
        """Concede one thing more, because a step fell short; whether there was one."""
        said = self._concede(anyhow=True)
        if said:
            self._told = f"Memory is short: {', '.join(said.values())}, which takes longer. {_HURRY}"
        return bool(said)

    def told(self) -> str:
        """What was conceded last since this was asked before; empty for nothing."""
        told, self._told = self._told, ""
        return told

    def _concede(self, *, anyhow: bool) -> dict[str, str]:
        """One concession, in words by what it is about; empty where nothing is left that helps, or nothing `anyhow`."""
        # to draw again changes no bit, so it comes first; then whatever takes most at the worst moment
        ways = [self._draw, self._look]
        if self._drawn and self._probed():
            drawing, looked = self._parts(self._count)
            if drawing.most < drawing.kept + looked:
                ways = [self._look, self._draw]
            elif not anyhow:
                ways = [self._draw]  # fewer cutouts at a time would change nothing
        for way in ways:
            if said := way():
                return said
        return {}

    def _look(self) -> dict[str, str]:
        together = {one: self._together.get(one, self._count) for one in self._perceptors if isinstance(one, _Looks)}
        for perceptor in sorted(together, key=together.__getitem__, reverse=True):
            assert isinstance(perceptor, _Looks)
            if left := perceptor.spare(together[perceptor]):
                self._together[perceptor] = left
                count = f"{left} cutouts" if left > 1 else "one cutout"
                return {perceptor.name: f"{perceptor.name} looks at {count} at a time"}
        return {}

    def _draw(self) -> dict[str, str]:
        if not (isinstance(self._canvas, _Draws) and self._canvas.spare()):
            return {}
        self._drawn += 1
        how = "twice" if self._drawn == 1 else "several times"
        return {"": f"the picture is drawn {how} in every step"}

    def _fitting(self, said: dict[str, str], room: int) -> str:
        done = ", ".join(said.values()) or "nothing can be spared"
        needed = self.needs(self._count)
        fits = needed <= USABLE * room
        end = "which takes longer" if fits else "and still it may not fit: it is tried all the same"
        return f"{done[0].upper()}{done[1:]}, so that it takes {_gib(needed)}, {end}"


def _gib(count: int) -> str:
    return f"{count / 2**30:.1f} GiB"
