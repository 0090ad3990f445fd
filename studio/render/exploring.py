"""Exploring: many small drafts are dreamed at once, as one batch on the device, and kept in the frame store.

    drafts = varied(small(project, 0, prompt), "seeds", text)
    for event in explore(drafts, LocalToolbox(folder, pick("auto")), FrameStore(cache_dir() / "frames")):
        ...

A draft is what a render of its project gives, but for the rounding of larger products, so it has keys of its own: no
value differs by more than one of 255 levels; where a VQGAN's codes flip by that, the mean does not.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence

import torch

from studio.base.cancel import CancelToken, never
from studio.base.errors import RenderError, StudioError
from studio.canvas.base import State
from studio.dream.iterate import Iterate
from studio.dream.seeds import generator
from studio.dream.together import Dream, dream_together
from studio.project.model import Project
from studio.render.drafts import DraftBegun, DraftDone, DraftEvent, DraftFailed, Explored, Grown, Planned
from studio.render.dreaming import Dreamer
from studio.render.events import Preview
from studio.render.keys import Identities, assets_used
from studio.render.pictures import preview
from studio.render.plan import Plan, SolveJob, plan
from studio.render.session import device_faults
from studio.render.store import FrameStore
from studio.render.toolbox import Toolbox
from studio.render.variations import Draft

PIXELS = 1 << 21
"""Most pixels of cutouts in one pass through a perceptor: 512 of the starter's, 41 of a CLIP's of 224 pixels. What they
leave behind for the gradient takes some 1.5 GB in a ViT-B/32; where memory runs out all the same, passes are halved."""


def explore(
    drafts: Sequence[Draft],
    toolbox: Toolbox,
    store: FrameStore,
    *,
    token: CancelToken | None = None,
    at_once: int = 0,
) -> Iterator[DraftEvent]:
    """Bring drafts into the store, reusing what is there.

    Args:
        drafts: of one medium, model and size; see `studio.render.variations`.
        toolbox: where models and pictures come from, and on which device.
        store: where drafts are kept.
        token: fire it to stop within one step.
        at_once: how many share a pass through the perceptors; 0 for as many as `PIXELS` allows.

    Raises:
        Cancelled: the token was fired. Drafts that were done are kept.
        StudioError: something is wrong with the models, the pictures, the disk or the device.
    """
    run = _Exploring(drafts, toolbox, store, token or never())
    with device_faults():
        yield from run.events(at_once)


def draft_key(solve: str) -> str:
    """What a draft is stored by whose keyframe, dreamed alone, is the solve of that key."""
    return hashlib.sha256(f"draft {solve}".encode()).hexdigest()


class _Exploring:
    def __init__(self, drafts: Sequence[Draft], toolbox: Toolbox, store: FrameStore, token: CancelToken) -> None:
        self._drafts = drafts
        self._toolbox = toolbox
        self._store = store
        self._token = token
        self._known: dict[tuple[str, ...], Identities] = {}
        self._begun: dict[tuple[object, ...], State] = {}

    def events(self, at_once: int) -> Iterator[DraftEvent]:
        plans = [self._plan(draft.project) for draft in self._drafts]
        jobs = [each.solves[0] for each in plans]
        stored = {number: done for number, job in enumerate(jobs) if (done := self._stored(number, job))}
        yield Planned(len(jobs), len(stored), max((job.steps for job in jobs), default=0))
        yield from stored.values()
        began = time.monotonic()
        dreamers: dict[int, Dreamer] = {}
        dreams: dict[int, Dream] = {}
        for number, job in enumerate(jobs):
            if number in stored:
                continue
            self._token.check()
            dreamer = Dreamer(self._drafts[number].project, plans[number], self._toolbox, self._store, self._token)
            try:
                self._begin(dreamer, job)
                objective, settings = dreamer.aims(job)
            except RenderError:
                raise
            except StudioError as error:
                yield DraftFailed(number, error)
                continue
            chance = generator(dreamer.project.seed, "walk", "dream")
            dreams[number] = Dream(dreamer.canvas, objective, settings, chance)
            dreamers[number] = dreamer
            with torch.no_grad():
                yield DraftBegun(number, preview(dreamer.canvas.image()[0]))
        begun = time.monotonic()
        numbers = list(dreams)
        if numbers:
            shared = at_once or self._at_once(jobs[numbers[0]])
            for each in dream_together(list(dreams.values()), self._token, at_once=shared):
                if each.iterates:
                    yield _grown({numbers[place]: iterate for place, iterate in each.iterates.items()})
                for place in each.done:
                    yield self._keep(numbers[place], dreamers[numbers[place]], jobs[numbers[place]])
                for place, fault in each.broken.items():
                    yield DraftFailed(numbers[place], fault)
        yield Explored(len(numbers), begun - began, time.monotonic() - begun)

    def _plan(self, project: Project) -> Plan:
        named = assets_used(project)
        if named not in self._known:
            self._known[named] = self._toolbox.identities(project)
        return plan(project, None, self._known[named], device=self._toolbox.device.type)

    def _stored(self, number: int, job: SolveJob) -> DraftDone | None:
        entry = self._store.get(draft_key(job.key))
        if entry is None or entry.picture is None or entry.latents is None:
            return None
        return DraftDone(number, entry.key, entry.picture, entry.latents, True)

    def _begin(self, dreamer: Dreamer, job: SolveJob) -> None:
        """Bring a draft's canvas to the picture that it begins from; those of one seed and prompt share it."""
        which = (dreamer.project.seed, job.state.terms, job.state.begin)
        if which in self._begun:
            dreamer.canvas.restore(self._begun[which])
            return
        dreamer.begin(job.state, generator(dreamer.project.seed, "walk", "start"))
        self._begun[which] = dreamer.canvas.state()

    def _at_once(self, job: SolveJob) -> int:
        largest = max(perceptor.image_size for perceptor, _ in self._toolbox.perceptors(self._drafts[0].project))
        return max(1, PIXELS // int(job.state.parameter("cutouts") * largest**2))

    def _keep(self, number: int, dreamer: Dreamer, job: SolveJob) -> DraftEvent:
        try:
            entry = dreamer.commit_frame(draft_key(job.key), latents=True)
        except RenderError as error:
            return DraftFailed(number, error)
        assert entry.picture is not None and entry.latents is not None
        return DraftDone(number, entry.key, entry.picture, entry.latents, False)


def _grown(iterates: Mapping[int, Iterate]) -> Grown:
    pictures = {number: iterate.picture[0] for number, iterate in iterates.items()}
    totals = {number: iterate.total for number, iterate in iterates.items()}

    def losses() -> dict[int, float]:
        return dict(zip(totals, torch.stack(list(totals.values())).tolist(), strict=True))

    def previews() -> dict[int, Preview]:
        return {number: preview(picture) for number, picture in pictures.items()}

    step = max(iterate.step for iterate in iterates.values())
    return Grown(step, next(iter(iterates.values())).steps, losses, previews)
