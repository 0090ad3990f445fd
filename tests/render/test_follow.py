"""Follow: each frame goes on from the stored picture before it, seen through the camera."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from studio.canvas.camera import move
from studio.canvas.pixels import PixelCanvas
from studio.canvas.placement import moved
from studio.canvas.strokes import StrokeCanvas
from studio.dream.seeds import generator
from studio.project.model import Medium, Motion
from studio.render import passing
from studio.render.checkpoint import unpack
from studio.render.events import FrameDone, StepDone
from studio.render.follow import camera
from studio.render.pictures import from_png, to_png
from studio.render.session import render
from studio.render.store import FrameStore
from studio.timeline.beginnings import begin_at
from studio.timeline.edits import move_keys
from studio.timeline.model import KeyRef, TrackRef
from studio.timeline.sample import sample
from studio.timeline.time import FrameRange


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


def test_the_frame_before_comes_from_memory_where_this_render_made_it(fakes, run, store, monkeypatch):
    """Its picture or its latents: no file of the store is read for it, and the frames are the same."""
    drawn = fakes.project(mode="follow", steps=1, length=4)
    for project in (drawn, replace(drawn, medium=Medium("strokes", "", "noise", {"strokes": 3}))):
        toolbox = fakes.Toolbox()
        if project is not drawn:
            toolbox.canvas = lambda project, width, height: StrokeCanvas(width, height, strokes=3)
        with monkeypatch.context() as patch:
            patch.setattr(passing.Found, "picture", lambda self: pytest.fail("the picture was read"))
            patch.setattr(passing.Found, "state", lambda self: pytest.fail("the latents were read"))
            whole = done(run(project, toolbox=toolbox))
        for frame in whole[2:]:
            store.remove(frame.key)
        rest = done(run(project, toolbox=toolbox))
        assert [frame.reused for frame in rest] == [True, True, False, False]
        assert [frame.pixels for frame in rest] == [frame.pixels for frame in whole]


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


def test_a_chain_begins_anew_from_the_picture_of_a_keyframe(fakes, run, tmp_path):
    project = fakes.project(mode="follow", steps=0, init_image="tree", parameters={"zoom": {0: 1.2}})
    project = replace(project, timeline=begin_at(4, "flower").apply(project.timeline))
    frames = done(run(project))
    canvas = PixelCanvas(16, 16)
    canvas.encode(fakes.Toolbox().picture(None, "flower"))
    assert frames[4].path.read_bytes() == to_png(canvas.image().detach())
    canvas.encode(move(from_png(frames[4].path), camera(sample(project.timeline, 5), project.motion)))
    assert frames[5].path.read_bytes() == to_png(canvas.image().detach())


def test_from_there_on_nothing_before_is_needed(fakes, run, tmp_path):
    project = fakes.project(mode="follow", steps=2)
    project = replace(project, timeline=begin_at(4, "flower").apply(project.timeline))
    whole = done(run(project))
    other = FrameStore(tmp_path / "other")
    alone = done(render(project, fakes.Toolbox(), other, frames=FrameRange(6, 7)))
    assert [event.frame for event in alone] == [4, 5, 6]
    assert [event.pixels for event in alone] == [event.pixels for event in whole[4:7]]
    moved = move_keys([KeyRef(TrackRef("prompt", "main"), 4)], 1).apply(project.timeline)
    third = FrameStore(tmp_path / "third")
    later = done(render(replace(project, timeline=moved), fakes.Toolbox(), third, frames=FrameRange(5, 6)))
    assert later[0].pixels == whole[4].pixels, "the picture of a key goes with it"


def test_every_frame_draws_its_own_chance(fakes, run):
    """The same prompt, and a picture that barely changes: what differs is which cutouts are seen."""
    project = fakes.project({0: "red"}, mode="follow", steps=1, length=5, parameters={"step_size": {0: 0}})
    first = {event.frame: event.loss for event in run(project) if isinstance(event, StepDone) and event.step == 1}
    assert len(set(first.values())) == 5


def test_a_chain_comes_closer_to_its_prompt(fakes, run):
    project = fakes.project({0: "red"}, mode="follow", steps=5)
    losses = [event.loss for event in run(project) if isinstance(event, StepDone)]
    assert losses[-1] < losses[0] - 0.2


@pytest.fixture
def starter():
    """Renders a BigGAN's chain on the shipped models; gives the store's entries in order."""
    from studio.render.session import render
    from studio.render.toolbox import LocalToolbox

    def rendered(project, store, **options):
        events = list(render(project, LocalToolbox(Path(), torch.device("cpu")), store, **options))
        return [store.get(event.key) for event in done(events)]

    return rendered


def biggan(fakes, **options):
    options = {"length": 3, "steps": 1, "parameters": {"zoom": {0: 1.1}, "pan_x": {0: 0.02}}} | options
    return fakes.project(
        {0: "an apple"}, mode="follow", medium=Medium("biggan", start="noise"), perceptors=(), **options
    )


def test_a_biggan_goes_on_from_its_latents_and_the_camera_alone_moves_the_thing(fakes, store, starter):
    project = biggan(fakes)
    entries = starter(project, store)
    states = [unpack(entry.latents.read_bytes()) for entry in entries]
    for frame, (before, after) in enumerate(pairwise(states), 1):
        view = camera(sample(project.timeline, frame), project.motion)
        assert torch.allclose(after["place"], moved(before["place"], view, 16, 16), atol=1e-6)
        assert 0 < float((after["things"] - before["things"]).abs().max()) < 0.2  # a step away, not found anew


def test_a_biggans_chain_goes_on_where_it_was_left(fakes, store, starter, tmp_path):
    whole = starter(biggan(fakes), store)
    other = FrameStore(tmp_path / "other")
    starter(biggan(fakes), other, frames=FrameRange(0, 2))
    assert [entry.pixels for entry in starter(biggan(fakes), other)] == [entry.pixels for entry in whole]


def test_a_biggan_whose_latents_are_gone_finds_the_picture_again(fakes, store, starter):
    starter(biggan(fakes), store, frames=FrameRange(0, 1))
    project = biggan(fakes)
    for file in store.root.rglob("*.safetensors"):
        file.write_bytes(b"")
    entries = starter(project, store)
    assert len(entries) == 3


def test_strokes_follow_as_strokes_and_a_chain_that_was_cut_goes_on_the_same(fakes, run, store, tmp_path):
    class Toolbox(fakes.Toolbox):
        def canvas(self, project, width, height):
            return StrokeCanvas(width, height, strokes=10)

    medium = Medium("strokes", start="noise")
    project = fakes.project(length=4, steps=1, parameters=MOVES["zoom"], medium=medium, motion=Motion(mode="follow"))
    whole = done(run(project, toolbox=Toolbox()))
    held = [unpack(store.get(event.key).latents.read_bytes()) for event in whole]
    assert float((held[1]["widths"] - held[0]["widths"]).median()) == pytest.approx(math.log(1.2), abs=0.05)
    other = FrameStore(tmp_path / "other")
    list(render(project, Toolbox(), other, frames=FrameRange(0, 2)))
    again = done(list(render(project, Toolbox(), other)))
    assert [event.pixels for event in again] == [event.pixels for event in whole]
