"""Follow: every frame starts from the picture before it, moved by the camera, and is dreamed on.

What a frame hands on is its stored picture, 8 bit and all: so a chain that was interrupted goes on from exactly what an
uninterrupted one would have gone on from. It comes from memory, while another thread writes it. A BigGAN would find a
moved picture again badly, and strokes would blur: there, a frame hands on its latents, see `studio.render.carrying`.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import cast

from studio.canvas.biggan import BigGanCanvas
from studio.canvas.camera import Border, Camera, move
from studio.canvas.imagenet import ImageNetCanvas
from studio.canvas.strokes import StrokeCanvas
from studio.dream.seeds import generator
from studio.project.model import Motion
from studio.render.carrying import Carrying, kept, moved_strokes
from studio.render.dreaming import Dreamer
from studio.render.events import Event
from studio.render.passing import Found, Made, Passed
from studio.render.plan import FollowJob
from studio.render.writing import Promise
from studio.timeline.sample import FrameState


def follow(dreamer: Dreamer) -> Generator[Event | Promise, None, None]:
    """Make the frames of a chain that are not in the store yet, and those before them that they need.

    At a keyframe that begins from a picture of its own, the chain begins anew.

    Raises:
        Cancelled: the token was fired.
        StudioError: a frame could not be made or stored; those before it are kept.
    """
    plan = dreamer.plan
    jobs = [job for job in plan.jobs if isinstance(job, FollowJob)]
    carrying: Carrying | None = None
    last: tuple[str, Made] | None = None

    def known(key: str) -> Passed | None:
        if last is not None and last[0] == key:
            return last[1]
        return None if (entry := dreamer.stored(key)) is None else Found(entry)

    for frame in plan.frames:
        dreamer.token.check()
        if (entry := dreamer.stored(jobs[frame].key)) is not None:
            yield dreamer.done(jobs[frame], entry)
            continue
        first, previous = frame, None
        while jobs[first].previous and (previous := known(jobs[first].previous)) is None:
            first -= 1
        if carrying is None and isinstance(dreamer.canvas, BigGanCanvas):
            carrying = Carrying(dreamer, dreamer.canvas)
        for job in jobs[first : frame + 1]:
            before = jobs[job.frame - 1].state if previous is not None else None
            previous = yield from _make(job, previous, before, dreamer, carrying)
            last = job.key, previous


def camera(state: FrameState, motion: Motion) -> Camera:
    """How the picture moves on its way to the frame of `state`."""
    return Camera(
        zoom=state.parameter("zoom"),
        pan_x=state.parameter("pan_x"),
        pan_y=state.parameter("pan_y"),
        rotate=state.parameter("rotate"),
        centre_x=motion.centre_x,
        centre_y=motion.centre_y,
        border=cast("Border", motion.border),
    )


def _make(
    job: FollowJob, previous: Passed | None, before: FrameState | None, dreamer: Dreamer, carrying: Carrying | None
) -> Generator[Event | Promise, None, Made]:
    seed = dreamer.project.seed
    view = camera(job.state, dreamer.project.motion)

    def prepare() -> None:
        if previous is None:
            dreamer.begin(job.state, generator(seed, "follow", "start"))
        elif carried is not None:
            dreamer.canvas.restore(carried)
        else:
            dreamer.canvas.encode(move(dreamer.to_device(previous.picture()), view))

    dreamer.token.check()
    began = time.monotonic()
    carried = None
    if carrying is not None and previous is not None and before is not None:
        carried = carrying.next(previous, before, job.state, view)
    elif previous is not None and isinstance(dreamer.canvas, ImageNetCanvas):
        carried = kept(dreamer.canvas, previous)
    elif previous is not None and isinstance(dreamer.canvas, StrokeCanvas):
        carried = moved_strokes(dreamer.canvas, previous, view)
    # where a chain begins anew, its picture is that of its key, wherever the key stands
    yield from dreamer.dream(job, generator(seed, "follow", job.frame if job.previous else 0), prepare)
    if carried is not None and isinstance(dreamer.canvas, BigGanCanvas):
        dreamer.canvas.retake(carried)  # or the dream would take back what the camera did
    generated = isinstance(dreamer.canvas, BigGanCanvas | ImageNetCanvas | StrokeCanvas)
    made = dreamer.made(latents=generated)
    yield dreamer.keep(job, made, time.monotonic() - began)
    return made
