from __future__ import annotations

from dataclasses import replace

import pytest

from studio.base.errors import InputError
from studio.project import changes, presets
from studio.project.model import Medium, Motion, Project
from studio.project.swatches import Colours
from studio.timeline import edits
from studio.timeline.model import PromptTrack, Timeline
from studio.timeline.prompt import parse_prompt
from studio.timeline.time import FrameRate
from studio.timeline.track import Keyframe, Track


def project(name: str = "One", length: int = 48) -> Project:
    prompts = (PromptTrack("Prompt", Track((Keyframe(0, parse_prompt(f"the prompt of {name}")),))),)
    return Project(name, Timeline(FrameRate(24), length, prompts), seed=5)


def styled() -> Project:
    made = replace(project("Style", 200), width=128, height=64, medium=Medium("pixels"), motion=Motion("follow"))
    made = changes.set_parameter("steps", 40, 0).apply(made)
    made = changes.set_parameter("zoom", 1.1, 0).apply(made)
    return changes.on_timeline(edits.set_key(made.timeline.parameter("zoom").ref, 150, 1.3)).apply(made)


def test_a_preset_takes_the_way_and_leaves_what_is_shown() -> None:
    presets.save("Slow zoom", styled())
    (found,) = presets.listed()
    used = presets.use(found).apply(changes.set_parameter("range", 2, 0).apply(project()))
    assert (used.width, used.medium.kind, used.motion.mode) == (128, "pixels", "follow")
    assert {track.name: track.track.frames for track in used.timeline.parameters} == {
        "range": (0,),
        "steps": (0,),
        "zoom": (0,),
    }
    assert (used.seed, used.name, used.timeline.length) == (5, "One", 48)
    assert used.timeline.prompts == project().timeline.prompts
    assert presets.use(found).label == "Use preset Slow zoom"


def test_a_preset_brings_its_colours_where_it_has_some() -> None:
    own, theirs = Colours(("#102040",)), Colours(("#ff8800",), "#000000")
    presets.save("plain", styled())
    presets.save("sunset", replace(styled(), colours=theirs))
    plain, sunset = presets.listed()
    assert presets.use(plain).apply(replace(project(), colours=own)).colours == own
    assert presets.use(sunset).apply(replace(project(), colours=own)).colours == theirs


def test_presets_are_replaced_and_removed_by_name() -> None:
    presets.save("b", project())
    presets.save("A", project())
    presets.save("b", styled())
    assert [preset.name for preset in presets.listed()] == ["A", "b"]
    presets.remove("b")
    presets.remove("b")
    assert [preset.name for preset in presets.listed()] == ["A"]


@pytest.mark.parametrize("name", ["", "  ", "a/b", "../x", "x" * 200, "con:"])
def test_names_that_are_no_files_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be called"):
        presets.save(name, project())
    assert presets.listed() == ()


def test_a_damaged_preset_is_passed_over() -> None:
    presets.save("good", project())
    (presets.folder() / "bad.preset.json").write_text('{"name": "bad", "settings": {"keydream": 1}}')
    (presets.folder() / "worse.preset.json").write_bytes(b"\xff{")
    assert [preset.name for preset in presets.listed()] == ["good"]
