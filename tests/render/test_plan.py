"""Which jobs a project becomes, which frames an edit touches, and how much is left to do."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import studio
from studio.base.errors import InputError
from studio.project.model import Medium
from studio.render.plan import frame_size, work
from studio.timeline.beginnings import begin_at
from studio.timeline.easing import Ease
from studio.timeline.edits import move_keys
from studio.timeline.model import KeyRef, PromptTrack, TrackRef
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRange
from studio.timeline.track import Keyframe, Track

MODES = ("walk", "follow")
ROOT = str(Path(studio.__file__).parents[1])


# Walk


def test_an_edited_keyframe_touches_its_own_segments(fakes):
    before = fakes.lay_out(fakes.project()).keys
    after = fakes.lay_out(fakes.project({0: "red", 4: "green", 8: "yellow"})).keys
    assert before[:5] == after[:5]
    assert not set(before[5:]) & set(after[5:])
    middle = fakes.lay_out(fakes.project({0: "red", 4: "grey", 8: "blue"})).keys
    assert [same for same in range(9) if before[same] == middle[same]] == [0, 8]


def test_a_keyframe_moved_in_time_keeps_its_solve(fakes):
    before, after = (
        fakes.lay_out(fakes.project(keys))
        for keys in ({0: "red", 4: "green", 8: "blue"}, {0: "red", 5: "green", 8: "blue"})
    )
    assert {solve.key for solve in before.solves} == {solve.key for solve in after.solves}
    assert before.keys[4] == after.keys[5]


def test_equal_prompts_are_solved_once(fakes):
    made = fakes.lay_out(fakes.project({0: "red", 4: "red", 8: "blue"}))
    assert [solve.state.frame for solve in made.solves] == [0, 8]
    assert len(set(made.keys[:5])) == 1, "nothing changes there, so it is one picture"
    assert all(job.steps == 0 and job.solves == (made.solves[0].key,) for job in made.jobs[:5])


def test_a_hold_stays_and_jumps(fakes):
    keys = fakes.lay_out(fakes.project(ease=Ease.HOLD, refine=5)).keys
    assert len(set(keys[:4])) == len(set(keys[4:8])) == 1
    assert len({keys[0], keys[4], keys[8]}) == 3


def test_a_loop_returns_to_its_first_solve(fakes):
    made = fakes.lay_out(fakes.project({0: "red", 3: "green", 6: "blue"}, loop=True))
    assert [solve.state.frame for solve in made.solves] == [0, 3, 6]
    assert [(job.start, job.end) for job in made.jobs[7:]] == [(made.solves[2].key, made.solves[0].key)] * 2
    assert [job.mix for job in made.jobs] == pytest.approx([0, 1 / 3, 2 / 3] * 3)
    late = fakes.lay_out(fakes.project({3: "red", 6: "green"}, loop=True))
    assert len(late.solves) == 2, "a loop is solved at its keyframes alone"
    assert late.jobs[0].mix == pytest.approx(3 / 6) and late.jobs[8].mix == pytest.approx(2 / 6)


def test_without_a_loop_the_ends_are_solved_too(fakes):
    made = fakes.lay_out(fakes.project({3: "red", 5: "green"}, parameters={"step_size": {0: 1, 8: 3}}))
    assert [solve.state.frame for solve in made.solves] == [0, 3, 5, 8]


def test_refinement_spares_the_solves(fakes):
    made = fakes.lay_out(fakes.project(refine=6))
    assert [job.steps for job in made.jobs] == [0, 6, 6, 6, 0, 6, 6, 6, 0]
    assert [job.state.frame for job in made.jobs] == list(range(9))


# Follow


def test_a_chain_hangs_together(fakes):
    made = fakes.lay_out(fakes.project(mode="follow"))
    assert [job.previous for job in made.jobs] == ["", *(job.key for job in made.jobs[:-1])]
    assert len(set(made.keys)) == 9 and made.solves == ()
    still = fakes.lay_out(fakes.project({0: "red"}, mode="follow"))
    assert len(set(still.keys)) == 9, "each frame goes on, even if the prompt stays"


def test_an_edit_changes_a_chain_from_there_on(fakes):
    before = fakes.lay_out(fakes.project(mode="follow")).keys
    after = fakes.lay_out(fakes.project({0: "red", 4: "green", 8: "yellow"}, mode="follow")).keys
    assert before[:5] == after[:5] and not set(before[5:]) & set(after[5:])


def test_the_first_frame_is_dreamed_for_longer(fakes):
    steps = [job.steps for job in fakes.lay_out(fakes.project(mode="follow", steps=5)).jobs]
    assert steps == [15] + [5] * 8
    led_in = fakes.project(mode="follow", steps=5, parameters={"lead_in": {0: 40}})
    assert [job.steps for job in fakes.lay_out(led_in).jobs] == [40] + [5] * 8
    many = fakes.project(mode="follow", parameters={"lead_in": {0: 1e9}, "steps": {0: 5000}})
    assert {job.steps for job in fakes.lay_out(many).jobs} == {5000}


def test_a_range_of_a_chain_brings_what_it_depends_on(fakes):
    project = fakes.project(mode="follow")
    part = fakes.lay_out(project, FrameRange(4, 6))
    assert [job.frame for job in part.jobs] == [0, 1, 2, 3, 4, 5]
    assert part.keys == fakes.lay_out(project).keys[4:6]
    assert any("before 4" in note for note in part.notes)


def test_a_chain_begins_anew_where_a_keyframe_names_its_picture(fakes):
    project = fakes.project(mode="follow", steps=5)
    project = replace(project, timeline=begin_at(4, "flower").apply(project.timeline))
    chain = fakes.lay_out(project, FrameRange(6, 9))
    assert [bool(job.previous) for job in chain.jobs] == [False, *[True] * 3, False, *[True] * 4]
    assert [job.steps for job in chain.jobs] == [15, 5, 5, 5, 15, 5, 5, 5, 5]
    assert work(chain, lambda key: False).frames == 5, "4 to 8"
    assert any("the frames from 4 to 5 are rendered as well" in note for note in chain.notes)
    assert fakes.lay_out(project, FrameRange(4, 9)).notes == ()
    earlier = replace(project, timeline=move_keys([KeyRef(TrackRef("prompt", "main"), 4)], -2).apply(project.timeline))
    assert fakes.lay_out(earlier, FrameRange(0, 9)).keys[2] == chain.jobs[4].key, "its picture goes with it"


def test_the_ends_of_a_walk_hold_the_keyframe_and_its_picture(fakes):
    project = fakes.project({4: "red"})
    project = replace(project, timeline=begin_at(4, "flower").apply(project.timeline))
    held = fakes.lay_out(project)
    assert [solve.state.begin for solve in held.solves] == ["flower"]
    assert len(set(held.keys)) == 1
    two = fakes.project({2: "red", 6: "green"})
    two = replace(two, timeline=begin_at(6, "flower").apply(two.timeline))
    assert [solve.state.begin for solve in fakes.lay_out(two).solves] == ["", "flower"]


# Both


def test_a_draft_halves_size_and_steps(fakes):
    project = fakes.project(steps=5, refine=3, width=101, height=40)
    made = fakes.lay_out(project, quality="draft")
    assert (made.width, made.height) == (50, 20)
    assert {solve.steps for solve in made.solves} == {3}
    assert {job.steps for job in made.jobs} == {0, 2}
    tiny = fakes.lay_out(fakes.project(mode="follow", steps=0), quality="draft")
    assert (tiny.width, tiny.height) == (16, 16) and {job.steps for job in tiny.jobs} == {0}
    assert (fakes.lay_out(project).width, fakes.lay_out(project).height) == (101, 40)
    assert (frame_size(project, "draft"), frame_size(project, "final")) == ((50, 20), (101, 40))


def test_the_frames_are_those_of_the_timeline_unless_told(fakes):
    plain = fakes.project()
    project = replace(plain, timeline=replace(plain.timeline, range=FrameRange(2, 5)))
    assert fakes.lay_out(project).frames == FrameRange(2, 5)
    assert fakes.lay_out(project, FrameRange(0, 1)).frames == FrameRange(0, 1)


def test_frames_beyond_the_end_are_refused(fakes):
    with pytest.raises(InputError) as caught:
        fakes.lay_out(fakes.project(), FrameRange(5, 10))
    assert "5:10" in caught.value.what and "9 frames, 0 to 8" in caught.value.why and "0:9" in caught.value.fix


@pytest.mark.parametrize("mode", MODES)
def test_a_project_without_prompts_is_refused(fakes, mode):
    muted = fakes.prompt_track({0: "red"}, muted=True)
    for tracks in ([], [fakes.prompt_track({})], [muted]):
        with pytest.raises(InputError) as caught:
            fakes.lay_out(fakes.project(tracks=tracks, mode=mode))
        assert "nothing to dream in test" in caught.value.what and "frame 0" in caught.value.fix


def test_notes_say_what_has_no_effect(fakes):
    walk = fakes.lay_out(
        fakes.project(parameters={"zoom": {0: 1.1}, "pan_x": {0: 0.1}, "glow": {0: 1}, "lead_in": {0: 1}})
    )
    assert len(walk.notes) == 3
    assert "Pan X, Zoom" in walk.notes[0] and "follow" in walk.notes[0]
    assert "glow" in walk.notes[1] and "lead_in" in walk.notes[2]
    chain = fakes.lay_out(fakes.project(mode="follow", loop=True, parameters={"zoom": {0: 1.1}, "lead_in": {0: 1}}))
    assert len(chain.notes) == 1 and "does not come back" in chain.notes[0]
    assert fakes.lay_out(fakes.project()).notes == ()


def test_work_counts_what_is_left(fakes):
    walk = fakes.lay_out(fakes.project(refine=2, steps=10))
    everything = work(walk, lambda key: False)
    assert (everything.frames, everything.reused, everything.steps) == (9, 0, 3 * 10 + 6 * 2)
    rest = work(walk, {*walk.keys[:5], walk.solves[1].key}.__contains__)
    assert (rest.frames, rest.reused, rest.steps) == (4, 5, 10 + 3 * 2)
    nothing = work(walk, lambda key: True)
    assert (nothing.frames, nothing.reused, nothing.steps) == (0, 9, 0)
    held = work(fakes.lay_out(fakes.project(ease=Ease.HOLD, steps=10)), lambda key: False)
    assert (held.frames, held.reused, held.steps) == (3, 6, 30), "equal frames are made once"


def test_work_on_a_chain_goes_back_to_the_last_stored_frame(fakes):
    chain = fakes.lay_out(fakes.project(mode="follow", steps=10), FrameRange(4, 9))
    keys = [job.key for job in chain.jobs]
    fresh = work(chain, lambda key: False)
    assert (fresh.frames, fresh.reused, fresh.steps) == (9, 0, 30 + 80)
    some = work(chain, {keys[2], keys[6]}.__contains__)
    assert (some.frames, some.reused, some.steps) == (5, 1, 50), "3, 4, 5, then 7 and 8"
    ends = work(chain, set(keys[4:]).__contains__)
    assert (ends.frames, ends.reused) == (0, 5), "what came before is not needed any more"


texts = st.sampled_from(["red", "green", "blue", "red:0.5 | blue:-1", "image:tree"])
eases = st.sampled_from([Ease.LINEAR, Ease.HOLD, Ease.IN, Ease.BOTH, Ease.OVERSHOOT])


@st.composite
def tracks(draw, name="main", size=12):
    found = draw(st.dictionaries(st.integers(0, size), st.tuples(texts, eases), min_size=1, max_size=5))
    return name, sorted(found.items())


@st.composite
def layouts(draw):
    return {
        "tracks": draw(st.lists(tracks(), min_size=1, max_size=2)),
        "length": draw(st.integers(1, 12)),
        "loop": draw(st.booleans()),
        "mode": draw(st.sampled_from(MODES)),
        "refine": draw(st.sampled_from([0, 3])),
    }


def build(fakes, layout):
    made = [
        PromptTrack(
            f"{name} {number}", Track(tuple(Keyframe(at, parse_prompt(text), ease) for at, (text, ease) in keys))
        )
        for number, (name, keys) in enumerate(layout["tracks"])
    ]
    return fakes.project(**{**layout, "tracks": made})


@given(layout=layouts(), data=st.data())
@settings(max_examples=50, deadline=None)
def test_a_frame_is_the_same_in_every_range(fakes, layout, data):
    project = build(fakes, layout)
    whole = fakes.lay_out(project, FrameRange(0, project.timeline.length))
    start = data.draw(st.integers(0, project.timeline.length - 1))
    stop = data.draw(st.integers(start + 1, project.timeline.length))
    part = fakes.lay_out(project, FrameRange(start, stop))
    assert part.keys == whole.keys[start:stop]
    assert len(whole.jobs) == project.timeline.length
    assert {solve.key for solve in part.solves} <= {solve.key for solve in whole.solves}


@given(layout=layouts())
@settings(max_examples=50, deadline=None)
def test_every_walk_is_whole(fakes, layout):
    project = build(fakes, {**layout, "mode": "walk"})
    made = fakes.lay_out(project, FrameRange(0, project.timeline.length))
    solves = {solve.key for solve in made.solves}
    assert len(solves) == len(made.solves)
    assert {key for job in made.jobs for key in job.solves} == solves, "each solve is used, none is missing"
    recipes = {}
    for job in made.jobs:
        assert 0 <= job.mix < 1 and math.isfinite(job.mix)
        assert (job.mix == 0) == (job.start == job.end)
        refined = (job.state.terms, job.state.parameters) if job.steps else None
        assert recipes.setdefault(job.key, (job.start, job.end, job.mix, refined)) == (
            job.start,
            job.end,
            job.mix,
            refined,
        )
    assert len(set(recipes.values())) == len(recipes), "equal recipes have equal keys"


@given(layout=layouts())
@settings(max_examples=40, deadline=None)
def test_an_edit_at_the_end_leaves_what_came_before(fakes, layout):
    """Whatever is written over the last key of the only track, frames before the key before it keep their keys."""
    layout = {**layout, "tracks": layout["tracks"][:1], "loop": False}
    (name, keys) = layout["tracks"][0]
    edited = {**layout, "tracks": [(name, [*keys[:-1], (keys[-1][0], ("violet, edited", keys[-1][1][1]))])]}
    before, after = (
        fakes.lay_out(project, FrameRange(0, project.timeline.length))
        for project in (build(fakes, layout), build(fakes, edited))
    )
    untouched = keys[-2][0] + 1 if len(keys) > 1 else 0
    assert before.keys[:untouched] == after.keys[:untouched]
    if keys[-1][0] < layout["length"]:
        assert before.keys[keys[-1][0]] != after.keys[keys[-1][0]]


def test_planning_needs_no_torch():
    code = """
import sys, studio.render.plan, studio.render.store, studio.render.events, studio.render.segments
heavy = {"torch", "PySide6", "open_clip", "studio.score", "studio.canvas", "studio.dream"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": ROOT})


def test_a_published_biggan_has_no_camera(fakes):
    moved = fakes.project(mode="follow", parameters={"zoom": {0: 1.1}})
    still = replace(fakes.IDENTITIES, still=True)
    (note,) = fakes.lay_out(moved, identities=still).notes
    assert "published BigGAN" in note and "Zoom change nothing" in note
    assert fakes.lay_out(moved).notes == ()
    assert fakes.lay_out(fakes.project(mode="follow"), identities=still).notes == ()
    assert fakes.lay_out(moved, identities=still).keys == fakes.lay_out(moved).keys


def test_a_search_where_nothing_is_searched_is_told(fakes):
    searched = Medium("biggan", options={"search": "both"})
    assert fakes.lay_out(fakes.project(medium=searched)).notes == ()
    for fields in ({"init_image": "flower"}, {"medium": replace(searched, start="noise")}):
        (note,) = fakes.lay_out(fakes.project(**{"medium": searched} | fields)).notes
        assert "options of the search change nothing" in note
