"""A render watched: its solves become takes, whatever happens to the takes."""

from __future__ import annotations

import pytest

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import FileError
from studio.render.checkpoint import unpack
from studio.render.events import FrameDone, Notice, RenderDone, SolveDone, StepDone
from studio.render.session import render
from studio.render.store import FrameStore
from studio.takes.keeping import Keeper
from studio.takes.store import Takes
from studio.takes.take import LATENTS, PICTURE


@pytest.fixture
def frames(tmp_path):
    return FrameStore(tmp_path / "frames")


@pytest.fixture
def watched(tmp_path, fakes, frames):
    def watched(project, *, takes=None, toolbox=None, **options):
        toolbox = toolbox or fakes.Toolbox()
        opened = takes or (lambda: Takes(tmp_path / "takes"))
        keeper = Keeper(opened, project, toolbox, frames, folder=tmp_path, **options)
        return keeper, list(keeper.watch(render(project, toolbox, frames, **options)))

    return watched


def test_every_solve_becomes_a_take(watched, takes, fakes, frames):
    project = fakes.project(name="three colours", seed=5)
    keeper, events = watched(project)
    solves = [event for event in events if isinstance(event, SolveDone)]
    assert keeper.keys == [event.key for event in solves]
    takes.refresh()
    found = {kept.take.prompt: kept for kept in takes.find()}
    assert set(found) == {"red", "green", "blue"}
    take = found["green"].take
    assert (take.width, take.height, take.seed, take.steps, take.frame) == (16, 16, 5, 3, 4)
    assert (take.project, take.medium.kind, take.medium.start) == ("three colours", "pixels", "noise")
    assert take.guides[0].sha256 == "a" * 64
    assert take.guides[0].score == take.score
    assert -1 <= take.score <= 1
    assert take.parameters["cutouts"] == 2
    assert take.seconds > 0
    assert set(unpack(takes.content(found["green"], LATENTS))) > {"size"}


def test_a_take_shows_what_the_frame_of_its_solve_shows(watched, takes, fakes):
    _, events = watched(fakes.project())
    takes.refresh()
    shown = {event.frame: event.path.read_bytes() for event in events if isinstance(event, FrameDone)}
    for kept in takes.find():
        assert takes.content(kept, PICTURE) == shown[kept.take.frame]


def test_a_solve_is_found_as_a_take_when_it_is_told(fakes, frames, tmp_path):
    project, toolbox = fakes.project(), fakes.Toolbox()
    keeper = Keeper(lambda: Takes(tmp_path / "takes"), project, toolbox, frames)
    for event in keeper.watch(render(project, toolbox, frames)):
        if isinstance(event, SolveDone):
            with Takes(tmp_path / "takes") as takes:
                assert takes.has(event.key)


def test_what_was_rendered_before_is_kept_too_and_nothing_twice(watched, takes, fakes, frames):
    project = fakes.project()
    list(render(project, fakes.Toolbox(), frames))
    keeper, events = watched(project)
    assert not any(isinstance(event, SolveDone) for event in events)
    assert len(keeper.keys) == 3
    takes.refresh()
    assert len(takes.find()) == 3
    toolbox = fakes.Toolbox()
    again, _ = watched(project, toolbox=toolbox)
    assert again.keys == keeper.keys
    assert toolbox.built == [], "nothing is loaded for takes that are there"


def test_a_take_that_was_put_away_stays_away(watched, takes, fakes):
    keeper, _ = watched(fakes.project())
    takes.refresh()
    takes.remove(keeper.keys[0])
    again, _ = watched(fakes.project())
    assert again.keys == keeper.keys
    assert len(takes.find()) == 2


def test_a_draft_is_a_take_of_half_the_size(watched, takes, fakes):
    watched(fakes.project(width=64, height=32), quality="draft")
    takes.refresh()
    assert {(kept.take.width, kept.take.height, kept.take.steps) for kept in takes.find()} == {(32, 16, 2)}


def test_a_follow_has_no_takes(watched, takes, fakes):
    keeper, events = watched(fakes.project(mode="follow"))
    assert isinstance(events[-1], RenderDone)
    assert keeper.keys == []


def test_weights_and_what_is_to_be_avoided_are_told(watched, takes, fakes):
    watched(fakes.project({0: "red:2 | image:flower | fog:-0.5:0.2"}, length=1))
    takes.refresh()
    (kept,) = takes.find()
    assert kept.take.prompt == "red:2 | image:flower | fog:-0.5:0.2"
    red, flower, fog = kept.take.terms
    assert (red.text, red.weight, red.stop) == ("red", 2, None)
    assert (flower.image, flower.text) == ("flower", "")
    assert (fog.weight, fog.stop) == (-0.5, 0.2)


def test_a_prompt_that_only_avoids_has_no_score(watched, takes, fakes):
    watched(fakes.project({0: "fog:-1"}, length=1))
    takes.refresh()
    assert takes.find()[0].take.score is None


def test_a_key_between_two_of_another_track(watched, takes, fakes):
    tracks = [fakes.prompt_track({0: "red", 8: "blue"}), fakes.prompt_track({4: "fog"}, name="second")]
    watched(fakes.project(tracks=tracks))
    takes.refresh()
    between = next(kept.take for kept in takes.find() if kept.take.frame == 4)
    assert (between.terms[0].text, between.terms[0].towards, between.terms[0].mix) == ("red", "blue", 0.5)


def test_takes_that_cannot_be_kept_end_no_render(watched, fakes):
    def refuse():
        raise FileError("The disk is full")

    keeper, events = watched(fakes.project(), takes=refuse)
    assert isinstance(events[-2], RenderDone) or isinstance(events[-1], RenderDone)
    told = [event.text for event in events if isinstance(event, Notice)]
    assert len(told) == 1
    assert "The disk is full" in told[0]
    assert keeper.keys == []


def test_stopping_stops_the_render(fakes, frames, tmp_path):
    project, toolbox, token = fakes.project(steps=5), fakes.Toolbox(), CancelToken()
    keeper = Keeper(lambda: Takes(tmp_path / "takes"), project, toolbox, frames)
    with pytest.raises(Cancelled):
        for event in keeper.watch(render(project, toolbox, frames, token=token)):
            if isinstance(event, StepDone):
                token.cancel()
    assert list((tmp_path / "frames" / "checkpoints").iterdir())


def test_leaving_lays_the_step_down(fakes, frames, tmp_path):
    project, toolbox = fakes.project(steps=5), fakes.Toolbox()
    keeper = Keeper(lambda: Takes(tmp_path / "takes"), project, toolbox, frames)
    events = keeper.watch(render(project, toolbox, frames))
    for event in events:
        if isinstance(event, StepDone):
            break
    events.close()
    assert list((tmp_path / "frames" / "checkpoints").iterdir())
