"""A render from outside: its events, what it reuses, what it loads, how it is stopped and taken up, how it fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import AssetError, RenderError
from studio.render import session
from studio.render.events import (
    FrameDone,
    FrameStarted,
    PlanMade,
    RenderDone,
    SolveDone,
    SolveStarted,
    StepDone,
)
from studio.render.session import render
from studio.render.store import FrameStore
from studio.timeline.time import FrameRange

MODES = ("walk", "follow")


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def pixels(events):
    return [event.pixels for event in of(FrameDone, events) if event.asked]


@pytest.fixture(scope="module")
def whole(fakes, tmp_path_factory):
    """The frames of an uninterrupted render, by mode."""
    found = {}
    for mode in MODES:
        store = FrameStore(tmp_path_factory.mktemp("whole"))
        found[mode] = pixels(render(fakes.project(mode=mode, refine=2), fakes.Toolbox(), store))
    return found


@pytest.mark.parametrize("mode", MODES)
def test_the_events_tell_the_whole_story(fakes, run, store, mode):
    events = run(fakes.project(mode=mode, refine=2))
    first, last = events[0], events[-1]
    assert isinstance(first, PlanMade) and isinstance(last, RenderDone)
    assert (first.frames, first.render, first.reused) == (9, 9, 0)
    done = of(FrameDone, events)
    assert [event.frame for event in done] == list(range(9))
    assert last.paths == tuple(event.path for event in done) and last.rendered == 9
    assert all(event.path.is_file() and event.asked and not event.reused and event.seconds > 0 for event in done)
    assert len({event.pixels for event in done}) == 9, "every frame is a picture of its own"
    assert [store.get(event.key).pixels for event in done] == [event.pixels for event in done]
    assert len(of(StepDone, events)) == first.steps
    assert last.seconds > 0


@pytest.mark.parametrize("mode", MODES)
def test_steps_follow_their_start(fakes, run, mode):
    expected = None
    for event in run(fakes.project(mode=mode, refine=2, steps=4)):
        match event:
            case SolveStarted() | FrameStarted():
                assert event.resumed == 0
                expected = [(event.frame, step, event.steps) for step in range(1, event.steps + 1)]
            case StepDone():
                assert (event.frame, event.step, event.steps) == expected.pop(0)
                assert event.loss == pytest.approx(sum(value for _, value in event.terms), rel=1e-4)
                assert {name.partition(":")[0] for name, _ in event.terms} == {"fake", "total variation"}
            case SolveDone() | FrameDone():
                assert expected == []
                expected = None if isinstance(event, SolveDone) else []


def test_a_preview_is_made_when_it_is_asked_for(fakes, run):
    steps = of(StepDone, run(fakes.project(length=1, width=20)))
    pictures = [step.preview() for step in steps]
    assert {(picture.width, picture.height, len(picture.rgb)) for picture in pictures} == {(20, 16, 3 * 20 * 16)}
    assert len({picture.rgb for picture in pictures}) == len(pictures), "each step shows its own picture"


@pytest.mark.parametrize("mode", MODES)
def test_the_second_run_reuses_every_frame_and_loads_nothing(fakes, run, mode):
    project = fakes.project(mode=mode, refine=2)
    first = run(project)
    toolbox = fakes.Toolbox()
    second = run(replace(project, name="renamed"), toolbox=toolbox)
    assert [type(event) for event in second] == [PlanMade, *[FrameDone] * 9, RenderDone]
    assert (second[0].render, second[0].reused, second[0].steps) == (0, 9, 0)
    assert all(event.reused and event.seconds == 0 for event in of(FrameDone, second))
    assert second[-1].paths == first[-1].paths and second[-1].rendered == 0
    assert toolbox.built == [], "no model is touched"


@pytest.mark.parametrize("mode", MODES)
def test_the_same_project_gives_the_same_bytes(fakes, tmp_path, whole, mode):
    again = FrameStore(tmp_path / "elsewhere")
    assert pixels(render(fakes.project(mode=mode, refine=2), fakes.Toolbox(), again)) == whole[mode]
    other = render(fakes.project(mode=mode, refine=2, seed=1), fakes.Toolbox(), again)
    assert not set(pixels(other)) & set(whole[mode])


@pytest.mark.parametrize("mode", MODES)
def test_after_an_edit_only_what_depends_on_it_is_made(fakes, run, mode):
    run(fakes.project(mode=mode, refine=2))
    events = run(fakes.project({0: "red", 4: "green", 8: "yellow"}, mode=mode, refine=2))
    assert [event.reused for event in of(FrameDone, events)] == [True] * 5 + [False] * 4
    assert events[0].render == 4 and events[-1].rendered == 4
    assert [event.frame for event in of(SolveStarted, events)] == ([8] if mode == "walk" else [])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("frames", [FrameRange(0, 1), FrameRange(3, 6), FrameRange(8, 9)])
def test_a_range_alone_gives_the_same_frames(fakes, run, whole, mode, frames):
    events = run(fakes.project(mode=mode, refine=2), frames=frames)
    assert pixels(events) == whole[mode][frames.start : frames.stop]
    assert [event.frame for event in of(FrameDone, events) if event.asked] == list(frames)
    assert len(events[-1].paths) == len(frames)
    before = [event.frame for event in of(FrameDone, events) if not event.asked]
    assert before == (list(range(frames.start)) if mode == "follow" else [])
    assert (events[0].frames, events[0].render) == (len(frames), len(frames) + len(before))


def stop_after(events, count, token):
    """Fire the token at the step number `count`; how many steps were done when the render had stopped."""
    seen = 0
    try:
        for event in events:
            seen += isinstance(event, StepDone)
            if seen == count:
                token.cancel()
    except Cancelled:
        assert seen == count
    else:
        assert seen < count, "a token that was fired stops the render"
    return seen


@pytest.mark.parametrize("mode", MODES)
@given(stops=st.lists(st.integers(1, 9), min_size=1, max_size=4))
@settings(max_examples=4, deadline=None)
def test_stopped_and_taken_up_is_as_never_stopped(fakes, whole, tmp_path_factory, mode, stops):
    """However often, at whatever steps: the same pictures, and no step is done twice."""
    store = FrameStore(tmp_path_factory.mktemp("stopped"))
    project = fakes.project(mode=mode, refine=2)
    total = 0
    for count in stops:
        token = CancelToken()
        total += stop_after(render(project, fakes.Toolbox(), store, token=token), count, token)
    rest = list(render(project, fakes.Toolbox(), store))
    assert pixels(rest) == whole[mode]
    expected = {"walk": 3 * 3 + 6 * 2, "follow": 9 + 8 * 3}[mode]
    assert total + len(of(StepDone, rest)) == expected
    assert not list((store.root / "checkpoints").glob("*")), "nothing is left of them"


def test_a_stop_is_noticed_at_the_step(fakes, run, store):
    token = CancelToken()
    stop_after(render(fakes.project(mode="follow"), fakes.Toolbox(), store, token=token), 5, token)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run(fakes.project(mode="follow"), token=token)
    resumed = run(fakes.project(mode="follow"))
    started = of(FrameStarted, resumed)[0]
    assert (started.frame, started.steps, started.resumed) == (0, 9, 5)
    assert of(StepDone, resumed)[0].step == 6


def test_a_dream_on_a_smaller_canvas_is_taken_up_and_shown_whole(fakes, tmp_path):
    """Pixels of 48x48 are dreamed at half the size for six steps of ten."""
    project = replace(fakes.project(mode="follow", length=2, steps=10, init_image="tree"), width=48, height=48)
    expected = list(render(project, fakes.Toolbox(), FrameStore(tmp_path / "one")))
    for stop in (3, 20, 33):
        store, token = FrameStore(tmp_path / f"{stop}"), CancelToken()
        stop_after(render(project, fakes.Toolbox(), store, token=token), stop, token)
        assert pixels(list(render(project, fakes.Toolbox(), store))) == pixels(expected), stop
    sizes, last = [], None
    for event in render(project, fakes.Toolbox(), FrameStore(tmp_path / "two")):
        if isinstance(event, StepDone) and event.frame == 0:
            last = event.preview()
            sizes.append((last.width, last.height))
    assert sizes == [(48, 48)] * 30
    assert last is not None and len(last.rgb) == 3 * 48 * 48


@pytest.mark.parametrize("mode", MODES)
def test_a_render_that_is_left_lays_its_step_down(fakes, store, whole, mode):
    """The window closes: nobody fires the token, the iterator is just dropped."""
    project = fakes.project(mode=mode, refine=2)
    events = render(project, fakes.Toolbox(), store)
    for event in events:
        if isinstance(event, StepDone) and event.step == 2:
            break
    events.close()
    rest = list(render(project, fakes.Toolbox(), store))
    assert of((SolveStarted, FrameStarted), rest)[0].resumed == 2
    assert pixels(rest) == whole[mode]


def test_a_stop_before_the_first_frame_loads_nothing(fakes, run):
    token, toolbox = CancelToken(), fakes.Toolbox()
    token.cancel()
    with pytest.raises(Cancelled):
        run(fakes.project(), toolbox=toolbox, token=token)
    assert toolbox.built == []


@pytest.mark.parametrize("mode", MODES)
def test_a_damaged_frame_is_made_again(fakes, run, whole, mode):
    project = fakes.project(mode=mode, refine=2)
    path = of(FrameDone, run(project))[3].path
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(bytes(data))
    again = run(project)
    assert [event.frame for event in of(FrameDone, again) if not event.reused] == [3]
    assert pixels(again) == whole[mode]
    assert again[-1].rendered == 1


def test_an_evicted_solve_is_made_again(fakes, run, store, whole):
    project = fakes.project(refine=2)
    events = run(project)
    store.remove(of(SolveStarted, events)[1].key)
    store.remove(of(FrameDone, events)[2].key)
    again = run(project)
    assert [event.frame for event in of(SolveDone, again)] == [4]
    assert [event.frame for event in of(FrameDone, again) if not event.reused] == [2]
    assert pixels(again) == whole["walk"]


def test_frames_before_a_range_are_not_made_twice(fakes, run, store):
    project = fakes.project(mode="follow")
    events = run(project)
    for event in of(FrameDone, events)[:3] + of(FrameDone, events)[6:]:
        store.remove(event.key)
    again = run(project, frames=FrameRange(5, 9))
    assert [(event.frame, event.reused, event.asked) for event in of(FrameDone, again)] == [
        (5, True, True),
        (6, False, True),
        (7, False, True),
        (8, False, True),
    ]


def test_another_process_may_have_made_a_frame_meanwhile(fakes, store):
    project = fakes.project(mode="follow")
    events = render(project, fakes.Toolbox(), store)
    next(events)
    list(render(project, fakes.Toolbox(), FrameStore(store.root)))
    assert all(event.reused for event in events if isinstance(event, FrameDone))


@pytest.mark.parametrize("mode", MODES)
def test_drafts_are_small(fakes, run, store, mode):
    events = run(fakes.project(mode=mode, width=40, height=32), quality="draft")
    sizes = {(entry.width, entry.height) for entry in (store.get(event.key) for event in of(FrameDone, events))}
    assert sizes == {(20, 16)}


@pytest.mark.parametrize("mode", MODES)
def test_pictures_that_are_missing_end_the_render(fakes, run, mode):
    class Toolbox(fakes.Toolbox):
        def picture(self, project, asset):
            raise AssetError(f"{asset} is missing")

    for project in (fakes.project(mode=mode, init_image="tree"), fakes.project({0: "image:tree"}, mode=mode)):
        with pytest.raises(AssetError, match="tree is missing"):
            run(project, toolbox=Toolbox())


def test_a_broken_dream_names_its_frame(fakes, run, store):
    class Broken(fakes.Perceptor):
        def embed_image(self, images):
            return super().embed_image(images) * (float("nan") if self.looks >= 4 else 1)

    with pytest.raises(RenderError) as caught:
        run(fakes.project({0: "red"}, mode="follow", steps=2), toolbox=fakes.Toolbox(Broken()))
    assert "Frame 0" in caught.value.what
    # at step 3 at first; it went back to the last good copy, and broke down there again
    assert "step 1 of 6" in caught.value.why and "fake: red" in caught.value.why
    assert "step size" in caught.value.fix
    assert list(store.keys()) == [], "no broken picture is kept"


FAULTS = {
    "cuda memory": (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "does not fit", "smaller"),
    "mps memory": (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), "does not fit", "smaller"),
    "cpu memory": (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "does not fit", "smaller"),
    "system memory": (MemoryError(), "does not fit", "smaller"),
    "dead": (RuntimeError("CUDA error: an illegal memory access\nmore"), "stopped working", "Start Keydream again"),
    "no determinism": (RuntimeError("x does not have a deterministic implementation"), "exactly", "--deterministic"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_device_that_fails_is_explained_and_costs_no_finished_frame(fakes, run, fault):
    error, what, fix = FAULTS[fault]

    class Failing(fakes.Perceptor):
        def embed_image(self, images):
            if self.looks == 5:
                raise error
            return super().embed_image(images)

    project = fakes.project(mode="follow", length=2, parameters={"lead_in": {0: 3}})
    with pytest.raises(RenderError) as caught:
        run(project, toolbox=fakes.Toolbox(Failing()), checkpoint_every=0)
    assert what in caught.value.what and fix in caught.value.fix
    rest = run(project)
    assert [event.reused for event in of(FrameDone, rest)] == [True, False]
    assert of(FrameStarted, rest)[0].resumed == 2, "the frame in progress goes on from its last checkpoint"


def test_a_mistake_in_the_code_stays_one(fakes, run):
    class Wrong(fakes.Perceptor):
        def embed_image(self, images):
            raise RuntimeError("The size of tensor a (3) must match the size of tensor b (4)")

    with pytest.raises(RuntimeError, match="size of tensor"):
        run(fakes.project(), toolbox=fakes.Toolbox(Wrong()))


def test_determinism_is_asked_of_torch_for_the_render_alone():
    assert not torch.are_deterministic_algorithms_enabled()
    with session._repeatable(True):
        assert torch.are_deterministic_algorithms_enabled()
    assert not torch.are_deterministic_algorithms_enabled()
    with pytest.raises(ValueError, match="left"), session._repeatable(True):
        raise ValueError("left")
    assert not torch.are_deterministic_algorithms_enabled()
    with session._repeatable(False):
        assert not torch.are_deterministic_algorithms_enabled()
