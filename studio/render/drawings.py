"""Rendered frames of the medium strokes as SVG: one frame as a drawing, several as a film.

On a walk a stroke glides from keyframe to keyframe as it does from frame to frame, however often a screen shows it. A
follow changes at every frame, as it was dreamed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from studio.base.errors import RenderError
from studio.canvas.drawing import Drawing
from studio.canvas.stroke_pairing import paired
from studio.canvas.stroke_svg import Scene, film, still
from studio.canvas.strokes import of_state
from studio.render.checkpoint import unpack
from studio.render.plan import Plan, WalkJob
from studio.render.store import FrameStore


def svg(plan: Plan, store: FrameStore, rate: float, note: str = "", *, loop: bool = True) -> str:
    """The frames asked for as an SVG file.

    Args:
        plan: of a project whose medium is strokes; all its frames are in the store.
        store: where they are.
        rate: frames a second.
        note: XML to put in before the drawing.
        loop: whether a film plays for ever.

    Raises:
        RenderError: a frame is not stored, or not as strokes.
    """
    jobs = [job for job in plan.jobs if job.frame in plan.frames]
    drawings = [_stored(job.key, job.frame, store) for job in jobs]
    width, height = plan.width, plan.height
    if len(set(plan.keys)) == 1:
        return still(drawings[0], width, height, note)
    walk = [job for job in jobs if isinstance(job, WalkJob)]
    if walk:
        scenes = list(_scenes(walk, drawings, rate, plan, store))
    else:
        times = [number / rate for number in range(len(jobs))]
        scenes = [Scene(times, drawings, len(jobs) / rate, gliding=False)]
    return film(scenes, width, height, note, loop=loop)


def _stored(key: str, frame: int, store: FrameStore) -> Drawing:
    entry = store.get(key)
    try:
        if entry is not None and entry.latents is not None:
            return of_state(unpack(entry.latents.read_bytes()))
    except (OSError, ValueError, KeyError):
        pass
    raise RenderError(
        f"Frame {frame} cannot be written as a drawing",
        "It is not stored as strokes",
        "Empty the frame cache, and render it again",
    )


def _scenes(
    jobs: Sequence[WalkJob], drawings: Sequence[Drawing], rate: float, plan: Plan, store: FrameStore
) -> Iterator[Scene]:
    """Scenes of rest and of gliding by turns. A stroke is followed from one keyframe's frame up to the next one's."""
    for (start, stop), run in groupby(range(len(jobs)), key=lambda number: (jobs[number].start, jobs[number].end)):
        numbers = list(run)
        begin, after = numbers[0], numbers[-1] + 1
        seen, times = [drawings[number] for number in numbers], [number / rate for number in numbers]
        if start == stop:
            leaves = after < len(jobs) and jobs[after].start == start
            end = (after - leaves) / rate
            if end > times[0]:
                yield Scene(times[:1], seen[:1], end)
            continue
        frame = jobs[begin].frame
        first, last = paired(_stored(start, frame, store), _stored(stop, frame, store), plan.width, plan.height)
        if begin and jobs[begin - 1].end == start:
            seen, times = [first, *seen], [(begin - 1) / rate, *times]
        if jobs[after % len(jobs)].start == stop:
            seen, times = [*seen, last], [*times, after / rate]
        yield Scene(times, seen, after / rate)
