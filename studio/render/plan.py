"""What must be rendered: a project and a range of frames become jobs, each with the key of its result. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from studio.base.errors import InputError
from studio.project.canonical import JSON
from studio.project.limits import SIDE_MIN, STEPS
from studio.project.model import Project
from studio.render.keys import CAMERA, Hasher, Identities
from studio.render.segments import Between, places
from studio.timeline.parameters import PARAMETERS
from studio.timeline.sample import FrameState, begin_held, sample
from studio.timeline.time import FrameRange

Quality = Literal["final", "draft"]
"""A draft has half the width and height, and half the steps, rounded up."""

LEAD_IN = "lead_in"
"""The parameter track that says for how many steps a chain's first frame is dreamed; without it, 3 times `steps`."""

_LEAD_IN_FACTOR = 3

_SEARCHED = frozenset({"search", "population"})  # the options that say how latents are found


@dataclass(frozen=True, slots=True)
class SolveJob:
    """A walk's keyframe: from the shared start, `steps` towards `state`. `state.frame` is the first that needs it."""

    key: str
    state: FrameState
    steps: int


@dataclass(frozen=True, slots=True)
class WalkJob:
    """A walk's frame.

    Attributes:
        frame: its number.
        key: what its picture is stored by.
        start: key of the solve that it leaves.
        end: key of the solve that it nears; equal to `start` when it shows that one.
        mix: how far it is, 0 to below 1.
        state: what it is refined towards.
        steps: of refinement; 0 where it shows a solve.
    """

    frame: int
    key: str
    start: str
    end: str
    mix: float
    state: FrameState
    steps: int

    @property
    def solves(self) -> tuple[str, ...]:
        """The keys of the solves that it is made of."""
        return (self.start,) if self.start == self.end else (self.start, self.end)


@dataclass(frozen=True, slots=True)
class FollowJob:
    """A frame of a chain.

    Attributes:
        frame: its number.
        key: what its picture is stored by.
        previous: key of the frame before it; empty for the first, and for one that begins from a picture of its own.
        state: what it is dreamed towards, and how the camera moves to it.
        steps: of its dream.
    """

    frame: int
    key: str
    previous: str
    state: FrameState
    steps: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A render laid out.

    Attributes:
        width: of its frames, in pixels.
        height: of its frames, in pixels.
        frames: those asked for.
        jobs: one for each frame asked for; in a chain also those before them. In order of frames.
        solves: the keyframes that a walk's frames are made of, each once.
        notes: what the artist should know, in full sentences.
    """

    width: int
    height: int
    frames: FrameRange
    jobs: tuple[WalkJob | FollowJob, ...]
    solves: tuple[SolveJob, ...]
    notes: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the frames asked for, in their order; equal ones are equal pictures."""
        return tuple(job.key for job in self.jobs if job.frame in self.frames)


@dataclass(frozen=True, slots=True)
class Work:
    """What is still to be done.

    Attributes:
        frames: how many to make.
        reused: how many of those asked for need no making of their own.
        steps: of the optimiser in all of it.
    """

    frames: int
    reused: int
    steps: int


def plan(
    project: Project,
    frames: FrameRange | None,
    identities: Identities,
    *,
    quality: Quality = "final",
    device: str = "cpu",
    deterministic: bool = False,
) -> Plan:
    """Lay out the rendering of `frames` (None: the timeline's own range).

    Raises:
        InputError: there is no prompt, or the frames are not all on the timeline.
        AssetError: a prompt or the init image refers to a picture that the project does not have.
    """
    timeline = project.timeline
    frames = frames or timeline.frames
    if frames.stop > timeline.length:
        raise InputError(
            f"The frames {frames} cannot be rendered",
            f"The timeline has {timeline.length} frames, 0 to {timeline.length - 1}",
            f"Ask for frames within 0:{timeline.length}",
        )
    if not any(track.track.keys for track in timeline.prompts if not track.muted):
        raise InputError(
            f"There is nothing to dream in {project.name}",
            "No prompt track that is not muted has a keyframe",
            "Write a prompt at frame 0, or unmute a track",
        )
    draft = quality == "draft"
    size = frame_size(project, quality)
    hasher = Hasher(project, identities, size=size, device=device, deterministic=deterministic)
    if project.motion.mode == "walk":
        walk, solves = _walk(project, frames, hasher, draft)
        return Plan(*size, frames, walk, solves, _notes(project, frames, identities))
    chain = tuple(_chain(project, frames.stop, hasher, draft))
    return Plan(*size, frames, chain, (), _notes(project, frames, identities))


def frame_size(project: Project, quality: Quality) -> tuple[int, int]:
    """(width, height) in pixels of every frame of a render."""
    if quality == "draft":
        return max(SIDE_MIN, project.width // 2), max(SIDE_MIN, project.height // 2)
    return project.width, project.height


def work(plan: Plan, has: Callable[[str], bool]) -> Work:
    """What is left to do where `has` tells which keys are stored already."""
    todo: dict[str, WalkJob | FollowJob] = {}
    needed: set[str] = set()
    for job in reversed(plan.jobs):
        if (job.frame in plan.frames or job.key in needed) and job.key not in todo and not has(job.key):
            todo[job.key] = job
            needed.update(job.solves if isinstance(job, WalkJob) else (job.previous,))
    solves = [solve for solve in plan.solves if solve.key in needed and not has(solve.key)]
    asked = sum(job.frame in plan.frames for job in todo.values())
    steps = sum(job.steps for job in (*todo.values(), *solves))
    return Work(len(todo), len(plan.frames) - asked, steps)


def _walk(
    project: Project, frames: FrameRange, hasher: Hasher, draft: bool
) -> tuple[tuple[WalkJob, ...], tuple[SolveJob, ...]]:
    timeline = project.timeline
    refine = _steps(project.motion.refine, draft)
    solved: dict[int, SolveJob] = {}
    solves: dict[str, SolveJob] = {}

    def solve(frame: int) -> str:
        if frame not in solved:
            state = sample(timeline, frame)
            if frame in (0, timeline.length - 1):
                # at its ends a film holds a key: what that one begins from is what the hold begins from
                state = replace(state, begin=begin_held(timeline, frame))
            steps = _steps(state.parameter("steps"), draft)
            solved[frame] = SolveJob(hasher.solve(state, steps), state, steps)
            solves.setdefault(solved[frame].key, solved[frame])
        return solved[frame].key

    def job(place: Between) -> WalkJob:
        start, end, mix = solve(place.start), solve(place.end), place.mix
        if mix == 1:
            start, mix = end, 0.0
        if mix == 0 or start == end:
            end, mix = start, 0.0
        state = sample(timeline, place.frame)
        if start == end:
            return WalkJob(place.frame, hasher.rest(start), start, end, mix, state, 0)
        key = hasher.between(start, end, mix, state, refine)
        return WalkJob(place.frame, key, start, end, mix, state, refine)

    jobs = tuple(job(place) for place in places(timeline, frames))
    used = {key for each in jobs for key in each.solves}
    return jobs, tuple(each for key, each in solves.items() if key in used)


def _chain(project: Project, stop: int, hasher: Hasher, draft: bool) -> Iterator[FollowJob]:
    motion = project.motion
    view: dict[str, JSON] = {"border": motion.border, "centre": [float(motion.centre_x), float(motion.centre_y)]}
    previous = ""
    for frame in range(stop):
        state = sample(project.timeline, frame)
        if frame and not state.begin:
            steps = _steps(state.parameter("steps"), draft)
            key = hasher.following(previous, state, steps, view)
        else:
            previous, steps = "", _steps(_lead_in(state), draft)
            key = hasher.first(state, steps)
        yield FollowJob(frame, key, previous, state, steps)
        previous = key


def _earlier(start: int, begun: set[int]) -> str:
    anew = max((frame for frame in begun if frame < start), default=0)
    return f"the frames from {anew} to {start - 1}" if anew else f"the frames before {start}"


def _lead_in(state: FrameState) -> float:
    value = dict(state.parameters).get(LEAD_IN, _LEAD_IN_FACTOR * state.parameter("steps"))
    return min(max(value, 0.0), float(STEPS))


def _steps(steps: float, draft: bool) -> int:
    return math.ceil(round(steps) / 2) if draft else round(steps)


def _notes(project: Project, frames: FrameRange, identities: Identities) -> tuple[str, ...]:
    timeline = project.timeline
    following = project.motion.mode == "follow"
    notes = []
    names = {track.name for track in timeline.parameters if not track.muted and track.track.keys}
    moving = ", ".join(PARAMETERS[name].label for name in sorted(names.intersection(CAMERA)))
    if moving and not following:
        notes.append(f"A walk has no camera: {moving} change nothing. Choose the motion mode follow to move it.")
    if moving and following and identities.still:
        notes.append(
            f"A published BigGAN cannot move what it draws: {moving} change nothing. Choose Keydream's own BigGAN, or "
            "another medium, to move the camera."
        )
    if project.medium.options.keys() & _SEARCHED and (project.init_image or project.medium.start not in ("", "biggan")):
        notes.append(
            "Nothing is searched where a dream begins from another picture: the options of the search change nothing."
        )
    if following and timeline.loop:
        notes.append(
            "A chain of frames does not come back to its first frame; choose the motion mode walk for a seamless loop."
        )
    begun = {key.frame for track in timeline.prompts if not track.muted for key in track.track.keys if key.value.begin}
    if following and frames.start and frames.start not in begun:
        notes.append(
            f"Each frame goes on from the one before it, so {_earlier(frames.start, begun)} are rendered as well."
        )
    known = {*PARAMETERS, LEAD_IN} if following else PARAMETERS.keys()
    for name in sorted(names.difference(known)):
        notes.append(f"The parameter track {name} changes nothing here.")
    return tuple(notes)
