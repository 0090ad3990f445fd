"""Walk: solves share their start, frames between are blends, a loop closes, a hold jumps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from PIL import Image, ImageDraw

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import RenderError
from studio.canvas.collage import CollageCanvas
from studio.canvas.pack import read_pack
from studio.canvas.pixels import PixelCanvas
from studio.canvas.strokes import StrokeCanvas
from studio.dream.seeds import generator
from studio.project.model import Medium
from studio.render import recipe, walk
from studio.render.checkpoint import pack, unpack
from studio.render.events import FrameDone, Notice, SolveDone, SolveStarted, StepDone
from studio.render.pictures import from_png, to_png
from studio.render.session import render
from studio.render.store import FrameStore
from studio.render.toolbox import LocalToolbox
from studio.timeline.beginnings import begin_at
from studio.timeline.easing import Ease
from studio.timeline.time import FrameRange

CYAN = (0.0, 1.0, 1.0)


def done(events):
    return [event for event in events if isinstance(event, FrameDone)]


def states(events, store):
    solves = [event for event in events if isinstance(event, SolveDone)]
    return {event.frame: unpack(store.get(event.key).latents.read_bytes()) for event in solves}


def test_frames_between_are_blends_of_the_solves(fakes, run, store):
    events = run(fakes.project(ease=Ease.BOTH))
    solved = states(events, store)
    canvas = PixelCanvas(16, 16)
    for frame, a, b, t in (
        (0, 0, 4, 0.0),
        (1, 0, 4, 0.25),
        (3, 0, 4, 0.75),
        (4, 4, 8, 0.0),
        (6, 4, 8, 0.5),
        (8, 8, 8, 0.0),
    ):
        canvas.restore(canvas.blend(solved[a], solved[b], Ease.BOTH.at(t)))
        assert done(events)[frame].path.read_bytes() == to_png(canvas.image().detach())


def test_every_solve_begins_from_the_same_picture(fakes, run):
    """With no steps the solves are that picture: the seed's own, or the init image."""
    events = run(fakes.project(steps=0))
    assert len({event.pixels for event in done(events)}) == 1
    canvas = PixelCanvas(16, 16)
    canvas.start(generator(0, "walk", "start"))
    assert done(events)[0].path.read_bytes() == to_png(canvas.image().detach())
    pictured = run(fakes.project(steps=0, init_image="tree"))
    canvas.encode(fakes.Toolbox().picture(None, "tree"))
    assert done(pictured)[0].path.read_bytes() == to_png(canvas.image().detach())


def test_a_keyframe_begins_from_its_own_picture_before_any_other(fakes, run, store):
    project = fakes.project(steps=0, init_image="tree")
    project = replace(project, timeline=begin_at(4, "flower").apply(project.timeline))
    events = run(project)
    solved = states(events, store)
    canvas = PixelCanvas(16, 16)
    canvas.encode(fakes.Toolbox().picture(None, "flower"))
    assert done(events)[4].path.read_bytes() == to_png(canvas.image().detach())
    canvas.encode(fakes.Toolbox().picture(None, "tree"))
    assert done(events)[0].pixels == done(events)[8].pixels
    assert done(events)[8].path.read_bytes() == to_png(canvas.image().detach())
    canvas.restore(canvas.blend(solved[0], solved[4], 0.25))
    assert done(events)[1].path.read_bytes() == to_png(canvas.image().detach())


def test_it_is_dreamed_on_gently(fakes, run, monkeypatch):
    asked, settings = [], recipe.settings

    def noted(state, steps, **options):
        asked.append((state.frame, options))
        return settings(state, steps, **options)

    monkeypatch.setattr(recipe, "settings", noted)
    monkeypatch.setattr(recipe, "SMALLEST_RUNG", 8)
    project = fakes.project(steps=2)
    run(replace(project, timeline=begin_at(4, "flower").apply(project.timeline)))
    usual = {"rungs": recipe.ladder((16, 16)), "gentle": 1.0}
    assert len(usual["rungs"]) == 2
    assert asked == [(0, usual), (4, {"rungs": (), "gentle": recipe.GENTLE["pixels"]}), (8, usual)]


def test_solves_go_where_their_prompts_are(fakes, run, store):
    toolbox = fakes.Toolbox()
    events = run(fakes.project(steps=40), toolbox=toolbox)
    texts = toolbox.perceptor.embed_text(["red", "green", "blue"])
    pictures = torch.cat([from_png(done(events)[frame].path) for frame in (0, 4, 8)])
    seen = toolbox.perceptor.embed_image(torch.nn.functional.avg_pool2d(pictures, 2))
    assert (seen @ texts.T).argmax(dim=1).tolist() == [0, 1, 2]


def test_refinement_goes_on_from_the_blend(fakes, run, store):
    plain, refined = run(fakes.project()), run(fakes.project(refine=2))
    assert not [event for event in refined if isinstance(event, SolveStarted)], "the solves are the same and reused"
    same = [a.pixels == b.pixels for a, b in zip(done(plain), done(refined), strict=True)]
    assert same == [True, False, False, False, True, False, False, False, True]
    for before, after in zip(done(plain), done(refined), strict=True):
        assert (from_png(before.path) - from_png(after.path)).abs().max() < 0.25, "a few steps change a little"


def test_a_hold_stays_and_jumps(fakes, run):
    events = run(fakes.project(ease=Ease.HOLD, refine=3))
    frames = done(events)
    assert len({event.pixels for event in frames[:4]}) == 1 and len({event.pixels for event in frames[4:8]}) == 1
    assert len({frames[0].pixels, frames[4].pixels, frames[8].pixels}) == 3
    assert [event.reused for event in frames] == [False, True, True, True, False, True, True, True, False]
    assert frames[0].path == frames[3].path


def test_a_loop_closes(fakes, run, store):
    """Its last frame is one step from its first, on the way back from the last solve."""
    events = run(fakes.project({0: "red", 3: "green", 6: "blue"}, loop=True))
    solved = states(events, store)
    canvas = PixelCanvas(16, 16)
    for frame, t in ((7, 1 / 3), (8, 2 / 3)):
        canvas.restore(canvas.blend(solved[6], solved[0], t))
        assert done(events)[frame].path.read_bytes() == to_png(canvas.image().detach())
    shown = [from_png(event.path) for event in done(events)]
    steps = [float((b - a).abs().mean()) for a, b in zip(shown, [*shown[1:], shown[0]], strict=True)]
    assert steps[-1] == pytest.approx(sum(steps[6:]) / 3, rel=0.3), "the seam is as small as the steps beside it"


def test_a_stored_solve_of_another_shape_is_solved_again(fakes, run, store):
    project = fakes.project()
    events = run(project)
    solve = next(event for event in events if isinstance(event, SolveDone))
    for event in done(events):
        store.remove(event.key)
    for wrong in (PixelCanvas(8, 8).state() | {"more": torch.zeros(1)}, {"size": torch.zeros(2)}):
        store.put(solve.key, latents=pack(wrong))
        store.remove(done(events)[0].key)
        again = run(project)
        assert [event.frame for event in again if isinstance(event, SolveDone)] == [0]
        assert done(again)[0].pixels == done(events)[0].pixels


def test_a_checkpoint_the_disk_refuses_is_said_once(fakes, run, monkeypatch):
    from studio.base.errors import FileError
    from studio.render.checkpoint import Checkpoints

    def refuse(self, key, state):
        raise FileError("checkpoint could not be written", "The disk is full", "Free some space")

    monkeypatch.setattr(Checkpoints, "save", refuse)
    events = run(fakes.project(), checkpoint_every=0)
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert len(notices) == 1 and "disk is full" in notices[0] and "Free some space" in notices[0]
    assert len(done(events)) == 9, "the render goes on"
    assert len([event for event in events if isinstance(event, StepDone)]) == 9


@pytest.fixture(scope="module")
def cutouts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cutouts")
    for name, colour in {"red": "red", "green": "lime", "blue": "blue"}.items():
        picture = Image.new("RGBA", (40, 40))
        ImageDraw.Draw(picture).ellipse((2, 2, 37, 37), fill=colour)
        picture.save(folder / f"{name}.png")
    return read_pack(folder)


def share_of_cyan(events):
    shown = torch.cat([from_png(event.path) for event in done(events)])
    return ((shown - torch.tensor(CYAN).reshape(1, 3, 1, 1)).abs().amax(1) < 0.02).float().mean((1, 2)).tolist()


@pytest.fixture
def begun(fakes, cutouts):
    """Tools with which dreams begin from collages."""

    class Toolbox(fakes.Toolbox):
        def beginning(self, project, width, height):
            return CollageCanvas(cutouts, width, height)

    return Toolbox


def test_keyframes_begin_from_collages_and_what_is_between_is_one_too(fakes, run, begun):
    """What is half-way shows each thing once, with the look that it was dreamed to, and no mixture of both."""
    project = fakes.project({0: "red", 8: "blue"}, steps=0, medium=Medium("pixels", start="collage"))
    project = replace(project, width=48, height=48)
    events = run(project, toolbox=begun())
    shown = torch.cat([from_png(event.path) for event in done(events)])
    assert not [event for event in events if isinstance(event, StepDone)]
    red = (shown[:, 0] > 0.9) & (shown[:, 1:].amax(1) < 0.1)
    blue = (shown[:, 2] > 0.9) & (shown[:, :2].amax(1) < 0.1)
    many = 40
    assert [int(each.sum()) > many for each in red][:5] == [True] * 5
    assert [int(each.sum()) > many for each in blue][4:] == [True] * 5
    assert int(red[8].sum()) == int(blue[0].sum()) == 0
    steps = [float((b - a).abs().mean()) for a, b in pairwise(shown)]
    assert max(steps) < 0.45 * float((shown[0] - shown[8]).abs().mean()), "no frame jumps"


def test_a_collage_finds_its_places_on_a_small_canvas_and_comes_out_sharp(fakes, run, cutouts, monkeypatch):
    class Toolbox(fakes.Toolbox):
        def canvas(self, project, width, height):
            return CollageCanvas(cutouts, width, height)

        def beginning(self, project, width, height):
            return CollageCanvas(cutouts, width, height)

    project = replace(fakes.project({0: "red"}, length=1, steps=10, medium=Medium("collage")), width=48, height=48)
    sizes = []
    original = CollageCanvas.image

    def image(self):
        if torch.is_grad_enabled():
            sizes.append(self.size[0])
        return original(self)

    monkeypatch.setattr(CollageCanvas, "image", image)
    (frame,) = done(run(project, toolbox=Toolbox()))
    assert sizes == [24] * 6 + [48] * 4
    assert from_png(frame.path).shape[-2:] == (48, 48)
    sizes.clear()
    run(replace(project, init_image="tree"), toolbox=Toolbox())
    assert sizes == [48] * 10, "a picture would be blurred on the way"


def test_a_frame_between_collages_needs_no_neighbour(fakes, run, begun, tmp_path):
    project = fakes.project({0: "red", 8: "blue"}, steps=2, refine=1, medium=Medium("pixels", start="collage"))
    whole = done(run(project, toolbox=begun()))
    other = FrameStore(tmp_path / "other")
    alone = list(render(project, begun(), other, frames=FrameRange(5, 6)))
    assert done(alone)[0].pixels == whole[5].pixels


def test_a_bare_start_stays(fakes, run, begun):
    noise = fakes.project(steps=0)
    assert len({event.pixels for event in done(run(noise, toolbox=begun()))}) == 1
    pictured = fakes.project(steps=0, init_image="tree", medium=Medium("pixels", start="collage"))
    assert len({event.pixels for event in done(run(pictured, toolbox=begun()))}) == 1, "an init image goes before"


def test_a_picture_of_ones_own_comes_and_goes_whole_and_is_never_half_there(fakes, run, begun):
    class Toolbox(begun):
        def picture(self, project, asset):
            return torch.tensor(CYAN).reshape(1, 3, 1, 1).expand(1, 3, 20, 20)

    project = fakes.project({0: "red", 8: "blue"}, steps=0, medium=Medium("pixels", start="collage"))
    line = begin_at(0, "flower").apply(project.timeline)
    there = share_of_cyan(run(replace(project, width=48, height=48, timeline=line), toolbox=Toolbox()))
    assert there[0] == 1 and there[8] == 0
    assert sorted(there, reverse=True) == there
    assert 0.2 < there[4] < 0.8, "along a front"


def test_so_does_what_is_beside_it_where_that_began_from_no_collage(fakes, run, tmp_path):
    Image.new("RGB", (20, 20), "cyan").save(tmp_path / "flower.png")
    project = fakes.project({0: "a red apple", 4: "a blue fish", 8: "a lighthouse"}, steps=0)
    project = replace(project, width=32, height=32, medium=Medium("pixels", start="biggan"))
    project = replace(project, timeline=begin_at(0, "flower").apply(project.timeline))
    events = run(project, toolbox=LocalToolbox(tmp_path, torch.device("cpu")))
    there = share_of_cyan(events)
    assert there[0] == 1 and sum(there[4:]) == 0 and 0.2 < there[2] < 0.8
    assert len({event.pixels for event in done(events)}) == 9


@pytest.mark.parametrize(
    ("medium", "shift"),
    [("pixels", 0.2), ("fourier", 0.2), ("collage", 0.2), ("strokes", 1.0), ("palette", 1.0), ("vqgan", 4.0)],
)
def test_a_picture_arrives_in_every_medium_without_a_shift_of_colour(fakes, run, tmp_path, medium, shift):
    """Before the first step, in 255ths of each channel's mean: a network's reconstruction is less than the picture."""
    picture = Image.new("RGB", (64, 64), (70, 150, 230))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 40, 64, 64), fill=(210, 180, 110))
    draw.ellipse((18, 14, 46, 50), fill=(200, 40, 30))
    picture.save(tmp_path / "flower.png")
    project = fakes.project({0: "a red apple"}, length=1, steps=0)
    options = {"strokes": 24} if medium == "strokes" else {}
    project = replace(project, width=64, height=64, medium=Medium(medium, options=options))
    project = replace(project, timeline=begin_at(0, "flower").apply(project.timeline))
    frame = done(run(project, toolbox=LocalToolbox(tmp_path, torch.device("cpu"))))[0]
    change = from_png(frame.path) - from_png(tmp_path / "flower.png")
    assert float(change.mean((0, 2, 3)).abs().max()) * 255 < shift


def test_strokes_go_their_way_wherever_they_began(fakes, run, begun, store):
    class Toolbox(begun):
        def canvas(self, project, width, height):
            return StrokeCanvas(width, height, strokes=10)

    project = fakes.project({0: "red", 8: "blue"}, steps=1, medium=Medium("strokes", start="collage"))
    events = run(replace(project, width=32, height=32), toolbox=Toolbox())
    solved = states(events, store)
    frame = done(events)[2]
    found = unpack(store.get(frame.key).latents.read_bytes())
    expected = StrokeCanvas(32, 32).blend(solved[0], solved[8], 0.25)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


class Batched(PixelCanvas):
    """Draws states as one batch, of as many as memory holds, and remembers how many."""

    room = 99

    def __init__(self, *size):
        super().__init__(*size)
        self.batches = []

    def images(self, states):
        if len(states) > self.room:
            raise MemoryError
        self.batches.append(len(states))
        other = PixelCanvas(*self.size)
        pictures = []
        for state in states:
            other.restore(state)
            pictures.append(other.image())
        return torch.cat(pictures)


@pytest.fixture
def batched(fakes, monkeypatch):
    """A toolbox whose canvas draws three frames at once."""
    monkeypatch.setattr(walk, "_at_once", lambda dreamer: 3 if isinstance(dreamer.canvas, Batched) else 1)
    toolbox = fakes.Toolbox()
    toolbox.drawn = Batched(16, 16)
    toolbox.canvas = lambda project, width, height: toolbox.drawn
    return toolbox


def test_frames_that_are_drawn_at_once_are_told_one_by_one_and_are_the_same(fakes, run, batched, tmp_path):
    project = fakes.project({0: "red", 5: "green"}, length=8)
    alone = list(render(project, fakes.Toolbox(), FrameStore(tmp_path / "alone")))
    events = run(project, toolbox=batched)
    assert batched.drawn.batches == [1, 3, 1, 1], "the keyframes' own pictures, and four frames between"
    assert [event.pixels for event in done(events)] == [event.pixels for event in done(alone)]
    assert [type(event) for event in events] == [type(event) for event in alone]
    assert [event.frame for event in done(events)] == list(range(8))


def test_a_walk_that_stops_between_drawn_frames_goes_on_as_if_it_had_not(fakes, run, store, batched, tmp_path):
    project = fakes.project({0: "red", 8: "green"})
    whole = [event.pixels for event in done(list(render(project, fakes.Toolbox(), FrameStore(tmp_path / "alone"))))]
    token = CancelToken()
    seen = []
    with pytest.raises(Cancelled):
        for event in render(project, batched, store, token=token):
            seen += done([event])
            if seen and seen[-1].frame == 2:
                token.cancel()
    assert [event.pixels for event in seen] == whole[: len(seen)] and 3 <= len(seen) < 9
    store.remove(seen[1].key)
    rest = done(run(project, toolbox=batched))
    assert [event.pixels for event in rest] == whole
    assert [event.frame for event in rest if event.reused] == [event.frame for event in seen if event.frame != 1]


def test_where_memory_is_short_fewer_are_drawn_at_once(fakes, run, batched):
    batched.drawn.room = 1
    assert len(done(run(fakes.project({0: "red", 8: "green"}), toolbox=batched))) == 9
    assert set(batched.drawn.batches) == {1}
    batched.drawn.room = 0
    with pytest.raises(RenderError, match="memory"):
        run(fakes.project({0: "yellow", 8: "green"}), toolbox=batched)


def test_only_a_graphics_processor_that_need_not_repeat_itself_draws_several(monkeypatch):
    def at_once(device, canvas):
        return walk._at_once(SimpleNamespace(device=torch.device(device), canvas=canvas))

    assert at_once("cuda", Batched(512, 512)) == 8
    assert at_once("cuda", Batched(4096, 4096)) == 1
    assert at_once("cpu", Batched(512, 512)) == 1, "or the same project would not give the same bytes"
    assert at_once("cuda", PixelCanvas(512, 512)) == 1
    monkeypatch.setattr(torch, "are_deterministic_algorithms_enabled", lambda: True)
    assert at_once("cuda", Batched(512, 512)) == 1
