"""The pictures between takes: stored latents, blended on their canvas and drawn. Nothing is dreamed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import torch
from PIL import Image
from torch import Tensor

from studio.base.cancel import CancelToken
from studio.base.errors import FileError, InputError
from studio.canvas.base import Canvas, State
from studio.canvas.vqgan import VqganCanvas
from studio.project.model import PerceptorRef, Project
from studio.render.checkpoint import unpack
from studio.render.pictures import from_image
from studio.render.toolbox import Toolbox
from studio.takes.course import Spot
from studio.takes.store import Takes
from studio.takes.take import LATENTS, PICTURE, Kept, Take
from studio.timeline.model import Timeline
from studio.timeline.time import FrameRate

BATCH = 8
"""Pictures that are drawn together."""


def project_of(take: Take, perceptor: str = "") -> Project:
    """What a toolbox has to know of a take: its medium and size, and who looks.

    Raises:
        InputError: this version of Keydream knows no such medium or size.
    """
    try:
        return Project(
            name=take.project,
            timeline=Timeline(rate=FrameRate(24), length=1),
            width=take.width,
            height=take.height,
            medium=take.medium.medium(),
            perceptors=(PerceptorRef(perceptor),) if perceptor else (),
        )
    except ValueError as error:
        raise InputError(
            f"The take {take.short} cannot be drawn", str(error), "Another version of Keydream may have made it"
        ) from error


def check_alike(takes: Sequence[Kept]) -> None:
    """Do nothing, or raise InputError when there is no way between these takes."""
    if len(takes) < 2:
        raise InputError("A walk needs two takes or more", "Only one was named", "Name another; a loop comes back")
    first = takes[0].take
    for other in (kept.take for kept in takes[1:]):
        for what, one, two in (
            ("a medium", first.medium.kind, other.medium.kind),
            ("a size", f"{first.width}x{first.height}", f"{other.width}x{other.height}"),
            ("a model", first.medium.model or "the starter", other.medium.model or "the starter"),
            ("weights", first.medium.sha256, other.medium.sha256),
        ):
            if one != two:
                raise InputError(
                    f"There is no way from take {first.short} to {other.short}",
                    f"They have not {what} in common: {one[:40]} and {two[:40]}",
                    "keydream takes list --medium KIND --size WxH shows takes that fit together",
                )


class Way:
    """The pictures between takes.

    Args:
        takes: in the order of the walk.
        library: that keeps them.
        toolbox: draws them.
        token: polled at every batch.

    Raises:
        InputError: there is no way between these takes.
        FileError: a take's file is damaged.
        ModelError: the medium's model is missing, or another than it was.
    """

    def __init__(self, takes: Sequence[Kept], library: Takes, toolbox: Toolbox, token: CancelToken) -> None:
        check_alike(takes)
        first = takes[0].take
        project = project_of(first)
        if first.medium.sha256 and toolbox.identities(project).medium != first.medium.sha256:
            raise InputError(
                f"There is no way from take {first.short}",
                f"Its {first.medium.kind} was another model, or another version of it, than there is now",
                "Dream its prompt again, and walk between takes of the present model",
            )
        self._takes = tuple(takes)
        self._canvas: Canvas = toolbox.canvas(project, first.width, first.height)
        kept = {take.take.key: take for take in takes}
        states = {key: _state(each, library, self._canvas) for key, each in kept.items()}
        pictures = {key: library.content(each, PICTURE) for key, each in kept.items()}
        self._states = [states[take.take.key] for take in takes]
        self._pictures = [pictures[take.take.key] for take in takes]
        self._token = token

    @property
    def count(self) -> int:
        """How many takes it goes over, those that come again included."""
        return len(self._takes)

    def same(self, spot: Spot) -> Spot:
        """The spot that stands for all that show the same: a take that comes again is its first, and on the way from
        a take to itself it stands still."""
        keys = [kept.take.key for kept in self._takes]
        start, end = keys.index(keys[spot.start]), keys.index(keys[spot.end])
        return Spot(start, end, spot.mix) if start != end else Spot(start, start)

    def png(self, spot: Spot) -> bytes | None:
        """The stored picture of a take that a spot shows; None on the way."""
        return None if spot.mix else self._pictures[spot.start]

    @torch.no_grad()
    def draw(self, where: Iterable[Spot]) -> Iterator[tuple[Spot, Tensor]]:
        """The pictures of spots, each (1, 3, H, W) in 0 to 1, on the CPU. A take's is the one that was kept."""
        ways = iter(where)
        while batch := list(islice(ways, BATCH)):
            self._token.check()
            moving = [spot for spot in batch if spot.mix]
            drawn = dict(zip(moving, self._drawn(moving), strict=True))
            for spot in batch:
                yield spot, drawn[spot] if spot.mix else self._kept(spot)

    def _drawn(self, where: Sequence[Spot]) -> list[Tensor]:
        states = [self._blend(spot) for spot in where]
        if isinstance(self._canvas, VqganCanvas) and states:
            return list(torch.split(self._canvas.images(states).clamp(0, 1).cpu(), 1))
        return [self._image(state).clamp(0, 1).cpu() for state in states]

    def _image(self, state: State) -> Tensor:
        self._canvas.restore(state)
        return self._canvas.image()

    def _blend(self, spot: Spot) -> State:
        try:
            return self._canvas.blend(self._states[spot.start], self._states[spot.end], spot.mix)
        except ValueError as error:
            start, end = (self._takes[place].take.short for place in (spot.start, spot.end))
            raise InputError(
                f"There is no way from take {start} to {end}",
                str(error),
                "Walk between takes of one medium, model and size",
            ) from error

    def _kept(self, spot: Spot) -> Tensor:
        with Image.open(io.BytesIO(self._pictures[spot.start]), formats=("PNG",)) as picture:
            return from_image(picture)


def _state(kept: Kept, library: Takes, canvas: Canvas) -> State:
    try:
        state = unpack(library.content(kept, LATENTS))
        canvas.restore(state)
    except ValueError as error:
        raise FileError(
            f"The latents of take {kept.take.short} cannot be used",
            str(error),
            "Another version of Keydream may have made them: dream its prompt again",
        ) from error
    return state
