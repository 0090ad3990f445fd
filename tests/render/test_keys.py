"""What a key depends on, and what not."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import studio
from studio.base.errors import AssetError
from studio.project.model import Asset, ExportSettings, Medium, Motion, PerceptorRef
from studio.project.swatches import Colours
from studio.render import keys as keys_module
from studio.render.keys import Identities, assets_used
from studio.timeline.beginnings import begin_at
from studio.timeline.model import Marker
from studio.timeline.time import FrameRange, FrameRate

MODES = ("walk", "follow")


def with_timeline(project, **changes):
    return replace(project, timeline=replace(project.timeline, **changes))


def renamed_tracks(project):
    return with_timeline(
        project, prompts=tuple(replace(track, name="another name") for track in project.timeline.prompts)
    )


def with_muted_tracks(fakes, project):
    muted = fakes.prompt_track({2: "purple"}, name="muted", muted=True)
    return with_timeline(
        project,
        prompts=(*project.timeline.prompts, muted),
        parameters=(*project.timeline.parameters, fakes.parameter_track("zoom", {0: 2}, muted=True)),
    )


UNSEEN = {
    "project name": lambda fakes, p: replace(p, name="another"),
    "track names": lambda fakes, p: renamed_tracks(p),
    "markers": lambda fakes, p: with_timeline(p, markers=(Marker(3, "here", "red"),)),
    "frame rate": lambda fakes, p: with_timeline(p, rate=FrameRate(30000, 1001)),
    "range": lambda fakes, p: with_timeline(p, range=FrameRange(0, p.timeline.length)),
    "export": lambda fakes, p: replace(p, export=ExportSettings("mp4", 3, False)),
    "unknown keys": lambda fakes, p: replace(p, extra={"future": [1, 2]}),
    "muted tracks": with_muted_tracks,
    "unknown parameter": lambda fakes, p: with_timeline(
        p, parameters=(*p.timeline.parameters, fakes.parameter_track("glow", {0: 3}))
    ),
    "empty track": lambda fakes, p: with_timeline(
        p, prompts=(*p.timeline.prompts, fakes.prompt_track({}, name="empty"))
    ),
    "defaults said aloud": lambda fakes, p: with_timeline(
        p, parameters=(*p.timeline.parameters, fakes.parameter_track("step_size", {0: 1}))
    ),
    "a wish of nothing": lambda fakes, p: replace(
        p,
        timeline=replace(p.timeline, parameters=(*p.timeline.parameters, fakes.parameter_track("saturation", {0: 0}))),
    ),
    "colours that nothing draws to": lambda fakes, p: replace(p, colours=Colours(("#102040",), "#000000")),
    "an asset of no use": lambda fakes, p: replace(p, assets=(*p.assets, Asset("spare", "spare.png"))),
    "the starter's weight": lambda fakes, p: replace(p, perceptors=(PerceptorRef("", 1.0),)),
}


@pytest.mark.parametrize("what", UNSEEN)
@pytest.mark.parametrize("mode", MODES)
def test_what_no_picture_shows_changes_no_key(fakes, what, mode):
    project = fakes.project(mode=mode, refine=2)
    assert fakes.all_keys(UNSEEN[what](fakes, project)) == fakes.all_keys(project)


def dreaming(name, value):
    return lambda fakes, p: fakes.project(mode=p.motion.mode, refine=2, parameters={name: {0: value}})


SEEN = {
    "width": lambda fakes, p: replace(p, width=17),
    "height": lambda fakes, p: replace(p, height=17),
    "seed": lambda fakes, p: replace(p, seed=1),
    "medium": lambda fakes, p: replace(p, medium=Medium("vqgan", start="noise")),
    "an option": lambda fakes, p: replace(p, medium=Medium("strokes", start="noise", options={"strokes": 100})),
    "perceptor weight": lambda fakes, p: replace(p, perceptors=(PerceptorRef("", 0.5),)),
    "init image": lambda fakes, p: replace(p, init_image="flower"),
    "prompt": lambda fakes, p: fakes.project({0: "violet"}, mode=p.motion.mode, refine=2),
    "prompt weight": lambda fakes, p: fakes.project({0: "red:2"}, mode=p.motion.mode, refine=2),
    "prompt stop": lambda fakes, p: fakes.project({0: "red:1:0.5"}, mode=p.motion.mode, refine=2),
    "image prompt": lambda fakes, p: fakes.project({0: "image:tree"}, mode=p.motion.mode, refine=2),
    "noise prompt": lambda fakes, p: fakes.project({0: "noise:3"}, mode=p.motion.mode, refine=2),
    "region": lambda fakes, p: fakes.project({0: "red @left"}, mode=p.motion.mode, refine=2),
    "mask": lambda fakes, p: fakes.project({0: "red @mask(tree)"}, mode=p.motion.mode, refine=2),
    "track weight": lambda fakes, p: fakes.project(
        tracks=[fakes.prompt_track({0: "red"}, weight=2)], mode=p.motion.mode, refine=2
    ),
    **{name: dreaming(name, value) for name, value in {"steps": 7, "step_size": 2, "cutouts": 5}.items()},
    **{name: dreaming(name, value) for name, value in {"cut_power": 2, "smoothness": 3, "range": 0}.items()},
    **{
        name: dreaming(name, value)
        for name, value in {
            "saturation": 1,
            "symmetry": 2,
            "anchor": 3,
            "tiling": 1,
            "edges": 1,
            "coherence": 1,
        }.items()
    },
}


@pytest.mark.parametrize("what", SEEN)
@pytest.mark.parametrize("mode", MODES)
def test_what_a_picture_shows_changes_every_key(fakes, what, mode):
    project = fakes.project({0: "red"}, mode=mode, refine=2)
    changed = SEEN[what](fakes, project)
    assert changed != project
    assert not set(fakes.all_keys(project)) & set(fakes.all_keys(changed))


@pytest.mark.parametrize("mode", MODES)
def test_options_count_where_they_are_not_usual(fakes, mode):
    project = fakes.project(mode=mode)
    drawn = [
        fakes.all_keys(replace(project, medium=Medium("strokes", start="noise", options=options)))
        for options in ({}, {"strokes": 256}, {"strokes": 255}, {"strokes": 255, "widest": 0.1})
    ]
    assert drawn[0] == drawn[1], "what was rendered before there were options is found again"
    assert len(set().union(*map(set, drawn))) == 3 * len(set(drawn[0]))


@pytest.mark.parametrize(
    "options",
    [
        {"identities": Identities(("c" * 64,), "b" * 64)},
        {"identities": Identities(("a" * 64,), "d" * 64)},
        {"device": "cuda"},
        {"quality": "draft"},
    ],
)
@pytest.mark.parametrize("mode", MODES)
def test_other_weights_devices_and_drafts_have_keys_of_their_own(fakes, options, mode):
    project = fakes.project(mode=mode, steps=4)
    assert not set(fakes.all_keys(project)) & set(fakes.all_keys(project, **options))


def test_the_version_of_the_algorithm_counts(fakes, monkeypatch):
    before = fakes.all_keys(fakes.project())
    monkeypatch.setattr(keys_module, "ALGORITHM", keys_module.ALGORITHM + 1)
    assert not set(before) & set(fakes.all_keys(fakes.project()))


def test_determinism_counts_where_it_is_not_given(fakes):
    project = fakes.project()
    assert fakes.all_keys(project, deterministic=True) == fakes.all_keys(project)
    assert fakes.all_keys(project, device="cuda", deterministic=True) != fakes.all_keys(project, device="cuda")


def test_pictures_count_by_their_content(fakes):
    """An asset that is called otherwise, or lies elsewhere, is the same picture."""
    one = fakes.project({0: "image:flower"}, init_image="flower")
    other = fakes.project({0: "image:same flower"}, init_image="same flower")
    assert fakes.all_keys(one) == fakes.all_keys(other)
    assert fakes.all_keys(one) != fakes.all_keys(fakes.project({0: "image:tree"}, init_image="flower"))


@pytest.mark.parametrize(
    ("motion", "walk_cares", "follow_cares"),
    [({"border": "wrap"}, False, True), ({"centre_x": 0.1}, False, True), ({"refine": 3}, True, False)],
)
def test_motion_counts_in_its_own_mode(fakes, motion, walk_cares, follow_cares):
    for mode, cares in (("walk", walk_cares), ("follow", follow_cares)):
        plain, moved = (replace(fakes.project(), motion=Motion(mode=mode, **fields)) for fields in ({}, motion))
        assert (fakes.all_keys(plain) != fakes.all_keys(moved)) == cares
        assert fakes.all_keys(plain)[0] == fakes.all_keys(moved)[0], "the first frame has neither camera nor refinement"


@pytest.mark.parametrize("name", ["zoom", "pan_x", "pan_y", "rotate"])
def test_the_camera_moves_a_chain_and_no_walk(fakes, name):
    moved = {name: {0: 0.5}}
    assert fakes.all_keys(fakes.project(parameters=moved)) == fakes.all_keys(fakes.project())
    before, after = (fakes.all_keys(fakes.project(mode="follow", parameters=each)) for each in ({}, moved))
    assert before[0] == after[0] and not set(before[1:]) & set(after[1:])


PROGRAM = """
from studio.project.model import Project
from studio.render.plan import Identities, plan
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track

keys = tuple(Keyframe(frame, parse_prompt(text)) for frame, text in ((0, "red:2 | café:-0.1"), (5, "blue")))
timeline = Timeline(FrameRate(12), 6, (PromptTrack("main", Track(keys)),))
made = plan(Project("test", timeline), None, Identities(("a" * 64,), "b" * 64))
"""


def test_keys_are_the_same_in_every_process():
    """Frames outlive the process that made them; Python's own hashes do not."""
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(studio.__file__).parents[1])}
    command = [sys.executable, "-c", PROGRAM + "print(*made.keys)"]
    there = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.split()
    here = {}
    exec(PROGRAM, here)
    assert tuple(there) == here["made"].keys and len(set(there)) == 6


def test_colours_count_where_they_are_drawn_to(fakes):
    black = Colours(("#102040",), "#000000")
    for name, others in (("palette", Colours(("#102041",), "#000000")), ("edges", Colours(("#102040",), "#010000"))):
        project = fakes.project(parameters={name: {0: 1}})
        first, again, other, unseen = (
            fakes.all_keys(replace(project, colours=colours))
            for colours in (
                black,
                black,
                others,
                Colours((), "#000000") if name == "edges" else replace(black, border="#ffffff"),
            )
        )
        assert first == again == unseen
        assert not set(first) & set(other)


def test_a_mask_counts_by_its_content(fakes):
    masked = [fakes.project({0: f"red @mask({name})"}) for name in ("flower", "same flower", "tree")]
    keys = [set(fakes.all_keys(project)) for project in masked]
    assert keys[0] == keys[1]
    assert not keys[0] & keys[2]
    assert assets_used(masked[0]) == ("flower",)


@pytest.mark.parametrize(
    "fields", [{"init_image": "lost"}, {"keys": {0: "image:lost"}}, {"keys": {0: "red @mask(lost)"}}]
)
def test_a_lost_picture_is_named(fakes, fields):
    with pytest.raises(AssetError) as caught:
        fakes.lay_out(fakes.project(**fields))
    assert "lost" in caught.value.what and "Add the picture" in caught.value.fix


def begins(project, frame, asset="flower"):
    return replace(project, timeline=begin_at(frame, asset).apply(project.timeline))


def test_a_picture_that_a_keyframe_begins_from_counts_by_its_content(fakes):
    project = fakes.project(refine=2)
    before, after = fakes.lay_out(project), fakes.lay_out(begins(project, 4))
    changed = [frame for frame, (a, b) in enumerate(zip(before.keys, after.keys, strict=True)) if a != b]
    assert changed == [1, 2, 3, 4, 5, 6, 7], "the keyframe and its segments"
    assert fakes.all_keys(begins(project, 4, "same flower")) == fakes.all_keys(begins(project, 4))
    assert fakes.all_keys(begins(begins(project, 4), 4, "")) == fakes.all_keys(project)
    with pytest.raises(AssetError, match="lost"):
        fakes.lay_out(begins(project, 4, "lost"))


def test_in_a_chain_it_counts_from_there_on(fakes):
    project = fakes.project(mode="follow")
    before, after = fakes.lay_out(project), fakes.lay_out(begins(project, 4))
    assert before.keys[:4] == after.keys[:4]
    assert not set(before.keys[4:]) & set(after.keys)


def test_one_identity_for_each_perceptor(fakes):
    with pytest.raises(ValueError, match="longer"):
        fakes.lay_out(replace(fakes.project(), perceptors=(PerceptorRef("a"), PerceptorRef("b"))))


def test_assets_used_are_those_that_frames_may_show(fakes):
    tracks = [
        fakes.prompt_track({0: "image:tree | red", 3: "image:bush"}),
        fakes.prompt_track({0: "image:hidden"}, name="muted", muted=True),
    ]
    assert assets_used(fakes.project(tracks=tracks, init_image="flower")) == ("bush", "flower", "tree")
    assert assets_used(fakes.project()) == ()
    assert assets_used(begins(fakes.project({0: "image:tree"}), 0)) == ("flower", "tree")
    hidden = begins(fakes.project(), 0)
    assert assets_used(with_timeline(hidden, prompts=(replace(hidden.timeline.prompts[0], muted=True),))) == ()
