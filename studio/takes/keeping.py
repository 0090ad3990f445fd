"""A render watched: every keyframe that comes to rest is kept as a take.

    keeper = Keeper(Takes, project, toolbox, store)
    for event in keeper.watch(render(project, toolbox, store)):
        ...

Whoever iterates the render owns the thread.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from studio.base.errors import StudioError
from studio.canvas.base import Canvas
from studio.project.model import Project
from studio.render import recipe
from studio.render.checkpoint import unpack
from studio.render.events import Event, Notice, RenderDone, SolveDone
from studio.render.identity import perceptor_names
from studio.render.keys import ALGORITHM, Identities, weights
from studio.render.pictures import to_png
from studio.render.plan import Plan, Quality, SolveJob, plan
from studio.render.store import FrameStore
from studio.render.toolbox import Toolbox
from studio.score.targets import embed_picture, encode
from studio.takes.store import Takes
from studio.takes.take import Take, TakeGuide, TakeMedium, TakeTerm
from studio.timeline.prompt import Content, Noise, Prompt, Term, Text, format_prompt
from studio.timeline.region import format_region
from studio.timeline.sample import FrameState, TermState
from studio.timeline.time import FrameRange


class Keeper:
    """Keeps the takes of one render. It never ends the render: what it cannot keep, it says in a notice.

    Args:
        takes: where they go; or what opens it, called in the thread that iterates, once, and closed by `watch`.
        project: what is rendered; likewise everything below, as `studio.render.session.render` is given it.
        toolbox: which draws the pictures and scores them, with the networks that the render has loaded anyway.
        store: where the solves are.
        frames: which.
        quality: "draft" or "final".
        deterministic: whether only repeatable operations are used.
        source: the project's file, if it has one.

    Attributes:
        keys: of the takes that this render is made of, those that were there before included; so far.
    """

    def __init__(
        self,
        takes: Takes | Callable[[], Takes],
        project: Project,
        toolbox: Toolbox,
        store: FrameStore,
        *,
        frames: FrameRange | None = None,
        quality: Quality = "final",
        deterministic: bool = False,
        source: Path | None = None,
        folder: Path | None = None,
    ) -> None:
        self.keys: list[str] = []
        self._given = takes
        self._opened: Takes | None = None
        self._refused = False
        self._project = project
        self._toolbox = toolbox
        self._store = store
        self._frames = frames
        self._quality: Quality = quality
        self._deterministic = deterministic
        self._source = source
        self._folder = folder if folder is not None else source.parent if source is not None else Path()

    def watch(self, events: Iterator[Event]) -> Iterator[Event]:
        """The same events, and notices of takes that could not be kept. Closing it closes the render."""
        with contextlib.ExitStack() as stack:
            stack.callback(self.close)
            if isinstance(events, Generator):
                stack.enter_context(contextlib.closing(events))
            for event in events:
                notices = self.see(event)  # before it is told: whoever hears of a solve finds its take
                yield event
                yield from notices

    def see(self, event: Event) -> tuple[Notice, ...]:
        """Keep what an event tells of. At the end that is also every solve that was in the frame store already.

        Returns:
            What went wrong.
        """
        if isinstance(event, SolveDone):
            return self._keep(event.key, event.seconds)
        if isinstance(event, RenderDone):
            found = [self._keep(solve.key, 0.0) for solve in self._plan.solves if solve.key not in self.keys]
            return tuple(notice for notices in found for notice in notices)[:1]  # one disk is full for all of them
        return ()

    def close(self) -> None:
        """Let go of the takes; harmless when repeated. `watch` does it."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _keep(self, key: str, seconds: float) -> tuple[Notice, ...]:
        if self._refused:
            return ()
        try:
            takes = self._takes()
            if not takes.has(key):
                entry = self._store.get(key)
                if entry is None or entry.latents is None:
                    return ()  # taken out of the frame store, which held finished frames of it: nothing to keep
                latents = entry.latents.read_bytes()
                solve = next(solve for solve in self._plan.solves if solve.key == key)
                take, png = self._draw(solve, latents, seconds)
                takes.keep(take, png=png, latents=latents)
            self.keys.append(key)
        except (StudioError, OSError, ValueError, MemoryError, torch.OutOfMemoryError) as error:
            return (Notice(f"A take could not be kept. {error}"),)
        return ()

    @torch.no_grad()
    def _draw(self, solve: SolveJob, latents: bytes, seconds: float) -> tuple[Take, bytes]:
        self._canvas.restore(unpack(latents))
        image = self._canvas.image()
        project, plan, identities = self._project, self._plan, self._identities
        guides = self._guides(solve.state, image.clamp(0, 1))
        take = Take(
            key=solve.key,
            prompt=written(solve.state),
            terms=tuple(map(_term, solve.state.terms)),
            medium=TakeMedium(
                kind=project.medium.kind,
                model=project.medium.model,
                start=identities.start[0],
                sha256=identities.medium,
                start_sha256=identities.start[1],
                options=dict(project.medium.options),
            ),
            width=plan.width,
            height=plan.height,
            seed=project.seed,
            steps=solve.steps,
            parameters=dict(solve.state.parameters),
            guides=guides,
            score=guides[0].score if guides else None,
            algorithm=ALGORITHM,
            device=self._toolbox.device.type,
            created=time.time(),
            seconds=round(seconds, 3),
            project=project.name,
            source=str(self._source.absolute()) if self._source else "",
            folder=str(self._folder.absolute()),
            frame=solve.state.frame,
        )
        return take, to_png(image)

    def _takes(self) -> Takes:
        if isinstance(self._given, Takes):
            return self._given
        if self._opened is None:
            try:
                self._opened = self._given()
            except StudioError:
                self._refused = True  # said once
                raise
        return self._opened

    def _guides(self, state: FrameState, image: Tensor) -> tuple[TakeGuide, ...]:
        """Who guided, and what each thinks of the picture."""
        pictures = {name: self._toolbox.picture(self._project, name) for name in recipe.pictures_in(state)}
        found = []
        named = zip(perceptor_names(self._project), self._identities.perceptors, weights(self._project), strict=True)
        for (name, sha256, weight), (perceptor, _) in zip(named, self._toolbox.perceptors(self._project), strict=True):
            seen = embed_picture(perceptor, image, sides=(1.0,))
            wishes = [target for target in encode(state, perceptor, pictures) if target.weight > 0]
            total = sum(target.weight for target in wishes)
            liked = sum(target.weight * float(target.embedding @ seen) for target in wishes)
            score = round(liked / total, 6) if total else None
            found.append(TakeGuide(model=name, sha256=sha256, weight=weight, score=score))
        return tuple(found)

    @cached_property
    def _plan(self) -> Plan:
        return plan(
            self._project,
            self._frames,
            self._identities,
            quality=self._quality,
            device=self._toolbox.device.type,
            deterministic=self._deterministic,
        )

    @cached_property
    def _identities(self) -> Identities:
        return self._toolbox.identities(self._project)

    @cached_property
    def _canvas(self) -> Canvas:
        return self._toolbox.canvas(self._project, self._plan.width, self._plan.height)


def written(state: FrameState) -> str:
    """What a frame asks for, as the artist would write it; between two contents the nearer one."""
    terms = tuple(Term(_nearer(term), term.weight, term.stop, term.region) for term in state.terms)
    return format_prompt(Prompt(terms)) if terms else ""


def _nearer(term: TermState) -> Content:
    return term.end if term.mix >= 0.5 else term.start


def _term(term: TermState) -> TakeTerm:
    end = "" if term.start == term.end else _name(term.end)
    stop = term.stop if math.isfinite(term.stop) else None
    kind = "text" if isinstance(term.start, Text) else "noise" if isinstance(term.start, Noise) else "image"
    named: Mapping[str, str] = {kind: _name(term.start)}
    if term.region is not None:
        named = {**named, "region": format_region(term.region)}
    return TakeTerm(**named, towards=end, mix=term.mix, weight=term.weight, stop=stop)


def _name(content: Content) -> str:
    if isinstance(content, Noise):
        return str(content.seed)
    return content.text if isinstance(content, Text) else content.asset
