"""Follow: each frame goes on from the stored picture before it, seen through the camera."""

from __future__ import annotations

from itertools import pairwise

import pytest

from studio.canvas.camera import move
from studio.canvas.pixels import PixelCanvas
from studio.dream.seeds import generator
from studio.project.model import Motion
from studio.render.events import FrameDone, StepDone
from studio.render.follow import camera
from studio.render.pictures import from_png, to_png
from studio.timeline.sample import sample


def done(events):
    return [event for event in events if isinstance(event, FrameDone)]


MOVES = {
    "zoom": {"zoom": {0: 1.2}},
    "pan": {"pan_x": {0: 0.25}, "pan_y": {0: -0.1}},
    "turn that begins later": {"rotate": {0: 0, 8: 40}},
}


@pytest.mark.parametrize("moves", MOVES)
@pytest.mark.parametrize("border", ["reflect", "wrap"])
def test_a_frame_begins_where_the_camera_takes_the_one_before(fakes, run, moves, border):
    """With no steps, the chain is the camera's work alone."""
    motion = Motion(mode="follow", border=border, centre_x=0.25, centre_y=0.75)
    project = fakes.project(length=4, steps=0, parameters=MOVES[moves], motion=motion)
    frames = done(run(project))
    canvas = PixelCanvas(16, 16)
    canvas.start(generator(0, "follow", "start"))
    assert frames[0].path.read_bytes() == to_png(canvas.image().detach())
    for before, after in pairwise(frames):
        view = camera(sample(project.timeline, after.frame), motion)
        canvas.encode(move(from_png(before.path), view))
        assert after.path.read_bytes() == to_png(canvas.image().detach())


def test_the_camera_is_what_the_timeline_says(fakes):
    values = {"zoom": {0: 1.5}, "pan_x": {0: 0.1}, "pan_y": {0: 0.2}, "rotate": {0: 30}}
    seen = camera(sample(fakes.project(parameters=values).timeline, 0), Motion("follow", 0, "wrap", 0.3, 0.4))
    assert (seen.zoom, seen.pan_x, seen.pan_y, seen.rotate) == (1.5, 0.1, 0.2, 30)
    assert (seen.border, seen.centre_x, seen.centre_y) == ("wrap", 0.3, 0.4)


def test_the_first_frame_begins_from_the_init_image(fakes, run):
    frame = done(run(fakes.project(length=1, mode="follow", steps=0, init_image="flower")))[0]
    canvas = PixelCanvas(16, 16)
    canvas.encode(fakes.Toolbox().picture(None, "flower"))
    assert frame.path.read_bytes() == to_png(canvas.image().detach())


def test_every_frame_draws_its_own_chance(fakes, run):
    """The same prompt, and a picture that barely changes: what differs is which cutouts are seen."""
    project = fakes.project({0: "red"}, mode="follow", steps=1, length=5, parameters={"step_size": {0: 0}})
    first = {event.frame: event.loss for event in run(project) if isinstance(event, StepDone) and event.step == 1}
    assert len(set(first.values())) == 5


def test_a_chain_comes_closer_to_its_prompt(fakes, run):
    project = fakes.project({0: "red"}, mode="follow", steps=5)
    losses = [event.loss for event in run(project) if isinstance(event, StepDone)]
    assert losses[-1] < losses[0] - 0.2
