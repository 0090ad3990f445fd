"""One dream inside a render: started or taken up, reported, laid down when it is interrupted, committed at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cached_property, partial

import torch
from torch import Tensor

from studio.base.cancel import Cancelled, CancelToken, never
from studio.base.errors import FileError, RenderError
from studio.canvas.base import Canvas, State
from studio.canvas.biggan import BigGanCanvas
from studio.canvas.collage import CollageCanvas
from studio.canvas.imagenet import ImageNetCanvas
from studio.canvas.pixels import PixelCanvas
from studio.dream import ladder
from studio.dream.arrange import arrange
from studio.dream.iterate import Iterate
from studio.dream.loop import dream
from studio.dream.prior import LatentPrior
from studio.dream.search import judge
from studio.dream.settings import DreamSettings
from studio.project.model import Project
from studio.render import recipe
from studio.render.checkpoint import EVERY, Checkpoints, pack
from studio.render.events import Event, FrameDone, FrameStarted, Notice, Preview, SolveStarted, StepDone
from studio.render.finding import Manner, Stage, found, manner
from studio.render.identity import start_of
from studio.render.manifest import Entry
from studio.render.passing import Made
from studio.render.pictures import levels, preview, to_png
from studio.render.plan import FollowJob, Plan, SolveJob, WalkJob
from studio.render.sparing import Sparing
from studio.render.store import FrameStore
from studio.render.toolbox import Toolbox
from studio.render.writing import Promise, Writer
from studio.score.objective import Objective
from studio.score.perceptor import Perceptor
from studio.score.targets import encode
from studio.timeline.sample import FrameState

CHECKPOINTS = "checkpoints"
"""The folder of checkpoints, inside the store's."""

_UNKNOWN = "Render again: it goes on where it stopped. If it stops there again, lower the step size or the size"


class Dreamer:
    """The hands of a render: one canvas on which every frame is made in turn, and the store that frames go to.

    Nothing is loaded before it is needed.

    Args:
        project: what is rendered.
        plan: how it was laid out.
        toolbox: where perceptors, canvas and pictures come from.
        store: where results go.
        token: polled at every step and at every frame.
        every: seconds between two checkpoints.
    """

    def __init__(
        self,
        project: Project,
        plan: Plan,
        toolbox: Toolbox,
        store: FrameStore,
        token: CancelToken,
        *,
        every: float = EVERY,
    ) -> None:
        self.project = project
        self.plan = plan
        self.store = store
        self.token = token
        self.checkpoints = Checkpoints(store.root / CHECKPOINTS)
        self.writer = Writer(store, self.checkpoints)
        self._toolbox = toolbox
        self._every = every
        self._pictures: dict[str, Tensor] = {}
        self._disk_complained = False

    @cached_property
    def canvas(self) -> Canvas:
        """The canvas of this render, at the size of its frames."""
        return self._toolbox.canvas(self.project, self.plan.width, self.plan.height)

    @property
    def device(self) -> torch.device:
        """Where the canvas computes."""
        return self._toolbox.device

    def begin(self, state: FrameState, generator: torch.Generator) -> None:
        """Make the canvas the first picture for `state`.

        It is the picture that the keyframe begins from, or the project's init image, or the collage or generator's
        picture that fits the prompts best, handed over to this medium, or what `generator` draws.
        """
        if picture := state.begin or self.project.init_image:
            self.canvas.encode(self._picture(picture).to(self._toolbox.device))
        elif start_of(self.project.medium) != "noise":
            begun = self.begun(state, generator)
            if begun.kind == self.canvas.kind:
                self.canvas.restore(begun.state())
            else:
                with torch.no_grad():
                    self.canvas.encode(begun.image())
        else:
            self.canvas.start(generator)

    @property
    def hands_over(self) -> bool:
        """Whether dreams begin on a canvas of another kind, whose picture is handed over to this medium."""
        medium = self.project.medium
        return not self.project.init_image and start_of(medium) not in ("noise", medium.kind)

    def beginning(self) -> CollageCanvas | BigGanCanvas | ImageNetCanvas:
        """The canvas that dreams begin on, at the size of the frames."""
        return self._toolbox.beginning(self.project, self.plan.width, self.plan.height)

    def begun(self, state: FrameState, generator: torch.Generator) -> CollageCanvas | BigGanCanvas | ImageNetCanvas:
        """That canvas with the picture that fits the prompts of `state` best."""
        canvas = self.beginning()
        if isinstance(canvas, CollageCanvas):
            arrange(canvas, recipe.wishes(state, self._shown(state)), self._perceptors, generator, self.token)
        else:
            for _ in self._found(canvas, state, generator, manner(self.project.medium)):
                pass
        return canvas

    def _found(
        self, canvas: BigGanCanvas | ImageNetCanvas, state: FrameState, generator: torch.Generator, how: Manner
    ) -> Iterator[Stage]:
        text = ", ".join(wish.text for wish in recipe.wishes(state, self._shown(state)))
        targets = [encode(state, one, self._shown(state)) for one, _ in self._perceptors]
        judged = judge(self._perceptors, targets)
        yield from found(canvas, text, judged, self._perceptors[0][0], generator, self.token, how)

    def _shown(self, state: FrameState) -> dict[str, Tensor]:
        return {name: self._picture(name) for name in recipe.pictures_in(state)}

    def to_device(self, picture: Tensor) -> Tensor:
        """The picture where the canvas computes."""
        return picture.to(self._toolbox.device)

    def dream(
        self, job: SolveJob | WalkJob | FollowJob, generator: torch.Generator, prepare: Callable[[], None]
    ) -> Iterator[Event]:
        """Dream the canvas towards a job's state for its steps; afterwards it holds the result.

        A checkpoint of the job is taken up. One is laid down every so often, when the token was fired, and when the
        iterator is closed at a step. A search by evolution alone has none: it begins again.

        Args:
            job: the frame or solve.
            generator: the only source of chance.
            prepare: brings the canvas to the picture that the dream begins from.

        Raises:
            Cancelled: the token was fired.
            RenderError: the dream broke down, or the device did.
        """
        frame, steps = job.state.frame, job.steps
        resume = self.checkpoints.load(job.key) if steps else None
        started = SolveStarted if isinstance(job, SolveJob) else FrameStarted
        yield started(frame, job.key, steps, resume.step if resume else 0)
        if steps and self._evolves(job):
            yield from self._evolved(job, generator)
            return
        if resume is None:
            prepare()
        if steps == 0:
            return
        objective, settings = self.aims(job)
        # A token of nobody's: this loop looks at the real one where a checkpoint can still be taken.
        self._sparing.plan(int(job.state.parameter("cutouts")))
        if told := self._sparing.told():
            yield Notice(told)
        iterates = dream(self.canvas, objective, settings, generator, never(), resume=resume, spare=self._sparing)
        saved = time.monotonic()
        while True:
            self.token.check()
            try:
                iterate = next(iterates, None)
            except RenderError as error:
                why = " ".join(part for part in (f"{error.what}.", error.why) if part)
                raise RenderError(f"Frame {frame} could not be rendered", why, error.fix) from error
            if told := self._sparing.told():
                yield Notice(told)
            if iterate is None:
                return
            try:
                yield self._report(frame, iterate)
            except GeneratorExit:
                self._lay_down(job.key, iterate)
                raise
            if self.token.cancelled:
                self._lay_down(job.key, iterate)
                raise Cancelled
            if time.monotonic() - saved >= self._every and iterate.step < steps:
                if notice := self._lay_down(job.key, iterate):
                    yield notice
                saved = time.monotonic()

    def _report(self, frame: int, iterate: Iterate) -> StepDone:
        terms = tuple(iterate.terms.items())
        whole = self.canvas.whole() if isinstance(self.canvas, PixelCanvas) else None

        def shown(picture: Tensor = iterate.picture) -> Preview:
            return preview((picture if whole is None else whole(picture))[0])

        return StepDone(frame, iterate.step, iterate.steps, iterate.loss, terms, shown)

    def aims(self, job: SolveJob | WalkJob | FollowJob) -> tuple[Objective, DreamSettings]:
        """What the canvas is dreamed towards for a job, and how.

        Raises:
            StudioError: a prompt cannot be read by a perceptor, or something that it names is missing.
        """
        rungs: tuple[ladder.Stage, ...] = ()
        if self._fresh(job):
            rungs = recipe.ladder(self.canvas.size)
        elif self._loses_nothing(job) and job.steps >= recipe.SHORT:
            seen = max(perceptor.image_size for perceptor, _ in self._perceptors)
            rungs = recipe.sharp_ladder(self.canvas.size, seen)
        settings = recipe.settings(job.state, job.steps, rungs=rungs, gentle=self._gentle(job))
        return self._objective(job), settings

    @torch.no_grad()
    def commit_frame(self, key: str, *, latents: bool = False) -> Entry:
        """Store what the canvas shows as the frame `key`, with its latents or without, and forget its checkpoint.

        Raises:
            FileError: it could not be written.
            RenderError: the picture has values that are no numbers.
        """
        entry = self.store.put(key, png=to_png(self.canvas.image()), latents=self._packed() if latents else None)
        self.checkpoints.discard(key)
        return entry

    @torch.no_grad()
    def made(self, *, latents: bool = False) -> Made:
        """What the canvas shows as a finished frame, with its latents or without.

        Raises:
            RenderError: the picture has values that are no numbers.
        """
        return Made(levels(self.canvas.image()), self._packed() if latents else None)

    def keep(self, job: WalkJob | FollowJob, made: Made, seconds: float) -> Promise:
        """Begin to store a frame that took `seconds`; its checkpoint is forgotten when that is done."""

        def done(entry: Entry, more: float) -> FrameDone:
            return self.done(job, entry, seconds=seconds + more)

        return Promise(self.writer.put(job.key, made), done)

    def stored(self, key: str) -> Entry | None:
        """The entry of the store; of a frame that is on its way there, when it has arrived."""
        self.writer.settle(key)
        return self.store.get(key)

    def commit_solve(self, key: str) -> State:
        """Store the canvas' state as the solve `key`, forget its checkpoint, and give the state back, on the CPU.

        Raises:
            FileError: it could not be written.
        """
        state = {name: value.cpu() for name, value in self.canvas.state().items()}
        self.store.put(key, latents=pack(state))
        self.checkpoints.discard(key)
        return state

    def done(self, job: WalkJob | FollowJob, entry: Entry, *, seconds: float | None = None) -> FrameDone:
        """The event of a frame that is in the store, made in `seconds`, or found there (None)."""
        assert entry.picture is not None, "frames are stored with a picture"
        asked = job.frame in self.plan.frames
        return FrameDone(job.frame, job.key, entry.picture, entry.pixels, seconds is None, seconds or 0.0, asked)

    def _packed(self) -> bytes:
        return pack({name: value.cpu() for name, value in self.canvas.state().items()})

    def _evolves(self, job: SolveJob | WalkJob | FollowJob) -> bool:
        """Whether the job's steps are generations of an evolution: no gradient is followed."""
        medium = self.project.medium
        alone = medium.kind == "biggan" and medium.option("search") == "cmaes"
        shown = job.state.begin or self.project.init_image
        return alone and self._first(job) and not shown and start_of(medium) == "biggan"

    def _evolved(self, job: SolveJob | WalkJob | FollowJob, generator: torch.Generator) -> Iterator[Event]:
        canvas, frame, steps = self.canvas, job.state.frame, job.steps
        assert isinstance(canvas, BigGanCanvas | ImageNetCanvas), "the medium is a BigGAN"
        for stage in self._found(canvas, job.state, generator, manner(self.project.medium, steps)):
            if stage.generation:
                with torch.no_grad():
                    shown = partial(preview, canvas.image()[0])
                yield StepDone(frame, stage.generation, steps, stage.loss, (("clip", stage.loss),), shown)

    def _fresh(self, job: SolveJob | WalkJob | FollowJob) -> bool:
        """Whether the dream begins from nothing but chance."""
        shown = job.state.begin or self.project.init_image
        return self._first(job) and not shown and start_of(self.project.medium) == "noise"

    def _loses_nothing(self, job: SolveJob | WalkJob | FollowJob) -> bool:
        """Whether the canvas may be smaller for a while: it keeps the detail, or is drawn anew, sharp at every size."""
        medium, shown = self.project.medium, job.state.begin or self.project.init_image
        arranged = self._first(job) and not shown and medium.kind == start_of(medium) == "collage"
        return arranged or medium.kind == "pixels"

    def _gentle(self, job: SolveJob | WalkJob | FollowJob) -> float:
        """How gentle a dream is that begins from a picture of its own prompt, or from what is half-way to one."""
        begun = bool(job.state.begin) and self._first(job)
        if not (self.hands_over or begun):
            return 1.0
        gentle = recipe.GENTLE[self.project.medium.kind]
        # the frames that follow have to reach other prompts from where they are
        return gentle if self._first(job) or isinstance(job, WalkJob) else gentle**0.5

    @staticmethod
    def _first(job: SolveJob | WalkJob | FollowJob) -> bool:
        """Whether there was no dream before it."""
        return isinstance(job, SolveJob) or (isinstance(job, FollowJob) and not job.previous)

    def _objective(self, job: SolveJob | WalkJob | FollowJob) -> Objective:
        start = self.project.init_image
        anchor = self._picture(start) if start else None
        shown = self._shown(job.state)
        kind, colours = self.project.medium.kind, self.project.colours
        wanted = recipe.objective(job.state, self._perceptors, kind, shown, anchor, colours)
        return wanted + LatentPrior(self.canvas) if isinstance(self.canvas, ImageNetCanvas) else wanted

    @cached_property
    def _sparing(self) -> Sparing:
        return Sparing(self.canvas, [one for one, _ in self._perceptors])

    @cached_property
    def _perceptors(self) -> tuple[tuple[Perceptor, float], ...]:
        return self._toolbox.perceptors(self.project)

    def _picture(self, asset: str) -> Tensor:
        if asset not in self._pictures:
            self._pictures[asset] = self._toolbox.picture(self.project, asset)
        return self._pictures[asset]

    def _lay_down(self, key: str, iterate: Iterate) -> Notice | None:
        """Save a checkpoint. A disk that refuses it costs time later, and nothing now: that is said once."""
        try:
            self.checkpoints.save(key, iterate.checkpoint())
        except FileError as error:
            if self._disk_complained:
                return None
            self._disk_complained = True
            return Notice(f"The frame in progress could not be saved, so an interruption would lose it. {error}")
        return None
